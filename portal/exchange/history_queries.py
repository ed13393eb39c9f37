"""Questions about one listing that only its record of steps answers."""

from __future__ import annotations

from portal import journal
from portal.exchange.models import Listing
from portal.exchange.workflow import ListingState


def returned_because(listing: Listing) -> str | None:
    """Return what the secretariat wants changed, while a listing is sent back; else None."""
    if listing.state is not ListingState.RETURNED:
        return None
    notes = [
        (detail or {}).get("note")
        for line, detail in journal.lines_about(Listing.noun, listing.id)
        if line.verb in ("listing.return", "listing.turn_down")
    ]
    return notes[-1] if notes else None


def was_discarded(listing: Listing) -> bool:
    """Tell whether a listing was put away before others saw it; only its record says so."""
    if listing.state is not ListingState.CLOSED:
        return False
    lines = journal.lines_about(Listing.noun, listing.id)
    return any(line.verb == "listing.discard" for line, _detail in lines)
