"""Replies (回执) by link: which link opens which seat, and what is answered by it.

The token of a link is made from the seat and the portal's key, so that the same link can be
shown again and no table holds it. It opens one reply and nothing else; votes are never taken by
it. The group's link lets whoever holds it answer for a seat that has not answered yet; a proxy
it cannot give.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.meetings.models import Answer, Meeting, Seat
from portal.operations import operation


@dataclass(frozen=True)
class Reply:
    """What a seat answers."""

    answer: Answer
    attendee: str | None = None
    post: str | None = None
    wants_meal: bool = False
    wants_hotel: bool = False
    plate: str | None = None
    #: The seat that is to speak for it.
    proxy_to_id: int | None = None


def _signer(what: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"meeting-reply-{what}")


def seat_token(seat: Seat) -> str:
    """Return the token of one seat's own link."""
    return str(_signer("seat").dumps(seat.id))


def group_token(meeting: Meeting) -> str:
    """Return the token of the link for the group."""
    return str(_signer("group").dumps(meeting.id))


def seat_of(token: str) -> Seat | None:
    """Return the seat that a token opens, or None."""
    number = _opened("seat", token)
    if number is None:
        return None
    # The link of a seat that became one with another answers for that one.
    meant = select(func.coalesce(Seat.joined_to_id, Seat.id)).where(Seat.id == number)
    return db.session.scalar(
        select(Seat)
        .options(joinedload(Seat.contact), joinedload(Seat.meeting))
        .where(Seat.id == meant.scalar_subquery())
    )


def meeting_of(token: str) -> Meeting | None:
    """Return the meeting that the token of a group, or of one of its seats, opens, or None."""
    number = _opened("group", token)
    if number is not None:
        return db.session.get(Meeting, number)
    seat = seat_of(token)
    return seat.meeting if seat else None


def _opened(what: str, token: str) -> int | None:
    try:
        number = _signer(what).loads(token)
    except BadData:
        return None
    return number if isinstance(number, int) else None


@operation
def reply(seat: Seat, said: Reply, *, by: Actor, is_by_group: bool = False) -> None:
    """Answer for a seat, by whoever holds its link; a later answer by its own link replaces it.

    Raises `Refused` once the meeting has begun or is cancelled, where the seat answered already
    and the link is the group's, and for a proxy that nobody may hold.
    """
    require(by, "meeting.reply", seat)
    meeting = db.session.get_one(Meeting, seat.meeting_id)
    if not meeting.is_answerable or seat.joined_to_id is not None:
        raise Refused(_l("This meeting takes no replies any more."))
    if is_by_group and seat.answer is not None:
        raise Refused(
            _l("This organisation has answered already. Its own link changes the answer.")
        )
    if said.answer is Answer.COMES and not (said.attendee or "").strip():
        raise Refused(_l("Please say who comes."), field="attendee")
    if said.answer is Answer.PROXY:
        if is_by_group:
            raise Refused(
                _l("A proxy is given by the organisation's own link."), field="proxy_to_id"
            )
        _refuse_proxy(meeting, seat, said.proxy_to_id)
    is_coming = said.answer is Answer.COMES
    seat.answer = said.answer
    seat.attendee = (said.attendee or "").strip() or None
    seat.post = (said.post or "").strip() or None
    seat.wants_meal = said.wants_meal if is_coming and meeting.asks_meal else None
    seat.wants_hotel = said.wants_hotel if is_coming and meeting.asks_hotel else None
    seat.plate = (said.plate or "").strip() or None if is_coming and meeting.asks_plate else None
    seat.proxy_to_id = said.proxy_to_id if said.answer is Answer.PROXY else None
    seat.answered_at = clock.now()
    db.session.flush()
    journal.note("seat.reply", seat, by=by, detail={"answer": said.answer.value})


def _refuse_proxy(meeting: Meeting, seat: Seat, holder_id: int | None) -> None:
    """Refuse a proxy to nobody, to oneself, to somebody who holds one, or who gave one away."""
    seats = {each.id: each for each in meeting.seats}
    holder = seats.get(holder_id or 0)
    if holder is None or holder.id == seat.id or holder.joined_to_id is not None:
        raise Refused(_l("Please choose who speaks for you."), field="proxy_to_id")
    if holder.answer in (Answer.PROXY, Answer.CANNOT):
        raise Refused(_l("This organisation does not come itself."), field="proxy_to_id")
    for each in seats.values():
        if each.proxy_to_id == holder.id and each.id != seat.id:
            raise Refused(
                _l("This organisation speaks for another one already."), field="proxy_to_id"
            )
        if each.proxy_to_id == seat.id:
            raise Refused(_l("You speak for another organisation yourself."), field="proxy_to_id")


@operation
def sign_in_seat(seat: Seat, *, by: Actor) -> None:
    """Say by a link that a seat is here; whoever holds the meeting records who is present.

    The code hangs at the door of the room, so this alone makes nobody count for the quorum.
    """
    require(by, "meeting.reply", seat)
    meeting = db.session.get_one(Meeting, seat.meeting_id)
    if not meeting.takes_sign_in:
        raise Refused(_l("The meeting is not in session."))
    if seat.signed_in_at is None:
        seat.signed_in_at = clock.now()
        journal.note("seat.sign_in", seat, by=by)
