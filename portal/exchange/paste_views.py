"""The page that turns a pasted text into a filled form; nothing is stored until that is saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _

from portal import clock
from portal.access import current_actor, requires
from portal.alliances.models import Alliance
from portal.alliances.queries import alliances_of
from portal.exchange.choices import all_choices
from portal.exchange.forms import ListingForm, PasteForm
from portal.exchange.pasting import Guess, Known, guess_fields
from portal.exchange.views import bp, new_form_page, offer, secrecy_answer


@bp.route("/listings/paste", methods=["GET", "POST"])
@requires("listing.create")
def paste_listing() -> str | tuple[str, int]:
    """Ask the secrecy question, take a text, and show the form as it fills it."""
    mine = alliances_of(current_actor().organisation_id or 0)
    answer = secrecy_answer()
    if answer != "none":
        # Nothing pasted is read, kept or shown again where it may be secret.
        page = render_template(
            "exchange/check_secrecy.html",
            answer=answer,
            alliances=mine,
            ask=url_for("exchange.paste_listing"),
            go_on=_("Go on to paste your text. Trade secrets are welcome: name who may see them."),
        )
        return page, 422 if request.method == "POST" else 200
    form = PasteForm()
    if form.validate_on_submit():
        return _filled(form.text.data or "", mine)
    return render_template("exchange/paste_listing.html", form=form), form.status


def _filled(text: str, mine: Sequence[Alliance]) -> tuple[str, int]:
    guesses = guesses_in(text, mine)
    alliance = mine[0] if len(mine) == 1 else _alliance_of(guesses.get("chain_node_id"), mine)
    form = ListingForm(formdata=None)
    offer(form, mine, alliance)
    form.secrecy.data = "none"
    if len(mine) > 1 and alliance is not None:
        form.alliance_id.data = alliance.id
    left_out = form.fill(text, guesses)
    said = {name: guess.said for name, guess in guesses.items()}
    return new_form_page(form, mine, said, left_out)


def guesses_in(text: str, mine: Sequence[Alliance]) -> dict[str, Guess]:
    """Return what a text says of a listing in one of some alliances: field -> guess."""
    return guess_fields(text, _known(mine))


def _known(mine: Sequence[Alliance]) -> Known:
    choices = all_choices()
    maps = {alliance.chain_map_id for alliance in mine}
    return Known(
        regions=choices.of("region"),
        nodes=[node for node in choices.of("node") if node.within in maps],
        today=clock.today(),
        longest=timedelta(days=current_app.config["LISTING_LONGEST_DAYS"]),
    )


def _alliance_of(node: Guess | None, mine: Sequence[Alliance]) -> Alliance | None:
    """Return the one alliance on whose chain the node stands that the text names, or None."""
    named = [each for each in all_choices().of("node") if node and each.id == node.value]
    found = [alliance for alliance in mine if named and alliance.chain_map_id == named[0].within]
    return found[0] if len(found) == 1 else None
