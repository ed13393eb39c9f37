"""A table of tasks that somebody brought for the board of a project, and what becomes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Model, Versioned, choice, constraints
from portal.imports.models import Fate
from portal.research.models import Participant, Project
from portal.research.workflow import PartnerState


class TaskImport(Versioned, Model):
    """A table of tasks, and how far it is taken over."""

    __tablename__ = "task_import"
    __table_args__ = constraints(
        CheckConstraint("done >= 0 AND done <= total", name="done_within_total"),
        Index(None, "project_id", "id"),
    )
    noun = "task_import"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    #: The cells as they were read; erased as soon as they are taken over or discarded.
    sheets: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    #: How each sheet is read, where somebody saw it; nothing for one that holds no tasks.
    layouts: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    #: The newest task when it was begun: whatever is newer and not of this table was added since.
    newest_card_id: Mapped[int | None]
    #: Rows that were gone through, of how many: the cursor.
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    #: How many rows had each fate.
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    #: The rows that were refused: where, what, why.
    refused: Mapped[list[Any]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    #: When its cells and refused rows were erased for their age; with that it is over.
    erased_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    brought_by: Mapped[Person] = relationship()
    participants: Mapped[list[Participant]] = relationship(
        primaryjoin=lambda: and_(
            foreign(Participant.project_id) == TaskImport.project_id,
            Participant.state == PartnerState.CONFIRMED,
        ),
        viewonly=True,
        uselist=True,
    )

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody to say that it is taken over, or to discard it."""
        return self.finished_at is None and self.discarded_at is None and self.erased_at is None


class TaskImportRow(Model):
    """What will be done with one row of a table that was begun; gone when the table is over.

    It is judged once, as somebody saw it, and never again: what was changed meanwhile is refused.
    """

    __tablename__ = "task_import_row"
    __table_args__ = constraints(
        UniqueConstraint("task_import_id", "position"),
        Index(None, "card_id"),
        Index(None, "column_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_import_id: Mapped[int] = mapped_column(ForeignKey("task_import.id"))
    position: Mapped[int]
    sheet: Mapped[str] = mapped_column(String(64))
    row: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    fate: Mapped[Fate] = mapped_column(choice(Fate))
    reason: Mapped[str | None] = mapped_column(Text)
    #: What the task will say, and what a known one said when it was seen.
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    column_id: Mapped[int | None] = mapped_column(ForeignKey("board_column.id"))
    #: The task that it means, or that was made of it.
    card_id: Mapped[int | None] = mapped_column(ForeignKey("card.id"))
    cells: Mapped[list[str]] = mapped_column(JSON)
