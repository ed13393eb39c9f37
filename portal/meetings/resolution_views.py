"""Pages of resolutions: the registry, the record, the votes; actions and their follow-up."""

from __future__ import annotations

import json
from typing import Any

from flask import Response as Sent
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import files
from portal.access import can, current_actor, current_standing, may_see, requires
from portal.accounts.queries import timeline_of
from portal.alliances.frame import alliance_page
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Missing
from portal.forms import Form, refusals
from portal.language import localised
from portal.meetings import (
    actions,
    approvals,
    filing,
    presence,
    resolution_queries,
    resolutions,
    voting,
)
from portal.meetings.columns import RESOLUTIONS
from portal.meetings.counting import Choice
from portal.meetings.forms import BASES, SHARES
from portal.meetings.models import Meeting, Seat
from portal.meetings.resolution_forms import CHOICES, VERDICTS, RecordForm, ResolutionForm
from portal.meetings.resolution_models import Resolution
from portal.meetings.views import WORDS, bp
from portal.moves import attempt
from portal.sheets.exporting import exported
from portal.uploads import takes_upload
from portal.workflow import Move, open_to, words_for

__all__ = ["bp"]

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "table": resolutions.table_resolution,
    "open": voting.open_vote,
    # The count decides which of the two it is.
    "pass": voting.close_vote,
    "fail": voting.close_vote,
    "void": resolutions.void_resolution,
    "enact": resolutions.enact_resolution,
    "implement": resolutions.implement_resolution,
    "supersede": resolutions.supersede_resolution,
    "repeal": resolutions.repeal_resolution,
}
#: The moves whose note names the later resolution they rest on.
NAMING = ("supersede", "repeal")
ACTION_MOVES = {
    "report": actions.report_action,
    "close_out": actions.close_out_action,
    "send_back": actions.send_back_action,
    "drop": actions.drop_action,
}


@bp.get("/alliances/<alliance_slug>/resolutions")
@requires("meeting.list", Alliance)
def list_resolutions(alliance: Alliance) -> str:
    """Show the registry of resolutions: in force, superseded, or all, and what holds words."""
    register = resolution_queries.register_asked(request.args.get("register"))
    query = request.args.get("q", "")[:80]
    rows = resolution_queries.registry_of(current_standing(), alliance.id, register, query)
    return alliance_page(
        "meetings/list_resolutions.html",
        alliance,
        tab="meetings.list_meetings",
        rows=[(resolution_queries.number_of(each), each) for each in rows],
        register=register,
        query=query,
        words=WORDS,
    )


@bp.get("/alliances/<alliance_slug>/resolutions.xlsx")
@requires("meeting.list", Alliance)
def export_resolutions(alliance: Alliance) -> Response:
    """Take along the resolutions that the registry shows."""
    register = resolution_queries.register_asked(request.args.get("register"))
    query = request.args.get("q", "")[:80]
    rows = resolution_queries.registry_of(current_standing(), alliance.id, register, query)
    title = _("Resolutions of %(alliance)s", alliance=localised(alliance))
    return exported(title, RESOLUTIONS, rows, narrowed=[query] if query else [])


@bp.route("/meetings/<int:meeting_id>/resolutions/new", methods=["GET", "POST"])
@requires("resolution.propose", Meeting)
def propose_resolution(meeting: Meeting) -> tuple[str, int] | Response:
    """Propose a resolution for a meeting."""
    form, by = ResolutionForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            made = resolutions.propose_resolution(
                meeting, form.content(), by=by, receipt=form.receipt(by)
            )
            flash(_("Proposed. The chair tables it."), "success")
            return redirect(url_for("meetings.view_resolution", resolution_id=made.id))
    page = render_template("meetings/propose_resolution.html", meeting=meeting, form=form)
    return page, form.status


@bp.get("/resolutions/<int:resolution_id>")
@requires("resolution.view", Resolution)
def view_resolution(resolution: Resolution) -> str:
    """Show a resolution: its wording, its rule, how it stands, what follows from it."""
    return resolution_page(resolution)


def resolution_page(resolution: Resolution, **more: Any) -> str:
    """Render a resolution's page; `more` carries a failed move or a form with errors."""
    standing = current_standing()
    meeting: Meeting = resolution.meeting
    is_voting = resolution.is_voting and meeting.takes_votes
    may_vote = is_voting and can(standing, "resolution.vote", resolution)
    sees_votes = may_see(standing, resolution, "votes")
    is_shown = (is_voting or sees_votes) and resolution.opened_at is not None
    votes = resolution_queries.votes_by_seat(resolution, meeting) if is_shown else {}
    roll = meeting.seats if is_shown else []
    mine = presence.seats_of_voter(meeting, standing.actor.organisation_id) if may_vote else []
    timeline = timeline_of(resolution) if sees_votes else []
    moves = open_to(standing, resolution)
    values: dict[str, Any] = {
        "resolution": resolution,
        "number": resolution_queries.number_of(resolution),
        "number_of": resolution_queries.number_of,
        "ended": resolution_queries.ended_by(resolution),
        "meeting": meeting,
        "words": WORDS,
        "shares": SHARES,
        "bases": BASES,
        "choices": CHOICES,
        "verdicts": VERDICTS,
        "moves": moves,
        "offered": _offered(resolution, moves),
        "mine": [(seat, _why_no_vote(resolution, meeting, seat)) for seat in mine],
        "present": {each.id for each in presence.present_seats(meeting)} if roll else set(),
        "roll": roll if sees_votes else [],
        "votes": votes,
        "voted": filing.voted_seats(meeting, list(votes.values())) if mine else set(),
        # The record of steps says whether there are any: mostly there are none.
        "handed": resolution_queries.links_handed(resolution, is_voting=is_voting)
        if any(each.what == words_for("resolution.hand_link") for each in timeline)
        else (),
        "may_record": is_voting and can(standing, "resolution.record", resolution),
        # A ballot held in writing is closed once its deadline has passed.
        "may_count": resolution.is_voting
        and not resolution.is_secret
        and can(standing, "resolution.count", resolution),
        "form": RecordForm(),
        "files": files.files_of(resolution)
        if resolution.is_closed and can(standing, "resolution.record", resolution)
        else (),
        "timeline": timeline,
    }
    return render_template("meetings/view_resolution.html", **{**values, **more})


