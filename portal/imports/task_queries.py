"""Questions about tables of tasks that were brought."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from portal.accounts.models import Person
from portal.database import db
from portal.imports.task_models import TaskImport

#: Tables that a page lists.
LISTED = 10


class Waiting(NamedTuple):
    """A table that is neither taken over to its end nor discarded."""

    id: int
    file_name: str
    brought_by: str
    created_at: datetime
    started_at: datetime | None


def tables_waiting(project_id: int) -> list[Waiting]:
    """Return the newest tables of a project that wait to be taken over, or to be gone on with."""
    rows = db.session.execute(
        select(
            TaskImport.id,
            TaskImport.file_name,
            Person.name,
            TaskImport.created_at,
            TaskImport.started_at,
        )
        .join(Person, Person.id == TaskImport.brought_by_id)
        .where(
            TaskImport.project_id == project_id,
            TaskImport.finished_at.is_(None),
            TaskImport.discarded_at.is_(None),
            TaskImport.erased_at.is_(None),
        )
        .order_by(TaskImport.id.desc())
        .limit(LISTED)
    )
    return [Waiting(*row) for row in rows]
