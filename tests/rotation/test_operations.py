"""Turns as people move them: planned, confirmed, deferred, exchanged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import clock, links
from portal.access import require, standing_of
from portal.accounts.models import Organisation
from portal.actors import SYSTEM, Actor, person
from portal.alliances.models import Alliance, Tier
from portal.alliances.operations import (
    admit_organisation,
)
from portal.alliances.queries import chair_of
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.outbox import OutboxMessage
from portal.roles import Role
from portal.rotation import (
    asking,
    chartering,
    deferring,
    operations,
    swapping,
)
from portal.rotation.cases import Order, Span
from portal.rotation.history import charter_of, load
from portal.rotation.ledger import case_for
from portal.rotation.models import Blackout, Charter, Swap, Turn
from portal.rotation.workflow import SwapState, TurnState
from tests.conftest import both_engines
from tests.rotation.make import DAY, hydrogen, plan_anew, planned, steps, turn, who
from tests.world import World

pytestmark = [pytest.mark.usefixtures("context"), both_engines]


class TestCharter:
    def test_a_new_version_leaves_the_old_one_and_the_plan_as_they_are(self, world: World) -> None:
        before = [(each.id, each.starts_on) for each in planned(world)]
        old = charter_of(world.alliance["hydrogen"])
        assert old is not None
        content = chartering.CharterContent(36, Order.ALPHABETICAL)
        made = chartering.enact_charter(
            hydrogen(world), content, basis="决议第9号", by=world.actor("secretary")
        )
        assert made.number == old.number + 1
        assert charter_of(world.alliance["hydrogen"]) == made
        assert db.session.get_one(Charter, old.id).term_months == 2
        assert [(each.id, each.starts_on) for each in planned(world)] == before

    @pytest.mark.parametrize(("months", "basis"), [(0, "决议"), (37, "决议"), (12, " ")])
    def test_a_term_has_a_month_to_three_years_and_a_version_its_basis(
        self, world: World, months: int, basis: str
    ) -> None:
        content = chartering.CharterContent(months, Order.MANUAL)
        with pytest.raises(Refused):
            chartering.enact_charter(
                hydrogen(world), content, basis=basis, by=world.actor("secretary")
            )

    def test_nobody_but_the_secretary_enters_one(self, world: World) -> None:
        content = chartering.CharterContent(12, Order.MANUAL)
        for name in ("chair", "manager", "other_secretary", "admin", "anonymous"):
            with pytest.raises(Denied):
                chartering.enact_charter(
                    hydrogen(world), content, basis="决议", by=world.actor(name)
                )


class TestPlan:
    def test_what_is_the_same_stays_the_same_record_and_the_rest_is_replaced(
        self, world: World
    ) -> None:
        near, later, last = (turn(world, name) for name in ("near", "later", "last"))
        plan_anew(world, "supplier", "maker", "quiet")
        assert near.state is TurnState.PLANNED
        assert (later.state, last.state) == (TurnState.REPLACED, TurnState.REPLACED)
        assert who(world, planned(world)) == ["supplier", "maker", "quiet"]

    def test_a_confirmed_term_is_never_planned_away(self, world: World) -> None:
        operations.confirm_turn(turn(world, "near"), by=world.actor("supplier"))
        with pytest.raises(Refused):
            plan_anew(world, "quiet", "maker")
        assert turn(world, "near").state is TurnState.CONFIRMED

    def test_the_past_and_the_present_day_are_not_planned(self, world: World) -> None:
        for ahead in (0, -1, -400):
            with pytest.raises(Refused):
                plan_anew(world, "quiet", ahead=ahead)

    def test_who_may_not_chair_by_the_rules_is_not_planned(self, world: World) -> None:
        with pytest.raises(Refused):
            plan_anew(world, "medic")


class TestConfirming:
    def test_the_succession_holds_it_from_its_first_day_in_shanghai(self, world: World) -> None:
        near = turn(world, "near")
        operations.confirm_turn(near, by=world.actor("supplier"))
        step = near.chair_term
        assert step is not None
        assert step.from_at == clock.start_of(near.starts_on)
        with clock.standing_still(step.from_at - timedelta(microseconds=1)):
            assert Role.CHAIR not in standing_of(world.actor("supplier")).roles
            assert Role.CHAIR in standing_of(world.actor("chair")).roles
        with clock.standing_still(step.from_at):
            assert Role.CHAIR in standing_of(world.actor("supplier")).roles
            assert Role.CHAIR not in standing_of(world.actor("chair")).roles

    def test_before_the_thirty_days_and_after_the_last_day_it_is_refused(
        self, world: World
    ) -> None:
        near, supplier = turn(world, "near"), world.actor("supplier")
        early = clock.start_of(near.starts_on - 31 * DAY)
        for at in (early, clock.start_of(near.ends_on)):
            with clock.standing_still(at), pytest.raises(Refused):
                operations.confirm_turn(near, by=supplier)
        with clock.standing_still(clock.start_of(near.starts_on - 30 * DAY)):
            operations.confirm_turn(near, by=supplier)

    def test_late_it_begins_with_the_confirmation_and_nothing_is_rewritten(
        self, world: World
    ) -> None:
        near = turn(world, "near")
        at = clock.start_of(near.starts_on) + timedelta(days=3, hours=5)
        before = [(each.id, each.from_at) for each in steps(world) if each.from_at <= at]
        with clock.standing_still(at):
            operations.confirm_turn(near, by=world.actor("supplier"))
        assert near.chair_term is not None
        assert near.chair_term.from_at == at
        assert [(each.id, each.from_at) for each in steps(world)][: len(before)] == before

    def test_only_somebody_of_the_member_sits_in_it(self, world: World) -> None:
        with pytest.raises(Refused):
            operations.confirm_turn(
                turn(world, "near"), person_id=world.person["chair"], by=world.actor("supplier")
            )
        with pytest.raises(Denied):
            operations.confirm_turn(turn(world, "near"), by=world.actor("secretary"))

    def test_the_band_says_who_is_next_by_the_plan_though_nobody_confirmed(
        self, world: World
    ) -> None:
        with clock.standing_still(clock.now()):
            shown = chair_of(world.alliance["hydrogen"])
        assert shown is not None
        assert shown.next_organisation is not None
        assert shown.next_organisation.id == world.organisation["maker"], "the step of the world"

    def test_the_message_is_sent_once_and_its_link_confirms_without_signing_in(
        self, world: World
    ) -> None:
        link = links.find(asking.CONFIRM, world.token["turn"])
        assert link is not None
        assert link.person_id == world.person["supplier"]
        count = db.session.scalar(select(func.count()).select_from(OutboxMessage))
        assert asking.ask_for_confirmations(by=SYSTEM) == 0
        assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == count
        by = person(world.person["supplier"], world.organisation["supplier"])
        asking.confirm_by_link(link, by=by)
        assert turn(world, "near").state is TurnState.CONFIRMED
        with pytest.raises(Refused):
            asking.confirm_by_link(link, by=by)


class TestDeferring:
    def test_the_next_in_line_moves_up_and_the_deferrer_follows_at_the_end(
        self, world: World
    ) -> None:
        near = turn(world, "near")
        operations.confirm_turn(near, by=world.actor("supplier"))
        step_id = near.chair_term_id
        deferring.defer_turn(near, by=world.actor("supplier"), note="搬迁厂区。")
        assert near.state is TurnState.DEFERRED
        assert who(world, planned(world)) == ["quiet", "maker", "supplier"]
        assert step_id not in {each.id for each in steps(world)}, "its step went with it"
        moved = planned(world)[0]
        assert moved.instead_of_id == near.id
        assert moved.starts_on == near.starts_on

    def test_a_reason_is_needed_and_a_term_that_began_is_not_deferred(self, world: World) -> None:
        near, supplier = turn(world, "near"), world.actor("supplier")
        with pytest.raises(Refused):
            deferring.defer_turn(near, by=supplier)
        with clock.standing_still(clock.start_of(near.starts_on)), pytest.raises(Refused):
            deferring.defer_turn(near, by=supplier, note="太迟了。")
        assert near.state is TurnState.PLANNED

    def test_where_nobody_else_can_the_sentence_says_why(self, world: World) -> None:
        near = turn(world, "near")
        for name in ("quiet", "maker", "chairer"):
            _keep_away(world, name, near)
        with pytest.raises(Refused) as refused:
            deferring.defer_turn(near, by=world.actor("supplier"), note="搬迁。")
        assert "第1期" in str(refused.value.sentence)
        assert near.state is TurnState.PLANNED


def _keep_away(world: World, name: str, turn: Turn) -> Blackout:
    member = db.session.get_one(Organisation, world.organisation[name])
    return chartering.add_blackout(
        hydrogen(world),
        member,
        days=(turn.starts_on, turn.last_day),
        by=world.actor("secretary"),
    )


class TestExchange:
    def asked(self, world: World) -> Swap:
        return db.session.get_one(Swap, world.swap["asked"])

    def test_both_agree_the_council_approves_and_only_the_two_terms_move(
        self, world: World
    ) -> None:
        swap, later = self.asked(world), turn(world, "later")
        swapping.agree_to_swap(swap, by=world.actor("manager"))
        with pytest.raises(Refused):
            swapping.approve_swap(swap, by=world.actor("secretary"), note=" ")
        swapping.approve_swap(swap, by=world.actor("secretary"), note="决议第12号")
        assert swap.state is SwapState.APPROVED
        assert who(world, planned(world)) == ["maker", "quiet", "supplier"]
        assert planned(world)[1].id == later.id
        assert turn(world, "near").state is TurnState.SWAPPED
        assert planned(world)[0].basis == "决议第12号"

    def test_a_term_is_part_of_one_open_exchange_alone(self, world: World) -> None:
        for mine, other in (("near", "later"), ("later", "near")):
            by = world.actor("supplier") if mine == "near" else _loser(world)
            with pytest.raises(Refused):
                swapping.ask_swap(turn(world, mine), turn(world, other), reason="换", by=by)

    def test_without_both_or_once_a_term_began_nothing_is_approved(self, world: World) -> None:
        swap, keeper = self.asked(world), world.actor("secretary")
        with pytest.raises(Refused):
            swapping.approve_swap(swap, by=keeper, note="决议第12号")
        swapping.agree_to_swap(swap, by=world.actor("delegate"))
        with (
            clock.standing_still(clock.start_of(turn(world, "near").starts_on)),
            pytest.raises(Refused),
        ):
            swapping.approve_swap(swap, by=keeper, note="决议第12号")
        assert turn(world, "near").state is TurnState.PLANNED

    def test_a_term_that_went_to_somebody_else_is_not_exchanged(self, world: World) -> None:
        swap = self.asked(world)
        swapping.agree_to_swap(swap, by=world.actor("delegate"))
        deferring.defer_turn(turn(world, "near"), by=world.actor("supplier"), note="搬迁。")
        assert swap.state is SwapState.WITHDRAWN, "what waited about it has ended"
        with pytest.raises(Refused):
            swapping.approve_swap(swap, by=world.actor("secretary"), note="决议第12号")


def _loser(world: World) -> Actor:
    return person(world.person["loser"], world.organisation["quiet"])


class TestAtOnce:
    def test_an_organisation_chairs_no_more_alliances_than_the_rules_allow(
        self, world: World
    ) -> None:
        from_charter = chartering.CharterContent(2, Order.MANUAL, max_at_once=1)
        keeper, supplier = world.actor("secretary"), world.actor("supplier")
        chartering.enact_charter(hydrogen(world), from_charter, basis="决议", by=keeper)
        near = turn(world, "near")
        elsewhere = _plan_elsewhere(world, near)
        drafting = charter_of(world.alliance["hydrogen"])
        assert drafting is not None
        case = case_for(load(drafting), [Span(near.starts_on, near.ends_on)])
        away = {each.id: each.blackouts for each in case.members}
        assert away[str(near.organisation_id)], "what is planned elsewhere is planned around"
        operations.confirm_turn(elsewhere, by=supplier)
        with pytest.raises(Refused):
            operations.confirm_turn(near, by=supplier)


def _plan_elsewhere(world: World, near: Turn) -> Turn:
    """Let supplier be planned in biomedicine for the same days, by its secretary."""
    alliance = db.session.get_one(Alliance, world.alliance["biomedicine"])
    keeper = world.actor("other_secretary")
    member = db.session.get_one(Organisation, world.organisation["supplier"])
    admit_organisation(alliance, member, Tier.MEMBER, by=SYSTEM)
    rules = chartering.CharterContent(2, Order.MANUAL)
    chartering.enact_charter(alliance, rules, basis="决议", by=keeper)
    row = operations.Planned(Span(near.starts_on, near.ends_on), member.id)
    (made,) = operations.adopt_plan(alliance, [row], basis="决议", by=keeper)
    return made


def test_the_database_itself_refuses_a_second_live_turn_on_a_first_day(world: World) -> None:
    near = turn(world, "near")
    double = Turn(
        alliance_id=near.alliance_id,
        organisation_id=world.organisation["quiet"],
        starts_on=near.starts_on,
        ends_on=near.ends_on,
        state=TurnState.PLANNED,
        created_at=datetime.now(UTC),
    )

    @operation
    def insert() -> None:
        require(SYSTEM, "turn.keep")
        db.session.add(double)

    with pytest.raises(IntegrityError):
        insert()
