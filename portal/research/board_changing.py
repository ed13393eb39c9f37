"""What every change of a board asks and does: may it change now; count it for who waits."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from portal import clock
from portal.database import db
from portal.errors import Refused
from portal.research.board_models import Board, BoardColumn, ColumnKind
from portal.research.models import Project

#: The columns a board begins with.
FIRST_COLUMNS = (ColumnKind.TODO, ColumnKind.DOING, ColumnKind.REVIEW, ColumnKind.DONE)


def open_board(project: Project) -> None:
    """Give a new project its board, within the operation that makes the project."""
    db.session.add(Board(project_id=project.id, change=1, changed_at=clock.now()))
    for position, kind in enumerate(FIRST_COLUMNS):
        db.session.add(BoardColumn(project_id=project.id, position=position, kind=kind))
    db.session.flush()


def changed(project_id: int) -> None:
    """Count a change of a project's board, within the operation that made it."""
    db.session.execute(
        update(Board)
        .where(Board.project_id == project_id)
        .values(change=Board.change + 1, changed_at=clock.now())
    )


def refuse_unworkable(project: Project) -> None:
    """Refuse work on a board before it opens, while the project is on hold, and after its end."""
    if not project.is_workable:
        raise Refused(_l("The board can only be read now: the project is not under way."))
