"""Closing an account, and taking a person out of the portal while the chain still verifies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import String, Text, cast, select
from sqlalchemy.types import JSON

from portal import clock, journal, outbox
from portal.access import require, standing_of
from portal.accounts import person_operations
from portal.accounts.models import Agency, Appointment, Consent, Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM, person
from portal.database import Base, db
from portal.errors import Denied, Refused
from portal.imports.task_fates import seal_of
from portal.imports.task_operations import begin_tasks, bring_tasks, judged, table_of
from portal.operations import operation
from portal.research.models import Project
from portal.roles import Role
from portal.sheets.reading import ReadSheet
from portal.sign_in import inviting
from portal.sign_in.models import Session
from portal.sign_in.operations import start_session
from portal.sign_in.queries import live_session
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

NAME, EMAIL, MOBILE = "欧阳测试者", "ouyang@test.example", "13912345678"
DEVICE = "Mozilla/5.0 (OuyangPhone)"


@operation
def write_to(who: Person) -> None:
    require(SYSTEM, "portal.load")
    outbox.send_mail(EMAIL, "Hello", f"Dear {NAME}", by=SYSTEM)


@pytest.fixture
def ouyang(world: World, context: None) -> Person:
    """The delegate, with a name found nowhere else, traces in every room, and an agent."""
    who = db.session.get_one(Person, world.person["delegate"])
    by = world.actor("delegate")
    person_operations.edit_profile(who, name=NAME, language="zh", is_large_type=True, by=by)
    person_operations.change_addresses(who, email=EMAIL, mobile=MOBILE, by=by)
    person_operations.give_consent(who, "2026-11-24", by=by)
    start_session(who, key="k", device=DEVICE, network="10.9.8.0/24", attempts_key="x")
    made = inviting.invite(
        Role.EXPERT, world.alliance["hydrogen"], name=NAME, email=EMAIL, mobile=MOBILE, by=SYSTEM
    )
    inviting.accept_invitation(made.invitation, by=person(who.id))
    write_to(who)
    rows = {1: ("任务", "责任人", "备注"), 2: ("张力试验", NAME, f"电话{MOBILE}"), 3: ("", NAME)}
    project = db.session.get_one(Project, world.project["active"])
    for is_begun in (False, True):
        made = bring_tasks(project, "计划.xlsx", [ReadSheet("表", rows)], by=by)
        if is_begun:
            begin_tasks(made, seal_of(judged(made, table_of(made))), by=by)
    return who


def close(who: Person, world: World, *, is_to_erase: bool = False) -> None:
    person_operations.close_account(who, by=world.actor("delegate"), is_to_erase=is_to_erase)


def places_that_say(words: tuple[str, ...]) -> set[str]:
    """Return every column of every table that holds one of the words."""
    found = set()
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, String | Text | JSON):
                for value in db.session.scalars(select(cast(column, Text))):
                    decoded = (value or "").encode().decode("unicode_escape", "ignore")
                    if any(word in (value or "") or word in decoded for word in words):
                        found.add(f"{table.name}.{column.name}")
    return found


@both_engines
class TestClosing:
    def test_ends_roles_sessions_agencies_and_consents_at_once(
        self, world: World, ouyang: Person
    ) -> None:
        assert live_session("k")
        close(ouyang, world)
        assert live_session("k") is None
        assert not standing_of(world.actor("delegate")).roles
        for model, column in (
            (Appointment, Appointment.is_running),
            (Session, Session.ended_at.is_(None)),
            (Consent, Consent.withdrawn_at.is_(None)),
        ):
            rows = select(model.id).where(model.person_id == ouyang.id, column)
            assert db.session.scalars(rows).all() == []
        assert ouyang.name == NAME  # only erasing takes it away
        assert ouyang.password_hash is None
        with pytest.raises(Refused):
            start_session(ouyang, key="l", device="")
        assert journal.verify().faults == ()

    def test_ends_agencies_also_those_that_have_not_begun(
        self, world: World, ouyang: Person
    ) -> None:
        @operation
        def let_act(from_at: timedelta) -> None:
            require(SYSTEM, "portal.load")
            db.session.add(
                Agency(
                    agent_id=world.person["former"],
                    principal_id=ouyang.id,
                    role=Role.DELEGATE,
                    scope_id=world.organisation["maker"],
                    from_at=clock.now() + from_at,
                    until_at=clock.now() + timedelta(days=90),
                )
            )

        let_act(timedelta(days=-1))
        let_act(timedelta(days=30))
        close(ouyang, world)
        mine = select(Agency).where(Agency.principal_id == ouyang.id)
        left = db.session.scalars(mine).all()
        assert [each.until_at <= clock.now() for each in left] == [True]

    def test_ends_appointments_that_have_not_begun(self, world: World, ouyang: Person) -> None:
        hydrogen, later = world.alliance["hydrogen"], clock.now() + timedelta(days=30)
        appointment = grant_appointment(
            ouyang, Role.SECRETARY, scope_id=hydrogen, from_at=later, by=SYSTEM
        )
        close(ouyang, world)
        with clock.standing_still(later + timedelta(days=1)):
            assert not appointment.is_running
            assert not standing_of(person(ouyang.id)).roles

    @pytest.mark.parametrize("who", ["manager", "admin", "secretary", "anonymous"])
    def test_is_done_by_nobody_else(self, world: World, ouyang: Person, who: str) -> None:
        with pytest.raises(Denied):
            person_operations.close_account(ouyang, by=world.actor(who))

    def test_leaves_no_organisation_without_a_manager(self, world: World, ouyang: Person) -> None:
        manager = db.session.get_one(Person, world.person["manager"])
        with pytest.raises(Refused):
            person_operations.close_account(manager, by=world.actor("manager"))
        db.session.refresh(manager)
        assert manager.is_open
        assert Role.MANAGER in standing_of(world.actor("manager")).roles

    def test_happens_once(self, world: World, ouyang: Person) -> None:
        close(ouyang, world)
        with pytest.raises(Refused):
            close(ouyang, world)


@both_engines
class TestErasing:
    def test_leaves_no_trace_of_name_address_and_device_and_a_whole_chain(
        self, world: World, ouyang: Person
    ) -> None:
        words = (NAME, EMAIL, MOBILE, DEVICE, "10.9.8.0")
        assert len(places_that_say(words)) > 6
        lines, erased = journal.verify().lines, journal.verify().erased
        close(ouyang, world)
        person_operations.erase_person(ouyang, by=world.actor("admin"))
        assert places_that_say(words) == set()
        verdict = journal.verify()
        assert verdict.faults == ()
        assert verdict.lines > lines
        assert verdict.erased > erased

    def test_forgets_the_addresses_somebody_had_before_too(
        self, world: World, ouyang: Person
    ) -> None:
        later = "later@test.example"
        invited = inviting.invite(
            Role.EXPERT, world.alliance["hydrogen"], name=NAME, email=EMAIL, by=SYSTEM
        )
        by = world.actor("delegate")
        person_operations.change_addresses(ouyang, email=later, mobile=None, by=by)
        close(ouyang, world, is_to_erase=True)
        assert places_that_say((NAME, EMAIL, MOBILE, later)) == set()
        assert invited.invitation.email is None

    def test_says_nothing_new_about_when_messages_were_sent(
        self, world: World, ouyang: Person
    ) -> None:
        (message,) = db.session.scalars(
            select(outbox.OutboxMessage).where(outbox.OutboxMessage.subject == "Hello")
        )
        with clock.standing_still(clock.now() - timedelta(days=5)):
            outbox.mark_sent(message, by=world.actor("admin"))
        sent_at = message.sent_at
        close(ouyang, world, is_to_erase=True)
        db.session.refresh(message)
        assert (message.sent_at, message.recipient) == (sent_at, "")

    def test_keeps_what_was_done_under_another_name(self, world: World, ouyang: Person) -> None:
        before = journal.lines_about("listing", world.listing["public"])
        close(ouyang, world, is_to_erase=True)
        assert ouyang.name == "已注销用户"
        *after, last = journal.lines_about("listing", world.listing["public"])
        assert [(line.number, detail) for line, detail in after] == [
            (line.number, detail) for line, detail in before
        ]
        # What she answered for is handed over as she leaves, and that is a line more.
        assert last[0].verb == "listing.hand_over"

    def test_frees_the_address_for_whoever_comes_next(self, world: World, ouyang: Person) -> None:
        close(ouyang, world, is_to_erase=True)
        other = db.session.get_one(Person, world.person["stranger"])
        person_operations.change_addresses(
            other, email=EMAIL, mobile=MOBILE, by=world.actor("stranger")
        )
        assert (other.email, other.mobile) == (EMAIL, MOBILE)

    def test_needs_a_closed_account_and_happens_once(self, world: World, ouyang: Person) -> None:
        with pytest.raises(Refused):
            person_operations.erase_person(ouyang, by=world.actor("admin"))
        close(ouyang, world, is_to_erase=True)
        with pytest.raises(Refused):
            person_operations.erase_person(ouyang, by=world.actor("admin"))

    @pytest.mark.parametrize("who", ["manager", "secretary", "liaison", "anonymous"])
    def test_is_done_by_the_administrator_alone(
        self, world: World, ouyang: Person, who: str
    ) -> None:
        close(ouyang, world)
        with pytest.raises(Denied):
            person_operations.erase_person(ouyang, by=world.actor(who))


class TestPages:
    def test_closing_signs_out_and_lets_nobody_in_again(
        self, app: Flask, visit: Callable[..., Client]
    ) -> None:
        client, elsewhere = visit("delegate"), visit("delegate")
        assert client.post("/account/close", {}).status_code == 422
        assert elsewhere.get("/desk").status_code == 200
        answer = client.post("/account/close", {"is_sure": "y"})
        assert (answer.status_code, answer.location) == (302, "/")
        assert client.get("/desk").location.startswith("/sign-in")
        assert elsewhere.get("/desk").location.startswith("/sign-in")

    def test_the_last_manager_is_told_why(self, visit: Callable[..., Client]) -> None:
        client = visit("manager")
        answer = client.post("/account/close", {"is_sure": "y", "is_to_erase": "y"})
        assert answer.status_code == 422
        assert "error-summary" in answer.text
        assert client.get("/desk").status_code == 200

    def test_the_administrator_erases_whom_they_are_asked_to(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        admin = visit("admin")
        assert admin.soup("/closed-accounts").select_one(".empty")
        visit("delegate").post("/account/close", {"is_sure": "y"})
        assert "delegate@test.example" in admin.get("/closed-accounts").text
        number = {"person_id": str(world.person["delegate"])}
        assert visit("secretary").post("/closed-accounts/erase", number).status_code == 403
        assert admin.post("/closed-accounts/erase", number).status_code == 302
        assert "delegate@test.example" not in admin.get("/closed-accounts").text
        assert admin.post("/closed-accounts/erase", number).status_code == 422

    @pytest.mark.parametrize("number", ["", "x", "-1", "9" * 5000, "999999"])
    def test_a_mad_number_erases_nobody(self, visit: Callable[..., Client], number: str) -> None:
        answer = visit("admin").post("/closed-accounts/erase", {"person_id": number})
        assert answer.status_code == 302
