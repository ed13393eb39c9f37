"""Verbs on quarterly reports: drawn up from the board, edited, sealed, countersigned."""

from __future__ import annotations

import hashlib
import json

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.periods import quarter_of
from portal.research.models import Project
from portal.research.report_queries import facts_of
from portal.research.work_models import Countersignature, ProgressReport
from portal.workflow import check_version

LONGEST_TEXT = 8000


@operation
def draw_report(project: Project, *, year: int, quarter: int, by: Actor) -> ProgressReport:
    """Draw up the report of a quarter from the board; one that is not sealed is drawn anew.

    Raises `Refused` for a quarter that has not begun, for one that was over before the project
    began, and for one whose report is sealed.
    """
    require(by, "project.lead", project)
    if quarter not in (1, 2, 3, 4) or not 2000 <= year < 2200:
        raise Refused(_l("Please choose one."), field="quarter")
    reported = quarter_of(year, quarter)
    if reported.from_on > clock.today():
        raise Refused(_l("This quarter has not begun."), field="quarter")
    if reported.until_on <= project.began_on:
        raise Refused(_l("The project had not begun in this quarter."), field="quarter")
    report = db.session.scalar(
        select(ProgressReport).where(
            ProgressReport.project_id == project.id,
            ProgressReport.year == year,
            ProgressReport.quarter == quarter,
        )
    )
    if report is not None and report.is_sealed:
        raise Refused(_l("The report of this quarter is sealed."), field="quarter")
    facts = facts_of(project.id, year, quarter)
    if report is None:
        report = ProgressReport(
            project_id=project.id,
            lead_id=project.lead_id,
            year=year,
            quarter=quarter,
            facts=facts,
            text="",
            drawn_at=clock.now(),
        )
        db.session.add(report)
    report.facts, report.drawn_at = facts, clock.now()
    db.session.flush()
    journal.note("progress_report.draw", report, by=by)
    return report


@operation
def write_report(
    report: ProgressReport, text: str, *, by: Actor, expected: int | None = None
) -> None:
    """Write what the lead says about the quarter. Raises `Refused` once it is sealed."""
    require(by, "progress_report.write", report)
    check_version(report, expected)
    _refuse_sealed(report)
    report.text = text.strip()
    db.session.flush()
    journal.note("progress_report.write", report, by=by)


@operation
def seal_report(report: ProgressReport, *, by: Actor, expected: int | None = None) -> None:
    """Seal a report for the lead: from now on it changes no more, and partners countersign it."""
    require(by, "progress_report.write", report)
    check_version(report, expected)
    _refuse_sealed(report)
    if not report.text:
        raise Refused(_l("Write what came of the quarter first."), field="text")
    report.seal = seal_of(report)
    report.sealed_at, report.sealed_by_id = clock.now(), by.person_id
    db.session.flush()
    quarter = {"note": f"{report.year} Q{report.quarter}"}
    journal.note("progress_report.seal", report, by=by)
    journal.note("project.report", report.project, by=by, detail=quarter)


def _refuse_sealed(report: ProgressReport) -> None:
    if report.is_sealed:
        raise Refused(_l("The report of this quarter is sealed."))


def seal_of(report: ProgressReport) -> str:
    """Return the digest of what a report says: facts, text, quarter and project."""
    said = [report.project_id, report.year, report.quarter, report.facts, report.text]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@operation
def countersign_report(report: ProgressReport, *, by: Actor) -> None:
    """Countersign a sealed report for a partner, once."""
    require(by, "progress_report.countersign", report)
    if not report.is_sealed:
        raise Refused(_l("It is not sealed yet."))
    if any(each.organisation_id == by.organisation_id for each in report.signatures):
        raise Refused(_l("Your organisation has countersigned it already."))
    report.signatures.append(
        Countersignature(
            report_id=report.id,
            organisation_id=by.organisation_id,
            person_id=by.person_id,
            at=clock.now(),
        )
    )
    db.session.flush()
    journal.note("progress_report.countersign", report, by=by)
