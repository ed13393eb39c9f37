"""The draft of an annual report: what its template is filled with, and its issue as a paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access import require, standing_of
from portal.actors import Actor
from portal.alliances.forms import MEMBERSHIP_STATES
from portal.alliances.models import Alliance
from portal.annual_reports import queries
from portal.documents.models import Document, DocumentKind
from portal.documents.operations import PAPER_LANGUAGE, issue_document, write_document
from portal.documents.wording import day_words
from portal.dues.queries import ledger_of, totals
from portal.dues.wording import in_words
from portal.errors import Refused
from portal.language import FEN_PER_WAN
from portal.meetings.counting import Verdict
from portal.meetings.resolution_queries import number_of
from portal.monitor.counting import Measure
from portal.monitor.figures import Figures, figures_of
from portal.monitor.part import Part
from portal.monitor.queries import alliance_rows
from portal.outcomes.forms import OUTCOME_KINDS
from portal.periods import MONTHS_OF_YEAR, Period, beginning
from portal.research.workflow import PROJECT

#: As long as the title of a paper is.
LONGEST_TITLE = 160
#: So many years back a report may be drafted of.
YEARS = 5


def years_offered() -> list[int]:
    """Return the years of which a report may be drafted, the newest first."""
    this = clock.today().year
    return list(range(this, this - YEARS, -1))


def figures_in(alliance: Alliance, period: Period) -> Figures:
    """Return what the monitor counts of an alliance, exact, as its own people see it."""
    row = next(each for each in alliance_rows() if each.id == alliance.id)
    return figures_of(Part(alliance_ids=frozenset({alliance.id})), period, row)


def report_fields(alliance: Alliance, year: int, *, by: Actor) -> dict[str, Any]:
    """Return everything a template of an annual report may ask for; a running year up to today."""
    period = beginning(date(year, 1, 1), MONTHS_OF_YEAR).until_today(clock.today())
    membered = queries.members_in(alliance, period)
    return {
        "report_year": year,
        "until": day_words(period.last_on),
        "members_at_beginning": membered.at_beginning,
        "members_at_end": membered.at_end,
        "joined": [
            {"name": each.organisation.name, "on": _day(each.since)} for each in membered.joined
        ],
        "left": [
            {
                "name": each.organisation.name,
                "on": _day(each.ended_at),
                "how": str(MEMBERSHIP_STATES[each.state_now]),
            }
            for each in membered.left
        ],
        "chair_title": alliance.chair_title,
        "terms": [
            {
                "name": each.term.organisation.name,
                "from": _day(each.from_at),
                "until": _day(each.until_at - timedelta(seconds=1)),
                "acting": int(each.term.is_acting),
            }
            for each in queries.chairs_in(alliance, period)
        ],
        "meetings": [
            {"title": each.title, "on": _day(each.opened_at or each.closed_at), "place": each.place}
            for each in queries.meetings_in(alliance, period)
        ],
        "resolutions": [
            {
                "title": each.title,
                "number": number_of(each),
                "on": _day(each.closed_at),
                "passed": int(each.verdict is Verdict.PASSED),
            }
            for each in queries.resolutions_in(alliance, period)
        ],
        **_counted(alliance, period),
        "projects": [
            {
                "title": each.title,
                "lead": each.lead.name,
                "state": str(PROJECT.labels[each.state]),
            }
            for each in queries.projects_in(standing_of(by), alliance, period)
        ],
        "dues": _dues(alliance, year),
    }


def _counted(alliance: Alliance, period: Period) -> dict[str, Any]:
    """Return what the monitor counts: listings, how far they came, confirmed outcomes by kind."""
    cube = figures_in(alliance, period).basis.now
    by_kind = []
    for kind, label in OUTCOME_KINDS.items():
        sums = cube.total(Measure.OUTCOME, lambda side, kind=kind: side.kind == kind.value)  # type: ignore[misc]
        if sums.count:
            by_kind.append({"kind": str(label), "count": sums.count, "value": _wan(sums.value_fen)})
    return {
        "listings": cube.total(Measure.POSTED).count,
        "answered": cube.total(Measure.ANSWERED).count,
        "signed": cube.total(Measure.SIGNED).count,
        "matters": queries.matters_in(alliance, period),
        "outcomes": by_kind,
        "outcome_count": cube.total(Measure.OUTCOME).count,
        "outcome_value": _wan(cube.total(Measure.OUTCOME).value_fen),
    }


def _dues(alliance: Alliance, year: int) -> dict[str, Any] | None:
    """Return the sums of the dues of a year, or None where none were asked."""
    ledger = ledger_of(alliance.id, str(year))
    if ledger.shown is None or ledger.shown.year != year:
        return None
    sums = totals(ledger.rows)
    return {
        "count": sums.count,
        "due": in_words(sums.due_fen),
        "paid": in_words(sums.paid_fen),
        "open": in_words(sums.open_fen),
        "waived": in_words(sums.waived_fen),
    }


def _day(at: datetime | None) -> str:
    return day_words(clock.day_of(at)) if at else ""


def _wan(fen: int) -> str:
    """Return an amount in the language of papers, whatever that of the page is."""
    number = format_decimal(Decimal(fen) / FEN_PER_WAN, "#,##0.##")
    return str(_("%(number)s × 10,000 yuan", number=number))


def title_of(alliance: Alliance, year: int) -> str:
    """Return what the report of a year is called."""
    with force_locale(PAPER_LANGUAGE):
        said = _("Annual report %(year)d of %(alliance)s", year=year, alliance=alliance.name)
    return str(said)[:LONGEST_TITLE]


def issue_report(
    alliance: Alliance, year: int, *, by: Actor, receipt: str | None = None
) -> Document:
    """Issue the draft of an annual report as a numbered Word file.

    Raises `Refused` for a year that is not offered.
    """
    require(by, "document.issue", alliance)
    if year not in years_offered():
        raise Refused(_l("Choose one of the years offered."), field="year")
    with force_locale(PAPER_LANGUAGE):
        fields = report_fields(alliance, year, by=by)
    title = title_of(alliance, year)
    made = issue_document(
        alliance, DocumentKind.REPORT, title, about=alliance, by=by, receipt=receipt
    )
    if made.digest is None:
        write_document(made, fields, by=by)
    return made
