"""Pages of one turn: the record, confirming it, its programme, and the chair's workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import actors, links
from portal.access import can, current_actor, current_standing, may_see, public, requires
from portal.accounts.queries import timeline_of
from portal.alliances.frame import alliance_page
from portal.alliances.models import Alliance
from portal.alliances.queries import people_of
from portal.database import db
from portal.errors import DeadLink
from portal.forms import Form, refusals, version_in
from portal.moves import attempt
from portal.rotation import asking, deferring, operations, vacancies
from portal.rotation.forms import ConfirmForm, ProgrammeForm
from portal.rotation.handing_over import handover_of
from portal.rotation.models import Turn
from portal.rotation.open_swaps import open_swaps
from portal.rotation.queries import waiting_rotation
from portal.rotation.views import TAB, bp, chair_title
from portal.rotation.workflow import TURN
from portal.rotation.workspace import tasks_of, turn_of_chair
from portal.workflow import open_to

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES: dict[str, Callable[..., None]] = {
    "confirm": operations.confirm_turn,
    "defer": deferring.defer_turn,
    "vacate": vacancies.vacate_turn,
    "take_over": operations.take_over_turn,
    "exchange": operations.exchange_turn,
    "replace": operations.replace_turn,
    "hand_over": operations.hand_over_turn,
}


#: So many of each noun stand on the page of what waits.
SHOWN = 50


@bp.get("/rotation/waiting")
@requires("portal.desk")
def list_waiting() -> str:
    """Show what of rotation waits for me."""
    rows = waiting_rotation(current_standing(), SHOWN)
    return render_template("rotation/list_waiting.html", rows=rows)


@bp.get("/turns/<int:turn_id>")
@requires("turn.view", Turn)
def view_turn(turn: Turn) -> str:
    """Show a turn, and to those concerned what one may do with it and what happened."""
    return turn_page(turn)


def turn_page(turn: Turn, **more: Any) -> str:
    """Render the page of a turn; `more` carries a failed move."""
    standing = current_standing()
    is_inside = may_see(standing, turn, "history")
    values: dict[str, Any] = {
        "turn": turn,
        "states": TURN.labels,
        "moves": open_to(standing, turn),
        "is_inside": is_inside,
        "handover": handover_of(turn) if is_inside and turn.chair_term_id else None,
        "may_hand_over": _may_hand_over(turn),
        "may_exchange": turn.is_ahead and turn.is_open and can(standing, "turn.exchange", turn),
        "swaps": open_swaps(turn.id) if is_inside else (),
        "timeline": timeline_of(turn) if is_inside else (),
    }
    return alliance_page("rotation/view_turn.html", turn.alliance, tab=TAB, **{**values, **more})


def _may_hand_over(turn: Turn) -> bool:
    has_sat = turn.chair_term_id is not None and not turn.is_ahead
    return has_sat and can(current_standing(), "turn.hand_over", turn)


@bp.post("/turns/<int:turn_id>/moves/<move>")
@requires("turn.view", Turn)
def move_turn(turn: Turn, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, turn)
    if failed:
        return turn_page(turn, failed=failed), failed.status
    return redirect(url_for("rotation.view_turn", turn_id=turn.id))


@bp.route("/turns/<int:turn_id>/confirm", methods=["GET", "POST"])
@requires("turn.confirm", Turn)
def confirm_turn(turn: Turn) -> tuple[str, int] | Response:
    """Confirm a term and name who sits in the chair."""
    form = ConfirmForm(turn, people_of(turn.organisation_id))
    if form.validate_on_submit():
        with refusals(form):
            operations.confirm_turn(
                turn, person_id=form.person_id.data, by=current_actor(), expected=form.expected
            )
            flash(_("Confirmed."), "success")
            return redirect(url_for("rotation.view_turn", turn_id=turn.id))
    page = alliance_page("rotation/confirm_turn.html", turn.alliance, tab=TAB, turn=turn, form=form)
    return page, form.status


@bp.route("/turns/answer/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> str | tuple[str, int] | Response:
    """Show which term the link is about (GET), and confirm it as whom it is for (POST)."""
    return _by_link(
        asking.CONFIRM, token, asking.confirm_by_link, "rotation.answer", "rotation/answer.html"
    )


@bp.route("/turns/programme/<token>", methods=["GET", "POST"])
@public
def answer_programme(token: str) -> str | tuple[str, int] | Response:
    """Show the programme the link is about (GET), and approve it as the chair (POST)."""
    return _by_link(
        asking.PROGRAMME,
        token,
        asking.approve_programme_by_link,
        "rotation.answer_programme",
        "rotation/answer_programme.html",
    )


def _by_link(
    purpose: str, token: str, act: Callable[..., None], endpoint: str, template: str
) -> str | tuple[str, int] | Response:
    link = links.find(purpose, token)
    if link is None or link.person_id is None:
        raise DeadLink(f"link at {request.path}")
    turn = db.session.get_one(Turn, link.record_id)
    form, by = Form(), actors.person(link.person_id, turn.organisation_id)
    if form.validate_on_submit():
        with refusals(form):
            act(link, by=by)
            flash(_("Thank you. It is recorded."), "success")
            return redirect(url_for(endpoint, token=token))
    title = chair_title(turn.alliance)
    return render_template(template, turn=turn, link=link, form=form, title=title), form.status


@bp.route("/turns/<int:turn_id>/programme", methods=["GET", "POST"])
@requires("turn.draft", Turn)
def draft_programme(turn: Turn) -> tuple[str, int] | Response:
    """Draft the programme of a term as one of the chair's people."""
    form = ProgrammeForm(thing=turn)
    if form.validate_on_submit():
        with refusals(form):
            asking.draft_programme(
                turn, form.programme.data, by=current_actor(), expected=form.expected
            )
            flash(_("Saved. The chair is asked to approve it."), "success")
            return redirect(url_for("rotation.view_turn", turn_id=turn.id))
    page = alliance_page(
        "rotation/draft_programme.html", turn.alliance, tab=TAB, turn=turn, form=form
    )
    return page, form.status


@bp.post("/turns/<int:turn_id>/programme/approve")
@requires("turn.chair", Turn)
def approve_programme(turn: Turn) -> Response | tuple[str, int]:
    """Approve the programme as the person in the chair."""
    form = Form(thing=turn)
    with refusals(form):
        expected = version_in(request.form.get("version", ""))
        asking.approve_programme(turn, by=current_actor(), expected=expected)
        flash(_("Approved."), "success")
        return redirect(url_for("rotation.view_chair", alliance_slug=turn.alliance.slug))
    return turn_page(turn, refusal=form.refusal), form.status


@bp.get("/alliances/<alliance_slug>/rotation/chair")
@requires("alliance.chair", Alliance)
def view_chair(alliance: Alliance) -> str:
    """Show whoever sits in the chair what the term still has to do."""
    turn = turn_of_chair(alliance.id)
    return alliance_page(
        "rotation/view_chair.html",
        alliance,
        tab=TAB,
        turn=turn,
        tasks=tasks_of(alliance, turn),
        title=chair_title(alliance),
    )
