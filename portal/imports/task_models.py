"""A table of tasks that somebody brought for the board of a project, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal.accounts.models import Person
from portal.database import Model, Versioned, constraints
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

    project: Mapped[Project] = relationship()
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
        return self.finished_at is None and self.discarded_at is None
