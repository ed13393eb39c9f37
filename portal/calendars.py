"""Calendars as other programs read them: events in, `text/calendar` bytes out (RFC 5545).

Pure: it knows no area, no request and no database, and the instant of writing is handed to it
or taken from the clock. A whole day is a date, half-open as everywhere in the portal (`until`
is the first day after it); a moment is written in UTC, so that no time zone has to be described.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from portal import clock

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Alliance portal//Calendar//EN"
#: Octets of a line, without its end; a longer one goes on in the next, after a space.
LONGEST_LINE = 75
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
    stamp = _moment(at or clock.now())
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{ASK_AGAIN}",
        f"X-PUBLISHED-TTL:{ASK_AGAIN}",
    ]
    for event in events:
        lines += _lines(event, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def folded(line: str) -> bytes:
    """Return one line in UTF-8, folded at 75 octets and never within a character."""
    parts: list[bytes] = []
    current = b""
    for character in line:
        octets = character.encode()
        # A line that goes on begins with a space, which counts.
        room = LONGEST_LINE if not parts else LONGEST_LINE - 1
        if len(current) + len(octets) > room:
            parts.append(current)
            current = b""
        current += octets
    parts.append(current)
    return b"\r\n ".join(parts) + b"\r\n"


def _lines(event: Event, stamp: str) -> list[str]:
    found = [
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{stamp}",
        f"DTSTART{_when(event.start)}",
    ]
    if event.until is not None:
        found.append(f"DTEND{_when(event.until)}")
    found += [f"SEQUENCE:{event.revision}", f"SUMMARY:{_text(event.summary)}"]
    for name, value in (("DESCRIPTION", event.description), ("LOCATION", event.location)):
        if value:
            found.append(f"{name}:{_text(value)}")
    if event.address:
        found.append(f"URL:{_one_line(event.address)}")
    if event.is_cancelled:
        found.append("STATUS:CANCELLED")
    # A day that somebody chairs, or that something is due, keeps nobody from other meetings.
    if not isinstance(event.start, datetime):
        found.append("TRANSP:TRANSPARENT")
    found.append("END:VEVENT")
    return found


def _when(value: date | datetime) -> str:
    """Return the value of DTSTART or DTEND with what stands before it."""
    if isinstance(value, datetime):
        return f":{_moment(value)}"
    return f";VALUE=DATE:{value:%Y%m%d}"


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Return a text value escaped; what no line may hold is left out."""
    escaped = value.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    escaped = escaped.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return _one_line(escaped)


def _one_line(value: str) -> str:
    return "".join(c for c in value if c == "\t" or (ord(c) >= 32 and ord(c) != 127))
