"""Pages of a hand-over: write it, sign it, accept it, print it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.access import can, current_actor, current_standing, requires
from portal.accounts.queries import timeline_of
from portal.alliances.frame import alliance_page
from portal.errors import Refused
from portal.forms import refusals
from portal.moves import attempt
from portal.rotation import handing_over
from portal.rotation.forms import POINT_NAMES, HandoverForm
from portal.rotation.models import Handover, Turn
from portal.rotation.turn_views import turn_page
from portal.rotation.views import TAB, bp, chair_title
from portal.rotation.workflow import HANDOVER
from portal.workflow import open_to

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES: dict[str, Callable[..., None]] = {
    "sign": handing_over.sign_handover,
    "return": handing_over.return_handover,
    "accept": handing_over.accept_handover,
    "close": handing_over.close_handover,
}


@bp.post("/turns/<int:turn_id>/handover")
@requires("turn.hand_over", Turn)
def begin_handover(turn: Turn) -> Response | tuple[str, int]:
    """Begin the hand-over of a term, or go on with the one that was begun."""
    try:
        handover = handing_over.begin_handover(turn, by=current_actor())
    except Refused as refused:
        return turn_page(turn, refusal=str(refused.sentence)), refused.status
    return redirect(url_for("rotation.view_handover", handover_id=handover.id))


@bp.get("/handovers/<int:handover_id>")
@requires("handover.view", Handover)
def view_handover(handover: Handover) -> str:
    """Show a hand-over to both chairs and the secretariat."""
    return handover_page(handover)


def handover_page(handover: Handover, **more: Any) -> str:
    """Render the page of a hand-over; `more` carries a failed move."""
    standing = current_standing()
    values: dict[str, Any] = {
        "handover": handover,
        "states": HANDOVER.labels,
        "points": POINT_NAMES,
        "moves": open_to(standing, handover),
        "may_write": handover.signed_at is None
        and not handover.is_ended
        and can(standing, "handover.write", handover),
        "timeline": timeline_of(handover),
    }
    return alliance_page(
        "rotation/view_handover.html", handover.alliance, tab=TAB, **{**values, **more}
    )


@bp.route("/handovers/<int:handover_id>/edit", methods=["GET", "POST"])
@requires("handover.write", Handover)
def write_handover(handover: Handover) -> tuple[str, int] | Response:
    """Write what is left to the incoming chair."""
    form = HandoverForm(handover)
    if form.validate_on_submit():
        with refusals(form):
            handing_over.write_handover(
                handover, form.content(), by=current_actor(), expected=form.expected
            )
            flash(_("Saved."), "success")
            return redirect(url_for("rotation.view_handover", handover_id=handover.id))
    page = alliance_page(
        "rotation/write_handover.html", handover.alliance, tab=TAB, handover=handover, form=form
    )
    return page, form.status


@bp.post("/handovers/<int:handover_id>/moves/<move>")
@requires("handover.view", Handover)
def move_handover(handover: Handover, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, handover)
    if failed:
        return handover_page(handover, failed=failed), failed.status
    return redirect(url_for("rotation.view_handover", handover_id=handover.id))


@bp.get("/handovers/<int:handover_id>/print")
@requires("handover.view", Handover)
def print_handover(handover: Handover) -> str:
    """Show a hand-over as a page to be printed and signed on paper."""
    return render_template(
        "rotation/print_handover.html",
        handover=handover,
        points=POINT_NAMES,
        title=chair_title(handover.alliance),
        today=clock.today(),
    )
