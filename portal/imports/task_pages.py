"""What the page of a table of tasks shows: the preview, what is left of it, the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.forms import Form
from portal.imports import task_operations as operations
from portal.imports.erasing import KEPT_DAYS
from portal.imports.fates import place_of
from portal.imports.forms import TASK_FIELDS, TaskSheetForm, sample_of
from portal.imports.headers import Layout, labels_of
from portal.imports.models import Fate
from portal.imports.task_fates import TaskVerdict, seal_of
from portal.imports.task_models import TaskImport, TaskImportRow
from portal.imports.task_plans import rows_left
from portal.language import day
from portal.research.board_forms import column_name
from portal.sheets.reading import ReadSheet, column_letter

FATES = {
    Fate.NEW: _l("Goes on the board"),
    Fate.CHANGED: _l("Changes a task"),
    Fate.SAME: _l("Stays as it is"),
    Fate.REFUSED: _l("Is not taken over"),
}
#: Rows that a page shows.
SHOWN = 100
Row = TaskVerdict | TaskImportRow
#: Title, place, what becomes of it, what it says and why.
Line = tuple[str, str, str, str]


def import_page(task_import: TaskImport, **more: Any) -> str:
    """Render the page of a table of tasks; `more` carries what was refused."""
    values: dict[str, Any] = {
        "task_import": task_import,
        "project": task_import.project,
        "kept_days": KEPT_DAYS,
    }
    if task_import.is_open and task_import.started_at is not None:
        values |= _listed(task_import, rows_left(task_import), _kept_line)
    elif task_import.is_open:
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


def sheet_forms(
    sheets: Sequence[ReadSheet], layouts: Sequence[Layout | None]
) -> list[TaskSheetForm]:
    """Return a form for each sheet of a table of tasks, showing how it is read."""
    forms = []
    for number, (sheet, layout) in enumerate(zip(sheets, layouts, strict=True)):
        form = TaskSheetForm(prefix=f"sheet{number}-")
        form.offer(sheet, labels_of(sheet, layout) if layout else {})
        if not form.is_submitted():
            form.show(sheet, layout)
        forms.append(form)
    return forms


def columns_page(
    task_import: TaskImport,
    form: Form,
    sheets: Sequence[tuple[ReadSheet, Layout | None, TaskSheetForm]],
) -> str:
    """Render the page on which somebody says how each sheet is read."""
    return render_template(
        "imports/edit_task_columns.html",
        task_import=task_import,
        project=task_import.project,
        form=form,
        sheets=[(sheet, each, sample_of(sheet, layout)) for sheet, layout, each in sheets],
        letter=column_letter,
        field_names=[each.value for each in TASK_FIELDS],
    )


def _previewed(task_import: TaskImport) -> dict[str, Any]:
    """Return what would become of each row now, and how each sheet is read."""
    table = operations.table_of(task_import)
    verdicts = operations.judged(task_import, table)
    return {
        **_listed(task_import, verdicts, _line),
        "columns": [
            (
                name,
                [
                    (str(TASK_FIELDS[what]), said)
                    for what, said in read.items()
                    if what in TASK_FIELDS
                ],
            )
            for name, read in table.columns
        ],
        "seal": seal_of(verdicts),
    }


def _listed(
    task_import: TaskImport, rows: Sequence[Row], line: Callable[[Any], Line]
) -> dict[str, Any]:
    """Return the rows that were asked for, a page of them, and how many have each fate."""
    asked, start = request.args.get("fate"), request.args.get("after", "")
    chosen = [each for each in rows if asked not in set(Fate) or each.fate == asked]
    after = int(start) if start.isascii() and start.isdecimal() and len(start) < 6 else 0
    counts = {fate: sum(1 for each in rows if each.fate is fate) for fate in FATES}
    following = after + SHOWN
    return {
        "groups": _facet(task_import, counts, asked),
        "lines": [line(each) for each in chosen[after:following]],
        "first_href": _address(task_import, asked) if after else None,
        "next_href": _address(task_import, asked, following) if len(chosen) > following else None,
        "taken": counts[Fate.NEW] + counts[Fate.CHANGED],
    }


def _kept_line(row: TaskImportRow) -> Line:
    """Return a row of a table that was begun as the page shows it."""
    return (
        row.name or "—",
        str(place_of(row.sheet, row.row)),
        str(FATES[row.fate]),
        row.reason or "",
    )


def _line(verdict: TaskVerdict) -> Line:
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
