"""Who is told of what happens to meetings, resolutions, actions and papers; and said beforehand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest

from portal import clock, files
from portal.actors import SYSTEM
from portal.alliances.queries import people_of
from portal.documents import operations as documents
from portal.documents.models import DocumentKind
from portal.meetings import actions, operations, voting
from portal.meetings.counting import Choice
from portal.meetings.papers import issue_paper
from portal.meetings.reminding import remind_of_actions
from portal.meetings.resolution_queries import members_to_ask
from tests.client import Client
from tests.conftest import both_engines
from tests.inbox.test_telling import Heard, told
from tests.meetings import make
from tests.world import World

#: Who acts for the three organisations of hydrogen's council.
SEATS = ("chair", "delegate", "loser", "manager")


@both_engines
@pytest.mark.usefixtures("context")
def test_a_meeting_tells_its_seats_of_notice_change_and_cancellation(world: World) -> None:
    by, heard = world.actor("secretary"), Heard(world)
    meeting = make.called(world)
    assert heard() == []
    operations.notice_meeting(meeting, by=by)
    assert heard() == told("meeting.notice", *SEATS)
    later = meeting.starts_at + timedelta(hours=1)
    changed = make.content(starts_at=later, ends_at=later + timedelta(hours=1))
    operations.edit_meeting(meeting, changed, by=world.actor("chair"))
    assert heard() == told("meeting.update", "delegate", "loser", "manager")
    operations.cancel_meeting(meeting, by=by, note="改期。")
    assert heard() == told("meeting.cancel", *SEATS)
    draft = make.called(world)
    operations.cancel_meeting(draft, by=by, note="不开了。")
    assert heard() == []


@pytest.mark.usefixtures("context")
def test_a_resolution_tells_the_chair_then_its_seats(world: World) -> None:
    meeting = make.in_session(world, 3)
    heard = Heard(world)
    resolution = make.tabled(world, meeting)
    assert heard() == [*told("resolution.propose", "chair"), *told("resolution.table", "secretary")]
    voting.open_vote(resolution, by=world.actor("chair"))
    assert heard() == told("resolution.open", "delegate", "loser", "manager")
    everybody = dict.fromkeys((seat.id for seat in meeting.seats), Choice.YES)
    voting.record_votes(resolution, everybody, by=world.actor("secretary"))
    voting.close_vote(resolution, by=world.actor("secretary"))
    assert heard() == told("resolution.pass", *SEATS)
    failing = make.tabled(world, meeting)
    voting.open_vote(failing, by=world.actor("chair"))
    heard()
    voting.close_vote(failing, by=world.actor("secretary"))
    assert heard() == told("resolution.fail", *SEATS)


@pytest.mark.usefixtures("context")
def test_an_action_tells_its_owner_also_of_its_day_and_once(world: World) -> None:
    by, meeting = world.actor("secretary"), make.in_session(world, 3)
    remind_of_actions(by=SYSTEM)
    heard, due = Heard(world), clock.today() + timedelta(days=10)
    supplier = world.organisation["supplier"]
    action = actions.assign_action(meeting, "报数据", owner_id=supplier, due_on=due, by=by)
    assert heard() == told("action.assign", "supplier")
    offered = {each.id: each.people for each in members_to_ask(meeting.alliance_id)}
    assert offered[supplier] == 1, "as many as are told"
    assert offered[world.organisation["maker"]] == len(people_of(world.organisation["maker"])) > 1
    for days, notices in ((6, []), (7, ["due"]), (10, []), (11, ["overdue"]), (20, [])):
        with clock.standing_still(clock.start_of(clock.today() + timedelta(days=days))):
            remind_of_actions(by=SYSTEM)
        named = [notice.removeprefix("action.") for who, notice in heard() if who == "supplier"]
        assert named == notices, days
    actions.report_action(action, by=world.actor("supplier"), note="已报。")
    assert heard() == told("action.report", "chair", "secretary")
    actions.close_out_action(action, by=by)
    assert heard() == told("action.close_out", "supplier")
    with clock.standing_still(clock.start_of(due + timedelta(days=60))):
        remind_of_actions(by=SYSTEM)
    assert action.id not in [each for each in heard() if each[1] == "action.overdue"]


@pytest.mark.usefixtures("context")
def test_a_sealed_paper_tells_who_checks_it_and_who_sent_it(world: World) -> None:
    by, meeting = world.actor("secretary"), make.noticed(world)
    paper = issue_paper(meeting, DocumentKind.NOTICE, by=by, receipt="notice")
    heard = Heard(world)
    sealed = files.receive(BytesIO(b"%PDF-1.4\n%sealed\n%%EOF\n"), "盖章.pdf")
    documents.scan_document(paper, sealed, by=by)
    assert heard() == told("document.scan", "chair")
    documents.check_document(paper, by=world.actor("chair"))
    assert heard() == told("document.check", "secretary")


def test_who_will_be_told_is_said_before_it_is_sent(
    world: World, visit: Callable[..., Client]
) -> None:
    keeper = visit("secretary")

    def words(address: str) -> str:
        return " ".join(
            each.get_text(" ", strip=True) for each in keeper.soup(address).select(".told")
        )

    draft = words(f"/meetings/{world.meeting['draft']}")
    assert "天津丙研究院" in draft
    assert "北京甲氢能有限公司" in draft
    assert "天津丙研究院" in words(f"/meetings/{world.meeting['noticed']}/edit")
    assert "天津丙研究院" in words(f"/resolutions/{world.resolution['voting']}")
    chair = visit("chair").soup(f"/actions/{world.action['reported']}").select(".told")
    assert "河北乙材料有限公司" in " ".join(each.get_text() for each in chair)
    assert "请回执" in visit("delegate").get("/messages").text
