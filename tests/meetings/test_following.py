"""What follows a resolution: actions, the registry, minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.access import can, standing_of
from portal.database import db
from portal.errors import Denied, Refused
from portal.meetings import (
    actions,
    agenda,
    minutes,
    operations,
    resolution_queries,
    resolutions,
    voting,
)
from portal.meetings.counting import Choice
from portal.meetings.models import AgendaItem, Meeting
from portal.meetings.resolution_models import Action, Resolution
from portal.meetings.resolution_workflow import ActionState, ResolutionState
from portal.meetings.workflow import MeetingState
from tests.meetings import make
from tests.meetings.voting import close, opened, said_by
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


def assigned(world: World, meeting: Meeting, resolution: Resolution | None = None) -> Action:
    return actions.assign_action(
        meeting,
        "提交选址报告",
        owner_id=world.organisation["supplier"],
        due_on=clock.today() + timedelta(days=30),
        by=world.actor("secretary"),
        resolution=resolution,
    )


def test_an_action_comes_back_on_every_agenda_until_somebody_else_closes_it_out(
    world: World,
) -> None:
    meeting = make.in_session(world, 3)
    action = assigned(world, meeting)
    following = make.called(world)
    returned = len(agenda.items_of(following))
    (item,) = [each for each in agenda.items_of(following) if each.action_id == action.id]
    assert (item.action_id, item.title) == (action.id, "提交选址报告")
    with pytest.raises(Denied):
        actions.report_action(action, by=world.actor("delegate"), note="完成。")
    actions.report_action(action, by=world.actor("supplier"), note="报告已提交。")
    with pytest.raises(Denied):
        actions.close_out_action(action, by=world.actor("supplier"))
    actions.send_back_action(action, by=world.actor("secretary"), note="缺环评。")
    actions.report_action(action, by=world.actor("secretary"), note="已补环评。")
    with pytest.raises(Denied):
        actions.close_out_action(action, by=world.actor("secretary"))
    operations.notice_meeting(following, by=world.actor("chair"))
    assert len(agenda.items_of(following)) == returned
    actions.close_out_action(action, by=world.actor("chair"))
    assert action.state is ActionState.CLOSED_OUT
    third = make.called(world)
    assert action.id not in [each.action_id for each in agenda.items_of(third)]
    assert len(agenda.items_of(third)) == returned - 1


def test_a_resolution_is_carried_out_once_its_actions_are_closed_out(world: World) -> None:
    meeting, by = make.in_session(world, 3), world.actor("secretary")
    resolution = opened(world, meeting)
    voting.record_votes(resolution, said_by(meeting, *[Choice.YES] * 3), by=by)
    close(world, resolution)
    resolutions.enact_resolution(resolution, by=by)
    assert resolution.effective_on == clock.today()
    action = assigned(world, meeting, resolution)
    with pytest.raises(Refused):
        resolutions.implement_resolution(resolution, by=by)
    actions.report_action(action, by=world.actor("supplier"), note="完成。")
    actions.close_out_action(action, by=by)
    resolutions.implement_resolution(resolution, by=by)
    assert resolution.state is ResolutionState.IMPLEMENTED


def test_the_registry_finds_what_is_in_force_by_words(world: World) -> None:
    meeting, by = make.in_session(world, 3), world.actor("secretary")
    passed = opened(world, meeting)
    voting.record_votes(passed, said_by(meeting, *[Choice.YES] * 3), by=by)
    close(world, passed)
    failed = opened(world, meeting, title="关于会费的决议")
    close(world, failed)

    def found(who: str, register: str, query: str = "") -> list[Resolution]:
        standing = standing_of(world.actor(who))
        rows = resolution_queries.registry_of(standing, meeting.alliance_id, register, query)
        return [each for each in rows if each.meeting_id == meeting.id]

    assert found("supplier", "in_force") == [passed]
    assert found("supplier", "in_force", "高压储氢") == [passed]
    assert found("supplier", "all", "会费") == [failed]
    assert found("outsider", "all") == []
    resolutions.enact_resolution(passed, by=by)
    resolutions.supersede_resolution(passed, by=by, note="由第2号决议取代")
    assert found("supplier", "in_force") == []
    assert found("supplier", "superseded") == [passed]


def test_minutes_go_through_four_steps_and_two_pairs_of_eyes(world: World) -> None:
    meeting, by = make.in_session(world, 3), world.actor("secretary")
    item = agenda.add_item(meeting, agenda.ItemContent("议题"), by=by)
    minutes.write_minutes(meeting, {item.id: "会议同意。", 99_999: "x"}, by=by)
    operations.adjourn_meeting(meeting, by=world.actor("chair"))
    with pytest.raises(Refused):
        minutes.write_minutes(meeting, {item.id: "迟了。"}, by=by)
    minutes.begin_minutes(meeting, by=by)
    minutes.review_minutes(meeting, by=by)
    minutes.comment_minutes(meeting, "应为原则同意。", by=world.actor("supplier"))
    with pytest.raises(Denied):
        minutes.comment_minutes(meeting, "x", by=world.actor("outsider"))
    with pytest.raises(Denied):
        minutes.finish_minutes(meeting, by=by)
    minutes.rework_minutes(meeting, by=by)
    minutes.write_minutes(meeting, {item.id: "会议原则同意。"}, by=by)
    minutes.review_minutes(meeting, by=by)
    minutes.finish_minutes(meeting, by=world.actor("chair"))
    assert db.session.get_one(AgendaItem, item.id).minutes_text == "会议原则同意。"
    minutes.archive_meeting(meeting, by=by)
    assert meeting.state is MeetingState.ARCHIVED
    assert can(standing_of(world.actor("supplier")), "meeting.view", meeting)
