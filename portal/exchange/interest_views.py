"""Pages of interests: answer a listing, see the answers, accept, decline, withdraw."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, find, may_see, requires
from portal.accounts.queries import timeline_of
from portal.errors import Denied, Missing
from portal.exchange import answering, seen
from portal.exchange import interest_queries as queries
from portal.exchange.anonymity import without_owner
from portal.exchange.columns import ANSWERS
from portal.exchange.facts import LAPSED_BECAUSE
from portal.exchange.forms import InterestForm
from portal.exchange.models import Interest, Listing
from portal.exchange.views import bp, listing_page
from portal.forms import refusals
from portal.moves import attempt
from portal.sheets.exporting import MOST_ROWS, exported
from portal.workflow import open_to

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "accept": answering.accept_interest,
    "decline": answering.decline_interest,
    "withdraw": answering.withdraw_interest,
}


@bp.post("/listings/<int:listing_id>/interests")
@requires("portal.desk")
def send_interest(listing_id: int) -> Response | tuple[str, int]:
    """Answer a listing with a sentence or two.

    The door proper is that of `_answer`. What it turns away of somebody who was shown the
    listing comes back to them to be copied; whoever was not is told what they always were.
    """
    try:
        return _answer(**(request.view_args or {}))
    except (Denied, Missing):
        if not seen.proves(request.form.get("seen", ""), listing_id, current_actor()):
            raise
        return _too_late(listing_id), 409


def _too_late(listing_id: int) -> str:
    """Render what was written for a listing that takes no answers any more."""
    listing, kept = find(Listing, listing_id), request.form.get("message", "")
    if can(current_standing(), "listing.view", listing):
        return listing_page(listing, kept=kept)
    return render_template("exchange/too_late.html", kept=kept)


@requires("listing.respond", Listing)
def _answer(listing: Listing) -> Response | tuple[str, int]:
    form, by = InterestForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            interest = answering.send_interest(
                listing, message=form.message.data or "", by=by, receipt=form.receipt(by)
            )
            flash(_("Sent. You see here when they answer."), "success")
            return redirect(url_for("exchange.view_interest", interest_id=interest.id))
    # What an answer of theirs stands in the way of is given back, beside that answer.
    unsent = [form.message.data] if form.refusal and form.message.data else []
    return listing_page(listing, form=form, unsent=unsent), form.status


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


@bp.get("/interests.xlsx")
@requires("interest.list")
def export_interests() -> Response:
    """Take along the answers that the list shows."""
    received = request.args.get("side") != "sent"
    rows, next_key = queries.interest_page(current_standing(), received=received, size=MOST_ROWS)
    side = _("Received by us") if received else _("Sent by us")
    title, has_more = _("Matchmaking"), next_key is not None
    return exported(title, ANSWERS, rows, has_more=has_more, narrowed=[side])


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
        "lapsed_because": LAPSED_BECAUSE[queries.why_lapsed(interest)],
        "may_view_listing": can(standing, "listing.view", interest.listing),
        "moves": open_to(standing, interest),
        "sees_contacts": may_see(standing, interest, "contacts"),
        # Who answered stays with their organisation until the contacts open.
        "timeline": without_owner(
            standing,
            interest.listing,
            timeline_of(interest, with_people=may_see(standing, interest, "contacts")),
        ),
        "sees_owner": may_see(standing, interest.listing, "owner"),
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
