"""People with roles in a project: given by their manager or the lead, ended with the part."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from portal import clock, journal
from portal.access import standing_of
from portal.accounts.models import Appointment, Organisation, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM, person
from portal.alliances.models import Membership
from portal.alliances.operations import withdraw_membership
from portal.database import db
from portal.engines import WRITING
from portal.errors import Denied, Refused
from portal.organisations.merging import merge_organisations
from portal.organisations.people import pass_on
from portal.research import operations, partnering, staffing, team
from portal.research.models import Partner, Project
from portal.research.staff_models import ProjectPerson, ProjectRole
from portal.roles import Role
from tests.client import Client
from tests.conftest import both_engines
from tests.research.make import active, part_of
from tests.world import World


def roles(project: Project) -> dict[str, str]:
    """Return who has which role in a project now, by name."""
    sides = team.people_in(project.id).values()
    return {each.name: each.role.value for side in sides for each in side.people if each.role}


def managed(world: World, project: Project) -> Partner:
    """Return supplier's part, with supplier as the manager there and nothing else."""
    number, supplier = world.organisation["supplier"], world.person["supplier"]
    held = select(Appointment).where(Appointment.person_id == supplier)
    before = db.session.execute(held).scalar_one()
    grant_appointment(before.person, Role.MANAGER, scope_id=number, by=SYSTEM)
    end_appointment(before, by=SYSTEM)
    return part_of(project, number)


def upgraded(name: str, *before: str) -> None:
    """Run a statement of the migration that brought one head of a project, a century later."""
    [path] = Path(__file__).parents[2].glob("migrations/versions/20261216b_*.py")
    statement = runpy.run_path(str(path))[name]
    later = statement.replace("CURRENT_TIMESTAMP", "'2126-01-01 00:00:00'")
    writing = db.engine.connect().execution_options(**{WRITING: True})
    with writing as connection, connection.begin():
        for each in (*before, later):
            connection.execute(text(each))
    db.session.rollback()
    db.session.expire_all()


