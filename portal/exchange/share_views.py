"""Pages that hand a public listing on: its poster, also as a picture to be sent."""

from __future__ import annotations

from flask import Response, render_template

from portal import posters
from portal.access import requires
from portal.exchange import sharing
from portal.exchange.models import Listing
from portal.exchange.views import bp

__all__ = ["bp"]


@bp.get("/listings/<int:listing_id>/poster")
@requires("listing.share", Listing)
def view_poster(listing: Listing) -> str:
    """Show the poster, to be printed, or sent from a phone."""
    return render_template(
        "exchange/view_poster.html", listing=listing, poster=sharing.poster_of(listing)
    )


@bp.get("/listings/<int:listing_id>/poster.png")
@requires("listing.share", Listing)
def fetch_poster(listing: Listing) -> Response:
    """Hand out the poster as a picture of 1080 by 1440 pixels."""
    picture = posters.draw(sharing.poster_of(listing))
    return posters.answer_with(picture, f"listing-{listing.id}")
