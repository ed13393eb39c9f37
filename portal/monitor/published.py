"""What is published of the flows that are not one's own: fixed cuts of whole quarters.

By giving and taking region alone, over all alliances and kinds, so that no two cuts can be taken
from each other. Small cells are withheld quarter by quarter (`suppression.py`); what is withheld
in one quarter of a period is withheld of the period.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.monitor import queries
from portal.monitor.counting import Measure, Sums
from portal.monitor.cube import Cube
from portal.monitor.figures import flows
from portal.monitor.part import Part
from portal.monitor.queries import Version
from portal.monitor.suppression import TOTAL, Pair, with_margins, withheld
from portal.periods import Period


@dataclass(frozen=True)
class Published:
    """The flows of the whole quarters within a period, as one liaison may see them."""

    quarters: tuple[Period, ...]
    #: By (giving, taking) region, TOTAL for sums; None where it is withheld.
    shown: dict[Pair, Sums | None]

    @property
    def span(self) -> Period | None:
        """From the first to the last of these quarters."""
        if not self.quarters:
            return None
        return Period(self.quarters[0].from_on, self.quarters[-1].until_on)

    def of(self, pair: Pair) -> Sums | None:
        """Return the sums of a flow: nothing where none was signed, None where it is withheld."""
        return self.shown.get(pair, Sums())


def published(part: Part, period: Period, version: Version) -> Published:
    """Return what is published of a period, in as many statements as one quarter takes."""
    quarters = tuple(period.quarters())
    if not quarters:
        return Published((), {})
    whole = queries.cubes(version, quarters, measures=(Measure.OUTCOME,))
    own = queries.own_cubes(part, quarters, whole, None, with_listings=False)
    found: dict[Pair, Sums | None] = {}
    for all_of_it, mine in zip(whole, own, strict=True):
        for pair, sums in _quarter(all_of_it, mine).items():
            before = found.get(pair, Sums())
            if before is None or sums is None:
                found[pair] = None
            else:
                before.add(sums)
                found[pair] = before
    return Published(quarters, found)


def _quarter(whole: Cube, mine: Cube) -> dict[Pair, Sums | None]:
    """Return the flows of one quarter; what is known of one's own part protects nobody."""
    everything, own = flows(whole), flows(mine)
    others = {pair: sums.count - own.get(pair, Sums()).count for pair, sums in everything.items()}
    hidden = withheld(others)
    shown: dict[Pair, Sums | None] = {}
    for pair in with_margins(others):
        shown[pair] = None if pair in hidden else Sums()
    for (giver, taker), sums in everything.items():
        for pair in ((giver, taker), (giver, TOTAL), (TOTAL, taker), (TOTAL, TOTAL)):
            kept = shown[pair]
            if kept is not None:
                kept.add(sums)
    return shown
