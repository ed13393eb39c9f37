"""Who counts as present, and who speaks for which seat. Reads a meeting's roll, asks nothing else.

A proxy counts while whoever holds it is there; it lapses while who gave it is in the room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from portal.meetings.models import Answer, Meeting, Seat
from portal.meetings.page_queries import SeatRow

#: A seat, or its row.
AnySeat = TypeVar("AnySeat", Seat, SeatRow)


def speaking_seats(meeting: Meeting) -> list[Seat]:
    """Return the seats that answer, come and vote: all but those that became one with another."""
    return [seat for seat in meeting.seats if seat.joined_to_id is None]


def present_seats(meeting: Meeting) -> list[Seat]:
    """Return the seats that are there now: in the room, or spoken for by one that is."""
    return present_among(meeting.seats)


def present_among(seats: Sequence[AnySeat]) -> list[AnySeat]:
    """Return those of a meeting's seats that are there now."""
    speaking = [seat for seat in seats if seat.joined_to_id is None]
    here = {seat.id for seat in speaking if seat.is_here}
    return [
        seat
        for seat in speaking
        if seat.id in here or (seat.answer is Answer.PROXY and seat.proxy_to_id in here)
    ]


def seats_of_voter(meeting: Meeting, organisation_id: int | None) -> list[Seat]:
    """Return the seats for which an organisation votes: its own, and one it is proxy of.

    A proxy lapses while who gave it is in the room: it votes for itself.
    """
    seats = speaking_seats(meeting)
    own = next((each for each in seats if each.held_by_id == organisation_id), None)
    if own is None or (own.answer is Answer.PROXY and not own.is_here):
        return []
    spoken = [
        each
        for each in seats
        if each.answer is Answer.PROXY and each.proxy_to_id == own.id and not each.is_here
    ]
    return [own, *spoken]
