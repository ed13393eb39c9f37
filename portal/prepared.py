"""Questions that every page asks: written once for each engine, then only bound and run.

Building a select, finding its compiled form and wrapping what it answers cost more than the
answer itself on a page of twenty rows. What does not live here: any question; and questions
that are asked once, which go through `database.plain` or the session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal import clock
from portal.database import Rows, db
from portal.engines import WRITING

Processor = Callable[[Any], Any]


#: The values of a select that has no parameters to fill.
NOTHING: Mapping[str, Any] = MappingProxyType({})
#: Rows of a driver.
Raw = tuple[tuple[Any, ...], ...]
#: So many questions of one state of the database a connection remembers at most.
MOST_KEPT = 256
#: A longer answer is not remembered.
MOST_ROWS = 500
#: Under what a session keeps its transaction with the connection it runs on.
_RUNNING = "prepared_running"


#: A parameter: where it stands, its name in the select, what tells it now, how the driver takes it.
Bound = tuple[tuple[Any, ...], str, Callable[[], Any] | None, Processor | None]


@dataclass(frozen=True)
class _Written:
    """A select as one engine runs it."""

    sql: str
    #: Its parameters as the driver takes them: by their places, or by name. What stands in the
    #: select itself is filled in already.
    filled: list[Any] | dict[str, Any]
    bound: tuple[Bound, ...]
    #: (column, how Python takes it), for the columns whose types say so.
    read: tuple[tuple[int, Processor], ...]

    def filled_with(self, values: Mapping[str, Any]) -> Any:
        """Return the parameters for a run."""
        filled: Any = self.filled.copy()
        for places, name, tell, take in self.bound:
            value = values[name] if tell is None else tell()
            if take is not None:
                value = take(value)
            for place in places:
                filled[place] = value
        return filled

    def of(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row of the driver as the types of its columns say."""
        values = list(row)
        for column, take in self.read:
            values[column] = take(values[column])
        return tuple(values)


