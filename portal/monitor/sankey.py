"""The picture of flows: bands from the giving regions on the left to the taking ones.

Pure geometry in the units of the picture; the template draws it, the table beside it says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

WIDTH, HEIGHT = 400, 240
#: Where the bars of the regions stand, and how wide they are.
LEFT, RIGHT, BAR = 104, 284, 12
GAP = 14


class Amount(NamedTuple):
    """How much goes from one region to another; regions by their code."""

    giver: str
    taker: str
    amount: int


@dataclass(frozen=True)
class Bar:
    """One region on one side."""

    code: str
    x: float
    y: float
    height: float
    amount: int

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True)
class Band:
    """One flow, in the colour of the region it comes from."""

    code: str
    to_code: str
    path: str
    amount: int


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn."""

    left: tuple[Bar, ...]
    right: tuple[Bar, ...]
    bands: tuple[Band, ...]
    width: int = WIDTH
    height: int = HEIGHT
    bar: int = BAR


def picture(amounts: Sequence[Amount], order: Sequence[str]) -> Picture | None:
    """Return the picture of some flows, regions in the given order; None where nothing flows."""
    flowing = [each for each in amounts if each.amount > 0]
    total = sum(each.amount for each in flowing)
    if not total:
        return None
    left = _bars(flowing, order, total, LEFT, is_giving=True)
    right = _bars(flowing, order, total, RIGHT, is_giving=False)
    rank = {code: at for at, code in enumerate(order)}
    starts = {bar.code: bar.y for bar in left}
    ends = {bar.code: bar.y for bar in right}
    scale = {bar.code: bar.height / bar.amount for bar in left}
    bands = []
    for giver, taker, amount in sorted(flowing, key=lambda f: (rank[f.giver], rank[f.taker])):
        thick = amount * scale[giver]
        bands.append(Band(giver, taker, _path(starts[giver], ends[taker], thick), amount))
        starts[giver] += thick
        ends[taker] += thick
    return Picture(tuple(left), tuple(right), tuple(bands))


def _bars(
    flowing: Sequence[Amount], order: Sequence[str], total: int, x: float, *, is_giving: bool
) -> list[Bar]:
    sums: dict[str, int] = {}
    for giver, taker, amount in flowing:
        code = giver if is_giving else taker
        sums[code] = sums.get(code, 0) + amount
    # The same scale on both sides, so that a band is as thick where it ends as where it begins.
    space = HEIGHT - GAP * (len(order) - 1)
    found, y = [], 0.0
    for code in order:
        if code in sums:
            height = sums[code] / total * space
            found.append(Bar(code, x, round(y, 2), round(height, 3), sums[code]))
            y += height + GAP
    return found


def _path(start: float, end: float, thick: float) -> str:
    first, last, bend = LEFT + BAR, RIGHT, (LEFT + BAR + RIGHT) / 2
    low, under = start + thick, end + thick
    return (
        f"M{first},{start:.2f} C{bend},{start:.2f} {bend},{end:.2f} {last},{end:.2f} "
        f"L{last},{under:.2f} C{bend},{under:.2f} {bend},{low:.2f} {first},{low:.2f} Z"
    )
