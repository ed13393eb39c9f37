"""A meeting of a matter, and the file that calendars read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.matters import meetings
from portal.matters.meetings import Meeting
from portal.matters.models import Matter, MatterMeeting
from portal.matters.operations import end_matter
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
HOUR = timedelta(hours=1)


def unfolded(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


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
