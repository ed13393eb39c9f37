"""Questions about the cards of a board: what stands where, in windows, lists and months."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Text, bindparam, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.database import Instant, Rows
from portal.prepared import Prepared, Raw
from portal.regions.queries import RegionName
from portal.research.board_models import (
    Board,
    BoardColumn,
    Card,
    CardBlock,
    CardComment,
    CardMove,
    CheckItem,
    ColumnKind,
)
from portal.research.placing import UNDO_WITHIN
from portal.research.queries import all_provinces
from portal.research.work_models import WorkPackage

#: Cards of a column that a board shows at first, and at most.
WINDOW, LARGEST_WINDOW = 30, 960
#: Rows on a page of the list.
PAGE = 50

_PROJECT = bindparam("project", type_=Integer)
_UNDO_SINCE = bindparam(
    "undo_since", callable_=lambda: clock.now() - UNDO_WITHIN, type_=Instant, unique=True
)


@dataclass(frozen=True)
class CardFilter:
    """What the cards are narrowed to; nothing for all of them."""

    owner: int | None = None
    organisation: int | None = None
    package: int | None = None

    @property
    def chosen(self) -> dict[str, int]:
        """What was chosen, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class CardRow:
    """A card as boards and lists show it: plain values, the same for whoever looks."""

    id: int
    column_id: int
    place: int
    title: str
    due_on: date | None
    is_done: bool
    labels: tuple[str, ...]
    owner: str | None
    organisation: str | None
    region: RegionName | None
    package: str | None
    items: int
    ticked: int
    comments: int
    is_waiting: bool


@dataclass(frozen=True)
class ColumnRow:
    """A column with how many cards stand in it, and those that are shown."""

    id: int
    kind: ColumnKind
    name: str | None
    card_limit: int | None
    count: int
    cards: list[CardRow] = field(default_factory=list)


def _count(of: Any, *narrowed: Any) -> Any:
    return select(func.count()).select_from(of).where(*narrowed).correlate(Card).scalar_subquery()


def _cards(*narrowed: Any) -> Rows:
    blocker = aliased(Card)
    waits = (
        select(CardBlock.card_id)
        .join(blocker, blocker.id == CardBlock.blocker_id)
        .where(CardBlock.card_id == Card.id, blocker.done_at.is_(None))
        .correlate(Card)
        .exists()
    )
    return (
        select(
            Card.id,
            Card.column_id,
            Card.place,
            Card.title,
            Card.due_on,
            Card.done_at.is_not(None),
            # As text: a list is no key, and PostgreSQL's driver would make one of it.
            cast(Card.labels, Text),
            Person.name,
            Organisation.name,
            Organisation.region_id,
            WorkPackage.name,
            _count(CheckItem, CheckItem.card_id == Card.id),
            _count(CheckItem, CheckItem.card_id == Card.id, CheckItem.is_done),
            _count(CardComment, CardComment.card_id == Card.id),
            waits,
        )
        .outerjoin(Person, Person.id == Card.owner_id)
        .outerjoin(Organisation, Organisation.id == Card.organisation_id)
        .outerjoin(WorkPackage, WorkPackage.id == Card.package_id)
        .where(Card.place.is_not(None), *narrowed)
    )


_CHOSEN = {"owner": Card.owner_id, "organisation": Card.organisation_id, "package": Card.package_id}


def _narrowed(names: Sequence[str]) -> list[Any]:
    return [_CHOSEN[name] == bindparam(name, type_=Integer) for name in names]


def _rows(asked: Prepared, values: Mapping[str, Any]) -> list[CardRow]:
    found = asked.raw(values)
    provinces: Mapping[int, RegionName] = all_provinces() if found else {}
    return [_row(raw, provinces.get(raw[9])) for raw in found]


_READ = Prepared(_cards())


@lru_cache(maxsize=8192)
def _row(raw: tuple[Any, ...], region: RegionName | None) -> CardRow:
    """Return the row that a driver's row says; most cards say what they said a page ago."""
    row = _READ.read(raw)
    return CardRow(  # type: ignore[call-arg]
        *row[:5],
        bool(row[5]),
        tuple(json.loads(row[6])),
        row[7],
        row[8],
        region,
        *row[10:14],
        bool(row[14]),
    )


_COLUMNS = Prepared(
    select(
        BoardColumn.id,
        BoardColumn.kind,
        BoardColumn.name,
        BoardColumn.card_limit,
        select(func.count(Card.id))
        .where(Card.column_id == BoardColumn.id, Card.place.is_not(None))
        .correlate(BoardColumn)
        .scalar_subquery(),
        Board.change,
    )
    .join(Board, Board.project_id == BoardColumn.project_id)
    .where(BoardColumn.project_id == _PROJECT)
    .order_by(BoardColumn.position),
    keeps_rows=True,
)


def columns_of(project_id: int) -> list[ColumnRow]:
    """Return the columns of a board from left to right, without their cards."""
    return [ColumnRow(*row[:5]) for row in _COLUMNS.rows({"project": project_id})]


@dataclass(frozen=True)
class Asked:
    """What the database says for a board, as its driver gave it: a page is kept by it."""

    columns: Raw
    cards: Raw
    #: What the provinces of the cards are called, card by card.
    regions: tuple[RegionName | None, ...]


def window(asked: int | None) -> int:
    """Return how many cards of a column to show: the first window, or doubled as far as asked."""
    shown = WINDOW
    while shown < min(asked or 0, LARGEST_WINDOW):
        shown *= 2
    return shown


