"""Who gets which answer from the pages of guests."""

from __future__ import annotations

from tests.pages.case import Case, move, send, view
from tests.pages.people import EVERYONE, HYDROGEN, LISTERS, SIGNED_IN, others

GUEST = {"organisation": "天津己缠绕有限公司", "mobile": "13900001111"}
#: Who acts for an organisation that may answer the public listing.
RESPONDENTS = "supplier chair outsider"

CASES: list[Case] = [
    # guests: whoever may not answer as an organisation answers with two fields
    view("guests.give_answer", others(RESPONDENTS), listing="public", is_open=True),
    view("guests.give_answer", RESPONDENTS, listing="public", status=302, is_open=True),
    view("guests.give_answer", "", SIGNED_IN, listing="expired"),
    view("guests.give_answer", "", HYDROGEN, listing="members"),
    send(
        "guests.give_answer",
        EVERYONE,
        listing="public",
        data=GUEST,
        is_open=True,
    ),
    view("guests.thank", EVERYONE, listing="public", is_open=True),
    view("guests.thank", HYDROGEN, listing="members"),
    view("guests.list_guest_answers", LISTERS, others(LISTERS)),
    view("guests.view_guest_answer", "outsider other_secretary", guest_answer="held"),
    view("guests.view_guest_answer", "", arguments={"guest_answer_id": 99_999}),
    send("guests.record", "other_secretary", "outsider", guest_answer="held", status=422),
    move("guest_answer", "verify", "held", "outsider other_secretary"),
    move("guest_answer", "reject", "held", "outsider other_secretary", status=422),
    move("guest_answer", "reject", "held", "outsider other_secretary", note="空号。"),
    move("guest_answer", "take_up", "held", "", "outsider other_secretary"),
]
