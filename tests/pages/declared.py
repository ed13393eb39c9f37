"""All cases of all areas, and those of them that are pages, workbooks, HTML."""

from __future__ import annotations

from tests.pages import (
    accounts,
    alliances,
    annual_reports,
    desk,
    directory,
    documents,
    dues,
    exchange,
    guests,
    imports,
    inbox,
    introductions,
    matters,
    meetings,
    monitor,
    offices,
    organisations,
    outcomes,
    regions,
    research,
    robots,
    rotation,
    sign_in,
)
from tests.pages.case import Case

CASES: list[Case] = [
    case
    for area in (
        accounts,
        alliances,
        annual_reports,
        desk,
        directory,
        documents,
        dues,
        exchange,
        guests,
        imports,
        inbox,
        introductions,
        matters,
        meetings,
        monitor,
        offices,
        organisations,
        outcomes,
        regions,
        research,
        robots,
        rotation,
        sign_in,
    )
    for case in area.CASES
]

PAGES = [case for case in CASES if case.method == "GET" and case.ok and case.status == 200]
#: Lists taken along; `tests/sheets/test_exporting.py` compares them with their pages.
WORKBOOKS = [c for c in PAGES if ".export_" in c.endpoint and c.endpoint != "accounts.export_data"]
HTML = [
    c
    for c in PAGES
    if c not in WORKBOOKS
    and c.endpoint
    not in (
        "desk.live",
        "desk.ready",
        "regions.stylesheet",
        "accounts.export_data",
        "exchange.fetch_file",
        "exchange.fetch_poster",
        "meetings.fetch_poster",
        "matters.fetch_file",
        "matters.fetch_meeting",
        "research.fetch_card_file",
        "research.fetch_deliverable_file",
        "research.take_tasks",
        "task_imports.download_refused",
        "research.board_version",
        "research.milestones_calendar",
        "research.fetch_report",
        "outcomes.fetch_file",
        "documents.fetch_file",
        "documents.fetch_template",
        "meetings.calendar_file",
        "meetings.fetch_rows",
        "meetings.fetch_file",
        "rotation.calendar",
    )
    and not c.endpoint.startswith("imports.download")
]
