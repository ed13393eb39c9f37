"""Who leaves an organisation hands over what they answered for: listings, answers, matters."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM
from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange import answering
from portal.exchange.models import Interest, Listing
from portal.exchange.operations import post_listing, publish_listing
from portal.journal import JournalLine
from portal.matters.models import Matter
from portal.roles import Role
from tests.conftest import both_engines
from tests.world import World, content

pytestmark = pytest.mark.usefixtures("context")


def appointments(world: World, who: str) -> list[Appointment]:
    return list(
        db.session.scalars(
            select(Appointment).where(
                Appointment.person_id == world.person[who], Appointment.is_running
            )
        )
    )


def leave(world: World, who: str) -> None:
    for appointment in appointments(world, who):
        end_appointment(appointment, by=SYSTEM)


def posted(world: World, who: str) -> Listing:
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    return post_listing(hydrogen, content(), by=world.actor(who), submit=True)


@both_engines
def test_a_delegate_who_leaves_hands_over_to_the_manager(world: World) -> None:
    listing = posted(world, "delegate")
    matter = db.session.scalars(
        select(Matter).where(Matter.owner_id == world.organisation["maker"])
    ).first()
    assert matter is not None
    matter.owner_person_id = world.person["delegate"]
    db.session.commit()
    assert listing.contact_id == world.person["delegate"]
    leave(world, "delegate")
    assert listing.contact_id == world.person["manager"]
    assert matter.owner_person_id == world.person["manager"]
    said = db.session.scalars(
        select(JournalLine.verb).where(JournalLine.verb.like("%.hand_over"))
    ).all()
    assert sorted(set(said)) == ["listing.hand_over", "matter.hand_over"]


def test_an_answer_is_handed_over_and_its_place_is_kept(world: World) -> None:
    supplier = world.organisation["supplier"]
    colleague = db.session.get_one(Person, world.person["outsider"])
    grant_appointment(colleague, Role.DELEGATE, scope_id=supplier, by=SYSTEM)
    listing = posted(world, "delegate")
    publish_listing(listing, by=world.actor("secretary"))
    interest = answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    leave(world, "supplier")
    assert interest.person_id == colleague.id
    assert db.session.get_one(Interest, interest.id).organisation_id == supplier


def test_whoever_still_acts_keeps_it(world: World) -> None:
    """A second role at the same organisation is enough."""
    listing = posted(world, "delegate")
    person = db.session.get_one(Person, world.person["delegate"])
    maker = world.organisation["maker"]
    (first,) = appointments(world, "delegate")
    grant_appointment(person, Role.MANAGER, scope_id=maker, by=SYSTEM)
    end_appointment(first, by=SYSTEM)
    assert listing.contact_id == world.person["delegate"]


def test_where_nobody_is_left_it_stays(world: World) -> None:
    listing = posted(world, "supplier")
    leave(world, "supplier")
    assert listing.contact_id == world.person["supplier"]
