"""Who counts as present, and who speaks for which seat. Reads a meeting's roll, asks nothing else.

A proxy counts while whoever holds it is there; it lapses while who gave it is in the room.
"""

from __future__ import annotations

from portal.meetings.models import Answer, Meeting, Seat


def speaking_seats(meeting: Meeting) -> list[Seat]:
    """Return the seats that answer, come and vote: all but those that became one with another."""
    return [seat for seat in meeting.seats if seat.joined_to_id is None]


def present_seats(meeting: Meeting) -> list[Seat]:
    """Return the seats that are there now: in the room, or spoken for by one that is."""
    seats = speaking_seats(meeting)
    here = {seat.id for seat in seats if seat.is_here}
    return [
        seat
        for seat in seats
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
