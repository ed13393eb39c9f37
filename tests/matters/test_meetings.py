"""A meeting of a matter, and the file that calendars read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal import clock
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.matters import meetings
from portal.matters.calendar import Event, calendar_of, escaped, folded
from portal.matters.meetings import Meeting
from portal.matters.models import Matter, MatterMeeting
from portal.matters.operations import end_matter
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
HOUR = timedelta(hours=1)


def event(**changed: object) -> Event:
    plain: dict[str, object] = {
        "uid": "abc@alliance-portal",
        "sequence": 0,
        "summary": "求购碳纤维缠绕代工产能",
        "place": "天津市滨海新区",
        "description": "甲\n乙",
        "address": "http://127.0.0.1:8000/matters/1",
        "organiser": "北京甲氢能有限公司",
        "begins_at": datetime(2026, 12, 1, 2, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 1, 3, 30, tzinfo=UTC),
        "stamped_at": datetime(2026, 11, 26, 1, 0, tzinfo=UTC),
        "is_cancelled": False,
    }
    return Event(**{**plain, **changed})  # type: ignore[arg-type]


def unfolded(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


class TestTheFile:
    def test_it_says_when_where_and_what(self) -> None:
        lines = unfolded(calendar_of(event()))
        assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
        for line in (
            "METHOD:PUBLISH",
            "UID:abc@alliance-portal",
            "SEQUENCE:0",
            "DTSTAMP:20261126T010000Z",
            "DTSTART:20261201T020000Z",
            "DTEND:20261201T033000Z",
            "SUMMARY:求购碳纤维缠绕代工产能",
            "DESCRIPTION:甲\\n乙",
            "STATUS:CONFIRMED",
        ):
            assert line in lines

    def test_a_cancelled_one_takes_itself_out(self) -> None:
        lines = unfolded(calendar_of(event(is_cancelled=True, sequence=3)))
        assert "METHOD:CANCEL" in lines and "STATUS:CANCELLED" in lines and "SEQUENCE:3" in lines

    def test_chinese_is_folded_at_75_octets_and_never_within_a_character(self) -> None:
        file = calendar_of(event(place="天津市滨海新区第一大街" * 12))
        for line in file.split(b"\r\n"):
            assert len(line) <= 75
            line.decode()
        assert "LOCATION:" + "天津市滨海新区第一大街" * 12 in unfolded(file)
        assert b"\n" not in file.replace(b"\r\n", b"")

    @given(some.text(alphabet=some.characters(codec="utf-8", exclude_characters="\r\n")))
    def test_what_is_folded_unfolds_to_itself(self, line: str) -> None:
        pieces = folded(line).split(b"\r\n")
        assert all(len(piece) <= 75 for piece in pieces)
        assert folded(line).replace(b"\r\n ", b"").decode() == line

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("甲;乙,丙", "甲\\;乙\\,丙"),
            ("a\\n", "a\\\\n"),
            ("一\r\n二\r三\n四", "一\\n二\\n三\\n四"),
        ],
    )
    def test_text_is_escaped(self, text: str, value: str) -> None:
        assert escaped(text) == value

    def test_nothing_typed_begins_a_line_of_its_own(self) -> None:
        lines = unfolded(
            calendar_of(
                event(place="x\r\nATTACH:http://evil.example", organiser='a"\r\nATTENDEE:x')
            )
        )
        assert not [line for line in lines if line.startswith(("ATTACH", "ATTENDEE"))]


def matter_of(world: World) -> Matter:
    return db.session.get_one(Matter, world.matter["accepted"])


def at(hours: int, length: int = 1, place: str = "天津") -> Meeting:
    begins = clock.now() + hours * HOUR
    return Meeting(place, begins, begins + length * HOUR)


class TestOperations:
    def test_its_name_stays_and_its_number_rises(self, world: World, context: None) -> None:
        matter = matter_of(world)
        noted = meetings.note_meeting(matter, at(5), by=world.actor("delegate"))
        uid = noted.uid
        meetings.change_meeting(matter, noted, at(7), by=world.actor("chair"))
        assert (noted.uid, noted.sequence) == (uid, 1)
        meetings.cancel_meeting(matter, noted, by=world.actor("delegate"))
        assert (noted.uid, noted.sequence) == (uid, 2) and noted.cancelled_at is not None
        for verb in (
            lambda: meetings.cancel_meeting(matter, noted, by=world.actor("chair")),
            lambda: meetings.change_meeting(matter, noted, at(9), by=world.actor("chair")),
        ):
            with pytest.raises(Refused):
                verb()

    @pytest.mark.parametrize("wrong", [at(-1), at(5, 0), at(5, -1), at(5, 100)])
    def test_a_time_that_cannot_be_is_refused(
        self, world: World, context: None, wrong: Meeting
    ) -> None:
        with pytest.raises(Refused):
            meetings.note_meeting(matter_of(world), wrong, by=world.actor("delegate"))

    @pytest.mark.parametrize("who", ["secretary", "supplier", "outsider", "liaison", "admin"])
    def test_the_two_sides_alone_note_meetings(self, world: World, context: None, who: str) -> None:
        with pytest.raises(Denied):
            meetings.note_meeting(matter_of(world), at(5), by=world.actor(who))

    def test_an_ended_matter_has_no_meetings_to_come(self, world: World, context: None) -> None:
        matter = matter_of(world)
        end_matter(matter, by=world.actor("delegate"), note="未谈拢。")
        with pytest.raises(Refused):
            meetings.note_meeting(matter, at(5), by=world.actor("delegate"))

    def test_an_old_form_changes_nothing(self, world: World, context: None) -> None:
        noted = db.session.get_one(MatterMeeting, world.meeting["noted"])
        seen, by = noted.version, world.actor("supplier")
        meetings.change_meeting(noted.matter, noted, at(7), by=by, expected=seen)
        with pytest.raises(Stale):
            meetings.change_meeting(noted.matter, noted, at(8), by=by, expected=seen)


class TestInTheBrowser:
    def test_noted_changed_cancelled(self, world: World, visit: Visit) -> None:
        side, other = visit("delegate"), visit("chair")
        page = f"/matters/{world.matter['accepted']}"
        day = (clock.today() + timedelta(days=3)).isoformat()
        sent = {"place": "滨海新区会议室", "day": day, "begins": "10:00", "ends": "11:30"}
        assert side.post(f"{page}/meetings/new", {**sent, "ends": "09:00"}).status_code == 422
        assert side.post(f"{page}/meetings/new", {**sent, "begins": "x"}).status_code == 422
        first = side.post(f"{page}/meetings/new", {**sent, "key": "one"})
        assert first.status_code == 302
        side.post(f"{page}/meetings/new", {**sent, "key": "one"})
        shown = other.soup(page)
        rows = [row for row in shown.select("#meetings li") if "滨海新区会议室" in row.get_text()]
        assert len(rows) == 1 and "10:00" in rows[0].get_text()
        link = str(rows[0].select_one('a[href$=".ics"]')["href"])  # type: ignore[index]
        got = other.get(link)
        assert got.mimetype == "text/calendar"
        # Ten o'clock in Shanghai.
        assert f"DTSTART:{day.replace('-', '')}T020000Z" in unfolded(got.data)
        assert other.post(link.replace(".ics", "/cancel")).status_code == 302
        assert "METHOD:CANCEL" in unfolded(side.get(link).data)
        assert "已取消" in side.get(page).text

    def test_a_meeting_of_another_matter_is_none(self, world: World, visit: Visit) -> None:
        noted = world.meeting["noted"]
        address = f"/matters/{world.matter['accepted']}/meetings/{noted}"
        side = visit("delegate")
        assert side.get(f"{address}.ics").status_code == 404
        assert side.post(f"{address}/cancel").status_code == 404
        assert side.get(f"{address}/edit").status_code == 404
