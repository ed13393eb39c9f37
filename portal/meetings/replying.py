"""Replies (回执) by link: which link opens which seat, and what is answered by it.

The token of a link is made from the seat, the person it is for and the portal's key, so that the
same link can be shown again and no table holds it. It opens one reply and nothing else, while that
person acts for the seat's organisation; votes are never taken by it. The group's link lets whoever
holds it answer for a seat that has not answered yet; a proxy it cannot give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal import clock, journal
from portal.access import require
from portal.accounts.queries import OF_ORGANISATION
from portal.actors import Actor, Standing
from portal.database import db
from portal.errors import Refused
from portal.meetings.contacts import acts_for
from portal.meetings.models import Answer, Meeting, Seat
from portal.meetings.page_queries import SeatRow
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


def seat_token(seat: Seat | SeatRow, person_id: int | None) -> str:
    """Return the token of one seat's own link for a person who acts for it; None: for nobody."""
    return str(_signer("seat").dumps([seat.id, person_id or 0]))


def answers_for(standing: Standing, organisation_id: int | None) -> bool:
    """Tell whether somebody signed in acts for an organisation, so that their own link opens."""
    return standing.actor.on_behalf_of_id is None and any(
        organisation_id in standing[role] for role in OF_ORGANISATION
    )


def group_token(meeting: Meeting) -> str:
    """Return the token of the link for the group."""
    return str(_signer("group").dumps(meeting.id))


def seat_of(token: str) -> Seat | None:
    """Return the seat that a token opens, or None: also once the person it is for acts no more.

    A link for nobody opens its seat until somebody acts for its organisation.
    """
    named = _named_by(token)
    if named is None:
        return None
    number, person_id = named
    # The link of a seat that became one with another answers for that one.
    meant = select(func.coalesce(Seat.joined_to_id, Seat.id)).where(Seat.id == number)
    is_theirs = acts_for(Seat.held_by_id, person_id) if person_id else ~acts_for(Seat.held_by_id)
    return db.session.scalar(
        select(Seat)
        .options(joinedload(Seat.contact), joinedload(Seat.meeting))
        .where(Seat.id == meant.scalar_subquery(), is_theirs)
    )


def is_given_up(token: str) -> bool:
    """Tell whether a token was a seat's own, for somebody who acts for it no more, or nobody."""
    return _named_by(token) is not None and seat_of(token) is None


def is_for_nobody(token: str) -> bool:
    """Tell whether a token is a seat's own from a time when nobody acted for it."""
    named = _named_by(token)
    return named is not None and not named[1]


def _named_by(token: str) -> tuple[int, int] | None:
    """Return the seat and the person (0: nobody) that a token of a seat names, or None."""
    said = _opened("seat", token)
    if isinstance(said, int):
        # Links of notices that were given before links named a person: the contact's.
        return said, db.session.scalar(select(Seat.contact_id).where(Seat.id == said)) or 0
    if isinstance(said, list) and len(said) == 2 and all(isinstance(each, int) for each in said):
        return said[0], said[1]
    return None


def meeting_of(token: str) -> Meeting | None:
    """Return the meeting that the token of a group, or of one of its seats, opens, or None."""
    number = _opened("group", token)
    if isinstance(number, int):
        return db.session.get(Meeting, number)
    seat = seat_of(token)
    return seat.meeting if seat else None


def _opened(what: str, token: str) -> Any:
    """Return what a token was made of, or None where the portal did not make it."""
    try:
        return _signer(what).loads(token)
    except BadData:
        return None


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
