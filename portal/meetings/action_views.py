"""Pages of actions: what is followed up, one action, asking somebody."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, current_standing, requires
from portal.accounts.queries import timeline_of
from portal.alliances.frame import alliance_page
from portal.alliances.models import Alliance
from portal.database import db
from portal.forms import refusals
from portal.language import localised
from portal.meetings import actions, resolution_queries, waiting
from portal.meetings.columns import ACTIONS
from portal.meetings.models import Meeting
from portal.meetings.resolution_forms import ActionForm
from portal.meetings.resolution_models import Action, Resolution
from portal.meetings.resolution_views import ACTION_MOVES
from portal.meetings.views import WORDS, bp
from portal.moves import attempt
from portal.sheets.exporting import exported
from portal.workflow import open_to

__all__ = ["bp"]


#: Rows of each noun on the page of what waits.
SHOWN = 50


@bp.get("/meetings/waiting")
@requires("portal.desk")
def view_waiting() -> str:
    """Show what of meetings, resolutions, follow-up and documents waits for me."""
    standing = current_standing()
    rows = waiting.of_own_seats(standing, SHOWN) + waiting.waiting_for(standing, SHOWN)
    return render_template("meetings/view_waiting.html", rows=rows)


@bp.get("/alliances/<alliance_slug>/actions")
@requires("meeting.list", Alliance)
def list_actions(alliance: Alliance) -> str:
    """Show what is followed up, the most urgent first; or what is finished."""
    is_finished = request.args.get("state") == "finished"
    rows = resolution_queries.actions_of(current_standing(), alliance.id, is_finished=is_finished)
    return alliance_page(
        "meetings/list_actions.html",
        alliance,
        tab="meetings.list_meetings",
        rows=rows,
        is_finished=is_finished,
        words=WORDS,
    )


@bp.get("/alliances/<alliance_slug>/actions.xlsx")
@requires("meeting.list", Alliance)
def export_actions(alliance: Alliance) -> Response:
    """Take along the actions that the list shows."""
    is_finished = request.args.get("state") == "finished"
    rows = resolution_queries.actions_of(current_standing(), alliance.id, is_finished=is_finished)
    title = _("Follow-up of %(alliance)s", alliance=localised(alliance))
    return exported(title, ACTIONS, rows)


@bp.route("/meetings/<int:meeting_id>/actions/new", methods=["GET", "POST"])
@requires("action.assign", Meeting)
def assign_action(meeting: Meeting) -> tuple[str, int] | Response:
    """Ask a member to do something; where it follows from a resolution, the address names it."""
    form, by = ActionForm(resolution_queries.members_to_ask(meeting.alliance_id)), current_actor()
    written = request.args.get("resolution", "")
    is_number = written.isdecimal() and len(written) < 10
    found = db.session.get(Resolution, int(written)) if is_number else None
    source = found if found is not None and found.meeting_id == meeting.id else None
    if form.validate_on_submit() and form.due_on.data is not None:
        with refusals(form):
            made = actions.assign_action(
                meeting,
                form.title.data or "",
                owner_id=form.owner_id.data,
                due_on=form.due_on.data,
                by=by,
                resolution=source,
                receipt=form.receipt(by),
            )
            flash(_("Assigned. It comes back on every agenda until it is closed out."), "success")
            return redirect(url_for("meetings.view_action", action_id=made.id))
    page = render_template(
        "meetings/assign_action.html", meeting=meeting, resolution=source, form=form
    )
    return page, form.status


@bp.get("/actions/<int:action_id>")
@requires("action.view", Action)
def view_action(action: Action) -> str:
    """Show an action, what was reported, and what one may do with it."""
    return action_page(action)


def action_page(action: Action, **more: Any) -> str:
    """Render an action's page; `more` carries a failed move."""
    resolution = db.session.get(Resolution, action.resolution_id) if action.resolution_id else None
    values: dict[str, Any] = {
        "action": action,
        "resolution": resolution,
        "meeting": db.session.get_one(Meeting, action.meeting_id),
        "words": WORDS,
        "moves": open_to(current_standing(), action),
        "timeline": timeline_of(action, with_people=False),
    }
    return render_template("meetings/view_action.html", **{**values, **more})


@bp.post("/actions/<int:action_id>/moves/<move>")
@requires("action.view", Action)
def move_action(action: Action, move: str) -> Response | tuple[str, int]:
    """Make a move of the follow-up; who may is decided by the move's own permission."""
    failed = attempt(ACTION_MOVES, move, action)
    if failed:
        return action_page(action, failed=failed), failed.status
    return redirect(url_for("meetings.view_action", action_id=action.id))
