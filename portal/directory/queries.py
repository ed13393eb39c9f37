"""Questions over several rooms at once: the directory, and what an organisation's page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import literal, null, select, union_all
from sqlalchemy.orm import joinedload

from portal import search
from portal.accounts.models import FormerName, Organisation
from portal.actors import Standing
from portal.alliances import merging as alliances_merging
from portal.chain.models import ChainMap, ChainNode
from portal.clock import LOCAL_ZONE
from portal.database import Instant, Rows, db, plain
from portal.exchange import merging as exchange_merging
from portal.organisations import merging as organisations_merging
from portal.organisations.models import OrganisationNode

#: Organisations on one page of the directory.
PAGE = 30
#: A search shows no more than this: whoever looks for one names it better.
MOST_FOUND = 60


@dataclass(frozen=True)
class DirectoryPage:
    """One page of the directory and the key of the next."""

    organisations: Sequence[Organisation]
    next_key: str | None


def _with_place() -> Any:
    return (
        select(Organisation)
        .options(joinedload(Organisation.district))
        .where(Organisation.is_current)
    )


def directory_page(standing: Standing, query: str, after: str | None) -> DirectoryPage:
    """Return organisations by name, or those that a search finds (former names and codes too)."""
    if query.strip():
        documents = search.documents("organisation", query, standing)
        if documents is None:
            return DirectoryPage([], None)
        ids = [row.record_id for row in plain(documents.limit(MOST_FOUND))]
        found = db.session.scalars(
            _with_place().where(Organisation.id.in_(ids)).order_by(Organisation.name)
        ).all()
        return DirectoryPage(found, None)
    listed = _with_place().order_by(Organisation.name).limit(PAGE + 1)
    if after:
        listed = listed.where(Organisation.name > after)
    rows = db.session.scalars(listed).all()
    more = rows[PAGE - 1].name if len(rows) > PAGE else None
    return DirectoryPage(rows[:PAGE], more)


@dataclass(frozen=True)
class Around:
    """What stands around an organisation: names, branches, nodes of the chains."""

    #: (name, the day on which it ended)
    former_names: list[tuple[str, date]]
    branches: list[tuple[int, str]]
    #: (chain, its English name, node)
    nodes: list[tuple[str, str, str]]


def around(organisation_id: int) -> Around:
    """Return former names (the last one first), branches and nodes, in one query."""
    none_at = null().cast(Instant)
    nothing = literal("")
    parts: tuple[Rows, ...] = (
        select(
            literal("former").label("what"),
            FormerName.id.label("key"),
            FormerName.name.label("one"),
            nothing.label("two"),
            nothing.label("three"),
            FormerName.until_at.label("at"),
        ).where(FormerName.organisation_id == organisation_id),
        select(literal("branch"), Organisation.id, Organisation.name, nothing, nothing, none_at)
        .where(Organisation.headquarters_id == organisation_id, Organisation.is_current),
        select(
            literal("node"),
            ChainNode.position,
            ChainMap.name,
            ChainMap.name_en,
            ChainNode.name,
            none_at,
        )
        .join(ChainMap, ChainMap.id == ChainNode.chain_map_id)
        .join(OrganisationNode, OrganisationNode.chain_node_id == ChainNode.id)
        .where(OrganisationNode.organisation_id == organisation_id),
    )  # fmt: skip
    rows = plain(union_all(*parts))
    former = sorted((row for row in rows if row[0] == "former"), key=lambda r: (r[5], r[1]))
    nodes = sorted((row for row in rows if row[0] == "node"), key=lambda r: (r[2], r[1]))
    return Around(
        [(row[2], row[5].astimezone(LOCAL_ZONE).date()) for row in reversed(former)],
        sorted(((row[1], row[2]) for row in rows if row[0] == "branch"), key=lambda b: b[1]),
        [(row[2], row[3], row[4]) for row in nodes],
    )


def moving(double: Organisation) -> dict[str, int]:
    """Return how many records would move if this organisation were merged, by their table."""
    rooms = (organisations_merging, alliances_merging, exchange_merging)
    return {noun: count for room in rooms for noun, count in room.moving(double).items()}
