"""Pages on which the secretariat plans: terms by hand or by the planner, and blackouts."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, requires
from portal.alliances.frame import alliance_page
from portal.alliances.models import Alliance
from portal.database import db
from portal.forms import refusals
from portal.meetings.resolution_queries import number_of
from portal.rotation import chartering, operations
from portal.rotation.cases import Span
from portal.rotation.drafting import Draft, Drafting, drafting_for
from portal.rotation.forms import BlackoutForm, PlanForm
from portal.rotation.history import charter_of
from portal.rotation.models import Blackout
from portal.rotation.resting import resolutions_offered
from portal.rotation.views import TAB, bp, members_of


@bp.route("/alliances/<alliance_slug>/rotation/plan", methods=["GET", "POST"])
@requires("rotation.plan", Alliance)
def plan(alliance: Alliance) -> tuple[str, int] | Response:
    """Plan terms: choose, move, let the planner fill them, and adopt what the council approved."""
    charter = charter_of(alliance.id)
    if charter is None:
        return redirect(url_for("rotation.enact_charter", alliance_slug=alliance.slug))
    drafting, form = drafting_for(charter), PlanForm()
    draft: Draft | None = None
    if not form.is_submitted():
        form.starts_on.data, form.count.data = drafting.beginning()
        draft = drafting.draft(*form.asked)
    elif form.validate():
        draft = _changed(drafting, form)
        if "adopt" in request.form:
            with refusals(form):
                operations.adopt_plan(
                    alliance, draft.planned(), basis=form.basis.data, by=current_actor()
                )
                flash(_("The plan is entered."), "success")
                return redirect(url_for("rotation.view_schedule", alliance_slug=alliance.slug))
    page = alliance_page(
        "rotation/plan.html",
        alliance,
        tab=TAB,
        form=form,
        draft=draft,
        drafting=drafting,
        charter=charter,
        blackouts=[(each, Span(each.from_on, each.until_on)) for each in drafting.ledger.blackouts],
        offered=[(number_of(each), each.title) for each in resolutions_offered(alliance.id)],
    )
    return page, form.status


def _changed(drafting: Drafting, form: PlanForm) -> Draft:
    """Return the draft that was sent, changed as the button says."""
    sent = [
        int(each) if _is_id(each) and int(each) in drafting.names else None
        for each in request.form.getlist("member")
    ]
    draft = drafting.draft(*form.asked, sent)
    if "automatic" in request.form:
        return drafting.filled(draft, keep=False)
    if "fill" in request.form:
        return drafting.filled(draft, keep=True)
    for name, step in (("up", -1), ("down", 1)):
        place = request.form.get(name, "")
        if _is_id(place):
            return drafting.moved(draft, int(place), step)
    return draft


def _is_id(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) < 10


@bp.route("/alliances/<alliance_slug>/rotation/blackouts/new", methods=["GET", "POST"])
@requires("rotation.plan", Alliance)
def new_blackout(alliance: Alliance) -> tuple[str, int] | Response:
    """Note when a member cannot take the chair."""
    members = {each.id: each for each in members_of(alliance.id)}
    form = BlackoutForm([(each.id, each.name) for each in members.values()])
    if form.validate_on_submit():
        with refusals(form):
            chartering.add_blackout(
                alliance,
                members[form.organisation_id.data],
                days=form.days,
                note=form.note.data,
                by=current_actor(),
            )
            flash(_("Saved."), "success")
            return redirect(url_for("rotation.plan", alliance_slug=alliance.slug))
    page = alliance_page("rotation/new_blackout.html", alliance, tab=TAB, form=form)
    return page, form.status


@bp.post("/blackouts/<int:blackout_id>/remove")
@requires("blackout.remove", Blackout)
def remove_blackout(blackout: Blackout) -> Response:
    """Let a member be planned again in a stretch that was kept free of it."""
    alliance = db.session.get_one(Alliance, blackout.alliance_id)
    chartering.remove_blackout(blackout, by=current_actor())
    flash(_("Removed."), "success")
    return redirect(url_for("rotation.plan", alliance_slug=alliance.slug))
