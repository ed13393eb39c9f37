"""What the table of centres shows, as columns of a workbook."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.language import localised
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

REGIONS = (
    Field(_l("Region"), localised, width=24),
    Field(_l("Lies in"), lambda region: localised(region.parent) if region.parent else None),
    Field(_l("Latitude"), lambda region: region.latitude, Kind.NUMBER, width=12),
    Field(_l("Longitude"), lambda region: region.longitude, Kind.NUMBER, width=12),
)
