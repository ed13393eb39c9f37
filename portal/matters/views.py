"""Pages of matters: the list, the record, a step, a file, a colleague."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import files
from portal.access import can, current_actor, current_standing, may_see, requires
from portal.accounts.queries import timeline_of
from portal.alliances.queries import people_of
from portal.errors import Missing
from portal.exchange.models import Interest
from portal.forms import Form, refusals, version_in
from portal.matters import operations, queries
from portal.matters.columns import MATTERS
from portal.matters.facts import matter_facts
from portal.matters.forms import FileForm, HandOverForm, StepForm
from portal.matters.meetings import meetings_of
from portal.matters.models import Matter
from portal.matters.steps import STEP_NAMES
from portal.matters.workflow import MATTER
from portal.moves import attempt
from portal.outcomes.queries import between, outcomes_for
from portal.sheets.exporting import MOST_ROWS, exported
from portal.sniffing import ACCEPTED
from portal.uploads import takes_upload
from portal.workflow import open_to

bp = Blueprint("matters", __name__)

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "hold": operations.hold_matter,
    "halt": operations.halt_matter,
    "resume": operations.resume_matter,
    "end": operations.end_matter,
}


@bp.get("/matters")
@requires("matter.list")
def list_matters() -> str:
    """Show the matters one may see, those in progress first of all."""
    state = queries.state_asked(request.args.get("state"))
    after = request.args.get("after", "")
    rows, next_key = queries.matter_page(
        current_standing(),
        state,
        after=int(after) if after.isdecimal() and len(after) < 10 else None,
    )
    return render_template(
        "matters/list_matters.html",
        rows=rows,
        next_key=next_key,
        state=state,
        labels=MATTER.labels,
    )


@bp.get("/matters.xlsx")
@requires("matter.list")
def export_matters() -> Response:
    """Take along the matters that the list shows."""
    state = queries.state_asked(request.args.get("state"))
    rows, next_key = queries.matter_page(current_standing(), state, size=MOST_ROWS)
    narrowed = [str(MATTER.labels[state])]
    return exported(_("Matters"), MATTERS, rows, has_more=next_key is not None, narrowed=narrowed)


@bp.get("/interests/<int:interest_id>/matter")
@requires("interest.view", Interest)
def find_matter(interest: Interest) -> Response:
    """Lead from an accepted answer to the matter it became."""
    matter = queries.matter_of(interest.id)
    if matter is None:
        raise Missing(f"matter at {request.path}")
    return redirect(url_for("matters.view_matter", matter_id=matter.id))


@bp.get("/matters/<int:matter_id>")
@requires("matter.view", Matter)
def view_matter(matter: Matter) -> str:
    """Show how far a matter has come, and what one may do with it."""
    return matter_page(matter)


def matter_page(matter: Matter, **more: Any) -> str:
    """Render a matter's page; `more` carries a failed move or a form with errors."""
    standing = current_standing()
    is_side = may_see(standing, matter, "lines")
    is_moving = can(standing, "matter.move", matter)
    outcomes = outcomes_for(matter.noun, matter.id) if is_side else ()
    may_record = is_moving and matter.is_signed and not any(each.is_alive for each in outcomes)
    values: dict[str, Any] = {
        "matter": matter,
        "outcomes": outcomes,
        "may_record": may_record,
        "linkable": between(matter.owner_id, matter.partner_id) if may_record else (),
        "across": matter.other_than(standing.actor.organisation_id),
        "facts_of": matter_facts(matter),
        "moves": open_to(standing, matter),
        "takes_steps": is_moving and matter.is_open,
        "may_take_back": _may_take_back(matter),
        "form": StepForm(matter) if is_moving else None,
        "is_side": is_side,
        "is_moving": is_moving,
        "taken": {each.step: each for each in matter.taken},
        "files": files.files_of(matter) if is_side else (),
        "accepted": ACCEPTED,
        "meetings": meetings_of(matter) if is_side and matter.has_meetings else (),
        "timeline": timeline_of(matter) if is_side else (),
    }
    return render_template("matters/view_matter.html", **{**values, **more})


