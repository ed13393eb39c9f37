"""Buttons that make the papers of a meeting or a resolution: numbered, as Word files."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from portal.access import current_actor, requires
from portal.documents.models import DocumentKind
from portal.documents.views import asked_once_more
from portal.errors import Missing
from portal.forms import Form, refusals
from portal.meetings import papers
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Resolution
from portal.meetings.resolution_views import resolution_page
from portal.meetings.views import bp, meeting_page

__all__ = ["bp"]


@bp.post("/meetings/<int:meeting_id>/papers/<kind>")
@requires("meeting.take_minutes", Meeting)
def issue_paper(meeting: Meeting, kind: str) -> Response | tuple[str, int]:
    """Make one of a meeting's papers."""
    if kind not in papers.OF_MEETING:
        raise Missing(f"paper at {request.path}")
    asked = asked_once_more(meeting, DocumentKind(kind))
    if asked:
        return asked
    form, by = Form(), current_actor()
    with refusals(form):
        made = papers.issue_paper(meeting, DocumentKind(kind), by=by, receipt=form.receipt(by))
        return redirect(url_for("documents.view_document", document_id=made.id))
    return meeting_page(meeting, refusal=form.refusal), form.status


@bp.post("/resolutions/<int:resolution_id>/paper")
@requires("resolution.count", Resolution)
def issue_resolution(resolution: Resolution) -> Response | tuple[str, int]:
    """Make the paper of a resolution that was voted on."""
    asked = asked_once_more(resolution, DocumentKind.RESOLUTION)
    if asked:
        return asked
    form, by = Form(), current_actor()
    with refusals(form):
        made = papers.issue_resolution(resolution, by=by, receipt=form.receipt(by))
        return redirect(url_for("documents.view_document", document_id=made.id))
    return resolution_page(resolution, refusal=form.refusal), form.status
