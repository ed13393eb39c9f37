"""`flask daily`: what is due on a day. Twice a day changes nothing."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actors import SYSTEM
from portal.matters.reminding import remind_silent_matters
from portal.rotation.asking import ask_for_confirmations


@click.command("daily")
@with_appcontext
def daily() -> None:
    """Remind of matters that have been silent for long; ask for terms to be confirmed."""
    count = remind_silent_matters(by=SYSTEM)
    click.echo(f"{count} silent matters were spoken of.")
    asked = ask_for_confirmations(by=SYSTEM)
    click.echo(f"{asked} terms in the chair were asked to be confirmed.")
