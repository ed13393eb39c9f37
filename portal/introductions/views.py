"""Pages of introductions: propose, list, the record, and the answer by a link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import links
from portal.access import can, current_actor, current_standing, public, requires, standing_of
from portal.accounts.queries import timeline_of
from portal.actors import Standing
from portal.database import db
from portal.errors import DeadLink
from portal.exchange.anonymity import without_owner
from portal.exchange.models import Direction, Listing
from portal.forms import refusals
from portal.introductions import operations, queries
from portal.introductions.forms import AnswerForm, ProposeForm
from portal.introductions.models import Introduction
from portal.moves import attempt
from portal.workflow import open_to

bp = Blueprint("introductions", __name__)

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "agree": operations.agree_to_introduction,
    "accept": operations.complete_introduction,
    "decline": operations.decline_introduction,
    "withdraw": operations.withdraw_introduction,
}


@bp.route("/listings/<int:listing_id>/introduce", methods=["GET", "POST"])
@requires("listing.introduce", Listing)
def propose(listing: Listing) -> str | tuple[str, int] | Response:
    """Choose the listing it is introduced to, and say why."""
    written = request.args.get("q", "").strip()[:80]
    found = queries.counterparts(current_standing(), listing, written)
    form, by = ProposeForm(), current_actor()
    form.offer(found)
    if form.validate_on_submit():
        with refusals(form):
            other = db.session.get_one(Listing, form.other_id.data)
            is_demand = listing.direction is Direction.DEMAND
            demand, supply = (listing, other) if is_demand else (other, listing)
            made = operations.propose_introduction(
                demand, supply, line=form.line.data or "", by=by, receipt=form.receipt(by)
            )
            flash(_("Proposed. Both sides have 14 days to answer."), "success")
            return redirect(url_for("introductions.view_introduction", introduction_id=made.id))
    page = render_template(
        "introductions/propose.html", form=form, listing=listing, found=found, written=written
    )
    return page, form.status


@bp.get("/introductions")
@requires("introduction.list")
def list_introductions() -> str:
    """Show the introductions one proposed, keeps or is asked about."""
    after = request.args.get("after", "")
    rows, next_key = queries.introduction_page(
        current_standing(),
        after=int(after) if after.isdecimal() and len(after) < 10 else None,
    )
    return render_template("introductions/list_introductions.html", rows=rows, next_key=next_key)


@bp.get("/introductions/<int:introduction_id>")
@requires("introduction.view", Introduction)
def view_introduction(introduction: Introduction) -> str:
    """Show who is introduced to whom and why, and what one may do with it."""
    return introduction_page(introduction)


def introduction_page(introduction: Introduction, **more: Any) -> str:
    """Render an introduction's page; `more` carries a failed move."""
    standing = current_standing()
    sides = (introduction.demand_owner_id, introduction.supply_owner_id)
    values: dict[str, Any] = {
        "introduction": introduction,
        "moves": open_to(standing, introduction),
        "is_side": can(standing, "introduction.answer", introduction),
        "has_agreed": introduction.waiting_id in sides
        and standing.actor.organisation_id in set(sides) - {introduction.waiting_id},
        "timeline": without_owner(
            standing,
            introduction.demand,
            without_owner(
                standing, introduction.supply, timeline_of(introduction, with_people=False)
            ),
        ),
    }
    return render_template("introductions/view_introduction.html", **{**values, **more})


@bp.post("/introductions/<int:introduction_id>/moves/<move>")
@requires("introduction.view", Introduction)
def move_introduction(introduction: Introduction, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, introduction)
    if failed:
        return introduction_page(introduction, failed=failed), failed.status
    return redirect(url_for("introductions.view_introduction", introduction_id=introduction.id))


@bp.route("/introductions/answer/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> str | tuple[str, int] | Response:
    """Show what the link asks (GET), and answer as the person it is for (POST)."""
    link = links.find(operations.DEMAND_SIDE, token) or links.find(operations.SUPPLY_SIDE, token)
    if link is None or link.person_id is None:
        raise DeadLink(f"link at {request.path}")
    introduction = db.session.get_one(Introduction, link.record_id)
    form = AnswerForm()
    if form.validate_on_submit():
        with refusals(form):
            operations.answer_by_link(
                link,
                by=operations.actor_of(link, introduction),
                agrees=form.agrees,
                note=form.reason.data,
            )
            flash(_("Thank you. Your answer is recorded."), "success")
            return redirect(url_for("introductions.answer", token=token))
    page = render_template(
        "introductions/answer.html",
        introduction=introduction,
        link=link,
        form=form,
        is_shown=_is_shown(standing_of(operations.actor_of(link, introduction)), introduction),
    )
    return page, form.status


def _is_shown(standing: Standing, introduction: Introduction) -> bool:
    """Tell whether a side still acts for itself and may view both listings as they are now."""
    both = (introduction.demand, introduction.supply)
    return can(standing, "introduction.answer", introduction) and all(
        can(standing, "listing.view", each) for each in both
    )
