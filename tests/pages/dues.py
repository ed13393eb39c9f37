"""Who gets which answer from the pages of dues."""

from __future__ import annotations

from tests.pages.case import Case, move, send, view
from tests.pages.people import BOTH_KEEPERS, HYDROGEN_SLUG, MANAGER, SECRETARY

CASES: list[Case] = [
    # dues: kept by the secretariat; a manager sees the own line, others nothing
    view("dues.list_dues", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    view("dues.export_dues", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    view("dues.edit_rates", "secretary", SECRETARY, arguments=HYDROGEN_SLUG),
    send("dues.edit_rates", "secretary", SECRETARY, arguments=HYDROGEN_SLUG, status=422),
    view("dues.view_due", BOTH_KEEPERS, due="maker"),
    view("dues.view_due", "secretary", due="supplier"),
    view("dues.view_due", "", arguments={"due_id": 99_999}),
    move("due", "reopen", "maker", "secretary", "manager", note="登记有误。"),
    send("dues.pay_due", "secretary", due="quiet", status=422),
    send("dues.adjust_due", "secretary", due="quiet", status=422),
    send("dues.invoice_due", "secretary", "manager", due="maker"),
    view("dues.list_own_dues", "manager", MANAGER, organisation="maker"),
    view("dues.export_own_dues", "manager", MANAGER, organisation="maker"),
]