def _may_take_back(matter: Matter) -> bool:
    mine = current_actor().organisation_id
    return bool(matter.is_open and matter.taken and matter.taken[-1].organisation_id == mine)


@bp.post("/matters/<int:matter_id>/steps")
@requires("matter.move", Matter)
@takes_upload("FILE_LARGEST_BYTES")
def take_step(matter: Matter) -> Response | tuple[str, int]:
    """Record a step; the one-tap button sends the step alone and means today."""
    form = StepForm(matter)
    if form.validate_on_submit():
        with refusals(form):
            sent = form.file.data
            operations.take_step(
                matter,
                form.chosen_step,
                taken_on=form.taken_on.data,
                line=form.line.data,
                received=files.receive(sent.stream, sent.filename or "") if sent else None,
                expected=form.expected,
                by=current_actor(),
            )
            flash(_("Recorded: %(step)s.", step=STEP_NAMES[form.chosen_step]), "success")
            return redirect(url_for("matters.view_matter", matter_id=matter.id))
    return matter_page(matter, form=form), form.status


@bp.post("/matters/<int:matter_id>/steps/take-back")
@requires("matter.move", Matter)
def take_back_step(matter: Matter) -> Response | tuple[str, int]:
    """Take back the step recorded last."""
    form = Form(thing=matter)
    with refusals(form):
        expected = version_in(request.form.get("version", ""))
        operations.take_back_step(matter, by=current_actor(), expected=expected)
        flash(_("The step was taken back."), "success")
        return redirect(url_for("matters.view_matter", matter_id=matter.id))
    return matter_page(matter, refusal=form.refusal), form.status


@bp.post("/matters/<int:matter_id>/moves/<move>")
@requires("matter.view", Matter)
def move_matter(matter: Matter, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, matter)
    if failed:
        return matter_page(matter, failed=failed), failed.status
    return redirect(url_for("matters.view_matter", matter_id=matter.id))


@bp.route("/matters/<int:matter_id>/hand-over", methods=["GET", "POST"])
@requires("matter.move", Matter)
def hand_over(matter: Matter) -> str | tuple[str, int] | Response:
    """Choose the colleague who handles it from now on."""
    form = HandOverForm(matter, people_of(current_actor().organisation_id or 0))
    if form.validate_on_submit():
        with refusals(form):
            operations.hand_over_matter(
                matter, form.person_id.data, by=current_actor(), expected=form.expected
            )
            flash(_("Handed over. The other side sees the new contact."), "success")
            return redirect(url_for("matters.view_matter", matter_id=matter.id))
    return render_template("matters/hand_over.html", matter=matter, form=form), form.status


@bp.route("/matters/<int:matter_id>/files/new", methods=["GET", "POST"])
@requires("matter.move", Matter)
@takes_upload("FILE_LARGEST_BYTES")
def new_file(matter: Matter) -> str | tuple[str, int] | Response:
    """Take one file for the two sides, with the answer to the secrecy question."""
    form = FileForm()
    if form.validate_on_submit():
        with refusals(form):
            received = files.receive(form.file.data.stream, form.file.data.filename or "")
            operations.attach_to_matter(matter, received, by=current_actor())
            flash(_("The file was added."), "success")
            return redirect(url_for("matters.view_matter", matter_id=matter.id))
    page = render_template("matters/new_file.html", form=form, matter=matter, accepted=ACCEPTED)
    return page, form.status


@bp.get("/matters/<int:matter_id>/files/<int:file_id>")
@requires("matter.move", Matter)
def fetch_file(matter: Matter, file_id: int) -> Response:
    """Hand out a file of a matter, to its two sides alone."""
    return files.send_of(matter, file_id)