@pytest.mark.usefixtures("context")
class TestOperations:
    @both_engines
    def test_the_manager_gives_roles_at_home_and_the_lead_everywhere(self, world: World) -> None:
        project = active(world, partners=("supplier", "chairer"))
        own = part_of(project, world.organisation["maker"])
        there = part_of(project, world.organisation["supplier"])
        person = world.person["delegate"]
        staffing.name_person(own, person, ProjectRole.HEAD, by=world.actor("manager"))
        supplier = world.person["supplier"]
        staffing.name_person(there, supplier, ProjectRole.CONTACT, by=world.actor("delegate"))
        assert roles(project) == {"测试delegate": "head", "测试supplier": "contact"}
        first = next(iter(team.people_in(project.id).values())).people[0]
        assert first.id == person, "whoever has a role comes first"
        for who in ("supplier", "chair", "secretary", "outsider"):
            with pytest.raises(Denied):
                staffing.name_person(own, person, ProjectRole.MEMBER, by=world.actor(who))

    def test_the_head_of_the_project_is_the_leads_choice(self, world: World) -> None:
        project = active(world)
        there, supplier = managed(world, project), world.person["supplier"]
        manager = world.actor("supplier")
        with pytest.raises(Denied):
            staffing.name_person(there, supplier, ProjectRole.HEAD, by=manager)
        staffing.name_person(there, supplier, ProjectRole.MEMBER, by=manager)
        assert roles(project) == {"测试supplier": "member"}

    def test_the_journal_of_the_project_names_nobody(self, world: World) -> None:
        project, by = active(world), world.actor("manager")
        own = part_of(project, world.organisation["maker"])
        staffing.name_person(own, world.person["delegate"], ProjectRole.HEAD, by=by)
        [detail] = [
            detail
            for line, detail in journal.lines_about(Project.noun, project.id)
            if line.verb == "project.staff"
        ]
        assert "测试delegate" not in str(detail), "it stays when somebody is erased"

    def test_one_role_of_a_person_and_one_head_of_an_organisation(self, world: World) -> None:
        project, by = active(world), world.actor("manager")
        own = part_of(project, world.organisation["maker"])
        delegate, manager = world.person["delegate"], world.person["manager"]
        staffing.name_person(own, delegate, ProjectRole.MEMBER, by=by)
        staffing.name_person(own, delegate, ProjectRole.HEAD, by=by)
        assert roles(project) == {"测试delegate": "head"}
        with pytest.raises(Refused):
            staffing.name_person(own, manager, ProjectRole.HEAD, by=by)
        with pytest.raises(Refused):
            staffing.name_person(own, world.person["supplier"], ProjectRole.MEMBER, by=by)
        staffing.release_person(own, delegate, by=by)
        with pytest.raises(Refused):
            staffing.release_person(own, delegate, by=by)
        assert roles(project) == {}

    @both_engines
    def test_roles_end_with_the_part_and_with_the_appointment(self, world: World) -> None:
        project, lead = active(world), world.actor("delegate")
        own = part_of(project, world.organisation["maker"])
        there = part_of(project, world.organisation["supplier"])
        staffing.name_person(there, world.person["supplier"], ProjectRole.CONTACT, by=lead)
        staffing.name_person(own, world.person["delegate"], ProjectRole.HEAD, by=lead)
        partnering.leave_project(there, by=world.actor("supplier"), note="退出。")
        assert roles(project) == {"测试delegate": "head"}
        ended = db.session.query(ProjectPerson).filter_by(partner_id=there.id).one()
        assert ended.ended_at is not None, "the history stays"
        with pytest.raises(Refused):
            staffing.name_person(there, world.person["supplier"], ProjectRole.HEAD, by=lead)
        appointment = (
            db.session.query(Appointment).filter_by(person_id=world.person["delegate"]).first()
        )
        end_appointment(appointment, by=world.actor("manager"))
        assert roles(project) == {}

    @both_engines
    @pytest.mark.parametrize("way", ["ended", "ran out", "ran out before the upgrade"])
    def test_a_role_does_not_come_back_with_another_appointment(
        self, way: str, world: World
    ) -> None:
        project, by, delegate = active(world), world.actor("manager"), world.person["delegate"]
        maker = world.organisation["maker"]
        own = part_of(project, maker)
        staffing.name_person(own, delegate, ProjectRole.HEAD, by=by)
        appointments = select(Appointment).where(Appointment.person_id == delegate)
        appointment = db.session.scalars(appointments).first()
        assert appointment is not None
        now = clock.now()
        if way == "ended":
            end_appointment(appointment, by=by)
            assert db.session.query(ProjectPerson).one().ended_at is not None, "written down"
        else:
            writing = db.engine.connect().execution_options(**{WRITING: True})
            with writing as connection, connection.begin():
                connection.execute(
                    update(Appointment.__table__)
                    .where(Appointment.__table__.c.id == appointment.id)
                    .values(until_at=now)
                )
            if way != "ran out":
                upgraded("GONE")
                assert db.session.query(ProjectPerson).one().ended_at is not None
        with clock.standing_still(now + timedelta(days=1)):
            person = db.session.get_one(Person, delegate)
            grant_appointment(person, Role.DELEGATE, scope_id=maker, by=SYSTEM)
        with clock.standing_still(now + timedelta(days=2)):
            assert roles(project) == {}, "it is given anew"
            staffing.name_person(own, world.person["manager"], ProjectRole.HEAD, by=by)
            assert roles(project) == {"测试manager": "head"}
            with pytest.raises(Refused):
                staffing.name_person(own, delegate, ProjectRole.HEAD, by=by)
            staffing.name_person(own, delegate, ProjectRole.MEMBER, by=by)
            assert roles(project) == {"测试manager": "head", "测试delegate": "member"}

    @both_engines
    @pytest.mark.parametrize("stays", [True, False])
    def test_who_goes_on_by_another_appointment_keeps_the_role(
        self, stays: bool, world: World
    ) -> None:
        project, by = active(world), world.actor("manager")
        own = part_of(project, world.organisation["maker"])
        delegate, manager = world.person["delegate"], world.person["manager"]
        staffing.name_person(own, delegate, ProjectRole.HEAD, by=by)
        staffing.name_person(own, manager, ProjectRole.CONTACT, by=by)
        asked = select(Appointment).where(
            Appointment.person_id == manager, Appointment.role == Role.MANAGER
        )
        held = db.session.execute(asked).scalar_one()
        pass_on(held, db.session.get_one(Person, delegate), stays=stays, by=by)
        kept = {"测试manager": "contact"} if stays else {}
        upgraded("GONE")
        with clock.standing_still(clock.now() + timedelta(days=1)):
            assert roles(project) == {"测试delegate": "head", **kept}

    @both_engines
    def test_roles_go_with_whoever_acts_for_the_survivor_of_a_merge(self, world: World) -> None:
        project, supplier = active(world), world.person["supplier"]
        there, by = managed(world, project), world.actor("supplier")
        staffing.name_person(there, supplier, ProjectRole.CONTACT, by=by)
        quiet = world.organisation["quiet"]
        outsider = db.session.get_one(Person, world.person["outsider"])
        grant_appointment(outsider, Role.MANAGER, scope_id=quiet, by=SYSTEM)
        place = db.session.get_one(Membership, world.membership["quiet"])
        withdraw_membership(place, by=world.actor("secretary"), basis="来函1号")
        merge_organisations(
            db.session.get_one(Organisation, world.organisation["supplier"]),
            db.session.get_one(Organisation, quiet),
            by=world.actor("admin"),
        )
        db.session.expire_all()
        assert not standing_of(person(supplier, quiet))[Role.MANAGER], "it has its manager"
        with clock.standing_still(clock.now() + timedelta(days=1)):
            assert roles(project) == {"测试supplier": "contact"}

    def test_one_head_of_a_project_whatever_the_organisation(self, world: World) -> None:
        project, lead = active(world), world.actor("delegate")
        there = part_of(project, world.organisation["supplier"])
        own = part_of(project, world.organisation["maker"])
        staffing.name_person(there, world.person["supplier"], ProjectRole.HEAD, by=lead)
        with pytest.raises(Refused, match="测试supplier"):
            staffing.name_person(own, world.person["delegate"], ProjectRole.HEAD, by=lead)
        staffing.release_person(there, world.person["supplier"], by=lead)
        staffing.name_person(own, world.person["delegate"], ProjectRole.HEAD, by=lead)
        assert roles(project) == {"测试delegate": "head"}

    @both_engines
    def test_of_several_heads_of_before_the_leads_stays_and_others_are_contacts(
        self, world: World
    ) -> None:
        project, lead = active(world), world.actor("delegate")
        there = part_of(project, world.organisation["supplier"])
        own = part_of(project, world.organisation["maker"])
        staffing.name_person(there, world.person["supplier"], ProjectRole.ADVISER, by=lead)
        staffing.name_person(own, world.person["delegate"], ProjectRole.FINANCE, by=lead)
        number = f"project_id = {project.id}"
        upgraded(
            "HEADS",
            "DROP INDEX uq_project_person_head",
            f"UPDATE project_person SET role = 'head' WHERE {number}",
        )
        assert roles(project) == {"测试delegate": "head", "测试supplier": "contact"}

    def test_no_role_is_given_in_what_has_ended(self, world: World) -> None:
        project, lead = active(world), world.actor("delegate")
        operations.complete_project(project, by=lead)
        own = part_of(project, world.organisation["maker"])
        with pytest.raises(Refused):
            staffing.name_person(own, world.person["delegate"], ProjectRole.HEAD, by=lead)


def test_a_role_is_given_on_its_page_and_shown_to_whoever_takes_part(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    project = world.project["active"]
    with app.app_context():
        made = db.session.get_one(Project, project)
        part = part_of(made, world.organisation["maker"]).id
        assert isinstance(db.session.get(Partner, part), Partner)
        db.session.remove()
    data = {"person_id": str(world.person["delegate"]), "role": "head"}
    assert visit("manager").post(f"/project-partners/{part}/people", data).status_code == 302
    for who in ("delegate", "supplier"):
        page = visit(who).soup(f"/projects/{project}")
        assert "项目负责人" in page.select_one("#partners").get_text()
    assert "项目负责人" not in visit("secretary").soup(f"/projects/{project}").get_text()
    options = visit("supplier").soup(f"/projects/{project}/cards/new").select("#who option")
    assert "测试delegate (项目负责人)" in [each.get_text() for each in options]
    address = f"/project-partners/{part}/people/{world.person['delegate']}/release"
    assert visit("manager").post(address).status_code == 302
    page = visit("supplier").soup(f"/projects/{project}")
    assert "项目负责人" not in page.select_one("#partners").get_text()
