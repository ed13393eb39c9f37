"""How a vote is filed: once for each seat, by whichever way it came, and never changed."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.meetings.counting import Choice
from portal.meetings.models import Meeting, Seat
from portal.meetings.resolution_models import Resolution, Vote, Way


def votes_of(resolution: Resolution) -> Sequence[Vote]:
    """Return the votes filed on a resolution."""
    return db.session.scalars(select(Vote).where(Vote.resolution_id == resolution.id)).all()


def voted_seats(meeting: Meeting, votes: Sequence[Vote]) -> set[int]:
    """Return the seats that have voted; one that another became one with has voted by that too."""
    became = {seat.id: seat.joined_to_id for seat in meeting.seats}
    voted = {each.seat_id for each in votes}
    return voted | {number for each in voted if (number := became.get(each)) is not None}


def refuse_closed(resolution: Resolution, meeting: Meeting) -> None:
    """Refuse a vote where none is taken now."""
    if not resolution.is_voting or not meeting.takes_votes:
        raise Refused(_l("No vote is taken on this now."))


def file_vote(
    resolution: Resolution, seat: Seat, said: Choice | None, way: Way, *, by: Actor
) -> None:
    """File the vote of a seat, inside the operation that takes it. `Refused` where it voted."""
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    if seat.id in voted_seats(meeting, votes_of(resolution)):
        raise Refused(_l("This seat has voted already; a filed vote does not change."))
    vote = Vote(
        resolution_id=resolution.id,
        seat_id=seat.id,
        said=said,
        way=way,
        filed_at=clock.now(),
        filed_by_id=by.person_id,
    )
    db.session.add(vote)
    db.session.flush()
    # Which seat, never what: the journal is read by more people than the votes are.
    journal.note("vote.file", vote, by=by)
