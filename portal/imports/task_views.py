"""Pages of tables of tasks: bring one, see what would become of each row, take it over."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from portal.access import current_actor, requires
from portal.database import db
from portal.forms import Form, refusals, version_in
from portal.imports import task_operations as operations
from portal.imports.forms import UploadForm
from portal.imports.task_models import TaskImport
from portal.imports.task_pages import columns_page, import_page, sheet_forms
from portal.imports.task_queries import tables_waiting
from portal.research.models import Project
from portal.sheets.comma import read_table
from portal.sheets.exporting import ENDING, download
from portal.sheets.writing import Column, Sheet, workbook
from portal.uploads import takes_upload

bp = Blueprint("task_imports", __name__)


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
    page = render_template(
        "imports/bring_tasks.html", form=form, project=project, waiting=tables_waiting(project.id)
    )
    return page, form.status


@bp.get("/task-imports/<int:task_import_id>")
@requires("task_import.view", TaskImport)
def view_tasks(task_import: TaskImport) -> str:
    """Show what would become of each row, or what became of them."""
    return import_page(task_import)


@bp.route("/task-imports/<int:task_import_id>/columns", methods=["GET", "POST"])
@requires("task_import.run", TaskImport)
def edit_columns(task_import: TaskImport) -> tuple[str, int] | Answer:
    """Show how each sheet is read, and take corrections."""
    if task_import.started_at is not None or not task_import.is_open:
        return redirect(url_for("task_imports.view_tasks", task_import_id=task_import.id))
    source, form = operations.sheets_of(task_import), Form(thing=task_import)
    sheets = sheet_forms(*source)
    # Every one is checked, so that each shows what is wrong in it.
    valid = [each.validate() for each in (form, *sheets)] if form.is_submitted() else [False]
    if all(valid):
        with refusals(form):
            layouts = [each.layout() for each in sheets]
            by = current_actor()
            operations.correct_tasks(task_import, layouts, by=by, expected=form.expected)
            return redirect(url_for("task_imports.view_tasks", task_import_id=task_import.id))
    if form.status == 409:
        db.session.refresh(task_import)
        form.version.data = str(task_import.version)
    page = columns_page(task_import, form, list(zip(*source, sheets, strict=True)))
    return page, max(form.status, *(each.status for each in sheets))


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
