"""Pages that hand a public listing on: its poster, and its QR code as a picture."""

from __future__ import annotations

from flask import Response, render_template

from portal.access import requires
from portal.exchange import sharing
from portal.exchange.models import Listing
from portal.exchange.views import bp

__all__ = ["bp"]


@bp.get("/listings/<int:listing_id>/poster")
@requires("listing.share", Listing)
def view_poster(listing: Listing) -> str:
    """Show a poster to be printed, or photographed on a phone."""
    address = sharing.address_of(listing)
    return render_template("exchange/view_poster.html", listing=listing, address=address)


@bp.get("/listings/<int:listing_id>/qr.png")
@requires("listing.share", Listing)
def fetch_qr(listing: Listing) -> Response:
    """Hand out the QR code as a picture to be saved."""
    response = Response(sharing.qr_picture(listing), mimetype="image/png")
    name = f"listing-{listing.id}.png"
    response.headers["Content-Disposition"] = f"inline; filename={name}"
    return response
