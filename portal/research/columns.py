"""Verbs on the columns of a board: how many cards they take, and those of one's own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.research.board_changing import changed
from portal.research.board_models import BoardColumn, ColumnKind
from portal.research.models import Project

MOST_COLUMNS = 8


def _columns(project: Project) -> list[BoardColumn]:
    asked = select(BoardColumn).where(BoardColumn.project_id == project.id)
    return list(db.session.scalars(asked.order_by(BoardColumn.position)))


@operation
def limit_column(project: Project, column_id: int, *, card_limit: int | None, by: Actor) -> None:
    """Say how many cards a column takes at most; those that stand there stay."""
    require(by, "project.lead", project)
    column = next((each for each in _columns(project) if each.id == column_id), None)
    if column is None:
        raise Refused(_l("Please choose one."))
    column.card_limit = card_limit
    db.session.flush()
    changed(project.id)
    journal.note("project.board", project, by=by)


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
