"""Two records of one organisation become one: who holds a seat follows, the roll stays true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import create_organisation, create_person, grant_appointment
from portal.actors import ANONYMOUS, SYSTEM
from portal.alliances.models import Membership
from portal.alliances.operations import expel_membership
from portal.database import db
from portal.errors import Refused
from portal.meetings import actions, agenda, operations, presence, queries, replying, voting
from portal.meetings.counting import Choice
from portal.meetings.models import Answer, Meeting, Seat
from portal.meetings.replying import Reply, reply
from portal.meetings.resolution_models import Action
from portal.organisations.merging import merge_organisations
from portal.regions.queries import region_by_code
from portal.roles import Role
from tests.client import Client
from tests.conftest import both_engines
from tests.meetings import make
from tests.world import World

Visit = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("context")


def merge(world: World, double_id: int, into_id: int) -> None:
    by = world.actor("admin")
    double, into = (db.session.get_one(Organisation, each) for each in (double_id, into_id))
    merge_organisations(double, into, by=by)


def leave(world: World, organisation_id: int) -> None:
    """End a membership after the roll was frozen, so that the record may be merged."""
    membership = db.session.scalar(
        select(Membership).where(
            Membership.organisation_id == organisation_id, Membership.is_active
        )
    )
    assert membership is not None
    expel_membership(membership, by=world.actor("secretary"), basis="决议第3号", note="重复登记。")


def roll(meeting: Meeting) -> list[tuple[int, int, str, int]]:
    rows = [(s.id, s.organisation_id, s.name, s.position) for s in meeting.seats]
    db.session.expire(meeting, ["seats"])
    return rows


def newcomer() -> Organisation:
    """Return an organisation that is in no alliance yet, with somebody who acts for it."""
    region = region_by_code("HE")
    assert region is not None
    made = create_organisation(
        name="河北新成立有限公司", kind=OrganisationKind.ENTERPRISE, region=region, by=SYSTEM
    )
    someone = create_person(name="吴九", email="nine@test.example", by=SYSTEM)
    grant_appointment(someone, Role.DELEGATE, scope_id=made.id, by=SYSTEM)
    return made


@both_engines
def test_seats_actions_and_presentations_follow_and_the_roll_stays(world: World) -> None:
    make.grow_council(world, 5)
    meeting = make.noticed(world)
    fourth = meeting.seats[3]
    double_id, into_id = fourth.organisation_id, newcomer().id
    reply(fourth, Reply(Answer.COMES, attendee="王五"), by=ANONYMOUS)
    item = agenda.propose_item(
        make.hydrogen(world), agenda.ItemContent("选址"), by=make.voter(double_id)
    )
    due = clock.today() + timedelta(days=9)
    keeper = world.actor("secretary")
    action = actions.assign_action(meeting, "报数据", owner_id=double_id, due_on=due, by=keeper)
    before = roll(meeting)
    merge(world, double_id, into_id)
    assert roll(meeting) == before
    assert (fourth.held_by_id, fourth.answer, fourth.attendee) == (into_id, Answer.COMES, "王五")
    assert (item.organisation_id, action.owner_id) == (into_id, into_id)
    actions.report_action(action, by=make.voter(into_id), note="已报。")
    operations.open_meeting(meeting, by=world.actor("chair"))
    make.arrive(world, meeting, 5)
    resolution = make.tabled(world, meeting)
    voting.open_vote(resolution, by=world.actor("chair"))
    voting.cast_vote(resolution, fourth.id, Choice.YES, by=make.voter(into_id))
    assert db.session.get_one(Action, action.id).report == "已报。"


@both_engines
def test_of_two_seats_on_one_roll_one_speaks(world: World) -> None:
    make.grow_council(world, 7)
    meeting = make.noticed(world)
    double, into, giver = meeting.seats[3], meeting.seats[4], meeting.seats[5]
    reply(double, Reply(Answer.COMES, attendee="王五"), by=ANONYMOUS)
    reply(giver, Reply(Answer.PROXY, proxy_to_id=double.id), by=ANONYMOUS)
    token = replying.seat_token(double, double.contact_id)
    leave(world, double.organisation_id)
    merge(world, double.organisation_id, into.organisation_id)
    assert len(meeting.seats) == 7
    assert double.joined_to_id == into.id
    assert (into.answer, into.attendee, giver.proxy_to_id) == (Answer.COMES, "王五", into.id)
    assert replying.seat_of(token) is into
    with pytest.raises(Refused):
        reply(double, Reply(Answer.CANNOT), by=ANONYMOUS)
    operations.open_meeting(meeting, by=world.actor("chair"))
    everybody = {seat.id for seat in meeting.seats}
    operations.arrive(meeting, everybody, by=world.actor("secretary"))
    assert double not in presence.present_seats(meeting)
    assert not double.is_here
    operations.arrive(meeting, everybody - {giver.id}, by=world.actor("secretary"))
    assert presence.seats_of_voter(meeting, into.organisation_id) == [into, giver]
    assert [seat.position for seat in queries.attendance(meeting).absent] == []


def test_who_was_in_the_room_and_voted_by_the_double_votes_no_second_time(world: World) -> None:
    make.grow_council(world, 6)
    meeting = make.in_session(world, 6)
    double, into = meeting.seats[3], meeting.seats[4]
    operations.arrive(
        meeting, {s.id for s in meeting.seats if s is not into}, by=world.actor("secretary")
    )
    resolution = make.tabled(world, meeting)
    voting.open_vote(resolution, by=world.actor("chair"))
    voting.cast_vote(resolution, double.id, Choice.NO, by=make.voter(double.organisation_id))
    leave(world, double.organisation_id)
    merge(world, double.organisation_id, into.organisation_id)
    assert into in presence.present_seats(meeting)
    with pytest.raises(Refused, match="已表决"):
        voting.cast_vote(resolution, into.id, Choice.YES, by=make.voter(into.held_by_id))
    voting.close_vote(resolution, by=world.actor("secretary"))
    assert (resolution.seats, resolution.no, resolution.yes) == (6, 1, 0)
    assert resolution.present == 5


def test_who_spoke_through_its_double_or_cannot_hold_a_proxy_is_asked_anew(world: World) -> None:
    make.grow_council(world, 6)
    first, second = make.noticed(world), make.noticed(world)

    def seats(meeting: Meeting) -> list[Seat]:
        return list(meeting.seats[3:6])

    double, into, giver = seats(first)
    reply(into, Reply(Answer.PROXY, proxy_to_id=double.id), by=ANONYMOUS)
    other, cannot, asker = seats(second)
    reply(asker, Reply(Answer.PROXY, proxy_to_id=other.id), by=ANONYMOUS)
    reply(cannot, Reply(Answer.CANNOT), by=ANONYMOUS)
    leave(world, double.organisation_id)
    merge(world, double.organisation_id, into.organisation_id)
    assert (into.answer, into.proxy_to_id, giver.answer) == (None, None, None)
    assert (cannot.answer, asker.answer, asker.proxy_to_id) == (Answer.CANNOT, None, None)


def test_a_meeting_that_is_over_stays_as_it_was(world: World) -> None:
    make.grow_council(world, 5)
    meeting = make.in_session(world, 4)
    came, absent = meeting.seats[3], meeting.seats[4]
    operations.adjourn_meeting(meeting, by=world.actor("chair"))
    leave(world, absent.organisation_id)
    merge(world, absent.organisation_id, came.organisation_id)
    there = queries.attendance(meeting)
    assert (came in there.present, absent in there.absent) == (True, True)
    assert absent.held_by_id == came.organisation_id
    assert absent.joined_to_id is None


def test_in_writing_only_the_seat_that_speaks_is_written_down(world: World, visit: Visit) -> None:
    make.grow_council(world, 5)
    meeting = make.noticed(world, is_written=True, place="")
    double, into = meeting.seats[3], meeting.seats[4]
    leave(world, double.organisation_id)
    merge(world, double.organisation_id, into.organisation_id)
    resolution = make.tabled(world, meeting)
    voting.open_vote(resolution, by=world.actor("chair"))
    address, seats = f"/resolutions/{resolution.id}", (f"seat-{double.id}", f"seat-{into.id}")
    db.session.remove()
    page = visit("secretary").soup(address)
    asked = {each["name"] for each in page.select("#record select")}
    assert seats[0] not in asked, "the portal would refuse everything that was written down"
    assert seats[1] in asked
