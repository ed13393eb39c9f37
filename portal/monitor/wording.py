"""How figures are said: values with their unit, changes, periods and parts."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.language import is_english, localised, money
from portal.monitor.counting import Measure
from portal.monitor.figures import Figures
from portal.monitor.formulas import Figure, change
from portal.monitor.indicators import Unit
from portal.periods import Period

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
    return str(format_decimal(value, "#,##0.##")).replace("-", "−")


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


def days_words(period: Period) -> str:
    """Return the first and the last day of a period."""
    first, last = day_in_text(period.from_on), day_in_text(period.last_on)
    return str(_("%(first)s to %(last)s", first=first, last=last))


def period_words(period: Period) -> str:
    """Return a period as people say it; a running one with the day it ends on here."""
    first = period.from_on
    if period.months == 12:
        named = _("%(year)d", year=first.year)
    elif period.months == 3:
        ends = {"quarter": period.quarter, "year": first.year}
        named = _("quarter %(quarter)d of %(year)d", **ends)
    elif period.months == 1:
        named = _("%(month)d/%(year)d", month=first.month, year=first.year)
    else:
        return days_words(period)
    return str(named)


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
