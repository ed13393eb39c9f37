"""Pages by which organisations come to take part: asked, offered, answered by link."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import actors, links
from portal.access import can, current_actor, current_standing, public, requires
from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import Organisation
from portal.database import db
from portal.errors import DeadLink
from portal.forms import Form, refusals
from portal.moves import attempt
from portal.research import partnering, queries, suggestion_queries
from portal.research.forms import REASONS, AnswerForm, AskForm, NeedForm, OfferForm
from portal.research.models import Partner, Project
from portal.research.views import bp, project_page

#: The operation of each move of a part; a test compares it with the table.
MOVES = {
    "confirm": partnering.confirm_partner,
    "decline": partnering.decline_partner,
    "leave": partnering.leave_project,
}


@bp.route("/projects/<int:project_id>/partners", methods=["GET", "POST"])
@requires("project.lead", Project)
def ask_partner(project: Project) -> str | tuple[str, int] | Response:
    """Ask a member to take part."""
    form = AskForm(queries.members_to_ask(project))
    if form.validate_on_submit():
        with refusals(form):
            organisation = db.session.get_one(Organisation, form.organisation_id.data)
            partnering.ask_partner(
                project, organisation, part=form.part.data or "", by=current_actor()
            )
            flash(_("Asked. It is sent a link by which it may answer."), "success")
            return redirect(url_for("research.view_project", project_id=project.id))
    elif not form.is_submitted():
        asked = request.args.get("organisation", "")
        form.organisation_id.data = int(asked) if asked.isdecimal() and len(asked) < 10 else None
    page = render_template(
        "research/ask_partner.html",
        project=project,
        form=form,
        suggested=suggestion_queries.suggested(project, queries.needs_of(project.id)),
        reasons=REASONS,
        provinces=queries.all_provinces(),
        kinds=ORGANISATION_KINDS,
    )
    return page, form.status


@bp.post("/projects/<int:project_id>/offers")
@requires("project.offer", Project)
def offer_part(project: Project) -> Response | tuple[str, int]:
    """Offer to take part in a project that calls for partners."""
    form = OfferForm()
    if form.validate_on_submit():
        with refusals(form):
            partnering.offer_part(project, part=form.part.data or "", by=current_actor())
            flash(_("Offered. The lead answers."), "success")
            return redirect(url_for("research.view_project", project_id=project.id))
    return project_page(project, offer_form=form), form.status


@bp.route("/projects/<int:project_id>/needs", methods=["GET", "POST"])
@requires("project.lead", Project)
def add_need(project: Project) -> str | tuple[str, int] | Response:
    """Say whom the project still looks for."""
    form = NeedForm(queries.all_provinces(), queries.nodes_of_chain(project.alliance))
    if form.validate_on_submit():
        with refusals(form):
            partnering.add_need(
                project, part=form.need.data or "", **form.where, by=current_actor()
            )
            return redirect(url_for("research.view_project", project_id=project.id))
    return render_template("research/add_need.html", project=project, form=form), form.status


@bp.post("/projects/<int:project_id>/needs/<int:number>/remove")
@requires("project.lead", Project)
def remove_need(project: Project, number: int) -> Response | tuple[str, int]:
    """Say that somebody is no longer looked for."""
    form = Form()
    with refusals(form):
        partnering.remove_need(project, number, by=current_actor())
        return redirect(url_for("research.view_project", project_id=project.id))
    return project_page(project, refusal=form.refusal), form.status


@bp.get("/project-partners/<int:project_partner_id>")
@requires("project_partner.view", Partner)
def view_partner(project_partner: Partner) -> Response:
    """Lead to the project of a part, where messages about it point; else to the list."""
    project = project_partner.project
    if not can(current_standing(), "project.view", project):
        return redirect(url_for("research.list_projects"))
    return redirect(url_for("research.view_project", project_id=project.id, _anchor="partners"))


@bp.post("/project-partners/<int:project_partner_id>/moves/<move>")
@requires("project_partner.view", Partner)
def move_partner(project_partner: Partner, move: str) -> Response | tuple[str, int]:
    """Confirm, decline or end a part; who may is decided by the move's own permission."""
    project_id = project_partner.project_id
    failed = attempt(MOVES, move, project_partner)
    project = db.session.get_one(Project, project_id)
    # Whoever left, or declined, may see the project no longer.
    if not can(current_standing(), "project.view", project):
        return redirect(url_for("research.list_projects"))
    if failed:
        return project_page(project, refusal=failed.sentence), failed.status
    return redirect(url_for("research.view_project", project_id=project_id))


@bp.route("/projects/answer/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> str | tuple[str, int] | Response:
    """Show what the link asks (GET), and answer as the person it is for (POST)."""
    link = links.find(partnering.PURPOSE, token)
    if link is None or link.person_id is None:
        raise DeadLink(f"link at {request.path}")
    partner = db.session.get_one(Partner, link.record_id)
    form, by = AnswerForm(), actors.person(link.person_id, partner.organisation_id)
    if form.validate_on_submit():
        with refusals(form):
            partnering.answer_by_link(
                link, by=by, confirms=form.confirms, note=form.reason.data or ""
            )
            flash(_("Thank you. Your answer is recorded."), "success")
            return redirect(url_for("research.answer", token=token))
    page = render_template("research/answer.html", partner=partner, link=link, form=form)
    return page, form.status
