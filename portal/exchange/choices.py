"""What facets and selects offer: alliances, provinces, and the nodes of a chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import literal, null, select, union_all

from portal.alliances.models import Alliance
from portal.chain.models import ChainNode
from portal.database import Rows, plain
from portal.kept import kept
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
    #: The chain map: of a node the one it stands in, of an alliance its own.
    within: int | None


@dataclass(frozen=True, eq=False)
class Choices:
    """All there is to choose from, read at one moment."""

    everything: Sequence[Choice]

    def of(self, facet: str) -> list[Choice]:
        """Return the choices of a facet: `alliance`, `region` or `node`."""
        return [each for each in self.everything if each.facet == facet]

    def named(self, facet: str, value: str | None) -> Choice | None:
        """Return the choice of a facet that a word in an address means, or None."""
        return next((c for c in self.everything if c.facet == facet and c.value == value), None)

    def nodes(self, alliance: Choice | None) -> list[Choice]:
        """Return the nodes of an alliance's chain; none without an alliance."""
        return self.nodes_of(alliance.within if alliance else None)

    def nodes_of(self, chain_map_id: int | None) -> list[Choice]:
        """Return the nodes of a chain map."""
        if chain_map_id is None:
            return []
        return [each for each in self.of("node") if each.within == chain_map_id]


def all_choices() -> Choices:
    """Return what there is to choose from; reference data, at most a minute old."""
    return kept("choices", _read_choices)


def _read_choices() -> Choices:
    """Return every alliance, province and chain node, each in its order."""
    parts: tuple[Rows, ...] = (
        select(
            literal("alliance"),
            Alliance.id,
            Alliance.slug,
            Alliance.name,
            Alliance.name_en,
            null(),
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
            null(),
            Region.position,
        ).where(Region.level == RegionLevel.PROVINCE),
        select(
            literal("node"),
            ChainNode.id,
            ChainNode.code,
            ChainNode.name,
            ChainNode.name,
            ChainNode.parent_id,
            ChainNode.chain_map_id,
            ChainNode.position,
        ),
    )
    rows = plain(union_all(*parts))
    return _same(tuple(Choice(*row[:7]) for row in sorted(rows, key=lambda row: row[7])))


@lru_cache(maxsize=8)
def _same(everything: tuple[Choice, ...]) -> Choices:
    """Return one object for the same choices: what is kept by it outlives the minute."""
    return Choices(everything)


def below(nodes: Sequence[Choice], code: str) -> set[int]:
    """Return the ids of the node with a code and of every node below it."""
    wanted = {node.id for node in nodes if node.value == code}
    grown = True
    while grown:
        more = {node.id for node in nodes if node.parent_id in wanted} - wanted
        wanted |= more
        grown = bool(more)
    return wanted
