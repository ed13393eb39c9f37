from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import journal
from portal.access import can, standing_of
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment
from portal.actors import SYSTEM
from portal.alliances import applying, operations
from portal.alliances.models import AllianceKind
from portal.alliances.queries import chair_of
from portal.alliances.workflow import MembershipState
from portal.commands.load import load_starter
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange import operations as exchange
from portal.exchange.models import Listing
from portal.exchange.workflow import ListingState
from portal.roles import Role
from portal.search import documents
from tests.alliances.make import (
    alliance,
    membership,
    newcomer,
    seat_by_hand,
    under_review,
)
from tests.conftest import both_engines
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


def states_of(world: World, name: str) -> dict[ListingState, int]:
    found: dict[ListingState, int] = {}
    for state in db.session.scalars(
        select(Listing.state).where(Listing.organisation_id == world.organisation[name])
    ):
        found[state] = found.get(state, 0) + 1
    return found


@both_engines
def test_a_suspended_member_loses_its_rights_and_shows_nothing(world: World) -> None:
    maker, keeper = membership(world, "maker"), world.actor("secretary")
    before = states_of(world, "maker")
    operations.suspend_membership(maker, by=keeper, note="未缴会费。")
    after = states_of(world, "maker")
    assert before[ListingState.PUBLISHED] > 0
    assert ListingState.PUBLISHED not in after
    assert after[ListingState.PAUSED] == (
        before[ListingState.PUBLISHED] + before[ListingState.PAUSED]
    )
    assert after[ListingState.DRAFT] == before[ListingState.DRAFT]
    assert not can(standing_of(world.actor("delegate")), "listing.create")
    stranger = standing_of(world.actor("stranger"))
    rows = documents("listing", "碳纤维", stranger)
    assert rows is not None
    found = {row.record_id for row in db.session.execute(rows)}
    assert found == {world.listing["foreign"]}


def test_a_suspended_member_gets_nothing_shown_again_until_it_is_resumed(world: World) -> None:
    maker, keeper = membership(world, "maker"), world.actor("secretary")
    operations.suspend_membership(maker, by=keeper, note="未缴会费。")
    public, submitted = world.get(Listing, "public"), world.get(Listing, "submitted")
    with pytest.raises(Refused, match="已暂停"):
        exchange.resume_listing(public, by=world.actor("delegate"))
    with pytest.raises(Refused, match="已暂停"):
        exchange.publish_listing(submitted, by=keeper)
    db.session.refresh(public)
    assert public.state is ListingState.PAUSED
    operations.resume_membership(maker, by=keeper)
    assert maker.state is MembershipState.ACTIVE
    exchange.resume_listing(public, by=world.actor("delegate"))
    exchange.publish_listing(submitted, by=keeper)
    assert public.state is submitted.state is ListingState.PUBLISHED


def test_nobody_holds_a_listing_by_hand(world: World) -> None:
    public = world.get(Listing, "public")
    for who in ("delegate", "secretary", "admin"):
        assert not can(standing_of(world.actor(who)), "listing.hold", public)


@pytest.mark.parametrize("who", ["maker", "quiet"])
def test_a_suspended_member_can_still_leave_or_be_expelled(who: str, world: World) -> None:
    member, keeper = membership(world, who), world.actor("secretary")
    operations.suspend_membership(member, by=keeper, note="未缴会费。")
    if who == "maker":
        operations.withdraw_membership(member, by=world.actor("manager"))
    else:
        operations.expel_membership(member, by=keeper, basis="决议第3号", note="未缴会费。")
    assert member.is_ended and member.ended_at is not None


def test_the_manager_leaves_by_themselves_the_secretary_names_a_letter(world: World) -> None:
    keeper = world.actor("secretary")
    with pytest.raises(Refused) as refused:
        operations.withdraw_membership(membership(world, "supplier"), by=keeper, note="退会。")
    assert refused.value.field == "basis"
    operations.withdraw_membership(membership(world, "supplier"), by=keeper, basis="来函第1号")
    assert membership(world, "supplier").basis == "来函第1号"
    with pytest.raises(Denied):
        operations.withdraw_membership(membership(world, "maker"), by=world.actor("delegate"))
    operations.withdraw_membership(membership(world, "maker"), by=world.actor("manager"))