def ask(project_id: int, narrowed: CardFilter, *, shown: int = WINDOW) -> Asked:
    """Ask for a board: its columns, and the first cards of each.

    Two statements, whatever the number of cards: a window of each column.
    """
    columns = _COLUMNS.raw({"project": project_id})
    statement = _windows(len(columns), tuple(narrowed.chosen), shown)
    values = {f"column{number}": row[0] for number, row in enumerate(columns)}
    cards = statement.raw(values | narrowed.chosen)
    provinces: Mapping[int, RegionName] = all_provinces() if cards else {}
    return Asked(columns, cards, tuple(provinces.get(raw[9]) for raw in cards))


def shown_of(asked: Asked) -> tuple[int, list[ColumnRow]]:
    """Return the change a board is at, and its columns with the first cards of each."""
    found = [_COLUMNS.read(raw) for raw in asked.columns]
    columns = {row[0]: ColumnRow(*row[:5]) for row in found}
    rows = map(_row, asked.cards, asked.regions)
    for row in sorted(rows, key=lambda row: row.place):
        columns[row.column_id].cards.append(row)
    return found[0][5], list(columns.values())


@lru_cache(maxsize=128)
def _windows(columns: int, names: tuple[str, ...], shown: int) -> Prepared:
    """Return the statement of the first cards of so many columns; each stops at its window."""
    parts = []
    for number in range(columns):
        here = Card.column_id == bindparam(f"column{number}", type_=Integer)
        part = _cards(here, *_narrowed(names)).order_by(Card.place).limit(shown).subquery()
        parts.append(select(*part.c))
    return Prepared(union_all(*parts), keeps_rows=True)


_CHANGE = Prepared(select(Board.change).where(Board.project_id == _PROJECT))


def change_of(project_id: int) -> int:
    """Return how often a board changed: two browsers that know the same number agree."""
    change: int = _CHANGE.rows({"project": project_id})[0][0]
    return change


@dataclass(frozen=True)
class LastMove:
    """The move that somebody may take back."""

    card_id: int
    title: str


_LATER = aliased(CardMove)
_LAST_MOVE = Prepared(
    select(
        Card.id,
        Card.title,
        CardMove.undone_at.is_(None)
        & Card.place.is_not(None)
        & ~select(_LATER.id)
        .where(_LATER.card_id == CardMove.card_id, _LATER.id > CardMove.id)
        .correlate(CardMove)
        .exists(),
    )
    .join(Card, Card.id == CardMove.card_id)
    .where(
        CardMove.project_id == _PROJECT,
        CardMove.person_id == bindparam("person", type_=Integer),
        CardMove.at > _UNDO_SINCE,
    )
    .order_by(CardMove.id.desc())
    .limit(1)
)


def last_move(project_id: int, person_id: int) -> LastMove | None:
    """Return the move on a board that somebody may take back, or None."""
    found = _LAST_MOVE.rows({"project": project_id, "person": person_id})
    return LastMove(*found[0][:2]) if found and found[0][2] else None


_PACKAGES = Prepared(
    select(WorkPackage.id, WorkPackage.name)
    .where(WorkPackage.project_id == _PROJECT)
    .order_by(WorkPackage.id),
    keeps_rows=True,
)


def packages_of(project_id: int) -> list[tuple[int, str]]:
    """Return (id, name) of the work packages of a project."""
    return [(row[0], row[1]) for row in _PACKAGES.rows({"project": project_id})]


#: What stands for the day of a task that has none: the end of every list.
FAR = date(9999, 12, 31)


def task_page(
    project_id: int,
    narrowed: CardFilter,
    *,
    after: tuple[date, int] | None = None,
    size: int = PAGE,
) -> tuple[list[CardRow], tuple[date, int] | None]:
    """Return a page of a board's cards by the day they are due, and the next page's key."""
    statement = _task_statement(tuple(narrowed.chosen), after is not None, size)
    day, card_id = after or (FAR, 0)
    values = {"project": project_id, "day": day, "card": card_id, **narrowed.chosen}
    rows = _rows(statement, values)
    if len(rows) <= size:
        return rows, None
    last = rows[size - 1]
    return rows[:size], (last.due_on or FAR, last.id)


@lru_cache(maxsize=64)
def _task_statement(names: tuple[str, ...], has_after: bool, size: int) -> Prepared:
    due = func.coalesce(Card.due_on, literal(FAR, Card.due_on.type))
    asked = _cards(Card.project_id == _PROJECT, *_narrowed(names))
    if has_after:
        day = bindparam("day", type_=Card.due_on.type)
        later = or_(due > day, (due == day) & (Card.id > bindparam("card", type_=Integer)))
        asked = asked.where(later)
    return Prepared(asked.order_by(due, Card.id).limit(size + 1))


def tasks_between(project_id: int, first: date, until: date) -> dict[date, list[CardRow]]:
    """Return the cards that are due within days (half-open), by day; at most 500."""
    values = {"project": project_id, "first": first, "until": until}
    found: dict[date, list[CardRow]] = {}
    for row in _rows(_MONTH, values):
        if row.due_on is not None:
            found.setdefault(row.due_on, []).append(row)
    return found


_MONTH = Prepared(
    _cards(
        Card.project_id == _PROJECT,
        Card.due_on >= bindparam("first", type_=Card.due_on.type),
        Card.due_on < bindparam("until", type_=Card.due_on.type),
    )
    .order_by(Card.due_on, Card.id)
    .limit(500)
)
