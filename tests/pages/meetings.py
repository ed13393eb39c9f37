"""Who gets which answer from the pages of meetings."""

from __future__ import annotations

from portal import clock
from tests.pages.case import Case, move, send, view
from tests.pages.people import (
    CALLERS,
    EVERYONE,
    HYDROGEN,
    HYDROGEN_SLUG,
    MEMBERS,
    OWNERS,
    SECRETARY,
    SIGNED_IN,
    VOTERS,
    others,
)

PAPER = {"kind": "notice"}
COUNCIL_RULE = {"alliance_slug": "hydrogen", "kind": "council"}
CALLED = {
    "kind": "council",
    "title": "理事会",
    "starts_at": f"{clock.today().year + 1}-12-01T09:00",
    "ends_at": f"{clock.today().year + 1}-12-01T11:00",
    "place": "天津",
}

CASES: list[Case] = [
    send(
        "meetings.issue_paper", "secretary", f"{MEMBERS} chair", meeting="noticed", arguments=PAPER
    ),
    send("meetings.issue_resolution", "secretary", f"{MEMBERS} chair", resolution="passed"),
    # meetings: chair and secretariat call and hold them, members see what was noticed
    view("meetings.list_meetings", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.export_meetings", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.call_meeting", CALLERS, others(CALLERS), arguments=HYDROGEN_SLUG),
    send("meetings.call_meeting", CALLERS, others(CALLERS), arguments=HYDROGEN_SLUG, data=CALLED),
    view("meetings.propose_item", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    send(
        "meetings.propose_item",
        HYDROGEN,
        others(HYDROGEN),
        arguments=HYDROGEN_SLUG,
        data={"title": "议题"},
    ),
    view("meetings.view_absences", CALLERS, others(CALLERS), arguments=HYDROGEN_SLUG),
    view("meetings.edit_rule", "secretary", SECRETARY, arguments=COUNCIL_RULE),
    send("meetings.edit_rule", "secretary", SECRETARY, arguments=COUNCIL_RULE, status=422),
    view("meetings.view_meeting", HYDROGEN, meeting="noticed"),
    view("meetings.view_meeting", HYDROGEN, meeting="running"),
    view("meetings.view_meeting", HYDROGEN, meeting="held"),
    view("meetings.view_meeting", CALLERS, meeting="draft"),
    view("meetings.view_meeting", "", arguments={"meeting_id": 99_999}),
    view("meetings.edit_meeting", CALLERS, MEMBERS, meeting="noticed"),
    send("meetings.edit_meeting", CALLERS, MEMBERS, meeting="noticed", status=422),
    move("meeting", "notice", "draft", CALLERS),
    move("meeting", "cancel", "noticed", CALLERS, MEMBERS, note="改期。"),
    move("meeting", "adjourn", "running", CALLERS, MEMBERS, status=422),
    move("meeting", "finish_minutes", "held", "chair", f"{MEMBERS} secretary"),
    send("meetings.add_item", CALLERS, MEMBERS, meeting="noticed", data={"title": "议题"}),
    send("meetings.arrange_agenda", CALLERS, MEMBERS, meeting="noticed", data={"act": "order"}),
    send("meetings.record_present", CALLERS, MEMBERS, meeting="running"),
    view("meetings.view_observers", CALLERS, MEMBERS, meeting="running"),
    send("meetings.view_observers", CALLERS, MEMBERS, meeting="running", data={"name": "赵六"}),
    send("meetings.arrange_observers", CALLERS, MEMBERS, meeting="running", data={"act": "order"}),
    view("meetings.view_notice", CALLERS, MEMBERS, meeting="noticed"),
    view("meetings.view_poster", HYDROGEN, meeting="noticed"),
    view("meetings.fetch_poster", HYDROGEN, meeting="noticed"),
    view("meetings.answer_notice", EVERYONE, arguments={"token": "seat"}, is_open=True),
    view("meetings.answer_notice", EVERYONE, arguments={"token": "group"}, is_open=True),
    view(
        "meetings.answer_notice", EVERYONE, status=404, arguments={"token": "no-such"}, is_open=True
    ),
    view("meetings.calendar_file", EVERYONE, arguments={"token": "seat"}, is_open=True),
    view("meetings.view_minutes", HYDROGEN, meeting="held"),
    view("meetings.view_minutes", "secretary", meeting="running"),
    send("meetings.write_minutes", "secretary", f"{MEMBERS} chair", meeting="running"),
    send("meetings.comment_minutes", HYDROGEN, meeting="held", data={"text": "应为原则同意。"}),
    # resolutions: the chair tables and opens, seats vote, the secretariat counts
    view("meetings.list_resolutions", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.export_resolutions", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.propose_resolution", HYDROGEN, meeting="noticed"),
    send("meetings.propose_resolution", HYDROGEN, meeting="noticed", status=422),
    view("meetings.view_resolution", HYDROGEN, resolution="passed"),
    view("meetings.view_resolution", HYDROGEN, resolution="voting"),
    view("meetings.view_resolution", HYDROGEN, resolution="proposed"),
    view("meetings.view_resolution", "", arguments={"resolution_id": 99_999}),
    move("resolution", "table", "proposed", "chair", f"{MEMBERS} secretary"),
    move("resolution", "pass", "voting", "secretary", f"{MEMBERS} chair"),
    move("resolution", "enact", "passed", "secretary", f"{MEMBERS} chair"),
    send("meetings.cast_vote", VOTERS, "supplier secretary", resolution="voting", status=422),
    send("meetings.record_votes", "secretary", f"{MEMBERS} chair", resolution="voting"),
    view("meetings.view_links", "secretary", f"{MEMBERS} chair", resolution="voting"),
    send("meetings.send_links", "secretary", f"{MEMBERS} chair", resolution="voting"),
    send("meetings.hand_link", "secretary", f"{MEMBERS} chair", resolution="voting", status=422),
    view("meetings.vote_by_link", EVERYONE, arguments={"token": "vote"}, is_open=True),
    view(
        "meetings.vote_by_link", EVERYONE, status=404, arguments={"token": "no-such"}, is_open=True
    ),
    view("meetings.open_by_link", EVERYONE, arguments={"token": "open"}, is_open=True),
    view(
        "meetings.open_by_link", EVERYONE, status=404, arguments={"token": "no-such"}, is_open=True
    ),
    view("meetings.fetch_rows", HYDROGEN, resolution="passed"),
    view(
        "meetings.fetch_file", "secretary", f"{MEMBERS} chair", resolution="passed", file="ballots"
    ),
    # actions
    view("meetings.list_actions", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.export_actions", HYDROGEN, others(HYDROGEN), arguments=HYDROGEN_SLUG),
    view("meetings.assign_action", CALLERS, MEMBERS, meeting="held"),
    send("meetings.assign_action", CALLERS, MEMBERS, meeting="held", status=422),
    view("meetings.view_action", HYDROGEN, action="open"),
    view("meetings.view_action", "", arguments={"action_id": 99_999}),
    move("action", "report", "open", "supplier secretary", f"{OWNERS} chair", note="已完成。"),
    move("action", "close_out", "reported", CALLERS, MEMBERS),
    view("meetings.view_waiting", SIGNED_IN),
    view("meetings.view_resting", HYDROGEN, resolution="passed"),
]
