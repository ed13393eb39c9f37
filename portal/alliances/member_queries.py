"""Questions about who belongs: how many of which sort, and rows of memberships.

All rows are plain values read past the ORM: pages show them and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.access import visible_to
from portal.accounts.models import Organisation, OrganisationKind
from portal.actors import Standing
from portal.alliances.models import Alliance, Membership, Tier, state_now
from portal.alliances.workflow import MembershipState
from portal.database import Rows, among, plain
from portal.prepared import Prepared
from portal.regions.models import Region
from portal.regions.queries import RegionName
from portal.regions.working_days import lateness
from portal.roles import Role
from portal.workflow import awaiting

#: Applications and former members on a page of the secretariat's list.
KEPT_PAGE = 50
#: For so long an application that was decided stands among what its applicant has started.
LATELY = timedelta(days=30)
UNDER_WAY = (
    MembershipState.DRAFT,
    MembershipState.SUBMITTED,
    MembershipState.UNDER_REVIEW,
    MembershipState.RETURNED,
)
#: In these an applicant waits for the secretariat.
AWAITED_STATES = (MembershipState.SUBMITTED, MembershipState.UNDER_REVIEW)
#: Protocol order (排序): the chair organisation first.
TIER_ORDER = {tier: position for position, tier in enumerate(Tier)}


@dataclass(frozen=True)
class Counted:
    """How many members of an alliance share a region, a kind and a tier."""

    region: RegionName
    region_position: int
    kind: OrganisationKind
    tier: Tier
    count: int


_COUNTED = Prepared(
    select(
        Region.code,
        Region.short,
        Region.name,
        Region.name_en,
        Region.position,
        Organisation.kind,
        Membership.tier,
        func.count(),
    )
    .select_from(Membership)
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .join(Region, Region.id == Organisation.region_id)
    .where(Membership.alliance_id == bindparam("alliance", type_=Integer), Membership.is_active)
    .group_by(Region.id, Organisation.kind, Membership.tier)
)


def counted_members(alliance_id: int) -> list[Counted]:
    """Return how many members of an alliance there are of each region, kind and tier."""
    rows = _COUNTED.rows({"alliance": alliance_id})
    return [Counted(RegionName(*row[:4]), *row[4:]) for row in rows]


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

    @property
    def lateness(self) -> str | None:
        """Whether the day by which it should be decided is `today`, or has passed (`late`)."""
        return lateness(self.at) if self.state in AWAITED_STATES else None


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


def own_applications(standing: Standing, limit: int) -> list[MembershipRow]:
    """Return the applications of the organisations one acts for, the newest first.

    Those under way, and those decided within `LATELY`: the answer is looked for at the desk.
    """
    return _rows(_own_statement(standing, limit).rows({"since": clock.now() - LATELY}))


@lru_cache(maxsize=512)
def _own_statement(standing: Standing, limit: int) -> Prepared:
    lately = bindparam("since", type_=Membership.created_at.type)
    own = _select().where(
        visible_to(standing, "membership.view", Membership),
        among(Membership.organisation_id, sorted(standing[Role.DELEGATE])),
        # An organisation admitted on paper never applied.
        Membership.applied_by_id.is_not(None),
        or_(
            among(Membership.state, UNDER_WAY),
            and_(Membership.state == MembershipState.ACTIVE, Membership.since >= lately),
            and_(Membership.state == MembershipState.REJECTED, Membership.ended_at >= lately),
        ),
    )
    return Prepared(own.order_by(Membership.created_at.desc(), Membership.id.desc()).limit(limit))


def kept_memberships(
    alliance_id: int, after: int | None = None, *, size: int = KEPT_PAGE
) -> tuple[list[MembershipRow], int | None]:
    """Return a page of an alliance's applications and former members, and the next page's key.

    The newest first, without the members of today. Paged by id: a membership keeps its number.
    """
    query = _select().where(
        Membership.alliance_id == alliance_id, ~Membership.is_active, Membership.was_submitted
    )
    if after is not None:
        query = query.where(Membership.id < after)
    rows = _rows(plain(query.order_by(Membership.id.desc()).limit(size + 1)))
    return rows[:size], rows[size - 1].id if len(rows) > size else None
