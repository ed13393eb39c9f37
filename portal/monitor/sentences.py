"""The five sentences that a superior may ask for today: ready to copy, missing told from nought."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.language import localised
from portal.monitor.activity import BANDS, Band
from portal.monitor.counting import Measure
from portal.monitor.figures import Figures, slowest_step
from portal.monitor.formulas import Figure
from portal.monitor.indicators import BY_ID, Unit
from portal.monitor.wording import (
    change_of,
    day_in_text,
    number,
    part_words,
    period_words,
    step_name,
    value_words,
)


@dataclass(frozen=True)
class Sentence:
    """One of the five, with the indicator whose definition and rows stand behind it."""

    text: str
    indicator_id: str


def _against_last_year(figures: Figures, indicator_id: str) -> str:
    unit = BY_ID[indicator_id].unit
    now, before = figures.values[indicator_id], figures.values_year_before[indicator_id]
    return _changed(change_of(now, before, unit), unit)


def _signed(figures: Figures) -> tuple[Figure, Figure]:
    """Return how many listings came to a signature, now and in last year's period."""
    basis = figures.basis
    now = Figure(basis.now.total(Measure.SIGNED).count)
    before = Figure(basis.year_before.total(Measure.SIGNED).count)
    return now, before if figures.has_listings_of_last_year else Figure()


def _changed(change: Figure, unit: Unit) -> str:
    """Return a change against last year in words."""
    found = change.value
    if found is None:
        return str(_("no comparable figure of last year"))
    if found == 0:
        return str(_("as much as a year before"))
    said = number(abs(found))
    if unit is Unit.PERCENT:
        if found > 0:
            return str(_("%(number)s percentage points more than a year before", number=said))
        return str(_("%(number)s percentage points less than a year before", number=said))
    if found > 0:
        return str(_("%(number)s%% more than a year before", number=said))
    return str(_("%(number)s%% less than a year before", number=said))


def sentences(figures: Figures) -> list[Sentence]:
    """Return the five sentences that a superior may ask for today."""
    start = {
        "day": day_in_text(figures.period.last_on),
        "period": period_words(figures.period),
        "part": part_words(figures),
    }
    told = (_contracts, _outcomes, _listings, _progress, _activity)
    return [each(figures, start) for each in told]


def _silence(figures: Figures, start: dict[str, str], indicator_id: str) -> Sentence:
    """Return the sentence on a figure that cannot be told of this time: missing is not zero."""
    reason = str(figures.values[indicator_id].reason)
    words = {**start, "name": figures.named(BY_ID[indicator_id]), "reason": reason}
    text = _("As of %(day)s, %(part)s, %(period)s: %(name)s: %(reason)s", **words)
    return Sentence(text, indicator_id)


def _contracts(figures: Figures, start: dict[str, str]) -> Sentence:
    count = figures.values["contract-count"].value
    if count is None:
        return _silence(figures, start, "contract-count")
    value, technology = (
        value_words(figure, Unit.FEN) if figure.value is not None else str(_("not stated"))
        for figure in (figures.values["contract-value"], figures.values["technology-value"])
    )
    text = ngettext(
        "As of %(day)s, %(part)s, %(period)s: %(count)s contract %(flow)s worth "
        "%(value)s (%(technology)s of it for technology), %(change)s.",
        "As of %(day)s, %(part)s, %(period)s: %(count)s contracts %(flow)s worth "
        "%(value)s (%(technology)s of it for technology), %(change)s.",
        int(count),
        **start,
        flow=figures.flow,
        count=number(count),
        value=value,
        technology=technology,
        change=_against_last_year(figures, "contract-value"),
    )
    return Sentence(text, "contract-value")


