"""By a merge nobody gains an organisation, a role twice, or a contact not meant for them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.access import standing_of
from portal.accounts.models import Appointment, Organisation, OrganisationKind, Person
from portal.accounts.operations import create_organisation, grant_appointment
from portal.actors import SYSTEM, person
from portal.database import db
from portal.errors import Denied, Refused
from portal.organisations.contacts import add_contact
from portal.organisations.merging import merge_organisations
from portal.organisations.models import ContactAudience, ContactKind
from portal.organisations.operations import rename_organisation
from portal.regions.queries import region_by_code
from portal.roles import Role
from portal.sign_in.inviting import invite
from tests.alliances.make import apply
from tests.conftest import both_engines
from tests.organisations.test_merging import double_of, organisation
from tests.world import World


def unmanaged(name: str) -> Organisation:
    """Return an organisation that nobody manages."""
    region = region_by_code("BJ")
    assert region is not None
    return create_organisation(
        name=name, kind=OrganisationKind.ENTERPRISE, region=region, by=SYSTEM
    )


@both_engines
def test_the_survivor_may_take_the_doubles_name(context: None, world: World) -> None:
    double, _manager = double_of(world)
    maker = organisation(world, "maker")
    merge_organisations(double, maker, by=world.actor("admin"))
    rename_organisation(maker, double.name, reason="更名", by=world.actor("manager"))
    assert maker.name == double.name
    with pytest.raises(Refused):
        create_organisation(
            name=double.name, kind=OrganisationKind.PARK, region=maker.region, by=SYSTEM
        )


@both_engines
def test_the_doubles_people_hold_nothing_twice(context: None, world: World) -> None:
    double, _manager = double_of(world)
    manager = db.session.get_one(Person, world.person["manager"])
    grant_appointment(manager, Role.MANAGER, scope_id=double.id, by=SYSTEM)
    merge_organisations(double, organisation(world, "maker"), by=world.actor("admin"))
    running = select(Appointment.role, Appointment.scope_id).where(
        Appointment.person_id == manager.id, Appointment.is_running
    )
    assert [tuple(row) for row in db.session.execute(running)] == [
        (Role.MANAGER, world.organisation["maker"])
    ]


def test_where_nobody_manages_the_survivor_the_doubles_manager_does(
    context: None, world: World
) -> None:
    double, its_manager = double_of(world)
    into = unmanaged("北京庚氢能有限公司")
    merge_organisations(double, into, by=world.actor("admin"))
    now = standing_of(person(its_manager.person_id, into.id))
    assert now[Role.MANAGER] == {into.id}


@both_engines
def test_consent_to_the_doubles_fellow_members_goes_no_further(context: None, world: World) -> None:
    double, its_manager = double_of(world)
    shown = {
        audience: add_contact(
            double, kind=ContactKind.PHONE, value="010-20000000", label=None,
            shown_to=audience, by=its_manager,
        )
        for audience in ContactAudience
    }  # fmt: skip
    merge_organisations(double, organisation(world, "maker"), by=world.actor("admin"))
    db.session.expire_all()
    assert shown[ContactAudience.MEMBERS].shown_to is ContactAudience.NOBODY
    assert shown[ContactAudience.PUBLIC].shown_to is ContactAudience.PUBLIC


def test_nobody_is_invited_to_a_double(context: None, world: World) -> None:
    double, _manager = double_of(world)
    merge_organisations(double, organisation(world, "maker"), by=world.actor("admin"))
    for who in ("secretary", "admin"):
        with pytest.raises(Denied):
            invite(Role.MANAGER, double.id, name="某人", by=world.actor(who))


@both_engines
def test_a_deserted_draft_does_not_stand_in_the_way(context: None, world: World) -> None:
    double, its_manager = double_of(world)
    draft = apply(world, its_manager, submit=False)
    merge_organisations(double, organisation(world, "maker"), by=world.actor("admin"))
    assert draft.state_now == "retracted"
