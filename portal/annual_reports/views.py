"""The page that drafts an annual report."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.access import current_actor, requires
from portal.alliances.models import Alliance
from portal.annual_reports.drafting import issue_report, title_of
from portal.annual_reports.forms import ReportForm
from portal.documents.models import DocumentKind
from portal.documents.views import asked_once_more
from portal.forms import refusals

bp = Blueprint("annual_reports", __name__)


@bp.route("/alliances/<alliance_slug>/annual-report", methods=["GET", "POST"])
@requires("document.issue", Alliance)
def new_report(alliance: Alliance) -> tuple[str, int] | Response:
    """Draft the report of a year from its records, as a numbered Word file."""
    form, by = ReportForm(), current_actor()
    if form.validate_on_submit():
        year = int(form.year.data)
        asked = asked_once_more(
            alliance, DocumentKind.REPORT, title=title_of(alliance, year), year=form.year.data
        )
        if asked:
            return asked
        with refusals(form):
            made = issue_report(alliance, year, by=by, receipt=form.receipt(by))
            return redirect(url_for("documents.view_document", document_id=made.id))
    page = render_template("annual_reports/new_report.html", alliance=alliance, form=form)
    return page, form.status
