"""Pages of tables of tasks: bring one, see what would become of each row, take it over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Answer

from portal.access import current_actor, requires
from portal.forms import Form, refusals, version_in
from portal.imports import task_operations as operations
from portal.imports.fates import place_of
from portal.imports.forms import UploadForm
from portal.imports.models import Fate
from portal.imports.task_fates import TaskVerdict, seal_of
from portal.imports.task_models import TaskImport
from portal.imports.words import Field
from portal.language import day
from portal.research.board_forms import column_name
from portal.research.models import Project
from portal.sheets.comma import read_table
from portal.sheets.exporting import ENDING, download
from portal.sheets.writing import Column, Sheet, workbook
from portal.uploads import takes_upload

bp = Blueprint("task_imports", __name__)

FATES = {
    Fate.NEW: _l("Goes on the board"),
    Fate.CHANGED: _l("Changes a task"),
    Fate.SAME: _l("Stays as it is"),
    Fate.REFUSED: _l("Is not taken over"),
}
FIELDS = {
    Field.NAME: _l("Task"),
    Field.NUMBER: _l("Task number here"),
    Field.COLUMN: _l("Column"),
    Field.PERSON: _l("Person who does it"),
    Field.ORGANISATION: _l("Organisation that does it"),
    Field.DATE: _l("Due on"),
    Field.PACKAGE: _l("Work package"),
    Field.LABELS: _l("Labels"),
    Field.SPECIFICATION: _l("More about it"),
}
#: Rows that a page shows.
SHOWN = 100


@bp.route("/projects/<int:project_id>/tasks/import", methods=["GET", "POST"])
@requires("project.work", Project)
@takes_upload("WORKBOOK_BYTES")
def bring_tasks(project: Project) -> tuple[str, int] | Answer:
    """Take a table of tasks, as a workbook or as comma-separated text."""
    form, by = UploadForm(), current_actor()
    form.file.label.text = _("Table (xlsx, xls, et, ods, csv)")
    if form.validate_on_submit():
        with refusals(form):
            sheets = read_table(form.content, _("Tasks"))
            made = operations.bring_tasks(
                project, form.file_name, sheets, by=by, receipt=form.receipt(by)
            )
            return redirect(url_for("task_imports.view_tasks", task_import_id=made.id))
    return render_template("imports/bring_tasks.html", form=form, project=project), form.status


@bp.get("/task-imports/<int:task_import_id>")
@requires("task_import.view", TaskImport)
def view_tasks(task_import: TaskImport) -> str:
    """Show what would become of each row, or what became of them."""
    return import_page(task_import)


def import_page(task_import: TaskImport, **more: Any) -> str:
    """Render the page of a table of tasks; `more` carries what was refused."""
    values: dict[str, Any] = {"task_import": task_import, "project": task_import.project}
    if task_import.is_open:
        values |= _previewed(task_import)
    else:
        values["counts"] = [
            (str(label), task_import.counts.get(fate.value, 0)) for fate, label in FATES.items()
        ]
        values["lines"] = [
            (name or "—", str(place_of(sheet, row)), str(FATES[Fate.REFUSED]), reason)
            for sheet, row, name, reason, _cells in task_import.refused[:SHOWN]
        ]
    return render_template("imports/view_tasks.html", **{**values, **more})


def _previewed(task_import: TaskImport) -> dict[str, Any]:
    table = operations.table_of(task_import)
    verdicts = operations.judged(task_import, table)
    asked, start = request.args.get("fate"), request.args.get("after", "")
    chosen = [each for each in verdicts if asked not in set(Fate) or each.fate == asked]
    after = int(start) if start.isascii() and start.isdecimal() and len(start) < 6 else 0
    counts = {fate: sum(1 for each in verdicts if each.fate is fate) for fate in FATES}
    following = after + SHOWN
    return {
        "columns": [
            (name, [(str(FIELDS[what]), said) for what, said in read.items() if what in FIELDS])
            for name, read in table.columns
        ],
        "groups": _facet(task_import, counts, asked),
        "lines": [_line(each) for each in chosen[after:following]],
        "first_href": _address(task_import, asked) if after else None,
        "next_href": _address(task_import, asked, following) if len(chosen) > following else None,
        "taken": counts[Fate.NEW] + counts[Fate.CHANGED],
        "seal": seal_of(verdicts),
    }


def _line(verdict: TaskVerdict) -> tuple[str, str, str, str]:
    """Return a row as the page shows it: title, place, what becomes of it, what it says and why."""
    record = verdict.record
    column = column_name(verdict.column) if verdict.column else None
    due = day(record.due_on) if record.due_on else None
    facts = [column, record.person, record.organisation, due, record.package]
    told = [" · ".join(each for each in facts if each), *(str(each) for each in verdict.reasons)]
    place = str(place_of(record.sheet, record.row))
    sentence = _("; ").join(each for each in told if each)
    return record.name or "—", place, str(FATES[verdict.fate]), sentence


def _address(task_import: TaskImport, fate: str | None, after: int | None = None) -> str:
    kept: dict[str, Any] = {"fate": fate, "after": after}
    kept = {name: value for name, value in kept.items() if value}
    return url_for("task_imports.view_tasks", task_import_id=task_import.id, **kept)


def _facet(
    task_import: TaskImport, counts: dict[Fate, int], asked: str | None
) -> list[dict[str, Any]]:
    """Return the fates as links that narrow the rows, each with how many there are."""
    every = (None, str(_("All rows")), sum(counts.values()))
    options: list[tuple[Fate | None, str, int]] = [every]
    options += [(fate, str(FATES[fate]), count) for fate, count in counts.items() if count]
    return [
        {
            "label": _("What becomes of it"),
            "options": [
                {
                    "label": label,
                    "href": _address(task_import, fate),
                    "is_current": fate == asked or (fate is None and asked not in set(Fate)),
                    "count": count,
                }
                for fate, label, count in options
            ],
        }
    ]


@bp.post("/task-imports/<int:task_import_id>/take-over")
@requires("task_import.run", TaskImport)
def take_over(task_import: TaskImport) -> Answer | tuple[str, int]:
    """Take the rows over as they were shown, some at a time; others may write in between."""
    form, by = Form(), current_actor()
    with refusals(form):
        seal, expected = request.form.get("seal", ""), version_in(request.form.get("version", ""))
        operations.begin_tasks(task_import, seal, by=by, expected=expected)
        while task_import.is_open:
            operations.take_over_tasks(task_import, by=by)
        flash(_("Taken over."), "success")
        return redirect(url_for("task_imports.view_tasks", task_import_id=task_import.id))
    return import_page(task_import, refusal=form.refusal), form.status


@bp.post("/task-imports/<int:task_import_id>/discard")
@requires("task_import.run", TaskImport)
def discard(task_import: TaskImport) -> Answer | tuple[str, int]:
    """Drop a table that was not taken over."""
    form = Form()
    with refusals(form):
        expected = version_in(request.form.get("version", ""))
        operations.discard_tasks(task_import, by=current_actor(), expected=expected)
        flash(_("Discarded: nothing more is taken over."), "success")
        return redirect(url_for("research.list_tasks", project_id=task_import.project_id))
    return import_page(task_import, refusal=form.refusal), form.status


@bp.get("/task-imports/<int:task_import_id>/refused")
@requires("task_import.view", TaskImport)
def download_refused(task_import: TaskImport) -> Response:
    """Hand out the rows that were not taken over, with the reasons."""
    width = max((len(cells) for *_rest, cells in task_import.refused), default=0)
    columns = [Column(""), *(Column("") for _each in range(width))]
    columns = [Column(_("Why it was not taken over"), width=60), *columns[1:]]
    rows = [[why, *cells, *[""] * (width - len(cells))] for *_place, why, cells in
            task_import.refused]  # fmt: skip
    source = task_import.file_name.rpartition(".")[0] or task_import.file_name
    name = _("%(source)s – not taken over", source=source)
    return download(f"{name}{ENDING}", workbook([Sheet(_("Tasks"), columns, rows)]))
