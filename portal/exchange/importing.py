"""The verb that brings listings from a table of the secretariat: each becomes its owner's draft."""

from __future__ import annotations

from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.exchange.content import ListingContent
from portal.exchange.models import Listing
from portal.exchange.operations import index, lay_down
from portal.exchange.workflow import LISTING
from portal.operations import operation


@operation
def draft_for_member(
    alliance: Alliance, organisation: Organisation, content: ListingContent, *, by: Actor
) -> Listing:
    """Lay a draft among those of a member; only its own people hand it in.

    Until one of them does, whoever brought it is named as the contact. The journal says that the
    secretariat answered for its holding no secret. Raises `Refused` for bad content.
    """
    require(by, "listing.import", alliance)
    listing = Listing(
        alliance=alliance,
        organisation=organisation,
        contact_id=by.person_id,
        state=LISTING.start,
    )
    lay_down(listing, content, "import", by=by, is_draft=True)
    index(listing)
    return listing
