"""Buttons that make the papers of the rotation: numbered, as Word files."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from portal.access import current_actor, requires
from portal.documents.models import DocumentKind
from portal.documents.views import asked_once_more
from portal.forms import Form, refusals
from portal.rotation import papers
from portal.rotation.handover_views import handover_page
from portal.rotation.models import Handover, Swap
from portal.rotation.swap_views import swap_page
from portal.rotation.views import bp

__all__ = ["bp"]


@bp.post("/swaps/<int:swap_id>/paper")
@requires("swap.paper", Swap)
def issue_swap_paper(swap: Swap) -> Response | tuple[str, int]:
    """Make the application for an exchange of turns."""
    asked = asked_once_more(swap, DocumentKind.SWAP)
    if asked:
        return asked
    form, by = Form(), current_actor()
    with refusals(form):
        made = papers.issue_swap_paper(swap, by=by, receipt=form.receipt(by))
        return redirect(url_for("documents.view_document", document_id=made.id))
    return swap_page(swap, refusal=form.refusal), form.status


@bp.post("/handovers/<int:handover_id>/paper")
@requires("handover.paper", Handover)
def issue_handover_booklet(handover: Handover) -> Response | tuple[str, int]:
    """Make the booklet of a hand-over."""
    asked = asked_once_more(handover, DocumentKind.HANDOVER)
    if asked:
        return asked
    form, by = Form(), current_actor()
    with refusals(form):
        made = papers.issue_handover_booklet(handover, by=by, receipt=form.receipt(by))
        return redirect(url_for("documents.view_document", document_id=made.id))
    return handover_page(handover, refusal=form.refusal), form.status
