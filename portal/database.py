"""The database: its session, what every table shares, and the rules it enforces itself.

What does not live here: how an engine is reached, read and written (`engines.py`), tables of
an area, and anything that knows a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    Select,
    bindparam,
    false,
    inspect,
    literal,
    orm,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from portal import clock
from portal.engines import connecting, teach

#: A select of any columns.
Rows: TypeAlias = Select[*tuple[Any, ...]]


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


#: The present inside SQL: asked when a statement runs, so that the statement can be kept.
NOW = bindparam("now", callable_=clock.now, type_=Instant, unique=True)
#: The present day in Shanghai, likewise.
TODAY = bindparam("today", callable_=clock.today, type_=Date, unique=True)


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
            connection.exec_driver_sql(statement)


def immutable(table: str, *, deletable: bool = False) -> list[Trigger]:
    """Return the triggers that refuse UPDATE (and DELETE, unless `deletable`) on a table."""
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        # Without a percent sign, which some cursors of psycopg read and others do not.
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
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
    url, options = connecting(make_url(app.config["SQLALCHEMY_DATABASE_URI"]))
    app.config["SQLALCHEMY_DATABASE_URI"] = url.render_as_string(hide_password=False)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        teach(db.engine)
