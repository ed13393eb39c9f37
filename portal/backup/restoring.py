"""Bringing a portal back from an archive: all of it, or nothing.

Everything is unpacked and examined beside the place it goes to. The database is put in place in
one step, which is the moment of the restore: before it the former portal stands, after it the
one of the archive. Files are only ever added before that step, under names that say their
content, so the former portal stays whole beside the new one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
from flask import Flask, current_app
from sqlalchemy.engine import URL, make_url

from portal import clock, journal
from portal.actors import SYSTEM
from portal.backup import postgresql, sqlite
from portal.backup.archive import DATABASES, Manifest
from portal.backup.checking import ENGINES, is_older, scraps, verify
from portal.backup.making import key_check
from portal.backup.operations import wake
from portal.database import db
from portal.errors import Refused

#: Builds a portal on a database: `create_app`, which this floor may not import.
Build = Callable[[str, dict[str, str]], Flask]


@dataclass
class Restored:
    """What a restore did."""

    manifest: Manifest
    url: URL
    files: int = 0
    kept: str | None = None
    was_migrated: bool = False
    sessions: int = 0
    links: int = 0
    notes: list[str] = field(default_factory=list)


def restore(archive: Path, url: URL, files: Path, *, replace: bool, build: Build) -> Restored:
    """Put the portal of an archive at a database's address and into a folder of files.

    Raises `Refused` with a sentence, before the former portal was touched.
    """
    # What this process keeps open would count as a portal that runs.
    db.session.remove()
    db.engine.dispose()
    engine = url.get_backend_name()
    beside = Path(str(url.database)).absolute().parent if engine == "sqlite" else files.parent
    with scraps(beside) as scrap:
        manifest, faults = verify(archive, scrap)
        if faults:
            raise Refused(f"{archive.name} is not whole: " + "; ".join(faults))
        _may_go(manifest, engine)
        must_migrate = is_older(manifest.revision)
        if not replace and not ENGINES[engine].is_empty(url):
            raise Refused(
                f"{url.render_as_string()} holds a portal already. With --replace it is put "
                "aside, and kept."
            )
        done = Restored(manifest, url)
        if manifest.key_check != key_check(current_app.config["SECRET_KEY"]):
            done.notes.append(
                "SECRET_KEY is not the one of the backup: authenticator apps and waiting "
                "invitation codes will not work. Put the former one back if you have it."
            )
        copy = scrap / DATABASES[engine]
        with ENGINES[engine].stopped(url):
            aside = clock.now().strftime("before-%Y%m%dT%H%M%S%fZ")
            if engine == "sqlite":
                _wake_up(done, build, make_url(f"sqlite:///{copy}"), must_migrate)
                sqlite.fold(copy)
                done.files = _add_files(scrap / "files", files)
                done.kept = sqlite.put_in_place(copy, url, aside=aside)
            else:
                done.files = _add_files(scrap / "files", files)
                done.kept = postgresql.put_in_place(copy, url, aside=aside, said=manifest.tables)
                _wake_up(done, build, url, must_migrate)
    return done


def _may_go(manifest: Manifest, engine: str) -> None:
    if manifest.engine != engine:
        raise Refused(
            f"The archive holds a {manifest.engine} database, and this portal is set to "
            f"{engine}: set DATABASE_URL to a {manifest.engine} address."
        )
    if manifest.is_demo and current_app.config["NAME"] == "production":
        raise Refused("The archive holds the demo world, whose password everybody knows.")


def _wake_up(done: Restored, build: Build, url: URL, must_migrate: bool) -> None:
    """Migrate the restored database, end what must not live on, and walk its chain."""
    address = url.render_as_string(hide_password=False)
    portal = build(current_app.config["NAME"], {"SQLALCHEMY_DATABASE_URI": address})
    with portal.app_context():
        if must_migrate:
            flask_migrate.upgrade()
            done.was_migrated = True
        done.sessions, done.links = wake(done.manifest.made_at, done.manifest.journal, by=SYSTEM)
        faults = journal.verify().faults
        db.session.remove()
        db.engine.dispose()
    if faults:
        raise Refused("The journal of what was restored is not whole: " + "; ".join(faults))


def _add_files(source: Path, target: Path) -> int:
    """Add the files of the archive to a folder; return how many were not there already."""
    added = 0
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = target.stat()
    for path in sorted(source.rglob("*")):
        if not path.is_file():
            continue
        place = target / path.relative_to(source)
        if place.exists() and _digest(place) == _digest(path):
            continue
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        arriving = place.with_name(f".{place.name}.arriving")
        shutil.move(path, arriving)
        os.chown(arriving, owner.st_uid, owner.st_gid)
        arriving.replace(place)
        added += 1
    return added


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
