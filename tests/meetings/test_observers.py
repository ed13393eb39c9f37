"""Who attends a meeting without a seat is named, ordered, and stands in the minutes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

from flask import Flask

from portal.database import db
from portal.documents.models import DocumentKind
from portal.meetings import operations
from portal.meetings.models import Meeting
from portal.meetings.observers import observers_of
from portal.meetings.papers import meeting_fields
from tests.client import Client
from tests.meetings import make
from tests.world import World

Visit = Callable[..., Client]


def test_they_are_named_ordered_and_stand_after_who_came_and_was_excused(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting = make.in_session(world, 2)
        address, meeting_id = f"/meetings/{meeting.id}", meeting.id
        db.session.remove()
    keeper = visit("secretary")
    assert "还没有列席人员" in keeper.get(f"{address}/observers").text
    for name, place in (("赵六", "市工信局"), ("孙七", "省发改委"), ("周八", "")):
        said = {"name": name, "organisation": place, "post": "处长"}
        assert keeper.post(f"{address}/observers", said).status_code == 302
    assert keeper.post(f"{address}/observers", {"name": " "}).status_code == 422
    with app.app_context():
        found = db.session.get_one(Meeting, meeting_id)
        ids = {each.name: each.id for each in observers_of(found)}
        db.session.remove()
    arrange = f"{address}/observers/order"
    assert keeper.post(arrange, {"act": f"up:{ids['孙七']}"}).status_code == 302
    sent = {"act": "order", "order": f"{ids['周八']},x,{10**12}"}
    assert keeper.post(arrange, sent).status_code == 302
    assert keeper.post(arrange, {"act": f"remove:{ids['赵六']}"}).status_code == 302
    assert keeper.post(arrange, {"act": "up:99999"}).status_code == 404
    assert keeper.post(arrange, {"act": f"burn:{ids['周八']}"}).status_code == 404
    listed = keeper.soup(f"{address}/observers").select(".agenda-title")
    shown = [each.get_text(strip=True) for each in listed]
    assert shown == ["周八", "孙七"]
    assert visit("supplier").get(f"{address}/observers").status_code == 403
    terms = [e.get_text(strip=True) for e in keeper.soup(f"{address}/minutes").select(".facts dt")]
    assert terms == ["出席", "列席", "缺席"]
    with app.app_context():
        meeting = db.session.get_one(Meeting, meeting_id)
        operations.adjourn_meeting(meeting, by=world.actor("chair"))
        assert meeting_fields(meeting)["observers"] == [
            {"name": "周八", "who": "处长"},
            {"name": "省发改委 孙七", "who": "处长"},
        ]
        db.session.remove()
    made = keeper.post(f"{address}/papers/{DocumentKind.MINUTES.value}").location
    page = keeper.soup(made)
    link = page.select_one('a[href*="/files/"], a[href$=".docx"], a[href*="/file"]')
    assert link is not None
    with zipfile.ZipFile(BytesIO(keeper.get(str(link["href"])).data)) as archive:
        words = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
    assert "列席：周八（处长）、省发改委 孙七（处长）" in words
    assert words.index("列席") < words.index("缺席")


def test_the_list_stays_once_the_minutes_are_open_to_comments(
    app: Flask, world: World, visit: Visit
) -> None:
    address = f"/meetings/{world.meeting['held']}"
    keeper = visit("secretary")
    assert keeper.post(f"{address}/observers", {"name": "赵六"}).status_code == 422
    naming = f'form[action="{address}/observers"]'
    assert keeper.soup(f"{address}/observers").select_one(naming) is None
