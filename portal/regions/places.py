"""The regions as places: plain values, kept for a minute, for facets, chips and distances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from portal.database import plain
from portal.kept import kept
from portal.regions.distance import Centre, kilometres
from portal.regions.models import Region, RegionLevel

#: Under which name the places are kept.
PLACES = "places"


@dataclass(frozen=True)
class Place:
    """One region, as lists and facets need it."""

    id: int
    code: str
    parent_id: int | None
    level: RegionLevel
    name: str
    name_en: str
    short: str
    centre: Centre | None


@dataclass(frozen=True, eq=False)
class Places:
    """All regions, by id and in their order, read at one moment."""

    by_id: Mapping[int, Place]

    @cached_property
    def _by_code(self) -> dict[str, Place]:
        return {place.code: place for place in self.by_id.values()}

    def named(self, code: str | None) -> Place | None:
        """Return the place that a code in an address means, or None."""
        return self._by_code.get(code or "")

    def within(self, parent_id: int | None) -> list[Place]:
        """Return the places directly in another (None: the provinces), in their order."""
        return [place for place in self.by_id.values() if place.parent_id == parent_id]

    def below(self, place: Place) -> frozenset[int]:
        """Return the ids of a place and of everything in it."""
        found, grown = {place.id}, True
        while grown:
            more = {each.id for each in self.by_id.values() if each.parent_id in found} - found
            found |= more
            grown = bool(more)
        return frozenset(found)

    def centre_of(self, place: Place | None) -> Centre | None:
        """Return the centre of a place, or of the nearest above it that has one, or None."""
        while place is not None and place.centre is None:
            place = self.by_id.get(place.parent_id or 0)
        return place.centre if place else None

    @cached_property
    def measurable(self) -> list[tuple[Place, list[Place]]]:
        """The provinces, each with the places in it that distances can be measured from."""
        found = []
        for province in self.within(None):
            inside = self.below(province)
            known = [p for p in self.by_id.values() if p.id in inside and self.centre_of(p)]
            found.append((province, known))
        return found

    def between(self, origin: Place | None, place: Place | None) -> int | None:
        """Return the whole kilometres between the centres of two places, None without either."""
        here, there = self.centre_of(origin), self.centre_of(place)
        return round(kilometres(here, there)) if here and there else None

    def near(self, origin: Place, most_km: int) -> frozenset[int]:
        """Return the ids of the places whose centre lies within so many kilometres of another's.

        Places whose centre nobody knows are not among them, nor is anything near one of those.
        """
        centre = self.centre_of(origin)
        if centre is None:
            return frozenset()
        return frozenset(
            place.id
            for place in self.by_id.values()
            if (there := self.centre_of(place)) and kilometres(centre, there) <= most_km
        )


def all_places() -> Places:
    """Return every region; reference data, at most a minute old."""
    return kept(PLACES, _read_places)


def _read_places() -> Places:
    rows = plain(
        select(
            Region.id, Region.code, Region.parent_id, Region.level, Region.name, Region.name_en,
            Region.short, Region.latitude, Region.longitude,
        ).order_by(Region.position, Region.id)
    )  # fmt: skip
    found = {}
    for row in rows:
        centre = None if row[7] is None else (row[7], row[8])
        values: Any = row[:7]
        found[row[0]] = Place(*values, centre)  # type: ignore[call-arg]
    return Places(found)
