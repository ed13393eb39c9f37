"""Pages of a board: its columns, what a waiting browser asks, the list and the month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal import clock
from portal.access import can, current_actor, current_standing, requires
from portal.errors import Missing
from portal.forms import Form, refusals
from portal.kept_pages import render_kept
from portal.language import LANGUAGES, chosen_language
from portal.navigation import PROJECT_TABS, entries, place
from portal.periods import weeks_of
from portal.research import board_queries, card_queries, columns, placing, team
from portal.research.board_forms import ColumnForm, column_name
from portal.research.board_queries import CardFilter, CardRow
from portal.research.models import Project
from portal.research.page_queries import ProjectRow, project_row
from portal.research.views import bp

#: By how many places a button shifts a column to the right.
SHIFTS = {"left": -1, "right": 1}


def number_in(name: str) -> int | None:
    """Return a number of the address, or None where there is none that could be an id."""
    written = request.args.get(name, "")
    is_number = written.isascii() and written.isdecimal() and len(written) < 10
    return int(written) if is_number else None


def filter_asked() -> CardFilter:
    """Return what the address narrows the cards to."""
    return CardFilter(number_in("owner"), number_in("organisation"), number_in("package"))


def cards_html(rows: Sequence[CardRow]) -> Markup:
    """Return cards as they stand on a board; the same for everybody who may see them."""
    language, today = chosen_language(), clock.today()
    said = [_kept_card(row, today, language) for row in rows]
    return Markup("".join(said))  # noqa: S704 - templates


@lru_cache(maxsize=8192)
def _kept_card(row: CardRow, today: date, language: str) -> str:
    """Render a card once, for a day: it is a plain value. Nothing of who looks may stand in it."""
    page = current_app.jinja_env.get_template("research/card.html")
    is_overdue = row.due_on is not None and not row.is_done and row.due_on < today
    return page.render(card=row, is_overdue=is_overdue, language_tag=LANGUAGES[language])


def filters_html(project: Project | ProjectRow, page: str) -> Markup:
    """Return what narrows the tasks of a project on one of its pages, as the address chose."""
    sides = tuple(team.people_in(project.id).values())
    packages = tuple(board_queries.packages_of(project.id))
    action = f"{place('research.list_projects')}/{project.id}/{page}"
    return _kept_filters(action, sides, packages, filter_asked(), chosen_language())


@lru_cache(maxsize=512)
def _kept_filters(
    action: str,
    sides: tuple[team.Side, ...],
    packages: tuple[tuple[int, str], ...],
    narrowed: CardFilter,
    _language: str,
) -> Markup:
    """Render them once for everybody who takes part."""
    page = current_app.jinja_env.get_template("research/filters.html")
    said = page.render(action=action, sides=sides, packages=packages, narrowed=narrowed)
    return Markup(said)  # noqa: S704 - a template


@bp.get("/projects/<int:project_id>/board")
@requires("project.work", Project, read=project_row)
def view_board(project: ProjectRow) -> str:
    """Show the board: a window of each column, narrowed as the address says."""
    return board_page(project)


def board_page(project: Project | ProjectRow, **more: Any) -> str:
    """Render a board; `more` carries what was refused."""
    standing, narrowed = current_standing(), filter_asked()
    shown = board_queries.window(number_in("shown"))
    asked = board_queries.ask(project.id, narrowed, shown=shown)
    seen = {
        "shown": shown,
        "narrowed": narrowed,
        "filters": filters_html(project, "board"),
        "open_tabs": tuple(entries(PROJECT_TABS, standing, project)),
        "is_lead": can(standing, "project.lead", project),
        "last_move": board_queries.last_move(project.id, standing.actor.person_id or 0)
        if project.is_workable
        else None,
    }

    def values() -> dict[str, Any]:
        change, columns = board_queries.shown_of(asked)
        return {
            "project": project,
            "change": change,
            "columns": columns,
            "cards_html": cards_html,
            "column_name": column_name,
            **seen,
        }

    if more:
        return render_template("research/view_board.html", **{**values(), **more})
    key = project, asked, tuple(seen.values())
    return render_kept("research/view_board.html", key, values)


@bp.get("/projects/<int:project_id>/board/version")
@requires("project.work", Project, read=project_row)
def board_version(project: ProjectRow) -> Response:
    """Say how often the board changed; 304 to a browser that knows it."""
    change = board_queries.change_of(project.id)
    response: FlaskResponse = jsonify(change=change)
    response.set_etag(f"{project.id}-{change}")
    return response.make_conditional(request)


@bp.post("/projects/<int:project_id>/board/undo")
@requires("project.work", Project)
def undo_move(project: Project) -> Response | tuple[str, int]:
    """Take back the last move one made."""
    form = Form()
    with refusals(form):
        card = placing.undo_move(project, by=current_actor())
        flash(_("Taken back: %(title)s", title=card.title), "success")
        return redirect(url_for("research.view_board", project_id=project.id))
    return board_page(project, refusal=form.refusal), form.status


@bp.get("/projects/<int:project_id>/board/put-away")
@requires("project.work", Project, read=project_row)
def list_put_away(project: ProjectRow) -> str:
    """Show the tasks that were taken off the board, each to be brought back."""
    return render_template(
        "research/list_put_away.html",
        project=project,
        rows=card_queries.put_away_of(project.id),
    )


@bp.route("/projects/<int:project_id>/board/columns", methods=["GET", "POST"])
@requires("project.lead", Project)
def edit_columns(project: Project) -> str | tuple[str, int] | Response:
    """Say what the columns are called, how they stand and what they take; add one of one's own."""
    form, chosen = ColumnForm(), request.form.get("column_id", "")
    column_id = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None
    if form.validate_on_submit():
        with refusals(form):
            _change_columns(project, column_id, form)
            flash(_("Saved."), "success")
            return redirect(url_for("research.edit_columns", project_id=project.id))
    page = render_template(
        "research/edit_columns.html",
        project=project,
        form=form,
        columns=board_queries.columns_of(project.id),
        column_name=column_name,
        said_of=columns.said_of,
        failed=None if "shift" in request.form else column_id,
    )
    return page, form.status


