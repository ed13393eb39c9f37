"""Pages by which a line of a plan is said anew, or taken off."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.access import current_actor, requires
from portal.errors import Missing
from portal.forms import Form, refusals, version_in
from portal.research import plan_queries, replanning, team
from portal.research.models import Project
from portal.research.plan_forms import KpiForm, MilestoneForm, PackageForm
from portal.research.plan_views import plan_page
from portal.research.views import bp
from portal.research.work_models import Kpi, WorkPackage


def _form(project: Project, kind: str, line: Any) -> PackageForm | KpiForm | MilestoneForm:
    """Return the form of a kind of line; also where the line itself is gone by now.

    What was typed is kept then, to be added anew. Raises `Missing` where nothing was typed yet.
    """
    model = plan_queries.LINES.get(kind)
    if model is None or (line is None and request.method != "POST"):
        raise Missing(f"line of a plan at {request.path}")
    if model is WorkPackage:
        return PackageForm(team.people_in(project.id), line)
    return KpiForm(line) if model is Kpi else MilestoneForm(line)


def _write(project: Project, number: int, form: PackageForm | KpiForm | MilestoneForm) -> None:
    """Hand what was typed to the operation of its kind."""
    name, by, expected = form.name.data or "", current_actor(), form.expected
    if isinstance(form, PackageForm):
        side = form.organisation_id.data
        replanning.edit_package(
            project, number, name=name, organisation_id=side, by=by, expected=expected
        )
    elif isinstance(form, KpiForm):
        unit, target = form.unit.data or "", form.target_milli
        replanning.edit_kpi(
            project, number, name=name, unit=unit, target_milli=target, by=by, expected=expected
        )
    else:
        due_on = form.due_on.data or clock.today()
        replanning.edit_milestone(
            project, number, name=name, due_on=due_on, by=by, expected=expected
        )


@bp.route("/projects/<int:project_id>/plan/<kind>/<int:number>/edit", methods=["GET", "POST"])
@requires("project.lead", Project)
def edit_line(project: Project, kind: str, number: int) -> str | tuple[str, int] | Response:
    """Change a work package, an indicator or a milestone."""
    line = plan_queries.line_of(project.id, kind, number)
    form = _form(project, kind, line)
    if form.validate_on_submit():
        with refusals(form):
            _write(project, number, form)
            flash(_("Saved."), "success")
            return redirect(url_for("research.view_plan", project_id=project.id, _anchor=kind))
        # Somebody may have changed it, or taken it off, since it was read.
        line = plan_queries.line_of(project.id, kind, number)
        form.version.data = str(line.version) if line else ""
    page = render_template(
        "research/edit_line.html", project=project, form=form, line=line, kind=kind
    )
    return page, form.status


@bp.post("/projects/<int:project_id>/plan/<kind>/<int:number>/remove")
@requires("project.lead", Project)
def remove_line(project: Project, kind: str, number: int) -> Response | tuple[str, int]:
    """Take a work package, an indicator or a milestone off the plan."""
    model, form = plan_queries.LINES.get(kind), Form()
    if model is None:
        raise Missing(f"kind of line at {request.path}")
    with refusals(form):
        expected = version_in(request.form.get("version", ""))
        replanning.remove_line(project, model, number, by=current_actor(), expected=expected)
        flash(_("Taken off the plan."), "success")
        return redirect(url_for("research.view_plan", project_id=project.id, _anchor=kind))
    return plan_page(project, refusal=form.refusal), form.status
