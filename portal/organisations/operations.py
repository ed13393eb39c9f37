"""Verbs on an organisation itself: its profile, its nodes, its code, its name, its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from portal import clock, journal
from portal.access import require
from portal.accounts.models import FormerName, Organisation, OrganisationKind
from portal.accounts.operations import index_organisation, refuse_known_code, refuse_known_name
from portal.accounts.queries import normal_name
from portal.accounts.social_credit import code_of
from portal.actors import Actor
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.organisations.models import OrganisationNode
from portal.organisations.rules import check_headquarters, organisation_meant, website_of
from portal.regions.models import Region, RegionLevel
from portal.registry import follow_up
from portal.workflow import check_version

#: Protocol order takes numbers up to this.
LAST_POSITION = 9999


@dataclass(frozen=True)
class Profile:
    """What an organisation says of itself; the headquarters as typed, by name or code."""

    kind: OrganisationKind
    region_id: int
    district_id: int | None = None
    website: str | None = None
    summary: str | None = None
    headquarters: str | None = None


@operation
def edit_organisation(
    organisation: Organisation, profile: Profile, *, by: Actor, expected: int | None = None
) -> None:
    """Change the profile of an organisation.

    Raises `Stale` for an old version, `Refused` where the district lies elsewhere, the website
    is none, or the headquarters is unknown or would be its own branch.
    """
    require(by, "organisation.edit", organisation)
    check_version(organisation, expected)
    region = db.session.get(Region, profile.region_id)
    if region is None or region.level is not RegionLevel.PROVINCE:
        raise Refused(_l("Please choose one."), field="region_id")
    district = db.session.get(Region, profile.district_id) if profile.district_id else None
    if district is not None and not district.path.startswith(region.path):
        raise Refused(_l("This district does not lie in that province."), field="district_id")
    above = None
    if profile.headquarters:
        above = organisation_meant(profile.headquarters, field="headquarters")
        check_headquarters(organisation, above)
    new = {
        "kind": profile.kind,
        "region_id": region.id,
        "district_id": district.id if district else None,
        "website": website_of(profile.website),
        "summary": (profile.summary or "").strip() or None,
        "headquarters_id": above.id if above else None,
    }
    changed = {
        name: [getattr(organisation, name), value]
        for name, value in new.items()
        if getattr(organisation, name) != value
    }
    if not changed:
        return
    for name, (_before, value) in changed.items():
        setattr(organisation, name, value)
    db.session.flush()
    db.session.refresh(organisation, ["region", "district", "headquarters"])
    journal.note("organisation.edit", organisation, by=by, detail=changed)
    index_organisation(organisation)


@operation
def choose_nodes(
    organisation: Organisation,
    node_ids: Collection[int],
    *,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Say at which nodes of the chains an organisation works. Raises `Stale` for an old version."""
    require(by, "organisation.edit", organisation)
    check_version(organisation, expected)
    mine = OrganisationNode.organisation_id == organisation.id
    held = set(db.session.scalars(select(OrganisationNode.chain_node_id).where(mine)))
    wanted = set(db.session.scalars(select(ChainNode.id).where(ChainNode.id.in_(set(node_ids)))))
    if held == wanted:
        return
    gone = OrganisationNode.chain_node_id.in_(held - wanted)
    db.session.execute(delete(OrganisationNode).where(mine, gone))
    db.session.add_all(
        OrganisationNode(organisation_id=organisation.id, chain_node_id=node_id)
        for node_id in sorted(wanted - held)
    )
    # The rows beside it are what changed; a form opened before must be found stale all the same.
    flag_modified(organisation, "name")
    detail = {"added": sorted(wanted - held), "removed": sorted(held - wanted)}
    journal.note("organisation.choose_nodes", organisation, by=by, detail=detail)


@operation
def complete_code(
    organisation: Organisation, written: str, *, by: Actor, expected: int | None = None
) -> None:
    """Enter the unified social credit code of an organisation, or correct it.

    Raises `Refused` where the code is wrong or another organisation's.
    """
    require(by, "organisation.complete", organisation)
    check_version(organisation, expected)
    code = code_of(written)
    if code is None:
        raise Refused(_l("Please fill this in."), field="uscc")
    if code == organisation.uscc:
        return
    refuse_known_code(code, besides=organisation)
    before, organisation.uscc = organisation.uscc, code
    detail = {"uscc": [before, code]}
    journal.note("organisation.complete", organisation, by=by, detail=detail)
    index_organisation(organisation)


@operation
def rename_organisation(
    organisation: Organisation,
    name: str,
    *,
    reason: str,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Give an organisation its new name; the old one is kept (曾用名) and still finds it.

    Raises `Refused` where nothing changes or the name is, or was, another organisation's.
    """
    require(by, "organisation.rename", organisation)
    check_version(organisation, expected)
    if not reason.strip():
        raise Refused(_l("Please say why in a sentence."), field="reason")
    if name == organisation.name:
        raise Refused(_l("This is its name already."), field="name")
    refuse_known_name(name, besides=organisation)
    before = organisation.name
    keep_former_name(organisation, before)
    organisation.name = name
    detail = {"name": [before, name], "note": reason}
    journal.note("organisation.rename", organisation, by=by, detail=detail)
    index_organisation(organisation)
    follow_up(organisation, "rename", by=by)


def keep_former_name(organisation: Organisation, name: str) -> None:
    """Keep a name an organisation bears no more, inside an operation."""
    db.session.add(
        FormerName(
            organisation_id=organisation.id,
            name=name,
            normal_name=normal_name(name),
            until_at=clock.now(),
        )
    )


@operation
def place_organisation(
    organisation: Organisation, position: int, *, by: Actor, expected: int | None = None
) -> None:
    """Set the place in protocol order (排序): within a tier the smaller number comes first."""
    require(by, "organisation.keep", organisation)
    check_version(organisation, expected)
    if not 0 <= position <= LAST_POSITION:
        raise Refused(_l("A whole number from 0 to %(max)d.", max=LAST_POSITION), field="position")
    if position == organisation.position:
        return
    before, organisation.position = organisation.position, position
    detail = {"position": [before, position]}
    journal.note("organisation.place", organisation, by=by, detail=detail)
