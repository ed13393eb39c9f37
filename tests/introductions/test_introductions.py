"""Two listings are introduced when both owners agree, and neither sees more before that."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from runpy import run_path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.access import can, standing_of
from portal.accounts.models import Appointment
from portal.accounts.operations import end_appointment
from portal.actors import SYSTEM, person
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange import answering
from portal.exchange import operations as listings
from portal.exchange.models import Direction, Interest, Listing, ListingVisibility
from portal.exchange.workflow import InterestState
from portal.introductions import operations
from portal.introductions.models import Introduction
from portal.introductions.queries import counterparts
from portal.introductions.workflow import IntroductionState
from portal.matters.queries import matter_of
from portal.outbox import OutboxMessage
from portal.workflow import awaiting
from tests.client import Client
from tests.world import World, content

Visit = Callable[..., Client]
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
RELEASING = VERSIONS / "20261215_accepted_introductions_are_over.py"


def post(world: World, who: str, **changed: object) -> Listing:
    hydrogen = db.session.get_one(operations.Listing, world.listing["public"]).alliance
    made = listings.post_listing(hydrogen, content(**changed), by=world.actor(who), submit=True)
    listings.publish_listing(made, by=world.actor("secretary"))
    return made


@pytest.fixture
def pair(world: World, context: None) -> tuple[Listing, Listing]:
    """A demand of maker (Beijing) and a supply of supplier (Hebei), both public."""
    demand = post(world, "delegate", title="需缠绕产能")
    supply = post(world, "supplier", title="可供缠绕", direction=Direction.SUPPLY)
    return demand, supply


def propose(world: World, pair: tuple[Listing, Listing], who: str = "secretary") -> Introduction:
    return operations.propose_introduction(*pair, line="同在一环节。", by=world.actor(who))


def tokens() -> list[str]:
    bodies = db.session.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id)).all()
    return [
        found for body in bodies for found in re.findall(r"/introductions/answer/([\w-]+)", body)
    ]


Pair = tuple[Listing, Listing]


class TestBothAgree:
    @pytest.mark.parametrize("order", [("delegate", "supplier"), ("supplier", "delegate")])
    def test_an_accepted_answer_and_a_matter_arise(
        self, world: World, pair: Pair, order: tuple[str, str]
    ) -> None:
        introduction = propose(world, pair)
        operations.agree_to_introduction(introduction, by=world.actor(order[0]))
        assert introduction.interest_id is None
        operations.complete_introduction(introduction, by=world.actor(order[1]))
        assert introduction.state is IntroductionState.ACCEPTED
        interest = db.session.get_one(Interest, introduction.interest_id)
        assert interest.state is InterestState.ACCEPTED
        assert interest.listing_id == pair[0].id
        assert interest.organisation_id == world.organisation["supplier"]
        matter = matter_of(interest.id)
        assert matter is not None
        assert matter.partner_person_id == world.person["supplier"]

    def test_one_side_does_not_agree_for_both(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair)
        operations.agree_to_introduction(introduction, by=world.actor("delegate"))
        with pytest.raises(Denied):
            operations.complete_introduction(introduction, by=world.actor("manager"))
        with pytest.raises(Refused):
            operations.agree_to_introduction(introduction, by=world.actor("supplier"))

    def test_by_the_links_nobody_signs_in(self, world: World, pair: Pair, visit: Visit) -> None:
        introduction = propose(world, pair)
        demand_side, supply_side = tokens()[-2:]
        address = "/introductions/answer/"
        # The preview of a chat answers nothing.
        page = visit().get(address + demand_side).text
        assert "可供缠绕" in page and "同在一环节。" in page
        db.session.rollback()  # the pages wrote in sessions of their own
        assert introduction.state is IntroductionState.ASKED
        assert visit().post(address + demand_side, {}).status_code == 422
        assert visit().post(address + demand_side, {"answer": "agree"}).status_code == 302
        assert visit().post(address + demand_side, {"answer": "agree"}).status_code == 422
        assert visit().post(address + supply_side, {"answer": "agree"}).status_code == 302
        db.session.rollback()  # the pages wrote in sessions of their own
        assert introduction.state is IntroductionState.ACCEPTED

    def test_whoever_agreed_first_must_still_act_for_their_side(
        self, world: World, pair: Pair
    ) -> None:
        introduction = propose(world, pair)
        operations.agree_to_introduction(introduction, by=world.actor("supplier"))
        appointment = db.session.get_one(Appointment, world.appointment["supplier"])
        end_appointment(appointment, by=SYSTEM)
        with pytest.raises(Refused):
            operations.complete_introduction(introduction, by=world.actor("delegate"))
        assert introduction.state is IntroductionState.AGREED

    def test_an_agent_agrees_for_whom_they_stand_in(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair)
        manager = world.person["manager"]
        agent = person(world.person["expert"], world.organisation["maker"], manager)
        operations.agree_to_introduction(introduction, by=agent)
        operations.complete_introduction(introduction, by=world.actor("supplier"))
        assert introduction.state is IntroductionState.ACCEPTED
        # The pair is free for another one.
        assert introduction.released_at is not None

    def test_what_keeps_one_side_from_it_is_not_said(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair)
        operations.agree_to_introduction(introduction, by=world.actor("delegate"))
        answering.send_interest(pair[0], message="可供。", by=world.actor("supplier"))
        with pytest.raises(Refused, match="无法建立对接"):
            operations.complete_introduction(introduction, by=world.actor("supplier"))

    def test_a_listing_closed_meanwhile_ends_it(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair)
        operations.agree_to_introduction(introduction, by=world.actor("supplier"))
        listings.close_listing(pair[0], by=world.actor("delegate"))
        with pytest.raises(Refused):
            operations.complete_introduction(introduction, by=world.actor("delegate"))


class TestItEnds:
    def test_a_decline_is_told_to_the_other_side(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair)
        operations.decline_introduction(introduction, by=world.actor("supplier"), note="产能已满。")
        told = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert told is not None
        assert told.recipient == "delegate@test.example" and "产能已满。" in told.body
        # The pair is free again.
        assert propose(world, pair).id != introduction.id

    def test_a_decline_needs_its_reason(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair)
        with pytest.raises(Refused):
            operations.decline_introduction(introduction, by=world.actor("supplier"))

    def test_it_lapses_after_fourteen_days_and_makes_room(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair)
        later = clock.now() + operations.LIFETIME + timedelta(seconds=1)
        with clock.standing_still(later):
            assert introduction.is_lapsed
            with pytest.raises(Refused):
                operations.agree_to_introduction(introduction, by=world.actor("delegate"))
            assert propose(world, pair).id != introduction.id

    def test_one_accepted_long_ago_makes_room_too(self, world: World, pair: Pair) -> None:
        """Acceptance did not always let go of the pair: the migration does for those."""
        introduction = propose(world, pair)
        operations.agree_to_introduction(introduction, by=world.actor("delegate"))
        operations.complete_introduction(introduction, by=world.actor("supplier"))
        introduction_id, url = introduction.id, db.engine.url
        db.session.remove()
        held = text("SELECT released_at FROM introduction WHERE id = :id")
        as_it_was = text("UPDATE introduction SET released_at = NULL WHERE id = :id")
        engine = create_engine(url)
        with engine.begin() as connection:
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(as_it_was, {"id": introduction_id})
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
            connection.execute(as_it_was, {"id": introduction_id})
            assert connection.scalar(held, {"id": introduction_id}) is None
            connection.execute(text(run_path(str(RELEASING))["RELEASE"]))
            assert connection.scalar(held, {"id": introduction_id}) is not None
        engine.dispose()

    def test_only_who_proposed_it_withdraws_it(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair, "liaison")
        for who in ("secretary", "delegate", "supplier"):
            with pytest.raises(Denied):
                operations.withdraw_introduction(introduction, by=world.actor(who))
        operations.withdraw_introduction(introduction, by=world.actor("liaison"))
        with pytest.raises(Refused):
            operations.agree_to_introduction(introduction, by=world.actor("delegate"))


class TestWhoMayProposeWhat:
    def test_who_left_office_sees_and_withdraws_nothing(self, world: World, pair: Pair) -> None:
        introduction = propose(world, pair, "liaison")
        assert can(standing_of(world.actor("liaison")), "introduction.view", introduction)
        end_appointment(db.session.get_one(Appointment, world.appointment["liaison"]), by=SYSTEM)
        left = standing_of(world.actor("liaison"))
        assert not can(left, "introduction.view", introduction)
        assert not can(left, "introduction.withdraw", introduction)

    def test_one_is_open_for_a_pair(self, world: World, pair: Pair) -> None:
        propose(world, pair)
        with pytest.raises(Refused):
            propose(world, pair, "liaison")
        held = select(func.count(Introduction.id)).where(Introduction.demand_id == pair[0].id)
        assert db.session.scalar(held) == 1

    @pytest.mark.parametrize("who", ["delegate", "chair", "expert", "admin", "stranger"])
    def test_only_secretaries_and_liaisons_propose(
        self, world: World, pair: Pair, who: str
    ) -> None:
        with pytest.raises(Denied):
            propose(world, pair, who)

    def test_a_secretary_of_elsewhere_is_not_concerned(self, world: World, pair: Pair) -> None:
        with pytest.raises(Refused, match="联盟或地区"):
            propose(world, pair, "other_secretary")

    def test_a_liaison_proposes_for_the_own_region_alone(self, world: World, pair: Pair) -> None:
        demand, supply = pair
        foreign = db.session.get_one(Listing, world.listing["foreign"])  # of Beijing, as maker is
        with pytest.raises(Refused, match="联盟或地区"):
            propose(world, (demand, foreign), "liaison")
        assert propose(world, (demand, supply), "liaison").alliance_id == demand.alliance_id

    def test_what_one_may_not_see_one_does_not_propose(self, world: World, pair: Pair) -> None:
        hidden = post(world, "delegate", visibility=ListingVisibility.MEMBERS)
        with pytest.raises(Denied):
            propose(world, (hidden, pair[1]), "liaison")

    def test_no_side_is_shown_what_it_may_not_see(self, world: World, pair: Pair) -> None:
        named = post(
            world,
            "delegate",
            visibility=ListingVisibility.CONFIDENTIAL,
            named_ids=[world.organisation["chairer"]],
        )
        with pytest.raises(Refused, match="无权查看"):
            propose(world, (named, pair[1]))

    def test_two_of_a_kind_or_of_one_organisation_are_no_pair(
        self, world: World, pair: Pair
    ) -> None:
        demand, supply = pair
        mine = post(world, "delegate", direction=Direction.SUPPLY)
        for wrong in ((supply, demand), (demand, demand), (demand, mine)):
            with pytest.raises(Refused):
                propose(world, wrong)

    def test_who_is_in_contact_already_is_not_introduced(self, world: World, pair: Pair) -> None:
        answering.send_interest(pair[0], message="可供。", by=world.actor("supplier"))
        with pytest.raises(Refused, match="已就此"):
            propose(world, pair)

    def test_nobody_but_the_sides_and_the_officers_sees_it(
        self, world: World, pair: Pair, visit: Visit
    ) -> None:
        address = f"/introductions/{propose(world, pair).id}"
        for who, status in (
            ("delegate", 200),
            ("supplier", 200),
            ("secretary", 200),
            ("liaison", 404),
            ("chair", 404),
            ("outsider", 404),
            ("admin", 404),
        ):
            assert visit(who).get(address).status_code == status, who


def test_it_waits_for_the_side_that_is_to_answer(world: World, pair: Pair) -> None:
    introduction = propose(world, pair)

    def waits_for(who: str) -> bool:
        waits = awaiting(standing_of(world.actor(who)), Introduction)
        found = select(Introduction.id).where(waits)
        return introduction.id in set(db.session.scalars(found))

    assert waits_for("delegate") and waits_for("supplier") and not waits_for("secretary")
    operations.agree_to_introduction(introduction, by=world.actor("delegate"))
    assert waits_for("supplier") and not waits_for("delegate")


def test_counterparts_are_of_the_other_direction_and_of_others(world: World, pair: Pair) -> None:
    found = counterparts(standing_of(world.actor("secretary")), pair[0])
    assert pair[1].id in {each.id for each in found}
    assert world.listing["public"] not in {each.id for each in found}
    assert [each.id for each in counterparts(
        standing_of(world.actor("secretary")), pair[0], "可供缠"
    )] == [pair[1].id]  # fmt: skip


def test_proposed_in_the_browser(world: World, pair: Pair, visit: Visit) -> None:
    keeper, here = visit("liaison"), f"/listings/{pair[0].id}/introduce"
    assert here in keeper.get(f"/listings/{pair[0].id}").text
    assert keeper.post(here, {"other_id": pair[1].id}).status_code == 422
    sent = {"other_id": pair[1].id, "line": "同在一环节。", "key": "one"}
    first, again = keeper.post(here, sent), keeper.post(here, sent)
    assert first.status_code == again.status_code == 302
    assert first.location == again.location
    assert "1条撮合待答复" in visit("supplier").get("/desk").text
    assert "同在一环节。" in visit("supplier").get("/introductions").text
    moved = visit("supplier").post(f"{first.location}/moves/agree")
    assert moved.status_code == 302
    assert "等待对方" in visit("supplier").get(first.location).text


def test_somebody_elses_link_does_not_answer(world: World, pair: Pair) -> None:
    propose(world, pair)
    link = operations.links.find(operations.DEMAND_SIDE, tokens()[-2])
    assert link is not None
    with pytest.raises((Refused, Denied)):
        operations.answer_by_link(
            link,
            by=person(world.person["supplier"], world.organisation["supplier"]),
            agrees=True,
        )


def test_what_was_taken_back_and_rewritten_is_not_shown(
    world: World, pair: Pair, visit: Visit
) -> None:
    introduction = propose(world, pair)
    link = f"/introductions/answer/{tokens()[-1]}"
    assert "需缠绕产能" in visit().get(link).text
    listings.recall_listing(pair[0], by=world.actor("delegate"))
    hidden = content(
        title="密级需求",
        specification="只给点名成员看。",
        visibility=ListingVisibility.CONFIDENTIAL,
        named_ids=[world.organisation["chairer"]],
    )
    listings.edit_listing(pair[0], hidden, by=world.actor("delegate"), submit=True)
    listings.publish_listing(pair[0], by=world.actor("secretary"))
    record = f"/introductions/{introduction.id}"
    for who, address in (
        (None, link),
        ("supplier", record),
        ("supplier", "/introductions"),
        ("supplier", "/messages"),
    ):
        page = (visit(who) if who else visit()).get(address)
        assert page.status_code == 200, address
        assert "密级需求" not in page.text and "点名成员" not in page.text, address
        assert "撤回" in page.text, address
    assert "密级需求" in visit("delegate").get(record).text
