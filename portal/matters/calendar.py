"""A meeting as calendars read it (iCalendar, RFC 5545): pure text.

Only what such a file needs: lines end in CRLF and are folded at 75 octets between characters,
text is escaped, times are in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

#: Octets of a line without its end, by RFC 5545, 3.1.
LONGEST_LINE = 75


@dataclass(frozen=True)
class Event:
    """What a calendar learns of a meeting; times are aware."""

    uid: str
    sequence: int
    summary: str
    place: str
    description: str
    address: str
    organiser: str
    begins_at: datetime
    ends_at: datetime
    stamped_at: datetime
    is_cancelled: bool


def calendar_of(event: Event) -> bytes:
    """Return the file of one meeting; a cancelled one takes it out of the calendar again."""
    name = "".join(c for c in event.organiser if c not in '"\r\n' and c.isprintable())
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Alliance portal//Matters//EN",
        f"METHOD:{'CANCEL' if event.is_cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_instant(event.stamped_at)}",
        f"DTSTART:{_instant(event.begins_at)}",
        f"DTEND:{_instant(event.ends_at)}",
        f"SUMMARY:{escaped(event.summary)}",
        f"LOCATION:{escaped(event.place)}",
        f"DESCRIPTION:{escaped(event.description)}",
        f"URL:{event.address}",
        f'ORGANIZER;CN="{name}":{event.address}',
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) + b"\r\n" for line in lines)


def escaped(text: str) -> str:
    """Return a text as the value of a property: backslash, semicolon, comma, line end."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for mark in ("\\", ";", ","):
        plain = plain.replace(mark, f"\\{mark}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """Return a line in pieces of at most 75 octets, no character cut in two."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        # A continued line begins with a blank, which counts.
        if len(piece) + len(octets) > LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece])


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
