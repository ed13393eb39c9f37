"""What the monitor shows, as columns of workbooks: the rows of an indicator, and every table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import can, current_standing
from portal.exchange.anonymity import owner_words
from portal.exchange.models import Listing
from portal.language import day, localised, moment
from portal.meetings.resolution_models import Action
from portal.meetings.resolution_workflow import ACTION
from portal.monitor.activity import BANDS, PARTS, RULES
from portal.monitor.figures import Figures, rungs
from portal.monitor.flows import FlowRow, Tile
from portal.monitor.indicators import INDICATORS, Unit
from portal.monitor.sentences import sentences
from portal.monitor.wording import days_words, part_words, period_words, step_name
from portal.outcomes.facts import value_words
from portal.outcomes.forms import OUTCOME_KINDS
from portal.outcomes.models import Outcome
from portal.sheets.exporting import Field
from portal.sheets.writing import FEN_PER_WAN, Column, Kind, Sheet

#: Said of a flow that is not shown, and of an outcome that its sides do not show.
WITHHELD = _l("withheld: fewer than three, or it would tell of such")
OWN, PUBLISHED = _l("own part, to the day"), _l("as published, whole quarters")
NOT_SHOWN = _l("not shown: its sides have not both agreed")


def title_of(outcome: Outcome) -> str:
    """Return the title of an outcome to whoever may see it, or that it is not shown."""
    is_seen = can(current_standing(), "outcome.view", outcome)
    return outcome.title if is_seen else str(NOT_SHOWN)


OUTCOME_ROWS = (
    Field(_l("Title"), title_of, width=44),
    Field(_l("Signed on"), lambda row: row.signed_on, Kind.DAY, width=12),
    Field(_l("What came of it"), lambda row: OUTCOME_KINDS[row.kind], width=14),
    Field(_l("Region of the giving side"), lambda row: localised(row.from_region), width=14),
    Field(_l("Region of the taking side"), lambda row: localised(row.to_region), width=14),
    Field(_l("Contract value"), lambda row: value_words(current_standing(), row), width=22),
)


def _direction(row: Listing) -> str:
    return str(_("Demand") if row.direction == "demand" else _("Supply"))


def _listed(row: Listing, what: Callable[[Listing], str]) -> str:
    """Return something of a listing to whoever may see it, or that it is not shown."""
    is_seen = can(current_standing(), "listing.view", row)
    return what(row) if is_seen else str(NOT_SHOWN)


def _owner(row: Listing) -> str:
    return owner_words(current_standing(), row)


LISTING_ROWS = (
    Field(_l("Title"), lambda row: _listed(row, lambda each: each.title), width=44),
    Field(_l("Posted on"), lambda row: day(row.created_at), width=20),
    Field(_l("Direction"), _direction, width=10),
    Field(_l("Organisation"), lambda row: _listed(row, _owner), width=32),
)


def _asked_for(row: Action) -> str:
    """Return what a meeting asked for to whoever may see it; others know that it was."""
    is_seen = can(current_standing(), "action.view", row)
    return row.title if is_seen else str(_("shown to the alliance's own people"))


COMMITMENT_ROWS = (
    Field(_l("What was asked for"), _asked_for, width=44),
    Field(_l("Alliance"), lambda row: localised(row.alliance), width=32),
    Field(_l("Due on"), lambda row: row.due_on, Kind.DAY, width=14),
    Field(_l("Region"), lambda row: localised(row.owner.region), width=14),
    Field(_l("State"), lambda row: ACTION.labels[row.state], width=20),
)


def cells_of(
    columns: Sequence[Field], rows: Sequence[Outcome | Listing | Action]
) -> list[list[dict[str, str | None]]]:
    """Return rows as the page shows them; the first cell leads to the record one may see."""
    found = []
    for row in rows:
        cells = [{"text": _words(each.value(row)), "href": None} for each in columns]
        if row.noun in PAGES and can(current_standing(), f"{row.noun}.view", row):
            address: Any = {f"{row.noun}_id": row.id}
            endpoint = f"{PAGES[row.noun]}.view_{row.noun}"
            cells[0]["href"] = url_for(endpoint, **address)
        found.append(cells)
    return found


#: In which area the page of a record stands.
PAGES = {"outcome": "outcomes", "listing": "exchange"}


def _words(value: Any) -> str:
    return day(value) if isinstance(value, date) else "" if value is None else str(value)


def sheets(figures: Figures, flows: Sequence[FlowRow], regions: Sequence[Tile]) -> list[Sheet]:
    """Return every table of the page as a sheet, numbers as numbers."""
    said = [[number, each.text] for number, each in enumerate(sentences(figures), start=1)]
    columns = [Column(_("Number"), Kind.NUMBER), Column(_("Sentence"), width=100)]
    return [
        Sheet(_("Indicators"), *_indicators(figures)),
        Sheet(_("Flows"), *_flows(figures, flows)),
        Sheet(_("From listing to signature"), *_progress(figures)),
        Sheet(_("Activity"), *_activity(figures)),
        Sheet(_("Regions"), *_regions(regions)),
        Sheet(_("Five figures"), columns, said),
    ]


def facts(figures: Figures, taker: str, address: str) -> list[tuple[str, str]]:
    """Return what a workbook says of itself."""
    return [
        (_("Period"), f"{period_words(figures.period)} ({days_words(figures.period)})"),
        (_("Part"), part_words(figures)),
        (_("Counted up to"), moment(figures.count.as_of)),
        (
            _("Definition"),
            _(
                "Version of each indicator: in its row. Activity: version %(version)s.",
                version=RULES.definition_version,
            ),
        ),
        (_("Taken by"), taker),
        (_("Address"), address),
    ]


def in_unit(value: float | None, unit: Unit) -> float | None:
    """Return a value as its unit is written: money in 10,000 yuan."""
    return value / FEN_PER_WAN if value is not None and unit is Unit.FEN else value


def _indicators(figures: Figures) -> tuple[list[Column], list[list[Any]]]:
    columns = [
        Column(_("Number"), width=8),
        Column(_("Indicator"), width=34),
        Column(_("Unit"), width=8),
        Column(_("This period"), Kind.NUMBER),
        Column(_("Period before"), Kind.NUMBER),
        Column(_("Same period of last year"), Kind.NUMBER),
        Column(_("Why there is no value"), width=30),
        Column(_("Definition"), width=60),
        Column(_("Source"), width=40),
        Column(_("Grain"), width=40),
        Column(_("Version"), width=8),
    ]
    rows = [
        [
            each.number,
            figures.named(each),
            each.unit_words,
            *(
                in_unit(values[each.id].value, each.unit)
                for values in (figures.values, figures.values_before, figures.values_year_before)
            ),
            str(figures.values[each.id].reason or ""),
            str(each.formula),
            str(each.source),
            str(each.grain),
            each.definition_version,
        ]
        for each in INDICATORS
    ]
    return columns, rows


def _flows(figures: Figures, flows: Sequence[FlowRow]) -> tuple[list[Column], list[list[Any]]]:
    columns = [
        Column(_("Region of the giving side")),
        Column(_("Region of the taking side")),
        Column(_("Outcomes"), Kind.NUMBER),
        Column(_("Contract value (10,000 yuan)"), Kind.MONEY),
        Column(_("Of it for technology (10,000 yuan)"), Kind.MONEY),
        Column(_("Outcomes of the period before"), Kind.NUMBER),
        Column(_("Outcomes of last year's period"), Kind.NUMBER),
        Column(_("What is shown"), width=44),
    ]
    rows: list[list[Any]] = []
    for each in flows:
        ends = [localised(each.giver), localised(each.taker)]
        sums = each.sums
        if sums is None:
            rows.append([*ends, None, None, None, None, None, str(WITHHELD)])
            continue
        # As on the page: where there are no records to compare with, nothing stands, not nought.
        compared = [
            each.before.count if each.is_own and figures.before.is_begun else None,
            each.year_before.count if each.is_own and figures.basis.has_year_before else None,
        ]
        amounts = [sums.count, sums.known_value_fen, sums.known_technology_fen]
        shown = str(OWN if each.is_own else PUBLISHED)
        rows.append([*ends, *amounts, *compared, shown])
    return columns, rows


def _progress(figures: Figures) -> tuple[list[Column], list[list[Any]]]:
    columns = [
        Column(_("Step"), width=24),
        Column(_("Listings"), Kind.NUMBER),
        Column(_("Of all, in per cent"), Kind.NUMBER),
        Column(_("Of the step before, in per cent"), Kind.NUMBER),
        Column(_("Median of the days since the step before"), Kind.NUMBER),
        Column(_("Where most stop")),
    ]
    rows = [
        [
            step_name(each.measure),
            each.count,
            each.of_all,
            each.of_before,
            each.days,
            _("here") if each.is_slowest else None,
        ]
        for each in rungs(figures.basis.now)
    ]
    return columns, rows


def _activity(figures: Figures) -> tuple[list[Column], list[list[Any]]]:
    parts = PARTS.values() if figures.has_parts else ()
    columns = [
        Column(_("Alliance"), width=32),
        Column(_("Points"), Kind.NUMBER),
        Column(_("Band")),
        *(Column(str(name), Kind.NUMBER) for name in parts),
    ]
    rows = [
        [
            localised(each),
            figures.scores[each.id].total,
            str(BANDS[figures.scores[each.id].band]),
            *(figures.scores[each.id].parts.values() if figures.has_parts else ()),
        ]
        for each in figures.alliances
        if each.id in figures.scores
    ]
    return columns, rows


def _tile_words(tile: Tile) -> Any:
    """Return what is shown of a region: the cells that stay empty are withheld, not nought."""
    if tile.is_own:
        return OWN
    return WITHHELD if None in (tile.given, tile.taken, tile.within) else PUBLISHED


def _regions(regions: Sequence[Tile]) -> tuple[list[Column], list[list[Any]]]:
    columns = [
        Column(_("Region")),
        Column(_("Given to others"), Kind.NUMBER),
        Column(_("Given, 10,000 yuan"), Kind.MONEY),
        Column(_("Taken from others"), Kind.NUMBER),
        Column(_("Taken, 10,000 yuan"), Kind.MONEY),
        Column(_("Within"), Kind.NUMBER),
        Column(_("Within, 10,000 yuan"), Kind.MONEY),
        Column(_("Members"), Kind.NUMBER),
        Column(_("What is shown"), width=44),
    ]
    rows = [
        [
            localised(each.region),
            each.given.count if each.given else None,
            each.given.known_value_fen if each.given else None,
            each.taken.count if each.taken else None,
            each.taken.known_value_fen if each.taken else None,
            each.within.count if each.within else None,
            each.within.known_value_fen if each.within else None,
            each.members,
            str(_tile_words(each)),
        ]
        for each in regions
    ]
    return columns, rows
