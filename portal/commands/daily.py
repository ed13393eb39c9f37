"""`flask daily`: what is due on a day. Twice a day changes nothing."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actors import SYSTEM
from portal.matters.reminding import remind_silent_matters
from portal.monitor import cells


@click.command("daily")
@with_appcontext
def daily() -> None:
    """Remind of matters that have been silent for long, and count what nobody has looked at."""
    count = remind_silent_matters(by=SYSTEM)
    click.echo(f"{count} silent matters were spoken of.")
    cells.catch_up_wholly(by=SYSTEM)
