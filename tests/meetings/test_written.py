"""A meeting held in writing ends: by chair or secretariat, or by itself after its deadline."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal import clock
from portal.actors import ANONYMOUS, SYSTEM
from portal.database import db
from portal.errors import Denied, Refused
from portal.meetings import minutes, operations, queries, resolutions, voting
from portal.meetings.counting import Choice, Verdict
from portal.meetings.models import Answer, Meeting
from portal.meetings.replying import Reply, reply
from portal.meetings.resolution_models import Resolution, ResolutionKind
from portal.meetings.workflow import MeetingState
from portal.meetings.written import conclude_meeting, end_written_meetings
from portal.operations import operation
from tests.client import Client
from tests.meetings import make
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


def asked(world: World) -> tuple[Meeting, Resolution]:
    """Open a vote at a meeting of three seats that is held in writing."""
    meeting = make.noticed(world, is_written=True, place="")
    resolution = make.tabled(world, meeting)
    voting.open_vote(resolution, by=world.actor("chair"))
    return meeting, resolution


def vote(meeting: Meeting, resolution: Resolution, *said: Choice) -> None:
    for seat, each in zip(meeting.seats, said, strict=False):
        voting.cast_vote(resolution, seat.id, each, by=make.voter(seat.organisation_id))


def test_it_ends_by_itself_after_its_deadline_and_counts_what_is_open(world: World) -> None:
    meeting, resolution = asked(world)
    vote(meeting, resolution, Choice.YES, Choice.YES)
    assert end_written_meetings(by=SYSTEM) == 0
    with clock.standing_still(meeting.ends_at):
        assert end_written_meetings(by=SYSTEM) == 1
        assert end_written_meetings(by=SYSTEM) == 0
    assert (meeting.state, meeting.closed_at) == (MeetingState.ADJOURNED, meeting.ends_at)
    assert (resolution.verdict, resolution.present) == (Verdict.PASSED, 2)
    minutes.begin_minutes(meeting, by=world.actor("secretary"))
    there = queries.attendance(meeting)
    assert [seat.position for seat in there.present] == [1, 2]
    assert [seat.position for seat in there.absent] == [3]
    with pytest.raises(Denied):
        end_written_meetings(by=world.actor("secretary"))


def test_chair_and_secretariat_end_it_and_early_only_where_everybody_voted(world: World) -> None:
    meeting, resolution = asked(world)
    vote(meeting, resolution, Choice.YES, Choice.NO)
    with pytest.raises(Refused):
        conclude_meeting(meeting, by=world.actor("chair"))
    assert resolution.is_voting
    voting.cast_vote(
        resolution, meeting.seats[2].id, Choice.NO, by=make.voter(meeting.seats[2].organisation_id)
    )
    with pytest.raises(Denied):
        conclude_meeting(meeting, by=world.actor("delegate"))
    conclude_meeting(meeting, by=world.actor("chair"))
    assert (meeting.state, resolution.verdict) == (MeetingState.ADJOURNED, Verdict.FAILED)
    bare = make.noticed(world, is_written=True, place="")
    with pytest.raises(Refused):
        conclude_meeting(bare, by=world.actor("secretary"))
    with clock.standing_still(bare.ends_at):
        conclude_meeting(bare, by=world.actor("secretary"))
    with pytest.raises(Refused):
        conclude_meeting(make.noticed(world), by=world.actor("secretary"))


def test_nothing_secret_is_decided_in_writing(world: World) -> None:
    by = world.actor("secretary")
    meeting = make.noticed(world, is_written=True, place="")
    for kind in (ResolutionKind.GENERAL, ResolutionKind.ELECTION):
        content = resolutions.ResolutionContent(kind, "决议", "同意。", is_secret=True)
        with pytest.raises(Refused) as refused:
            resolutions.propose_resolution(meeting, content, by=by)
        assert refused.value.field == "is_secret"
    # What was proposed while people were to meet is not tabled in writing either.
    draft = make.called(world)
    content = resolutions.ResolutionContent(
        ResolutionKind.GENERAL, "决议", "同意。", is_secret=True
    )
    made = resolutions.propose_resolution(draft, content, by=by)
    operations.edit_meeting(draft, make.content(is_written=True, place=""), by=by)
    operations.notice_meeting(draft, by=by)
    with pytest.raises(Refused, match="无记名"):
        resolutions.table_resolution(made, by=world.actor("chair"))


@pytest.mark.usefixtures("own_files")
def test_a_ballot_of_earlier_times_that_is_secret_keeps_no_other_from_ending(
    app: Flask, world: World
) -> None:
    @operation
    def make_secret(resolution: Resolution) -> None:
        resolution.is_secret = True

    stuck, resolution = asked(world)
    make_secret(resolution)
    other, _resolution = asked(world)
    with clock.standing_still(other.ends_at):
        result = app.test_cli_runner().invoke(args=["daily"])
        assert result.exit_code == 0
        assert "1 written ballots ended." in result.output
        with pytest.raises(Refused):
            conclude_meeting(stuck, by=world.actor("chair"))
    db.session.expire_all()
    assert (stuck.state, other.state) == (MeetingState.NOTICED, MeetingState.ADJOURNED)


def test_a_proxy_counts_wherever_it_is_counted_who_is_present(
    world: World, visit: Callable[..., Client]
) -> None:
    make.grow_council(world, 6)
    meeting = make.noticed(world)
    first, _second, _third, fourth, *_rest = meeting.seats
    reply(fourth, Reply(Answer.PROXY, proxy_to_id=first.id), by=ANONYMOUS)
    operations.open_meeting(meeting, by=world.actor("chair"))
    make.arrive(world, meeting, 3)
    count = queries.live_count(meeting, meeting.seats)
    assert count is not None
    assert (count.present, count.absent_spoken_for, count.missing) == (4, 1, 0)
    with pytest.raises(Refused):
        operations.give_up_meeting(meeting, by=world.actor("chair"))
    page = visit("secretary").get(f"/meetings/{meeting.id}").text
    assert "6 席中 4 席到会" in page
    assert f"由 {first.name} 代理" in page
    make.arrive(world, meeting, 2)
    operations.give_up_meeting(meeting, by=world.actor("chair"))
    assert meeting.state is MeetingState.NO_QUORUM
