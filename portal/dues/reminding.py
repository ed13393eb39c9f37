"""What the portal says of dues whose day is past: once for each line and day."""

from __future__ import annotations

from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.dues.models import Due, DuesYear
from portal.dues.workflow import DUE
from portal.journal import JournalLine
from portal.operations import operation


@operation
def remind_of_dues(*, by: Actor) -> int:
    """Tell each member with a line that is overdue, once; return how many lines.

    Where a later day was set for the year, it is told once more after that day.
    """
    require(by, "due.remind")
    past = db.session.scalars(
        select(DuesYear).where(DuesYear.due_on < clock.today()).order_by(DuesYear.id)
    ).all()
    return sum(_remind(each, by=by) for each in past)


def _remind(dues_year: DuesYear, *, by: Actor) -> int:
    """Tell of the open lines of a year of which nothing was told since its day."""
    told = (
        select(JournalLine.number)
        .where(
            JournalLine.noun == "due",
            JournalLine.record_id == Due.id,
            JournalLine.verb == "due.overdue",
            JournalLine.at > clock.start_of(dues_year.due_on),
        )
        .exists()
    )
    late = db.session.scalars(
        select(Due)
        .where(Due.dues_year_id == dues_year.id, Due.state == DUE.start, ~told)
        .order_by(Due.id)
    ).all()
    for due in late:
        journal.note("due.overdue", due, by=by)
    return len(late)