def _outcomes(figures: Figures, start: dict[str, str]) -> Sentence:
    count = figures.values["outcomes"].value
    if count is None:
        return _silence(figures, start, "outcomes")
    words = {**start, "change": _against_last_year(figures, "outcomes")}
    if not count:
        text = _(
            "As of %(day)s, %(part)s, %(period)s: no outcome confirmed by both sides, %(change)s.",
            **words,
        )
        return Sentence(text, "outcomes")
    text = ngettext(
        "As of %(day)s, %(part)s, %(period)s: %(count)s outcome confirmed by both "
        "sides, %(share)s of them across regions, %(change)s.",
        "As of %(day)s, %(part)s, %(period)s: %(count)s outcomes confirmed by both "
        "sides, %(share)s of them across regions, %(change)s.",
        int(count),
        **words,
        count=number(count),
        share=value_words(figures.values["cross-region-share"], Unit.PERCENT),
    )
    return Sentence(text, "outcomes")


def _listings(figures: Figures, start: dict[str, str]) -> Sentence:
    count = figures.values["listings"].value
    if count is None:
        return _silence(figures, start, "listings")
    words = {**start, "change": _against_last_year(figures, "listings")}
    if not count:
        text = _(
            "As of %(day)s, %(part)s, %(period)s: no supply or demand published, %(change)s.",
            **words,
        )
        return Sentence(text, "listings")
    text = ngettext(
        "As of %(day)s, %(part)s, %(period)s: %(count)s supply or demand published, "
        "%(share)s of them answered, %(change)s.",
        "As of %(day)s, %(part)s, %(period)s: %(count)s supplies and demands published, "
        "%(share)s of them answered, %(change)s.",
        int(count),
        **words,
        count=number(count),
        share=value_words(figures.values["response-rate"], Unit.PERCENT),
    )
    return Sentence(text, "listings")


def _progress(figures: Figures, start: dict[str, str]) -> Sentence:
    cube = figures.basis.now
    stuck = slowest_step(cube)
    days = value_words(figures.values["days-to-signed"], Unit.DAYS)
    words = {
        **start,
        "posted": number(cube.total(Measure.POSTED).count),
        "contacted": number(cube.total(Measure.CONTACTED).count),
        "signed": number(cube.total(Measure.SIGNED).count),
        "days": days,
        "change": _changed(change_of(*_signed(figures), Unit.COUNT), Unit.COUNT),
        "step": step_name(stuck) if stuck else "",
    }
    if figures.values["listings"].value is None:
        return _silence(figures, start, "days-to-signed")
    if stuck is None and not cube.total(Measure.POSTED).count:
        text = _("As of %(day)s, %(part)s, %(period)s: nothing is on its way yet.", **start)
    elif stuck is None:
        text = _(
            "As of %(day)s, %(part)s, %(period)s: of %(posted)s listings %(contacted)s came to a "
            "contact and %(signed)s to a signature (median of the last step %(days)s), "
            "%(change)s.",
            **words,
        )
    else:
        text = _(
            "As of %(day)s, %(part)s, %(period)s: of %(posted)s listings %(contacted)s came to a "
            "contact and %(signed)s to a signature (median of the last step %(days)s), "
            "%(change)s; most stop before: %(step)s.",
            **words,
        )
    return Sentence(text, "days-to-signed")


def _activity(figures: Figures, start: dict[str, str]) -> Sentence:
    scores = figures.scores
    if not scores:
        return _silence(figures, start, "activity")
    best = max(scores, key=lambda alliance_id: (scores[alliance_id].total, -alliance_id))
    lively = sum(each.band in (Band.HIGH, Band.RATHER_HIGH) for each in scores.values())
    name = next(localised(each) for each in figures.alliances if each.id == best)
    text = _(
        "As of %(day)s, %(period)s: activity of %(count)s is high or rather high; first is "
        "%(name)s with %(score)s points (%(band)s).",
        **start,
        count=ngettext(
            "%(lively)d of %(num)d alliance",
            "%(lively)d of %(num)d alliances",
            len(scores),
            lively=lively,
        ),
        name=name,
        score=number(scores[best].total),
        band=BANDS[scores[best].band],
    )
    return Sentence(text, "activity")
