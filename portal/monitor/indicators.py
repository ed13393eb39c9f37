"""TABLE: the indicators — name, unit, formula in words, source, grain, version, and how computed.

The page, the sentences, the export, the command and the tests all read this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.monitor import formulas
from portal.monitor.counting import Measure
from portal.monitor.cube import Side
from portal.monitor.formulas import Basis, Figure


class Unit(StrEnum):
    """What a value is counted in."""

    FEN = "fen"
    COUNT = "count"
    PERCENT = "percent"
    POINTS = "points"
    DAYS = "days"


UNITS = {
    Unit.FEN: _l("10,000 yuan"),
    Unit.COUNT: _l("items"),
    Unit.PERCENT: _l("per cent"),
    Unit.POINTS: _l("points"),
    Unit.DAYS: _l("days"),
}


@dataclass(frozen=True)
class Indicator:
    """One row of the table."""

    id: str
    #: Its number in the list that the governments use.
    number: str
    name: Any
    unit: Unit
    formula: Any
    source: Any
    grain: Any
    definition_version: str
    compute: Callable[[Basis], Figure]
    #: The condition on flows that its rows fulfil, where they are outcomes.
    rows: Callable[[Basis, Side], bool] | None = None
    #: What is counted, where "items" would say too little.
    counted: Any = None

    @property
    def counts_listings(self) -> bool:
        """Whether its rows are listings."""
        return self.source is _LISTINGS

    @property
    def unit_words(self) -> str:
        """What its value is counted in, in words."""
        return str(self.counted or UNITS[self.unit])

    @property
    def tells_kinds(self) -> bool:
        """Whether its rows are outcomes of several kinds."""
        return self.rows is not None and self.rows is not _front_rows

    @property
    def counts_commitments(self) -> bool:
        """Whether its rows are what meetings asked for."""
        return self.source is _COMMITMENTS

    @property
    def is_score(self) -> bool:
        """Whether it is made of points."""
        return self.unit is Unit.POINTS

    def figure(self, basis: Basis) -> Figure:
        """Return its value, or why there is none."""
        return self.compute(basis)


_OUTCOMES = _l("Outcomes that both sides confirmed, a correction in place of what it corrects")
_LISTINGS = _l("Supply and demand that passed the review, and what became of it")
_COMMITMENTS = _l("What meetings asked of members, and when it was reported done")
_FLOW = _l("by day signed, alliance, giving and taking region")
_POSTED = _l("by day posted, alliance, region of the poster")
_FRONT = _l(
    "contracts signed in the period whose giving side sat in the first region and whose taking "
    "side sat in another one that works with it, at the time"
)


def _front_rows(basis: Basis, side: Side) -> bool:
    return formulas.is_contract(side) and basis.is_front(side)


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "contract-value",
        "1",
        _l("%(flow)s: contract value"),
        Unit.FEN,
        _l(
            "The sum of the contract values of %(front)s. Confidential values count, values "
            "given as a band alone do not; the technology value is told apart.",
            front=_FRONT,
        ),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.begun(lambda basis: formulas.amount(formulas.front(basis, basis.now))),
        _front_rows,
    ),
    Indicator(
        "contract-count",
        "1",
        _l("%(flow)s: contracts"),
        Unit.COUNT,
        _l("The number of %(front)s.", front=_FRONT),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.begun(lambda basis: formulas.Figure(formulas.front(basis, basis.now).count)),
        _front_rows,
    ),
    Indicator(
        "technology-value",
        "1",
        _l("%(flow)s: technology value"),
        Unit.FEN,
        _l("The part for technology of the contract values of %(front)s.", front=_FRONT),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.begun(
            lambda basis: formulas.amount(formulas.front(basis, basis.now), technology=True)
        ),
        _front_rows,
    ),
    Indicator(
        "flow-share",
        "2",
        _l("%(flow)s: share of what flows out"),
        Unit.PERCENT,
        _l("Contract value of this flow ÷ contract value from the first region to all others."),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.begun(formulas.share),
    ),
    Indicator(
        "given-share",
        "2",
        _l("%(flow)s: share of all that is given"),
        Unit.PERCENT,
        _l(
            "Contract value of this flow ÷ contract value of all contracts whose giving side sat "
            "in the first region, those within it included. Not the governments' share of what "
            "flows out, which counts flows to every province."
        ),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.begun(formulas.share_of_given),
    ),
    Indicator(
        "year-on-year",
        "3",
        _l("%(flow)s: contract value against last year"),
        Unit.PERCENT,
        _l("Contract value of the period ÷ that of the same period of last year − 1."),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.begun(formulas.year_on_year),
    ),
    Indicator(
        "yearly-growth",
        "3",
        _l("%(flow)s: average growth a year"),
        Unit.PERCENT,
        _l(
            "(contract value of the twelve months before the period's end ÷ that of the first "
            "such twelve months on record) to the power of 1/n − 1, n the years between them."
        ),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.begun(formulas.growth),
    ),
    Indicator(
        "suppliers",
        "5c",
        _l("Suppliers on the chain"),
        Unit.COUNT,
        _l(
            "Organisations that were members on the last day of the period and stand at a node "
            "of a chain today, each counted once."
        ),
        _l("Memberships and the chain nodes of organisations"),
        _l("by last day of the period, alliance, region"),
        "1",
        formulas.begun(formulas.suppliers),
        counted=_l("organisations"),
    ),
    Indicator(
        "gaps-closed",
        "6",
        _l("Gaps closed"),
        Unit.PERCENT,
        _l("Gaps closed ÷ gaps listed."),
        _l("The three lists"),
        _l("by quarter"),
        "1",
        formulas.no_area,
    ),
    Indicator(
        "activity",
        "7",
        _l("Activity of the alliances"),
        Unit.POINTS,
        _l(
            "The mean of the alliances' scores: organisation, joint work and effect, each part "
            "measured against a target of its own. No sign-in and no click counts."
        ),
        _l("Memberships, the chair, news, listings and outcomes"),
        _l("by alliance"),
        "1",
        formulas.begun(formulas.activity),
    ),
    Indicator(
        "listings",
        "9",
        _l("Supply and demand published"),
        Unit.COUNT,
        _l("Listings posted in the period that passed the review, whatever became of them since."),
        _LISTINGS,
        _POSTED,
        "1",
        formulas.count(Measure.POSTED),
        counted=_l("listings"),
    ),
    Indicator(
        "response-rate",
        "9",
        _l("Share of listings answered"),
        Unit.PERCENT,
        _l("Listings posted in the period with at least one answer ÷ listings posted in it."),
        _LISTINGS,
        _POSTED,
        "1",
        formulas.begun(formulas.response),
    ),
    Indicator(
        "outcomes",
        "9",
        _l("Outcomes reached"),
        Unit.COUNT,
        _l("Outcomes of every kind signed in the period."),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.count(Measure.OUTCOME),
        lambda _basis, _side: True,
    ),
    Indicator(
        "cross-region-share",
        "9",
        _l("Outcomes across regions"),
        Unit.PERCENT,
        _l("Outcomes whose two sides sat in different regions ÷ all outcomes of the period."),
        _OUTCOMES,
        _FLOW,
        "1",
        formulas.begun(formulas.cross_share),
        lambda _basis, side: formulas.crosses(side),
    ),
    *(
        Indicator(
            f"days-to-{measure.value}",
            "9",
            name,
            Unit.DAYS,
            _l(
                "The median of the days since the step recorded before, over the listings posted "
                "in the period; of several answers the first to come so far counts. Counted from "
                "the days of every listing, for medians do not add up."
            ),
            _LISTINGS,
            _POSTED,
            "1",
            formulas.days(after),
        )
        for measure, after, name in (
            (Measure.ANSWERED, Measure.ANSWERED_AFTER, _l("Days until an answer")),
            (Measure.CONTACTED, Measure.CONTACTED_AFTER, _l("Days until first contact")),
            (Measure.TESTED, Measure.TESTED_AFTER, _l("Days until a test")),
            (Measure.SIGNED, Measure.SIGNED_AFTER, _l("Days until a signature")),
        )
    ),
    Indicator(
        "commitments-kept",
        "13",
        _l("Commitments kept in time"),
        Unit.PERCENT,
        _l(
            "Of what meetings asked members to do by a day of the period that is past: closed out "
            "and reported done by that day ÷ all of it. What was dropped counts on neither side."
        ),
        _COMMITMENTS,
        _l("by due day, alliance, region of the member"),
        "2",
        formulas.begun(formulas.commitments_kept),
    ),
)

BY_ID = {each.id: each for each in INDICATORS}
