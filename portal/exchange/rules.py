"""What a listing must say: the rules of its content, asked by the forms and by the operations.

They read and write nothing. Each names every field that is wrong, so that nobody mends one
mistake only to be told of the next.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.alliances.models import Alliance, Membership
from portal.chain.models import ChainNode
from portal.database import db
from portal.exchange.models import Listing, ListingVisibility
from portal.regions.models import Region

#: Field -> the sentence that says what is wrong with it.
Wrong = dict[str, LazyString]


def wrong_in_content(
    alliance: Alliance,
    *,
    valid_until: date | None,
    visibility: ListingVisibility | None,
    named_ids: Collection[int],
    chain_node_id: int | None = None,
    wanted_region_id: int | None = None,
    is_draft: bool,
) -> Wrong:
    """Return what is wrong with the content of a listing in an alliance; nothing if it is right.

    `valid_until` is a day in Shanghai, at most a year from now. `named_ids` are the
    organisations named on a confidential listing, without its owner; a draft may still name
    nobody. What is absent is not judged.
    """
    wrong: Wrong = {}
    longest = clock.today() + timedelta(days=current_app.config["LISTING_LONGEST_DAYS"])
    if valid_until is not None and not clock.today() <= valid_until <= longest:
        wrong["valid_until"] = _l("Choose a day between today and a year from now.")
    if chain_node_id is not None:
        node = db.session.get(ChainNode, chain_node_id)
        if node is None or node.chain_map_id != alliance.chain_map_id:
            wrong["chain_node_id"] = _l("This node is not on the alliance's chain.")
    if wanted_region_id is not None and not db.session.get(Region, wanted_region_id):
        wrong["wanted_region_id"] = _l("Please choose one.")
    if visibility is ListingVisibility.CONFIDENTIAL:
        names_nobody = not named_ids and not is_draft
        if names_nobody or not set(named_ids) <= _members(alliance, named_ids):
            wrong["named_ids"] = _l("Name the members who may see it.")
    return wrong


def _members(alliance: Alliance, organisation_ids: Collection[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(Membership.organisation_id).where(
                Membership.alliance_id == alliance.id,
                Membership.is_active,
                Membership.organisation_id.in_(sorted(organisation_ids)),
            )
        )
    )


def missing_from(listing: Listing) -> list[str]:
    """Return the names of the fields that must be filled in before a listing is reviewed."""
    missing = []
    if not listing.specification:
        missing.append(_("What exactly"))
    if listing.visibility is ListingVisibility.CONFIDENTIAL and not listing.namings:
        missing.append(_("Named organisations"))
    return missing
