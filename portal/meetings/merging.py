"""What two records of one organisation that become one mean for meetings.

The roll stays as it was frozen: names, ranks and the number of seats. Who holds a seat follows
the organisation. Where both have a seat at a meeting that is not over, the double's stays on the
roll and speaks no more: one organisation has one voice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.database import db
from portal.meetings.models import AgendaItem, Answer, Meeting, MinutesComment, Seat
from portal.meetings.resolution_models import Action, Resolution
from portal.meetings.workflow import MeetingState
from portal.operations import operation

#: What simply speaks of the survivor afterwards: what it proposed and presents, said, and does.
_FOLLOWING: tuple[tuple[Any, Any], ...] = (
    (AgendaItem, AgendaItem.organisation_id),
    (MinutesComment, MinutesComment.organisation_id),
    (Resolution, Resolution.organisation_id),
    (Action, Action.owner_id),
)
#: What a seat answered.
_REPLY = ("answer", "attendee", "post", "wants_meal", "wants_hotel", "plate", "answered_at")


@operation
def move_meetings(double: Organisation, *, by: Actor) -> None:
    """Let the survivor hold the seats of a double, and do what it was asked (a consequence)."""
    require(by, "organisation.merge", double)
    into_id = double.merged_into_id or 0
    seats = db.session.scalars(
        select(Seat).where(Seat.held_by_id == double.id).order_by(Seat.id)
    ).all()
    for seat in seats:
        beside = _speaking_seat(seat.meeting_id, into_id)
        seat.held_by_id = into_id
        meeting = db.session.get_one(Meeting, seat.meeting_id)
        is_over = meeting.closed_at is not None or meeting.state is MeetingState.CANCELLED
        if beside is not None and not is_over and seat.joined_to_id is None:
            _join(seat, beside, by=by)
    db.session.flush()
    for model, column in _FOLLOWING:
        db.session.execute(update(model).where(column == double.id).values({column: into_id}))
    db.session.expire_all()
    detail = {"seat": [each.id for each in seats]}
    journal.note("organisation.merge_meetings", double, by=by, detail=detail)


def _speaking_seat(meeting_id: int, organisation_id: int) -> Seat | None:
    return db.session.scalar(
        select(Seat).where(
            Seat.meeting_id == meeting_id,
            Seat.held_by_id == organisation_id,
            Seat.joined_to_id.is_(None),
        )
    )


def _join(seat: Seat, beside: Seat, *, by: Actor) -> None:
    """Let a seat speak through another one: its reply, its proxy and its presence go there."""
    giver = db.session.scalar(select(Seat).where(Seat.proxy_to_id == seat.id))
    said = {name: getattr(seat, name) for name in _REPLY}
    given_to, seat.proxy_to_id, seat.answer, seat.plate = seat.proxy_to_id, None, None, None
    if giver is not None:
        # Nothing is lost but a proxy that nobody could hold: who gave it is asked anew.
        giver.proxy_to_id, giver.answer = None, None
    db.session.flush()
    _take_over(said, given_to, beside)
    if giver is not None and giver.id != beside.id:
        if _may_hold(beside):
            giver.proxy_to_id, giver.answer = beside.id, Answer.PROXY
        else:
            journal.note("seat.lapse_proxy", giver, by=by)
    if seat.is_here:
        beside.arrived_at, beside.left_at = beside.arrived_at or seat.arrived_at, None
        seat.left_at = clock.now()
    beside.signed_in_at = beside.signed_in_at or seat.signed_in_at
    db.session.execute(
        update(Seat).where(Seat.joined_to_id == seat.id).values(joined_to_id=beside.id)
    )
    seat.joined_to_id = beside.id
    db.session.flush()
    journal.note("seat.join", seat, by=by, detail={"to": beside.id})


def _take_over(said: dict[str, Any], given_to: int | None, beside: Seat) -> None:
    """Let a seat that has not answered itself answer as its double did."""
    holds_one = db.session.scalar(select(Seat.id).where(Seat.proxy_to_id == beside.id)) is not None
    is_proxy = said["answer"] is Answer.PROXY
    if beside.answer is not None or (is_proxy and (given_to == beside.id or holds_one)):
        return
    for name, value in said.items():
        setattr(beside, name, value)
    beside.proxy_to_id = given_to if is_proxy else None
    db.session.flush()


def _may_hold(seat: Seat) -> bool:
    """Tell whether a seat may speak for another: it comes itself, and speaks for nobody yet."""
    held = db.session.scalar(select(Seat.id).where(Seat.proxy_to_id == seat.id))
    return held is None and seat.answer not in (Answer.PROXY, Answer.CANNOT)
