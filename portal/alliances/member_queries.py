"""Questions about who belongs: the member list with its facets, and rows of memberships.

All rows are plain values read past the ORM: pages show them and change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, bindparam, case, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation, OrganisationKind
from portal.actors import Standing
from portal.alliances.models import Alliance, Membership, Tier, state_now
from portal.alliances.workflow import MembershipState
from portal.chain.models import ChainNode
from portal.database import Rows, plain
from portal.organisations.models import OrganisationNode
from portal.prepared import Prepared
from portal.regions.models import Region
from portal.workflow import awaiting

#: Members on a page of the list.
PAGE = 100
#: Applications and former members on a page of the secretariat's list.
KEPT_PAGE = 50
#: Protocol order (排序): the chair organisation first.
TIER_ORDER = {tier: position for position, tier in enumerate(Tier)}


class RegionName(NamedTuple):
    """What a chip shows of a region."""

    code: str
    short: str
    name: str
    name_en: str


@dataclass(frozen=True)
class MemberRow:
    """One member in the public list."""

    membership_id: int
    organisation_id: int
    organisation: str
    kind: OrganisationKind
    tier: Tier
    region: RegionName
    region_position: int
    #: Names of the nodes of the alliance's own chain that it works at.
    nodes: tuple[str, ...]

    def value(self, facet: str) -> str:
        """Return what the member counts under in a facet: `region`, `kind` or `tier`."""
        return {"region": self.region.code, "kind": self.kind, "tier": self.tier}[facet]


_MEMBERS = Prepared(
    select(
        Membership.id,
        Organisation.id,
        Organisation.name,
        Organisation.kind,
        Membership.tier,
        Region.code,
        Region.short,
        Region.name,
        Region.name_en,
        Region.position,
        ChainNode.name,
    )
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .join(Region, Region.id == Organisation.region_id)
    .join(Alliance, Alliance.id == Membership.alliance_id)
    .outerjoin(OrganisationNode, OrganisationNode.organisation_id == Organisation.id)
    .outerjoin(
        ChainNode,
        and_(
            ChainNode.id == OrganisationNode.chain_node_id,
            ChainNode.chain_map_id == Alliance.chain_map_id,
        ),
    )
    .where(Membership.alliance_id == bindparam("alliance", type_=Integer), Membership.is_active)
    .order_by(
        case(TIER_ORDER, value=Membership.tier),
        Organisation.position,
        Organisation.name,
        Organisation.id,
        ChainNode.position,
    )
)


def members_of(alliance_id: int) -> list[MemberRow]:
    """Return the members of an alliance in protocol order (one query).

    All of them at once, because every facet counts over all: an alliance has hundreds, not
    hundreds of thousands.
    """
    found: dict[int, MemberRow] = {}
    nodes: dict[int, list[str]] = {}
    for row in _MEMBERS.rows({"alliance": alliance_id}):
        if row[0] not in found:
            found[row[0]] = MemberRow(
                membership_id=row[0],
                organisation_id=row[1],
                organisation=row[2],
                kind=row[3],
                tier=row[4],
                region=RegionName(*row[5:9]),
                region_position=row[9],
                nodes=(),
            )
        if row[10] is not None:
            nodes.setdefault(row[0], []).append(row[10])
    return [replace(member, nodes=tuple(nodes.get(number, ()))) for number, member in found.items()]


FACETS = ("region", "kind", "tier")


def narrowed(members: Sequence[MemberRow], chosen: Mapping[str, str]) -> list[MemberRow]:
    """Return the members under the chosen values of the facets."""
    return [
        member
        for member in members
        if all(member.value(facet) == value for facet, value in chosen.items())
    ]


def facet_counts(
    members: Sequence[MemberRow], chosen: Mapping[str, str]
) -> dict[str, Counter[str]]:
    """Return how many members each value of each facet would show beside the others chosen."""
    return {
        facet: Counter(
            member.value(facet)
            for member in narrowed(members, {k: v for k, v in chosen.items() if k != facet})
        )
        for facet in FACETS
    }


@dataclass(frozen=True)
class AllianceName:
    """The name of an alliance in both languages."""

    name: str
    name_en: str


@dataclass(frozen=True)
class MembershipRow:
    """One application or membership in a list of those who keep it or wait for it."""

    id: int
    state: MembershipState
    since: datetime | None
    #: When it ended, began or was applied for: whichever came last.
    at: datetime
    tier: Tier
    organisation: str
    region: RegionName
    alliance: AllianceName

    @property
    def state_now(self) -> str:
        """The state as people read it."""
        return state_now(self.state, self.since)


def _rows(found: Iterable[Any]) -> list[MembershipRow]:
    return [
        MembershipRow(
            id=row[0],
            state=row[1],
            since=row[2],
            at=row[3] or row[2] or row[4],
            tier=row[5],
            organisation=row[6],
            region=RegionName(*row[7:11]),
            alliance=AllianceName(*row[11:13]),
        )
        for row in found
    ]


def _select() -> Rows:
    region: Any = aliased(Region)
    return (
        select(
            Membership.id,
            Membership.state,
            Membership.since,
            Membership.ended_at,
            Membership.created_at,
            Membership.tier,
            Organisation.name,
            region.code,
            region.short,
            region.name,
            region.name_en,
            Alliance.name,
            Alliance.name_en,
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(region, region.id == Organisation.region_id)
        .join(Alliance, Alliance.id == Membership.alliance_id)
    )


def waiting_memberships(standing: Standing, limit: int) -> list[MembershipRow]:
    """Return the applications that wait for this person, the longest waiting first."""
    return _rows(_waiting_statement(standing, limit).rows())


@lru_cache(maxsize=512)
def _waiting_statement(standing: Standing, limit: int) -> Prepared:
    waiting = _select().where(awaiting(standing, Membership))
    return Prepared(waiting.order_by(Membership.created_at, Membership.id).limit(limit))


def kept_memberships(
    alliance_id: int, after: int | None = None
) -> tuple[list[MembershipRow], int | None]:
    """Return a page of an alliance's applications and former members, and the next page's key.

    The newest first, without the members of today. Paged by id: a membership keeps its number.
    """
    query = _select().where(
        Membership.alliance_id == alliance_id, ~Membership.is_active, Membership.was_submitted
    )
    if after is not None:
        query = query.where(Membership.id < after)
    rows = _rows(plain(query.order_by(Membership.id.desc()).limit(KEPT_PAGE + 1)))
    return rows[:KEPT_PAGE], rows[KEPT_PAGE - 1].id if len(rows) > KEPT_PAGE else None
