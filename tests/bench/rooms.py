"""Rooms that hold many things: a board of some thousand cards, an agenda of some dozen items.

Written with plain SQL into a database that holds the demo world.
"""

from __future__ import annotations

from sqlalchemy import func, insert, select

from portal import clock
from portal.accounts.models import Organisation
from portal.alliances.models import Alliance
from portal.database import db
from portal.engines import WRITING
from portal.meetings.models import AgendaItem, Meeting
from portal.meetings.workflow import MeetingState
from portal.research.board_models import BoardColumn, Card
from portal.research.models import Project
from portal.research.ordering import ROOM
from portal.research.workflow import ProjectState


def fill_board(cards: int) -> tuple[int, int]:
    """Put many cards on the board of an idea; return the project of forty cards, and this one."""
    with db.engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        own = select(Project.id, Project.lead_id, Project.lead_person_id)
        busy = connection.execute(own.where(Project.state == ProjectState.ACTIVE)).one()
        large = connection.execute(
            own.where(Project.state == ProjectState.IDEA, Project.lead_id == busy.lead_id)
        ).one()
        columns = connection.scalars(
            select(BoardColumn.id)
            .where(BoardColumn.project_id == large.id)
            .order_by(BoardColumn.position)
        ).all()
        rows = [
            {
                "project_id": large.id,
                "column_id": columns[number % len(columns)],
                "place": (number + 1) * ROOM,
                "title": f"缠绕工艺任务 {number}",
                "owner_id": large.lead_person_id,
                "organisation_id": large.lead_id,
                "due_on": clock.today(),
                "labels": ["工艺"],
                "created_at": clock.now(),
                "version": 1,
            }
            for number in range(cards)
        ]
        connection.execute(insert(Card.__table__), rows)
    return busy.id, large.id


def fill_agenda(items: int) -> int:
    """Bring the agenda of a meeting that was noticed to so many items; return the meeting."""
    with db.engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        meeting = connection.execute(
            select(Meeting.id, Meeting.alliance_id, Meeting.called_by_id)
            .join(Alliance, Alliance.id == Meeting.alliance_id)
            .where(Alliance.slug == "hydrogen", Meeting.state == MeetingState.NOTICED)
            .order_by(Meeting.id)
        ).first()
        if meeting is None:
            raise SystemExit("The demo world holds no meeting that was noticed.")
        placed = select(func.count()).where(AgendaItem.meeting_id == meeting.id)
        there = connection.scalar(placed) or 0
        proposers = connection.scalars(select(Organisation.id).order_by(Organisation.id).limit(9))
        organisations = proposers.all()
        rows = [
            {
                "alliance_id": meeting.alliance_id,
                "meeting_id": meeting.id,
                "position": number + 1,
                "title": f"审议氢能装备共性技术攻关安排（第{number}项）",
                "text": "说明背景、已做的工作和提请会议决定的事项。",
                "presenter": "王主任",
                "minutes": 10,
                "organisation_id": organisations[number % len(organisations)],
                "proposed_by_id": meeting.called_by_id,
                "proposed_at": clock.now(),
            }
            for number in range(there, items)
        ]
        if rows:
            connection.execute(insert(AgendaItem.__table__), rows)
    found: int = meeting.id
    return found
