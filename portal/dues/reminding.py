"""What the portal says of dues whose day is past: once for each line and day.

Only where somebody hears it, who is a member today: a line nobody was told of counts as not told.
Years past are the secretariat's: a portal that begins to remind is no reason to chase them all.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Exists, exists, select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Appointment
from portal.actors import Actor
from portal.alliances.models import Membership
from portal.database import db
from portal.dues.models import Due, DuesYear
from portal.dues.workflow import DUE
from portal.journal import JournalLine
from portal.operations import operation
from portal.roles import Role

#: Who heard only now what is due has so long before it is overdue to them.
GRACE = timedelta(days=7)
#: A day that is past for longer is told of no more.
WITHIN = timedelta(days=60)


@operation
def remind_of_dues(*, by: Actor) -> int:
    """Tell each member with a line that is overdue, once; return how many lines.

    Where a later day was set for the year, it is told once more after that day.
    """
    require(by, "due.remind")
    today = clock.today()
    past = db.session.scalars(
        select(DuesYear)
        .where(DuesYear.due_on < today, DuesYear.due_on >= today - WITHIN)
        .order_by(DuesYear.id)
    ).all()
    return sum(_remind(each, by=by) for each in past)


def _remind(dues_year: DuesYear, *, by: Actor) -> int:
    """Tell of the open lines of a year of which nothing was told since its day."""
    told = _noted("due.overdue").where(JournalLine.at > clock.start_of(dues_year.due_on))
    fresh = _noted("due.demand").where(JournalLine.at > clock.now() - GRACE)
    late = db.session.scalars(
        select(Due)
        .where(Due.dues_year_id == dues_year.id, Due.state == DUE.start)
        .where(_has_manager(), _is_member(), ~told, ~fresh)
        .order_by(Due.id)
    ).all()
    for due in late:
        journal.note("due.overdue", due, by=by)
    return len(late)


def _noted(verb: str) -> Exists:
    """Return whether a step of a line stands in the journal: a condition, to be narrowed."""
    return exists().where(
        JournalLine.noun == "due", JournalLine.record_id == Due.id, JournalLine.verb == verb
    )


def _has_manager() -> ColumnElement[bool]:
    """Return whether somebody manages the organisation of a line now: who hears of its dues."""
    return exists().where(
        Appointment.scope_id == Due.organisation_id,
        Appointment.role == Role.MANAGER,
        Appointment.is_running,
    )


def _is_member() -> ColumnElement[bool]:
    """Return whether the organisation of a line is a member of its alliance today."""
    return exists().where(
        Membership.alliance_id == Due.alliance_id,
        Membership.organisation_id == Due.organisation_id,
        Membership.is_active,
    )
