"""A portal to back up and places to restore into, and what the tests read in them.

Rows are read here by plain SQL, not by what the backup counts them with.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, inspect, text

from portal import create_app
from portal.database import db

#: A stored file, and where it lies in the folder of files.
ATTACHED = b"what somebody attached"
STORED = f"{hashlib.sha256(ATTACHED).hexdigest()[:2]}/{hashlib.sha256(ATTACHED).hexdigest()}"
Member = tuple[tarfile.TarInfo, bytes]


@dataclass
class Place:
    """A portal seen from the command line: its database, its files, its archives."""

    app: Flask
    url: str
    files: Path
    archives: Path

    def run(self, *arguments: str | Path) -> Result:
        """Run `flask backup …`."""
        result = self.app.test_cli_runner().invoke(args=["backup", *map(str, arguments)])
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.output,
            result.exception,
        )
        return result

    def create(self, *options: str) -> Path:
        """Make an archive that must succeed; return it."""
        done = self.run("create", "--to", self.archives, *options)
        assert done.exit_code == 0, done.output
        return Path(done.output.partition(" (")[0])

    def refuses(self, *arguments: str | Path) -> str:
        """Run what must be refused; return what it says."""
        done = self.run(*arguments)
        assert done.exit_code == 1, done.output
        return done.output

    def restores(self, archive: Path, *options: str) -> str:
        """Run a restore that must succeed; return what it says."""
        done = self.run("restore", archive, *options)
        assert done.exit_code == 0, done.output
        return done.output


def place(url: str, folder: Path) -> Place:
    """Return a portal on a database, with its files and archives in a folder."""
    files, archives = folder / "files", folder / "archives"
    settings = {"SQLALCHEMY_DATABASE_URI": url, "FILES_FOLDER": str(files)}
    return Place(create_app("testing", settings), url, files, archives)


def everything(url: str, schema: str | None = None) -> dict[str, list[str]]:
    """Return all rows of all tables of a database, sorted, as text."""
    owner = create_engine(url)
    try:
        with owner.connect() as connection:
            names = [
                name
                for name in inspect(connection).get_table_names(schema)
                if not name.startswith("search_index")
            ]
            prefix = f"{schema}." if schema else ""
            return {
                name: sorted(
                    repr(tuple(row))
                    for row in connection.execute(text(f"SELECT * FROM {prefix}{name}"))
                )
                for name in names
            }
    finally:
        owner.dispose()


@contextmanager
def changing(url: str) -> Iterator[Any]:
    """Yield a connection that writes past the portal, as who tampers does."""
    owner = create_engine(url)
    try:
        with owner.begin() as connection:
            yield connection
    finally:
        owner.dispose()


def members_of(archive: Path) -> list[Member]:
    """Return the members of an archive."""
    with tarfile.open(archive) as tar:
        return [(info, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr]


def manifest_of(archive: Path) -> dict[str, Any]:
    """Return what an archive says of itself."""
    bodies = {info.name: body for info, body in members_of(archive)}
    return json.loads(bodies["manifest.json"])  # type: ignore[no-any-return]


def rebuilt(archive: Path, change: Callable[[list[Member]], list[Member]]) -> Path:
    """Return a well-formed archive that holds something else."""
    made = archive.with_name(f"rebuilt-{archive.name}")
    with (
        made.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for info, body in change(members_of(archive)):
            info.size = len(body) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(body) if info.isreg() else None)
    return made


def with_manifest(**changed: Any) -> Callable[[list[Member]], list[Member]]:
    """Return the change that lets a manifest say something else."""

    def change(members: list[Member]) -> list[Member]:
        *others, (info, body) = members
        return [*others, (info, json.dumps({**json.loads(body), **changed}).encode())]

    return change
