"""What a secretariat's own list says of an organisation, and how far it is taken over.

Nobody's word is overwritten: where an organisation has a manager, it keeps itself, and a list
only fills in what it left empty. Where it has none, the list updates what it says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal import journal
from portal.access import require
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import index_organisation, refuse_known_code
from portal.actors import Actor
from portal.chain.models import ChainNode
from portal.database import db
from portal.operations import operation
from portal.organisations.models import OrganisationNode
from portal.regions.models import Region


@dataclass(frozen=True)
class Said:
    """What a list says of an organisation; None where it says nothing."""

    kind: OrganisationKind | None = None
    region: Region | None = None
    district: Region | None = None
    #: A code in stored form.
    uscc: str | None = None
    summary: str | None = None
    website: str | None = None
    node: ChainNode | None = None


@dataclass(frozen=True)
class Difference:
    """What would change, by column; the node to add; and what its own people keep otherwise."""

    changes: dict[str, Any]
    node: ChainNode | None
    kept: tuple[str, ...]

    @property
    def is_any(self) -> bool:
        """Whether anything would change."""
        return bool(self.changes) or self.node is not None


def difference(
    organisation: Organisation, said: Said, *, is_managed: bool, held: Collection[ChainNode]
) -> Difference:
    """Return what a list would change of an organisation that stands at the nodes `held`."""
    wanted: dict[str, Any] = {
        "kind": said.kind,
        "region_id": said.region.id if said.region else None,
        "district_id": _district(organisation, said),
        "uscc": None if organisation.uscc else said.uscc,
        "summary": said.summary,
        "website": said.website,
    }
    changes, kept = {}, []
    for name, value in wanted.items():
        before = getattr(organisation, name)
        if value is None or value == before:
            continue
        if is_managed and before is not None:
            kept.append(name)
        else:
            changes[name] = value
    if is_managed and "region_id" in kept:
        changes.pop("district_id", None)  # it would not lie in the province that stays
    if "region_id" in changes and "district_id" not in changes:
        changes["district_id"] = None
    node = said.node
    if node is not None and any(each.id == node.id for each in held):
        node = None
    is_chosen = node is not None and any(each.chain_map_id == node.chain_map_id for each in held)
    if is_managed and is_chosen:
        kept.append("node")
        node = None
    return Difference(changes, node, tuple(kept))


def _district(organisation: Organisation, said: Said) -> int | None:
    """Return the district a list names, unless a smaller one within it is known already."""
    if said.district is None:
        return None
    known = organisation.district
    if known is not None and known.path.startswith(said.district.path):
        return known.id
    return said.district.id


@operation
def fill_in(organisation: Organisation, said: Said, *, by: Actor) -> bool:
    """Take over what a secretariat's list says of a member; tell whether anything changed.

    Raises `Refused` where the code is another organisation's.
    """
    require(by, "organisation.keep", organisation)
    held = db.session.scalars(
        select(ChainNode)
        .join(OrganisationNode, OrganisationNode.chain_node_id == ChainNode.id)
        .where(OrganisationNode.organisation_id == organisation.id)
    ).all()
    is_managed = not organisation.is_without_manager
    found = difference(organisation, said, is_managed=is_managed, held=held)
    if not found.is_any:
        return False
    if "uscc" in found.changes:
        refuse_known_code(found.changes["uscc"], besides=organisation)
    if found.changes:
        _write(organisation, found.changes, by=by)
    if found.node is not None:
        _add_node(organisation, found.node, by=by)
    return True


@operation
def add_node(organisation: Organisation, node: ChainNode, *, by: Actor) -> bool:
    """Say that a member works at a node, as its secretariat knows it; tell whether it is new."""
    require(by, "organisation.keep", organisation)
    known = db.session.get(OrganisationNode, (organisation.id, node.id))
    if known is None:
        _add_node(organisation, node, by=by)
    return known is None


def _write(organisation: Organisation, changes: dict[str, Any], *, by: Actor) -> None:
    detail = {name: [getattr(organisation, name), value] for name, value in changes.items()}
    for name, value in changes.items():
        setattr(organisation, name, value)
    db.session.flush()
    db.session.refresh(organisation, ["region", "district"])
    journal.note("organisation.edit", organisation, by=by, detail=detail)
    if changes.keys() & {"uscc", "summary"}:
        index_organisation(organisation)


def _add_node(organisation: Organisation, node: ChainNode, *, by: Actor) -> None:
    db.session.add(OrganisationNode(organisation_id=organisation.id, chain_node_id=node.id))
    # The row beside it is what changed; a form opened before must be found stale all the same.
    flag_modified(organisation, "name")
    detail = {"added": [node.id], "removed": []}
    journal.note("organisation.choose_nodes", organisation, by=by, detail=detail)
