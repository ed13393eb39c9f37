"""Who gets which answer from the pages of imports."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import HYDROGEN_SLUG, PARTIES, SECRETARY

CASES: list[Case] = [
    # members from a spreadsheet
    view("imports.list_imports", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send("imports.list_imports", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
    view("imports.download_template", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    view("imports.edit_columns", "secretary", member_import="open"),
    view("imports.edit_columns", "secretary", member_import="done", status=302),
    send("imports.edit_columns", "secretary", member_import="open", status=422),
    view("imports.view_import", "secretary", member_import="open"),
    view("imports.view_import", "secretary", member_import="done"),
    view("imports.view_import", "", arguments={"member_import_id": 99_999}),
    send("imports.start_import", "secretary", member_import="open", status=422),
    send("imports.discard_import", "secretary", member_import="open"),
    view("imports.download_refused", "secretary", member_import="done"),
    send("imports.place_node", "secretary", member_import="done", status=422),
    view("task_imports.bring_tasks", PARTIES, "secretary", project="active"),
    send("task_imports.bring_tasks", PARTIES, "secretary", project="active", status=422),
    view("task_imports.view_tasks", PARTIES, task_import="open"),
    view("task_imports.view_tasks", "", arguments={"task_import_id": 99_999}),
    view("task_imports.edit_columns", PARTIES, task_import="open"),
    send("task_imports.edit_columns", PARTIES, task_import="open", status=422),
    send("task_imports.take_over", PARTIES, task_import="open", status=422),
    send("task_imports.discard", PARTIES, task_import="open"),
    view("task_imports.download_refused", PARTIES, task_import="open"),
]
