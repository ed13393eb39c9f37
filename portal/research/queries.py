"""Questions about joint projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.alliances.models import Alliance, Membership
from portal.chain.models import ChainNode
from portal.database import Rows, among, db, plain
from portal.kept import kept
from portal.prepared import Prepared
from portal.regions.models import Region, RegionLevel
from portal.regions.queries import RegionName
from portal.research.models import Need, Partner, Project
from portal.research.work_models import Milestone
from portal.research.workflow import UNFINISHED, PartnerState, ProjectState
from portal.workflow import awaiting

#: Rows on a page of the list.
PAGE = 20
#: What the list may be narrowed to, by the word in the address.
KINDS_OF_LIST: dict[str, tuple[ProjectState, ...]] = {
    "open": UNFINISHED,
    "calls": (ProjectState.CALLING,),
    "ended": (ProjectState.COMPLETED, ProjectState.TRANSFERRED, ProjectState.ARCHIVED),
}


@dataclass(frozen=True)
class ProjectRow:
    """One row of a list: plain values, no record behind it."""

    id: int
    title: str
    state: ProjectState
    lead: str
    partners: int
    regions: tuple[RegionName, ...]
    #: Milestones whose day has passed, told to those who take part.
    late: int = 0


def _late(standing: Standing) -> ColumnElement[int]:
    """Return how many milestones of a project are overdue, 0 to whoever is not inside."""
    is_running = among(Project.state, UNFINISHED)
    count = (
        select(func.count(Milestone.id))
        .where(Milestone.project_id == Project.id, Milestone.is_overdue)
        .correlate(Project)
        .scalar_subquery()
    )
    return case((and_(is_running, visible_to(standing, "project.work", Project)), count), else_=0)


def _select(*narrowed: ColumnElement[bool], late: ColumnElement[int] | None = None) -> Rows:
    part = (
        select(Organisation.region_id.label("region_id"))
        .join(Partner, Partner.organisation_id == Organisation.id)
        .where(Partner.project_id == Project.id, Partner.state == PartnerState.CONFIRMED)
        .correlate(Project)
        .subquery()
    )
    comma: Any = literal_column("','")  # a word of ours would be written into it at each run
    regions = select(func.aggregate_strings(cast(part.c.region_id, String), comma))
    return (
        select(
            Project.id,
            Project.title,
            Project.state,
            Organisation.name,
            regions.scalar_subquery(),
            literal_column("0") if late is None else late,
        )
        .join(Organisation, Organisation.id == Project.lead_id)
        .where(*narrowed)
    )


def _rows(found: Sequence[tuple[Any, ...]]) -> list[ProjectRow]:
    """Return rows with the regions of who takes part, in their official order."""
    if not found:
        return []
    names = all_provinces()
    rows = []
    for number, title, state, lead, regions, late in found:
        held = [int(each) for each in (regions or "").split(",") if each]
        named = tuple(name for region_id, name in names.items() if region_id in held)
        rows.append(ProjectRow(number, title, state, lead, len(held), named, late))
    return rows


def all_provinces() -> dict[int, RegionName]:
    """Return the provinces by id, in their order; reference data, at most a minute old."""
    return kept("project_regions", _read_regions)


def _read_regions() -> dict[int, RegionName]:
    found = plain(
        select(Region.id, Region.code, Region.short, Region.name, Region.name_en)
        .where(Region.level == RegionLevel.PROVINCE)
        .order_by(Region.position, Region.id)
    )
    return {row[0]: RegionName(*row[1:]) for row in found}


def list_asked(written: str | None) -> str:
    """Return the list that a word in an address means, or the one of what goes on."""
    return written if written in KINDS_OF_LIST else "open"


def project_page(
    standing: Standing, kind: str, *, after: int | None = None, size: int = PAGE
) -> tuple[list[ProjectRow], int | None]:
    """Return a page of the projects one may see, newest first, and the next key."""
    found = _page_statement(standing, kind, after, size).rows()
    rows = _rows(found[:size])
    return rows, rows[-1].id if len(found) > size else None


@lru_cache(maxsize=512)
def _page_statement(standing: Standing, kind: str, after: int | None, size: int) -> Prepared:
    narrowed = [
        visible_to(standing, "project.view", Project),
        among(Project.state, KINDS_OF_LIST[kind]),
    ]
    if after is not None:
        narrowed.append(Project.id < after)
    found = _select(*narrowed, late=_late(standing))
    return Prepared(found.order_by(Project.id.desc()).limit(size + 1))


def waiting_projects(standing: Standing, limit: int) -> list[ProjectRow]:
    """Return the projects that wait for this person: to be approved, or for a part's answer."""
    return _rows(_waiting_statement(standing, limit).rows())


