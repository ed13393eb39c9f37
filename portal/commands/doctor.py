"""`flask doctor`: what is wrong with this portal, and what to do about it.

One line per check. The exit code is that of the worst: 0 all is well, 1 there is a warning,
2 there is a fault. The checks stand in `doctor_machine.py` and `doctor_database.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from portal.commands.doctor_database import DATABASE_CHECKS
from portal.commands.doctor_machine import MACHINE_CHECKS
from portal.commands.findings import Finding, Level, fault
from portal.database import db
from portal.engines import Busy

_LABELS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.FAULT: "FAULT  "}


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Examine machine, settings and database; exit with 0, 1 (a warning) or 2 (a fault)."""
    worst = Level.OK
    for finding in examine():
        worst = max(worst, finding.level)
        click.echo(f"{_LABELS[finding.level]}  {finding.about}: {finding.sentence}")
    raise SystemExit(int(worst))


def examine() -> Iterator[Finding]:
    """Run every check; those of the database only where it answers."""
    for check in MACHINE_CHECKS:
        yield from check()
    for check in DATABASE_CHECKS:
        try:
            yield from check()
        except Busy:
            yield fault("database", "the write lock is held: see what holds it, then ask again.")
        except DBAPIError as error:
            said = (str(error.orig).splitlines() or [""])[0]
            yield fault("database", f"it does not answer or has no tables ({said}).")
            return
        finally:
            db.session.remove()
