"""Who is suggested as a partner and why, and what a merged record means for projects."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.access import can, standing_of
from portal.accounts.models import Organisation, OrganisationKind
from portal.actors import person
from portal.alliances.models import Membership
from portal.alliances.operations import withdraw_membership
from portal.chain.models import ChainNode
from portal.database import db
from portal.organisations.merging import merge_organisations
from portal.organisations.operations import choose_nodes
from portal.research import partnering, planning, staffing
from portal.research.board_models import Card
from portal.research.cards import CardContent, add_card
from portal.research.models import Project
from portal.research.plan_queries import funds_of
from portal.research.planning import FundContent
from portal.research.queries import needs_of
from portal.research.staff_models import ProjectPerson, ProjectRole
from portal.research.suggesting import Candidate, Reason, Wanted, suggestions
from portal.research.suggestion_queries import suggested
from portal.research.work_models import FundSource
from portal.research.workflow import PartnerState
from tests.research.make import active, idea, part_of
from tests.world import World


def candidate(number: int, **changed: object) -> Candidate:
    plain: dict[str, object] = {
        "id": number,
        "name": f"单位{number}",
        "kind": OrganisationKind.ENTERPRISE,
        "region_id": 1,
        "node_ids": frozenset(),
        "past": 0,
    }
    return Candidate(**{**plain, **changed})  # type: ignore[arg-type]


def test_the_wanted_node_comes_before_everything_and_no_reason_is_no_suggestion() -> None:
    wanted = Wanted(
        frozenset({7}), frozenset({2}), frozenset({1}), frozenset({OrganisationKind.ENTERPRISE})
    )
    found = suggestions(
        [
            candidate(1),
            candidate(2, region_id=2, kind=OrganisationKind.UNIVERSITY, past=3),
            candidate(3, node_ids=frozenset({7}), past=1),
            candidate(4, node_ids=frozenset({7}), region_id=2),
        ],
        wanted,
    )
    assert [each.candidate.id for each in found] == [4, 2, 3]
    assert found[0].reasons == (Reason.NODE, Reason.WANTED_REGION, Reason.NEW_REGION)


@pytest.mark.usefixtures("context")
class TestFromTheDirectory:
    def test_members_are_suggested_by_what_a_project_lacks(self, world: World) -> None:
        project = idea(world)
        node = (
            db.session.query(ChainNode)
            .filter_by(chain_map_id=project.alliance.chain_map_id)
            .first()
        )
        assert node is not None
        partnering.add_need(project, part="材料", node_id=node.id, by=world.actor("delegate"))
        supplier = db.session.get_one(Organisation, world.organisation["chairer"])
        choose_nodes(supplier, [node.id], by=person(world.person["chair"], supplier.id))
        found = suggested(project, needs_of(project.id))
        assert found[0].candidate.id == supplier.id
        assert found[0].reasons[0] is Reason.NODE
        names = {each.candidate.id for each in found}
        assert world.organisation["maker"] not in names
        assert world.organisation["medic"] not in names

    def test_a_merged_record_carries_its_parts_cards_and_money(self, world: World) -> None:
        project, by = active(world), world.actor("supplier")
        supplier, quiet = (world.organisation[name] for name in ("supplier", "quiet"))
        card = add_card(project, CardContent("a", organisation_id=supplier), by=by)
        planning.set_fund(project, FundContent(supplier, FundSource.OWN, 5, 5, 5), by=by)
        place = db.session.get_one(Membership, world.membership["quiet"])
        withdraw_membership(place, by=world.actor("secretary"), basis="来函1号")
        merge_organisations(
            db.session.get_one(Organisation, supplier),
            db.session.get_one(Organisation, quiet),
            by=world.actor("admin"),
        )
        db.session.expire_all()
        held = {p.organisation_id for p in project.partners if p.state is PartnerState.CONFIRMED}
        assert held == {world.organisation["maker"], quiet}
        assert db.session.get_one(Card, card.id).organisation_id == quiet
        assert [each.organisation_id for each in funds_of(project.id)] == [quiet]
        standing = standing_of(person(world.person["supplier"], quiet))
        assert can(standing, "project.work", db.session.get_one(Project, project.id))

    def test_of_two_parts_that_become_one_the_ended_one_leaves_no_role(self, world: World) -> None:
        """A lead that left the alliance keeps its part until it becomes one with a partner."""
        project, lead = active(world), world.actor("delegate")
        maker, supplier = (world.organisation[name] for name in ("maker", "supplier"))
        for number, who, role in (
            (maker, "delegate", ProjectRole.MEMBER),
            (supplier, "supplier", ProjectRole.HEAD),
        ):
            staffing.name_person(part_of(project, number), world.person[who], role, by=lead)
        place = db.session.scalars(
            select(Membership).where(Membership.organisation_id == maker, Membership.is_active)
        ).one()
        withdraw_membership(place, by=world.actor("secretary"), basis="来函2号")
        merge_organisations(
            db.session.get_one(Organisation, maker),
            db.session.get_one(Organisation, supplier),
            by=world.actor("admin"),
        )
        db.session.expire_all()
        [confirmed] = [p.id for p in project.partners if p.state is PartnerState.CONFIRMED]
        held = db.session.scalars(select(ProjectPerson).where(ProjectPerson.ended_at.is_(None)))
        assert [(each.partner_id, each.role) for each in held] == [(confirmed, ProjectRole.MEMBER)]
