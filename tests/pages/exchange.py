"""Who gets which answer from the pages of exchange."""

from __future__ import annotations

from tests.pages.case import Case, move, send, view
from tests.pages.people import (
    ALL_BUT_OWNERS,
    DELEGATES,
    EVERYONE,
    HYDROGEN,
    HYDROGEN_SLUG,
    NOT_POSTERS,
    OWNERS,
    POSTING,
    SIGNED_IN,
    others,
)

ANSWER = {"message": "可供，月产150只。"}
POSTERS = DELEGATES
EVERYONE_BUT_OWNERS_CAN_SEE = "stranger former secretary other_secretary liaison expert admin"

CASES: list[Case] = [
    view("exchange.list_listings", EVERYONE, is_open=True),
    view("exchange.export_listings", EVERYONE, is_open=True),
    view("exchange.export_interests", DELEGATES, NOT_POSTERS),
    # listings: who reads which
    view("exchange.view_listing", EVERYONE, listing="public"),
    view("exchange.view_listing", EVERYONE, listing="foreign"),
    view("exchange.view_listing", HYDROGEN, listing="members"),
    view("exchange.view_listing", "manager delegate supplier secretary", listing="confidential"),
    view("exchange.view_listing", "manager delegate secretary", listing="draft"),
    view("exchange.view_listing", "manager delegate secretary", listing="submitted"),
    view("exchange.view_listing", "manager delegate secretary", listing="returned"),
    view("exchange.view_listing", "manager delegate secretary", listing="paused"),
    view("exchange.view_listing", "manager delegate secretary", listing="closed"),
    view("exchange.view_listing", EVERYONE, listing="expired"),
    view("exchange.view_listing", "", arguments={"listing_id": 99_999}),
    # listings: who changes which
    view("exchange.new_listing", POSTERS, NOT_POSTERS),
    # Two of one organisation post the same; the second says that it is meant.
    send("exchange.new_listing", POSTERS, NOT_POSTERS, data={**POSTING, "again": "y"}),
    view("exchange.paste_listing", POSTERS, NOT_POSTERS),
    send(
        "exchange.paste_listing",
        POSTERS,
        NOT_POSTERS,
        data={"secrecy": "none", "text": "求购阀门，预算50万元。"},
        status=200,
    ),
    view("exchange.edit_listing", OWNERS, "secretary", listing="draft"),
    view("exchange.edit_listing", OWNERS, ALL_BUT_OWNERS, listing="public", status=302),
    send("exchange.edit_listing", OWNERS, "secretary", listing="draft", data=POSTING),
    send(
        "exchange.edit_listing",
        "outsider",
        " ".join(who for who in SIGNED_IN.split() if who != "outsider"),
        listing="foreign",
        data=POSTING,
        status=422,
    ),
    # files of a listing: fetched by whoever may see it, changed by whoever may change it
    view("exchange.new_file", OWNERS, "secretary", listing="draft"),
    view("exchange.new_file", OWNERS, ALL_BUT_OWNERS, listing="public", status=302),
    send("exchange.new_file", OWNERS, "secretary", listing="draft", status=422),
    view("exchange.fetch_file", "manager delegate secretary", listing="draft", file="drawing"),
    view("exchange.fetch_file", "", listing="public", file="drawing"),
    send("exchange.remove_file", OWNERS, "secretary", listing="draft", file="drawing"),
    send("exchange.remove_file", OWNERS, ALL_BUT_OWNERS, listing="public", file="drawing"),
    move("listing", "submit", "draft", OWNERS, "secretary"),
    move("listing", "publish", "submitted", "secretary", OWNERS),
    move("listing", "return", "submitted", "secretary", OWNERS, note="请补充数量。"),
    move("listing", "recall", "submitted", OWNERS, "secretary"),
    move("listing", "renew", "expired", OWNERS, ALL_BUT_OWNERS),
    move(
        "listing",
        "pause",
        "public",
        OWNERS,
        ALL_BUT_OWNERS,
    ),
    move("listing", "resume", "paused", OWNERS, "secretary"),
    move("listing", "match", "members", OWNERS, "supplier chair secretary"),
    move("listing", "close", "members", "manager delegate secretary", "supplier chair"),
    move("listing", "publish", "draft", "secretary", OWNERS, status=422),
    # answers
    send(
        "exchange.send_interest",
        "chair",
        EVERYONE_BUT_OWNERS_CAN_SEE + " manager delegate",
        listing="public",
        data=ANSWER,
    ),
    send(
        "exchange.send_interest",
        "",
        SIGNED_IN,
        listing="expired",
        data=ANSWER,
    ),
    send(
        "exchange.send_interest",
        "supplier",
        "manager delegate secretary",
        listing="confidential",
        data=ANSWER,
    ),
    view("exchange.list_interests", DELEGATES, NOT_POSTERS),
    view("exchange.view_interest", "manager delegate supplier secretary", interest="sent"),
    view("exchange.view_interest", "manager delegate chair secretary", interest="accepted"),
    view("exchange.view_interest", "manager delegate supplier secretary", interest="lapsed"),
    view("exchange.view_interest", "manager delegate outsider secretary", interest="withdrawn"),
    move("interest", "accept", "sent", OWNERS, "supplier secretary"),
    move("interest", "decline", "sent", OWNERS, "supplier secretary", note="已满。"),
    move("interest", "withdraw", "sent", "supplier", "manager delegate secretary"),
    # matters: the two sides move them, the secretariat looks on
    view("exchange.view_poster", EVERYONE, listing="public", is_open=True),
    view("exchange.view_poster", "", HYDROGEN, listing="members"),
    view("exchange.view_poster", "", SIGNED_IN, listing="expired"),
    view("exchange.fetch_poster", EVERYONE, listing="public", is_open=True),
    # what the secretariat fills in for a member
    view("exchange.fill_in_listing", "secretary", others("secretary"), arguments=HYDROGEN_SLUG),
    send(
        "exchange.fill_in_listing",
        "secretary",
        others("secretary"),
        arguments=HYDROGEN_SLUG,
        data={"secrecy": "none"},
        status=422,
    ),
    view(
        "exchange.paste_for_member",
        "secretary",
        others("secretary"),
        arguments={**HYDROGEN_SLUG, "secrecy": "none"},
    ),
    view("exchange.view_listing", "manager delegate secretary", listing="proposed"),
    view("exchange.revise_listing", "secretary", OWNERS, listing="proposed"),
    view("exchange.revise_listing", "", "manager delegate secretary", listing="submitted"),
    send("exchange.make_confirmation_link", "secretary", OWNERS, listing="proposed", status=200),
    move("listing", "confirm", "proposed", OWNERS, "secretary"),
    move("listing", "turn_down", "proposed", OWNERS, "secretary", note="数量有误。"),
    view("exchange.confirm_by_link", EVERYONE, arguments={"token": "listing"}, is_open=True),
]
