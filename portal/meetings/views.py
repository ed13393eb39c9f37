"""Pages of meetings: the list, the record with its agenda, calling and changing one, its rules."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, may_see, requires
from portal.accounts.queries import timeline_of
from portal.actors import Standing
from portal.alliances.frame import alliance_page
from portal.alliances.models import Alliance
from portal.database import db
from portal.documents.forms import DOCUMENT_KINDS
from portal.errors import Missing
from portal.forms import refusals
from portal.kept_pages import render_kept
from portal.language import localised
from portal.meetings import (
    minutes,
    operations,
    page_queries,
    queries,
    replying,
    rules,
    written,
)
from portal.meetings.columns import MEETINGS
from portal.meetings.forms import (
    MEETING_KINDS,
    RESOLUTION_KINDS,
    SHARES,
    MeetingForm,
    RuleForm,
)
from portal.meetings.models import Meeting, MeetingKind
from portal.meetings.offered import offered_moves
from portal.meetings.page_queries import MeetingRow
from portal.meetings.pages import agenda_html, item_fields
from portal.meetings.papers import papers_open
from portal.meetings.resolution_workflow import ACTION, RESOLUTION
from portal.meetings.workflow import MEETING
from portal.moves import attempt
from portal.sheets.exporting import exported

bp = Blueprint("meetings", __name__)

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "notice": operations.notice_meeting,
    "open": operations.open_meeting,
    "conclude": written.conclude_meeting,
    "adjourn": operations.adjourn_meeting,
    "give_up": operations.give_up_meeting,
    "begin_minutes": minutes.begin_minutes,
    "review_minutes": minutes.review_minutes,
    "rework_minutes": minutes.rework_minutes,
    "finish_minutes": minutes.finish_minutes,
    "archive": minutes.archive_meeting,
    "cancel": operations.cancel_meeting,
}
#: What the templates of this area say of a state, a kind, a share.
WORDS = {
    "states": MEETING.labels,
    "kinds": MEETING_KINDS,
    "shares": SHARES,
    "resolution_states": RESOLUTION.labels,
    "resolution_kinds": RESOLUTION_KINDS,
    "action_states": ACTION.labels,
}


@bp.get("/alliances/<alliance_slug>/meetings")
@requires("meeting.list", Alliance)
def list_meetings(alliance: Alliance) -> str:
    """Show the meetings of an alliance, the latest first."""
    rows = queries.meetings_of(current_standing(), alliance.id)
    return alliance_page("meetings/list_meetings.html", alliance, rows=rows, words=WORDS)


@bp.get("/alliances/<alliance_slug>/absences")
@requires("meeting.call", Alliance)
def view_absences(alliance: Alliance) -> str:
    """Show who missed three meetings of a body in a row, to those who call meetings."""
    absent = queries.often_absent(alliance.id)
    return render_template("meetings/view_absences.html", alliance=alliance, absent=absent)


@bp.get("/alliances/<alliance_slug>/meetings.xlsx")
@requires("meeting.list", Alliance)
def export_meetings(alliance: Alliance) -> Response:
    """Take along the meetings that the list shows."""
    rows = queries.meetings_of(current_standing(), alliance.id)
    title = _("Meetings of %(alliance)s", alliance=localised(alliance))
    return exported(title, MEETINGS, rows)


@bp.route("/alliances/<alliance_slug>/meetings/new", methods=["GET", "POST"])
@requires("meeting.call", Alliance)
def call_meeting(alliance: Alliance) -> tuple[str, int] | Response:
    """Call a meeting, as a draft."""
    form, by = MeetingForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            made = operations.call_meeting(
                alliance, form.content(), by=by, receipt=form.receipt(by)
            )
            return redirect(url_for("meetings.view_meeting", meeting_id=made.id))
    page = render_template("meetings/edit_meeting.html", alliance=alliance, form=form, meeting=None)
    return page, form.status


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires("meeting.edit", Meeting)
def edit_meeting(meeting: Meeting) -> tuple[str, int] | Response:
    """Change what is said of a meeting; whoever was invited is told."""
    form = MeetingForm(meeting=meeting)
    if form.validate_on_submit():
        with refusals(form):
            operations.edit_meeting(
                meeting, form.content(), by=current_actor(), expected=form.expected
            )
            flash(_("Saved."), "success")
            return redirect(url_for("meetings.view_meeting", meeting_id=meeting.id))
    if form.status == 409:
        db.session.refresh(meeting)
        form.version.data = str(meeting.version)
    page = render_template(
        "meetings/edit_meeting.html", alliance=meeting.alliance, form=form, meeting=meeting
    )
    return page, form.status


@bp.get("/meetings/<int:meeting_id>")
@requires("meeting.view", Meeting, read=page_queries.meeting_row)
def view_meeting(meeting: MeetingRow) -> str:
    """Show a meeting: how it stands, its agenda, what is to be decided."""
    return meeting_page(meeting)


def meeting_page(meeting: Meeting | MeetingRow, **more: Any) -> str:
    """Render a meeting's page; `more` carries a failed move or a form with errors."""
    standing = current_standing()
    is_keeping = can(standing, "meeting.edit", meeting)
    may_edit, moves = is_keeping and meeting.is_prepared, offered_moves(standing, meeting)
    asked = page_queries.ask(
        meeting.id,
        meeting.alliance_id,
        with_seats=meeting.is_announced,
        with_proposals=may_edit,
    )
    allowed = {
        "is_keeping": is_keeping,
        "may_edit": may_edit,
        "may_issue": can(standing, "meeting.take_minutes", meeting),
        "sees_replies": may_see(standing, meeting, "replies"),
        "may_propose": meeting.is_prepared and can(standing, "resolution.propose", meeting),
        "reply_token": _reply_token(standing, meeting, asked),
    }
    timeline = tuple(timeline_of(meeting)) if is_keeping else ()

    def values() -> dict[str, Any]:
        seats, rows = page_queries.seat_rows(asked), page_queries.agenda_rows(asked)
        return {
            "meeting": meeting,
            "words": WORDS,
            "moves": moves,
            "agenda": rows,
            "overrun": queries.overrun(meeting, rows) if may_edit else None,
            "agenda_html": agenda_html,
            "seats": seats,
            "names": {seat.id: seat.name for seat in seats},
            "count": queries.live_count(meeting, seats),
            "papers": [(kind.value, DOCUMENT_KINDS[kind]) for kind in papers_open(meeting)],
            "resolutions": page_queries.resolution_rows(asked),
            "proposals": page_queries.proposal_rows(asked),
            "form": None,
            "item_fields": item_fields,
            "timeline": timeline,
            **allowed,
        }

    if more or moves:  # beside a button stands who will be told, which nobody keeps
        return render_template("meetings/view_meeting.html", **{**values(), **more})
    key = meeting, asked, timeline, tuple(allowed.values())
    return render_kept("meetings/view_meeting.html", key, values)


