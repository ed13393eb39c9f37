"""A suspended member sees what everybody sees, and is introduced to nobody."""

from __future__ import annotations

import pytest

from portal import search
from portal.access import can, standing_of, visible_to
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM
from portal.alliances import operations as alliances
from portal.alliances.models import Membership
from portal.alliances.queries import chair_of
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange import answering, operations
from portal.exchange.models import Interest, Listing
from portal.exchange.workflow import InterestState
from portal.operations import operation
from portal.roles import Role
from tests.conftest import both_engines
from tests.world import World, content

pytestmark = pytest.mark.usefixtures("context")


def membership(world: World, name: str) -> Membership:
    return db.session.get_one(Membership, world.membership[name])


def finds(world: World, who: str, listing: Listing) -> tuple[bool, bool, bool]:
    """Return whether somebody's door opens, their list shows, and their search finds a listing."""
    standing = standing_of(world.actor(who))
    shown = visible_to(standing, "listing.view", Listing)
    listed = db.session.scalar(db.select(Listing.id).where(shown, Listing.id == listing.id))
    rows = search.documents("listing", listing.title, standing)
    assert rows is not None
    found = {row.record_id for row in db.session.execute(rows)}
    return can(standing, "listing.view", listing), listed is not None, listing.id in found


@both_engines
def test_what_names_it_is_out_of_sight_until_it_is_resumed(world: World) -> None:
    listing, keeper = world.get(Listing, "confidential"), world.actor("secretary")
    assert finds(world, "supplier", listing) == (True, True, True)
    alliances.suspend_membership(membership(world, "supplier"), by=keeper, note="未缴费。")
    assert finds(world, "supplier", listing) == (False, False, False)
    with pytest.raises(Denied):
        answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    alliances.resume_membership(membership(world, "supplier"), by=keeper)
    assert finds(world, "supplier", listing) == (True, True, True)


@both_engines
def test_an_answer_keeps_sight_of_what_members_see_only_for_a_member(world: World) -> None:
    delegate, keeper = world.actor("delegate"), world.actor("secretary")
    listing = operations.post_listing(
        membership(world, "maker").alliance,
        content(title="仅成员可见的求购", visibility="members"),
        by=delegate,
        submit=True,
    )
    operations.publish_listing(listing, by=keeper)
    answer = answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    answering.accept_interest(answer, by=delegate)
    operations.pause_listing(listing, by=delegate)
    assert finds(world, "supplier", listing) == (True, True, True)
    alliances.expel_membership(
        membership(world, "supplier"), by=keeper, note="违反章程。", basis="2026年第3号决议"
    )
    assert finds(world, "supplier", listing) == (False, False, False)


@both_engines
@pytest.mark.parametrize("side", ["maker", "supplier"])
def test_nobody_is_introduced_while_either_side_is_suspended(side: str, world: World) -> None:
    answer = answering.send_interest(
        world.get(Listing, "members"), message="可供。", by=world.actor("supplier")
    )
    alliances.suspend_membership(
        membership(world, side), by=world.actor("secretary"), note="未缴费。"
    )
    with pytest.raises(Refused) as refused:
        answering.accept_interest(answer, by=world.actor("delegate"))
    assert "暂停" in str(refused.value.sentence)
    db.session.expire_all()
    assert db.session.get_one(Interest, answer.id).state is InterestState.SENT


def test_the_band_names_nobody_who_left_the_organisation_in_the_chair(world: World) -> None:
    chair = chair_of(world.alliance["hydrogen"])
    assert chair is not None
    assert chair.holder is not None
    chairer = world.organisation["chairer"]
    stranger = db.session.get_one(Person, world.person["stranger"])
    grant_appointment(stranger, Role.MANAGER, scope_id=chairer, by=SYSTEM)
    end_appointment(
        db.session.get_one(Appointment, world.appointment["chair"]), by=world.actor("chair")
    )
    chair = chair_of(world.alliance["hydrogen"])
    assert chair is not None
    assert chair.current is not None, "the organisation holds the chair"
    assert chair.holder is None


@both_engines
def test_the_index_follows_an_answer_also_where_the_listing_was_looked_at_before(
    world: World,
) -> None:
    """What only views the answers is kept by the session: the index must ask anew."""
    delegate, supplier = world.actor("delegate"), world.actor("supplier")
    listing = operations.post_listing(
        membership(world, "maker").alliance,
        content(title="先看后答的求购", visibility="members"),
        by=delegate,
        submit=True,
    )
    operations.publish_listing(listing, by=world.actor("secretary"))

    @operation
    def look_answer_and_pause() -> Interest:
        assert listing.answering_members == []
        made = answering.send_interest(listing, message="可供。", by=supplier)
        operations.pause_listing(listing, by=delegate)
        return made

    answer = look_answer_and_pause()
    assert finds(world, "supplier", listing) == (True, True, True)
    assert [each.id for each in listing.answering_members] == [world.organisation["supplier"]]
    answering.decline_interest(answer, by=delegate, note="已满。")
    assert finds(world, "supplier", listing) == (False, False, False)
