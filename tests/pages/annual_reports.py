"""Who gets which answer from the pages of annual reports."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import HYDROGEN_SLUG, SECRETARY

CASES: list[Case] = [
    view("annual_reports.new_report", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send("annual_reports.new_report", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
]
