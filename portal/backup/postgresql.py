"""What a backup does on PostgreSQL: dump one state, look into a dump, load one in one transaction.

`pg_dump` and `pg_restore` do the dumping and the unpacking. A dump is looked into without a
server: `pg_restore` writes it as text, whose COPY lines are the very rows that are hashed. It is
loaded through a connection of ours, so that putting the former tables aside, loading, and
comparing the rows are one transaction: a kill at any moment leaves the one portal or the other.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from portal.backup.archive import DATABASES, Rows
from portal.backup.journal_copy import keep_journal
from portal.backup.rows import differences, hash_rows
from portal.engines import ADVISORY_LOCK
from portal.errors import Refused

NAME = "postgresql"
#: A schema that holds a portal put aside; no backup looks into it.
ASIDE = "before_"
#: What makes rows read the same in a dump and here: `pg_dump` sets the same, but for the zone.
_SETTINGS = (
    "SET TIME ZONE 'UTC'; SET DateStyle = ISO; SET IntervalStyle = postgres; "
    "SET extra_float_digits = 3; SET client_encoding = 'UTF8'; SET statement_timeout = 0; "
    "SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '5s'"
)
_COLUMNS = (
    "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
    "AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname, a.attnum"
)
_COPY = re.compile(rb"COPY public\.(\w+) \(([^)]*)\) FROM stdin;\n")


def version_of(url: URL) -> str:
    """Return the version of the server."""
    with _connected(url) as connection:
        return str(connection.execute("SHOW server_version").fetchone()[0])  # type: ignore[index]


def capture(url: URL, folder: Path) -> tuple[Path, dict[str, Rows]]:
    """Dump the database as it stands at one instant; return the dump and its rows' hashes.

    Both see the snapshot of one transaction, which we hold open while `pg_dump` runs in it.
    """
    copy = folder / DATABASES[NAME]
    copy.touch(mode=0o600)
    with _connected(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]  # type: ignore[index]
        # Compressing is the archive's work.
        _run(
            *("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges"),
            *(f"--exclude-schema={ASIDE}*", f"--snapshot={snapshot}", f"--file={copy}"),
            *(f"--dbname={_conninfo(url, password=False)}", "--no-password"),
            environment=_environment(url),
        )
        return copy, _hashes(connection)


def look_into(copy: Path, said: dict[str, Rows]) -> list[str]:
    """Return what is wrong with a dump, a sentence each. Needs no server."""
    found: dict[str, Rows] = {}
    try:
        for table, _columns, rows in _tables_in(copy):
            found[table] = hash_rows(rows)
    except Refused as error:
        return [str(error.sentence)]
    return differences(found, said)


def revision_of(copy: Path) -> str:
    """Return the revision of a dump's schema, or nothing where it has none."""
    for table, _columns, rows in _tables_in(copy):
        lines = list(rows) if table == "alembic_version" else []
        if lines:
            return lines[0].decode()
    return ""


def journal_in(copy: Path, folder: Path) -> str:
    """Copy the journal of a dump into a SQLite database in a folder; return its address."""
    return keep_journal(_tables_in(copy), folder / "journal.sqlite3")


def is_empty(url: URL) -> bool:
    """Tell whether there is nothing to lose at an address: no tables of ours, or no rows."""
    with _connected(url) as connection:
        return _is_empty(connection)


def _is_empty(connection: psycopg.Connection[Any]) -> bool:
    tables = {row[0] for row in connection.execute(_COLUMNS.encode())} - {"alembic_version"}
    return not any(
        connection.execute(
            sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier("public", name))
        ).fetchone()
        for name in tables
    )


@contextmanager
def stopped(url: URL) -> Iterator[None]:
    """Raise `Refused` where anyone else is connected: a portal that runs would read half a way."""
    with _connected(url) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
        if others is not None and others[0]:
            raise Refused(
                f"{others[0]} other connections use this database: stop the portal first."
            )
    yield


