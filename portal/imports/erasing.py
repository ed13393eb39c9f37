"""Cells of old imports are erased: they may name people, and nobody needs them any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from portal import clock
from portal.database import db
from portal.imports.task_models import TaskImport, TaskImportRow

#: Days after which the cells of an import on which nothing is done, or refused rows, are erased.
KEPT_DAYS = 30


def erase_old_tables(*narrowed: ColumnElement[bool]) -> int:
    """Erase the cells of old tables of tasks, within an operation; return of how many.

    Old is one on which nothing was done for so long, whether or not it was begun. One that
    waited is over with that.
    """
    now = clock.now()
    touched_at = func.coalesce(TaskImport.finished_at, TaskImport.started_at, TaskImport.created_at)
    due = select(TaskImport.id).where(
        *narrowed,
        touched_at < now - timedelta(days=KEPT_DAYS),
        TaskImport.erased_at.is_(None),
    )
    ids = list(db.session.scalars(due))
    if ids:
        gone: dict[str, Any] = {"sheets": None, "refused": [], "erased_at": now}
        quiet = {"synchronize_session": False}
        rows = delete(TaskImportRow).where(TaskImportRow.task_import_id.in_(ids))
        db.session.execute(rows.execution_options(**quiet))
        tables = update(TaskImport).where(TaskImport.id.in_(ids)).values(**gone)
        db.session.execute(tables.execution_options(**quiet))
    return len(ids)
