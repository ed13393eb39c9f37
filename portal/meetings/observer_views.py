"""The list of those who attend a meeting without a seat: named and ordered on one page."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.access import current_actor, requires
from portal.database import db
from portal.errors import Missing
from portal.forms import refusals
from portal.meetings import observers
from portal.meetings.forms import ObserverForm
from portal.meetings.models import Meeting
from portal.meetings.views import bp

__all__ = ["bp"]


@bp.route("/meetings/<int:meeting_id>/observers", methods=["GET", "POST"])
@requires("meeting.edit", Meeting)
def view_observers(meeting: Meeting) -> Response | tuple[str, int]:
    """Show who attends without a seat, in protocol order; name one more."""
    form = ObserverForm()
    if form.validate_on_submit():
        with refusals(form):
            observers.add_observer(meeting, form.attending(), by=current_actor())
            return redirect(_list_of(meeting))
    return observers_page(meeting, form), form.status


def observers_page(meeting: Meeting, form: ObserverForm) -> str:
    """Render the list, and what names one more while it may be changed."""
    return render_template(
        "meetings/view_observers.html",
        meeting=meeting,
        form=form,
        observers=observers.observers_of(meeting),
        may_change=meeting.names_observers,
    )


@bp.post("/meetings/<int:meeting_id>/observers/order")
@requires("meeting.edit", Meeting)
def arrange_observers(meeting: Meeting) -> Response | tuple[str, int]:
    """Move somebody in protocol order, take somebody off the list, or take a whole order."""
    form, by = ObserverForm(), current_actor()
    act, _colon, number = request.form.get("act", "").partition(":")
    with refusals(form):
        if act == "order":
            observers.order_observers(meeting, numbers_in(request.form.get("order", "")), by=by)
        else:
            _arrange(meeting, act, number)
        return redirect(_list_of(meeting))
    db.session.refresh(meeting)
    return observers_page(meeting, form), form.status


def numbers_in(written: str) -> list[int]:
    """Return the numbers of an order that was sent, without what is none."""
    parts = written.split(",")[: observers.MOST_OBSERVERS]
    return [int(each) for each in parts if each.isdecimal() and len(each) < 10]


def _arrange(meeting: Meeting, act: str, number: str) -> None:
    """Do one act of the list's buttons to one of its people."""
    observer_id = int(number) if number.isdecimal() and len(number) < 10 else 0
    observer, by = observers.observer_of(meeting, observer_id), current_actor()
    if observer is None or act not in ("up", "down", "remove"):
        raise Missing(f"observer at {request.path}")
    if act == "remove":
        observers.remove_observer(meeting, observer, by=by)
    else:
        observers.shift_observer(meeting, observer, -1 if act == "up" else 1, by=by)


def _list_of(meeting: Meeting) -> str:
    return url_for("meetings.view_observers", meeting_id=meeting.id)
