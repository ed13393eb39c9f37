"""Who gets which answer from the pages of outcomes."""

from __future__ import annotations

from tests.pages.case import Case, move, send, view
from tests.pages.people import EVERYONE, LISTERS, OWNERS, PARTIES, others

CASES: list[Case] = [
    view("outcomes.list_outcomes", LISTERS, others(LISTERS)),
    view("outcomes.export_outcomes", LISTERS, others(LISTERS)),
    view("outcomes.view_outcome", EVERYONE, outcome="confirmed"),
    view("outcomes.view_outcome", f"{PARTIES} secretary", outcome="claimed"),
    view("outcomes.view_outcome", "", arguments={"outcome_id": 99_999}),
    view("outcomes.view_case", EVERYONE, outcome="confirmed"),
    view("outcomes.view_case", "", outcome="claimed"),
    view("outcomes.correct_outcome", PARTIES, others(PARTIES), outcome="confirmed"),
    send("outcomes.correct_outcome", PARTIES, others(PARTIES), outcome="confirmed", status=422),
    view("outcomes.correct_outcome", "", f"{PARTIES} secretary", outcome="claimed"),
    send(
        "outcomes.agree_to_show",
        PARTIES,
        others(PARTIES),
        outcome="confirmed",
        data={"agrees": "yes"},
    ),
    view(
        "outcomes.fetch_file",
        PARTIES,
        others(PARTIES),
        outcome="confirmed",
        file="contract",
    ),
    view("outcomes.answer", EVERYONE, arguments={"token": "outcome"}, is_open=True),
    view("outcomes.answer", EVERYONE, status=404, arguments={"token": "no-such"}, is_open=True),
    move("outcome", "confirm", "claimed", "supplier", f"{OWNERS} secretary"),
    move("outcome", "decline", "claimed", "supplier", f"{OWNERS} secretary", note="金额不符。"),
    move("outcome", "retract", "claimed", OWNERS, "supplier secretary"),
]
