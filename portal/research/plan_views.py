"""Pages of what a project plans and spends."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import calendars, clock, links
from portal.access import can, current_actor, current_standing, requires
from portal.forms import Form, refusals
from portal.research import plan_queries, planning, team
from portal.research.models import Project
from portal.research.plan_forms import (
    FUND_SOURCES,
    FundForm,
    KpiForm,
    MilestoneForm,
    PackageForm,
    ReachedForm,
)
from portal.research.views import bp


def _to(endpoint: str, project: Project) -> Response:
    flash(_("Saved."), "success")
    return redirect(url_for(f"research.{endpoint}", project_id=project.id))


@bp.get("/projects/<int:project_id>/plan")
@requires("project.work", Project)
def view_plan(project: Project) -> str:
    """Show the work packages, the indicators and the milestones."""
    return plan_page(project)


def plan_page(project: Project, **more: Any) -> str:
    """Render the plan; `more` carries a form with errors or a refusal."""
    sides = team.people_in(project.id)
    values: dict[str, Any] = {
        "project": project,
        "packages": plan_queries.work_packages_of(project.id),
        "kpis": plan_queries.kpis_of(project.id),
        "milestones": plan_queries.milestones_of(project.id),
        "is_lead": project.is_unfinished and can(current_standing(), "project.lead", project),
        "package_form": PackageForm(sides),
        "kpi_form": KpiForm(),
        "milestone_form": MilestoneForm(),
        "figure": plan_queries.figure,
    }
    return render_template("research/view_plan.html", **{**values, **more})


@bp.post("/projects/<int:project_id>/packages")
@requires("project.lead", Project)
def add_package(project: Project) -> Response | tuple[str, int]:
    """Add a work package."""
    form = PackageForm(team.people_in(project.id))
    if form.validate_on_submit():
        with refusals(form):
            name, side = form.name.data or "", form.organisation_id.data
            planning.add_package(project, name=name, organisation_id=side, by=current_actor())
            return _to("view_plan", project)
    return plan_page(project, package_form=form), form.status


@bp.post("/projects/<int:project_id>/kpis")
@requires("project.lead", Project)
def add_kpi(project: Project) -> Response | tuple[str, int]:
    """Add an indicator."""
    form = KpiForm()
    if form.validate_on_submit():
        with refusals(form):
            planning.add_kpi(
                project,
                name=form.name.data or "",
                unit=form.unit.data or "",
                target_milli=form.target_milli,
                by=current_actor(),
            )
            return _to("view_plan", project)
    return plan_page(project, kpi_form=form), form.status


@bp.post("/projects/<int:project_id>/kpis/<int:number>")
@requires("project.work", Project)
def reach_kpi(project: Project, number: int) -> Response | tuple[str, int]:
    """Say what is reached of an indicator."""
    form = ReachedForm()
    if form.validate_on_submit():
        with refusals(form):
            actual = int((form.actual.data or 0) * plan_queries.MILLI)
            planning.reach_kpi(project, number, actual_milli=actual, by=current_actor())
            return _to("view_plan", project)
    refusal = form.refusal or "".join(str(each) for each in form.actual.errors)
    return plan_page(project, refusal=refusal), form.status


@bp.post("/projects/<int:project_id>/milestones")
@requires("project.lead", Project)
def add_milestone(project: Project) -> Response | tuple[str, int]:
    """Add a milestone."""
    form = MilestoneForm()
    if form.validate_on_submit():
        with refusals(form):
            planning.add_milestone(
                project,
                name=form.name.data or "",
                due_on=form.due_on.data or clock.today(),
                by=current_actor(),
            )
            return _to("view_plan", project)
    return plan_page(project, milestone_form=form), form.status


@bp.post("/projects/<int:project_id>/milestones/<int:number>")
@requires("project.lead", Project)
def meet_milestone(project: Project, number: int) -> Response | tuple[str, int]:
    """Say that a milestone is reached, or take that back."""
    form, is_met = Form(), request.form.get("met") == "yes"
    with refusals(form):
        planning.meet_milestone(project, number, is_met=is_met, by=current_actor())
        return _to("view_plan", project)
    return plan_page(project, refusal=form.refusal), form.status


@bp.get("/projects/<int:project_id>/milestones.ics")
@requires("project.work", Project)
def milestones_calendar(project: Project) -> FlaskResponse:
    """Hand out the milestones as a calendar."""
    address = links.address("research.view_plan", project_id=project.id)
    events = [
        calendars.Event(
            uid=f"milestone-{each.id}@portal",
            start=each.due_on,
            until=None,
            summary=f"{project.title}: {each.name}",
            address=address,
            revision=each.revision,
        )
        for each in plan_queries.milestones_of(project.id)
    ]
    response = FlaskResponse(
        calendars.written(project.title, events), mimetype=calendars.MEDIA_TYPE
    )
    response.headers["Content-Disposition"] = "attachment; filename=milestones.ics"
    return response


@bp.route("/projects/<int:project_id>/funds", methods=["GET", "POST"])
@requires("project.work", Project)
def view_funds(project: Project) -> str | tuple[str, int] | Response:
    """Show the funds by organisation and source, and take what one's organisation says."""
    sides = team.people_in(project.id)
    by = current_actor()
    mine = [s for s in sides.values() if by.organisation_id in (s.id, project.lead_id)]
    form = FundForm(mine)
    if form.validate_on_submit():
        with refusals(form):
            planning.set_fund(project, form.content(), by=by)
            return _to("view_funds", project)
    page = render_template(
        "research/view_funds.html",
        project=project,
        form=form,
        funds=plan_queries.funds_of(project.id),
        sources=FUND_SOURCES,
    )
    return page, form.status
