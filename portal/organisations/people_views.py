"""Pages of an organisation's people: who they are, inviting, leaving, passing the role on."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import links
from portal.access import can, current_actor, current_standing, requires, standing_of
from portal.accounts.models import Appointment, Organisation, Person
from portal.accounts.operations import end_appointment
from portal.database import db
from portal.errors import Missing, Refused
from portal.forms import refusals
from portal.organisations import people, queries
from portal.organisations.columns import PEOPLE
from portal.organisations.people_forms import InviteForm, PassOnForm, ReleaseForm
from portal.organisations.views import bp, kept_page, sentence_of
from portal.roles import ROLES, Role
from portal.sheets.exporting import exported
from portal.sign_in import inviting
from portal.sign_in.models import Invitation

__all__ = ["bp"]

ROLE_NAMES = {role: facts.name for role, facts in ROLES.items()}


def back(organisation_id: int) -> Response:
    """Return to the people, or to the public page where one is no colleague any more."""
    organisation = db.session.get_one(Organisation, organisation_id)
    standing = standing_of(current_actor())  # anew: what was just done may have changed it
    endpoint = "directory.view_organisation"
    if can(standing, "organisation.list_people", organisation):
        endpoint = "organisations.list_people"
    elif can(standing, "organisation.invite", organisation):
        endpoint = "organisations.invite"
    return redirect(url_for(endpoint, organisation_id=organisation_id))


@bp.get("/organisations/<int:organisation_id>/people")
@requires("organisation.list_people", Organisation)
def list_people(organisation: Organisation) -> tuple[str, int]:
    """Show the colleagues and their roles; to a manager also who is invited."""
    manages = can(current_standing(), "organisation.edit", organisation)
    colleagues = queries.colleagues_of(organisation.id)
    managing = queries.management_of(colleagues)
    return kept_page(
        "list_people",
        organisation,
        colleagues=colleagues,
        last_id=managing[0] if len(managing) == 1 else None,
        manages=manages,
        invitations=queries.open_invitations_of(organisation.id) if manages else [],
        roles=ROLE_NAMES,
        passable=queries.management_of(colleagues, current_user.person_id),
        my_id=current_user.person_id,
    )


@bp.get("/organisations/<int:organisation_id>/people.xlsx")
@requires("organisation.list_people", Organisation)
def export_people(organisation: Organisation) -> Response:
    """Take along the colleagues and their roles, as the list shows them."""
    manages = can(current_standing(), "organisation.edit", organisation)
    rows = [
        (colleague, appointment, manages or colleague.person.id == current_user.person_id)
        for colleague in queries.colleagues_of(organisation.id)
        for appointment in colleague.appointments
    ]
    return exported(_("People"), PEOPLE, rows, narrowed=[organisation.name])


@bp.route("/organisations/<int:organisation_id>/people/invite", methods=["GET", "POST"])
@requires("organisation.invite", Organisation)
def invite(organisation: Organisation) -> tuple[str, int]:
    """Invite a colleague; what opens the portal to them is shown once, right here."""
    form, made = InviteForm(), None
    form.offer(queries.roles_to_give(current_standing(), organisation.id))
    if form.validate_on_submit():
        with refusals(form):
            made = inviting.invite(
                Role(form.role.data),
                organisation.id,
                **form.content(),
                by=current_actor(),
            )
    if made is None:
        waiting = queries.open_invitations_of(organisation.id)
        return kept_page("invite", organisation, form, invitations=waiting, roles=ROLE_NAMES)
    return kept_page(
        "invited",
        organisation,
        made=made,
        address=links.address("invitations.take_up", token=made.token),
        text=inviting.text_of(made),
        role=ROLES[made.invitation.role].name,
    )


@bp.post("/organisations/<int:organisation_id>/people/revoke-invitation")
@requires("organisation.invite", Organisation)
def revoke_invitation(organisation: Organisation) -> Response:
    """Take an invitation back that nobody took up yet."""
    written = request.form.get("invitation_id", "")
    open_ones = {str(each.id): each for each in queries.open_invitations_of(organisation.id)}
    invitation: Invitation | None = open_ones.get(written)
    if invitation is None:
        flash(_("This invitation is not open any more."), "error")
    else:
        inviting.revoke_invitation(invitation, by=current_actor())
        flash(_("The invitation was taken back."), "success")
    return back(organisation.id)


@bp.post("/appointments/<int:appointment_id>/end")
@requires("appointment.end", Appointment)
def end(appointment: Appointment) -> Response:
    """End an appointment: a colleague's, or one's own."""
    try:
        end_appointment(appointment, by=current_actor())
        flash(_("The role has ended."), "success")
    except Refused as refused:
        sentence_of(refused)
    if not appointment.is_at_organisation:
        return redirect(url_for("desk.view_desk"))
    return back(appointment.scope_id)


@bp.route("/appointments/<int:appointment_id>/pass-on", methods=["GET", "POST"])
@requires("appointment.pass_on", Appointment)
def pass_on(appointment: Appointment) -> tuple[str, int] | Response:
    """Pass the role of manager on to a colleague, and stay or leave."""
    organisation = db.session.get(Organisation, appointment.scope_id)
    if organisation is None:
        raise Missing("organisation")
    form = PassOnForm()
    form.offer(queries.successors_of(appointment))
    if form.validate_on_submit():
        with refusals(form):
            people.pass_on(
                appointment,
                db.session.get_one(Person, form.successor_id.data),
                stays=form.stays.data == "yes",
                by=current_actor(),
            )
            flash(_("The role was passed on."), "success")
            return back(organisation.id)
    return kept_page("pass_on", organisation, form, appointment=appointment)


@bp.route("/organisations/<int:organisation_id>/people/release", methods=["GET", "POST"])
@requires("organisation.release", Organisation, fresh=True)
def release_managers(organisation: Organisation) -> tuple[str, int] | Response:
    """End the roles of managers whom nobody reaches any more, then invite a new one."""
    form = ReleaseForm()
    if form.validate_on_submit():
        with refusals(form):
            people.release_managers(organisation, basis=form.basis.data or "", by=current_actor())
            flash(_("Released. Invite the new manager now."), "success")
            return redirect(url_for("organisations.invite", organisation_id=organisation.id))
    return kept_page("release_managers", organisation, form)
