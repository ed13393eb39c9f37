"""Calendars keep the few lines of RFC 5545 that other programs insist on."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import example, given
from hypothesis import strategies as some

from portal import clock
from portal.calendars import Event, written

AT = datetime(2026, 11, 26, 4, 5, 6, tzinfo=UTC)


def unfolded(sent: bytes) -> list[str]:
    """Return the lines as a reader joins them again."""
    assert sent.endswith(b"\r\n")
    return sent.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_a_term_is_a_run_of_days_and_a_meeting_a_moment_in_utc() -> None:
    days = Event("term-1@portal", date(2028, 2, 29), date(2028, 3, 1), "轮值")
    moment = Event("meeting-1@portal", AT, None, "会议", revision=3, is_cancelled=True)
    lines = unfolded(written("日历", [days, moment], at=AT))
    assert "DTSTART;VALUE=DATE:20280229" in lines
    assert "DTEND;VALUE=DATE:20280301" in lines
    assert lines.count("DTSTAMP:20261126T040506Z") == 2
    assert "DTSTART:20261126T040506Z" in lines
    assert "SEQUENCE:3" in lines
    assert "STATUS:CANCELLED" in lines
    assert lines.count("TRANSP:TRANSPARENT") == 1
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")


def test_commas_semicolons_backslashes_and_line_ends_are_escaped() -> None:
    event = Event("a", AT, None, "甲, 乙; 丙\\丁", description="一\r\n二\n三\x07")
    lines = unfolded(written("x", [event], at=AT))
    assert "SUMMARY:甲\\, 乙\\; 丙\\\\丁" in lines
    assert "DESCRIPTION:一\\n二\\n三" in lines


def test_nobody_smuggles_a_line_in() -> None:
    event = Event("a\r\nUID:b", AT, None, "x", address="https://x/\r\nATTENDEE:mailto:y")
    lines = unfolded(written("x", [event], at=AT))
    assert sum(line.startswith("UID") for line in lines) == 1
    assert not any(line.startswith("ATTENDEE") for line in lines)


@given(
    some.text(alphabet=some.characters(codec="utf-8", categories=("L", "N", "S", "Zs")), min_size=1)
)
@example("a" * 75)
@example("a" + "轮" * 60)
@example("😀" * 40)
def test_no_line_is_longer_than_75_octets_and_no_character_is_cut(text: str) -> None:
    sent = written("x", [Event("a", AT, None, text)], at=AT)
    parts = sent.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) <= 75 and part.decode() for part in parts)
    assert f"SUMMARY:{text}" in unfolded(sent)


def test_what_is_cancelled_as_a_whole_is_taken_out_of_calendars() -> None:
    gone, on = (Event(uid, AT, None, "x", is_cancelled=uid == "gone") for uid in ("gone", "on"))
    assert "METHOD:CANCEL" in unfolded(written("x", [gone], at=AT))
    for events in ([on], [gone, on], []):
        assert "METHOD:PUBLISH" in unfolded(written("x", events, at=AT))


def test_whose_invitation_it_is_stands_quoted() -> None:
    event = Event("a", AT, None, "x", address="https://x/", organiser='甲;乙"\r\nUID:c')
    (line,) = (each for each in unfolded(written("x", [event], at=AT)) if "ORGANIZER" in each)
    assert line == 'ORGANIZER;CN="甲;乙UID:c":https://x/'


def test_the_instant_of_writing_is_the_clocks() -> None:
    with clock.standing_still(AT):
        assert b"DTSTAMP:20261126T040506Z" in written("x", [Event("a", AT, None, "b")])
