"""What the pages say, ready for their templates: words for names, values and cells of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.language import localised, money
from portal.monitor.activity import BANDS, CRITERIA, PARTS, RULES
from portal.monitor.asked import BY_COUNT, Asked
from portal.monitor.counting import Sums
from portal.monitor.figures import Figures, rungs
from portal.monitor.flows import FlowRow
from portal.monitor.formulas import Figure
from portal.monitor.indicators import BY_ID, INDICATORS, Indicator, Unit
from portal.monitor.queries import AllianceRow
from portal.monitor.wording import (
    change_words,
    days_words,
    number,
    part_words,
    period_words,
    step_name,
    value_words,
)
from portal.periods import Period

Cell = Any


@dataclass(frozen=True)
class Said:
    """The words of a page."""

    asked: Asked
    figures: Figures
    rows: Sequence[FlowRow] = ()

    @property
    def part(self) -> str:
        """Whose part it is."""
        return part_words(self.figures)

    @property
    def period(self) -> str:
        """Which period it is."""
        return period_words(self.figures.period)

    @property
    def days(self) -> str:
        """Its first and its last day."""
        return days_words(self.figures.period)

    @staticmethod
    def days_of(period: Period) -> str:
        """Return the first and the last day of another period."""
        return days_words(period)

    @property
    def indicators(self) -> dict[str, Indicator]:
        """The table, by id."""
        return BY_ID

    @cached_property
    def names(self) -> dict[str, str]:
        """The marks of the provinces, by code, as the picture shows them."""
        return {each.code: localised(each) for each in self.figures.regions.provinces}

    def amount(self, amount: int) -> str:
        """Return how the picture says an amount."""
        return number(amount) if self.asked.by == BY_COUNT else money(amount)

    def sums(self, sums: Sums | None) -> str:
        """Return how many outcomes and how much, in one line."""
        if sums is None:
            return str(_("withheld"))
        value = sums.known_value_fen
        if not value:
            return number(sums.count)
        return str(_("%(count)s worth %(value)s", count=number(sums.count), value=money(value)))

    def _address(self, indicator_id: str, **changed: object) -> str:
        path = url_for("monitor.view_indicator", indicator=indicator_id)
        return self.asked.address(path, **changed)

    @cached_property
    def flow_cells(self) -> list[list[Cell]]:
        """The table of flows."""
        return [self._flow(row) for row in self.rows]

    def _flow(self, row: FlowRow) -> list[Cell]:
        name = f"{localised(row.giver)} → {localised(row.taker)}"
        if not row.is_own:
            name += " *"
        if row.sums is None:
            return [name, _("withheld"), "—", "—", "—", "—"]
        amounts = [
            _money(row.sums.known_value_fen),
            _money(row.sums.known_technology_fen),
        ]
        if not row.is_own:
            return [name, number(row.sums.count), *amounts, "—", "—"]
        rows = self._address("outcomes", giver=row.giver.code, taker=row.taker.code)
        compared = [
            change_words(Figure(row.sums.count), before, Unit.COUNT)
            for before in (
                Figure(row.before.count if self.figures.before.is_begun else None),
                Figure(row.year_before.count if self.figures.basis.has_year_before else None),
            )
        ]
        return [name, {"text": number(row.sums.count), "href": rows}, *amounts, *compared]

    @cached_property
    def rung_cells(self) -> list[list[Cell]]:
        """The table of the steps from a listing to a signature."""
        return [
            [
                step_name(each.measure),
                number(each.count),
                _share(each.of_all),
                _share(each.of_before),
                "—" if each.days is None else number(each.days),
                _("most stop before this step") if each.is_slowest else "",
            ]
            for each in rungs(self.figures.basis.now)
        ]

    @property
    def activity_head(self) -> list[str]:
        """The columns of the table of scores."""
        parts = PARTS.values() if self.figures.has_parts else ()
        return [_("Alliance"), _("Points"), _("Band"), *(str(name) for name in parts)]

    @property
    def activity_caption(self) -> str:
        """From how many points on which band begins."""
        bands, above = [], 101
        for low, band in RULES.bands:
            ends = {"low": low, "high": above - 1, "band": BANDS[band]}
            if above > 100:
                bands.append(_("%(low)d and more %(band)s", **ends))
            elif low == 0:
                bands.append(_("%(high)d and less %(band)s", **ends))
            else:
                bands.append(_("%(low)d to %(high)d %(band)s", **ends))
            above = low
        return str(_("Points of 100 in this period: %(bands)s", bands=_(", ").join(bands)))

    @cached_property
    def activity_cells(self) -> list[list[Cell]]:
        """The table of scores, the highest first."""
        scores = self.figures.scores
        ranked = sorted(
            (each for each in self.figures.alliances if each.id in scores),
            key=lambda each: (-scores[each.id].total, each.id),
        )
        return [
            [
                self._alliance(each),
                number(scores[each.id].total),
                str(BANDS[scores[each.id].band]),
                *(map(_points, scores[each.id].parts.values()) if self.figures.has_parts else ()),
            ]
            for each in ranked
        ]

    @property
    def criteria_cells(self) -> list[list[Cell]]:
        """What a score is made of: each criterion, its part, its weight and its target."""
        return [
            [str(CRITERIA[c.id]), str(PARTS[c.part]), number(c.weight), number(c.target)]
            for c in RULES.criteria
        ]

    @staticmethod
    def _alliance(alliance: AllianceRow) -> Cell:
        address = url_for("alliances.view_alliance", alliance_slug=alliance.slug)
        return {"text": localised(alliance), "href": address}

    @cached_property
    def indicator_cells(self) -> list[list[Cell]]:
        """The table of every indicator."""
        return [
            [
                {"text": self.figures.named(each), "href": self._address(each.id)},
                self.value(each),
                *self.changes(each),
                each.definition_version,
            ]
            for each in INDICATORS
        ]

    def value(self, indicator: Indicator) -> str:
        """Return the value of an indicator, or why there is none."""
        figure = self.figures.values[indicator.id]
        return str(figure.reason) if figure.value is None else value_words(figure, indicator.unit)

    def changes(self, indicator: Indicator) -> list[str]:
        """Return its change against the period before and against last year."""
        now = self.figures.values[indicator.id]
        return [
            change_words(now, values[indicator.id], indicator.unit)
            for values in (self.figures.values_before, self.figures.values_year_before)
        ]

    def facts(self, indicator: Indicator) -> list[tuple[str, str]]:
        """Return the definition of an indicator and its values."""
        before, year_before = self.changes(indicator)
        return [
            (_("Value"), self.value(indicator)),
            (_("Unit"), indicator.unit_words),
            (_("Against the period before"), before),
            (_("Against last year"), year_before),
            (_("How it is counted"), str(indicator.formula)),
            (_("Source"), str(indicator.source)),
            (_("Grain"), str(indicator.grain)),
            (_("Number of the indicator"), indicator.number),
            (_("Version of the definition"), indicator.definition_version),
        ]


def _money(fen: int | None) -> str:
    return "—" if fen is None else money(fen)


def _points(points: float | None) -> str:
    return "—" if points is None else number(points)


def _share(share: float | None) -> str:
    return "—" if share is None else f"{number(share)}%"
