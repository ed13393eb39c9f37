"""Pages of the monitor: the liaison's page, the definition and the rows of each indicator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.access import current_standing, requires
from portal.errors import Missing
from portal.exchange.models import Listing
from portal.meetings.resolution_models import Action
from portal.monitor import records
from portal.monitor.asked import BY_COUNT, Asked, read_asked
from portal.monitor.columns import (
    COMMITMENT_ROWS,
    LISTING_ROWS,
    OUTCOME_ROWS,
    cells_of,
    facts,
    sheets,
)
from portal.monitor.commitments import commitments_behind
from portal.monitor.figures import Figures, figures_of, rungs
from portal.monitor.flows import FlowRow, flow_rows, tiles
from portal.monitor.indicators import BY_ID, Indicator
from portal.monitor.narrowing import is_foreign, narrowed, understood
from portal.monitor.part import part_of
from portal.monitor.picker import Picker
from portal.monitor.published import Published, published
from portal.monitor.queries import alliance_rows
from portal.monitor.regions import regions
from portal.monitor.said import Said
from portal.monitor.sankey import Amount, Picture, picture
from portal.monitor.sentences import sentences
from portal.outcomes.models import Outcome
from portal.sheets.exporting import (
    MOST_ROWS,
    Field,
    download,
    exported,
    list_address,
    taker_words,
)
from portal.sheets.writing import workbook

bp = Blueprint("monitor", __name__)


def _asked() -> tuple[Asked, Figures]:
    """Return what is asked for, and its figures for whoever asks."""
    today = clock.today()
    asked = read_asked(request.args, today)
    part = part_of(current_standing(), regions())
    alliance = next((each for each in alliance_rows() if each.slug == asked.alliance), None)
    if alliance and not part.is_liaisons and alliance.id not in part.alliance_ids:
        alliance = None
    return asked, figures_of(part, asked.period.until_today(today), alliance)


def _others(asked: Asked, figures: Figures) -> Published | None:
    """Return what is published of others: nothing narrowed down ever is."""
    is_whole = figures.part.is_liaisons and figures.alliance is None and asked.kind is None
    return published(figures.part, figures.period, figures.count.version) if is_whole else None


def _drawn(rows: Sequence[FlowRow], asked: Asked, figures: Figures) -> Picture | None:
    amounts = [
        Amount(
            row.giver.code,
            row.taker.code,
            row.sums.count if asked.by == BY_COUNT else row.sums.value_fen,
        )
        for row in rows
        if row.sums is not None
    ]
    return picture(amounts, [each.code for each in figures.regions.provinces])


@bp.get("/monitor")
@requires("monitor.show")
def show() -> str:
    """Answer "how much now?": five sentences, flows, progress, activity, regions."""
    asked, figures = _asked()
    others = _others(asked, figures)
    rows = flow_rows(figures, others, asked.kind)
    return render_template(
        "monitor/show.html",
        asked=asked,
        figures=figures,
        here=url_for("monitor.show"),
        picker=Picker(asked, figures, url_for("monitor.show")),
        said=Said(asked, figures, rows),
        sentences=sentences(figures),
        others=others,
        rows=rows,
        picture=_drawn(rows, asked, figures),
        rungs=rungs(figures.basis.now),
        tiles=tiles(figures, others),
        printed_at=clock.now(),
    )


@bp.get("/monitor.xlsx")
@requires("monitor.show")
def export_figures() -> Response:
    """Take every table of the page along."""
    asked, figures = _asked()
    others = _others(asked, figures)
    pages = sheets(figures, flow_rows(figures, others, asked.kind), tiles(figures, others))
    about = (_("About these figures"), facts(figures, taker_words(), list_address()))
    name = f"{_('Monitor')} {figures.period.key}.xlsx"
    return download(name, workbook(pages, about))


def _indicator(name: str) -> Indicator:
    """Return the indicator that an address names."""
    if name not in BY_ID:
        raise Missing(f"indicator at {request.path}")
    return BY_ID[name]


def _narrowed(indicator: Indicator) -> tuple[Asked, Figures]:
    """Return what is asked for and its figures, narrowed to the flow and kind that are chosen.

    A flow between other regions has no page: nothing of it is one's own.
    """
    asked, figures = _asked()
    asked = understood(asked, indicator, figures)
    if is_foreign(asked, figures):
        raise Missing(f"a flow of others at {request.full_path}")
    return asked, narrowed(asked, figures)


def _rows(
    indicator: Indicator, asked: Asked, figures: Figures, size: int
) -> tuple[tuple[Field, ...], Sequence[Outcome | Listing | Action], int | None]:
    """Return the columns, a page of the rows behind an indicator, and the next key."""
    after = request.args.get("after", "")
    key = int(after) if after.isdecimal() and len(after) < 10 else None
    if indicator.rows is not None:
        found = records.outcomes_behind(
            figures,
            indicator,
            giver=asked.giver,
            taker=asked.taker,
            only=asked.kind,
            after=key,
            size=size,
        )
        return OUTCOME_ROWS, *found
    if indicator.counts_listings:
        listed = records.listings_behind(figures, current_standing(), after=key, size=size)
        return LISTING_ROWS, *listed
    if indicator.counts_commitments:
        mine = figures.part, figures.period, figures.alliance.id if figures.alliance else None
        return COMMITMENT_ROWS, *commitments_behind(*mine, after=key, size=size)
    return (), [], None


@bp.get("/monitor/<indicator>")
@requires("monitor.show")
def view_indicator(indicator: str) -> str:
    """Show how an indicator is counted, its value, and the rows behind it that are one's own."""
    found = _indicator(indicator)
    asked, figures = _narrowed(found)
    columns, rows, next_key = _rows(found, asked, figures, records.PAGE)
    more: dict[str, Any] = {
        "columns": columns,
        "head": [each.label for each in columns],
        "cells": cells_of(columns, rows),
        "next_key": next_key,
        "said": Said(asked, figures),
    }
    here = url_for("monitor.view_indicator", indicator=found.id)
    return render_template(
        "monitor/view_indicator.html",
        indicator=found,
        asked=asked,
        figures=figures,
        picker=Picker(asked, figures, here, found.tells_kinds),
        here=here,
        **more,
    )


@bp.get("/monitor/<indicator>.xlsx")
@requires("monitor.show")
def export_rows(indicator: str) -> Response:
    """Take along the rows behind an indicator."""
    found = _indicator(indicator)
    asked, figures = _narrowed(found)
    columns, rows, next_key = _rows(found, asked, figures, MOST_ROWS)
    narrowed = Picker(asked, figures, "").words
    return exported(
        figures.named(found), columns, rows, has_more=next_key is not None, narrowed=narrowed
    )
