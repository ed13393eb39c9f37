"""Cells of old imports are erased: they may name people, and nobody needs them any more."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, exists, func, or_, select, update

from portal import clock
from portal.access import require
from portal.accounts.models import Person
from portal.accounts.person_queries import addresses_of
from portal.actors import Actor
from portal.database import db
from portal.imports.models import MemberImport, MemberImportRow
from portal.imports.task_models import TaskImport, TaskImportRow
from portal.operations import operation

#: Days after which the cells of an import on which nothing is done, or refused rows, are erased.
KEPT_DAYS = 30
#: What is erased was not read before: nothing in memory has to follow.
QUIET = {"synchronize_session": False}


@operation
def erase_old_imports(*, by: Actor) -> int:
    """Erase the cells of every import on which nothing was done for so long; return of how many."""
    require(by, "member_import.erase")
    return erase_old_workbooks() + erase_old_tables()


def erase_old_workbooks(*narrowed: ColumnElement[bool]) -> int:
    """Erase the cells of old imports of members, within an operation; return of how many.

    Old is one on which nothing was done for so long: also one that was begun and given up. One
    that was not begun is over with that.
    """
    now = clock.now()
    touched_at = func.coalesce(
        MemberImport.finished_at, MemberImport.started_at, MemberImport.created_at
    )
    rows = exists().where(
        MemberImportRow.member_import_id == MemberImport.id, MemberImportRow.cells.is_not(None)
    )
    due = select(MemberImport.id).where(
        *narrowed,
        touched_at < now - timedelta(days=KEPT_DAYS),
        or_(MemberImport.sheets.is_not(None), rows),
    )
    ids = list(db.session.scalars(due))
    if ids:
        over = func.coalesce(
            MemberImport.discarded_at, case((MemberImport.started_at.is_(None), now))
        )
        gone: dict[str, Any] = {"sheets": None, "plan": None, "discarded_at": over}
        workbooks = update(MemberImport).where(MemberImport.id.in_(ids)).values(**gone)
        db.session.execute(workbooks.execution_options(**QUIET))
        cells = update(MemberImportRow).where(MemberImportRow.member_import_id.in_(ids))
        db.session.execute(cells.values(cells=None).execution_options(**QUIET))
    return len(ids)


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
        _empty_tables(ids, erased_at=now)
    return len(ids)


def _empty_tables(ids: Collection[int], **more: Any) -> None:
    rows = delete(TaskImportRow).where(TaskImportRow.task_import_id.in_(ids))
    db.session.execute(rows.execution_options(**QUIET))
    gone: dict[str, Any] = {"sheets": None, "refused": [], **more}
    tables = update(TaskImport).where(TaskImport.id.in_(ids)).values(**gone)
    db.session.execute(tables.execution_options(**QUIET))


def forget(who: Person, _nobody: str) -> None:
    """Empty the tables of tasks that name a person who is erased, inside that operation.

    One that waited is discarded: what of it is on the board stays there.
    """
    names = [who.name, *addresses_of(who)]
    kept = select(TaskImport.id, TaskImport.sheets, TaskImport.refused)
    found = {
        number
        for number, *cells in db.session.execute(kept.where(TaskImport.erased_at.is_(None)))
        if _is_named(names, cells)
    }
    rows = select(TaskImportRow.task_import_id, TaskImportRow.cells)
    found |= {number for number, cells in db.session.execute(rows) if _is_named(names, cells)}
    if found:
        waited = case((TaskImport.finished_at.is_(None), clock.now()))
        _empty_tables(found, discarded_at=func.coalesce(TaskImport.discarded_at, waited))


def _is_named(names: Iterable[str], cells: list[Any]) -> bool:
    """Return whether cells, as they are kept, hold one of some names."""
    told = json.dumps(cells, ensure_ascii=False)
    return any(each in told for each in names)
