"""How figures are said: values with their unit, changes, periods, and five sentences to copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.language import day, is_english, localised, money
from portal.monitor.activity import BANDS, Band
from portal.monitor.counting import Measure
from portal.monitor.figures import Figures, slowest_step
from portal.monitor.formulas import Figure, change
from portal.monitor.indicators import BY_ID, Unit
from portal.monitor.periods import Period

STEP_NAMES = {
    Measure.POSTED: _l("Listing posted"),
    Measure.ANSWERED: _l("Listing answered"),
    Measure.CONTACTED: _l("In contact"),
    Measure.TESTED: _l("Tested"),
    Measure.SIGNED: _l("Signed by both"),
}


def step_name(measure: Measure) -> str:
    """Return the name of a step on the way from a listing to a signature."""
    return str(STEP_NAMES[measure])


def number(value: float) -> str:
    """Return a number as people write it, with two decimals at most."""
    return str(format_decimal(value, "#,##0.##"))


def value_words(figure: Figure, unit: Unit) -> str:
    """Return a value with its unit, or a dash where there is none."""
    if figure.value is None:
        return "—"
    if unit is Unit.FEN:
        return money(int(figure.value))
    if unit is Unit.PERCENT:
        return f"{number(figure.value)}%"
    if unit is Unit.DAYS:
        return str(_("%(number)s days", number=number(figure.value)))
    if unit is Unit.POINTS:
        return str(_("%(number)s points", number=number(figure.value)))
    return number(figure.value)


def change_of(now: Figure, before: Figure, unit: Unit) -> Figure:
    """Return the change against an earlier value: in per cent, or in points of a percentage."""
    if now.value is None or before.value is None:
        return Figure()
    if unit in (Unit.PERCENT, Unit.POINTS):
        return Figure(round(now.value - before.value, 2))
    return change(now.value, before.value)


def change_words(now: Figure, before: Figure, unit: Unit) -> str:
    """Return a change with its sign, or a dash."""
    found = change_of(now, before, unit).value
    if found is None:
        return "—"
    sign = "+" if found > 0 else "−" if found < 0 else ""
    said = f"{sign}{number(abs(found))}"
    if unit is Unit.PERCENT:
        return str(_("%(number)s percentage points", number=said))
    return str(_("%(number)s points", number=said)) if unit is Unit.POINTS else f"{said}%"


def day_in_text(value: date) -> str:
    """Return a day as a sentence has it, without its weekday."""
    return str(format_date(value, "d MMM y" if is_english() else "long"))


def period_words(period: Period) -> str:
    """Return a period as people say it; a running one with the day it ends on here."""
    first = period.from_on
    if period.months == 12:
        named = _("%(year)d", year=first.year)
    elif period.months == 3:
        quarter = (first.month + 2) // 3
        named = _("quarter %(quarter)d of %(year)d", quarter=quarter, year=first.year)
    elif period.months == 1:
        named = _("%(month)d/%(year)d", month=first.month, year=first.year)
    else:
        return str(_("%(first)s to %(last)s", first=day(first), last=day(period.last_on)))
    return str(named)


@dataclass(frozen=True)
class Sentence:
    """One of the five, with the indicator whose definition and rows stand behind it."""

    text: str
    indicator_id: str


def part_words(figures: Figures) -> str:
    """Return whose part the figures are."""
    known = figures.regions.by_id
    part = figures.part
    names = [localised(known[i]) for i in sorted(part.region_ids)]
    names += [localised(known[i]) for i in sorted(_topmost(figures))]
    if figures.alliance:
        names.append(localised(figures.alliance))
    elif part.alliance_ids:
        names += [localised(each) for each in figures.alliances if each.id in part.alliance_ids]
    return str(_(", ").join(names)) or str(_("all regions"))


def _topmost(figures: Figures) -> list[int]:
    """Return the cities and districts of a part that lie in no other one of it."""
    known, places = figures.regions.by_id, figures.part.place_ids
    within = {p: {int(step) for step in known[p].path.split("/") if step} - {p} for p in places}
    return [place for place in places if not within[place] & places]


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
    said = {
        id: value_words(figures.values[id], BY_ID[id].unit)
        for id in (
            "contract-value",
            "contract-count",
            "technology-value",
            "outcomes",
            "cross-region-share",
            "listings",
            "response-rate",
            "days-to-signed",
        )
    }
    return [
        Sentence(
            _(
                "As of %(day)s, %(part)s, %(period)s: %(count)s contracts %(flow)s worth "
                "%(value)s (%(technology)s of it for technology), %(change)s.",
                **start,
                flow=figures.flow,
                count=said["contract-count"],
                value=said["contract-value"],
                technology=said["technology-value"],
                change=_against_last_year(figures, "contract-value"),
            ),
            "contract-value",
        ),
        Sentence(
            _(
                "As of %(day)s, %(part)s, %(period)s: %(count)s outcomes confirmed by both "
                "sides, %(share)s of them across regions, %(change)s.",
                **start,
                count=said["outcomes"],
                share=said["cross-region-share"],
                change=_against_last_year(figures, "outcomes"),
            ),
            "outcomes",
        ),
        Sentence(
            _(
                "As of %(day)s, %(part)s, %(period)s: %(count)s supplies and demands published, "
                "%(share)s of them answered, %(change)s.",
                **start,
                count=said["listings"],
                share=said["response-rate"],
                change=_against_last_year(figures, "listings"),
            ),
            "listings",
        ),
        _progress(figures, start),
        _activity(figures, start),
    ]


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
    if stuck is None:
        text = _("As of %(day)s, %(part)s, %(period)s: nothing is on its way yet.", **start)
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
        return Sentence(
            _("As of %(day)s, %(part)s, %(period)s: no alliance has a score.", **start), "activity"
        )
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
