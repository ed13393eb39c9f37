"""What facets and selects offer: alliances, provinces, and the nodes of a chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, String, bindparam, func, literal, select, union_all

from portal.alliances.models import Alliance
from portal.chain.models import ChainNode
from portal.database import Rows, db
from portal.regions.models import Region, RegionLevel


@dataclass(frozen=True)
class Choice:
    """One value a facet or a select offers."""

    facet: str
    id: int
    value: str
    name: str
    name_en: str
    parent_id: int | None


def choices(chain_map_id: int | None = None, *, of_alliance: str | None = None) -> list[Choice]:
    """Return the alliances and provinces, and the nodes of one chain, in one query.

    The chain is named by its id or by the address of an alliance; without either, no nodes.
    """
    rows = db.session.execute(
        _choices_statement(chain_map_id is not None or of_alliance is not None),
        {"chain_map": chain_map_id, "slug": of_alliance},
    ).all()
    return [Choice(*row[:6]) for row in sorted(rows, key=lambda row: row[6])]


@cache
def _choices_statement(with_nodes: bool) -> Any:
    parts: list[Rows] = [
        select(
            literal("alliance"),
            Alliance.id,
            Alliance.slug,
            Alliance.name,
            Alliance.name_en,
            Alliance.chain_map_id,
            Alliance.id.label("position"),
        ),
        select(
            literal("region"),
            Region.id,
            Region.code,
            Region.name,
            Region.name_en,
            Region.parent_id,
            Region.position,
        ).where(Region.level == RegionLevel.PROVINCE),
    ]
    if with_nodes:
        chain_map: Any = func.coalesce(
            bindparam("chain_map", type_=Integer),
            select(Alliance.chain_map_id)
            .where(Alliance.slug == bindparam("slug", type_=String))
            .scalar_subquery(),
        )
        parts.append(
            select(
                literal("node"),
                ChainNode.id,
                ChainNode.code,
                ChainNode.name,
                ChainNode.name,
                ChainNode.parent_id,
                ChainNode.position,
            ).where(ChainNode.chain_map_id == chain_map)
        )
    return union_all(*parts)


def below(nodes: Sequence[Choice], code: str) -> set[int]:
    """Return the ids of the node with a code and of every node below it."""
    wanted = {node.id for node in nodes if node.value == code}
    grown = True
    while grown:
        more = {node.id for node in nodes if node.parent_id in wanted} - wanted
        wanted |= more
        grown = bool(more)
    return wanted
