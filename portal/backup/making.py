"""Making a backup: one state of the portal in one archive, while people go on working.

The database is copied first and the files after it. A file is stored before the row that names
it is committed, so every row of the copy finds its file; the other way round, a row committed
in between would name a file that was not copied. What was deleted in between is missing by the
will of whoever deleted it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy.engine import make_url

from portal import clock
from portal.accounts.queries import has_demo_world
from portal.backup.archive import ARCHIVE_NAME, FILE_NAME, FORMAT, Manifest, writing
from portal.backup.checking import ENGINES, UNFINISHED, examine_database, scraps
from portal.database import db
from portal.errors import Refused

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Made:
    """A backup that was made: where it is, what it says, which older ones went for it."""

    path: Path
    manifest: Manifest
    removed: list[Path]


def files_folder() -> Path:
    """Return where this portal keeps stored files."""
    return Path(current_app.config["FILES_FOLDER"])


def archives_in(folder: Path) -> list[Path]:
    """Return the archives in a folder, the oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if ARCHIVE_NAME.fullmatch(path.name))


def key_check(secret: str) -> str:
    """Return a short mark that tells whether a SECRET_KEY is the same one, and nothing about it."""
    return hmac.new(secret.encode(), b"backup", hashlib.sha256).hexdigest()[:16]


def create(folder: Path, *, keep: int | None = None) -> Made:
    """Make an archive of the portal in a folder; then remove all but the newest `keep`.

    It has its name only once it is whole and on the disk. Raises `Refused` with a sentence.
    """
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    engine = url.get_backend_name()
    module = ENGINES[engine]
    is_demo = has_demo_world()
    db.session.remove()
    with _alone_in(folder), scraps(folder, UNFINISHED) as scrap:
        made_at = clock.now()
        copy, tables = module.capture(url, scrap)
        # What was written is read again before anybody relies on it.
        faults, head = examine_database(copy, scrap, engine, tables)
        if faults:
            raise Refused(
                "The database is not whole, no archive was made and none removed. Keep the older "
                "ones, and see what `flask doctor` says. " + "; ".join(faults)
            )
        partial = scrap / "archive"
        with writing(partial) as writer:
            writer.add(copy.name, copy)
            for name, path in _files():
                try:
                    writer.add(name, path)
                except FileNotFoundError:
                    continue  # deleted since the folder was listed
            manifest = Manifest(
                format=FORMAT,
                portal=_version(),
                made_at=made_at.isoformat(),
                engine=engine,
                engine_version=module.version_of(url),
                revision=module.revision_of(copy),
                journal=head,
                is_demo=is_demo,
                key_check=key_check(current_app.config["SECRET_KEY"]),
                tables=tables,
                members=writer.sums,
            )
            writer.finish(manifest)
        path = folder / made_at.strftime("portal-%Y%m%dT%H%M%S.%fZ.tar.gz")
        partial.rename(path)
        _sync(folder)
        removed = archives_in(folder)[:-keep] if keep else []
        for old in removed:
            old.unlink()
    return Made(path, manifest, removed)


def _files() -> Iterator[tuple[str, Path]]:
    """Return every stored file with its name in the archive; unfinished uploads have none."""
    folder = files_folder()
    for path in sorted(folder.rglob("*")):
        name = f"files/{path.relative_to(folder).as_posix()}"
        if path.is_file() and not path.is_symlink() and FILE_NAME.fullmatch(name):
            yield name, path


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep a second backup out of the folder; what a killed one left there is removed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"Another backup is being made in {folder}.") from None
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        yield


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _version() -> str:
    written = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(written)["project"]["version"])
