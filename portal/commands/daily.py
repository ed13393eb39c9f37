"""`flask daily`: what is due on a day. Twice a day changes nothing."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actors import SYSTEM
from portal.guests.operations import erase_old_guests
from portal.matters.reminding import remind_silent_matters


@click.command("daily")
@with_appcontext
def daily() -> None:
    """Remind of matters that have been silent for long; erase the numbers of old guests."""
    count = remind_silent_matters(by=SYSTEM)
    click.echo(f"{count} silent matters were spoken of.")
    erased = erase_old_guests(by=SYSTEM)
    if erased:
        click.echo(f"{erased} guests' numbers were erased.")
