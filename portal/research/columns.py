"""Verbs on the columns of a board: their names and order, how many cards they take."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused, Stale
from portal.operations import operation
from portal.research.board_changing import changed
from portal.research.board_forms import column_name
from portal.research.board_models import BoardColumn, ColumnKind
from portal.research.models import Project

MOST_COLUMNS = 8


def _columns(project: Project) -> list[BoardColumn]:
    asked = select(BoardColumn).where(BoardColumn.project_id == project.id)
    return list(db.session.scalars(asked.order_by(BoardColumn.position)))


def _column(columns: list[BoardColumn], column_id: int) -> BoardColumn:
    column = next((each for each in columns if each.id == column_id), None)
    if column is None:
        raise Refused(_l("Please choose one."))
    return column


@operation
def limit_column(project: Project, column_id: int, *, card_limit: int | None, by: Actor) -> None:
    """Say how many cards a column takes at most; those that stand there stay."""
    require(by, "project.lead", project)
    _column(_columns(project), column_id).card_limit = card_limit
    db.session.flush()
    changed(project.id)
    journal.note("project.board", project, by=by)


def said_of(column: Any) -> str:
    """Return what a column says, which a page sends along: a column has no version of its own."""
    return f"{column.card_limit or ''} {column.name or ''}"


def _refuse_namesake(columns: list[BoardColumn], name: str) -> None:
    if any(column_name(each).casefold() == name.casefold() for each in columns):
        raise Refused(_l("Another column of the board is called so."), field="name")


@operation
def change_column(
    project: Project,
    column_id: int,
    *,
    name: str,
    card_limit: int | None,
    by: Actor,
    seen: str | None = None,
) -> None:
    """Say what a column is called, and how many cards it takes.

    Without a name a column that every board has is called as before; one of one's own needs one.
    Raises `Stale` where the column says something else by now than the person saw.
    """
    require(by, "project.lead", project)
    columns = _columns(project)
    column = _column(columns, column_id)
    if seen is not None and seen != said_of(column):
        raise Stale(_l("Somebody changed this while you had it open. Look at it again."))
    if column.card_limit != card_limit:
        limit_column(project, column_id, card_limit=card_limit, by=by)
    called = name.strip() or None
    if called is None and column.kind is ColumnKind.OWN:
        raise Refused(_l("Please fill this in."), field="name")
    if called == column.name:
        return
    others = [each for each in columns if each is not column]
    column.name = called
    _refuse_namesake(others, column_name(column))
    db.session.flush()
    changed(project.id)
    journal.note("project.board", project, by=by, detail={"note": called} if called else None)


@operation
def shift_column(project: Project, column_id: int, *, places: int, by: Actor) -> None:
    """Shift a column by places to the right, and change nothing else of it.

    What is done stays last, so that no new card comes to stand there unseen.
    """
    require(by, "project.lead", project)
    columns = _columns(project)
    column = _column(columns, column_id)
    place = columns.index(column) + places
    if column.is_done or not 0 <= place < len(columns) or columns[place].is_done:
        raise Refused(_l("The column of what is done stays the last one."))
    _swap(column, columns[place])
    changed(project.id)
    journal.note("project.board", project, by=by)


def _swap(one: BoardColumn, other: BoardColumn) -> None:
    """Let two columns change places; no two may stand at one, not even for a moment."""
    here, there = one.position, other.position
    for column, position in ((one, -1), (other, here), (one, there)):
        column.position = position
        db.session.flush()


@operation
def add_column(
    project: Project, *, name: str, card_limit: int | None = None, by: Actor
) -> BoardColumn:
    """Add a column of one's own before the last, which is the one of what is done."""
    require(by, "project.lead", project)
    columns = _columns(project)
    if not name.strip():
        raise Refused(_l("Please fill this in."), field="name")
    if len(columns) >= MOST_COLUMNS:
        raise Refused(_l("At most %(number)d columns.", number=MOST_COLUMNS), field="name")
    _refuse_namesake(columns, name.strip())
    last, place = columns[-1], columns[-1].position
    db.session.execute(
        update(BoardColumn).where(BoardColumn.id == last.id).values(position=place + 1)
    )
    made = BoardColumn(
        project_id=project.id,
        position=place,
        kind=ColumnKind.OWN,
        name=name.strip(),
        card_limit=card_limit,
    )
    db.session.add(made)
    db.session.flush()
    changed(project.id)
    journal.note("project.board", project, by=by, detail={"note": made.name})
    return made
