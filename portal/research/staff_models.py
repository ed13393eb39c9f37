"""Who of an organisation does what in a project, for as long as it takes part."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model, choice, constraints


class ProjectRole(StrEnum):
    """What somebody is in a project, for their organisation."""

    HEAD = "head"
    CONTACT = "contact"
    MEMBER = "member"
    ADVISER = "adviser"
    FINANCE = "finance"


class ProjectPerson(Model):
    """A person with a role in a project; ended when taken off, or when the organisation leaves.

    It holds as long as its person acts for the organisation without a gap; afterwards it is given
    anew.
    """

    __tablename__ = "project_person"
    __table_args__ = constraints(
        # The second wall behind the write lock: one role of a person at a time.
        Index(
            "uq_project_person_role",
            "partner_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # And one head of a project.
        Index(
            "uq_project_person_head",
            "project_id",
            unique=True,
            sqlite_where=text("role = 'head' AND ended_at IS NULL"),
            postgresql_where=text("role = 'head' AND ended_at IS NULL"),
        ),
        Index(None, "project_id"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("project_partner.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[ProjectRole] = mapped_column(choice(ProjectRole))
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
