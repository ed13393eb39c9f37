"""Pages by which an agenda grows: proposals of members, what is placed, in which order."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, requires
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Missing
from portal.forms import Form, refusals
from portal.meetings import agenda, operations, queries
from portal.meetings.forms import ItemForm
from portal.meetings.models import Meeting
from portal.meetings.views import bp, meeting_page

__all__ = ["bp"]


@bp.route("/alliances/<alliance_slug>/agenda/new", methods=["GET", "POST"])
@requires("meeting.propose", Alliance)
def propose_item(alliance: Alliance) -> tuple[str, int] | Response:
    """Propose something for the next agenda of an alliance."""
    form, by = ItemForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            agenda.propose_item(alliance, form.content(), by=by, receipt=form.receipt(by))
            flash(_("Proposed. Chair and secretariat set the agenda."), "success")
            return redirect(url_for("meetings.list_meetings", alliance_slug=alliance.slug))
    page = render_template("meetings/propose_item.html", alliance=alliance, form=form)
    return page, form.status


@bp.post("/meetings/<int:meeting_id>/items")
@requires("meeting.edit", Meeting)
def add_item(meeting: Meeting) -> Response | tuple[str, int]:
    """Put something on the agenda."""
    form = ItemForm()
    if form.validate_on_submit():
        with refusals(form):
            agenda.add_item(meeting, form.content(), by=current_actor())
            return redirect(url_for("meetings.view_meeting", meeting_id=meeting.id) + "#agenda")
    return meeting_page(meeting, form=form), form.status


@bp.post("/meetings/<int:meeting_id>/agenda")
@requires("meeting.edit", Meeting)
def arrange_agenda(meeting: Meeting) -> Response | tuple[str, int]:
    """Move an item, take one off, place or decline a proposal, or take a whole order."""
    form, by = Form(), current_actor()
    act, _colon, number = request.form.get("act", "").partition(":")
    with refusals(form):
        if act == "order":
            written = request.form.get("order", "").split(",")[: agenda.MOST_ITEMS]
            wanted = [int(each) for each in written if each.isdecimal() and len(each) < 10]
            agenda.order_items(meeting, wanted, by=by)
        else:
            _arrange(meeting, act, number)
        return redirect(url_for("meetings.view_meeting", meeting_id=meeting.id) + "#agenda")
    db.session.refresh(meeting)
    return meeting_page(meeting, refusal=form.refusal), form.status


def _arrange(meeting: Meeting, act: str, number: str) -> None:
    """Do one act of the agenda's buttons to one item."""
    item_id = int(number) if number.isdecimal() and len(number) < 10 else 0
    item, by = queries.item_of(meeting.alliance_id, item_id), current_actor()
    if item is None:
        raise Missing(f"item at {request.path}")
    if act in ("up", "down"):
        agenda.shift_item(meeting, item, -1 if act == "up" else 1, by=by)
    elif act == "take_off":
        agenda.take_off(meeting, item, by=by)
    elif act == "place":
        agenda.place_item(meeting, item, by=by)
    elif act == "decline":
        agenda.decline_item(meeting, item, request.form.get(f"reason-{item.id}", ""), by=by)
    else:
        raise Missing(f"act at {request.path}")


@bp.post("/meetings/<int:meeting_id>/present")
@requires("meeting.hold", Meeting)
def record_present(meeting: Meeting) -> Response | tuple[str, int]:
    """Record which seats are in the room now."""
    form = Form()
    written = request.form.getlist("seat")
    with refusals(form):
        wanted = {int(each) for each in written if each.isdecimal() and len(each) < 10}
        operations.arrive(meeting, wanted, by=current_actor())
        flash(_("Recorded who is present."), "success")
        return redirect(url_for("meetings.view_meeting", meeting_id=meeting.id) + "#roll")
    return meeting_page(meeting, refusal=form.refusal), form.status
