"""Who gets which answer from the pages of rotation."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from tests.pages.case import Case, move, send, view
from tests.pages.people import (
    ALL_BUT_OWNERS,
    EVERYONE,
    HYDROGEN,
    HYDROGEN_SLUG,
    NEW_IT_SLUG,
    NOT_THE_SECRETARY,
    OWNERS,
    PARTIES,
    SIGNED_IN,
    others,
)

SWAPPERS = "supplier manager delegate secretary"
CHARTER = {
    "term_months": "6",
    "order": "region_cycle",
    "max_at_once": "2",
    "acting": "incoming",
    "first_chair_id": "",
    "basis": "决议第9号",
}
PLAN = {"starts_on": (clock.today() + timedelta(days=300)).isoformat(), "count": "3"}
AWAY = {"organisation_id": "1", "from_on": "2030-01-31", "last_on": "2030-02-28"}

CASES: list[Case] = [
    send("rotation.issue_swap_paper", "secretary", PARTIES, swap="asked"),
    send(
        "rotation.issue_handover_booklet",
        "secretary",
        "chair supplier",
        handover="begun",
        status=422,
    ),
    # rotation: the schedule, the rules, the plan
    view("rotation.view_schedule", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.view_schedule", EVERYONE, arguments=NEW_IT_SLUG),
    view("rotation.view_schedule", "", arguments={"alliance_slug": "no-such"}),
    view("rotation.calendar", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.check_terms", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.check_terms", EVERYONE, arguments=NEW_IT_SLUG),
    view("rotation.list_resting", HYDROGEN, resolution="passed"),
    view("rotation.view_powers", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.view_rules", EVERYONE, arguments=HYDROGEN_SLUG),
    view("rotation.view_rules", EVERYONE, arguments=NEW_IT_SLUG),
    view("rotation.enact_charter", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "rotation.enact_charter",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data=CHARTER,
    ),
    view("rotation.plan", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "rotation.plan",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={**PLAN, "automatic": "1"},
        status=200,
    ),
    send(
        "rotation.plan",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data={**PLAN, "adopt": "1"},
        status=422,
    ),
    view("rotation.new_blackout", "secretary", NOT_THE_SECRETARY, arguments=HYDROGEN_SLUG),
    send(
        "rotation.new_blackout",
        "secretary",
        NOT_THE_SECRETARY,
        arguments=HYDROGEN_SLUG,
        data=AWAY,
    ),
    send("rotation.remove_blackout", "secretary", blackout="away"),
    view("rotation.list_waiting", SIGNED_IN),
    # rotation: a turn, confirmed, deferred, ended early
    view("rotation.view_turn", EVERYONE, turn="near"),
    view("rotation.view_turn", EVERYONE, turn="running"),
    view("rotation.view_turn", "", arguments={"turn_id": 99_999}),
    view("rotation.confirm_turn", "supplier", others("supplier"), turn="near"),
    send("rotation.confirm_turn", "supplier", others("supplier"), turn="near", status=422),
    move("turn", "confirm", "near", "supplier", others("supplier")),
    move("turn", "confirm", "last", OWNERS, ALL_BUT_OWNERS, status=422),
    move(
        "turn",
        "defer",
        "near",
        "supplier secretary",
        others("supplier secretary"),
        note="人手不足。",
    ),
    move(
        "turn",
        "vacate",
        "running",
        "secretary",
        NOT_THE_SECRETARY,
        note="另有任用。",
    ),
    view("rotation.answer", EVERYONE, arguments={"token": "turn"}, is_open=True),
    view("rotation.answer", EVERYONE, status=404, arguments={"token": "no-such"}, is_open=True),
    view("rotation.answer_programme", EVERYONE, arguments={"token": "programme"}, is_open=True),
    view(
        "rotation.answer_programme",
        EVERYONE,
        status=404,
        arguments={"token": "no-such"},
        is_open=True,
    ),
    view("rotation.draft_programme", "chair", others("chair"), turn="running"),
    send(
        "rotation.draft_programme",
        "chair",
        others("chair"),
        turn="running",
        data={"programme": "第二，组织对接会。"},
    ),
    send("rotation.approve_programme", "chair", others("chair"), turn="running"),
    view("rotation.view_chair", "chair", others("chair"), arguments=HYDROGEN_SLUG),
    # rotation: two turns exchanged
    view("rotation.ask_swap", "supplier", others("supplier"), turn="near"),
    send("rotation.ask_swap", "supplier", others("supplier"), turn="near", status=422),
    view("rotation.view_swap", SWAPPERS, swap="asked"),
    move("swap", "agree", "asked", OWNERS, "supplier secretary"),
    move("swap", "withdraw", "asked", "supplier", f"{OWNERS} secretary"),
    move("swap", "approve", "asked", "secretary", f"{OWNERS} supplier", status=422, note="第3号"),
    # rotation: a hand-over
    send(
        "rotation.begin_handover",
        "chair secretary",
        others("chair secretary"),
        turn="running",
    ),
    view("rotation.view_handover", "chair supplier secretary", handover="begun"),
    view("rotation.print_handover", "chair supplier secretary", handover="begun"),
    view("rotation.write_handover", "chair", "secretary supplier", handover="begun"),
    send(
        "rotation.write_handover",
        "chair",
        "secretary supplier",
        handover="begun",
        data={"ticked": "documents", "open_actions": "催报回执。"},
    ),
    move("handover", "sign", "begun", "chair", "secretary supplier", status=422),
    move("handover", "close", "begun", "secretary", "chair supplier", note="双方已离任。"),
]
