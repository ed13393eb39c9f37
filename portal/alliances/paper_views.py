"""What the secretariat enters from paper: a member, and who takes the chair."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.access import current_actor, requires
from portal.alliances import operations, queries
from portal.alliances.forms import AdmissionForm, ChairForm
from portal.alliances.models import Alliance, Tier
from portal.alliances.views import bp
from portal.forms import refusals
from portal.organisations.queries import organisation_typed, organisations_like

__all__ = ["bp"]


@bp.route("/alliances/<alliance_slug>/admit", methods=["GET", "POST"])
@requires("membership.list", Alliance)
def admit_organisation(alliance: Alliance) -> tuple[str, int] | Response:
    """Enter an organisation that is a member on paper already."""
    form, unknown = AdmissionForm(), False
    if form.validate_on_submit():
        found = organisation_typed(form.name.data or "")
        unknown = found is None
        with refusals(form):
            if found is not None:
                made = operations.admit_organisation(
                    alliance,
                    found,
                    Tier(form.tier.data),
                    since_on=form.since_on.data,
                    basis=form.basis.data,
                    by=current_actor(),
                )
                flash(_("Admitted."), "success")
                return redirect(url_for("alliances.view_membership", membership_id=made.id))
    page = render_template(
        "alliances/admit_organisation.html",
        alliance=alliance,
        form=form,
        unknown=unknown,
        close=organisations_like(form.name.data or "") if unknown else [],
    )
    return page, 422 if unknown else form.status


@bp.route("/alliances/<alliance_slug>/chair", methods=["GET", "POST"])
@requires("succession.appoint", Alliance)
def appoint_chair(alliance: Alliance) -> tuple[str, int] | Response:
    """Enter who takes the chair, from which day on; whom, is searched among the members' people."""
    form, written = ChairForm(), request.args.get("q", "")[:80]
    found = queries.people_of_members(alliance.id, written)
    people, has_more = found[: queries.OFFERED], len(found) > queries.OFFERED
    picked = queries.people_of_members(alliance.id, chosen=form.chosen_ids or (0, 0))
    form.offer([*people, *(each for each in picked if each not in people)])
    if form.validate_on_submit():
        organisation, holder = picked[0]
        with refusals(form):
            operations.appoint_chair(
                alliance,
                organisation,
                holder,
                from_at=clock.start_of(form.from_on.data or clock.today()),
                is_acting=bool(form.is_acting.data),
                by=current_actor(),
            )
            flash(_("Entered into the succession."), "success")
            return redirect(url_for("alliances.view_alliance", alliance_slug=alliance.slug))
    return render_template(
        "alliances/appoint_chair.html",
        alliance=alliance,
        form=form,
        written=written,
        has_more=has_more,
    ), form.status
