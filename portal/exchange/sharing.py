"""What is handed on of a public listing: a text for a group chat, its address, its QR code.

The address is the listing's own, the same for everybody: nothing in it tells who passed it on.
"""

from __future__ import annotations

import io

import segno
from flask_babel import gettext as _

from portal import links
from portal.exchange.forms import DIRECTIONS
from portal.exchange.models import Listing
from portal.language import day, localised

#: Pixels of one module of a QR code that is kept as a picture: some 400 in all.
SCALE = 12


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


def qr_picture(listing: Listing) -> bytes:
    """Return the QR code of a listing's address as a PNG."""
    picture = io.BytesIO()
    segno.make(address_of(listing), error="m").save(picture, kind="png", scale=SCALE, border=4)
    return picture.getvalue()
