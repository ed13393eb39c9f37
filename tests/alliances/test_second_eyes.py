"""Nobody decides on what they handed in themselves, be it through an agent or as one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.access import can, require, standing_of, visible_to
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM, Actor, person
from portal.alliances import applying
from portal.alliances.models import Membership
from portal.alliances.workflow import MembershipState
from portal.database import db
from portal.errors import Denied
from portal.exchange import operations
from portal.exchange.models import Listing
from portal.organisations.people import name_agent
from portal.roles import Role
from tests.alliances.make import alliance, apply, asked, newcomer
from tests.conftest import both_engines
from tests.world import World, content

pytestmark = pytest.mark.usefixtures("context")


def agent_of(world: World, appointment: Appointment, organisation_id: int | None) -> Actor:
    """Name the stranger as agent for a role, and return them acting so."""
    name_agent(
        appointment,
        "stranger@test.example",
        name="测试stranger",
        from_on=clock.today(),
        until_on=clock.today() + timedelta(days=5),
        basis="授权书",
        by=person(appointment.person_id, organisation_id),
    )
    return person(world.person["stranger"], organisation_id, appointment.person_id)


def office(world: World) -> Appointment:
    return db.session.get_one(Appointment, world.appointment["secretary"])


def secretary_at(world: World) -> Actor:
    """Make the secretary a manager of a newcomer, and return them acting for it."""
    made = newcomer()
    who = db.session.get_one(Person, world.person["secretary"])
    grant_appointment(who, Role.MANAGER, scope_id=made.organisation_id or 0, by=SYSTEM)
    return person(who.id, made.organisation_id)


@both_engines
def test_the_agent_of_a_secretary_does_not_admit_the_secretarys_own(world: World) -> None:
    made = apply(world, secretary_at(world))
    agent = agent_of(world, office(world), None)
    with pytest.raises(Denied):
        applying.review_application(made, by=agent)
    assert made.state is MembershipState.SUBMITTED
    assert not list(db.session.scalars(_reviewable(agent)))
    assert require(agent, "membership.list", alliance(world))


def _reviewable(actor: Actor) -> object:
    standing = standing_of(actor)
    return db.select(Membership.id).where(
        visible_to(standing, "membership.review", Membership),
        Membership.applied_by_id.is_not(None),
        Membership.state == MembershipState.SUBMITTED,
    )


@both_engines
def test_nor_does_the_secretary_admit_what_their_agent_applied_for(world: World) -> None:
    me = secretary_at(world)
    mine = db.session.scalars(
        db.select(Appointment).where(
            Appointment.person_id == me.person_id, Appointment.role == Role.MANAGER
        )
    ).one()
    made = applying.apply_for_membership(
        alliance(world),
        asked(me),
        by=agent_of(world, mine, me.organisation_id),
        submit=True,
        consents=True,
    )
    assert made.applied_for_id == me.person_id
    secretary = world.actor("secretary")
    with pytest.raises(Denied):
        applying.review_application(made, by=secretary)
    assert not list(db.session.scalars(_reviewable(secretary)))


def test_the_same_of_listings(world: World) -> None:
    delegate = db.session.get_one(Appointment, world.appointment["delegate"])
    agent = agent_of(world, delegate, world.organisation["maker"])
    posted = operations.post_listing(
        alliance(world), content(title="代为发布"), by=agent, submit=True
    )
    assert posted.submitted_for_id == world.person["delegate"]
    who = db.session.get_one(Person, world.person["delegate"])
    grant_appointment(who, Role.SECRETARY, scope_id=world.alliance["hydrogen"], by=SYSTEM)
    with pytest.raises(Denied):
        operations.publish_listing(posted, by=world.actor("delegate"))
    standing = standing_of(world.actor("delegate"))
    rows = db.session.scalars(
        db.select(Listing.id).where(
            visible_to(standing, "listing.publish", Listing), Listing.id == posted.id
        )
    )
    assert not list(rows)
    assert can(standing_of(world.actor("secretary")), "listing.publish", posted)


def test_a_draft_is_the_applicants_alone_until_it_is_handed_in(world: World) -> None:
    by = newcomer()
    made = apply(world, by, submit=False)
    secretary = standing_of(world.actor("secretary"))
    assert not can(secretary, "membership.view", made)
    applying.submit_application(made, by=by)
    assert can(standing_of(world.actor("secretary")), "membership.view", made)


def test_a_draft_taken_back_is_never_shown(world: World) -> None:
    by = newcomer()
    made = apply(world, by, submit=False)
    applying.retract_application(made, by=by)
    assert not can(standing_of(world.actor("secretary")), "membership.view", made)
