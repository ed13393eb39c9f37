"""`flask indicators`: the figures of a period as JSON, and whether kept cells are right."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click
from flask.cli import with_appcontext

from portal import clock
from portal.actors import SYSTEM
from portal.monitor import cells, queries
from portal.monitor.figures import Figures, figures_of
from portal.monitor.indicators import INDICATORS, Indicator
from portal.monitor.part import EVERYTHING
from portal.periods import Period, beginning

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("indicators")
@click.option("--from", "from_on", type=DAY, help="The first day; the year's first by default.")
@click.option("--until", "until_on", type=DAY, help="The day after the last; tomorrow by default.")
@click.option("--alliance", "slug", help="Only of the alliance of this address.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
@click.option("--recompute", is_flag=True, help="Count every cell anew from its rows.")
@click.option("--check", is_flag=True, help="Compare the kept cells with a full recomputation.")
@with_appcontext
def indicators(
    from_on: datetime | None,
    until_on: datetime | None,
    slug: str | None,
    *,
    as_json: bool,
    recompute: bool,
    check: bool,
) -> None:
    """Tell the indicators of a period; or count the cells anew, or check them.

    With --check nothing is overwritten: exit code 1 says that kept cells differ from what their
    rows make.
    """
    if check:
        _check()
    elif recompute:
        click.echo(f"{cells.recompute(by=SYSTEM)} cells of days were counted.")
    else:
        _tell(_period(from_on, until_on), slug, as_json=as_json)


def _check() -> None:
    found = cells.differences(by=SYSTEM)
    for grain, key, kept, wanted in found:
        click.echo(f"DIFFERENT: {grain} {key} is {kept}, its rows make {wanted}")
    if found:
        raise SystemExit(1)
    click.echo("The kept cells equal a full recomputation.")


def _period(from_on: datetime | None, until_on: datetime | None) -> Period:
    today = clock.today()
    until = until_on.date() if until_on else date.fromordinal(today.toordinal() + 1)
    start = from_on.date() if from_on else beginning(today, 12).from_on
    if start >= until:
        raise click.BadParameter("the first day must lie before --until")
    return Period(start, until, _months(start, until))


def _months(start: date, until: date) -> int:
    """Return 1, 3 or 12 for a whole month, quarter or year: it is compared with one."""
    whole = (m for m in (1, 3, 12) if beginning(start, m) == Period(start, until, m))
    return next(whole, 0)


def _tell(period: Period, slug: str | None, *, as_json: bool) -> None:
    alliance = next((each for each in queries.alliance_rows() if each.slug == slug), None)
    if slug is not None and alliance is None:
        raise click.BadParameter(f"there is no alliance {slug!r}", param_hint="--alliance")
    cells.catch_up_wholly(by=SYSTEM)
    figures = figures_of(EVERYTHING, period, alliance)
    told = [_told(figures, each) for each in INDICATORS]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for each in told:
        value = "-" if each["value"] is None else f"{each['value']} {each['unit']}"
        click.echo("\t".join([each["id"], each["name"], value, each["reason"] or ""]))


def _told(figures: Figures, indicator: Indicator) -> dict[str, Any]:
    figure = figures.values[indicator.id]
    return {
        "id": indicator.id,
        "name": figures.named(indicator),
        "unit": indicator.unit.value,
        "value": figure.value,
        "reason": None if figure.reason is None else str(figure.reason),
        "definition_version": indicator.definition_version,
    }
