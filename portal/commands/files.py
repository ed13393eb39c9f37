"""`flask files sweep`: forget stored bytes that belong to nothing."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.actors import SYSTEM
from portal.files import sweep

files = AppGroup("files", help="Look after stored files.")


@files.command("sweep")
def sweep_files() -> None:
    """Forget what was removed, and what a crash left, more than a day ago."""
    click.echo(f"{sweep(by=SYSTEM)} files were forgotten.")
