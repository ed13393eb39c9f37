"""Which members could take part in a project: what is known of each, for the suggestions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation
from portal.alliances.models import Membership
from portal.database import among, plain
from portal.organisations.models import OrganisationNode
from portal.research.models import Need, Partner, Project
from portal.research.suggesting import Candidate, Suggestion, Wanted, suggestions
from portal.research.workflow import PartnerState


def suggested(project: Project, needs: Sequence[Need]) -> Sequence[Suggestion]:
    """Return the members of the alliance that fit a project best, with their reasons."""
    held = [p for p in project.partners if p.state in (PartnerState.ASKED, PartnerState.CONFIRMED)]
    nodes = {project.node_id, *(need.node_id for need in needs)} - {None}
    wanted = Wanted(
        node_ids=frozenset(node for node in nodes if node is not None),
        region_ids=frozenset(need.region_id for need in needs if need.region_id is not None),
        held_region_ids=frozenset(each.organisation.region_id for each in held),
        held_kinds=frozenset(each.organisation.kind for each in held),
    )
    return suggestions(_candidates(project, {each.organisation_id for each in held}), wanted)


def _candidates(project: Project, held_ids: set[int]) -> list[Candidate]:
    mine, theirs = aliased(Partner), aliased(Partner)
    past = (
        select(func.count(theirs.id))
        .join(mine, mine.project_id == theirs.project_id)
        .where(
            theirs.organisation_id == Organisation.id,
            theirs.state == PartnerState.CONFIRMED,
            mine.organisation_id == project.lead_id,
            mine.state == PartnerState.CONFIRMED,
        )
        .correlate(Organisation)
        .scalar_subquery()
    )
    rows = plain(
        select(
            Organisation.id,
            Organisation.name,
            Organisation.kind,
            Organisation.region_id,
            OrganisationNode.chain_node_id,
            past,
        )
        .join(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(OrganisationNode, OrganisationNode.organisation_id == Organisation.id)
        .where(
            Membership.alliance_id == project.alliance_id,
            Membership.is_active,
            ~among(Organisation.id, sorted(held_ids)),
        )
    )
    known: dict[int, tuple[tuple[object, ...], set[int]]] = {}
    for row in rows:
        _row, nodes = known.setdefault(row[0], (row, set()))
        if row[4] is not None:
            nodes.add(row[4])
    return [
        Candidate(*row[:4], frozenset(nodes), row[5])  # type: ignore[call-arg, arg-type]
        for row, nodes in known.values()
    ]
