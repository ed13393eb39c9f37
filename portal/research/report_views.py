"""Pages of quarterly reports: drawn up, edited, sealed, countersigned, as page and Word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField, TextAreaField

from portal import clock
from portal.access import can, current_actor, current_standing, requires
from portal.forms import Form, at_most, chosen, refusals, required
from portal.language import moment, money
from portal.periods import beginning
from portal.research import report_queries, reporting, word_file
from portal.research.models import Project
from portal.research.plan_forms import FUND_SOURCES
from portal.research.plan_queries import figure
from portal.research.views import bp
from portal.research.word_file import HEADING, TEXT, TITLE, Block
from portal.research.work_models import FundSource, ProgressReport

#: Quarters back that the form offers.
OFFERED = 6


class QuarterForm(Form):
    """The quarter a report is drawn up for, such as `2026-4`: one of the newest, or of a draft."""

    quarter = SelectField(_l("Quarter"), validators=chosen())

    def __init__(self, project: Project, reports: Sequence[ProgressReport]) -> None:
        super().__init__()
        each, offered = beginning(clock.today(), 3), []
        for _each in range(OFFERED):
            if each.until_on <= project.began_on:
                break
            offered.append((each.from_on.year, each.quarter))
            each = each.before()
        # A draft of long ago is still drawn anew, by the button on its own page.
        drafts = ((report.year, report.quarter) for report in reports if not report.is_sealed)
        offered += sorted(set(drafts).difference(offered), reverse=True)
        self.quarter.choices = [
            SelectChoice(
                f"{year}-{quarter}",
                _("Quarter %(quarter)d of %(year)d", quarter=quarter, year=year),
            )
            for year, quarter in offered
        ]

    @property
    def asked(self) -> dict[str, int]:
        """The year and the quarter, as the operation takes them."""
        year, _dash, quarter = (self.quarter.data or "").partition("-")
        return {"year": int(year), "quarter": int(quarter)}


class ReportForm(Form):
    """What the lead writes about a quarter."""

    text = TextAreaField(
        _l("What came of the quarter"), validators=[*required(), at_most(reporting.LONGEST_TEXT)]
    )


def title_of(report: ProgressReport) -> str:
    """Return what a report is called."""
    quarter = {"quarter": report.quarter, "year": report.year}
    return str(_("Report on quarter %(quarter)d of %(year)d", **quarter))


def as_of(report: ProgressReport) -> str:
    """Return of when the figures of a report are."""
    return str(
        _(
            "Tasks: of the quarter. Indicators and funds: as they stood on %(moment)s, when the "
            "report was drawn up from the board.",
            moment=moment(report.drawn_at),
        )
    )


@bp.route("/projects/<int:project_id>/reports", methods=["GET", "POST"])
@requires("project.work", Project)
def list_reports(project: Project) -> str | tuple[str, int] | Response:
    """Show the quarterly reports, and draw one up from the board."""
    reports = report_queries.reports_of(project.id)
    form = QuarterForm(project, reports)
    if form.validate_on_submit():
        with refusals(form):
            made = reporting.draw_report(project, **form.asked, by=current_actor())
            flash(_("Drawn up from the board. Write what came of the quarter."), "success")
            return redirect(url_for("research.view_report", progress_report_id=made.id))
    page = render_template(
        "research/list_reports.html",
        project=project,
        form=form,
        reports=reports,
        title_of=title_of,
        is_lead=can(current_standing(), "project.lead", project),
    )
    return page, form.status


@bp.get("/reports/<int:progress_report_id>")
@requires("progress_report.view", ProgressReport)
def view_report(progress_report: ProgressReport) -> str:
    """Show a report with its facts, its text and who signed."""
    return report_page(progress_report)


def report_page(report: ProgressReport, **more: Any) -> str:
    """Render a report; `more` carries a form with errors or a refusal."""
    standing = current_standing()
    signed = {each.organisation_id for each in report.signatures}
    may_sign = report.is_sealed and can(standing, "progress_report.countersign", report)
    may_write = not report.is_sealed and can(standing, "progress_report.write", report)
    values: dict[str, Any] = {
        "report": report,
        "project": report.project,
        "title": title_of(report),
        "as_of": as_of(report),
        "form": ReportForm(thing=report) if may_write else None,
        "may_sign": may_sign and standing.actor.organisation_id not in signed,
        "sources": {each.value: label for each, label in FUND_SOURCES.items()},
        "figure": figure,
    }
    return render_template("research/view_report.html", **{**values, **more})


@bp.post("/reports/<int:progress_report_id>/text")
@requires("progress_report.write", ProgressReport)
def write_report(progress_report: ProgressReport) -> Response | tuple[str, int]:
    """Save what the lead writes; the second button seals it too."""
    form = ReportForm(thing=progress_report)
    if form.validate_on_submit():
        with refusals(form):
            text, by = form.text.data or "", current_actor()
            reporting.write_report(progress_report, text, by=by, expected=form.expected)
            if "seal" in request.form:
                reporting.seal_report(progress_report, by=by)
                flash(_("Sealed. The partners may countersign it."), "success")
            else:
                flash(_("Saved."), "success")
            return _to(progress_report)
    return report_page(progress_report, form=form), form.status


@bp.post("/reports/<int:progress_report_id>/countersign")
@requires("progress_report.countersign", ProgressReport)
def countersign_report(progress_report: ProgressReport) -> Response | tuple[str, int]:
    """Countersign a sealed report for one's organisation."""
    form = Form()
    with refusals(form):
        reporting.countersign_report(progress_report, by=current_actor())
        flash(_("Countersigned."), "success")
        return _to(progress_report)
    return report_page(progress_report, refusal=form.refusal), form.status


