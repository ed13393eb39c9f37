"""What a listing's page says about it, in the order in which people decide."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import may_see
from portal.actors import Standing
from portal.exchange.anonymity import owner_words
from portal.exchange.forms import DIRECTIONS, KINDS, VISIBILITIES
from portal.exchange.kinds import fields_of
from portal.exchange.models import Listing
from portal.exchange.workflow import ListingState
from portal.language import day, localised, money
from portal.regions.working_days import answer_due

Fact = tuple[str, object, str | None]

#: Why the time of an answer ended, as `why_lapsed` finds it.
LAPSED_BECAUSE = {
    None: _l("Nobody answered in time."),
    "closed": _l("The listing was closed before it was answered."),
    "recalled": _l("The listing was taken back before it was answered."),
    "left": _l("One side left the alliance before it was answered."),
}

#: What an empty list of answers says, by the state as people read it.
NO_ANSWERS = {
    "draft": _l("Once it is published, every organisation that may see it can answer."),
    "submitted": _l("Once it is published, every organisation that may see it can answer."),
    "returned": _l("Once it is published, every organisation that may see it can answer."),
    "proposed": _l("Once it is published, every organisation that may see it can answer."),
    "published": _l("Every organisation that may see it can answer."),
    "expired": _l("It has expired and takes no answers."),
    "paused": _l("While it is paused nobody can answer."),
    "closed": _l("It is closed and takes no answers."),
    "discarded": _l("It was put away and takes no answers."),
}


def listing_facts(standing: Standing, listing: Listing) -> list[Fact]:
    """Return (label, value, address) of what a person may know of a listing; absent is None."""
    node, region = listing.chain_node, listing.wanted_region
    kept = listing.particulars or {}
    waits = listing.state is ListingState.SUBMITTED
    return [
        (_("Direction"), DIRECTIONS[listing.direction], None),
        (
            _("Organisation"),
            owner_words(standing, listing),
            url_for("directory.view_organisation", organisation_id=listing.organisation_id)
            if may_see(standing, listing, "owner")
            else None,
        ),
        (
            _("Alliance"),
            localised(listing.alliance),
            url_for("alliances.view_alliance", alliance_slug=listing.alliance.slug),
        ),
        (_("Kind"), KINDS[listing.kind] if listing.kind else None, None),
        *(
            (str(each.label), each.shown(kept[each.name]) if each.name in kept else None, None)
            for each in fields_of(listing.kind)
        ),
        (_("Chain node"), node.name if node else None, None),
        (_("Amount"), money(listing.amount_fen), None),
        (_("Form of cooperation"), listing.cooperation, None),
        (_("Region wanted"), localised(region) if region else None, None),
        (_("Until when"), day(listing.valid_until), None),
        (_("Who may see it"), VISIBILITIES[listing.visibility], None),
        (_("Reviewed by"), day(answer_due(listing.listed_at)) if waits else None, None),
        (
            _("Filled in by"),
            _("the secretariat, for %(organisation)s", organisation=owner_words(standing, listing))
            if listing.filled_in_by_id
            else None,
            None,
        ),
    ]
