"""Pages of interests: answer a listing, see the answers, accept, decline, withdraw."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, current_standing, may_see, requires
from portal.accounts.queries import timeline_of
from portal.exchange import answering
from portal.exchange import interest_queries as queries
from portal.exchange.forms import InterestForm
from portal.exchange.models import Interest, Listing
from portal.exchange.views import bp, listing_page
from portal.forms import refusals
from portal.moves import attempt
from portal.workflow import open_to

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "accept": answering.accept_interest,
    "decline": answering.decline_interest,
    "withdraw": answering.withdraw_interest,
}


@bp.post("/listings/<int:listing_id>/interests")
@requires("listing.respond", Listing)
def send_interest(listing: Listing) -> Response | tuple[str, int]:
    """Answer a listing with a sentence or two."""
    form = InterestForm()
    by = current_actor()
    if form.validate_on_submit():
        with refusals(form):
            interest = answering.send_interest(
                listing, message=form.message.data or "", by=by, receipt=form.receipt(by)
            )
            flash(_("Sent. You see here when they answer."), "success")
            return redirect(url_for("exchange.view_interest", interest_id=interest.id))
    return listing_page(listing, form=form, may_answer=True), form.status


@bp.get("/interests")
@requires("interest.list")
def list_interests() -> str:
    """Show the answers one's organisation received, or those it sent."""
    received = request.args.get("side") != "sent"
    after = request.args.get("after", "")
    rows, next_key = queries.interest_page(
        current_standing(),
        received=received,
        after=int(after) if after.isdecimal() and len(after) < 10 else None,
    )
    return render_template(
        "exchange/list_interests.html", interests=rows, next_key=next_key, received=received
    )


@bp.get("/interests/<int:interest_id>")
@requires("interest.view", Interest)
def view_interest(interest: Interest) -> str:
    """Show an answer, what one may do with it, and the contacts once it is accepted."""
    return interest_page(interest)


def interest_page(interest: Interest, **more: Any) -> str:
    """Render an interest's page; `more` carries a failed move."""
    standing = current_standing()
    values: dict[str, Any] = {
        "interest": interest,
        "moves": open_to(standing, interest),
        "sees_contacts": may_see(standing, interest, "contacts"),
        # Who answered stays with their organisation until the contacts open.
        "timeline": timeline_of(interest, with_people=may_see(standing, interest, "contacts")),
    }
    return render_template("exchange/view_interest.html", **{**values, **more})


@bp.post("/interests/<int:interest_id>/moves/<move>")
@requires("interest.view", Interest)
def move_interest(interest: Interest, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, interest)
    if failed:
        return interest_page(interest, failed=failed), failed.status
    return redirect(url_for("exchange.view_interest", interest_id=interest.id))
