"""Pages of an exchange of turns: ask for it, see where it stands, answer, enter the approval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, requires
from portal.accounts.queries import timeline_of
from portal.alliances.frame import alliance_page
from portal.database import db
from portal.forms import refusals
from portal.language import day
from portal.meetings.resolution_queries import number_of
from portal.moves import attempt
from portal.rotation import open_swaps, swapping
from portal.rotation.deciding import EXCHANGEABLE
from portal.rotation.forms import SwapForm
from portal.rotation.history import turns_of
from portal.rotation.models import Swap, Turn
from portal.rotation.resting import resolutions_offered
from portal.rotation.views import TAB, bp
from portal.rotation.workflow import SWAP
from portal.workflow import open_to

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES: dict[str, Callable[..., None]] = {
    "agree": swapping.agree_to_swap,
    "decline": swapping.decline_swap,
    "withdraw": open_swaps.withdraw_swap,
    "approve": swapping.approve_swap,
    "refuse": swapping.refuse_swap,
}


@bp.route("/turns/<int:turn_id>/exchange", methods=["GET", "POST"])
@requires("turn.exchange", Turn)
def ask_swap(turn: Turn) -> tuple[str, int] | Response:
    """Ask another member to exchange terms."""
    others = [
        (each.id, f"{each.organisation.name} · {day(each.starts_on)}")
        for each in turns_of(turn.alliance_id)
        if each.state in EXCHANGEABLE
        and each.is_ahead
        and each.organisation_id != turn.organisation_id
    ]
    form = SwapForm(others)
    if form.validate_on_submit():
        with refusals(form):
            other = db.session.get_one(Turn, form.other_id.data)
            swap = swapping.ask_swap(turn, other, reason=form.reason.data or "", by=current_actor())
            flash(_("Sent. The other side is asked to agree."), "success")
            return redirect(url_for("rotation.view_swap", swap_id=swap.id))
    page = alliance_page(
        "rotation/ask_swap.html", turn.alliance, tab=TAB, turn=turn, form=form, others=others
    )
    return page, form.status


@bp.get("/swaps/<int:swap_id>")
@requires("swap.view", Swap)
def view_swap(swap: Swap) -> str:
    """Show an exchange of turns to its two sides and the secretariat."""
    return swap_page(swap)


def swap_page(swap: Swap, **more: Any) -> str:
    """Render the page of an exchange; `more` carries a failed move."""
    values: dict[str, Any] = {
        "swap": swap,
        "states": SWAP.labels,
        "moves": open_to(current_standing(), swap),
        "timeline": timeline_of(swap),
        "is_open": swap.state in open_swaps.OPEN,
        "offered": resolutions_offered(swap.alliance_id)
        if can(current_standing(), "swap.approve", swap)
        else (),
        "number_of": number_of,
    }
    return alliance_page("rotation/view_swap.html", swap.alliance, tab=TAB, **{**values, **more})


@bp.post("/swaps/<int:swap_id>/moves/<move>")
@requires("swap.view", Swap)
def move_swap(swap: Swap, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, swap)
    if failed:
        return swap_page(swap, failed=failed), failed.status
    return redirect(url_for("rotation.view_swap", swap_id=swap.id))
