"""What a backup does on SQLite: copy one state of the file, look into a copy, put one in place.

All connections here are their own: the portal's write lock is taken only to put a copy in place.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from portal.backup.archive import DATABASES, Rows
from portal.backup.rows import differences, hash_rows
from portal.engines import lock_file
from portal.errors import Refused

NAME = "sqlite"
#: Ours, and the counters that keep ids from being used again; not what the search index keeps.
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND (name = 'sqlite_sequence' "
    "OR name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'search\\_index%' ESCAPE '\\')"
)


def version_of(_url: URL) -> str:
    """Return the version of the library."""
    return sqlite3.sqlite_version


def capture(url: URL, folder: Path) -> tuple[Path, dict[str, Rows]]:
    """Copy the database as it stands at one instant; return the copy and its rows' hashes.

    The hashes are taken from the original, within the one read transaction that the copy is
    made in: writers go on meanwhile, and neither sees them.
    """
    source_path, copy_path = _path(url), folder / DATABASES[NAME]
    if not source_path.exists():
        raise Refused(f"There is no database at {source_path}: nothing was backed up.")
    copy_path.touch(mode=0o600)
    with closing(_reading(source_path)) as source, closing(_opened(copy_path)) as copy:
        source.execute("BEGIN")
        tables = _hashes(source)
        source.backup(copy)
        source.execute("ROLLBACK")
        # One file, without a write-ahead log beside it, and without the free pages in which
        # what people had erased can still be read.
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("VACUUM")
    return copy_path, tables


def look_into(copy: Path, said: dict[str, Rows]) -> list[str]:
    """Return what is wrong with a database copy, a sentence each."""
    try:
        with closing(_opened(copy)) as connection:
            return _look(connection, said)
    except sqlite3.DatabaseError as error:
        return [f"the database copy cannot be read: {error}"]


def _look(connection: sqlite3.Connection, said: dict[str, Rows]) -> list[str]:
    broken = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    if broken != ["ok"]:
        return [f"the database copy is broken: {each}" for each in broken]
    faults = differences(_hashes(connection), said)
    dangling = {str(row[0]) for row in connection.execute("PRAGMA foreign_key_check")}
    faults += [f"table {name} names rows that are not there" for name in sorted(dangling)]
    connection.execute("BEGIN")
    try:
        connection.execute(
            "INSERT INTO search_index(search_index, rank) VALUES('integrity-check', 1)"
        )
    except sqlite3.DatabaseError:
        faults.append("the search index does not say what its table says")
    connection.execute("ROLLBACK")
    return faults


def revision_of(copy: Path) -> str:
    """Return the revision of a copy's schema, or nothing where it has none."""
    with closing(_opened(copy)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.DatabaseError:
            return ""
    return str(row[0]) if row else ""


def journal_in(copy: Path, _folder: Path) -> str:
    """Return the address of a SQLite database that holds the copy's journal: the copy itself."""
    return f"sqlite:///{copy}"


def is_empty(url: URL) -> bool:
    """Tell whether there is nothing to lose at an address: no database, or one without rows."""
    path = _path(url)
    if not path.exists() or not path.stat().st_size:
        return True
    try:
        with closing(_reading(path)) as connection:
            found = set(_names(connection)) - {"alembic_version", "sqlite_sequence"}
            return not any(
                connection.execute(f'SELECT 1 FROM "{each}" LIMIT 1').fetchone()  # noqa: S608
                for each in found
            )
    except sqlite3.DatabaseError as error:
        raise Refused(f"{path} is no database that can be read ({error}): move it away.") from None


@contextmanager
def stopped(url: URL) -> Iterator[None]:
    """Keep writers out of the database at an address; raises `Refused` where anyone has it open.

    A portal that runs on would write into the file that is put aside.
    """
    path = _path(url)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Path(f"{path}.lock").open("a") as lock:
        lock_file(lock, 5.0)
        if path.exists() and path.stat().st_size:
            try:
                with closing(_opened(path)) as connection:
                    # Needs the file for itself alone, and leaves the log in it.
                    connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError:
                raise Refused(f"{path} is in use: stop the portal first.") from None
        yield


def fold(copy: Path) -> None:
    """Bring all of a copy into its one file, without a log beside it."""
    with closing(_opened(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def put_in_place(copy: Path, url: URL, *, aside: str) -> str | None:
    """Put a copy where the portal looks for its database, in one step.

    Returns where the former one was kept, or None where there was none.
    """
    path = _path(url)
    kept = None
    if path.exists():
        kept = Path(f"{path}.{aside}")
        os.link(path, kept)
    with copy.open("rb+") as handle:
        os.fsync(handle.fileno())
    # A restore as root must not take the database from the user that the server runs as.
    owner = (kept or path.parent).stat()
    os.chown(copy, owner.st_uid, owner.st_gid)
    copy.chmod(0o600)
    copy.replace(path)
    _sync_folder(path.parent)
    return str(kept) if kept else None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _path(url: URL) -> Path:
    return Path(str(url.database)).absolute()


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=1.0)


def _names(connection: sqlite3.Connection) -> list[str]:
    return [str(row[0]) for row in connection.execute(_TABLES)]


def _hashes(connection: sqlite3.Connection) -> dict[str, Rows]:
    return {name: hash_rows(_rows(connection, name)) for name in sorted(_names(connection))}


def _rows(connection: sqlite3.Connection, name: str) -> Iterable[bytes]:
    # `repr` tells a number from the text that looks like it.
    for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - from the schema
        yield repr(row).encode()
