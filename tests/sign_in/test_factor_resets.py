"""A lost second factor: two officers, never one, and never the person themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock, journal
from portal.access import standing_of
from portal.accounts.models import Agency, Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM, person
from portal.database import db
from portal.errors import Denied, Missing, Refused
from portal.operations import operation
from portal.outbox import Channel, OutboxMessage
from portal.roles import Role
from portal.sign_in import factor_resets
from portal.sign_in.factors import factors_of
from portal.sign_in.models import FactorReset, Session
from portal.sign_in.operations import start_session
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

Visit = Callable[..., Client]
LOSER = "loser@test.example"
MESSAGES = select(OutboxMessage).where(OutboxMessage.recipient == LOSER)


@pytest.fixture
def waiting(context: None, world: World) -> FactorReset:
    """What `admin` requested for somebody of quiet, a member of hydrogen, a day ago."""
    return db.session.get_one(FactorReset, world.factor_reset["waiting"])


def live_sessions(person_id: int) -> int:
    live = Session.person_id == person_id, Session.ended_at.is_(None)
    return db.session.scalars(select(func.count(Session.id)).where(*live)).one()


@both_engines
def test_a_second_officer_takes_everything_away_and_the_person_is_told(
    waiting: FactorReset, world: World
) -> None:
    loser = world.person["loser"]
    start_session(db.session.get_one(Person, loser), key="a thief has it", device="test")
    assert factors_of(loser).passkeys == 1
    assert live_sessions(loser) == 1
    factor_resets.confirm_reset(waiting, by=world.actor("secretary"))
    assert not factors_of(loser).has_second
    assert live_sessions(loser) == 0
    message = db.session.scalars(MESSAGES).one()
    assert (message.channel, message.recipient) == (Channel.MAIL, LOSER)
    assert "第二重验证" in message.subject
    lines = journal.lines_about("factor_reset", waiting.id)
    assert [(line.verb, line.person_id) for line, _detail in lines] == [
        ("factor_reset.request", world.person["admin"]),
        ("factor_reset.confirm", world.person["secretary"]),
    ]
    assert journal.verify().faults == ()


@both_engines
class TestTwoPersons:
    def test_whoever_requested_does_not_confirm(self, waiting: FactorReset, world: World) -> None:
        with pytest.raises(Denied):
            factor_resets.confirm_reset(waiting, by=world.actor("admin"))
        assert factors_of(world.person["loser"]).has_second

    def test_the_database_refuses_one_person_in_both_places(
        self, waiting: FactorReset, world: World
    ) -> None:
        for column in ("confirmed_by_id", "person_id"):

            @operation
            def force(column: str = column) -> None:
                db.session.execute(update(FactorReset).values({column: world.person["admin"]}))

            with pytest.raises(IntegrityError):
                force()

    def test_nobody_confirms_for_themselves(self, waiting: FactorReset, world: World) -> None:
        loser = db.session.get_one(Person, world.person["loser"])
        grant_appointment(loser, Role.ADMINISTRATOR, scope_id=0, by=SYSTEM)
        with pytest.raises(Refused):
            factor_resets.confirm_reset(waiting, by=person(loser.id))
        assert factors_of(loser.id).has_second

    def test_an_agent_of_an_officer_is_no_second_officer(
        self, waiting: FactorReset, world: World
    ) -> None:
        expert, secretary = world.person["expert"], world.person["secretary"]

        @operation
        def appoint() -> None:
            db.session.add(
                Agency(
                    agent_id=expert,
                    principal_id=secretary,
                    role=Role.SECRETARY,
                    scope_id=world.alliance["hydrogen"],
                    from_at=clock.now() - timedelta(days=1),
                    until_at=clock.now() + timedelta(days=1),
                )
            )

        appoint()
        agent = person(expert, None, secretary)
        assert standing_of(agent)[Role.SECRETARY]
        with pytest.raises(Refused, match="经办人"):
            factor_resets.confirm_reset(waiting, by=agent)

    def test_it_is_done_once(self, waiting: FactorReset, world: World) -> None:
        factor_resets.confirm_reset(waiting, by=world.actor("secretary"))
        with pytest.raises(Refused):
            factor_resets.confirm_reset(waiting, by=world.actor("secretary"))
        assert len(db.session.scalars(MESSAGES).all()) == 1

    def test_after_three_days_it_is_too_late(self, waiting: FactorReset, world: World) -> None:
        late = waiting.requested_at + factor_resets.LIFETIME
        with pytest.raises(Refused), clock.standing_still(late):
            factor_resets.confirm_reset(waiting, by=world.actor("secretary"))
        with clock.standing_still(late):
            assert not factor_resets.waiting_resets(standing_of(world.actor("secretary")))
        with clock.standing_still(late - timedelta(seconds=1)):
            factor_resets.confirm_reset(waiting, by=world.actor("secretary"))


class TestWho:
    def test_an_officer_over_others_is_told_that_there_is_no_such_request(
        self, waiting: FactorReset, world: World
    ) -> None:
        with pytest.raises(Missing):
            factor_resets.confirm_reset(waiting, by=world.actor("other_secretary"))
        assert not factor_resets.waiting_resets(standing_of(world.actor("other_secretary")))

    @pytest.mark.parametrize("who", ["secretary", "admin"])
    def test_officers_over_the_person_see_what_waits(
        self, waiting: FactorReset, world: World, who: str
    ) -> None:
        (seen,) = factor_resets.waiting_resets(standing_of(world.actor(who)))
        assert (seen.id, seen.account, seen.reason) == (waiting.id, LOSER, "手机丢失")

    @pytest.mark.parametrize("who", ["manager", "delegate", "chair", "liaison", "expert"])
    def test_nobody_else_requests(self, waiting: FactorReset, world: World, who: str) -> None:
        with pytest.raises(Denied):
            factor_resets.request_reset(LOSER, reason="x", by=world.actor(who))

    def test_people_of_other_alliances_and_unknown_ones_are_told_the_same(
        self, waiting: FactorReset, world: World
    ) -> None:
        sentences = set()
        for account in (LOSER, "nobody-xx@test.example", "admin@test.example"):
            with pytest.raises(Refused) as refused:
                factor_resets.request_reset(account, reason="x", by=world.actor("other_secretary"))
            sentences.add(str(refused.value.sentence))
        assert len(sentences) == 1

    @pytest.mark.parametrize(
        ("account", "sentence"),
        [
            (LOSER, "已有待确认的申请"),
            ("delegate@test.example", "没有第二重验证"),
            ("secretary@test.example", "另一位管理人员"),
        ],
    )
    def test_a_request_that_makes_no_sense_is_refused(
        self, waiting: FactorReset, world: World, account: str, sentence: str
    ) -> None:
        secretary = db.session.get_one(Person, world.person["secretary"])
        quiet = world.organisation["quiet"]
        grant_appointment(secretary, Role.DELEGATE, scope_id=quiet, by=SYSTEM)
        with pytest.raises(Refused, match=sentence):
            factor_resets.request_reset(account, reason="x", by=world.actor("secretary"))


def test_the_page_from_request_to_confirmation(app: Flask, visit: Visit, world: World) -> None:
    secretary, admin = visit("secretary"), visit("admin")
    page = secretary.soup("/factor-resets")
    (form,) = page.select("form[action$=confirm]")
    assert not admin.soup("/factor-resets").select("form[action$=confirm]")
    done = secretary.post(str(form["action"]))
    assert done.location == "/factor-resets"
    assert "没有待确认的申请" in secretary.get("/factor-resets").text
    again = {"account": LOSER, "reason": "又丢了"}
    answer = admin.post("/factor-resets", again)
    assert answer.status_code == 422
    assert "没有第二重验证" in answer.text
    assert "又丢了" in answer.text