def _reply_token(
    standing: Standing, meeting: Meeting | MeetingRow, asked: page_queries.Asked
) -> str:
    """Return the token by which whoever looks answers for a seat that has not, or nothing."""
    own = standing.actor.organisation_id
    if meeting.is_written or not meeting.is_answerable or not replying.answers_for(standing, own):
        return ""
    for seat in page_queries.seat_rows(asked):
        if seat.held_by_id == own and seat.joined_to_id is None and seat.answer is None:
            return replying.seat_token(seat, standing.actor.person_id)
    return ""


@bp.post("/meetings/<int:meeting_id>/moves/<move>")
@requires("meeting.view", Meeting)
def move_meeting(meeting: Meeting, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, meeting)
    if failed:
        return meeting_page(meeting, failed=failed), failed.status
    return redirect(url_for("meetings.view_meeting", meeting_id=meeting.id))


@bp.route("/alliances/<alliance_slug>/meeting-rules/<kind>", methods=["GET", "POST"])
@requires("meeting.rule", Alliance)
def edit_rule(alliance: Alliance, kind: str) -> tuple[str, int] | Response:
    """Enter what the charter asks of one body's meetings."""
    if kind not in list(MeetingKind):
        raise Missing(f"rules at {request.path}")
    body = MeetingKind(kind)
    stored = rules.stored_rule(alliance.id, body)
    form = RuleForm(rules.asked_of(alliance.id, body), thing=stored)
    if form.validate_on_submit():
        with refusals(form):
            rules.edit_rule(
                alliance, body, form.asked(), by=current_actor(), expected=form.expected
            )
            flash(_("Saved. It counts from the next notice on."), "success")
            return redirect(url_for("meetings.list_meetings", alliance_slug=alliance.slug))
    page = render_template(
        "meetings/edit_rule.html", alliance=alliance, form=form, body=body, kinds=MEETING_KINDS
    )
    return page, form.status
