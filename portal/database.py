"""The database: one engine, one session, one way to write.

Two engines are served by the same rules. Reading runs in a read-only transaction; writing
takes the one write lock before any SQL, so that no rule is ever judged on a state that
another writer is about to change. `operations.py` is the only caller of the write path.
What does not live here: tables of an area, and anything that knows a request.
"""

from __future__ import annotations

import fcntl
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from psycopg.errors import LockNotAvailable
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    Select,
    event,
    false,
    inspect,
    literal,
    orm,
    text,
)
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

#: A select of any columns.
Rows: TypeAlias = Select[*tuple[Any, ...]]
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


class Instant(TypeDecorator[datetime]):
    """A moment: aware and in UTC in Python, without a zone on SQLite, with one on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone is ambiguous")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table shares: predictable constraint names and ids that are never reused."""

    registry = orm.registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: Instant},
    )
    # A reused id would let an old reference in the journal or in a link point at a stranger.
    __table_args__: Any = {"sqlite_autoincrement": True}


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """The base of every table, as the type checker sees it."""

        __abstract__ = True

else:
    Model = db.Model


class Versioned:
    """A record that people edit: each change raises `version`, so a stale form is noticed."""

    version: Mapped[int] = mapped_column(nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def choice(kind: type[StrEnum], name: str | None = None) -> Enum:
    """Return the column type of a string enumeration: its values as text with a CHECK.

    `name` is for the second column of a table that holds the same enumeration.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=name or re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(),
        length=max(24, *(len(member.value) for member in kind)),
        values_callable=lambda members: [member.value for member in members],
    )


def constraints(*items: Any) -> tuple[Any, ...]:
    """Return `__table_args__` holding the given constraints and the options every table has."""
    return (*items, Base.__table_args__)


@dataclass(frozen=True)
class Trigger:
    """A rule the database itself enforces, written once per engine.

    Batch migrations on SQLite drop triggers without a word, so the list is applied again
    after every upgrade (`apply_triggers`) and compared with the database by a test.
    """

    name: str
    table: str
    sqlite: tuple[str, ...] = ()
    postgresql: tuple[str, ...] = ()


TRIGGERS: list[Trigger] = []


def apply_triggers(connection: Connection) -> None:
    """Create every trigger of the list anew on a connection that is migrating.

    A schema that is older than the list has not all of its tables yet.
    """
    tables = set(inspect(connection).get_table_names())
    for trigger in (each for each in TRIGGERS if each.table in tables):
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger.name}"))
            statements = trigger.sqlite
        else:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}"))
            statements = trigger.postgresql
        for statement in statements:
            # No parameters are bound, but psycopg reads a percent sign all the same.
            connection.exec_driver_sql(statement)


def immutable(table: str, *, deletable: bool = False) -> list[Trigger]:
    """Return the triggers that refuse UPDATE (and DELETE, unless `deletable`) on a table."""
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"
    )
    return [
        Trigger(
            name=f"{table}_no_{action.lower()}",
            table=table,
            sqlite=(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            ),
            postgresql=(
                function,
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            ),
        )
        for action in (("UPDATE",) if deletable else ("UPDATE", "DELETE"))
    ]


def is_sqlite() -> bool:
    """Tell which of the two engines the running portal uses."""
    return db.engine.dialect.name == "sqlite"


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition "the column holds one of these values" (none: never).

    With a placeholder for each value, for statements that are kept: what `in_` makes is written
    anew each time it runs.
    """
    listed = [literal(value, column.type) for value in values]
    return column.in_(listed) if listed else false()


def plain(
    statement: Rows | CompoundSelect[Any], values: Mapping[str, Any] | None = None
) -> Sequence[Any]:
    """Return the rows of a select of columns, read past the ORM.

    A third of the cost of asking through the session; for pages that show rows and change
    nothing.
    """
    db.session.flush()
    return db.session.connection().execute(statement, values or {}).all()


def init_app(app: Flask) -> None:
    """Give the application its engine and teach that engine the write path."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    options: dict[str, Any] = {
        "pool_pre_ping": not url.drivername.startswith("sqlite"),
        # The connection that was used last remembers most.
        "pool_use_lifo": True,
    }
    if url.drivername.startswith("sqlite"):
        if not url.database or url.database == ":memory:":
            raise RuntimeError("SQLite needs a file: the write lock lives beside it.")
        options["connect_args"] = {"isolation_level": None, "check_same_thread": False}
    else:
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
            app.config["SQLALCHEMY_DATABASE_URI"] = url.render_as_string(hide_password=False)
        options["connect_args"] = {
            "connect_timeout": 5,
            "options": "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000",
        }
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        teach(db.engine)


def teach(engine: Engine) -> None:
    """Attach the read and write path to an engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        # `commit` fires before COMMIT; only the return to the pool is certainly after it.
        event.listen(engine, "checkin", _unlock_sqlite)
        event.listen(engine, "close", _close_sqlite)
    else:
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


def _begin_postgresql(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    driver: Any = connection.connection.dbapi_connection
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
