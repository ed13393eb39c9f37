"""What the list of matters shows, as columns of a workbook."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.exchange.forms import DIRECTIONS
from portal.language import localised
from portal.matters.steps import STEP_NAMES
from portal.matters.workflow import MATTER
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

MATTERS = (
    Field(_l("Title"), lambda row: row.title, width=44),
    Field(_l("Direction"), lambda row: DIRECTIONS[row.direction], width=10),
    Field(_l("State"), lambda row: MATTER.labels[row.state], width=12),
    Field(_l("Step"), lambda row: STEP_NAMES[row.step] if row.step else _("No step yet"), width=18),
    Field(_l("Last step at"), lambda row: row.moved_at, Kind.MOMENT),
    Field(_l("Organisation"), lambda row: row.owner, width=32),
    Field(_l("Region"), lambda row: localised(row.owner_region), width=10),
    Field(_l("Partner"), lambda row: row.partner, width=32),
    Field(_l("Region of the partner"), lambda row: localised(row.partner_region), width=14),
)
