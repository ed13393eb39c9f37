"""Meetings held in writing (书面表决): votes are taken until a deadline, then the meeting ends.

Chair or secretariat end one; after its deadline `flask daily` does. Ending it counts what is open:
the count follows from the rows alone, so the portal makes it, whoever ends the meeting.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.errors import Refused
from portal.meetings import agenda
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Resolution
from portal.meetings.resolution_workflow import ResolutionState
from portal.meetings.voting import close_vote
from portal.meetings.workflow import MeetingState
from portal.operations import operation
from portal.workflow import check_version, move


def _voted_at(meeting: Meeting) -> Sequence[Resolution]:
    """Return the resolutions of a meeting whose votes were opened."""
    return db.session.scalars(
        select(Resolution)
        .where(Resolution.meeting_id == meeting.id, Resolution.opened_at.is_not(None))
        .order_by(Resolution.id)
    ).all()


@operation
def conclude_meeting(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """End a meeting held in writing and count its open votes; minutes are to be written.

    Raises `Refused` before the deadline where a seat has not voted, or nothing was voted on, and
    while a secret ballot of earlier times is open, of which nobody could count anything.
    """
    require(by, "meeting.conclude", meeting)
    check_version(meeting, expected)
    asked = _voted_at(meeting)
    if not asked and clock.now() < meeting.ends_at:
        raise Refused(_l("Nothing was voted on yet: wait for the deadline, or cancel it."))
    for resolution in asked:
        if resolution.is_voting and not resolution.is_secret:
            close_vote(resolution, by=SYSTEM)
    agenda.refuse_open_votes(meeting)
    move(meeting, "conclude", by=by, note=note, also={"closed_at": clock.now()})


@operation
def end_written_meetings(*, by: Actor) -> int:
    """End the meetings held in writing whose deadline has passed; return how many."""
    require(by, "meeting.end_due")
    uncounted = select(Resolution.meeting_id).where(
        Resolution.state == ResolutionState.VOTING, Resolution.is_secret
    )
    due = db.session.scalars(
        select(Meeting)
        .where(
            Meeting.state == MeetingState.NOTICED,
            Meeting.is_written,
            Meeting.ends_at <= clock.now(),
            Meeting.id.not_in(uncounted),
        )
        .order_by(Meeting.id)
    ).all()
    for meeting in due:
        conclude_meeting(meeting, by=by)
    return len(due)
