"""Who gets which answer from the pages of introductions."""

from __future__ import annotations

from tests.pages.case import Case, move, send, view
from tests.pages.people import EVERYONE, LISTERS, OWNERS, SIGNED_IN, others

INTRODUCERS = "secretary other_secretary liaison"
ASKED = "manager delegate outsider other_secretary"
INTRODUCED = f"{LISTERS} liaison"

CASES: list[Case] = [
    # introductions: proposed by officers, decided by both owners
    view("introductions.propose", INTRODUCERS, others(INTRODUCERS), listing="public"),
    view("introductions.propose", "secretary", OWNERS + " supplier", listing="confidential"),
    view("introductions.propose", "", SIGNED_IN, listing="expired"),
    send("introductions.propose", INTRODUCERS, others(INTRODUCERS), listing="public", status=422),
    view("introductions.list_introductions", INTRODUCED, others(INTRODUCED)),
    view("introductions.view_introduction", ASKED, introduction="asked"),
    view("introductions.view_introduction", "", arguments={"introduction_id": 99_999}),
    move("introduction", "agree", "asked", "manager delegate outsider", "other_secretary"),
    move("introduction", "accept", "asked", "", ASKED),
    move(
        "introduction",
        "decline",
        "asked",
        "manager delegate outsider",
        "other_secretary",
        note="暂无产能。",
    ),
    move("introduction", "withdraw", "asked", "other_secretary", "manager delegate outsider"),
    view("introductions.answer", EVERYONE, arguments={"token": "introduction"}, is_open=True),
]
