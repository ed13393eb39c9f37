"""The regions as the monitor reads them: plain values, the same for everybody.

Which region stands in front, and which ones work together, is data: the first province in their
official order, and the provinces that have a colour (`regions.Region`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from portal.database import plain
from portal.kept import kept
from portal.language import is_english
from portal.regions.models import Region, RegionLevel


@dataclass(frozen=True)
class RegionRow:
    """One region."""

    id: int
    code: str
    short: str
    name: str
    name_en: str
    colour: str | None
    level: RegionLevel
    path: str

    @property
    def province_id(self) -> int:
        """The province it lies in; itself for a province."""
        return int(self.path.partition("/")[0])

    @property
    def mark(self) -> str:
        """What its chip says."""
        return self.code if is_english() else self.short


@dataclass(frozen=True)
class Regions:
    """Every region in the official order."""

    all: tuple[RegionRow, ...]

    @cached_property
    def by_id(self) -> dict[int, RegionRow]:
        """Each by its id."""
        return {each.id: each for each in self.all}

    @cached_property
    def provinces(self) -> tuple[RegionRow, ...]:
        """The provinces."""
        return tuple(each for each in self.all if each.level == RegionLevel.PROVINCE)

    @cached_property
    def together(self) -> tuple[RegionRow, ...]:
        """The provinces that work together; all of them where none has a colour."""
        return tuple(each for each in self.provinces if each.colour) or self.provinces

    @property
    def origin(self) -> RegionRow | None:
        """The region in front."""
        return self.together[0] if self.together else None

    def flow_to(self, taking_ids: Collection[int]) -> str:
        """Return the flow from the region in front to some others, in short."""
        takers = [each.mark for each in self.together[1:] if each.id in taking_ids]
        joined = ("/" if is_english() else "").join(takers)
        return f"{self.origin.mark if self.origin else '?'}→{joined or '?'}"


def regions() -> Regions:
    """Return the regions, at most a minute old."""
    return kept("monitor_regions", _read)


def _read() -> Regions:
    rows = plain(
        select(
            Region.id,
            Region.code,
            Region.short,
            Region.name,
            Region.name_en,
            Region.colour,
            Region.level,
            Region.path,
        ).order_by(Region.position, Region.id)
    )
    return Regions(tuple(RegionRow(*row) for row in rows))
