"""Pages of joint projects: the list, the record, its moves, the counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, requires
from portal.accounts.queries import TimelineEntry, timeline_of
from portal.alliances.queries import alliances_of
from portal.forms import refusals
from portal.moves import attempt, say_done
from portal.research import operations, plan_queries, queries
from portal.research.facts import (
    moves_with_what_is_open,
    project_facts,
    what_is_missing,
    what_it_spans_no_more,
)
from portal.research.forms import ROLES, ApprovalForm, OfferForm, ProjectForm
from portal.research.models import Project
from portal.research.team import Named, people_in
from portal.research.workflow import PARTNER, PROJECT
from portal.workflow import open_to

bp = Blueprint("research", __name__)

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "call": operations.call_project,
    "form": operations.form_project,
    "approve": operations.approve_project,
    "start": operations.start_project,
    "hold": operations.hold_project,
    "resume": operations.resume_project,
    "complete": operations.complete_project,
    "transfer": operations.transfer_project,
    "archive": operations.archive_project,
    "drop": operations.drop_project,
}


@bp.get("/projects")
@requires("project.list")
def list_projects() -> str:
    """Show the projects one takes part in, those that call, and those one keeps."""
    kind = queries.list_asked(request.args.get("list"))
    after = request.args.get("after", "")
    rows, next_key = queries.project_page(
        current_standing(),
        kind,
        after=int(after) if after.isdecimal() and len(after) < 10 else None,
    )
    return render_template(
        "research/list_projects.html",
        rows=rows,
        next_key=next_key,
        kind=kind,
        labels=PROJECT.labels,
    )


@bp.get("/projects/figures")
@requires("project.count")
def view_figures() -> str:
    """Show how many projects there are, and which regions take part in them together."""
    return render_template(
        "research/view_figures.html", counts=queries.counts(), labels=PROJECT.labels
    )


@bp.route("/projects/new", methods=["GET", "POST"])
@requires("project.create")
def new_project() -> str | tuple[str, int] | Response:
    """Take the idea of a project that one's organisation would lead."""
    by = current_actor()
    mine = alliances_of(by.organisation_id or 0)
    written = request.values.get("alliance_id", "")
    alliance = next((each for each in mine if str(each.id) == written), mine[0] if mine else None)
    form = ProjectForm(mine, queries.nodes_of_chain(alliance) if alliance else ())
    if form.validate_on_submit() and alliance is not None:
        with refusals(form):
            made = operations.create_project(
                alliance,
                form.content(),
                part=form.part.data or "",
                receipt=form.receipt(by),
                by=by,
            )
            flash(_("The idea is written down. Call for partners, or ask some."), "success")
            return redirect(url_for("research.view_project", project_id=made.id))
    return render_template("research/edit_project.html", form=form, project=None), form.status


@bp.route("/projects/<int:project_id>/edit", methods=["GET", "POST"])
@requires("project.lead", Project)
def edit_project(project: Project) -> str | tuple[str, int] | Response:
    """Change what a project says, until it is approved."""
    form = ProjectForm((), queries.nodes_of_chain(project.alliance), project)
    if form.validate_on_submit():
        with refusals(form):
            operations.edit_project(
                project, form.content(), by=current_actor(), expected=form.expected
            )
            flash(_("Saved."), "success")
            return redirect(url_for("research.view_project", project_id=project.id))
    return render_template("research/edit_project.html", form=form, project=project), form.status


@bp.get("/projects/<int:project_id>")
@requires("project.view", Project)
def view_project(project: Project) -> str:
    """Show what a project is, who takes part, and what one may do."""
    return project_page(project)


def project_page(project: Project, **more: Any) -> str:
    """Render a project's page; `more` carries a failed move or a form with errors."""
    standing = current_standing()
    leads = can(standing, "project.lead", project)
    is_lead = leads and project.is_gathering
    may_offer = can(standing, "project.offer", project) and not any(
        each.organisation_id == standing.actor.organisation_id for each in project.partners
    )
    is_inside = can(standing, "project.work", project)
    is_keeper = can(standing, "project.approve", project)
    is_running = is_inside and project.is_unfinished
    held = plan_queries.still_open(project.id) if is_running else None
    values: dict[str, Any] = {
        "project": project,
        "facts_of": project_facts(project),
        "moves": moves_with_what_is_open(open_to(standing, project), held),
        "parts": [(each, open_to(standing, each)) for each in project.partners],
        "needs": queries.needs_of(project.id) if project.is_gathering else (),
        "people": _people(project) if is_inside else {},
        "overdue": held.overdue if held else 0,
        "staffed": [p.id for p in project.partners if can(standing, "project_partner.staff", p)],
        "roles": ROLES,
        "is_lead": is_lead,
        "may_ask": leads and project.is_unfinished,
        "lost": what_it_spans_no_more(project) if is_inside or is_keeper else None,
        "is_inside": is_inside,
        "sees_terms": is_inside or _is_asked_late(project, standing.actor.organisation_id),
        "is_keeper": is_keeper,
        "missing": what_is_missing(project) if is_lead or is_keeper else (),
        "offer_form": OfferForm() if may_offer else None,
        "approval_form": ApprovalForm(thing=project) if is_keeper else None,
        "labels": PROJECT.labels,
        "part_labels": PARTNER.labels,
        "timeline": _history(project, is_inside=is_inside) if is_inside or is_keeper else (),
    }
    return render_template("research/view_project.html", **{**values, **more})


def _is_asked_late(project: Project, organisation_id: int | None) -> bool:
    """Tell whether an organisation is asked into a project whose terms are agreed already."""
    return not project.is_gathering and any(
        each.organisation_id == organisation_id for each in project.unanswered
    )


def _people(project: Project) -> dict[int, list[Named]]:
    """Return by organisation who has a role in a project."""
    sides = people_in(project.id).values()
    return {side.id: [each for each in side.people if each.role] for side in sides}


def _history(project: Project, *, is_inside: bool) -> list[TimelineEntry]:
    """Return the steps of a project; its keeper reads that they were made, not what they name."""
    steps = timeline_of(project)
    return steps if is_inside else [replace(each, note=None) for each in steps]


@bp.post("/projects/<int:project_id>/approval")
@requires("project.approve", Project)
def approve_project(project: Project) -> Response | tuple[str, int]:
    """Approve a project on the paper that was chosen or named."""
    form = ApprovalForm(thing=project)
    if form.validate_on_submit():
        with refusals(form):
            operations.approve_project(
                project, **form.basis, by=current_actor(), expected=form.expected
            )
            say_done(project, "approve")
            return redirect(url_for("research.view_project", project_id=project.id))
    return project_page(project, approval_form=form), form.status


@bp.post("/projects/<int:project_id>/moves/<move>")
@requires("project.view", Project)
def move_project(project: Project, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, project)
    if failed:
        return project_page(project, failed=failed), failed.status
    return redirect(url_for("research.view_project", project_id=project.id))
