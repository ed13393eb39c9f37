"""Actions: what a meeting asked of somebody, followed up (督办) until closed out (销号)."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.alliances.queries import held_membership
from portal.database import db
from portal.errors import Refused
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Action, Resolution
from portal.meetings.resolution_workflow import ACTION
from portal.operations import earlier_result, keep_receipt, operation
from portal.workflow import move


@operation
def assign_action(
    meeting: Meeting,
    title: str,
    *,
    owner_id: int,
    due_on: date,
    by: Actor,
    resolution: Resolution | None = None,
    receipt: str | None = None,
) -> Action:
    """Ask a member to do something until a day; it returns on every agenda until closed out.

    Raises `Refused` for a day that is past, and for an organisation that is no member.
    """
    require(by, "action.assign", meeting)
    earlier = earlier_result(Action, receipt)
    if earlier is not None:
        return earlier
    if due_on < clock.today():
        raise Refused(_l("Choose today or a later day."), field="due_on")
    if held_membership(meeting.alliance_id, owner_id) is None:
        raise Refused(_l("Please choose a member."), field="owner_id")
    action = Action(
        alliance_id=meeting.alliance_id,
        meeting_id=meeting.id,
        resolution_id=resolution.id if resolution else None,
        title=title,
        owner_id=owner_id,
        due_on=due_on,
        state=ACTION.start,
        assigned_by_id=by.person_id,
        assigned_at=clock.now(),
    )
    db.session.add(action)
    db.session.flush()
    journal.note("action.assign", action, by=by, to_state=action.state)
    keep_receipt(receipt, action)
    return action


@operation
def report_action(
    action: Action, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Report an action done, with what was done; somebody else closes it out."""
    require(by, "action.report", action)
    also = {"report": (note or "").strip() or None, "reported_by_id": by.person_id}
    move(action, "report", by=by, expected=expected, note=note, also=also)


@operation
def close_out_action(
    action: Action, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Close an action out (销号): what was reported was looked at by another person."""
    require(by, "action.check", action)
    move(action, "close_out", by=by, expected=expected, note=note, also={"closed_at": clock.now()})


@operation
def send_back_action(
    action: Action, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Send an action back with what is missing."""
    require(by, "action.check", action)
    also = {"reported_by_id": None}
    move(action, "send_back", by=by, expected=expected, note=note, also=also)


@operation
def drop_action(
    action: Action, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Drop an action that nobody is asked for any more, with the reason."""
    require(by, "action.check", action)
    move(action, "drop", by=by, expected=expected, note=note, also={"closed_at": clock.now()})
