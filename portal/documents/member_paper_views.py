"""Buttons that make the papers of a membership: numbered, as Word files."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.access import current_actor, requires
from portal.alliances.models import Membership
from portal.documents import member_papers
from portal.documents.models import DocumentKind
from portal.documents.views import asked_once_more, bp
from portal.errors import Missing
from portal.forms import Form, refusals

__all__ = ["bp"]


@bp.post("/memberships/<int:membership_id>/papers/<kind>")
@requires("membership.paper", Membership)
def issue_member_paper(membership: Membership, kind: str) -> Response | tuple[str, int]:
    """Make the application or the certificate of a member."""
    if kind not in member_papers.OF_MEMBERSHIP:
        raise Missing(f"paper at {request.path}")
    asked = asked_once_more(membership, DocumentKind(kind))
    if asked:
        return asked
    form, by = Form(), current_actor()
    with refusals(form):
        made = member_papers.issue_member_paper(
            membership, DocumentKind(kind), by=by, receipt=form.receipt(by)
        )
        return redirect(url_for("documents.view_document", document_id=made.id))
    flash(form.refusal or "", "error")
    return redirect(url_for("alliances.view_membership", membership_id=membership.id))
