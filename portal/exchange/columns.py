"""What the lists of listings and of answers show, as columns of a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.exchange.forms import DIRECTIONS, KINDS, VISIBILITIES
from portal.exchange.interest_queries import LAPSED
from portal.exchange.kinds import particulars_in_words
from portal.exchange.queries import EXPIRED
from portal.exchange.workflow import INTEREST, LISTING, InterestState
from portal.language import localised
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

#: States as people read them.
LISTING_STATES: Mapping[Any, Any] = {**LISTING.labels, EXPIRED: _l("Expired")}
INTEREST_STATES: Mapping[Any, Any] = {**INTEREST.labels, LAPSED: _l("Lapsed")}

LISTINGS = (
    Field(_l("Title"), lambda row: row.title, width=44),
    Field(_l("Direction"), lambda row: DIRECTIONS[row.direction], width=10),
    Field(_l("Kind"), lambda row: KINDS[row.kind] if row.kind else None, width=12),
    Field(_l("State"), lambda row: LISTING_STATES[row.state_now], width=12),
    Field(_l("Who may see it"), lambda row: VISIBILITIES[row.visibility]),
    Field(_l("Region"), lambda row: localised(row.region), width=10),
    Field(_l("Organisation"), lambda row: row.organisation or _("Anonymous"), width=32),
    Field(_l("Chain node"), lambda row: row.node, width=22),
    Field(
        _l("Of its kind"),
        lambda row: particulars_in_words(row.kind, row.particulars),
        width=36,
    ),
    Field(_l("Amount (10,000 yuan)"), lambda row: row.amount_fen, Kind.MONEY),
    Field(_l("Until when"), lambda row: row.valid_until, Kind.DAY, width=12),
)

ANSWERS = (
    Field(_l("Organisation"), lambda row: row.organisation or _("Anonymous"), width=32),
    Field(_l("Region"), lambda row: localised(row.region), width=10),
    Field(_l("Listing"), lambda row: row.title, width=44),
    Field(_l("Direction"), lambda row: DIRECTIONS[row.direction], width=10),
    Field(_l("State"), lambda row: INTEREST_STATES[row.state_now], width=12),
    Field(_l("Sent at"), lambda row: row.sent_at, Kind.MOMENT),
    # Only while it waits does the last moment to answer mean anything.
    Field(
        _l("Answer by"),
        lambda row: row.expires_at if row.state_now == InterestState.SENT else None,
        Kind.MOMENT,
    ),
)
