"""A joint project from the idea to its end, who takes part, and who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import actors, clock, links
from portal.access import can, standing_of
from portal.alliances.models import Alliance, Membership
from portal.alliances.operations import expel_membership, withdraw_membership
from portal.database import db
from portal.errors import Denied, Refused
from portal.research import operations, partnering
from portal.research.cards import CardContent, edit_card
from portal.research.models import Partner, Project
from portal.research.workflow import PartnerState, ProjectState
from tests.conftest import both_engines
from tests.research.make import active, approve, ask, idea, on_board, part_of, plan, token_sent
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


@both_engines
def test_a_project_walks_from_the_idea_to_its_archive(world: World) -> None:
    lead = world.actor("delegate")
    project = idea(world)
    operations.call_project(project, by=lead)
    partnering.offer_part(project, part="检测", by=world.actor("chair"))
    offered = part_of(project, world.organisation["chairer"])
    with pytest.raises(Denied):
        partnering.confirm_partner(offered, by=world.actor("chair"))
    partnering.confirm_partner(offered, by=lead)
    operations.form_project(project, by=lead)
    approve(world, project, "决议2026-12号")
    assert (project.state, project.basis) == (ProjectState.APPROVED, "决议2026-12号")
    operations.start_project(project, by=lead)
    operations.hold_project(project, by=lead, note="等待设备。")
    operations.resume_project(project, by=lead)
    operations.complete_project(project, by=lead)
    operations.archive_project(project, by=lead)
    assert project.state is ProjectState.ARCHIVED


@pytest.mark.parametrize("missing", ["terms", "region", "answer"])
def test_it_is_not_approved_before_it_is_ready(world: World, missing: str) -> None:
    project = idea(world, **({"ip_terms": None} if missing == "terms" else {}))
    if missing != "region":
        ask(world, project, "supplier")
    if missing == "answer":  # two regions take part: only the answer is missing
        ask(world, project, "chairer")
        partnering.confirm_partner(
            part_of(project, world.organisation["chairer"]), by=world.actor("chair")
        )
    if missing == "terms":
        part = part_of(project, world.organisation["supplier"])
        partnering.confirm_partner(part, by=world.actor("supplier"))
    operations.form_project(project, by=world.actor("delegate"))
    waiting = db.session.query(Project).filter(Project.id == project.id, Project.is_ready).all()
    assert not waiting, "the clause and the record say the same"
    with pytest.raises(Refused, match="还不能立项"):
        operations.approve_project(project, by=world.actor("secretary"), note="决议1号")


def test_the_secretariat_decides_on_a_paper_and_nobody_else(world: World) -> None:
    project = idea(world)
    ask(world, project, "supplier")
    partnering.confirm_partner(
        part_of(project, world.organisation["supplier"]), by=world.actor("supplier")
    )
    operations.form_project(project, by=world.actor("delegate"))
    assert db.session.query(Project).filter(Project.id == project.id, Project.is_ready).one()
    with pytest.raises(Denied):
        operations.approve_project(project, by=world.actor("delegate"), note="决议1号")
    with pytest.raises(Refused):
        operations.approve_project(project, by=world.actor("secretary"), note=" ")
    for vague in ("材料齐全", "理事会同意"):
        with pytest.raises(Refused, match="编号"):
            operations.approve_project(project, by=world.actor("secretary"), note=vague)
    unknown = "第三次理事会会议纪要"
    with pytest.raises(Refused, match="没有这一编号的有效决议"):
        operations.approve_project(project, by=world.actor("secretary"), note=unknown)
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Refused, match="尚未到来"):
        operations.approve_project(
            project, by=world.actor("secretary"), note=unknown, basis_on=tomorrow
        )
    assert project.state is ProjectState.FORMING
    approve(world, project, unknown)
    assert project.basis_on == clock.today()
    assert project.state is ProjectState.APPROVED


def test_a_part_is_confirmed_by_link_once_by_the_person_it_is_for(world: World) -> None:
    project = idea(world)
    ask(world, project, "supplier")
    link = links.find(partnering.PURPOSE, token_sent())
    assert link is not None
    with pytest.raises((Denied, Refused)):
        partnering.answer_by_link(link, by=world.actor("chair"), confirms=True)
    supplier = actors.person(link.person_id or 0, world.organisation["supplier"])
    partnering.answer_by_link(link, by=supplier, confirms=True)
    assert part_of(project, world.organisation["supplier"]).state is PartnerState.CONFIRMED
    assert link.used_at is not None
    with pytest.raises(Refused):
        partnering.answer_by_link(link, by=supplier, confirms=True)


def test_the_lead_cannot_confirm_for_whom_it_asked(world: World) -> None:
    project = idea(world)
    ask(world, project, "supplier")
    part = part_of(project, world.organisation["supplier"])
    with pytest.raises(Denied):
        partnering.confirm_partner(part, by=world.actor("delegate"))


def test_nobody_is_asked_twice_and_no_stranger(world: World) -> None:
    project = idea(world)
    ask(world, project, "supplier")
    with pytest.raises(Refused):
        ask(world, project, "supplier")
    with pytest.raises(Refused):
        ask(world, project, "medic")


def test_an_alliance_one_is_no_member_of_takes_no_idea(world: World) -> None:
    other = db.session.get_one(Alliance, world.alliance["biomedicine"])
    with pytest.raises(Denied):
        operations.create_project(other, plan(), by=world.actor("delegate"))


@pytest.mark.parametrize(
    ("who", "sees_call", "sees_active", "sees_inside"),
    [
        ("delegate", True, True, True),
        ("supplier", True, True, True),
        ("chair", True, False, False),
        ("secretary", True, True, False),
        ("other_secretary", False, False, False),
        ("outsider", False, False, False),
        ("liaison", False, False, False),
        ("admin", False, False, False),
        ("former", False, False, False),
    ],
)
def test_who_sees_what(
    world: World, who: str, sees_call: bool, sees_active: bool, sees_inside: bool
) -> None:
    standing = standing_of(world.actor(who))
    calling = db.session.get_one(Project, world.project["calling"])
    working = db.session.get_one(Project, world.project["active"])
    assert can(standing, "project.view", calling) is sees_call
    assert can(standing, "project.view", working) is sees_active
    assert can(standing, "project.work", working) is sees_inside


def test_whoever_leaves_loses_access_at_once_and_the_lead_stays(world: World) -> None:
    project = active(world, partners=("supplier", "chairer"))
    part = part_of(project, world.organisation["supplier"])
    partnering.leave_project(part, by=world.actor("supplier"), note="业务调整。")
    left = db.session.get_one(Project, project.id)
    db.session.expire_all()
    assert not can(standing_of(world.actor("supplier")), "project.view", left)
    assert can(standing_of(world.actor("chair")), "project.work", left)
    lead = db.session.query(Partner).filter_by(
        project_id=project.id, organisation_id=world.organisation["maker"]
    )
    with pytest.raises(Denied):
        partnering.leave_project(lead.one(), by=world.actor("delegate"), note="退出。")


def test_a_project_given_up_lets_nobody_wait(world: World) -> None:
    project = idea(world)
    part = db.session.get_one(Partner, ask(world, project, "supplier"))
    operations.drop_project(project, by=world.actor("delegate"), note="没有经费。")
    assert part.state is PartnerState.DECLINED


def test_whoever_leaves_the_alliance_leaves_its_projects(world: World) -> None:
    keeper, supplier = world.actor("secretary"), world.organisation["supplier"]
    working, gathering = active(world), idea(world)
    asked = db.session.get_one(Partner, ask(world, gathering, "supplier"))
    part = part_of(working, supplier)
    task = on_board(world, working, "试制")
    edit_card(task, CardContent("试制", organisation_id=supplier), by=world.actor("supplier"))
    expelled = db.session.get_one(Membership, world.membership["supplier"])
    expel_membership(expelled, by=keeper, note="违反章程。", basis="决议第5号")
    db.session.expire_all()
    assert (part.state, asked.state) == (PartnerState.LEFT, PartnerState.DECLINED)
    assert not can(standing_of(world.actor("supplier")), "project.view", working)
    assert task.organisation_id == world.organisation["maker"]
    withdrawn = db.session.get_one(Membership, world.membership["maker"])
    withdraw_membership(withdrawn, by=keeper, basis="来函第1号")
    assert working.state is ProjectState.ON_HOLD
    with pytest.raises(Refused):
        operations.resume_project(working, by=world.actor("delegate"))
