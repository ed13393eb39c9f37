"""Pages of the meetings of a matter: note, change, cancel, take into one's calendar."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from portal import calendars, links
from portal.access import current_actor, requires
from portal.errors import Missing
from portal.forms import Form, refusals, version_in
from portal.matters import meetings
from portal.matters.meeting_forms import MeetingForm
from portal.matters.models import Matter, MatterMeeting
from portal.matters.views import bp

__all__ = ["bp"]


def _found(matter: Matter, meeting_id: int) -> MatterMeeting:
    found = meetings.meeting_of(matter, meeting_id)
    if found is None:
        raise Missing(f"meeting at {request.path}")
    return found


def _back(matter: Matter) -> Answer:
    return redirect(f"{url_for('matters.view_matter', matter_id=matter.id)}#meetings")


@bp.route("/matters/<int:matter_id>/meetings/new", methods=["GET", "POST"])
@requires("matter.move", Matter)
def new_meeting(matter: Matter) -> tuple[str, int] | Answer:
    """Note a meeting."""
    form, by = MeetingForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            meetings.note_meeting(matter, form.meeting, by=by, receipt=form.receipt(by))
            flash(_("Noted. Both sides see it, and can take it into their calendar."), "success")
            return _back(matter)
    return _form_page(form, matter, None)


@bp.route("/matters/<int:matter_id>/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires("matter.move", Matter)
def edit_meeting(matter: Matter, meeting_id: int) -> tuple[str, int] | Answer:
    """Change where or when."""
    noted = _found(matter, meeting_id)
    form = MeetingForm(noted)
    if form.validate_on_submit():
        with refusals(form):
            meetings.change_meeting(
                matter, noted, form.meeting, by=current_actor(), expected=form.expected
            )
            flash(_("Changed. Whoever has it in their calendar takes the file again."), "success")
            return _back(matter)
    return _form_page(form, matter, noted)


def _form_page(form: MeetingForm, matter: Matter, noted: MatterMeeting | None) -> tuple[str, int]:
    page = render_template("matters/edit_meeting.html", form=form, matter=matter, noted=noted)
    return page, form.status


@bp.post("/matters/<int:matter_id>/meetings/<int:meeting_id>/cancel")
@requires("matter.move", Matter)
def cancel_meeting(matter: Matter, meeting_id: int) -> Answer:
    """Cancel a meeting."""
    noted, form = _found(matter, meeting_id), Form()
    with refusals(form):
        expected = version_in(request.form.get("version", ""))
        meetings.cancel_meeting(matter, noted, by=current_actor(), expected=expected)
        flash(_("Cancelled. Both sides see it."), "success")
    if form.refusal:
        flash(form.refusal, "error")
    return _back(matter)


@bp.get("/matters/<int:matter_id>/meetings/<int:meeting_id>.ics")
@requires("matter.move", Matter)
def fetch_meeting(matter: Matter, meeting_id: int) -> Response:
    """Hand out the file that puts a meeting into a calendar, or takes it out again."""
    noted = _found(matter, meeting_id)
    event = calendars.Event(
        uid=noted.uid,
        start=noted.begins_at,
        until=noted.ends_at,
        summary=matter.title,
        description=f"{matter.owner.name}\n{matter.partner.name}",
        location=noted.place,
        address=links.address("matters.view_matter", matter_id=matter.id),
        organiser=noted.organisation.name,
        revision=noted.sequence,
        is_cancelled=noted.cancelled_at is not None,
    )
    file = calendars.written(matter.title, [event], at=noted.changed_at)
    response = Response(file, mimetype=calendars.MEDIA_TYPE)
    name = f"meeting-{noted.id}.ics"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Cache-Control"] = "no-store"
    return response
