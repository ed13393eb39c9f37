"""Terms that end before their last day, hand-over, and who acts meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock, links
from portal.access import can, standing_of
from portal.accounts.models import Organisation, Person
from portal.accounts.operations import create_person, grant_appointment
from portal.actors import SYSTEM, person
from portal.alliances.models import Membership
from portal.alliances.operations import (
    appoint_chair,
    expel_membership,
    resume_membership,
    suspend_membership,
    withdraw_membership,
)
from portal.alliances.queries import chair_of
from portal.database import db
from portal.errors import Denied, Refused
from portal.outbox import OutboxMessage
from portal.roles import Role
from portal.rotation import (
    asking,
    handing_over,
    operations,
    vacancies,
)
from portal.rotation.models import Point, Turn
from portal.rotation.workflow import HandoverState, TurnState
from tests.conftest import both_engines
from tests.rotation.make import DAY, hydrogen, planned, turn, who
from tests.world import World

pytestmark = [pytest.mark.usefixtures("context"), both_engines]


class TestVacancy:
    def test_the_incoming_acts_at_this_instant_and_a_short_rest_does_not_count(
        self, world: World
    ) -> None:
        running = turn(world, "running")
        at = clock.now()
        with clock.standing_still(at):
            vacancies.vacate_turn(running, by=world.actor("secretary"), note="另有任用。")
            assert Role.CHAIR in standing_of(world.actor("supplier")).roles
            assert Role.CHAIR not in standing_of(world.actor("chair")).roles
        acting = db.session.scalars(select(Turn).where(Turn.state == TurnState.ACTING)).one()
        assert acting.organisation_id == world.organisation["supplier"], "it is next by the plan"
        assert acting.chair_term is not None
        assert (acting.chair_term.from_at, acting.chair_term.is_acting) == (at, True)
        assert not acting.is_counted, "twenty days are less than half of four months"
        assert running.is_counted, "a hundred days are more"

    def test_a_rest_of_half_or_more_counts_and_a_short_service_does_not(self, world: World) -> None:
        near = turn(world, "near")
        operations.confirm_turn(near, by=world.actor("supplier"))
        with clock.standing_still(clock.start_of(near.starts_on + 10 * DAY)):
            vacancies.vacate_turn(near, by=world.actor("secretary"), note="调任。")
            acting = db.session.scalars(select(Turn).where(Turn.state == TurnState.ACTING)).one()
            assert (near.is_counted, acting.is_counted) == (False, True)
            assert (acting.starts_on, acting.ends_on) == (clock.today(), near.ends_on)

    def test_whom_the_secretary_entered_by_hand_is_not_unseated(self, world: World) -> None:
        quiet = db.session.get_one(Organisation, world.organisation["quiet"])
        loser = db.session.get_one(Person, world.person["loser"])
        keeper, running = world.actor("secretary"), turn(world, "running")
        appoint_chair(hydrogen(world), quiet, loser, from_at=clock.now(), by=keeper)
        with pytest.raises(Refused):
            vacancies.vacate_turn(running, by=keeper, note="调任。")
        chairing = db.session.get_one(Membership, world.membership["chairer"])
        suspend_membership(chairing, by=keeper, note="未缴会费。")
        assert running.state is TurnState.CONFIRMED
        holder = chair_of(world.alliance["hydrogen"])
        assert holder is not None
        assert holder.term.organisation_id == quiet.id

    def test_nobody_but_the_secretariat_ends_a_term_early(self, world: World) -> None:
        for name in ("chair", "supplier", "expert", "other_secretary"):
            with pytest.raises(Denied):
                vacancies.vacate_turn(turn(world, "running"), by=world.actor(name), note="无权。")

    def test_a_member_that_leaves_is_followed_at_once_and_its_terms_to_come_move(
        self, world: World
    ) -> None:
        membership = db.session.get_one(Membership, world.membership["supplier"])
        withdraw_membership(membership, by=world.actor("secretary"), basis="来函第1号")
        assert turn(world, "near").state is TurnState.REPLACED
        assert "supplier" not in who(world, planned(world))
        assert planned(world)[0].starts_on == turn(world, "near").starts_on
        chairing = db.session.get_one(Membership, world.membership["chairer"])
        suspend_membership(chairing, by=world.actor("secretary"), note="未缴会费。")
        assert turn(world, "running").state is TurnState.VACATED
        holder = chair_of(world.alliance["hydrogen"])
        assert holder is not None
        assert holder.current is not None
        assert holder.current.is_acting

    def test_a_term_handed_over_early_ends_with_the_membership(self, world: World) -> None:
        keeper, running = world.actor("secretary"), turn(world, "running")
        handover = handing_over.begin_handover(running, by=world.actor("chair"))
        handing_over.close_handover(handover, by=keeper, note="提前交接。")
        chairing = db.session.get_one(Membership, world.membership["chairer"])
        expel_membership(chairing, by=keeper, note="违反章程。", basis="决议第5号")
        assert running.state is TurnState.VACATED
        assert Role.CHAIR not in standing_of(world.actor("chair")).roles
        assert Role.CHAIR in standing_of(world.actor("supplier")).roles

    def test_accepted_early_and_then_expelled_the_incoming_never_sits(self, world: World) -> None:
        keeper, supplier = world.actor("secretary"), world.actor("supplier")
        running, near = turn(world, "running"), turn(world, "near")
        operations.confirm_turn(near, by=supplier)
        handover = handing_over.begin_handover(running, by=world.actor("chair"))
        said = handing_over.HandoverContent(tuple(Point))
        handing_over.write_handover(handover, said, by=world.actor("chair"))
        handing_over.sign_handover(handover, by=world.actor("chair"))
        handing_over.accept_handover(handover, by=supplier)
        assert running.state is TurnState.HANDED_OVER
        leaving = db.session.get_one(Membership, world.membership["supplier"])
        expel_membership(leaving, by=keeper, note="违反章程。", basis="决议第6号")
        assert near.state is TurnState.REPLACED
        for at in (clock.now(), clock.start_of(near.starts_on), clock.start_of(near.ends_on)):
            with clock.standing_still(at):
                assert Role.CHAIR in standing_of(world.actor("chair")).roles
                assert Role.CHAIR not in standing_of(supplier).roles
        vacancies.vacate_turn(running, by=keeper, note="调任。")
        holder = chair_of(world.alliance["hydrogen"])
        assert holder is not None
        assert holder.term.is_acting
        assert holder.term.organisation_id != near.organisation_id

    def test_where_nobody_can_act_the_chair_stands_empty(self, world: World) -> None:
        keeper, running = world.actor("secretary"), turn(world, "running")
        chairing = db.session.get_one(Membership, world.membership["chairer"])
        others = select(Membership).where(
            Membership.alliance_id == world.alliance["hydrogen"],
            Membership.is_active,
            Membership.id != chairing.id,
        )
        for each in list(db.session.scalars(others)):
            suspend_membership(each, by=keeper, note="未缴会费。")
        suspend_membership(chairing, by=keeper, note="未缴会费。")
        assert (running.state, chairing.is_active) == (TurnState.VACATED, False)
        assert running.chair_term is not None
        assert running.chair_term.vacated_at is not None
        quiet = db.session.get_one(Organisation, world.organisation["quiet"])
        loser = db.session.get_one(Person, world.person["loser"])
        again = db.session.get_one(Membership, world.membership["quiet"])
        resume_membership(again, by=keeper)
        appoint_chair(hydrogen(world), quiet, loser, from_at=clock.now(), by=keeper)
        holder = chair_of(world.alliance["hydrogen"])
        assert holder is not None
        assert holder.holder == loser


class TestHandover:
    def test_signed_and_accepted_the_turn_is_handed_over(self, world: World) -> None:
        chair, supplier = world.actor("chair"), world.actor("supplier")
        handover = handing_over.begin_handover(turn(world, "running"), by=chair)
        assert handover.id == world.handover["begun"], "a second time it is the same"
        with pytest.raises(Refused):
            handing_over.sign_handover(handover, by=chair)
        said = handing_over.HandoverContent(tuple(Point), open_actions="催报。")
        handing_over.write_handover(handover, said, by=chair)
        with pytest.raises(Denied):
            handing_over.accept_handover(handover, by=chair)
        handing_over.sign_handover(handover, by=chair)
        with pytest.raises(Refused):
            handing_over.write_handover(handover, said, by=chair)
        handing_over.return_handover(handover, by=supplier, note="缺联系人。")
        assert handover.signed_at is None
        handing_over.sign_handover(handover, by=chair)
        handing_over.accept_handover(handover, by=supplier)
        assert handover.state is HandoverState.ACCEPTED
        assert turn(world, "running").state is TurnState.HANDED_OVER

    def test_the_secretariat_closes_it_only_with_a_reason(self, world: World) -> None:
        handover = handing_over.begin_handover(turn(world, "running"), by=world.actor("chair"))
        keeper = world.actor("secretary")
        with pytest.raises(Refused):
            handing_over.close_handover(handover, by=keeper)
        handing_over.close_handover(handover, by=keeper, note="负责人离职。")
        assert handover.state is HandoverState.CLOSED
        assert turn(world, "running").state is TurnState.HANDED_OVER


class TestPowers:
    def test_a_former_chair_whom_the_clock_overtakes_between_door_and_act_is_refused(
        self, world: World
    ) -> None:
        """The door stood open; the operation takes its own instant, and the term is over."""
        running, chair = turn(world, "running"), world.actor("chair")
        operations.confirm_turn(turn(world, "near"), by=world.actor("supplier"))
        ends = clock.start_of(turn(world, "near").starts_on)
        with clock.standing_still(ends - timedelta(seconds=1)):
            assert can(standing_of(chair), "turn.chair", running), "the door was open"
        with clock.standing_still(ends), pytest.raises(Denied):
            asking.approve_programme(running, by=chair)
        assert running.programme_approved_at is None
        asking.approve_programme(running, by=chair)
        assert running.programme_approved_at is not None

    def test_by_link_the_chair_is_judged_at_the_same_instant(self, world: World) -> None:
        link = links.find(asking.PROGRAMME, world.token["programme"])
        assert link is not None
        operations.confirm_turn(turn(world, "near"), by=world.actor("supplier"))
        with (
            clock.standing_still(clock.start_of(turn(world, "near").starts_on)),
            pytest.raises(Denied),
        ):
            asking.approve_programme_by_link(link, by=world.actor("chair"))
        assert link.used_at is None

    def test_a_colleague_drafts_and_the_named_chair_gets_the_link(self, world: World) -> None:
        colleague = _colleague(world)
        asking.draft_programme(
            turn(world, "running"),
            "一、走访。",
            by=person(colleague.id, world.organisation["chairer"]),
        )
        newest = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert newest is not None
        assert "turns/programme/" in newest.body
        assert turn(world, "running").programme_approved_at is None
        with pytest.raises(Denied):
            asking.approve_programme(
                turn(world, "running"), by=person(colleague.id, world.organisation["chairer"])
            )


def _colleague(world: World) -> Person:
    made = create_person(name="测试同事", email="colleague@test.example", by=SYSTEM)
    grant_appointment(made, Role.DELEGATE, scope_id=world.organisation["chairer"], by=SYSTEM)
    return made
