"""What of meetings, resolutions, follow-up and documents waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    false,
    literal,
    or_,
    select,
    union_all,
)

from portal.actors import Standing
from portal.alliances.models import Alliance
from portal.database import NOW, db, plain
from portal.documents.models import Document
from portal.meetings.models import Meeting, Seat
from portal.meetings.replying import answers_for, seat_token
from portal.meetings.resolution_models import Action, Resolution, Vote
from portal.meetings.resolution_workflow import ResolutionState
from portal.meetings.workflow import MeetingState
from portal.words import any_of
from portal.workflow import awaiting

#: The nouns of which something may wait, with the endpoint of a record of each.
AWAITED: tuple[tuple[Any, str], ...] = (
    (Resolution, "meetings.view_resolution"),
    (Action, "meetings.view_action"),
    (Meeting, "meetings.view_meeting"),
    (Document, "documents.view_document"),
)
#: What the desk counts together: these, and seats of one's own that have not answered.
NOUNS = (*(model.noun for model, _endpoint in AWAITED), Seat.noun)


@dataclass(frozen=True)
class Waiting:
    """One record that waits: what it is called, where it stands, of which alliance it is."""

    title: str
    endpoint: str
    argument: dict[str, Any]
    alliance: str
    #: The seat of one's own that has not answered or voted, where it is that.
    seat: str = ""


def waiting_for(standing: Standing, limit: int) -> list[Waiting]:
    """Return what waits for a person, the oldest of each noun first (one query)."""
    parts = [
        select(literal(model.noun).label("noun"), model.id, model.title, Alliance.name)
        .join(Alliance, Alliance.id == model.alliance_id)
        .where(awaiting(standing, model))
        for model, _endpoint in AWAITED
    ]
    endpoints = {model.noun: endpoint for model, endpoint in AWAITED}
    found = union_all(*parts).subquery()
    columns = (found.c.noun, found.c.id, found.c.title, found.c.name)
    rows = plain(select(*columns).order_by(found.c.id, found.c.noun).limit(limit))
    return [
        Waiting(title, endpoints[noun], {f"{noun}_id": record_id}, alliance)
        for noun, record_id, title, alliance in rows
    ]


def _own_seat(standing: Standing) -> ColumnElement[bool] | None:
    """Return the condition "a seat of one's own", or None for who answers for nobody."""
    own = standing.actor.organisation_id
    if own is None or not answers_for(standing, own):
        return None
    return and_(Seat.held_by_id == own, Seat.joined_to_id.is_(None))


def unanswered(standing: Standing, _model: Any = Seat) -> ColumnElement[bool]:
    """Return the condition "this seat is one's own and has not answered the notice"."""
    own = _own_seat(standing)
    if own is None:
        return false()
    answerable = select(Meeting.id).where(
        Meeting.state == MeetingState.NOTICED, ~Meeting.is_written, Meeting.starts_at > NOW
    )
    return and_(own, Seat.answer.is_(None), Seat.meeting_id.in_(answerable.correlate(None)))


def _may_vote(own: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Return what must hold of a resolution, its meeting and a seat that may file a vote now."""
    is_there = and_(
        Meeting.state == MeetingState.IN_SESSION,
        Seat.arrived_at.is_not(None),
        Seat.left_at.is_(None),
    )
    in_writing = and_(
        Meeting.is_written, Meeting.state == MeetingState.NOTICED, Meeting.ends_at > NOW
    )
    voted = exists().where(Vote.resolution_id == Resolution.id, Vote.seat_id == Seat.id)
    is_open = and_(Resolution.state == ResolutionState.VOTING, ~Resolution.is_secret)
    return own, is_open, ~voted, or_(is_there, in_writing)


def awaited(standing: Standing, model: Any) -> ColumnElement[bool]:
    """Return the condition "this resolution waits": for a move, or for the vote of one's seat."""
    own = _own_seat(standing)
    if own is None:
        return awaiting(standing, model)
    votes = (
        select(Seat.id)
        .join(Meeting, Meeting.id == Seat.meeting_id)
        .where(Meeting.id == Resolution.meeting_id, *_may_vote(own))
        .correlate(Resolution)
    )
    return any_of((awaiting(standing, model), votes.exists()))


def of_own_seats(standing: Standing, limit: int) -> list[Waiting]:
    """Return the notices that a seat of one's own has not answered, and the votes it may file."""
    own = _own_seat(standing)
    if own is None:
        return []
    notices = db.session.execute(
        select(Seat, Meeting)
        .join(Meeting, Meeting.id == Seat.meeting_id)
        .where(unanswered(standing))
        .order_by(Meeting.starts_at)
        .limit(limit)
    )
    votes = plain(
        select(Resolution.id, Resolution.title, Alliance.name, Seat.name)
        .join(Meeting, Meeting.id == Resolution.meeting_id)
        .join(Seat, Seat.meeting_id == Meeting.id)
        .join(Alliance, Alliance.id == Meeting.alliance_id)
        .where(*_may_vote(own))
        .order_by(Resolution.id)
        .limit(limit)
    )
    return [
        Waiting(
            meeting.title,
            "meetings.answer_notice",
            {"token": seat_token(seat, standing.actor.person_id)},
            meeting.alliance.name,
            seat.name,
        )
        for seat, meeting in notices
    ] + [
        Waiting(title, "meetings.view_resolution", {"resolution_id": number}, alliance, seat)
        for number, title, alliance, seat in votes
    ]
