"""Pages of one card: written, read, moved, talked about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import files
from portal.access import current_actor, requires
from portal.accounts.queries import timeline_of
from portal.forms import Form, refusals
from portal.research import board_queries, card_queries, cards, placing, team
from portal.research.board_forms import (
    BlockForm,
    CardForm,
    CommentForm,
    FileForm,
    ItemForm,
    PlaceForm,
    column_name,
)
from portal.research.board_models import Card
from portal.research.board_words import CARD_VERBS
from portal.research.models import Project
from portal.research.views import bp
from portal.sniffing import ACCEPTED
from portal.uploads import takes_upload


def _number(name: str) -> int | None:
    written = request.form.get(name, "")
    is_number = written.isascii() and written.isdecimal() and len(written) < 10
    return int(written) if is_number else None


def _card_form(project_id: int, card: Card | None = None) -> CardForm:
    packages = board_queries.packages_of(project_id)
    return CardForm(team.people_in(project_id), packages, card)


def _back_to(card: Card) -> Response:
    return redirect(url_for("research.view_card", card_id=card.id))


@bp.route("/projects/<int:project_id>/cards/new", methods=["GET", "POST"])
@requires("project.work", Project)
def new_card(project: Project) -> str | tuple[str, int] | Response:
    """Put a new task on the board; its title is enough."""
    form, by = _card_form(project.id), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            cards.add_card(
                project,
                form.content(),
                column_id=_number("column_id"),
                receipt=form.receipt(by),
                by=by,
            )
            return redirect(url_for("research.view_board", project_id=project.id))
    page = render_template("research/edit_card.html", project=project, card=None, form=form)
    return page, form.status


@bp.get("/cards/<int:card_id>")
@requires("card.view", Card)
def view_card(card: Card) -> str:
    """Show a task with all that hangs on it."""
    return card_page(card)


def card_page(card: Card, **more: Any) -> str:
    """Render a card's page; `more` carries a form with errors or a refusal."""
    values: dict[str, Any] = {
        "card": card,
        "project": card.project,
        "column": column_name(card.column),
        "waits": card_queries.waits_of(card.id),
        "comments": card_queries.comments_of(card.id),
        "files": files.files_of(card),
        "item_form": ItemForm(),
        "comment_form": CommentForm(),
    }
    return render_template("research/view_card.html", **{**values, **more})


@bp.route("/cards/<int:card_id>/edit", methods=["GET", "POST"])
@requires("card.work", Card)
def edit_card(card: Card) -> str | tuple[str, int] | Response:
    """Change what a task says."""
    form = _card_form(card.project_id, card)
    if form.validate_on_submit():
        with refusals(form):
            cards.edit_card(card, form.content(), by=current_actor(), expected=form.expected)
            flash(_("Saved."), "success")
            return _back_to(card)
    page = render_template("research/edit_card.html", project=card.project, card=card, form=form)
    return page, form.status


@bp.route("/cards/<int:card_id>/place", methods=["GET", "POST"])
@requires("card.work", Card)
def move_card(card: Card) -> str | tuple[str, int] | Response:
    """Move a task to a column and a place: works everywhere, with and without a mouse."""
    form = PlaceForm(card, card_queries.places_of(card.project_id))
    if form.validate_on_submit():
        with refusals(form):
            column_id, number = form.column_id.data, form.number.data
            before_id = placing.card_at(column_id, number, without=card.id) if number else None
            placing.place_card(card, column_id=column_id, before_id=before_id, by=current_actor())
            flash(_("Moved: %(title)s", title=card.title), "success")
            return redirect(url_for("research.view_board", project_id=card.project_id))
    page = render_template("research/move_card.html", project=card.project, card=card, form=form)
    return page, form.status


@bp.post("/cards/<int:card_id>/drop")
@requires("card.work", Card)
def drop_card(card: Card) -> FlaskResponse:
    """Put a task where it was dropped, beside the neighbour that the browser names."""
    placing.place_card(
        card,
        column_id=_number("column_id") or 0,
        before_id=_number("before_id"),
        after_id=_number("after_id"),
        by=current_actor(),
    )
    response: FlaskResponse = jsonify(change=board_queries.change_of(card.project_id))
    return response


@bp.post("/cards/<int:card_id>/put-away")
@requires("card.work", Card)
def put_away_card(card: Card) -> Response | tuple[str, int]:
    """Take a task off the board."""
    form = Form()
    with refusals(form):
        cards.put_away_card(card, by=current_actor())
        flash(_("Put away. It can be brought back from below the board."), "success")
        return redirect(url_for("research.view_board", project_id=card.project_id))
    return card_page(card, refusal=form.refusal), form.status


