"""Who gets which answer from the pages of matters."""

from __future__ import annotations

from tests.pages.case import Case, move, send, view
from tests.pages.people import LISTERS, PARTIES, others

SIDES = "manager delegate chair"

CASES: list[Case] = [
    view("matters.list_matters", LISTERS, others(LISTERS)),
    view("matters.export_matters", LISTERS, others(LISTERS)),
    view(
        "matters.find_matter", "manager delegate chair secretary", interest="accepted", status=302
    ),
    view("matters.view_matter", "manager delegate chair secretary", matter="accepted"),
    view("matters.view_matter", "", arguments={"matter_id": 99_999}),
    view("matters.new_meeting", SIDES, "secretary", matter="accepted"),
    send("matters.new_meeting", SIDES, "secretary", matter="accepted", status=422),
    view("matters.edit_meeting", PARTIES, "secretary", matter="claimed", meeting="noted"),
    view("matters.edit_meeting", "", "secretary", matter="accepted", meeting="noted"),
    send("matters.cancel_meeting", PARTIES, "secretary", matter="claimed", meeting="noted"),
    view("matters.fetch_meeting", PARTIES, "secretary", matter="claimed", meeting="noted"),
    send("matters.take_step", SIDES, "secretary", matter="accepted", data={"step": "contacted"}),
    send("matters.take_step", SIDES, "secretary", matter="accepted", status=422),
    send("matters.take_back_step", SIDES, "secretary", matter="accepted", status=422),
    move("matter", "hold", "accepted", SIDES, "secretary", note="等年度预算。"),
    move("matter", "end", "accepted", SIDES, "secretary", note="价格未谈拢。"),
    move("matter", "resume", "accepted", SIDES, "secretary", status=422),
    view("matters.hand_over", SIDES, "secretary", matter="accepted"),
    send("matters.hand_over", SIDES, "secretary", matter="accepted", status=422),
    view("matters.new_file", SIDES, "secretary", matter="accepted"),
    send("matters.new_file", SIDES, "secretary", matter="accepted", status=422),
    view("matters.fetch_file", SIDES, "secretary", matter="accepted", file="offer"),
    view("matters.new_outcome", PARTIES, "secretary", matter="claimed"),
    send("matters.new_outcome", PARTIES, "secretary", matter="claimed", status=422),
    send("matters.link_outcome", PARTIES, "secretary", matter="claimed", status=422),
]
