"""What a listing's page says about it, in the order in which people decide."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from portal.exchange.forms import DIRECTIONS, KINDS, VISIBILITIES
from portal.exchange.models import Listing
from portal.language import day, localised, money

Fact = tuple[str, object, str | None]


def listing_facts(listing: Listing) -> list[Fact]:
    """Return (label, value, address) of a listing's facts; absent ones have no value."""
    node, region = listing.chain_node, listing.wanted_region
    return [
        (_("Direction"), DIRECTIONS[listing.direction], None),
        (
            _("Organisation"),
            listing.organisation.name,
            url_for("directory.view_organisation", organisation_id=listing.organisation_id),
        ),
        (
            _("Alliance"),
            localised(listing.alliance),
            url_for("alliances.view_alliance", alliance_slug=listing.alliance.slug),
        ),
        (_("Kind"), KINDS[listing.kind] if listing.kind else None, None),
        (_("Chain node"), node.name if node else None, None),
        (_("Amount"), money(listing.amount_fen), None),
        (_("Form of cooperation"), listing.cooperation, None),
        (_("Region wanted"), localised(region) if region else None, None),
        (_("Until when"), day(listing.valid_until), None),
        (_("Who may see it"), VISIBILITIES[listing.visibility], None),
    ]
