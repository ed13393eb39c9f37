"""Pages of memberships: apply, see where it stands, decide, end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, may_see, requires
from portal.accounts.queries import timeline_of
from portal.alliances import applying, member_queries, operations, queries
from portal.alliances.columns import APPLICATIONS
from portal.alliances.forms import (
    NOTICES,
    ApplicationForm,
    ApprovalForm,
    DecisionForm,
    TierForm,
)
from portal.alliances.models import Alliance, Membership, Tier
from portal.alliances.views import alliance_page, bp
from portal.database import db
from portal.forms import refusals
from portal.language import localised
from portal.moves import attempt, say_done
from portal.sheets.exporting import MOST_ROWS, exported
from portal.workflow import open_to

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES: dict[str, Callable[..., None]] = {
    "submit": applying.submit_application,
    "resubmit": applying.submit_application,
    "review": applying.review_application,
    "approve": applying.approve_application,
    "return": applying.return_application,
    "reject": applying.reject_application,
    "retract": applying.retract_application,
    "suspend": operations.suspend_membership,
    "resume": operations.resume_membership,
    "withdraw": operations.withdraw_membership,
    "expel": operations.expel_membership,
}
#: Moves that take more than a sentence have a page of their own.
PAGES = {
    "approve": "alliances.approve_membership",
    "withdraw": "alliances.withdraw_membership",
    "expel": "alliances.expel_membership",
}


@bp.get("/alliances/<alliance_slug>/applications")
@requires("membership.list", Alliance)
def list_applications(alliance: Alliance) -> str:
    """Show the secretariat the applications and the former members, the newest first."""
    written = request.args.get("after", "")
    is_key = written.isascii() and written.isdecimal() and len(written) < 10
    rows, next_key = member_queries.kept_memberships(alliance.id, int(written) if is_key else None)
    return alliance_page(
        "alliances/list_applications.html",
        alliance,
        tab="directory.list_members",
        rows=rows,
        is_first=not is_key,
        next_key=next_key,
    )


@bp.get("/alliances/<alliance_slug>/applications.xlsx")
@requires("membership.list", Alliance)
def export_applications(alliance: Alliance) -> Response:
    """Take along the applications and the former members."""
    rows, next_key = member_queries.kept_memberships(alliance.id, size=MOST_ROWS)
    title, has_more = _("Applications and former members"), next_key is not None
    narrowed = [localised(alliance)]
    return exported(title, APPLICATIONS, rows, has_more=has_more, narrowed=narrowed)


@bp.route("/alliances/<alliance_slug>/apply", methods=["GET", "POST"])
@requires("membership.apply", Alliance)
def apply_for_membership(alliance: Alliance) -> tuple[str, int] | Response:
    """Apply for the organisation one acts for; whoever has applied is led to it."""
    by = current_actor()
    own_id = by.organisation_id or 0
    form = ApplicationForm(queries.people_of(own_id))
    held = queries.held_membership(alliance.id, own_id) if request.method == "GET" else None
    if held is not None:
        return redirect(url_for("alliances.view_membership", membership_id=held.id))
    if _is_right(form):
        with refusals(form):
            membership = applying.apply_for_membership(
                alliance, form.content(), by=by, receipt=form.receipt(by), **_asked(form)
            )
            return _saved(membership)
    return _form_page(form, alliance), form.status


@bp.route("/memberships/<int:membership_id>/edit", methods=["GET", "POST"])
@requires("membership.edit", Membership)
def edit_application(membership: Membership) -> tuple[str, int] | Response:
    """Change a draft, or an application that was sent back."""
    if membership.state not in applying.EDITABLE and request.method == "GET":
        return redirect(url_for("alliances.view_membership", membership_id=membership.id))
    form = ApplicationForm(queries.people_of(membership.organisation_id), membership=membership)
    if _is_right(form):
        with refusals(form):
            applying.edit_application(
                membership,
                form.content(),
                by=current_actor(),
                expected=form.expected,
                **_asked(form),
            )
            return _saved(membership)
    is_stale = form.status == 409
    if is_stale:
        # What they typed stays; sending it again replaces the version now shown beside it.
        db.session.refresh(membership)
        form.version.data = str(membership.version)
    return _form_page(form, membership.alliance, membership, is_stale=is_stale), form.status


def _is_right(form: ApplicationForm) -> bool:
    form.ask_for(everything="submit" in request.form)
    return bool(form.validate_on_submit())


def _asked(form: ApplicationForm) -> dict[str, bool]:
    return {"submit": "submit" in request.form, "consents": bool(form.consent.data)}


def _form_page(
    form: ApplicationForm,
    alliance: Alliance,
    membership: Membership | None = None,
    *,
    is_stale: bool = False,
) -> str:
    return render_template(
        "alliances/edit_application.html",
        form=form,
        alliance=alliance,
        membership=membership,
        is_stale=is_stale,
    )


def _saved(membership: Membership) -> Response:
    if "submit" in request.form:
        flash(_("Submitted. The secretariat of the alliance takes it from here."), "success")
    else:
        flash(_("Saved as a draft. The review begins when you submit it."), "success")
    return redirect(url_for("alliances.view_membership", membership_id=membership.id))


@bp.get("/memberships/<int:membership_id>")
@requires("membership.view", Membership)
def view_membership(membership: Membership) -> str:
    """Show one organisation's place in an alliance."""
    return membership_page(membership)


