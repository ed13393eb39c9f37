"""Calendars as other programs read them: events in, `text/calendar` bytes out (RFC 5545).

The lines, their escaping and their folding are icalendar's. Pure: it knows no area, no request
and no database, and the instant of writing is handed to it or taken from the clock. A whole day
is a date, half-open as everywhere in the portal (`until` is the first day after it); a moment is
written in UTC, so that no time zone has to be described.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar

from portal import clock

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Alliance portal//Calendar//EN"
#: How often a program that subscribed may ask again.
ASK_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class Event:
    """One entry of a calendar.

    `uid` stays the same for the same thing, whatever it says later; `revision` only grows, so
    that a program that subscribed replaces what it held. `start` and `until` are both days in
    Shanghai, or both aware instants.
    """

    uid: str
    start: date | datetime
    #: The end, half-open; nothing where there is none.
    until: date | datetime | None
    summary: str
    description: str = ""
    location: str = ""
    address: str = ""
    #: Whose invitation it is; then `address` is where it answers.
    organiser: str = ""
    revision: int = 0
    is_cancelled: bool = False


def written(name: str, events: Iterable[Event], *, at: datetime | None = None) -> bytes:
    """Return a calendar of that name as it is sent, with the events in the order given.

    `at` is the instant of writing (DTSTAMP), by default the clock's. Where all its events are
    cancelled it takes them out of the calendars that hold them (METHOD:CANCEL).
    """
    stamp = at or clock.now()
    listed = list(events)
    is_withdrawal = bool(listed) and all(event.is_cancelled for event in listed)
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if is_withdrawal else "PUBLISH")
    calendar.add("x-wr-calname", _text(name))
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(ASK_AGAIN))
    for event in listed:
        calendar.add_component(_entry(event, stamp))
    sent: bytes = calendar.to_ical(sorted=False)
    return sent


def _entry(event: Event, stamp: datetime) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", _text(event.uid))
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("dtstart", _when(event.start))
    if event.until is not None:
        entry.add("dtend", _when(event.until))
    entry.add("sequence", event.revision)
    entry.add("summary", _text(event.summary))
    for name, value in (("description", event.description), ("location", event.location)):
        if value:
            entry.add(name, _text(value))
    if event.address:
        entry.add("url", _one_line(event.address))
    if event.organiser:
        organiser = icalendar.vCalAddress(_one_line(event.address))
        organiser.params["CN"] = _one_line(event.organiser).replace('"', "")
        entry.add("organizer", organiser)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    # A day that somebody chairs, or that something is due, keeps nobody from other meetings.
    if not isinstance(event.start, datetime):
        entry.add("transp", "TRANSPARENT")
    return entry


def _when(value: date | datetime) -> date | datetime:
    """Return a day as it is, and an instant in UTC: no time zone has to be described."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _text(value: str) -> str:
    """Return a text without what no line may hold; its line ends stay and are escaped."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_one_line(line) for line in lines)


def _one_line(value: str) -> str:
    return "".join(c for c in value if c == "\t" or (ord(c) >= 32 and ord(c) != 127))