def _to(report: ProgressReport) -> Response:
    return redirect(url_for("research.view_report", progress_report_id=report.id))


@bp.get("/reports/<int:progress_report_id>.docx")
@requires("progress_report.view", ProgressReport)
def fetch_report(progress_report: ProgressReport) -> FlaskResponse:
    """Hand out a report as a plain Word file."""
    response = FlaskResponse(
        word_file.written(_blocks(progress_report)), mimetype=word_file.MEDIA_TYPE
    )
    name = quote(f"{title_of(progress_report)}.docx")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _blocks(report: ProgressReport) -> list[Block]:
    facts, project = report.facts, report.project
    blocks: list[Block] = [
        (project.title, TITLE),
        (title_of(report), HEADING),
        (as_of(report), TEXT),
        (report.text, TEXT),
    ]
    for key, heading in (
        ("done", _("Finished tasks")),
        ("late", _("Late tasks")),
        ("next", _("Tasks of the next quarter")),
    ):
        tasks = facts[key]
        blocks.append((f"{heading} ({tasks['count']})", HEADING))
        rows = [[t["title"], t["organisation"] or "", t["due_on"] or ""] for t in tasks["named"]]
        if rows:
            blocks.append([[_("Task"), _("Organisation"), _("Due on")], *rows])
    if facts["kpis"]:
        blocks.append((_("Project indicators"), HEADING))
        blocks.append(
            [
                [_("Project indicator"), _("Unit of measure"), _("Target"), _("Reached so far")],
                *(
                    [k["name"], k["unit"], figure(k["target_milli"]), figure(k["actual_milli"])]
                    for k in facts["kpis"]
                ),
            ]
        )
    if facts["funds"]:
        blocks.append((_("Funds"), HEADING))
        blocks.append(
            [
                [_("Organisation"), _("Source"), _("Planned"), _("Received"), _("Spent")],
                *(
                    [
                        f["organisation"],
                        str(FUND_SOURCES[FundSource(f["source"])]),
                        *(money(f[f"{each}_fen"]) for each in ("planned", "received", "spent")),
                    ]
                    for f in facts["funds"]
                ),
            ]
        )
    for each in report.signatures:
        blocks.append((f"{each.organisation.name}  {each.person.name}  {each.at:%Y-%m-%d}", TEXT))
    if report.seal:
        blocks.append((report.seal, TEXT))
    return blocks
