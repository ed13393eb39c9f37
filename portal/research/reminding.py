"""What the portal says of tasks whose day is near: once to whoever does them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import among, db
from portal.journal import JournalLine
from portal.operations import operation
from portal.research.board_models import Card
from portal.research.models import Project
from portal.research.workflow import WORKABLE

#: So long before its day somebody is reminded of a task.
AHEAD = timedelta(days=1)


@operation
def remind_of_due_cards(*, by: Actor) -> int:
    """Remind whoever does a task that it is due tomorrow or today; return of how many.

    Once for each day, whatever the number of runs: one that was put off is spoken of anew.
    """
    require(by, "card.remind")
    today = clock.today()
    was_told = (
        select(JournalLine.number)
        .where(
            JournalLine.noun == Card.noun,
            JournalLine.record_id == Card.id,
            JournalLine.verb == "card.due",
            JournalLine.at >= clock.start_of(today - AHEAD),
        )
        .exists()
    )
    near = db.session.scalars(
        select(Card)
        .join(Project, Project.id == Card.project_id)
        .where(
            among(Project.state, WORKABLE),
            Card.due_on >= today,
            Card.due_on <= today + AHEAD,
            Card.owner_id.is_not(None),
            Card.done_at.is_(None),
            Card.place.is_not(None),
            ~was_told,
        )
        .order_by(Card.id)
    ).all()
    for card in near:
        journal.note("card.due", card, by=by)
    return len(near)
