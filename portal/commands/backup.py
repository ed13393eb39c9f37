"""`flask backup create`, `verify` and `restore`: the whole portal in one archive, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from portal.backup import checking, making, restoring
from portal.backup.archive import Manifest
from portal.engines import Busy
from portal.errors import Refused

backup = AppGroup("backup", help="Back the portal up, examine a backup, restore one.")

_ARCHIVE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_FOLDER = click.Path(file_okay=False, path_type=Path)


@contextmanager
def _in_words() -> Iterator[None]:
    """Say a refusal, or what the machine refuses, as a sentence; exit with 1."""
    try:
        yield
    except Refused as refusal:
        raise click.ClickException(str(refusal.sentence)) from None
    except Busy:
        raise click.ClickException("The database is being written to: try again.") from None
    except DBAPIError as error:
        raise click.ClickException(f"The database says: {error.orig}") from None
    except OSError as error:
        raise click.ClickException(f"{error.strerror}: {error.filename or ''}") from None


def _sum_up(manifest: Manifest) -> str:
    rows = sum(each.rows for each in manifest.tables.values())
    files = len(manifest.members) - 1
    return (
        f"{manifest.engine}, schema {manifest.revision}, {rows} rows in {len(manifest.tables)} "
        f"tables, {files} files; the journal ends at line {manifest.journal[0]}, "
        f"{manifest.journal[1][:12]}."
    )


@backup.command("create")
@click.option("--to", "folder", type=_FOLDER, help="Folder of the archives (BACKUP_FOLDER).")
@click.option("--keep", type=click.IntRange(min=1), help="Keep only so many archives there.")
def create(folder: Path | None, keep: int | None) -> None:
    """Make an archive of the portal, which goes on working meanwhile."""
    with _in_words():
        made = making.create(folder or Path(current_app.config["BACKUP_FOLDER"]), keep=keep)
    click.echo(f"{made.path} ({made.path.stat().st_size} bytes)")
    click.echo(_sum_up(made.manifest))
    for old in made.removed:
        click.echo(f"Removed {old.name}.")
    click.echo("SECRET_KEY is not in it: keep a copy of that elsewhere.")


@backup.command("verify")
@_ARCHIVE
def verify(file: Path) -> None:
    """Examine an archive: sums, rows, journal; exit with 1 and say what is wrong."""
    with _in_words(), checking.scraps(file.absolute().parent) as scrap:
        manifest, faults = checking.verify(file, scrap)
    for fault in faults:
        click.echo(f"FAULT: {fault}")
    if faults:
        raise SystemExit(1)
    click.echo(f"Made {manifest.made_at} by version {manifest.portal}. {_sum_up(manifest)}")
    click.echo("The archive is whole.")


@backup.command("restore")
@_ARCHIVE
@click.option("--into", type=_FOLDER, help="Instance folder to restore into, as for a drill.")
@click.option("--replace", is_flag=True, help="Put aside, and keep, the portal that is there.")
def restore(file: Path, into: Path | None, replace: bool) -> None:
    """Bring the portal back from an archive; stop the server first."""
    url, files = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]), making.files_folder()
    build = current_app.extensions["build"]
    with _in_words():
        if into is not None:
            files = into / "files"
            if url.get_backend_name() == "sqlite":
                url = make_url(f"sqlite:///{(into / 'portal.sqlite3').absolute()}")
        done = restoring.restore(file, url, files, replace=replace, build=build)
    click.echo(f"Restored {file.name} into {done.url.render_as_string()}, {files}.")
    click.echo(_sum_up(done.manifest))
    if done.kept:
        click.echo(f"The portal that was there is kept as {done.kept}.")
    if done.was_migrated:
        click.echo("It was migrated to the newest schema.")
    click.echo(
        f"{done.sessions} sessions were ended and {done.links} unused links taken back: everybody "
        "signs in anew. Passwords, second factors and roles are as they were when it was made."
    )
    for note in done.notes:
        click.echo(f"WARNING: {note}")
