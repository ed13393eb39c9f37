"""Pages of who of an organisation does what in a project."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, requires
from portal.forms import Form, refusals
from portal.research import staffing, team
from portal.research.forms import ROLES, PersonForm
from portal.research.models import Partner
from portal.research.staff_models import ProjectRole
from portal.research.team import Named
from portal.research.views import bp


def _to(partner: Partner) -> Response:
    flash(_("Saved."), "success")
    return redirect(url_for("research.name_person", project_partner_id=partner.id))


def _people(partner: Partner) -> tuple[Named, ...]:
    """Return the people of an organisation, while it takes part."""
    side = team.people_in(partner.project_id).get(partner.organisation_id)
    return side.people if side else ()


def _form(partner: Partner, people: Sequence[Named]) -> PersonForm:
    is_lead = can(current_standing(), "project.lead", partner.project)
    return PersonForm(people, is_lead=is_lead)


def _page(partner: Partner, form: Form, people: Sequence[Named], refusal: object = None) -> str:
    return render_template(
        "research/name_person.html",
        partner=partner,
        project=partner.project,
        people=[each for each in people if each.role],
        roles=ROLES,
        form=form,
        refusal=refusal,
    )


@bp.route("/project-partners/<int:project_partner_id>/people", methods=["GET", "POST"])
@requires("project_partner.staff", Partner)
def name_person(project_partner: Partner) -> str | tuple[str, int] | Response:
    """Show who of an organisation does what, and take a further person."""
    people = _people(project_partner)
    form = _form(project_partner, people)
    if form.validate_on_submit():
        with refusals(form):
            role, by = ProjectRole(form.role.data), current_actor()
            staffing.name_person(project_partner, form.person_id.data, role, by=by)
            return _to(project_partner)
    return _page(project_partner, form, people), form.status


@bp.post("/project-partners/<int:project_partner_id>/people/<int:number>/release")
@requires("project_partner.staff", Partner)
def release_person(project_partner: Partner, number: int) -> Response | tuple[str, int]:
    """End somebody's role."""
    form = Form()
    with refusals(form):
        staffing.release_person(project_partner, number, by=current_actor())
        return _to(project_partner)
    people = _people(project_partner)
    blank = _form(project_partner, people)
    return _page(project_partner, blank, people, form.refusal), form.status
