"""Pages of listings: find, read, post, change, move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import clock
from portal.access import can, current_actor, current_standing, may_see, public, requires
from portal.accounts.queries import timeline_of
from portal.alliances.models import Alliance
from portal.alliances.queries import alliances_of
from portal.database import db
from portal.exchange import (
    choices,
    facets,
    fill_in_queries,
    filling_in,
    history_queries,
    interest_queries,
    membership_effects,
    operations,
    queries,
    seen,
)
from portal.exchange.columns import LISTINGS
from portal.exchange.facts import NO_ANSWERS, listing_facts
from portal.exchange.forms import InterestForm, ListingForm
from portal.exchange.models import Listing
from portal.exchange.repeating import posted_already
from portal.exchange.rules import wrong_in_content
from portal.exchange.sharing import text_of
from portal.files import files_of
from portal.forms import refusals
from portal.kept_pages import render_kept
from portal.language import day
from portal.moves import attempt
from portal.regions.working_days import answer_due
from portal.roles import Role
from portal.sheets.exporting import MOST_ROWS, export_address, exported
from portal.workflow import open_to

bp = Blueprint("exchange", __name__)

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "submit": operations.submit_listing,
    "resubmit": operations.submit_listing,
    "publish": operations.publish_listing,
    "return": operations.return_listing,
    "propose": filling_in.propose_listing,
    "confirm": filling_in.confirm_listing,
    "turn_down": filling_in.decline_listing,
    "pause": operations.pause_listing,
    "hold": membership_effects.hold_listing,
    "resume": operations.resume_listing,
    "renew": operations.renew_listing,
    "recall": operations.recall_listing,
    "match": operations.match_listing,
    "close": operations.close_listing,
    "discard": operations.discard_listing,
}


@bp.get("/listings")
@public
def list_listings() -> str:
    """Show the listings this person may see, narrowed by facets and a search."""
    shown = facets.read(request.args, current_standing())
    after, may_post = request.args.get("after"), can(current_standing(), "listing.create")
    page = queries.list_page(current_standing(), shown.filter, after)
    elsewhere = queries.count_elsewhere(current_standing(), shown.filter, page)
    values = {"page": page, "shown": shown, "is_first": not after, "may_post": may_post}
    values |= {"elsewhere": elsewhere}
    kept_by = page, shown.narrowing, tuple(shown.arguments.items()), export_address()
    key = *kept_by, may_post, elsewhere
    return render_kept("exchange/list_listings.html", key, lambda: values)


@bp.get("/listings.xlsx")
@public
def export_listings() -> Response:
    """Take along the listings that the list shows."""
    shown = facets.read(request.args, current_standing())
    page = queries.list_page(current_standing(), shown.filter, size=MOST_ROWS)
    has_more = page.next_key is not None
    title, words = _("Supply and demand"), shown.in_words
    return exported(title, LISTINGS, page.rows, has_more=has_more, narrowed=words)


@bp.get("/listings/<int:listing_id>")
@requires("listing.view", Listing)
def view_listing(listing: Listing) -> str:
    """Show a listing, what one may do with it, and its answers to whom they concern."""
    return listing_page(listing)


def listing_page(listing: Listing, **more: Any) -> str:
    """Render a listing's page; `more` carries a failed move or a half-written answer."""
    standing = current_standing()
    concerns_answers = may_see(standing, listing, "interests")
    own = None
    # For whom one acts is what the standing says now, not what the session once chose.
    if not concerns_answers and standing.actor.organisation_id in standing[Role.DELEGATE]:
        own = interest_queries.own_interest(listing.id, standing.actor.organisation_id)
    may_answer = can(standing, "listing.respond", listing) and (
        own is None or own.released_at is not None or own.is_lapsed
    )
    sees_history = may_see(standing, listing, "history")
    is_discarded = sees_history and history_queries.was_discarded(listing)
    values: dict[str, Any] = {
        "listing": listing,
        "facts_of": listing_facts(current_standing(), listing),
        "returned_because": history_queries.returned_because(listing) if sees_history else None,
        "is_discarded": is_discarded,
        "no_answers": NO_ANSWERS["discarded" if is_discarded else listing.state_now],
        "may_edit": can(standing, "listing.edit", listing) and listing.state in operations.EDITABLE,
        "moves": open_to(standing, listing),
        "asks_member": filling_in.waits_for_member(listing)
        and can(standing, "listing.propose", listing),
        "may_revise": filling_in.is_sent_back(listing)
        and can(standing, "listing.propose", listing),
        "interests": interest_queries.interests_in(listing.id) if concerns_answers else [],
        "sees_interests": concerns_answers,
        "own_interest": own,
        "may_answer": may_answer,
        "form": _answer_form(listing) if may_answer else None,
        "sees_history": sees_history,
        "timeline": timeline_of(listing) if sees_history else [],
        "files": files_of(listing),
        "share_text": text_of(listing) if can(standing, "listing.share", listing) else None,
    }
    return render_template("exchange/view_listing.html", **{**values, **more})


def _answer_form(listing: Listing) -> InterestForm:
    form = InterestForm(formdata=None)
    form.seen.data = seen.proof_of(listing.id, current_actor())
    return form


@bp.route("/listings/new", methods=["GET", "POST"])
@requires("listing.create")
def new_listing() -> str | tuple[str, int] | Response:
    """Ask the secrecy question, then take five fields."""
    by = current_actor()
    mine = alliances_of(by.organisation_id or 0)
    answer = secrecy_answer()
    if answer != "none":
        # Nothing typed is read, kept or shown again where it may be secret.
        status = 422 if request.method == "POST" else 200
        page = render_template("exchange/check_secrecy.html", answer=answer, alliances=mine)
        return page, status
    form = ListingForm()
    alliance = _chosen(mine, form)
    offer(form, mine, alliance)
    form.secrecy.data = "none"
    if _is_right(form, alliance) and alliance is not None:
        with refusals(form):
            listing = operations.post_listing(
                alliance,
                form.content(),
                by=by,
                submit="submit" in request.form,
                receipt=form.receipt(by),
                only_once=not form.again.data,
            )
            return _saved(listing)
    return _form_page(form, None, mine, _slip(form, alliance))