@lru_cache(maxsize=512)
def _waiting_statement(standing: Standing, limit: int) -> Prepared:
    parts = select(Partner.project_id).where(awaiting(standing, Partner))
    is_waiting = or_(awaiting(standing, Project), Project.id.in_(parts))
    return Prepared(_select(is_waiting).order_by(Project.id).limit(limit))


def needs_of(project_id: int) -> Sequence[Need]:
    """Return whom a project still looks for."""
    return db.session.scalars(
        select(Need).where(Need.project_id == project_id).order_by(Need.id)
    ).all()


def members_to_ask(project: Project) -> list[tuple[int, str, str]]:
    """Return (id, name, province) of the members that neither take part nor were asked."""
    held = (PartnerState.ASKED, PartnerState.CONFIRMED)
    taken = select(Partner.organisation_id).where(
        Partner.project_id == project.id, among(Partner.state, held)
    )
    found = plain(
        select(Organisation.id, Organisation.name, Region.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Region, Region.id == Organisation.region_id)
        .where(
            Membership.alliance_id == project.alliance_id,
            Membership.is_active,
            Organisation.id.not_in(taken),
        )
        .order_by(Region.position, Organisation.sort_key)
    )
    return [(row[0], row[1], row[2]) for row in found]


def nodes_of_chain(alliance: Alliance) -> list[tuple[int, str]]:
    """Return (id, name) of the nodes of an alliance's chain, in their order."""
    found = plain(
        select(ChainNode.id, ChainNode.name)
        .where(ChainNode.chain_map_id == alliance.chain_map_id)
        .order_by(ChainNode.position)
    )
    return [(row[0], row[1]) for row in found]


@dataclass(frozen=True)
class Counts:
    """How many projects there are, and how often regions take part in them together."""

    by_state: dict[ProjectState, int]
    #: (region of the lead, region of a partner) -> projects.
    flows: list[tuple[RegionName, RegionName, int]]


def counts() -> Counts:
    """Return the counts and flows that a liaison sees: no title, no organisation."""
    by_state = plain(select(Project.state, func.count()).group_by(Project.state))
    lead, partner = aliased(Organisation), aliased(Organisation)
    here, there = aliased(Region), aliased(Region)
    flows = plain(
        select(
            here.code,
            here.short,
            here.name,
            here.name_en,
            there.code,
            there.short,
            there.name,
            there.name_en,
            func.count(Project.id.distinct()),
        )
        .select_from(Project)
        .join(Partner, Partner.project_id == Project.id)
        .join(lead, lead.id == Project.lead_id)
        .join(partner, partner.id == Partner.organisation_id)
        .join(here, here.id == lead.region_id)
        .join(there, there.id == partner.region_id)
        .where(Partner.state == PartnerState.CONFIRMED, lead.id != partner.id)
        .group_by(here.id, there.id)
        .order_by(here.position, case((here.id == there.id, 1), else_=0), there.position)
    )
    return Counts(
        {row[0]: row[1] for row in by_state},
        [(RegionName(*row[:4]), RegionName(*row[4:8]), row[8]) for row in flows],
    )
