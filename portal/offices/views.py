"""Pages of the offices: where there are any, and at each place who holds them, with inviting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import links
from portal.access import can, current_actor, current_standing, requires, standing_of
from portal.accounts.models import Appointment
from portal.accounts.operations import end_appointment
from portal.accounts.queries import scope_name
from portal.accounts.staying import why_it_stays
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Refused
from portal.forms import refusals
from portal.language import localised
from portal.offices import queries
from portal.offices.columns import HOLDERS, PLACES
from portal.organisations.people_forms import InviteForm
from portal.organisations.views import sentence_of
from portal.regions.models import Region
from portal.roles import ROLES, Role, Scope
from portal.sheets.exporting import exported
from portal.sign_in import inviting
from portal.sign_in.models import Invitation

bp = Blueprint("offices", __name__)

ROLE_NAMES = {role: facts.name for role, facts in ROLES.items()}


@bp.get("/offices")
@requires("portal.appoint")
def list_offices() -> str:
    """Show where there are offices, and who holds them."""
    return render_template("offices/list_offices.html", overview=queries.overview())


@bp.get("/offices.xlsx")
@requires("portal.appoint")
def export_offices() -> Response:
    """Take along who holds an office where."""
    found = queries.overview()
    rows = [(_("Portal administrator"), found.administrators)]
    rows += [(localised(each.place), each.holders) for each in found.alliances]
    for province, within in found.provinces:
        rows.append((localised(province.place), province.holders))
        rows += [(localised(each.place), each.holders) for each in within]
    return exported(_("Offices"), PLACES, rows)


@bp.get("/offices/portal.xlsx")
@requires("portal.appoint")
def export_of_portal() -> Response:
    """Take along the administrators."""
    return _exported_offices(Scope.PORTAL, 0)


@bp.get("/regions/<int:region_id>/offices.xlsx")
@requires("region.appoint", Region)
def export_of_region(region: Region) -> Response:
    """Take along the liaisons of a region."""
    return _exported_offices(Scope.REGION, region.id)


@bp.get("/alliances/<alliance_slug>/offices.xlsx")
@requires("alliance.appoint", Alliance)
def export_of_alliance(alliance: Alliance) -> Response:
    """Take along the secretaries and experts of an alliance."""
    return _exported_offices(Scope.ALLIANCE, alliance.id)


def _exported_offices(scope: Scope, scope_id: int) -> Response:
    title = _("Offices: %(place)s", place=_place_name(scope, scope_id))
    return exported(title, HOLDERS, queries.appointments_at(scope, scope_id))


def _place_name(scope: Scope, scope_id: int) -> str:
    return scope_name(queries.roles_at(scope)[0], scope_id) or str(_("The portal"))


@bp.route("/offices/portal", methods=["GET", "POST"])
@requires("portal.appoint")
def of_portal() -> tuple[str, int]:
    """Show the administrators; invite one."""
    return _offices_page(Scope.PORTAL, 0)


@bp.route("/regions/<int:region_id>/offices", methods=["GET", "POST"])
@requires("region.appoint", Region)
def of_region(region: Region) -> tuple[str, int]:
    """Show the liaisons of a region; invite one."""
    return _offices_page(Scope.REGION, region.id)


@bp.route("/alliances/<alliance_slug>/offices", methods=["GET", "POST"])
@requires("alliance.appoint", Alliance)
def of_alliance(alliance: Alliance) -> tuple[str, int]:
    """Show the secretaries and experts of an alliance; invite one."""
    return _offices_page(Scope.ALLIANCE, alliance.id)


@bp.post("/offices/invitations/<int:invitation_id>/revoke")
@requires("invitation.revoke", Invitation)
def revoke(invitation: Invitation) -> Response:
    """Take an invitation back that nobody took up yet."""
    try:
        inviting.revoke_invitation(invitation, by=current_actor())
        flash(_("The invitation was taken back."), "success")
    except Refused as refused:
        sentence_of(refused)
    return redirect(_way_back(invitation))


@bp.post("/offices/appointments/<int:appointment_id>/end")
@requires("appointment.end", Appointment)
def end(appointment: Appointment) -> Response:
    """End somebody's office, or one's own."""
    try:
        end_appointment(appointment, by=current_actor())
        flash(_("The role has ended."), "success")
    except Refused as refused:
        sentence_of(refused)
    return redirect(_way_back(appointment))


def _offices_page(scope: Scope, scope_id: int) -> tuple[str, int]:
    """Show the offices of a place, or the invitation that was just made."""
    standing = current_standing()
    form = InviteForm()
    form.offer(queries.roles_to_give(standing, scope, scope_id))
    values: dict[str, Any] = {
        "place_name": _place_name(scope, scope_id),
        "here": _address(scope, scope_id),
        "alliance": db.session.get(Alliance, scope_id) if scope is Scope.ALLIANCE else None,
        "roles": ROLE_NAMES,
    }
    if form.validate_on_submit():
        with refusals(form):
            given = Role(form.role.data)
            made = inviting.invite(given, scope_id, **form.content(), by=current_actor())
            address = links.address("invitations.take_up", token=made.token)
            text = inviting.text_of(made)
            values |= {"made": made, "address": address, "text": text}
            return render_template("offices/invited.html", **values), 200
    appointments = queries.appointments_at(scope, scope_id)
    page = render_template(
        "offices/view_offices.html",
        form=form,
        appointments=appointments,
        reasons={each.id: why_it_stays(each, standing, appointments) for each in appointments},
        invitations=queries.invitations_at(standing, scope, scope_id),
        **values,
    )
    return page, form.status


def _address(scope: Scope, scope_id: int) -> str:
    """Return the address of the offices of a place."""
    if scope is Scope.ALLIANCE:
        slug = db.session.get_one(Alliance, scope_id).slug
        return url_for("offices.of_alliance", alliance_slug=slug)
    if scope is Scope.REGION:
        return url_for("offices.of_region", region_id=scope_id)
    return url_for("offices.of_portal")


def _way_back(about: Appointment | Invitation) -> str:
    """Return where to go on: the offices of the place, or the desk for whom they are closed."""
    standing = standing_of(current_actor())  # anew: one may have ended one's own
    scope = ROLES[about.role].scope
    place = db.session.get(Alliance, about.scope_id) if scope is Scope.ALLIANCE else None
    if can(standing, "portal.appoint") or (place and can(standing, "alliance.appoint", place)):
        return _address(scope, about.scope_id)
    return url_for("desk.view_desk")
