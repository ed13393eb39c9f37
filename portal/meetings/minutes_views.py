"""Pages of minutes: written beside the agenda, read and commented on by whoever was invited."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, requires
from portal.database import db
from portal.errors import Missing
from portal.forms import Form, refusals
from portal.meetings import minutes, observers, queries
from portal.meetings.models import Meeting
from portal.meetings.views import WORDS, bp

__all__ = ["bp"]


@bp.get("/meetings/<int:meeting_id>/minutes")
@requires("meeting.view", Meeting)
def view_minutes(meeting: Meeting) -> str:
    """Show the minutes: to be written beside the agenda, or to be read and commented on."""
    return minutes_page(meeting, Form(thing=meeting))


def minutes_page(meeting: Meeting, form: Form) -> str:
    """Render the minutes; drafts are the secretariat's alone."""
    standing = current_standing()
    may_write = meeting.writes_minutes and can(standing, "meeting.take_minutes", meeting)
    if not may_write and not meeting.has_minutes:
        raise Missing(f"minutes at {request.path}")
    return render_template(
        "meetings/view_minutes.html",
        meeting=meeting,
        words=WORDS,
        form=form,
        may_write=may_write,
        may_comment=meeting.takes_comments and can(standing, "meeting.comment", meeting),
        agenda=queries.agenda_of(meeting),
        attendance=queries.attendance(meeting),
        observers=observers.observers_of(meeting),
        comments=queries.comments_on(meeting),
    )


@bp.post("/meetings/<int:meeting_id>/minutes")
@requires("meeting.take_minutes", Meeting)
def write_minutes(meeting: Meeting) -> Response | tuple[str, int]:
    """Keep what the minutes say of each item."""
    form = Form()
    written = {
        int(name.removeprefix("item-")): text
        for name, text in request.form.items()
        if name.startswith("item-") and name.removeprefix("item-").isdecimal() and len(name) < 15
    }
    with refusals(form):
        minutes.write_minutes(meeting, written, by=current_actor(), expected=form.expected)
        flash(_("Saved."), "success")
        return redirect(url_for("meetings.view_minutes", meeting_id=meeting.id))
    db.session.refresh(meeting)
    return minutes_page(meeting, form), form.status


@bp.post("/meetings/<int:meeting_id>/comments")
@requires("meeting.comment", Meeting)
def comment_minutes(meeting: Meeting) -> Response | tuple[str, int]:
    """Say something of the minutes."""
    form, text = Form(), request.form.get("text", "").strip()[:2000]
    if not text:
        form.refusal, form.status = _("Please fill this in."), 422
        return minutes_page(meeting, form), 422
    with refusals(form):
        minutes.comment_minutes(meeting, text, by=current_actor())
        flash(_("Your comment is recorded."), "success")
        return redirect(url_for("meetings.view_minutes", meeting_id=meeting.id))
    return minutes_page(meeting, form), form.status