class Prepared:
    """A select that is kept, as its rows of plain values.

    With `keeps_rows` what it said is said again, without asking, for as long as nothing whatsoever
    was written to the database: for questions that do not depend on the instant, and never for
    what somebody may do. `to_the_minute` lets a question without values that does ask as of the
    last full minute.
    """

    def __init__(
        self,
        statement: Rows | CompoundSelect[Any],
        *,
        keeps_rows: bool = False,
        to_the_minute: bool = False,
    ) -> None:
        self.statement, self.keeps_rows = statement, keeps_rows
        self.to_the_minute = to_the_minute
        self._written: dict[str, _Written] = {}

    def raw(self, values: Mapping[str, Any] = NOTHING) -> Raw:
        """Return the rows as the driver gives them; `read` makes values of one.

        `values` fills the parameters by name. For lists whose rows are mostly known already.
        """
        running = _running()
        kept = running.rows_kept if self.keeps_rows else None
        if kept is None:
            return self._asked(running.connection, values)
        # Within a minute everything that is told is the same, so the minute stands for it.
        told = _minute() if self.to_the_minute else self._filled(running.connection, values)
        found: Raw | None = kept.get((self, told))
        if found is None:
            found = self._asked(running.connection, values)
            if len(found) <= MOST_ROWS:
                kept[self, told] = found
        return found

    def _filled(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...]:
        filled = self._for(connection.dialect).filled_with(values)
        return tuple(filled.items() if isinstance(filled, dict) else filled)

    def _asked(self, connection: Connection, values: Mapping[str, Any]) -> Raw:
        written = self._for(connection.dialect)
        return tuple(_run(connection, written.sql, written.filled_with(values)))

    def read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row of `raw` as the types of its columns say."""
        return self._for(db.engine.dialect).of(row)

    def rows(self, values: Mapping[str, Any] = NOTHING) -> list[tuple[Any, ...]]:
        """Return the rows; `values` fills the parameters by name."""
        found = self.raw(values)
        written = self._for(_running().connection.dialect)
        return [written.of(row) for row in found] if written.read else list(found)

    def _for(self, dialect: Dialect) -> _Written:
        found = self._written.get(dialect.name)
        if found is None:
            found = _write(self.statement, dialect)
            if self.to_the_minute:
                found = replace(found, bound=tuple(map(_told_to_the_minute, found.bound)))
            self._written[dialect.name] = found
        return found


def _told_to_the_minute(bound: Bound) -> Bound:
    """Return a parameter that is told an instant as of the last full minute."""
    places, name, tell, take = bound
    if tell is None:
        return bound

    def told() -> Any:
        value = tell()
        return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value

    return places, name, told, take


def _minute() -> datetime:
    return clock.now().replace(second=0, microsecond=0)


class _Running:
    """The transaction that runs, with the connection it runs on."""

    def __init__(self, session: Session) -> None:
        self.connection = session.connection()
        self.transaction = session.get_transaction()

    @cached_property
    def rows_kept(self) -> dict[Any, Any] | None:
        """What was read at the state that this transaction sees."""
        return _rows_kept(self.connection)


def _rows_kept(connection: Connection) -> dict[Any, Any] | None:
    """Return what was read on a connection at the state it sees now, to be looked up and added to.

    Empty as soon as anything was written, by whomever. SQLite counts for each connection what
    others committed, and the driver what the connection itself changed; both are asked within the
    transaction, so they speak of what it sees. PostgreSQL names its snapshot: the same name sees
    the same, and one that is past never comes again. None in a transaction that writes: it sees
    what it has not committed.
    """
    if connection.get_execution_options().get(WRITING):
        return None
    state: Any
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        # The first statement to touch the file: an error of the disk shows here.
        state = _on_driver(connection, "PRAGMA data_version", ()), driver.total_changes
    else:
        state = _on_driver(connection, "SELECT pg_current_snapshot()::text", None)
    at, kept = connection.info.get("rows_kept", (None, {}))
    if at != state or len(kept) >= MOST_KEPT:
        kept = {}
        connection.info["rows_kept"] = state, kept
    found: dict[Any, Any] = kept
    return found


def _running() -> _Running:
    """Return the transaction that runs; its connection is looked for once in each."""
    session = db.session()
    session.flush()
    running: _Running | None = session.info.get(_RUNNING)
    if running is None or running.transaction is not session.get_transaction():
        running = session.info[_RUNNING] = _Running(session)
    return running


def _run(connection: Connection, sql: str, bound: Any) -> list[tuple[Any, ...]]:
    """Run what is written on the driver of a connection that is within its transaction.

    Eight times as fast as through SQLAlchemy, which makes a context and a result for each run.
    Whoever listens to statements (the tests count them) is told as ever.
    """
    if connection.dispatch.before_cursor_execute:
        given = tuple(bound) if isinstance(bound, list) else bound
        told: Any = connection.exec_driver_sql(sql, given).cursor
        rows: list[tuple[Any, ...]] = told.fetchall()
        told.close()
        return rows
    return _on_driver(connection, sql, bound)


def _on_driver(connection: Connection, sql: str, bound: Any) -> list[tuple[Any, ...]]:
    """Run what is written on the driver alone; what it refuses is told as SQLAlchemy tells it."""
    driver: Any = connection.connection.dbapi_connection
    dialect = connection.dialect
    try:
        rows: list[tuple[Any, ...]] = driver.execute(sql, bound).fetchall()
    except dialect.loaded_dbapi.Error as error:
        is_gone = dialect.is_disconnect(error, driver, None)
        if is_gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, bound, error, dialect.loaded_dbapi.Error,
            hide_parameters=connection.engine.hide_parameters,
            connection_invalidated=is_gone, dialect=dialect,
        ) from error  # fmt: skip
    return rows


def _write(statement: Rows | CompoundSelect[Any], dialect: Dialect) -> _Written:
    """Compile a select. What `in_` makes is written anew at each run: use `database.among`."""
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.literal_execute_params or compiled.post_compile_params:
        raise TypeError("a prepared select cannot hold what is expanded when it runs")
    names = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
    filled: Any = [None] * len(names) if compiled.positional else dict.fromkeys(names)
    bound = []
    for bind, named in compiled.bind_names.items():
        take = compiled._bind_processors.get(named)
        places: tuple[Any, ...] = (named,)
        if compiled.positional:
            places = tuple(place for place, name in enumerate(names) if name == named)
        if bind.callable is not None or bind.required:
            bound.append((places, bind.key, bind.callable, take))
            continue
        for place in places:
            filled[place] = take(bind.value) if take is not None else bind.value
    columns = enumerate(compiled._result_columns)
    readers = ((i, each.type._cached_result_processor(dialect, None)) for i, each in columns)
    read = tuple((i, take) for i, take in readers if take is not None)
    return _Written(compiled.string, filled, tuple(bound), read)
