"""What is handed on of a public listing: a text for a group chat, its address, its poster.

The address is the listing's own, the same for everybody: nothing in it tells who passed it on.
"""

from __future__ import annotations

from flask_babel import gettext as _

from portal import links
from portal.actors import ANONYMOUS, Standing
from portal.exchange.anonymity import owner_words
from portal.exchange.forms import DIRECTIONS
from portal.exchange.models import Direction, Listing
from portal.language import day, localised
from portal.posters import Poster


def address_of(listing: Listing) -> str:
    """Return the full address of a listing's public page."""
    return links.address("exchange.view_listing", listing_id=listing.id)


def text_of(listing: Listing) -> str:
    """Return the text for a group chat, in the language of the page."""
    text: str = _(
        "[%(direction)s] %(title)s\n%(region)s · until %(day)s · %(alliance)s\n"
        "Answer with two fields, no account needed: %(address)s",
        direction=DIRECTIONS[listing.direction],
        title=listing.title,
        region=localised(listing.organisation.region),
        day=day(listing.valid_until),
        alliance=localised(listing.alliance),
        address=address_of(listing),
    )
    return text


def poster_of(listing: Listing) -> Poster:
    """Return what the poster of a listing says, in the language of the page."""
    is_demand = listing.direction is Direction.DEMAND
    return Poster(
        alliance=localised(listing.alliance),
        heading=f"{DIRECTIONS[listing.direction]} · {localised(listing.organisation.region)}",
        title=listing.title,
        text=listing.specification,
        facts=(
            # A picture goes anywhere: what is hidden from somebody is not on it.
            owner_words(Standing(ANONYMOUS, {}), listing),
            _("Until %(day)s", day=day(listing.valid_until)),
        ),
        call=_("I can supply this") if is_demand else _("I need this"),
        hint=_("Scan the code and answer with two fields; no account is needed."),
        address=address_of(listing),
    )
