"""What leaves the portal about a meeting: texts for a group, mails, whom to chase, calendars."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal import links
from portal.accounts.models import Person
from portal.calendars import Event, written
from portal.language import day, moment
from portal.meetings.models import Answer, Meeting, Seat
from portal.meetings.page_queries import SeatRow
from portal.meetings.replying import group_token, seat_token
from portal.meetings.workflow import MeetingState


def group_address(meeting: Meeting) -> str:
    """Return the address that is posted in a group: it answers for any seat of the roll."""
    return links.address("meetings.answer_notice", token=group_token(meeting))


def seat_address(seat: Seat, person: Person | None) -> str:
    """Return the address by which a person who acts for it answers for one seat."""
    token = seat_token(seat, person.id if person else None)
    return links.address("meetings.answer_notice", token=token)


def _lines(meeting: Meeting) -> list[str]:
    """Return what is said of a meeting, line by line."""
    when = _("Time: %(moment)s", moment=moment(meeting.starts_at))
    where = _("Place: %(place)s", place=meeting.place)
    if meeting.is_written:
        when = _("Votes until: %(moment)s", moment=moment(meeting.ends_at))
        where = _("Held in writing: nobody has to come anywhere.")
    found = [when, where]
    if meeting.text:
        found.append(meeting.text)
    if meeting.short_reason:
        found.append(_("Shorter notice, because: %(why)s", why=meeting.short_reason))
    return found


def group_text(meeting: Meeting, items: Sequence[str]) -> str:
    """Return the notice as it is pasted into a group chat: what, when, where, agenda, link."""
    lines = [
        _("%(alliance)s: %(title)s", alliance=meeting.alliance.name, title=meeting.title),
        *_lines(meeting),
    ]
    if items:
        lines.append(_("Agenda:"))
        lines += [f"{number}. {title}" for number, title in enumerate(items, 1)]
    lines.append(
        _("Please answer here, without signing in: %(address)s", address=group_address(meeting))
    )
    return "\n".join(lines)


def mail_text(meeting: Meeting, seat: Seat, person: Person) -> str:
    """Return the mail for who acts for one seat: the notice, and its own link for that person."""
    calendar_file = links.address("meetings.calendar_file", token=seat_token(seat, person.id))
    if meeting.state is MeetingState.CANCELLED:
        text: str = _(
            "%(name)s, this meeting does not take place: %(title)s, %(moment)s. Your calendar "
            "removes it with this file: %(calendar)s",
            name=person.name,
            title=meeting.title,
            moment=moment(meeting.starts_at),
            calendar=calendar_file,
        )
        return text
    return "\n".join(
        [
            _(
                "%(name)s, %(alliance)s invites %(organisation)s: %(title)s",
                name=person.name,
                alliance=meeting.alliance.name,
                organisation=seat.name,
                title=meeting.title,
            ),
            *_lines(meeting),
            _(
                "Please answer here, without signing in: %(address)s",
                address=seat_address(seat, person),
            ),
            _("For your calendar: %(calendar)s", calendar=calendar_file),
        ]
    )


def chase_text(meeting: Meeting, seats: Sequence[Seat]) -> str:
    """Return what is pasted into the group to remind those who have not answered."""
    silent = [seat.name for seat in seats if seat.answer is None and seat.joined_to_id is None]
    if not silent:
        return ""
    text: str = _(
        "%(title)s, %(day)s: still waiting for %(names)s. Please answer here, without signing "
        "in: %(address)s",
        title=meeting.title,
        day=day(meeting.starts_at.date()),
        names=_(", ").join(silent),
        address=group_address(meeting),
    )
    return text


def calendar(meeting: Meeting, address: str) -> bytes:
    """Return the meeting as calendars read it: the same name always, a number that grows."""
    event = Event(
        uid=f"meeting-{meeting.id}@alliance-portal",
        start=meeting.starts_at,
        until=meeting.ends_at,
        summary=meeting.title,
        description="\n".join(_lines(meeting)),
        location="" if meeting.is_written else meeting.place,
        address=address,
        revision=meeting.revision,
        is_cancelled=meeting.state is MeetingState.CANCELLED,
    )
    return written(meeting.title, [event])


def answered(seats: Sequence[Seat | SeatRow]) -> tuple[int, int, int]:
    """Return how many seats answered, come themselves, and are spoken for by one that comes."""
    coming = {seat.id for seat in seats if seat.answer is Answer.COMES}
    spoken = sum(seat.answer is Answer.PROXY and seat.proxy_to_id in coming for seat in seats)
    return sum(seat.answer is not None for seat in seats), len(coming), spoken
