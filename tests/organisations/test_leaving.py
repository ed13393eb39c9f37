"""Whose role ends, who comes after, and what an agent cannot do for the named person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock, journal
from portal.access import standing_of
from portal.accounts.models import Appointment, Organisation, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.accounts.queries import holders
from portal.actors import SYSTEM, Actor, person
from portal.database import db
from portal.errors import Denied, Refused
from portal.organisations.people import pass_on, release_managers
from portal.outbox import OutboxMessage
from portal.roles import Role
from portal.sign_in import inviting
from tests.client import Client
from tests.conftest import both_engines
from tests.world import CAST, World


def someone(world: World, who: str) -> Person:
    return db.session.get_one(Person, world.person[who])


class TestAgents:
    """An agent does the business of the named person; who else acts is the person's own affair."""

    def agent(self, world: World) -> Actor:
        return person(world.person["expert"], world.organisation["maker"], world.person["manager"])

    @both_engines
    def test_an_agent_appoints_nobody_and_ends_nobody(self, context: None, world: World) -> None:
        agent, maker = self.agent(world), world.organisation["maker"]
        assert standing_of(agent)[Role.MANAGER] == {maker}, "it does hold what was lent"
        for role in (Role.MANAGER, Role.DELEGATE):
            with pytest.raises(Denied):
                grant_appointment(someone(world, "expert"), role, scope_id=maker, by=agent)
            with pytest.raises(Denied):
                inviting.invite(role, maker, name="某人", by=agent)
        for who in ("manager", "delegate"):
            held = db.session.get_one(Appointment, world.appointment[who])
            with pytest.raises(Denied):
                end_appointment(held, by=agent)

    @both_engines
    def test_what_was_lent_is_not_revived_by_a_new_appointment(
        self, context: None, world: World
    ) -> None:
        agent, maker = self.agent(world), world.organisation["maker"]
        held = db.session.get_one(Appointment, world.appointment["manager"])
        pass_on(held, someone(world, "delegate"), stays=False, by=world.actor("manager"))
        assert not standing_of(agent).roles
        grant_appointment(someone(world, "manager"), Role.MANAGER, scope_id=maker, by=SYSTEM)
        assert not standing_of(agent).roles


@both_engines
def test_a_colleague_whose_role_ends_is_no_successor(context: None, world: World) -> None:
    maker, own = world.organisation["maker"], world.appointment["manager"]
    colleague = someone(world, "delegate")
    grant_appointment(
        colleague, Role.MANAGER, scope_id=maker, until_at=clock.now() + timedelta(hours=1),
        by=SYSTEM,
    )  # fmt: skip
    held = db.session.get_one(Appointment, own)
    with pytest.raises(Refused):
        end_appointment(held, by=world.actor("manager"))
    pass_on(held, colleague, stays=False, by=world.actor("manager"))
    with clock.standing_still(clock.now() + timedelta(hours=2)):
        assert holders(Role.MANAGER, maker) == [colleague]


class TestRelease:
    """Where the last manager vanished."""

    @both_engines
    def test_frees_the_place_tells_them_and_is_journaled(self, context: None, world: World) -> None:
        maker = db.session.get_one(Organisation, world.organisation["maker"])
        with pytest.raises(Refused):
            release_managers(maker, basis=" ", by=world.actor("admin"))
        release_managers(maker, basis="来函2026年第7号", by=world.actor("admin"))
        assert not standing_of(world.actor("manager"))[Role.MANAGER]
        assert maker.is_without_manager
        line, detail = journal.lines_about("organisation", maker.id)[-1]
        assert line.verb == "organisation.release"
        assert detail is not None
        assert detail["note"] == "来函2026年第7号"
        told = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert told is not None
        assert told.recipient == "manager@test.example"
        inviting.invite(Role.MANAGER, maker.id, name="新人", by=world.actor("admin"))
        with pytest.raises(Refused):
            release_managers(maker, basis="来函", by=world.actor("admin"))

    def test_by_nobody_but_an_administrator(self, context: None, world: World) -> None:
        maker = db.session.get_one(Organisation, world.organisation["maker"])
        for who in set(CAST) - {"admin"}:
            with pytest.raises(Denied):
                release_managers(maker, basis="来函", by=world.actor(who))

    def test_leads_on_to_the_invitation(self, world: World, visit: Callable[..., Client]) -> None:
        client, maker = visit("admin"), world.organisation["maker"]
        address = f"/organisations/{maker}/people/release"
        assert client.soup(f"/organisations/{maker}").select_one(f"a[href='{address}']")
        assert client.post(address, {"basis": ""}).status_code == 422
        done = client.post(address, {"basis": "来函2026年第7号"})
        assert done.location == f"/organisations/{maker}/people/invite"
        assert client.get(done.location).status_code == 200


@both_engines
def test_the_last_administrator_stays_until_there_is_another(context: None, world: World) -> None:
    own = db.session.get_one(Appointment, world.appointment["admin"])
    with pytest.raises(Refused):
        end_appointment(own, by=world.actor("admin"))
    grant_appointment(someone(world, "stranger"), Role.ADMINISTRATOR, scope_id=0, by=SYSTEM)
    end_appointment(own, by=world.actor("admin"))
    assert not standing_of(world.actor("admin")).roles
