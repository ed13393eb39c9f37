"""Sums of a period, ready to be asked: the figures' view of cells, without days.

Pure: knows no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from portal.monitor.counting import Counted, Measure, Sums


class Side(NamedTuple):
    """What a sum of a period is of."""

    measure: Measure
    alliance_id: int
    from_region_id: int
    to_region_id: int
    kind: str


@dataclass(frozen=True)
class Cube:
    """The sums of one period, by measure, alliance, regions and kind."""

    sums: dict[Side, Sums] = field(default_factory=dict)

    @cached_property
    def _by_measure(self) -> dict[Measure, list[tuple[Side, Sums]]]:
        found: dict[Measure, list[tuple[Side, Sums]]] = {}
        for side, sums in self.sums.items():
            found.setdefault(side.measure, []).append((side, sums))
        return found

    def of(self, measure: Measure) -> Iterator[tuple[Side, Sums]]:
        """Return the sums of a measure, with what each is of."""
        return iter(self._by_measure.get(measure, ()))

    def total(
        self,
        measure: Measure,
        where: Callable[[Side], bool] = lambda _side: True,
    ) -> Sums:
        """Return the sum of a measure over all that a condition holds for."""
        found = Sums()
        for side, sums in self.of(measure):
            if where(side):
                found.add(sums)
        return found

    def only(self, where: Callable[[Side], bool]) -> Cube:
        """Return the part of it that a condition holds for."""
        return Cube({side: sums for side, sums in self.sums.items() if where(side)})

    def median_days(self, measure: Measure) -> float | None:
        """Return the median of the days that cells of a measure count by kind; None without any."""
        counts: dict[int, int] = {}
        for side, sums in self.of(measure):
            counts[int(side.kind)] = counts.get(int(side.kind), 0) + sums.count
        return median(counts)


def gathered(cells: Iterable[tuple[Side, Sums]]) -> Cube:
    """Return cells as one cube, those of the same side added up."""
    found: dict[Side, Sums] = {}
    for side, sums in cells:
        found.setdefault(side, Sums()).add(sums)
    return Cube(found)


def over_days(counted: Counted) -> Cube:
    """Return what was counted day by day as the cube of all its days."""
    return gathered((Side(*key[1:]), sums) for key, sums in counted.items())


def median(counts: dict[int, int]) -> float | None:
    """Return the median of numbers given as number -> how often; None where there are none."""
    total = sum(counts.values())
    if total <= 0:
        return None
    low, high = (total - 1) // 2, total // 2
    found: list[int] = []
    passed = 0
    for number in sorted(counts):
        passed += counts[number]
        while len(found) < 2 and (low, high)[len(found)] < passed:
            found.append(number)
    return sum(found) / 2
