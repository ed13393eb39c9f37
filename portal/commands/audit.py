"""`flask audit verify`: walk the journal's chain and say what is wrong with it."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal import journal

audit = AppGroup("audit", help="Examine the journal.")


@audit.command("verify")
def verify() -> None:
    """Find any altered, deleted, inserted or swapped line; exit with 1 if there is one."""
    verdict = journal.verify()
    click.echo(f"{verdict.lines} lines, {verdict.erased} details erased.")
    for fault in verdict.faults:
        click.echo(f"FAULT: {fault}")
    if verdict.faults:
        raise SystemExit(1)
    click.echo("The chain is whole.")
