"""Makers for tests of meetings: a council of any size, a meeting in any state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import create_organisation, create_person, grant_appointment
from portal.actors import SYSTEM, Actor, person
from portal.alliances.models import Alliance, Tier
from portal.alliances.operations import admit_organisation
from portal.alliances.queries import people_of
from portal.database import db
from portal.meetings import operations
from portal.meetings.models import Answer, Meeting, MeetingKind
from portal.meetings.operations import MeetingContent
from portal.meetings.replying import Reply, reply
from portal.meetings.resolution_models import Resolution, ResolutionKind
from portal.meetings.resolutions import (
    ResolutionContent,
    propose_resolution,
    table_resolution,
)
from portal.regions.queries import region_by_code
from portal.roles import Role
from tests.world import World


def hydrogen(world: World) -> Alliance:
    return db.session.get_one(Alliance, world.alliance["hydrogen"])


def grow_council(world: World, seats: int) -> None:
    """Admit council members until the hydrogen council has so many seats (it begins with 3)."""
    region = region_by_code("HE")
    assert region is not None
    for number in range(4, seats + 1):
        made = create_organisation(
            name=f"河北理事{number:02d}有限公司",
            kind=OrganisationKind.ENTERPRISE,
            region=region,
            by=SYSTEM,
        )
        someone = create_person(
            name=f"理事{number:02d}", email=f"seat{number}@test.example", by=SYSTEM
        )
        grant_appointment(someone, Role.DELEGATE, scope_id=made.id, by=SYSTEM)
        admit_organisation(hydrogen(world), made, Tier.COUNCIL, by=SYSTEM)


def content(**changed: Any) -> MeetingContent:
    starts = clock.now() + timedelta(days=10)
    plain: dict[str, Any] = {
        "kind": MeetingKind.COUNCIL,
        "title": "第三次理事会会议",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=3),
        "place": "天津市滨海新区会议中心",
    }
    return MeetingContent(**{**plain, **changed})


def called(world: World, **changed: Any) -> Meeting:
    return operations.call_meeting(hydrogen(world), content(**changed), by=world.actor("secretary"))


def noticed(world: World, **changed: Any) -> Meeting:
    meeting = called(world, **changed)
    operations.notice_meeting(meeting, by=world.actor("secretary"))
    return meeting


def in_session(world: World, present: int, **changed: Any) -> Meeting:
    """Open a meeting with the first so many seats of its roll in the room."""
    meeting = noticed(world, **changed)
    operations.open_meeting(meeting, by=world.actor("chair"))
    arrive(world, meeting, present)
    return meeting


def arrive(world: World, meeting: Meeting, present: int) -> None:
    ids = {seat.id for seat in meeting.seats[:present]}
    operations.arrive(meeting, ids, by=world.actor("secretary"))


def tabled(world: World, meeting: Meeting, **changed: Any) -> Resolution:
    plain: dict[str, Any] = {
        "kind": ResolutionKind.GENERAL,
        "title": "关于共建检测平台的决议",
        "text": "同意共建高压储氢检测平台。",
    }
    made = propose_resolution(
        meeting, ResolutionContent(**{**plain, **changed}), by=world.actor("secretary")
    )
    table_resolution(made, by=world.actor("chair"))
    return made


def voter(organisation_id: int) -> Actor:
    """Return the actor of somebody who may act for an organisation."""
    from_there = db.session.get_one(Organisation, organisation_id)
    return person(people_of(from_there.id)[0].id, organisation_id)


def answers(meeting: Meeting, count: int, by: Actor) -> None:
    """Let the first so many seats of the roll answer that they come."""
    for seat in list(meeting.seats[:count]):
        reply(seat, Reply(Answer.COMES, attendee=f"参会{seat.position}", post="主任"), by=by)