def _change_columns(project: Project, column_id: int | None, form: ColumnForm) -> None:
    """Hand what was asked for to its operation; a shift speaks of the place alone."""
    by, name, limit = current_actor(), form.name.data or "", form.card_limit.data
    if column_id is None:
        columns.add_column(project, name=name, card_limit=limit, by=by)
    elif "shift" in request.form:
        places = SHIFTS.get(request.form["shift"], 0)
        columns.shift_column(project, column_id, places=places, by=by)
    else:
        seen = request.form.get("seen")
        columns.change_column(project, column_id, name=name, card_limit=limit, seen=seen, by=by)


def _key(written: str) -> tuple[date, int] | None:
    """Return the key of a page of tasks, such as `2026-11-30.17`, or None."""
    day, _dot, number = written.partition(".")
    try:
        return date.fromisoformat(day), int(number[:9])
    except ValueError:
        return None


@bp.get("/projects/<int:project_id>/tasks")
@requires("project.work", Project, read=project_row)
def list_tasks(project: ProjectRow) -> str:
    """Show the same tasks as a list, by the day they are due."""
    rows, next_key = board_queries.task_page(
        project.id, filter_asked(), after=_key(request.args.get("after", ""))
    )
    names = {each.id: column_name(each) for each in board_queries.columns_of(project.id)}
    return render_template(
        "research/list_tasks.html",
        project=project,
        rows=rows,
        names=names,
        next_key=f"{next_key[0].isoformat()}.{next_key[1]}" if next_key else None,
        narrowed=filter_asked(),
        filters=filters_html(project, "tasks"),
    )


@bp.get("/projects/<int:project_id>/calendar")
@requires("project.work", Project, read=project_row)
def view_calendar(project: ProjectRow) -> str:
    """Show the tasks of a month on the days they are due."""
    today = clock.today()
    try:
        first = date.fromisoformat(f"{request.args.get('month', f'{today:%Y-%m}')}-01")
    except ValueError:
        raise Missing(f"month at {request.path}") from None
    if not 1900 < first.year < 2200:
        raise Missing(f"month at {request.path}")
    weeks = weeks_of(first)
    first_shown, until = weeks[0][0], date.fromordinal(weeks[-1][-1].toordinal() + 1)
    return render_template(
        "research/view_calendar.html",
        project=project,
        first=first,
        weeks=weeks,
        today=today,
        tasks=board_queries.tasks_between(project.id, first_shown, until),
        before=f"{date.fromordinal(first.toordinal() - 1):%Y-%m}",
        after=f"{date.fromordinal(first.toordinal() + 31):%Y-%m}",
    )
