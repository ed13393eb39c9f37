"""What the portal says of actions whose day comes near or is past: once each."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.journal import JournalLine
from portal.meetings.resolution_models import Action
from portal.meetings.resolution_workflow import ActionState
from portal.operations import operation

#: So long before its day an action is spoken of.
DUE_DAYS = timedelta(days=3)


@operation
def remind_of_actions(*, by: Actor) -> int:
    """Remind owners of actions that are due within three days, and of overdue ones; how many."""
    require(by, "action.remind")
    today = clock.today()
    near = _open(Action.due_on >= today, Action.due_on <= today + DUE_DAYS, verb="action.due")
    late = _open(Action.due_on < today, verb="action.overdue")
    for verb, found in (("action.due", near), ("action.overdue", late)):
        for action in found:
            journal.note(verb, action, by=by)
    return len(near) + len(late)


def _open(*conditions: ColumnElement[bool], verb: str) -> list[Action]:
    """Return the actions still to be done of which the journal does not tell a verb yet."""
    noted = (
        select(JournalLine.number)
        .where(
            JournalLine.noun == "action",
            JournalLine.record_id == Action.id,
            JournalLine.verb == verb,
        )
        .exists()
    )
    found = select(Action).where(Action.state == ActionState.OPEN, *conditions, ~noted)
    return list(db.session.scalars(found.order_by(Action.id)))
