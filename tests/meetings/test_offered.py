"""What comes early asks one question first, and the papers tell when it really was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from portal import clock
from portal.access import standing_of
from portal.database import db
from portal.documents.models import DocumentKind
from portal.language import moment
from portal.meetings import minutes, operations, papers, voting
from portal.meetings.models import Meeting
from portal.meetings.offered import offered_moves
from portal.workflow import Move
from tests.client import Client
from tests.documents.test_documents import said_in
from tests.meetings import make
from tests.world import World

Visit = Callable[..., Client]


def offered(world: World, meeting: Meeting, who: str, name: str) -> Move:
    found = offered_moves(standing_of(world.actor(who)), meeting)
    return next(each for each in found if each.name == name)


@pytest.mark.usefixtures("context")
def test_opening_before_the_announced_time_asks_once(world: World) -> None:
    meeting = make.noticed(world)
    asked = offered(world, meeting, "chair", "open").warning
    assert asked is not None
    assert moment(meeting.starts_at) in str(asked)
    with clock.standing_still(meeting.starts_at):
        assert offered(world, meeting, "chair", "open").warning is None


@pytest.mark.usefixtures("context")
def test_final_minutes_before_the_comments_end_ask_and_say_until_when(world: World) -> None:
    meeting, by = make.in_session(world, 3), world.actor("secretary")
    operations.adjourn_meeting(meeting, by=by)
    minutes.begin_minutes(meeting, by=by)
    minutes.review_minutes(meeting, by=by)
    due = meeting.minutes_due_at
    assert due is not None
    assert moment(due) in str(offered(world, meeting, "chair", "finish_minutes").warning)
    with clock.standing_still(due):
        after = str(offered(world, meeting, "chair", "finish_minutes").warning)
    assert moment(due) not in after
    assert after


def test_page_minutes_and_paper_say_when_it_was_opened(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting, by = make.noticed(world), world.actor("secretary")
        early = meeting.starts_at - timedelta(days=2)
        with clock.standing_still(early):
            operations.open_meeting(meeting, by=world.actor("chair"))
            make.arrive(world, meeting, 3)
            resolution = make.tabled(world, meeting)
            voting.open_vote(resolution, by=world.actor("chair"))
            voting.close_vote(resolution, by=by)
            operations.adjourn_meeting(meeting, by=by)
        minutes.begin_minutes(meeting, by=by)
        minutes.review_minutes(meeting, by=by)
        with force_locale("zh"):
            written_by_paper = papers.resolution_fields(resolution)["when"]
        made = papers.issue_paper(meeting, DocumentKind.MINUTES, by=by, receipt="real")
        here = early.astimezone(clock.LOCAL_ZONE)
        opened = f"{here.year}年{here.month}月{here.day}日{here:%H:%M}"
        assert f"实际开会时间：{opened}至{opened}" in said_in(made)
        assert written_by_paper == opened
        address, written = f"/meetings/{meeting.id}", moment(early)
        db.session.remove()
    reader = visit("delegate")
    facts = {row.dt.text: row.dd.text for row in reader.soup(address).select(".facts-row")}
    assert facts["实际开始时间"] == facts["实际结束时间"] == written
    assert f"实际开始时间 {written}" in reader.soup(f"{address}/minutes").text
