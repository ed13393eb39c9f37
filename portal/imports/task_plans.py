"""What will be done with each row of a table of tasks: kept when it is begun, done row by row.

The whole table is judged once. Here a row is only compared with what its task says now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, insert, select

from portal.accounts.models import Organisation
from portal.accounts.queries import normal_name
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.imports.models import Fate
from portal.imports.task_fates import TaskVerdict
from portal.imports.task_models import TaskImport, TaskImportRow
from portal.research.board_models import Card
from portal.research.cards import CardContent, add_card, edit_card
from portal.research.models import Project

#: Of a person or an organisation that took part when the table was begun.
LEFT = _l("Whoever is to do it takes part no longer.")


def keep_verdicts(task_import: TaskImport, verdicts: Sequence[TaskVerdict]) -> None:
    """Keep what will be done with each row, within the operation that begins the table."""
    newest = select(func.max(Card.id)).where(Card.project_id == task_import.project_id)
    task_import.newest_card_id = db.session.scalar(newest) or 0
    rows = [_kept(task_import.id, *each) for each in enumerate(verdicts)]
    if rows:
        db.session.execute(insert(TaskImportRow), rows)


def _kept(task_import_id: int, position: int, verdict: TaskVerdict) -> dict[str, Any]:
    record = verdict.record
    return {
        "task_import_id": task_import_id,
        "position": position,
        "sheet": record.sheet,
        "row": record.row,
        "name": record.name[:200],
        "fate": verdict.fate,
        "reason": " ".join(str(each) for each in verdict.reasons) or None,
        "content": verdict.content and _as_data(verdict.content),
        "before": verdict.before and _as_data(verdict.before),
        "column_id": verdict.column and verdict.column.id,
        "card_id": verdict.card_id,
        # Any row but one that stays as it is may yet be refused, and is handed back then.
        "cells": [] if verdict.fate is Fate.SAME else list(record.cells),
    }


def _as_data(content: CardContent) -> dict[str, Any]:
    due_on = content.due_on.isoformat() if content.due_on else None
    return {**vars(content), "due_on": due_on, "labels": list(content.labels)}


def _following(data: dict[str, Any]) -> dict[str, Any]:
    """Return what was kept of a task, with the organisation that its own was merged into."""
    number = data["organisation_id"]
    while number and (into := db.session.get_one(Organisation, number).merged_into_id):
        number = into
    return {**data, "organisation_id": number}


def _from_data(data: dict[str, Any]) -> CardContent:
    data = _following(data)
    due_on = date.fromisoformat(data["due_on"]) if data["due_on"] else None
    return CardContent(**{**data, "due_on": due_on, "labels": tuple(data["labels"])})


def rows_left(task_import: TaskImport, most: int | None = None) -> Sequence[TaskImportRow]:
    """Return the rows of a table that was begun which are still to be gone through."""
    rows = select(TaskImportRow).where(
        TaskImportRow.task_import_id == task_import.id,
        TaskImportRow.position >= task_import.done,
    )
    return db.session.scalars(rows.order_by(TaskImportRow.position).limit(most)).all()


def drop_rows(task_import: TaskImport) -> None:
    """Drop what was kept of the rows, within the operation that ends the table."""
    rows = delete(TaskImportRow).where(TaskImportRow.task_import_id == task_import.id)
    db.session.execute(rows.execution_options(synchronize_session=False))


class Taking:
    """Does with rows of one table what was kept of them, within one operation."""

    def __init__(self, task_import: TaskImport, *, by: Actor) -> None:
        self.project: Project = task_import.project
        self.by = by
        own = select(TaskImportRow.card_id).where(
            TaskImportRow.task_import_id == task_import.id,
            TaskImportRow.fate == Fate.NEW,
            TaskImportRow.card_id.is_not(None),
        )
        added = select(Card.title).where(
            Card.project_id == task_import.project_id,
            Card.place.is_not(None),
            Card.id > (task_import.newest_card_id or 0),
            Card.id.not_in(own),
        )
        #: The titles of tasks that somebody else added since the table was begun.
        self.added = {normal_name(title) for title in db.session.scalars(added)}

    def take(self, row: TaskImportRow) -> tuple[Fate, str]:
        """Do what was kept of a row; return what became of it, and why it was refused if it was.

        A task that says something else than it did, or a rule by now, refuses the row.
        """
        try:
            if row.fate is Fate.NEW:
                self._add(row)
            elif row.fate is Fate.CHANGED:
                self._edit(row)
        except Refused as no:
            return Fate.REFUSED, str(LEFT if no.field == "who" else no.sentence)
        return row.fate, row.reason or ""

    def _add(self, row: TaskImportRow) -> None:
        content = _from_data(row.content or {})
        if normal_name(content.title) in self.added:
            raise Refused(_l("Somebody else added a task of this title meanwhile."))
        row.card_id = add_card(self.project, content, column_id=row.column_id, by=self.by).id

    def _edit(self, row: TaskImportRow) -> None:
        card = db.session.get(Card, row.card_id)
        if card is None or card.place is None:
            raise Refused(_l("This task was taken off the board meanwhile."))
        if row.before is None or _as_data(_said_by(card)) != _following(row.before):
            raise Refused(_l("Somebody else changed this task meanwhile: it stays as it is."))
        edit_card(card, _from_data(row.content or {}), by=self.by)


def _said_by(card: Card) -> CardContent:
    """Return what a task says now."""
    return CardContent(
        card.title,
        card.text,
        card.owner_id,
        card.organisation_id,
        card.package_id,
        card.due_on,
        tuple(card.labels),
    )