def _offered(resolution: Resolution, moves: list[Move]) -> dict[str, tuple[Any, list[str]]]:
    """Return what may be chosen for the note of a move that names a later resolution."""
    naming = [each for each in moves if each.name in NAMING]
    later = resolution_queries.later_ones(resolution) if naming else []
    return {each.name: (each.note_label, later) for each in naming if later}


def _why_no_vote(resolution: Resolution, meeting: Meeting, seat: Seat) -> Any:
    """Return why a vote for a seat of one's own would be refused, where it would be."""
    if resolution.is_secret:
        return voting.ON_PAPER
    return None if voting.may_speak(meeting, seat) else voting.NOT_PRESENT


@bp.get("/resolutions/<int:resolution_id>/projects")
@requires("resolution.view", Resolution)
def view_resting(resolution: Resolution) -> str:
    """Show the joint projects that were approved on a resolution."""
    return render_template(
        "meetings/view_resting.html",
        resolution=resolution,
        number=resolution_queries.number_of(resolution),
        resting=approvals.projects_on(current_standing(), resolution),
    )


@bp.post("/resolutions/<int:resolution_id>/moves/<move>")
@requires("resolution.view", Resolution)
def move_resolution(resolution: Resolution, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, resolution)
    if failed:
        return resolution_page(resolution, failed=failed), failed.status
    return redirect(url_for("meetings.view_resolution", resolution_id=resolution.id))


@bp.post("/resolutions/<int:resolution_id>/vote")
@requires("resolution.vote", Resolution)
def cast_vote(resolution: Resolution) -> Response | tuple[str, int]:
    """Vote for one's own seat, or for the one that one is proxy of."""
    form, said = Form(), request.form.get("said", "")
    seat = request.form.get("seat_id", "")
    if said not in list(Choice) or not seat.isdecimal() or len(seat) > 9:
        return resolution_page(resolution, refusal=_("Please choose one.")), 422
    with refusals(form):
        voting.cast_vote(resolution, int(seat), Choice(said), by=current_actor())
        flash(_("Your vote is filed. It does not change any more."), "success")
        return redirect(url_for("meetings.view_resolution", resolution_id=resolution.id))
    return resolution_page(resolution, refusal=form.refusal), form.status


@bp.post("/resolutions/<int:resolution_id>/votes")
@requires("resolution.record", Resolution)
@takes_upload("FILE_LARGEST_BYTES")
def record_votes(resolution: Resolution) -> Response | tuple[str, int]:
    """Write down what the seats voted, or the counted figures of a secret ballot."""
    form, by = RecordForm(), current_actor()
    roll = resolution_queries.roll_of(resolution)
    if form.validate_on_submit():
        with refusals(form):
            sent = form.file.data
            received = files.receive(sent.stream, sent.filename or "") if sent else None
            if resolution.is_secret:
                voting.record_secret(
                    resolution,
                    form.took_part(roll),
                    yes=form.yes.data or 0,
                    no=form.no.data or 0,
                    abstain=form.abstain.data or 0,
                    by=by,
                    received=received,
                )
            else:
                is_paper = bool(form.is_paper.data)
                voting.record_votes(
                    resolution, form.votes(roll), by=by, is_paper=is_paper, received=received
                )
            flash(_("Filed. What is filed does not change any more."), "success")
            return redirect(url_for("meetings.view_resolution", resolution_id=resolution.id))
    db.session.refresh(resolution)
    return resolution_page(resolution, form=form), form.status


@bp.get("/resolutions/<int:resolution_id>/rows.json")
@requires("resolution.view", Resolution)
def fetch_rows(resolution: Resolution) -> Response:
    """Hand out everything the result follows from, to be counted once more by anybody."""
    if not resolution.is_closed:
        raise Missing(f"rows at {request.path}")
    rows = voting.export(resolution, resolution_queries.votes_on(resolution))
    sent = Sent(json.dumps(rows, indent=1), mimetype="application/json")
    name = f"resolution-{resolution.id}.json"
    sent.headers["Content-Disposition"] = f"attachment; filename={name}"
    return sent


@bp.get("/resolutions/<int:resolution_id>/files/<int:file_id>")
@requires("resolution.record", Resolution)
def fetch_file(resolution: Resolution, file_id: int) -> Response:
    """Hand out the scan of a ballot, to the secretariat."""
    return files.send_of(resolution, file_id)
