"""Pages of what a project delivers: versions with their files, acceptance, where it went."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import files
from portal.access import can, current_actor, current_standing, requires
from portal.accounts.models import Organisation
from portal.database import db
from portal.forms import Form, refusals, version_in
from portal.research import delivering, plan_queries, team
from portal.research.models import Project
from portal.research.plan_forms import (
    DELIVERABLE_KINDS,
    DeliverableForm,
    LandingForm,
    VersionForm,
)
from portal.research.views import bp
from portal.research.work_models import Deliverable, DeliverableKind
from portal.sniffing import ACCEPTED
from portal.uploads import takes_upload


def _to_list(project: Project) -> Response:
    flash(_("Saved."), "success")
    return redirect(url_for("research.list_deliverables", project_id=project.id))


def _received(form: DeliverableForm | VersionForm | LandingForm) -> files.Received | None:
    """Store the file that was sent, where one was."""
    sent = form.file.data
    return files.receive(sent.stream, sent.filename or "") if sent else None


@bp.route("/projects/<int:project_id>/deliverables", methods=["GET", "POST"])
@requires("project.work", Project)
@takes_upload("FILE_LARGEST_BYTES")
def list_deliverables(project: Project) -> str | tuple[str, int] | Response:
    """Show what came out of a project, and take a further deliverable."""
    form = DeliverableForm(team.people_in(project.id))
    if form.validate_on_submit():
        with refusals(form):
            delivering.add_deliverable(
                project,
                kind=DeliverableKind(form.kind.data),
                title=form.title.data or "",
                owner_id=form.owner_id.data,
                note=form.note.data or "",
                received=_received(form),
                by=current_actor(),
            )
            return _to_list(project)
    return deliverables_page(project, form), form.status


def deliverables_page(project: Project, form: DeliverableForm, **more: Any) -> str:
    """Render the deliverables of a project; `more` carries a refusal."""
    found = plan_queries.deliverables_of(project.id)
    values: dict[str, Any] = {
        "project": project,
        "form": form,
        "deliverables": found,
        "landed": plan_queries.landed(found),
        "kinds": DELIVERABLE_KINDS,
        "accepted": ACCEPTED,
        "is_lead": can(current_standing(), "project.lead", project),
        "own_id": current_actor().organisation_id,
    }
    return render_template("research/list_deliverables.html", **{**values, **more})


@bp.route("/deliverables/<int:deliverable_id>/versions", methods=["GET", "POST"])
@requires("deliverable.work", Deliverable)
@takes_upload("FILE_LARGEST_BYTES")
def hand_in_version(deliverable: Deliverable) -> str | tuple[str, int] | Response:
    """Hand in a further version, with a file where there is one."""
    form, project = VersionForm(thing=deliverable), deliverable.project
    if form.validate_on_submit():
        with refusals(form):
            delivering.hand_in_version(
                deliverable,
                form.version_note.data or "",
                received=_received(form),
                by=current_actor(),
                expected=form.expected,
            )
            return _to_list(project)
    page = render_template(
        "research/hand_in_version.html",
        project=project,
        deliverable=deliverable,
        form=form,
        accepted=ACCEPTED,
    )
    return page, form.status


@bp.get("/deliverables/<int:deliverable_id>/files/<int:file_id>")
@requires("deliverable.view", Deliverable)
def fetch_deliverable_file(deliverable: Deliverable, file_id: int) -> Response:
    """Hand out the file of a version, to whoever takes part."""
    return files.send_of(deliverable, file_id)


@bp.post("/deliverables/<int:deliverable_id>/accept")
@requires("deliverable.work", Deliverable)
def accept_deliverable(deliverable: Deliverable) -> Response | tuple[str, int]:
    """Accept the newest version; the operation asks whether one may."""
    form, project = Form(), deliverable.project
    with refusals(form):
        expected = version_in(request.form.get("version", ""))
        delivering.accept_deliverable(deliverable, by=current_actor(), expected=expected)
        return _to_list(project)
    blank = DeliverableForm(team.people_in(project.id))
    return deliverables_page(project, blank, refusal=form.refusal), form.status


@bp.route("/deliverables/<int:deliverable_id>/outcome/new", methods=["GET", "POST"])
@requires("deliverable.work", Deliverable)
@takes_upload("FILE_LARGEST_BYTES")
def land_deliverable(deliverable: Deliverable) -> str | tuple[str, int] | Response:
    """Record where an accepted deliverable went; the other side is asked to confirm it."""
    form = LandingForm(deliverable.title, delivering.takers_for(deliverable))
    if form.validate_on_submit():
        with refusals(form):
            taker = db.session.get_one(Organisation, form.taker_id.data)
            made = delivering.land_deliverable(
                deliverable, taker, form.claim(), received=_received(form), by=current_actor()
            )
            flash(_("Recorded. The other side is asked to confirm it."), "success")
            return redirect(url_for("outcomes.view_outcome", outcome_id=made.id))
    page = render_template(
        "outcomes/claim.html",
        form=form,
        back=url_for("research.list_deliverables", project_id=deliverable.project_id),
        back_title=deliverable.title,
        accepted=ACCEPTED,
    )
    return page, form.status
