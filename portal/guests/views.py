"""Pages of guests: answering without an account, and what is done with such an answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock, links
from portal.access import can, current_actor, current_standing, may_see, public, requires
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.queries import timeline_of
from portal.database import db
from portal.errors import Missing
from portal.exchange.models import Listing
from portal.forms import refusals
from portal.guests import operations, queries
from portal.guests.facts import guest_facts
from portal.guests.forms import NEW, GuestForm, RecordForm
from portal.guests.models import KEPT, GuestAnswer
from portal.moves import attempt
from portal.organisations.telephone import dialled
from portal.regions.models import Region
from portal.regions.queries import provinces
from portal.regions.working_days import answer_due
from portal.sign_in import entering, inviting
from portal.workflow import open_to

bp = Blueprint("guests", __name__)

#: Within a quarter of an hour: guests from one network, and guests at one listing.
PER_ADDRESS, PER_LISTING = 10, 30

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "verify": operations.verify_guest_answer,
    "record": operations.record_guest,
    "take_up": operations.take_up_guest_answer,
    "disown": operations.disown_guest_answer,
    "reject": operations.reject_guest_answer,
}


@bp.route("/listings/<int:listing_id>/guest-answer", methods=["GET", "POST"])
@requires("listing.take_guest", Listing)
def give_answer(listing: Listing) -> str | tuple[str, int] | Response:
    """Take two fields from somebody without an account."""
    if can(current_standing(), "listing.respond", listing):
        address = url_for("exchange.view_listing", listing_id=listing.id)
        return redirect(f"{address}#answer")
    form, by = GuestForm(), current_actor()
    if form.validate_on_submit():
        entering.throttle(
            (entering.address_key("guest"), PER_ADDRESS), (f"guest-at:{listing.id}", PER_LISTING)
        )
        with refusals(form):
            operations.give_guest_answer(
                listing,
                name=form.organisation.data or "",
                mobile=form.mobile.data or "",
                message=form.message.data,
                by=by,
                receipt=form.receipt(by),
            )
            return redirect(url_for("guests.thank", listing_id=listing.id))
    page = render_template(
        "guests/give_answer.html", form=form, listing=listing, days=KEPT.days, due=_due()
    )
    return page, form.status


@bp.get("/listings/<int:listing_id>/guest-answer/thanks")
@public
def thank(listing_id: int) -> str:
    """Say what happens next and when; the same to everybody, whatever they sent."""
    listing = db.session.get(Listing, listing_id) if listing_id < 2**31 else None
    if listing is None or not can(current_standing(), "listing.view", listing):
        raise Missing(f"listing at {request.path}")
    return render_template("guests/thank.html", listing=listing, days=KEPT.days, due=_due())


def _due() -> Any:
    return answer_due(clock.now())


@bp.get("/guest-answers")
@requires("guest_answer.list")
def list_guest_answers() -> str:
    """Show what guests left at the listings one answers for."""
    listing, after = (request.args.get(name, "") for name in ("listing", "after"))
    rows, next_key = queries.guest_page(
        current_standing(),
        listing_id=int(listing) if listing.isdecimal() and len(listing) < 10 else None,
        after=int(after) if after.isdecimal() and len(after) < 10 else None,
    )
    return render_template(
        "guests/list_guest_answers.html", rows=rows, next_key=next_key, listing=listing
    )


@bp.get("/guest-answers/<int:guest_answer_id>")
@requires("guest_answer.view", GuestAnswer)
def view_guest_answer(guest_answer: GuestAnswer) -> str:
    """Show what a guest left, and what one may do with it."""
    return guest_page(guest_answer)


def guest_page(guest: GuestAnswer, **more: Any) -> str:
    """Render the page of a guest's answer; `more` carries a failed move or a form with errors."""
    standing = current_standing()
    sees_number = may_see(standing, guest, "mobile")
    is_recorder = can(standing, "guest_answer.record", guest) and guest.is_to_place
    values: dict[str, Any] = {
        "guest": guest,
        "facts_of": guest_facts(standing, guest, sees_number=sees_number),
        "dialled": dialled(guest.mobile) if sees_number and guest.mobile else None,
        "moves": [
            move
            for move in open_to(standing, guest)
            # Whoever records it says with the same form that it is verified.
            if not (is_recorder and move.name in ("verify", "record"))
        ],
        "form": _record_form(guest) if is_recorder else None,
        # Whoever verified it without being the secretariat reads what comes next.
        "is_to_record": guest.is_to_place and not is_recorder and sees_number,
        "timeline": timeline_of(guest),
    }
    return render_template("guests/view_guest_answer.html", **{**values, **more})


def _record_form(guest: GuestAnswer) -> RecordForm:
    close, places = queries.organisations_meant(guest), provinces()
    form = RecordForm(thing=guest)
    form.offer(close, places)
    if not form.is_submitted():
        exact = next((each for each in close if queries.is_exactly(each, guest.name)), None)
        known = guest.organisation_id or (exact.id if exact else None)
        # Where one of about this name is registered, a person says which it is: a slip would
        # make a double.
        form.organisation_id.data = str(known) if known else "" if close else NEW
        form.kind.data = OrganisationKind.ENTERPRISE.value
        guessed = queries.province_in(guest.name, places)
        form.region_id.data = str(guessed.id) if guessed else ""
    return form


@bp.post("/guest-answers/<int:guest_answer_id>/record")
@requires("guest_answer.record", GuestAnswer)
def record(guest_answer: GuestAnswer) -> str | tuple[str, int] | Response:
    """Say which organisation it is; the invitation, where there is one, is shown once here."""
    form = _record_form(guest_answer)
    if form.validate_on_submit():
        with refusals(form):
            new = None
            if form.chosen_id is None:
                region = db.session.get_one(Region, int(form.region_id.data))
                new = operations.NewOrganisation(form.chosen_kind, region)
            made = operations.place_guest(
                guest_answer,
                known=db.session.get(Organisation, form.chosen_id or 0),
                new=new,
                contact=form.contact.data,
                expected=form.expected,
                by=current_actor(),
            )
            return _recorded(guest_answer, made)
    return guest_page(guest_answer, form=form), form.status


def _recorded(guest: GuestAnswer, made: inviting.Made | None) -> str | Response:
    if made is None:
        flash(_("Recorded. The people of the organisation find it on their desk."), "success")
        return redirect(url_for("guests.view_guest_answer", guest_answer_id=guest.id))
    return render_template(
        "guests/invited.html",
        guest=guest,
        made=made,
        address=links.address("invitations.take_up", token=made.token),
        text=inviting.text_of(made),
    )


@bp.post("/guest-answers/<int:guest_answer_id>/moves/<move>")
@requires("guest_answer.view", GuestAnswer)
def move_guest_answer(guest_answer: GuestAnswer, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, guest_answer)
    if failed:
        return guest_page(guest_answer, failed=failed), failed.status
    if guest_answer.interest_id and can(current_standing(), "guest_answer.take_up", guest_answer):
        address = url_for("exchange.view_interest", interest_id=guest_answer.interest_id)
        return redirect(address)
    return redirect(url_for("guests.view_guest_answer", guest_answer_id=guest_answer.id))
