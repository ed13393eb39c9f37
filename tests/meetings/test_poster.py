"""The poster of a notice is a picture of it, with the code of the group's own link."""

from __future__ import annotations

import struct
from collections.abc import Callable

from flask import Flask

from portal.database import db
from portal.meetings import sharing, texts
from portal.meetings.models import Meeting
from tests.client import Client
from tests.meetings import make
from tests.world import World

Visit = Callable[..., Client]


def test_the_poster_is_a_picture_beside_the_text(app: Flask, world: World, visit: Visit) -> None:
    meeting_id = world.meeting["noticed"]
    page = visit("supplier").soup(f"/meetings/{meeting_id}/poster")
    with app.app_context():
        meeting = db.session.get_one(Meeting, meeting_id)
        address, title = texts.group_address(meeting), meeting.title
    picture, text = page.select_one("img.poster"), page.select_one("#group-text")
    assert picture is not None and text is not None
    assert address in str(picture["alt"]) and title in str(picture["alt"])
    assert address in text.get_text()
    answer = visit("supplier").get(str(picture["src"]))
    assert answer.mimetype == "image/png"
    sizes = struct.unpack(">II", answer.data[16:24])  # of the first chunk of a PNG
    assert answer.data[:4] == b"\x89PNG" and sizes == (1080, 1440)


def test_before_the_notice_there_is_no_poster(app: Flask, world: World, visit: Visit) -> None:
    with app.app_context():
        called = make.called(world).id
    for name in ("poster", "poster.png"):
        assert visit("secretary").get(f"/meetings/{called}/{name}").status_code == 404


def test_a_long_agenda_says_how_much_more_there_is(world: World, context: None) -> None:
    poster = sharing.poster_of(make.noticed(world), [f"议题{n}" for n in range(9)])
    assert poster.text.splitlines()[-1] == "另有3项"
    assert len(poster.text.splitlines()) == 7
