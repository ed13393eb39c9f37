"""Who gets which answer from the pages of inbox."""

from __future__ import annotations

from tests.pages.case import Case, send, view
from tests.pages.people import SIGNED_IN

CASES: list[Case] = [
    # the inbox: everybody's own
    view("inbox.list_messages", SIGNED_IN),
    view("inbox.open_message", "delegate", message="answered", status=302),
    view("inbox.open_message", "", arguments={"message_id": 99_999}),
    send("inbox.read_all", SIGNED_IN),
    view("inbox.edit_preferences", SIGNED_IN),
    send("inbox.edit_preferences", SIGNED_IN, data={"digest": "daily"}),
    send("inbox.edit_preferences", SIGNED_IN, data={"digest": "hourly"}, status=422),
]
