"""What somebody may see in detail: the part of the figures that is their own."""

from __future__ import annotations

from dataclasses import dataclass

from portal.actors import NOWHERE, Standing
from portal.monitor.cube import Side
from portal.monitor.regions import Regions
from portal.roles import Role


@dataclass(frozen=True)
class Part:
    """Flows from or to some regions, and whatever happens in some alliances."""

    is_everything: bool = False
    #: Provinces one is liaison of.
    region_ids: frozenset[int] = NOWHERE
    #: Cities and districts one is liaison of, where one is not of their province.
    place_ids: frozenset[int] = NOWHERE
    #: Alliances one keeps or chairs.
    alliance_ids: frozenset[int] = NOWHERE

    @property
    def is_liaisons(self) -> bool:
        """Whether it is a liaison's, who also sees what is published of the others."""
        return bool(self.region_ids or self.place_ids)

    def holds_all_of(self, region_id: int) -> bool:
        """Tell whether it holds every flow of a province, within the alliances it is of at all."""
        return not self.is_liaisons or region_id in self.region_ids

    def holds(self, side: Side) -> bool:
        """Tell whether a sum of a whole province is in this part; places are counted apart."""
        return (
            self.is_everything
            or side.from_region_id in self.region_ids
            or side.to_region_id in self.region_ids
            or side.alliance_id in self.alliance_ids
        )


#: Whoever runs the command on the server sees everything.
EVERYTHING = Part(is_everything=True)


def part_of(standing: Standing, regions: Regions) -> Part:
    """Return what a standing may see in detail."""
    held = standing[Role.LIAISON]
    provinces = frozenset(each.id for each in regions.provinces) & held
    places = frozenset(
        each.id for each in regions.all if each.id in held and each.province_id not in provinces
    )
    return Part(
        region_ids=provinces,
        place_ids=places - provinces,
        alliance_ids=standing[Role.SECRETARY] | standing[Role.CHAIR],
    )
