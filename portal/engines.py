"""The two engines: how each is reached, how a read and a write begin, how the one lock is taken.

Both are served by the same rules. Reading cannot write; writing takes the one write lock before
any SQL, so that no rule is ever judged on a state that another writer is about to change.
`operations.py` is the only caller of the write path. What does not live here: any table.
"""

from __future__ import annotations

import fcntl
import select
import time
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Dialect, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

#: The execution option by which a transaction says that it writes.
WRITING = "portal_write"
#: The execution option by which a writer says how many seconds it waits for the lock.
PATIENCE = "portal_patience"
#: A writer that waits longer than this gives up; the person is told to try again (503).
LOCK_PATIENCE_SECONDS = 5.0
#: The number of the advisory lock on PostgreSQL: the letters "port" as an integer.
ADVISORY_LOCK = 0x706F7274


class Busy(Exception):
    """The write lock could not be had in time."""


def connecting(url: URL) -> tuple[URL, dict[str, Any]]:
    """Return the address of a database with its driver, and the options of its engine."""
    # The connection that was used last remembers most.
    options: dict[str, Any] = {"pool_use_lifo": True}
    if url.drivername.startswith("sqlite"):
        if not url.database or url.database == ":memory:":
            raise RuntimeError("SQLite needs a file: the write lock lives beside it.")
        options["connect_args"] = {"isolation_level": None, "check_same_thread": False}
        return url, options
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    # Statements are written as PostgreSQL reads them: psycopg would parse each at each run.
    options["paramstyle"] = "numeric_dollar"
    options["connect_args"] = {
        "connect_timeout": 5,
        # The kernel notices within a minute that the other machine, or the way there, is lost.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
        "options": (
            "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 "
            # What reads runs outside of transactions, and must not write there either.
            "-c default_transaction_read_only=on"
        ),
        "cursor_factory": psycopg.RawCursor,
    }
    return url, options


def teach(engine: Engine) -> None:
    """Attach the read and write path to an engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        # `commit` fires before COMMIT; only the return to the pool is certainly after it.
        event.listen(engine, "checkin", _unlock_sqlite)
        event.listen(engine, "close", _close_sqlite)
    else:
        event.listen(engine, "connect", _open_postgresql)
        event.listen(engine, "checkout", partial(_meet_postgresql, engine.dialect))
        event.listen(engine, "begin", _begin_postgresql)


def _open_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    for pragma in (
        "journal_mode=WAL",
        # NORMAL loses acknowledged rows when the power fails.
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={int(LOCK_PATIENCE_SECONDS * 1000)}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    # Never the database file itself: closing any handle on it would drop SQLite's own locks.
    record.info["lock"] = Path(f"{path}.lock").open("a")  # noqa: SIM115 - lives with the connection


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    if writing:
        lock_file(connection.info["lock"], patience_of(connection))
        connection.info["locked"] = True
    if connection.info.get("writable") is not writing:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.info["writable"] = writing
    if writing:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # Fails never, and each page begins with it: the driver alone is eight times as fast.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN")


def patience_of(connection: Connection) -> float:
    """Return how many seconds a writing transaction may wait for the lock."""
    asked = connection.get_execution_options().get(PATIENCE)
    return LOCK_PATIENCE_SECONDS if asked is None else float(asked)


def lock_file(handle: Any, patience: float) -> None:
    """Take the write lock beside the SQLite file, or raise `Busy` after `patience` seconds.

    Polled, because a blocking wait starves: with eight writers the slowest one in a hundred
    waited 94 ms here and 434 ms on SQLite's own lock. The kernel frees it with the process.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise Busy from None
            time.sleep(0.001)


def _unlock_sqlite(_connection: Any, record: ConnectionPoolEntry) -> None:
    if record.info.pop("locked", False):
        fcntl.flock(record.info["lock"], fcntl.LOCK_UN)


def _close_sqlite(_connection: Any, record: ConnectionPoolEntry) -> None:
    handle = record.info.pop("lock", None)
    if handle is not None:
        handle.close()


def _open_postgresql(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.server_cursor_factory = psycopg.RawServerCursor


def _meet_postgresql(
    dialect: Dialect, connection: Any, _record: ConnectionPoolEntry, _proxy: Any
) -> None:
    """Refuse a kept connection whose other end is gone; the pool then opens another.

    Asking the other end costs as much as a small question of a page, so it is done where something
    came that nobody asked for: a server that ends says so, and the kernel says that it is lost.
    """
    watch = select.poll()
    try:
        watch.register(connection.fileno(), select.POLLIN)
        if watch.poll(0):
            dialect.do_ping(connection)
    except psycopg.Error as error:
        raise DisconnectionError from error


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    writing = options.get(WRITING, False)
    driver: Any = connection.connection.dbapi_connection
    # Between two statements others may commit, within a transaction as without one, so whoever
    # reads needs none (two questions less for each page) unless an isolation was asked for.
    if "isolation_level" not in options:
        driver.autocommit = not writing
    driver.read_only = not writing
    if writing:
        lock_postgresql(connection)


def lock_postgresql(connection: Connection) -> None:
    """Take the one write lock of a PostgreSQL database until the transaction ends."""
    # Never 0, which PostgreSQL takes for "wait for ever".
    patience = max(1, int(patience_of(connection) * 1000))
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}ms'")
    try:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise Busy from None
        raise
