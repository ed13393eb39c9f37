"""Pages by which a signed matter gets its outcome: claimed anew, or linked to one there is."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import files
from portal.access import current_actor, requires
from portal.forms import Form, refusals
from portal.matters import recording
from portal.matters.models import Matter
from portal.matters.views import bp, matter_page
from portal.outcomes.forms import ClaimForm
from portal.sniffing import ACCEPTED
from portal.uploads import takes_upload


@bp.route("/matters/<int:matter_id>/outcome/new", methods=["GET", "POST"])
@requires("matter.move", Matter)
@takes_upload("FILE_LARGEST_BYTES")
def new_outcome(matter: Matter) -> str | tuple[str, int] | Response:
    """Record what came of a signed matter; the other side is asked to confirm it."""
    form = ClaimForm(title=matter.title)
    if form.validate_on_submit():
        with refusals(form):
            sent = form.file.data
            received = files.receive(sent.stream, sent.filename or "") if sent else None
            made = recording.record_outcome(
                matter, form.claim(), received=received, by=current_actor()
            )
            flash(_("Recorded. The other side is asked to confirm it."), "success")
            return redirect(url_for("outcomes.view_outcome", outcome_id=made.id))
    back = url_for("matters.view_matter", matter_id=matter.id)
    more = {"back": back, "back_title": matter.title, "accepted": ACCEPTED}
    asked = matter.other_than(current_actor().organisation_id)
    return render_template("outcomes/claim.html", form=form, asked_id=asked.id, **more), form.status


@bp.post("/matters/<int:matter_id>/outcome/link")
@requires("matter.move", Matter)
def link_outcome(matter: Matter) -> Response | tuple[str, int]:
    """Say that a matter came to an outcome that is recorded already; it is counted once."""
    form, written = Form(), request.form.get("outcome_id", "")
    with refusals(form):
        recording.link_outcome(
            matter,
            int(written) if written.isdecimal() and len(written) < 10 else 0,
            by=current_actor(),
        )
        flash(_("Linked. It is counted once."), "success")
        return redirect(url_for("matters.view_matter", matter_id=matter.id))
    return matter_page(matter, refusal=form.refusal), form.status
