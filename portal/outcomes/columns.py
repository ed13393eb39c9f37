"""What the list of outcomes shows, as columns of a workbook: values as far as one may see them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.access import current_standing
from portal.language import localised
from portal.outcomes.facts import value_words
from portal.outcomes.forms import OUTCOME_KINDS
from portal.outcomes.workflow import OUTCOME
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind

OUTCOMES = (
    Field(_l("Title"), lambda row: row.title, width=44),
    Field(_l("What came of it"), lambda row: OUTCOME_KINDS[row.kind], width=14),
    Field(_l("State"), lambda row: OUTCOME.labels[row.state], width=24),
    Field(_l("Giving side"), lambda row: row.from_organisation.name, width=32),
    Field(_l("Region of the giving side"), lambda row: localised(row.from_region), width=14),
    Field(_l("Taking side"), lambda row: row.to_organisation.name, width=32),
    Field(_l("Region of the taking side"), lambda row: localised(row.to_region), width=14),
    Field(_l("Signed on"), lambda row: row.signed_on, Kind.DAY, width=12),
    # In words: one may see the amount of one outcome and only the band of another.
    Field(_l("Contract value"), lambda row: value_words(current_standing(), row), width=22),
)
