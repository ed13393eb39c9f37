"""The formulas of the indicators: each makes a figure of sums. Pure: knows no database.

A figure that cannot be told is no zero: it has no value and a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.monitor.counting import Measure, Sums
from portal.monitor.cube import Cube, Side
from portal.outcomes.models import OutcomeKind


@dataclass(frozen=True)
class Figure:
    """A value, or why there is none."""

    value: float | int | None = None
    reason: Any = None


NO_AREA = _l("The portal keeps no such records yet.")
NOT_BEGUN = _l("There are no records of that time.")
NO_BASE = _l("There is nothing to divide by in this period.")
NO_VALUES = _l("No exact amount was given in this period.")
NO_OTHERS = _l(
    "The portal keeps no flows beyond the regions that work together; of what it keeps all would "
    "count, and 100 per cent would say nothing."
)
NOT_ALL_GIVEN = _l("Your part does not hold all that the region in front gives.")
NONE_DUE = _l("Nothing that a meeting asked for came due in this period.")
NO_YEARS = _l("There are records of less than two whole years.")
NO_DAYS = _l("Nothing came so far in this period.")


@dataclass(frozen=True)
class Basis:
    """What the formulas read: the sums of the period and of those it is compared with."""

    now: Cube
    year_before: Cube
    #: The region in front, and the regions that work together (it among them).
    origin_id: int | None
    own_ids: frozenset[int]
    #: Every province the portal knows.
    region_ids: frozenset[int]
    #: Whether there are records of the period, and of the whole of the one a year before.
    is_begun: bool
    has_year_before: bool
    #: Contract value of the last twelve months and of those `years` before, where there are any.
    growth: tuple[int, int, int] | None
    suppliers: int | None
    #: What meetings asked for that came due, and how much of it was done in time.
    due: int
    kept: int
    #: Activity scores by alliance.
    scores: dict[int, float]
    #: Whether everything that the region in front gives is in it.
    holds_origin: bool = True

    def compared(self, cube: Cube, *, is_begun: bool, commitments: tuple[int, int]) -> Basis:
        """Return the basis of another period, as far as its sums tell: for comparison."""
        return replace(
            self,
            now=cube,
            year_before=Cube(),
            is_begun=is_begun,
            has_year_before=False,
            growth=None,
            suppliers=None,
            due=commitments[0],
            kept=commitments[1],
            scores={},
        )

    def is_front(self, side: Side) -> bool:
        """Tell whether a flow leads from the region in front to the others it works with."""
        return (
            side.from_region_id == self.origin_id
            and side.to_region_id != self.origin_id
            and side.to_region_id in self.own_ids
        )

    def leaves_origin(self, side: Side) -> bool:
        """Tell whether a flow leads from the region in front to any other."""
        return side.from_region_id == self.origin_id != side.to_region_id


def percent(part: float, whole: float) -> Figure:
    """Return a share in per cent, to two decimals."""
    return Figure(round(part / whole * 100, 2)) if whole else Figure(reason=NO_BASE)


def change(now: float | int | None, before: float | int | None) -> Figure:
    """Return the change against an earlier value in per cent: (x_t / x_t-1) - 1."""
    if now is None or before is None:
        return Figure(reason=NOT_BEGUN)
    return Figure(round((now / before - 1) * 100, 2)) if before else Figure(reason=NO_BASE)


def yearly_growth(last: float, first: float, years: int) -> Figure:
    """Return the average growth a year in per cent: (x_n / x_0) ^ (1/n) - 1."""
    if not first or years < 1:
        return Figure(reason=NO_BASE)
    return Figure(round(((last / first) ** (1 / years) - 1) * 100, 2))


def is_contract(side: Side) -> bool:
    """Tell whether an outcome is a contract."""
    return side.kind == OutcomeKind.CONTRACT.value


def front(basis: Basis, cube: Cube) -> Sums:
    """Return the sums of the contracts of the flow in front."""
    return cube.total(Measure.OUTCOME, lambda s: is_contract(s) and basis.is_front(s))


def begun(compute: Callable[[Basis], Figure]) -> Callable[[Basis], Figure]:
    """Give no value for a time of which there are no records."""
    return lambda basis: compute(basis) if basis.is_begun else Figure(reason=NOT_BEGUN)


def amount(sums: Sums, *, technology: bool = False) -> Figure:
    """Return an amount in fen: zero where there is nothing, none where nobody said how much."""
    known = sums.known_technology_fen if technology else sums.known_value_fen
    return Figure(reason=NO_VALUES) if known is None else Figure(known)


def share(basis: Basis) -> Figure:
    """Return how much of what leaves the region in front goes to those it works with."""
    if not basis.holds_origin:
        return Figure(reason=NOT_ALL_GIVEN)
    if not basis.region_ids - basis.own_ids:
        return Figure(reason=NO_OTHERS)
    leaving = basis.now.total(Measure.OUTCOME, lambda s: is_contract(s) and basis.leaves_origin(s))
    return percent(front(basis, basis.now).value_fen, leaving.value_fen)


def share_of_given(basis: Basis) -> Figure:
    """Return how much of all that the region in front gives, also within, goes to the others."""
    if not basis.holds_origin:
        return Figure(reason=NOT_ALL_GIVEN)
    given = basis.now.total(
        Measure.OUTCOME, lambda s: is_contract(s) and s.from_region_id == basis.origin_id
    )
    return percent(front(basis, basis.now).value_fen, given.value_fen)


def commitments_kept(basis: Basis) -> Figure:
    """Return the share of what came due that was done in time."""
    return percent(basis.kept, basis.due) if basis.due else Figure(reason=NONE_DUE)


def year_on_year(basis: Basis) -> Figure:
    """Return the change of the flow in front against the same period of last year."""
    if not basis.has_year_before:
        return Figure(reason=NOT_BEGUN)
    now, before = (amount(front(basis, cube)) for cube in (basis.now, basis.year_before))
    if now.value is None or before.value is None:
        return Figure(reason=NO_VALUES)
    return change(now.value, before.value)


def growth(basis: Basis) -> Figure:
    """Return the average growth a year of the flow in front."""
    return yearly_growth(*basis.growth) if basis.growth else Figure(reason=NO_YEARS)


def activity(basis: Basis) -> Figure:
    """Return the mean of the alliances' scores."""
    if not basis.scores:
        return Figure(reason=NO_BASE)
    return Figure(round(sum(basis.scores.values()) / len(basis.scores), 1))


