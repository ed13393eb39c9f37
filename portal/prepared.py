"""Questions that every page asks: written once for each engine, then only bound and run.

Building a select, finding its compiled form and wrapping what it answers cost more than the
answer itself on a page of twenty rows. What does not live here: any question; and questions
that are asked once, which go through `database.plain` or the session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Dialect
from sqlalchemy.exc import DBAPIError

from portal.database import Rows, db

Processor = Callable[[Any], Any]


@dataclass(frozen=True)
class _Written:
    """A select as one engine runs it."""

    sql: str
    #: The names of its parameters in the order of their places; None where they go by name.
    places: tuple[str, ...] | None
    #: What stands in the select itself, as the driver takes it.
    fixed: dict[str, Any]
    #: (name in the SQL, name in the select, what tells it now, how the driver takes it)
    bound: tuple[tuple[str, str, Callable[[], Any] | None, Processor | None], ...]
    #: (column, how Python takes it), for the columns whose types say so.
    read: tuple[tuple[int, Processor], ...]


class Prepared:
    """A select that is kept, as its rows of plain values."""

    def __init__(self, statement: Rows | CompoundSelect[Any]) -> None:
        self.statement = statement
        self._written: dict[str, _Written] = {}

    def raw(self, values: Mapping[str, Any] | None = None) -> Sequence[tuple[Any, ...]]:
        """Return the rows as the driver gives them; `read` makes values of one.

        `values` fills the parameters by name. For lists whose rows are mostly known already.
        """
        session = db.session()
        session.flush()
        connection = session.connection()
        written = self._for(connection.dialect)
        filled = dict(written.fixed)
        for place, name, tell, take in written.bound:
            value = tell() if tell is not None else (values or {})[name]
            filled[place] = take(value) if take is not None else value
        bound: Any = filled
        if written.places is not None:
            bound = tuple(filled[place] for place in written.places)
        return _run(connection, written.sql, bound)

    def read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row of `raw` as the types of its columns say."""
        values = list(row)
        for column, take in self._for(db.engine.dialect).read:
            values[column] = take(values[column])
        return tuple(values)

    def rows(self, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows; `values` fills the parameters by name."""
        return [self.read(row) for row in self.raw(values)]

    def _for(self, dialect: Dialect) -> _Written:
        found = self._written.get(dialect.name)
        if found is None:
            found = self._written[dialect.name] = _write(self.statement, dialect)
        return found


def _run(connection: Connection, sql: str, bound: Any) -> list[tuple[Any, ...]]:
    """Run what is written on the driver of a connection that is within its transaction.

    Eight times as fast as through SQLAlchemy, which makes a context and a result for each run.
    Whoever listens to statements (the tests count them) is told as ever.
    """
    rows: list[tuple[Any, ...]]
    if connection.dispatch.before_cursor_execute:
        told: Any = connection.exec_driver_sql(sql, bound).cursor
        rows = told.fetchall()
        told.close()
        return rows
    driver: Any = connection.connection.dbapi_connection
    cursor = driver.cursor()
    try:
        cursor.execute(sql, bound)
        rows = cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        is_gone = connection.dialect.is_disconnect(error, driver, cursor)
        if is_gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, bound, error, connection.dialect.loaded_dbapi.Error,
            hide_parameters=connection.engine.hide_parameters,
            connection_invalidated=is_gone, dialect=connection.dialect,
        ) from error  # fmt: skip
    finally:
        cursor.close()
    return rows


def _write(statement: Rows | CompoundSelect[Any], dialect: Dialect) -> _Written:
    """Compile a select. What `in_` makes is written anew at each run: use `database.among`."""
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.literal_execute_params or compiled.post_compile_params:
        raise TypeError("a prepared select cannot hold what is expanded when it runs")
    fixed, bound = {}, []
    for bind, place in compiled.bind_names.items():
        take = compiled._bind_processors.get(place)
        if bind.callable is not None or bind.required:
            bound.append((place, bind.key, bind.callable, take))
        else:
            fixed[place] = take(bind.value) if take is not None else bind.value
    columns = enumerate(compiled._result_columns)
    readers = ((i, each.type._cached_result_processor(dialect, None)) for i, each in columns)
    return _Written(
        compiled.string,
        tuple(compiled.positiontup) if compiled.positional else None,
        fixed,
        tuple(bound),
        tuple((i, take) for i, take in readers if take is not None),
    )
