"""Pages of outcomes: the list, the record, the answer by link, the one-page case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import actors, clock, files, links
from portal.access import can, current_actor, current_standing, may_see, public, requires
from portal.accounts.queries import timeline_of
from portal.database import db
from portal.errors import DeadLink, Missing
from portal.forms import refusals
from portal.moves import attempt, say_done
from portal.outcomes import operations, queries
from portal.outcomes.columns import OUTCOMES
from portal.outcomes.facts import outcome_facts
from portal.outcomes.forms import AnswerForm, ClaimForm
from portal.outcomes.models import Outcome
from portal.sheets.exporting import MOST_ROWS, exported
from portal.sniffing import ACCEPTED
from portal.uploads import takes_upload
from portal.workflow import open_to

bp = Blueprint("outcomes", __name__)

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "confirm": operations.confirm_outcome,
    "decline": operations.decline_outcome,
    "retract": operations.retract_outcome,
}


@bp.get("/outcomes")
@requires("outcome.list")
def list_outcomes() -> str:
    """Show the outcomes one's organisation, or one's alliance, has part in."""
    after = request.args.get("after", "")
    rows, next_key = queries.outcome_page(
        current_standing(), after=int(after) if after.isdecimal() and len(after) < 10 else None
    )
    return render_template("outcomes/list_outcomes.html", rows=rows, next_key=next_key)


@bp.get("/outcomes.xlsx")
@requires("outcome.list")
def export_outcomes() -> Response:
    """Take along the outcomes that the list shows."""
    rows, next_key = queries.outcome_page(current_standing(), size=MOST_ROWS)
    return exported(_("Outcomes"), OUTCOMES, rows, has_more=next_key is not None)


@bp.get("/outcomes/<int:outcome_id>")
@requires("outcome.view", Outcome)
def view_outcome(outcome: Outcome) -> str:
    """Show an outcome, its evidence to the two sides, and what one may do with it."""
    return outcome_page(outcome)


def outcome_page(outcome: Outcome, **more: Any) -> str:
    """Render an outcome's page; `more` carries a failed move."""
    standing = current_standing()
    is_side = may_see(standing, outcome, "evidence")
    values: dict[str, Any] = {
        "outcome": outcome,
        "facts_of": outcome_facts(standing, outcome),
        "moves": open_to(standing, outcome),
        "is_side": is_side,
        "publishes": outcome.publishes(standing.actor.organisation_id),
        "correction": queries.correction_of(outcome) if is_side else None,
        "may_publish": outcome.is_standing and can(standing, "outcome.publish", outcome),
        "files": files.files_of(outcome) if is_side else (),
        "timeline": timeline_of(outcome) if is_side else (),
    }
    return render_template("outcomes/view_outcome.html", **{**values, **more})


@bp.post("/outcomes/<int:outcome_id>/moves/<move>")
@requires("outcome.view", Outcome)
def move_outcome(outcome: Outcome, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, outcome)
    if failed:
        return outcome_page(outcome, failed=failed), failed.status
    return redirect(url_for("outcomes.view_outcome", outcome_id=outcome.id))


@bp.route("/outcomes/<int:outcome_id>/correct", methods=["GET", "POST"])
@requires("outcome.correct", Outcome)
@takes_upload("FILE_LARGEST_BYTES")
def correct_outcome(outcome: Outcome) -> str | tuple[str, int] | Response:
    """Say what a confirmed outcome should have been; the other side is asked to confirm it."""
    form = ClaimForm(title=outcome.title, corrects=outcome)
    if form.validate_on_submit():
        with refusals(form):
            sent = form.file.data
            received = files.receive(sent.stream, sent.filename or "") if sent else None
            made = operations.correct_outcome(
                outcome, form.claim(), received=received, by=current_actor()
            )
            flash(_("The correction was recorded. The other side is asked to confirm it."))
            return redirect(url_for("outcomes.view_outcome", outcome_id=made.id))
    back = url_for("outcomes.view_outcome", outcome_id=outcome.id)
    is_giver = current_actor().organisation_id == outcome.from_id
    more = {"back": back, "back_title": outcome.title, "accepted": ACCEPTED, "corrects": outcome}
    more["asked_id"] = outcome.to_id if is_giver else outcome.from_id
    return render_template("outcomes/claim.html", form=form, **more), form.status


@bp.get("/outcomes/<int:outcome_id>/case")
@requires("outcome.view", Outcome)
def view_case(outcome: Outcome) -> str:
    """Show an outcome as a one-page case to be printed, where both sides agreed to show it."""
    if not outcome.is_published:
        raise Missing(f"case at {request.path}")
    facts_of = outcome_facts(current_standing(), outcome, is_printed=True)
    return render_template(
        "outcomes/view_case.html", outcome=outcome, facts_of=facts_of, today=clock.today()
    )


@bp.post("/outcomes/<int:outcome_id>/publishing")
@requires("outcome.publish", Outcome)
def agree_to_show(outcome: Outcome) -> Response:
    """Agree, or no longer agree, that everyone may see it."""
    agrees = request.form.get("agrees") == "yes"
    operations.agree_to_show(outcome, by=current_actor(), agrees=agrees)
    say_done(outcome, "publish" if agrees else "conceal")
    return redirect(url_for("outcomes.view_outcome", outcome_id=outcome.id))


@bp.get("/outcomes/<int:outcome_id>/files/<int:file_id>")
@requires("outcome.publish", Outcome)
def fetch_file(outcome: Outcome, file_id: int) -> Response:
    """Hand out the evidence, to the two sides alone."""
    return files.send_of(outcome, file_id)


@bp.route("/outcomes/answer/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> str | tuple[str, int] | Response:
    """Show what the link asks (GET), and answer as the person it is for (POST)."""
    link = links.find(operations.PURPOSE, token)
    if link is None or link.person_id is None:
        raise DeadLink(f"link at {request.path}")
    outcome = db.session.get_one(Outcome, link.record_id)
    form, by = AnswerForm(), actors.person(link.person_id, outcome.other_id)
    if form.validate_on_submit():
        with refusals(form):
            operations.answer_by_link(
                link,
                by=by,
                confirms=form.confirms,
                may_publish=bool(form.may_publish.data),
                note=form.reason.data or "",
            )
            flash(_("Thank you. Your answer is recorded."), "success")
            return redirect(url_for("outcomes.answer", token=token))
    page = render_template("outcomes/answer.html", outcome=outcome, link=link, form=form)
    return page, form.status
