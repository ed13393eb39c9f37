"""Calendars as other programs read them: events in, `text/calendar` bytes out (RFC 5545).

Pure: it knows no area, no request and no database, and the instant of writing is handed to it
or taken from the clock. A whole day is a date, half-open as everywhere in the portal (`until`
is the first day after it); a moment is written in UTC, so that no time zone has to be described.
How it is written down, escaped and folded is the library's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import icalendar

from portal import clock

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Alliance portal//Calendar//EN"
#: How often a program that subscribed may ask again.
ASK_AGAIN = "PT6H"


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
    revision: int = 0
    is_cancelled: bool = False


def written(name: str, events: Iterable[Event], *, at: datetime | None = None) -> bytes:
    """Return a calendar of that name as it is sent, with CRLF line ends, in the order given.

    `at` is the instant of writing (DTSTAMP), by default the clock's.
    """
    calendar = icalendar.Calendar()
    for key, value in (
        ("version", "2.0"),
        ("prodid", PRODUCT),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
        ("x-wr-calname", _plain(name)),
        ("x-published-ttl", ASK_AGAIN),
    ):
        calendar.add(key, value)
    for event in events:
        calendar.add_component(_component(event, at or clock.now()))
    return bytes(calendar.to_ical(sorted=False))


def _component(event: Event, stamp: datetime) -> icalendar.Event:
    found = icalendar.Event()
    found.add("uid", _plain(event.uid))
    found.add("dtstamp", _moment(stamp))
    found.add("dtstart", _moment(event.start))
    if event.until is not None:
        found.add("dtend", _moment(event.until))
    found.add("sequence", event.revision)
    for name, value in (
        ("summary", event.summary),
        ("description", event.description),
        ("location", event.location),
    ):
        if value:
            found.add(name, _plain(value, keeps_lines=True))
    if event.address:
        found.add("url", _plain(event.address))
    if event.is_cancelled:
        found.add("status", "CANCELLED")
    # A day that somebody chairs, or that something is due, keeps nobody from other meetings.
    if not isinstance(event.start, datetime):
        found.add("transp", "TRANSPARENT")
    return found


def _moment(value: date | datetime) -> date | datetime:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _plain(value: str, *, keeps_lines: bool = False) -> str:
    """Return a text without what no line may hold."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    kept = "\t\n" if keeps_lines else "\t"
    return "".join(c for c in value if c in kept or (ord(c) >= 32 and ord(c) != 127))
