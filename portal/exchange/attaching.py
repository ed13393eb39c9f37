"""Verbs on the files of a listing: its owner adds and removes them while it may be changed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal import clock, files
from portal.access import require
from portal.actors import Actor
from portal.errors import Refused
from portal.exchange.models import Listing
from portal.exchange.operations import EDITABLE
from portal.files import Attachment, Received
from portal.operations import operation


@operation
def attach_to_listing(listing: Listing, received: Received, *, by: Actor) -> Attachment:
    """Hang a file on a draft or returned listing; it passes the review with it.

    Raises `Refused` in any other state, for too many files, and beyond the quota.
    """
    require(by, "listing.edit", listing)
    _check_state(listing)
    made = files.attach(listing, received, organisation_id=listing.organisation_id, by=by)
    # The reviewer, and whoever has its form open, must notice that it changed.
    listing.listed_at = clock.now()
    return made


@operation
def detach_from_listing(listing: Listing, attachment: Attachment, *, by: Actor) -> None:
    """Take a file off a draft or returned listing. Raises `Refused` in any other state."""
    require(by, "listing.edit", listing)
    _check_state(listing)
    files.detach(listing, attachment, by=by)
    listing.listed_at = clock.now()


def _check_state(listing: Listing) -> None:
    if listing.state not in EDITABLE:
        raise Refused(_l("Take it back first: what is in review or published does not change."))