@bp.post("/cards/<int:card_id>/bring-back")
@requires("card.work", Card)
def bring_back_card(card: Card) -> Response | tuple[str, int]:
    """Put a task that was put away on the board again."""
    form = Form()
    with refusals(form):
        placing.bring_back_card(card, by=current_actor())
        flash(_("Back on the board: %(title)s", title=card.title), "success")
        return redirect(url_for("research.view_board", project_id=card.project_id))
    return card_page(card, refusal=form.refusal), form.status


@bp.post("/cards/<int:card_id>/items")
@requires("card.work", Card)
def add_item(card: Card) -> Response | tuple[str, int]:
    """Add a line to the checklist."""
    form = ItemForm()
    if form.validate_on_submit():
        with refusals(form):
            cards.add_item(card, form.item.data or "", by=current_actor())
            return _back_to(card)
    return card_page(card, item_form=form), form.status


@bp.post("/cards/<int:card_id>/items/<int:number>")
@requires("card.work", Card)
def tick_item(card: Card, number: int) -> Response | tuple[str, int]:
    """Tick a line of the checklist, or take the tick back."""
    form, is_done = Form(), request.form.get("done") == "yes"
    with refusals(form):
        cards.tick_item(card, number, is_done=is_done, by=current_actor())
        return _back_to(card)
    return card_page(card, refusal=form.refusal), form.status


@bp.post("/cards/<int:card_id>/comments")
@requires("card.work", Card)
def comment_card(card: Card) -> Response | tuple[str, int]:
    """Write a comment."""
    form = CommentForm()
    if form.validate_on_submit():
        with refusals(form):
            cards.comment_card(card, form.comment.data or "", by=current_actor())
            return _back_to(card)
    return card_page(card, comment_form=form), form.status


@bp.route("/cards/<int:card_id>/blockers", methods=["GET", "POST"])
@requires("card.work", Card)
def block_card(card: Card) -> str | tuple[str, int] | Response:
    """Say what a task waits for."""
    form = BlockForm(card_queries.others_of(card))
    if form.validate_on_submit():
        with refusals(form):
            cards.block_card(card, form.blocker_id.data, by=current_actor())
            return _back_to(card)
    page = render_template("research/block_card.html", project=card.project, card=card, form=form)
    return page, form.status


@bp.post("/cards/<int:card_id>/blockers/<int:number>/remove")
@requires("card.work", Card)
def unblock_card(card: Card, number: int) -> Response | tuple[str, int]:
    """Say that a task waits for another one no longer."""
    form = Form()
    with refusals(form):
        cards.unblock_card(card, number, by=current_actor())
        return _back_to(card)
    return card_page(card, refusal=form.refusal), form.status


@bp.get("/cards/<int:card_id>/activity")
@requires("card.view", Card)
def view_activity(card: Card) -> str:
    """Show who did what with a task, and where it stood."""
    entries = [replace(e, what=str(CARD_VERBS.get(e.what, e.what))) for e in timeline_of(card)]
    names = {each.id: column_name(each) for each in board_queries.columns_of(card.project_id)}
    return render_template(
        "research/view_activity.html",
        project=card.project,
        card=card,
        timeline=entries,
        moves=card_queries.moves_of(card.id),
        names=names,
    )


@bp.route("/cards/<int:card_id>/files/new", methods=["GET", "POST"])
@requires("card.work", Card)
@takes_upload("FILE_LARGEST_BYTES")
def new_card_file(card: Card) -> str | tuple[str, int] | Response:
    """Take one file for whoever takes part, with the answer to the secrecy question."""
    form = FileForm()
    if form.validate_on_submit():
        with refusals(form):
            received = files.receive(form.file.data.stream, form.file.data.filename or "")
            cards.attach_to_card(card, received, by=current_actor())
            flash(_("The file was added."), "success")
            return _back_to(card)
    page = render_template(
        "research/new_card_file.html", form=form, card=card, project=card.project, accepted=ACCEPTED
    )
    return page, form.status


@bp.get("/cards/<int:card_id>/files/<int:file_id>")
@requires("card.view", Card)
def fetch_card_file(card: Card, file_id: int) -> Response:
    """Hand out a file of a task, to whoever takes part."""
    return files.send_of(card, file_id)
