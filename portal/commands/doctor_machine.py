"""Checks of the machine and its settings: key, folders, disk, assets, translations, backups."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy.engine import make_url

import config
from portal import clock
from portal.backup.checking import EXAMINED, UNFINISHED
from portal.backup.making import archives_in, files_folder
from portal.commands.findings import Finding, fault, fine, warning

#: Below the first the disk is nearly full, below the second nothing can be relied on.
LOW_BYTES, EMPTY_BYTES = 2 * 1024**3, 256 * 1024**2
#: A backup is made every night, and a night may be late.
BACKUP_LATE, BACKUP_OLD = timedelta(hours=26), timedelta(days=7)
#: What an archive is made or examined in goes with the process, unless that is killed.
LEFT_BEHIND = timedelta(days=1)
_BOOTSTRAP = "run script/bootstrap"


def database_file() -> Path | None:
    """Return the file of a SQLite database, or None on PostgreSQL."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def check_key() -> Iterator[Finding]:
    """See whether SECRET_KEY can be guessed."""
    if config.is_weak(current_app.config["SECRET_KEY"]):
        yield fault(
            "secret key",
            "SECRET_KEY is missing or weak: set it to the output of: "
            "python -c 'import secrets; print(secrets.token_hex(32))'. Everybody signs in anew.",
        )
    else:
        yield fine("secret key", "long and mixed.")


def check_folders() -> Iterator[Finding]:
    """See who may read and write what the portal keeps."""
    database = database_file()
    places = {
        Path(current_app.instance_path): "folder",
        files_folder(): "folder",
        Path(current_app.config["BACKUP_FOLDER"]): "folder",
    }
    if database is not None:
        places |= {database.absolute().parent: "folder", database: "file"}
    sound = True
    for path, kind in places.items():
        for finding in _permissions_of(path, kind):
            sound = False
            yield finding
    if sound:
        yield fine("folders", "only their owner and group may read and write them.")


def _permissions_of(path: Path, kind: str) -> Iterator[Finding]:
    if not path.exists():
        return  # made when it is needed
    mode = path.stat().st_mode
    if not os.access(path, os.R_OK | os.W_OK):
        yield fault("folders", f"{path} cannot be read and written by this user: change its owner.")
    elif mode & stat.S_IWOTH:
        yield fault("folders", f"everybody may write {path}: chmod o-rwx {path}")
    # A folder that nobody else may enter closes what lies in it.
    elif kind == "folder" and mode & (stat.S_IROTH | stat.S_IXOTH):
        yield warning("folders", f"every user of this machine may enter {path}: chmod o-rwx {path}")


def check_disk() -> Iterator[Finding]:
    """See how much room is left where the portal writes."""
    database = database_file()
    places = [files_folder(), Path(current_app.config["BACKUP_FOLDER"])]
    if database is not None:
        places.insert(0, database.absolute().parent)
    seen: dict[int, Path] = {}
    for place in places:
        while not place.exists():
            place = place.parent
        seen.setdefault(place.stat().st_dev, place)
    for place in seen.values():
        free = shutil.disk_usage(place).free
        left = f"{free / 1024**3:.1f} GB left at {place}"
        if free < EMPTY_BYTES:
            yield fault("disk", f"{left}: make room now, writes fail soon.")
        elif free < LOW_BYTES:
            yield warning("disk", f"{left}: make room, or move BACKUP_FOLDER.")
        else:
            yield fine("disk", f"{left}.")


def check_assets() -> Iterator[Finding]:
    """See whether the front-end files were brought."""
    missing = [str(path) for path in current_app.config["ASSETS"] if not path.exists()]
    if missing:
        yield fault("assets", f"{', '.join(missing)} missing, pages look bare: {_BOOTSTRAP}.")
    else:
        yield fine("assets", "there.")


def check_translations() -> Iterator[Finding]:
    """See whether the catalogues that people read are those that were written."""
    stale = []
    folder = Path(current_app.config["BABEL_TRANSLATION_DIRECTORIES"])
    for written in folder.glob("*/LC_MESSAGES/*.po"):
        read = written.with_suffix(".mo")
        if not read.exists() or read.stat().st_mtime < written.stat().st_mtime:
            stale.append(written.parent.parent.name)
    if stale:
        yield fault("translations", f"not compiled ({', '.join(sorted(stale))}): {_BOOTSTRAP}.")
    else:
        yield fine("translations", "compiled.")


def check_backups() -> Iterator[Finding]:
    """See how old the newest backup is."""
    folder = Path(current_app.config["BACKUP_FOLDER"])
    found = archives_in(folder)
    if not found:
        yield warning("backup", f"none in {folder}: run flask backup create every night.")
        return
    made_at = datetime.strptime(found[-1].name, "portal-%Y%m%dT%H%M%S.%fZ.tar.gz").replace(
        tzinfo=UTC
    )
    age = clock.now() - made_at
    said = f"the newest in {folder} is {age / timedelta(hours=1):.0f} hours old"
    if age > BACKUP_OLD:
        yield fault(
            "backup", f"{said}: run flask backup create, and see why the nightly one fails."
        )
    elif age > BACKUP_LATE:
        yield warning("backup", f"{said}: last night's is missing.")
    else:
        yield fine("backup", f"{said}; try one out now and then (flask backup restore --into).")


def check_leftovers() -> Iterator[Finding]:
    """See whether a backup or a restore that was killed left copies of the portal behind."""
    database = database_file()
    folders = {Path(current_app.config["BACKUP_FOLDER"]), files_folder().parent}
    folders |= {database.absolute().parent} if database is not None else set()
    before = (clock.now() - LEFT_BEHIND).timestamp()
    found = [
        path
        for folder in folders
        for prefix in (EXAMINED, UNFINISHED)
        for path in folder.glob(f"{prefix}*")
    ]
    for left in sorted(found):
        if left.stat().st_mtime < before:
            yield warning("leftovers", f"{left} holds a copy of the portal: remove it.")


#: In the order in which they are said.
MACHINE_CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_key,
    check_folders,
    check_disk,
    check_assets,
    check_translations,
    check_backups,
    check_leftovers,
)