def membership_page(membership: Membership, **more: Any) -> str:
    """Render a membership's page; `more` carries a failed move."""
    standing = current_standing()
    sees_history = may_see(standing, membership, "history")
    timeline = timeline_of(membership) if sees_history else []
    notice = NOTICES.get(membership.state)
    is_editable = membership.state in applying.EDITABLE
    moves = open_to(standing, membership)
    values: dict[str, Any] = {
        "membership": membership,
        "moves": [each for each in moves if each.name not in PAGES],
        "pages": [
            (each, url_for(PAGES[each.name], membership_id=membership.id))
            for each in moves
            if each.name in PAGES
        ],
        "may_edit": is_editable and can(standing, "membership.edit", membership),
        "may_change_tier": membership.is_active
        and can(standing, "membership.change_tier", membership),
        "sees_history": sees_history,
        "notice": notice if sees_history else None,
        # The move into such a state carries a reason; what came after it carries none.
        "reason": next((entry.note for entry in timeline if entry.note), None),
        "earlier": queries.earlier_memberships(membership) if sees_history else [],
        "timeline": timeline,
    }
    return render_template("alliances/view_membership.html", **{**values, **more})


@bp.post("/memberships/<int:membership_id>/moves/<move>")
@requires("membership.view", Membership)
def move_membership(membership: Membership, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, membership)
    if failed:
        return membership_page(membership, failed=failed), failed.status
    return redirect(url_for("alliances.view_membership", membership_id=membership.id))


@bp.route("/memberships/<int:membership_id>/approve", methods=["GET", "POST"])
@requires("membership.approve", Membership)
def approve_membership(membership: Membership) -> tuple[str, int] | Response:
    """Admit an applicant: at which tier, by which resolution."""
    form = ApprovalForm(membership=membership)
    return _decide(
        membership,
        "approve",
        form,
        lambda: {"tier": Tier(form.tier.data)},
        needs_basis=membership.alliance.council_admits,
    )


@bp.route("/memberships/<int:membership_id>/withdraw", methods=["GET", "POST"])
@requires("membership.withdraw", Membership)
def withdraw_membership(membership: Membership) -> tuple[str, int] | Response:
    """Record that a member leaves."""
    is_own = operations.declares_itself(current_standing(), membership)
    return _decide(membership, "withdraw", DecisionForm(), needs_basis=not is_own)


@bp.route("/memberships/<int:membership_id>/expel", methods=["GET", "POST"])
@requires("membership.expel", Membership)
def expel_membership(membership: Membership) -> tuple[str, int] | Response:
    """Expel a member: by which resolution, and why."""
    return _decide(membership, "expel", DecisionForm(), needs_basis=True)


@bp.route("/memberships/<int:membership_id>/tier", methods=["GET", "POST"])
@requires("membership.change_tier", Membership)
def change_tier(membership: Membership) -> tuple[str, int] | Response:
    """Give a member another tier."""
    form = TierForm(membership=membership)
    if form.validate_on_submit():
        with refusals(form):
            operations.change_tier(
                membership,
                Tier(form.tier.data),
                by=current_actor(),
                basis=form.basis.data,
                expected=form.expected,
            )
            flash(_("Saved."), "success")
            return redirect(url_for("alliances.view_membership", membership_id=membership.id))
    if form.status == 409:
        db.session.refresh(membership)
        form.version.data = str(membership.version)
    page = render_template("alliances/change_tier.html", form=form, membership=membership)
    return page, form.status


def _decide(
    membership: Membership,
    name: str,
    form: DecisionForm,
    more: Callable[[], dict[str, Any]] = dict,
    *,
    needs_basis: bool,
) -> tuple[str, int] | Response:
    """Show the form of a decision, or make it and go back to the membership."""
    back = url_for("alliances.view_membership", membership_id=membership.id)
    if request.method == "GET":
        if name not in {each.name for each in open_to(current_standing(), membership)}:
            return redirect(back)
        form.version.data = str(membership.version)
    if form.validate_on_submit():
        with refusals(form):
            MOVES[name](
                membership,
                by=current_actor(),
                expected=form.expected,
                basis=form.basis.data,
                note=form.note.data,
                **more(),
            )
            say_done(membership, name)
            return redirect(back)
    if form.status == 409:
        db.session.refresh(membership)
        form.version.data = str(membership.version)
    page = render_template(
        f"alliances/{name}_membership.html",
        form=form,
        membership=membership,
        needs_basis=needs_basis,
    )
    return page, form.status
