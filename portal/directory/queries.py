"""Questions over several rooms at once: the directory, and what an organisation's page shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, literal, null, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import FormerName, Organisation
from portal.alliances import merging as alliances_merging
from portal.alliances.models import Alliance, ChairTerm
from portal.chain.models import ChainMap, ChainNode
from portal.clock import LOCAL_ZONE
from portal.database import Instant, Rows, plain
from portal.exchange import merging as exchange_merging
from portal.kept import kept
from portal.organisations import merging as organisations_merging
from portal.organisations.models import OrganisationNode, Qualification

#: Qualifications that the directory offers to narrow by: the most frequent ones.
OFFERED = 12


def frequent_qualifications() -> list[str]:
    """Return the certificates that most organisations hold now; at most a minute old."""
    return kept("qualifications", _read_qualifications)


def _read_qualifications() -> list[str]:
    rows = plain(
        select(Qualification.name)
        .join(Organisation, Organisation.id == Qualification.organisation_id)
        .where(Organisation.is_current, Qualification.is_valid)
        .group_by(Qualification.name)
        .order_by(func.count().desc(), Qualification.name)
        .limit(OFFERED)
    )
    return [name for (name,) in rows]


def place_of(organisation_id: int) -> int | None:
    """Return the id of the district of an organisation, or of its province, or None."""
    row = plain(
        select(func.coalesce(Organisation.district_id, Organisation.region_id)).where(
            Organisation.id == organisation_id
        )
    )
    return row[0][0] if row else None


@dataclass(frozen=True)
class Term:
    """One time in the chair of an alliance; the last one has no end yet."""

    alliance_slug: str
    name: str
    name_en: str
    from_at: datetime
    until_at: datetime | None

    @property
    def first_on(self) -> date:
        """The first day, in Shanghai, of the term."""
        return clock.day_of(self.from_at)

    @property
    def last_on(self) -> date | None:
        """The last day, in Shanghai, of the term, where the next one is known."""
        return clock.last_day_before(self.until_at) if self.until_at else None

    @property
    def when(self) -> str:
        """Whether the term is `past`, `present` or `future`."""
        if self.from_at > clock.now():
            return "future"
        return "past" if self.until_at and self.until_at <= clock.now() else "present"


@dataclass(frozen=True)
class Around:
    """What stands around an organisation: names, branches, nodes of the chains, chairs."""

    #: (name, the day on which it ended)
    former_names: list[tuple[str, date]]
    branches: list[tuple[int, str]]
    #: (chain, its English name, node)
    nodes: list[tuple[str, str, str]]
    #: Its times in the chair, the newest first.
    terms: list[Term]


def around(organisation_id: int) -> Around:
    """Return former names (the last one first), branches, nodes and terms, in one query."""
    none_at = null().cast(Instant)
    later = aliased(ChairTerm)
    until_at = (
        select(func.min(later.from_at))
        .where(later.alliance_id == ChairTerm.alliance_id, later.from_at > ChairTerm.from_at)
        .scalar_subquery()
    )
    nothing = literal("")
    parts: tuple[Rows, ...] = (
        select(
            literal("former").label("what"),
            FormerName.id.label("key"),
            FormerName.name.label("one"),
            nothing.label("two"),
            nothing.label("three"),
            FormerName.until_at.label("at"),
            none_at.label("until"),
        ).where(FormerName.organisation_id == organisation_id),
        select(
            literal("branch"), Organisation.id, Organisation.name, nothing, nothing, none_at,
            none_at,
        ).where(Organisation.headquarters_id == organisation_id, Organisation.is_current),
        select(
            literal("node"),
            ChainNode.position,
            ChainMap.name,
            ChainMap.name_en,
            ChainNode.name,
            none_at,
            none_at,
        )
        .join(ChainMap, ChainMap.id == ChainNode.chain_map_id)
        .join(OrganisationNode, OrganisationNode.chain_node_id == ChainNode.id)
        .where(OrganisationNode.organisation_id == organisation_id),
        select(
            literal("term"), Alliance.id, Alliance.slug, Alliance.name, Alliance.name_en,
            ChairTerm.from_at, until_at,
        )
        .join(Alliance, Alliance.id == ChairTerm.alliance_id)
        .where(ChairTerm.organisation_id == organisation_id),
    )  # fmt: skip
    rows = plain(union_all(*parts))
    former = sorted((row for row in rows if row[0] == "former"), key=lambda r: (r[5], r[1]))
    nodes = sorted((row for row in rows if row[0] == "node"), key=lambda r: (r[2], r[1]))
    return Around(
        [(row[2], row[5].astimezone(LOCAL_ZONE).date()) for row in reversed(former)],
        sorted(((row[1], row[2]) for row in rows if row[0] == "branch"), key=lambda b: b[1]),
        [(row[2], row[3], row[4]) for row in nodes],
        sorted(
            (Term(*row[2:7]) for row in rows if row[0] == "term"),
            key=lambda term: term.from_at,
            reverse=True,
        ),
    )


def terms_held(terms: Sequence[Term], member_of: Collection[str]) -> list[Term]:
    """Return the terms that hold: whoever left an alliance (its slug) chairs it no more.

    What is past stays: it was held.
    """
    return [term for term in terms if term.when == "past" or term.alliance_slug in member_of]


def moving(double: Organisation) -> dict[str, int]:
    """Return how many records would move if this organisation were merged, by their table."""
    rooms = (organisations_merging, alliances_merging, exchange_merging)
    return {noun: count for room in rooms for noun, count in room.moving(double).items()}