def crosses(side: Side) -> bool:
    """Tell whether a flow leads from one region to another."""
    return side.from_region_id != side.to_region_id


def cross_share(basis: Basis) -> Figure:
    """Return the share of outcomes whose sides sat in different regions."""
    across = basis.now.total(Measure.OUTCOME, crosses).count
    return percent(across, basis.now.total(Measure.OUTCOME).count)


def count(measure: Measure) -> Callable[[Basis], Figure]:
    """Return the formula that counts a measure."""
    return begun(lambda basis: Figure(basis.now.total(measure).count))


def response(basis: Basis) -> Figure:
    """Return the share of listings that were answered."""
    return percent(basis.now.total(Measure.ANSWERED).count, basis.now.total(Measure.POSTED).count)


def days(measure: Measure) -> Callable[[Basis], Figure]:
    """Return the formula of the median of the days that a measure holds."""

    def compute(basis: Basis) -> Figure:
        days = basis.now.median_days(measure)
        return Figure(reason=NO_DAYS) if days is None else Figure(days)

    return begun(compute)


def suppliers(basis: Basis) -> Figure:
    """Return how many suppliers there were at the end of the period."""
    return Figure(basis.suppliers) if basis.suppliers is not None else Figure(reason=NO_BASE)


def no_area(_basis: Basis) -> Figure:
    """Give no value, because the portal keeps no such records."""
    return Figure(reason=NO_AREA)
