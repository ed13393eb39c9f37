"""Who gets which answer from the pages of accounts."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import EVERYONE, NOT_ADMIN, SIGNED_IN

CASES: list[Case] = [
    # accounts: oneself, the notice, what waits to be sent, closed accounts
    view("accounts.view_account", SIGNED_IN),
    view("accounts.edit_profile", SIGNED_IN),
    send("accounts.edit_profile", SIGNED_IN, data={"name": "王小明", "language": "zh"}),
    view("accounts.edit_addresses", SIGNED_IN),
    send("accounts.edit_addresses", SIGNED_IN, data={"email": "nonsense"}, status=422),
    view("accounts.export_data", SIGNED_IN),
    view("accounts.close_account", SIGNED_IN),
    send("accounts.close_account", SIGNED_IN, status=422),
    view("accounts.privacy", EVERYONE, is_open=True),
    view("accounts.consent", SIGNED_IN),
    send("accounts.consent", SIGNED_IN, status=422),
    view("accounts.view_outbox", SIGNED_IN),
    send("accounts.mark_sent", "manager", outbox_message="message"),
    send("accounts.withdraw_message", "manager", outbox_message="message"),
    view("accounts.list_closed", "admin", NOT_ADMIN),
    send("accounts.erase_closed", "admin", NOT_ADMIN),
]