@pytest.mark.parametrize(
    ("basis", "note", "field"),
    [("", "信息不实。", "basis"), ("决议第3号", " ", "note"), ("长" * 201, "不实。", "basis")],
)
def test_an_expulsion_names_resolution_and_reason(
    basis: str, note: str, field: str, world: World
) -> None:
    with pytest.raises(Refused) as refused:
        operations.expel_membership(
            membership(world, "quiet"), by=world.actor("secretary"), basis=basis, note=note
        )
    assert refused.value.field == field
    assert membership(world, "quiet").is_active


def test_the_timeline_keeps_the_basis_of_every_decision(world: World) -> None:
    by, keeper = newcomer(), world.actor("secretary")
    made = under_review(world, by)
    applying.approve_application(made, by=keeper, basis="决议第1号")
    operations.expel_membership(made, by=keeper, basis="决议第2号", note="信息不实。")
    notes = [
        (detail or {}).get("note") for _line, detail in journal.lines_about("membership", made.id)
    ]
    assert "决议第1号" in notes and "决议第2号 · 信息不实。" in notes
    assert made.basis == "决议第2号"


@both_engines
@pytest.mark.parametrize("end", ["suspend", "expel"])
def test_another_member_acts_where_the_one_in_the_chair_is_no_member(
    end: str, world: World
) -> None:
    hydrogen, keeper = alliance(world), world.actor("secretary")
    seat_by_hand(world)
    chair = chair_of(hydrogen.id)
    assert chair is not None and chair.current is not None and chair.following is not None
    assert hydrogen.id in standing_of(world.actor("chair"))[Role.CHAIR]
    sitting = membership(world, "chairer")
    if end == "suspend":
        operations.suspend_membership(sitting, by=keeper, note="未缴会费。")
    else:
        operations.expel_membership(sitting, by=keeper, basis="决议", note="不实。")
    chair = chair_of(hydrogen.id)
    assert chair is not None and chair.current is not None and chair.current.is_acting
    assert chair.current.organisation_id != sitting.organisation_id
    assert chair.following is not None and chair.until is not None
    assert hydrogen.id not in standing_of(world.actor("chair"))[Role.CHAIR]
    operations.withdraw_membership(membership(world, "maker"), by=keeper, basis="来函")
    chair = chair_of(hydrogen.id)
    assert chair is not None and chair.following is None


def test_who_left_the_organisation_in_the_chair_chairs_no_more(world: World) -> None:
    found = db.session.scalars(
        select(Appointment).where(Appointment.person_id == world.person["chair"])
    ).one()
    assert standing_of(world.actor("chair"))[Role.CHAIR]
    end_appointment(found, by=SYSTEM)
    assert not standing_of(world.actor("chair"))[Role.CHAIR]
    assert db.session.get(Person, world.person["chair"]) is not None


def test_a_second_load_leaves_the_secretariats_words(world: World) -> None:
    body, keeper = alliance(world), world.actor("secretary")
    content = operations.AllianceContent("新的简介", "New", "章程", "电话", True)
    operations.edit_alliance(body, content, by=keeper)
    load_starter("beijing-tianjin-hebei")
    body = alliance(world)
    assert (body.summary, body.contact, body.council_admits) == ("新的简介", "电话", True)
    before = [
        (detail or {}).get("before", {}).get("council_admits")
        for line, detail in journal.lines_about("alliance", body.id)
        if line.verb == "alliance.edit"
    ]
    assert before == [False]


def test_basis_and_reason_have_limits_of_their_own(world: World) -> None:
    member, keeper = membership(world, "maker"), world.actor("secretary")
    basis, why = "决" * 200, "因" * 1000
    for too_long, field in (
        ({"basis": basis + "决", "note": why}, "basis"),
        ({"basis": basis, "note": why + "因"}, "note"),
    ):
        with pytest.raises(Refused) as refused:
            operations.expel_membership(member, by=keeper, **too_long)
        assert refused.value.field == field
    operations.expel_membership(member, by=keeper, basis=basis, note=why)
    _line, detail = journal.lines_about("membership", member.id)[-1]
    assert detail == {"note": f"{basis} · {why}"}


def test_a_second_load_leaves_the_kind_of_a_body(world: World) -> None:
    body, keeper = alliance(world), world.actor("secretary")
    content = operations.AllianceContent(
        "新", "New", None, "电话", False, kind=AllianceKind.WORKING_GROUP
    )
    operations.edit_alliance(body, content, by=keeper)
    load_starter("beijing-tianjin-hebei")
    assert alliance(world).kind is AllianceKind.WORKING_GROUP
    line, detail = journal.lines_about("alliance", body.id)[-2]
    assert (line.verb, (detail or {})["before"]["kind"]) == ("alliance.edit", "alliance")
