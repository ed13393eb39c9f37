"""Pages of what the secretariat fills in for a member: the form, the link, the member's answer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import actors, links
from portal.access import current_actor, current_standing, public, requires
from portal.accounts.models import Organisation, Person
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import DeadLink
from portal.exchange import filling_in
from portal.exchange.choices import all_choices
from portal.exchange.facts import listing_facts
from portal.exchange.fill_in_forms import ConfirmForm, FillInForm
from portal.exchange.fill_in_queries import members_to_name, people_to_ask
from portal.exchange.forms import PasteForm
from portal.exchange.models import Listing
from portal.exchange.paste_views import guesses_in
from portal.exchange.rules import wrong_in_content
from portal.exchange.views import bp, kept_guesses, secrecy_answer
from portal.forms import refusals

__all__ = ["bp"]


@bp.route("/alliances/<alliance_slug>/listings/fill-in", methods=["GET", "POST"])
@requires("alliance.fill_in", Alliance)
def fill_in_listing(alliance: Alliance) -> str | tuple[str, int] | Response:
    """Ask the secrecy question, then take a listing for a member."""
    here = url_for("exchange.fill_in_listing", alliance_slug=alliance.slug)
    if secrecy_answer() != "none":
        return _gate(alliance, here)
    form = _form(alliance)
    form.secrecy.data = "none"
    if _is_right(form, alliance):
        with refusals(form):
            by = current_actor()
            organisation_id, person_id = form.chosen_member
            listing = filling_in.fill_in_listing(
                alliance,
                form.content(),
                db.session.get_one(Organisation, organisation_id),
                db.session.get_one(Person, person_id),
                by=by,
                receipt=form.receipt(by),
            )
            return redirect(url_for("exchange.view_listing", listing_id=listing.id))
    return _form_page(form, alliance, here)


def _gate(alliance: Alliance, ask: str) -> tuple[str, int]:
    page = render_template(
        "exchange/check_secrecy.html",
        answer=secrecy_answer(),
        alliances=[alliance],
        ask=ask,
        go_on=_("Go on to fill it in. The member confirms it before others see it."),
    )
    return page, 422 if request.method == "POST" else 200


def _form(alliance: Alliance, listing: Listing | None = None, **more: Any) -> FillInForm:
    form = FillInForm(listing=listing, **more)
    owner_id = listing.organisation_id if listing else 0
    members = members_to_name([alliance.id], owner_id)
    form.offer([alliance], all_choices(), alliance.chain_map_id, members)
    form.offer_members(people_to_ask(alliance.id) if listing is None else None)
    return form


def _is_right(form: FillInForm, alliance: Alliance) -> bool:
    if not form.is_submitted():
        return False
    is_right: bool = form.validate()
    rules = form.under_rules(form.chosen_member[0])
    wrong = wrong_in_content(alliance, **rules, is_draft=False)
    form.reject(wrong)
    return is_right and not wrong


def _form_page(form: FillInForm, alliance: Alliance, here: str, **more: Any) -> tuple[str, int]:
    paste = url_for("exchange.paste_for_member", alliance_slug=alliance.slug, secrecy="none")
    page = render_template(
        "exchange/fill_in_listing.html",
        **{"form": form, "alliances": [alliance], "target": here, "paste": paste, "listing": None}
        | {"opens_more": form.has_more, **kept_guesses(form), **more},
    )
    return page, form.status


@bp.route("/alliances/<alliance_slug>/listings/paste", methods=["GET", "POST"])
@requires("alliance.fill_in", Alliance)
def paste_for_member(alliance: Alliance) -> str | tuple[str, int]:
    """Take a text and show the form for a member as it fills it."""
    if secrecy_answer() != "none":
        return _gate(alliance, url_for("exchange.paste_for_member", alliance_slug=alliance.slug))
    here = url_for("exchange.fill_in_listing", alliance_slug=alliance.slug)
    form = PasteForm()
    if form.validate_on_submit():
        text = form.text.data or ""
        guesses = guesses_in(text, [alliance])
        filled = _form(alliance, formdata=None)
        filled.secrecy.data = "none"
        left_out = filled.fill(text, guesses)
        said = {name: guess.said for name, guess in guesses.items()}
        return _form_page(filled, alliance, here, guesses=said, left_out=left_out)
    by_hand = f"{here}?secrecy=none"
    page = render_template("exchange/paste_listing.html", form=form, by_hand=by_hand)
    return page, form.status


@bp.route("/listings/<int:listing_id>/fill-in", methods=["GET", "POST"])
@requires("listing.propose", Listing)
def revise_listing(listing: Listing) -> str | tuple[str, int] | Response:
    """Change what the member sent back, and ask the member again."""
    form = _form(listing.alliance, listing)
    if _is_right(form, listing.alliance):
        with refusals(form):
            filling_in.revise_listing(
                listing, form.content(), by=current_actor(), expected=form.expected
            )
            return redirect(url_for("exchange.view_listing", listing_id=listing.id))
    here = url_for("exchange.revise_listing", listing_id=listing.id)
    return _form_page(form, listing.alliance, here, listing=listing)


@bp.post("/listings/<int:listing_id>/confirmation-link")
@requires("listing.propose", Listing)
def make_confirmation_link(listing: Listing) -> str | Response:
    """Make the link for the member's person; it is shown once, right here."""
    form = FillInForm(formdata=None)
    with refusals(form):
        made = filling_in.make_confirmation_link(listing, by=current_actor())
        return render_template(
            "exchange/make_confirmation_link.html",
            listing=listing,
            made=made,
            address=links.address("exchange.confirm_by_link", token=made.token),
            text=filling_in.text_of(listing, made),
        )
    flash(form.refusal or "", "error")
    return redirect(url_for("exchange.view_listing", listing_id=listing.id))


@bp.route("/listings/confirm/<token>", methods=["GET", "POST"])
@public
def confirm_by_link(token: str) -> str | tuple[str, int] | Response:
    """Show what would be published (GET), and answer as the person it is for (POST)."""
    link = links.find(filling_in.PURPOSE, token)
    if link is None or link.person_id is None:
        raise DeadLink(f"link at {request.path}")
    listing = db.session.get_one(Listing, link.record_id)
    form, by = ConfirmForm(), actors.person(link.person_id, listing.organisation_id)
    if form.validate_on_submit():
        with refusals(form):
            filling_in.answer_by_link(
                link,
                by=by,
                opened_by=current_actor(),
                confirms=form.confirms,
                note=form.reason.data,
            )
            flash(_("Thank you. Your answer is recorded."), "success")
            return redirect(url_for("exchange.confirm_by_link", token=token))
    facts_of = listing_facts(current_standing(), listing) if link.refusal is None else []
    page = render_template(
        "exchange/confirm_by_link.html", listing=listing, link=link, form=form, facts_of=facts_of
    )
    return page, form.status
