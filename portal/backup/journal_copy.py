"""The journal of a dump in a small SQLite database, so that the one walk of the chain reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, create_engine, insert
from sqlalchemy.sql.schema import Table
from sqlalchemy.types import JSON, Integer

from portal.database import Base, Instant
from portal.errors import Refused
from portal.journal import JournalDetail, JournalHead, JournalLine

TABLES: dict[str, Any] = {
    model.__tablename__: model.__table__ for model in (JournalLine, JournalDetail, JournalHead)
}
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def keep_journal(tables: Iterable[tuple[str, list[str], Iterator[bytes]]], path: Path) -> str:
    """Keep the journal's tables out of those of a dump; return the address of the database."""
    address = f"sqlite:///{path}"
    engine = create_engine(address)
    Base.metadata.create_all(engine, list(TABLES.values()))
    with engine.begin() as connection:
        for name, columns, rows in tables:
            if name in TABLES:
                read = (_values(TABLES[name], columns, row) for row in rows)
                while some := list(islice(read, 1000)):
                    connection.execute(insert(TABLES[name]), some)
    engine.dispose()
    return address


def _values(table: Table, columns: list[str], row: bytes) -> dict[str, Any]:
    """Return the values of one row as COPY writes it: tabs between, `\\N` for nothing."""
    try:
        fields = row.decode().split("\t")
        return {
            name: _value(table.columns[name].type, field)
            for name, field in zip(columns, fields, strict=True)
        }
    except (ValueError, KeyError, LookupError):
        raise Refused(f"a row of {table.name} in the database dump cannot be read") from None


def _value(kind: Any, field: str) -> Any:
    if field == "\\N":
        return None
    if "\\" in field:
        field = _unescaped(field)
    if isinstance(kind, Instant | DateTime):
        return datetime.fromisoformat(field)
    if isinstance(kind, JSON):
        return json.loads(field)
    return int(field) if isinstance(kind, Integer) else field


def _unescaped(field: str) -> str:
    parts = iter(field)
    return "".join(
        (_ESCAPED.get(after := next(parts, ""), after)) if part == "\\" else part for part in parts
    )