def put_in_place(copy: Path, url: URL, *, aside: str, said: dict[str, Rows]) -> str | None:
    """Load a dump where the portal looks for its tables, in one transaction.

    Returns the schema that the former tables were moved to, or None where they held nothing.
    Raises `Refused`, having changed nothing, where the rows are not those of the manifest.
    """
    schema = ASIDE + re.sub(r"\W", "", aside.rpartition("-")[2]).lower()
    with _connected(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        was_empty = _is_empty(connection)
        _move_aside(connection, schema)
        if was_empty:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        _load(connection, copy)
        faults = differences(_hashes(connection), said)
        if faults:
            raise Refused("What was loaded is not what was dumped: " + "; ".join(faults))
    return None if was_empty else f"schema {schema}"


def _move_aside(connection: psycopg.Connection[Any], schema: str) -> None:
    """Move tables and functions of ours to another schema.

    Not by renaming the schema: up to version 14 `public` belongs to the superuser.
    """
    name = sql.Identifier(schema)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    tables = dict.fromkeys(row[0] for row in connection.execute(_COLUMNS.encode()))
    for table in tables:
        connection.execute(
            sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(sql.Identifier("public", table), name)
        )
    functions = connection.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p "
        "WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS "
        "(SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    ).fetchall()
    for (function,) in functions:
        # As the server wrote it, with its arguments.
        connection.execute(sql.SQL("ALTER FUNCTION {} SET SCHEMA {}").format(
            sql.SQL(function), name
        ))  # fmt: skip


def _load(connection: psycopg.Connection[Any], copy: Path) -> None:
    statements: list[bytes] = []
    with _as_text(copy, "--no-owner", "--no-privileges") as lines:
        for line in lines:
            if _COPY.fullmatch(line):
                _execute(connection, statements)
                with connection.cursor().copy(line) as rows:
                    for row in _rows_of(lines):
                        rows.write(row + b"\n")
            # Commands of psql: newer versions guard their text with \restrict.
            elif not line.startswith(b"\\"):
                statements.append(line)
        _execute(connection, statements)
    connection.execute("SET search_path = public")
    connection.execute(_SETTINGS)


def _execute(connection: psycopg.Connection[Any], statements: list[bytes]) -> None:
    written = b"".join(statements)
    statements.clear()
    if written.strip():
        connection.execute(written)


@contextmanager
def _connected(url: URL) -> Iterator[psycopg.Connection[Any]]:
    """Open a transaction of ours; it is committed unless an error ends it."""
    try:
        with psycopg.connect(_conninfo(url), connect_timeout=5, autocommit=True) as connection:
            connection.execute(_SETTINGS)
            with connection.transaction():
                yield connection
    except psycopg.Error as error:
        # The first line only: what follows may quote rows.
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise Refused(f"PostgreSQL says: {said}") from None


def _conninfo(url: URL, *, password: bool = True) -> str:
    """Return an address as libpq reads it, with or without the password."""
    parts = url.translate_connect_args(username="user", database="dbname")
    if not password:
        parts.pop("password", None)
    query = {
        name: value if isinstance(value, str) else value[0] for name, value in url.query.items()
    }
    return make_conninfo(**{**parts, **query})


def _environment(url: URL) -> dict[str, str]:
    """Return what the tools are told beside their arguments, which every user can see."""
    password = {"PGPASSWORD": url.password} if url.password else {}
    return {**os.environ, **password, "PGTZ": "UTC"}


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(
            f"{name} is not on this machine: install PostgreSQL's client programs "
            "(apt-get install postgresql-client), of the server's version or newer."
        )
    return found


def _run(tool: str, *arguments: str, environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own arguments
        [_tool(tool), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(f"{tool} failed: {done.stderr.strip()}")


def _hashes(connection: psycopg.Connection[Any]) -> dict[str, Rows]:
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS.encode()):
        columns.setdefault(table, []).append(column)
    return {table: hash_rows(_rows(connection, table, names)) for table, names in columns.items()}


def _rows(connection: psycopg.Connection[Any], table: str, columns: list[str]) -> Iterable[bytes]:
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier("public", table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor().copy(statement) as rows:
        for row in rows:  # the server sends one row at a time
            yield bytes(row).removesuffix(b"\n")


@contextmanager
def _as_text(copy: Path, *options: str) -> Iterator[Iterator[bytes]]:
    """Yield the lines of the text that `pg_restore` makes of a dump."""
    with subprocess.Popen(  # noqa: S603 - our own arguments
        [_tool("pg_restore"), *options, "--file=-", str(copy)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PGTZ": "UTC"},
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            yield iter(process.stdout)
            said = process.stderr.read().decode().strip()
        finally:
            process.terminate()
        if process.wait() not in (0, -15) or said:
            raise Refused(f"pg_restore cannot read the database dump: {said}")


def _tables_in(copy: Path) -> Iterator[tuple[str, list[str], Iterator[bytes]]]:
    """Yield each table of a dump with its columns and its rows as COPY writes them."""
    with _as_text(copy, "--data-only") as lines:
        for line in lines:
            if found := _COPY.fullmatch(line):
                columns = [each.strip(' "') for each in found[2].decode().split(",")]
                rows = _rows_of(lines)
                yield found[1].decode(), columns, rows
                for _unread in rows:
                    pass


def _rows_of(lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line == b"\\.\n":
            return
        yield line.removesuffix(b"\n")
    raise Refused("the database dump ends in the middle of a table")
