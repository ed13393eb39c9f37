"""Pages of agents (经办人): whom I named to act for me, and for whom I act."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.access import current_actor, requires
from portal.accounts.models import Agency, Appointment
from portal.accounts.queries import scope_name
from portal.database import db
from portal.errors import Refused
from portal.forms import refusals
from portal.organisations import people, queries
from portal.organisations.people_forms import AgentForm
from portal.organisations.views import bp, sentence_of
from portal.roles import ROLES

__all__ = ["bp"]


@bp.get("/agents")
@requires("agency.list")
def list_agents() -> str:
    """Show who acts for me, and for whom I act."""
    mine, for_others = queries.agencies_around(current_user.person_id)
    return render_template(
        "organisations/list_agents.html",
        mine=mine,
        for_others=for_others,
        may_name=bool(queries.roles_to_lend(current_user.person_id))
        and not current_user.on_behalf_of_id,
        roles={role: facts.name for role, facts in ROLES.items()},
        scope_name=scope_name,
    )


@bp.route("/agents/new", methods=["GET", "POST"])
@requires("agency.list")
def name_agent() -> tuple[str, int] | Response:
    """Name an agent for one of my roles."""
    form, by = AgentForm(), current_actor()
    held = queries.roles_to_lend(current_user.person_id)
    form.offer([(each, scope_name(each.role, each.scope_id)) for each in held])
    if form.validate_on_submit():
        with refusals(form):
            people.name_agent(
                db.session.get_one(Appointment, form.appointment_id.data),
                form.account.data or "",
                name=form.name.data or "",
                from_on=form.from_on.data or clock.today(),
                until_on=form.until_on.data or clock.today(),
                basis=form.basis.data or "",
                by=by,
                receipt=form.receipt(by),
            )
            flash(
                _("Saved. From the first day on your agent can choose to act for you."), "success"
            )
            return redirect(url_for("organisations.list_agents"))
    return render_template("organisations/name_agent.html", form=form, held=held), form.status


@bp.post("/agents/<int:agency_id>/end")
@requires("agency.end", Agency)
def end_agency(agency: Agency) -> Response:
    """End an agency, from either side."""
    try:
        people.end_agency(agency, by=current_actor())
        flash(_("The agency has ended."), "success")
    except Refused as refused:
        sentence_of(refused)
    return redirect(url_for("organisations.list_agents"))
