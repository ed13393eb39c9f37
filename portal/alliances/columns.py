"""What the lists of alliances, of their news and of applications show, as columns of a workbook."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.alliances.forms import MEMBERSHIP_STATES, TIERS
from portal.language import localised
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

#: Rows are (alliance, number of its members).
ALLIANCES = (
    Field(_l("Alliance"), lambda row: localised(row[0]), width=32),
    Field(_l("What it is about"), lambda row: localised(row[0], "summary"), width=60),
    Field(_l("Members"), lambda row: row[1], Kind.NUMBER, width=10),
)

APPLICATIONS = (
    Field(_l("Organisation"), lambda row: row.organisation, width=36),
    Field(_l("Region"), lambda row: localised(row.region), width=10),
    Field(_l("Tier"), lambda row: TIERS[row.tier]),
    Field(_l("State"), lambda row: MEMBERSHIP_STATES[row.state_now]),
    Field(_l("Since when"), lambda row: row.at, Kind.MOMENT),
)

NEWS = (
    Field(_l("Title"), lambda piece: piece.title, width=44),
    Field(_l("Told at"), lambda piece: piece.published_at, Kind.MOMENT),
    Field(_l("State"), lambda piece: None if piece.is_standing else _l("Taken back"), width=12),
    Field(_l("How it begins"), lambda piece: piece.beginning, width=80),
)
