"""The address of one deliverable, to which its outcomes point: it stands in its project's list."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from portal.access import requires
from portal.research.work_models import Deliverable

bp = Blueprint("deliverables", __name__)


@bp.get("/deliverables/<int:deliverable_id>")
@requires("deliverable.view", Deliverable)
def view_deliverable(deliverable: Deliverable) -> Response:
    """Lead to a deliverable in the list of its project."""
    project_id, anchor = deliverable.project_id, f"deliverable-{deliverable.id}"
    address = url_for("research.list_deliverables", project_id=project_id, _anchor=anchor)
    return redirect(address)
