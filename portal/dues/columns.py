"""What the ledger of dues shows, as columns of a workbook: amounts in yuan."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.alliances.forms import TIERS
from portal.dues.forms import METHODS
from portal.dues.wording import standing_words
from portal.language import FEN_PER_YUAN, localised
from portal.sheets.exporting import Field
from portal.sheets.writing import Kind


def _yuan(fen: int) -> float | int:
    return fen // FEN_PER_YUAN if fen % FEN_PER_YUAN == 0 else fen / FEN_PER_YUAN


def _amount(label: Any, attribute: str) -> Field:
    return Field(label, lambda row: _yuan(getattr(row, attribute)), Kind.NUMBER, width=14)


DUES = (
    Field(_l("Organisation"), lambda row: row.organisation, width=36),
    Field(_l("Region"), lambda row: localised(row.region), width=10),
    Field(_l("Tier"), lambda row: TIERS[row.tier]),
    _amount(_l("Due (yuan)"), "amount_fen"),
    Field(_l("Why it differs"), lambda row: row.reason, width=28),
    Field(_l("State"), lambda row: standing_words(row)[0], width=10),
    _amount(_l("Came in (yuan)"), "paid_fen"),
    _amount(_l("Still open (yuan)"), "open_fen"),
    Field(_l("Paid on"), lambda row: row.paid_on, Kind.DAY, width=12),
    Field(_l("Way of payment"), lambda row: METHODS.get(row.method), width=14),
    Field(_l("Invoice number"), lambda row: row.invoice, width=22),
)

#: The lines of one organisation, for its manager.
OWN_DUES = (
    Field(_l("Alliance"), lambda due: localised(due.alliance), width=32),
    Field(_l("Year"), lambda due: due.dues_year.year, Kind.NUMBER, width=8),
    Field(_l("To be paid by"), lambda due: due.dues_year.due_on, Kind.DAY, width=14),
    _amount(_l("Due (yuan)"), "amount_fen"),
    Field(_l("State"), lambda due: standing_words(due)[0], width=10),
    _amount(_l("Came in (yuan)"), "paid_fen"),
    Field(_l("Paid on"), lambda due: due.paid_on, Kind.DAY, width=12),
    Field(_l("Invoice number"), lambda due: due.invoice, width=22),
)
