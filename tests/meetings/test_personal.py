"""What a reply to a notice holds of a person goes with the person, and plates with the meeting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Person
from portal.accounts.person_operations import close_account, erase_person
from portal.actors import SYSTEM
from portal.database import db
from portal.errors import Denied
from portal.meetings import voting
from portal.meetings.models import Answer, Meeting, Seat
from portal.meetings.personal import erase_plates
from portal.meetings.replying import Reply, reply
from portal.meetings.resolution_models import VoteLink
from portal.meetings.vote_links import hand_vote_link
from portal.operations import operation
from tests.meetings import make
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


def answered(world: World, name: str) -> tuple[Meeting, Seat]:
    meeting = make.noticed(world, asks_plate=True)
    seat = next(
        each for each in meeting.seats if each.organisation_id == world.organisation["maker"]
    )
    said = Reply(Answer.COMES, attendee=name, post="总经理", plate="京A12345")
    reply(seat, said, by=world.actor("delegate"))
    return meeting, seat


@operation
def end_now(meeting_id: int) -> None:
    """Let a meeting be over, whatever happened at it."""
    db.session.execute(
        update(Meeting).where(Meeting.id == meeting_id).values(closed_at=clock.now())
    )


def test_who_is_erased_is_no_attendee_any_more(world: World) -> None:
    who = db.session.get_one(Person, world.person["delegate"])
    _meeting, seat = answered(world, who.name)
    _other, of_another = answered(world, "来宾某某")
    assert who.name == seat.attendee
    close_account(who, by=world.actor("delegate"))
    erase_person(who, by=world.actor("admin"))
    db.session.refresh(seat)
    assert (seat.attendee, seat.post, seat.plate) == (who.name, None, None)
    assert who.name == "已注销用户"
    assert seat.answer is Answer.COMES, "what the organisation answered stays"
    db.session.refresh(of_another)
    assert of_another.attendee == "来宾某某"


def test_who_is_erased_was_handed_no_link_to_vote_any_more(world: World) -> None:
    who = db.session.get_one(Person, world.person["delegate"])
    meeting = make.noticed(world, is_written=True, place="")
    resolution = make.tabled(world, meeting)
    voting.open_vote(resolution, by=world.actor("chair"))
    name = who.name
    for seat in meeting.seats:
        hand_vote_link(resolution, seat.id, name, by=world.actor("secretary"))
    close_account(who, by=world.actor("delegate"))
    erase_person(who, by=world.actor("admin"))
    db.session.expire_all()
    named = select(VoteLink).where(VoteLink.resolution_id == resolution.id)
    for link in db.session.scalars(named.where(VoteLink.handed_to.is_not(None))):
        is_theirs = link.seat.held_by_id == world.organisation["maker"]
        assert link.handed_to == (who.name if is_theirs else name), "a namesake stays"


def test_plates_go_when_the_meeting_is_over(world: World) -> None:
    meeting, seat = answered(world, "来宾某某")
    assert erase_plates(by=SYSTEM) == 0
    end_now(meeting.id)
    with clock.standing_still(clock.now() + timedelta(days=1)):
        assert erase_plates(by=SYSTEM) == 1
        assert erase_plates(by=SYSTEM) == 0
    db.session.refresh(seat)
    assert (seat.plate, seat.attendee) == (None, "来宾某某")
    with pytest.raises(Denied):
        erase_plates(by=world.actor("secretary"))