@bp.route("/listings/<int:listing_id>/edit", methods=["GET", "POST"])
@requires("listing.edit", Listing)
def edit_listing(listing: Listing) -> str | tuple[str, int] | Response:
    """Change what a draft or returned listing says."""
    if listing.state not in operations.EDITABLE and request.method == "GET":
        return redirect(url_for("exchange.view_listing", listing_id=listing.id))
    form = ListingForm(listing=listing)
    offer(form, [listing.alliance], listing.alliance)
    if _is_right(form, listing.alliance):
        with refusals(form):
            operations.edit_listing(
                listing,
                form.content(),
                by=current_actor(),
                expected=form.expected,
                submit="submit" in request.form,
                take_back="take_back" in request.form,
            )
            return _saved(listing)
    return _form_page(form, listing, [listing.alliance])


def secrecy_answer() -> str:
    """Return the answer about secrets: `none` only if the address and the form say nothing else."""
    answers = [*request.args.getlist("secrecy"), *request.form.getlist("secrecy")]
    return next((each for each in answers if each != "none"), answers[0] if answers else "")


def _is_right(form: ListingForm, alliance: Alliance | None) -> bool:
    """Check the form and the rules together, so that all that is wrong is named at once."""
    if not form.is_submitted():
        return False
    is_draft = "submit" not in request.form
    if is_draft:
        form.allow_unfinished()
    is_right: bool = form.validate()
    wrong = {}
    if alliance is not None:
        own_id = current_actor().organisation_id or 0
        wrong = wrong_in_content(alliance, **form.under_rules(own_id), is_draft=is_draft)
        form.reject(wrong)
    return is_right and not wrong


def _slip(form: ListingForm, alliance: Alliance | None) -> Listing | None:
    """Return the listing that says already what the form was refused for saying again."""
    if alliance is None or form.again.data or not form.refusal:
        return None
    return posted_already(alliance, current_actor().organisation_id, form.content())


def _form_page(
    form: ListingForm,
    listing: Listing | None,
    mine: Sequence[Alliance],
    posted: Listing | None = None,
) -> tuple[str, int]:
    stored, is_fixed = None, False
    if listing is not None and form.is_submitted():
        db.session.refresh(listing)
        is_fixed = listing.state not in operations.EDITABLE
    if listing is not None and (is_fixed or form.status == 409):
        # What they typed stays; sent again, where it may be, it replaces what is shown beside it.
        stored = listing_facts(current_standing(), listing)
        form.version.data = str(listing.version)
    page = render_template(
        "exchange/edit_listing.html",
        form=form,
        listing=listing,
        alliances=mine,
        opens_more=form.has_more,
        posted=posted,
        stored=stored,
        is_fixed=is_fixed,
        moves=open_to(current_standing(), listing) if listing and is_fixed else [],
        **kept_guesses(form),
    )
    return page, form.status


def _chosen(mine: Sequence[Alliance], form: ListingForm) -> Alliance | None:
    if len(mine) == 1:
        return mine[0]
    return next((alliance for alliance in mine if alliance.id == form.alliance_id.data), None)


def kept_guesses(form: ListingForm) -> dict[str, Mapping[str, str]]:
    """Return the marks of what was guessed, which the form carries along when it is sent."""
    sent = {field.name: request.form.get(f"guessed-{field.name}", "") for field in form}
    kept = {name: words for name, words in sent.items() if words}
    return {"guesses": kept} if kept else {}


def new_form_page(
    form: ListingForm, mine: Sequence[Alliance], guesses: Mapping[str, str], left_out: str
) -> tuple[str, int]:
    """Render the form of a new listing as a pasted text fills it: field -> the words it is from.

    `left_out` is how the text says people are reached, which the form does not hold.
    """
    page = render_template(
        "exchange/edit_listing.html",
        form=form,
        listing=None,
        alliances=mine,
        opens_more=form.has_more,
        guesses=guesses,
        left_out=left_out,
    )
    return page, 200


def offer(form: ListingForm, mine: Sequence[Alliance], alliance: Alliance | None) -> None:
    """Let a form offer what may be chosen in the alliances one may post in."""
    organisation_id = current_actor().organisation_id or 0
    chain_map_id = alliance.chain_map_id if alliance else None
    members = fill_in_queries.members_to_name([each.id for each in mine], organisation_id)
    form.offer(mine, choices.all_choices(), chain_map_id, members)


def _saved(listing: Listing) -> Response:
    if "submit" not in request.form:
        flash(
            _(
                "Saved as a draft. Nobody else sees it until you submit it. Files are added on "
                "this page, below the text."
            ),
            "success",
        )
    else:
        due = day(answer_due(clock.now()))
        flash(_("Submitted. The secretariat answers by %(day)s.", day=due), "success")
    return redirect(url_for("exchange.view_listing", listing_id=listing.id))


@bp.post("/listings/<int:listing_id>/moves/<move>")
@requires("listing.view", Listing)
def move_listing(listing: Listing, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, listing)
    if failed:
        return listing_page(listing, failed=failed), failed.status
    if not can(current_standing(), "listing.view", listing):
        return redirect(url_for("desk.view_desk"))
    return redirect(url_for("exchange.view_listing", listing_id=listing.id))
