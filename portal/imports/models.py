"""An import of members, and what became of each of its rows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation, Person
from portal.alliances.models import Alliance
from portal.chain.models import ChainNode
from portal.database import Model, Versioned, choice, constraints


class Fate(StrEnum):
    """What a row is to the alliance."""

    #: The organisation becomes a member, known to the portal before or not.
    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    REFUSED = "refused"
    #: The row itself names another alliance than the one chosen.
    OTHER_ALLIANCE = "other_alliance"


class Effect(StrEnum):
    """What taking a row over does; rows of another alliance have one too."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOTHING = "nothing"


class MemberImport(Versioned, Model):
    """A workbook of members that somebody brought, and how far it is taken over."""

    __tablename__ = "member_import"
    __table_args__ = constraints(
        CheckConstraint("done >= 0 AND done <= total", name="done_within_total"),
        Index(None, "alliance_id", "id"),
    )
    noun = "member_import"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    brought_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    #: The cells as they were read, and how each sheet is read; erased as soon as nobody needs
    #: them, for they hold names and numbers of people. Large: only read where asked for.
    sheets: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    layouts: Mapped[list[Any]] = mapped_column(JSON)
    #: Of one that is begun: each row, and a digest of what will be done with it.
    plan: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    #: Rows that are stored, of how many: the cursor.
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]

    alliance: Mapped[Alliance] = relationship()
    brought_by: Mapped[Person | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether it may still be corrected, started or discarded."""
        return self.started_at is None and self.discarded_at is None


class MemberImportRow(Model):
    """One row that was taken over, or was not, and why. Each row of a sheet stands here once."""

    __tablename__ = "member_import_row"
    __table_args__ = constraints(
        UniqueConstraint("member_import_id", "sheet", "row"),
        Index(None, "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_import_id: Mapped[int] = mapped_column(ForeignKey("member_import.id"))
    sheet: Mapped[str] = mapped_column(String(64))
    row: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    fate: Mapped[Fate] = mapped_column(choice(Fate))
    effect: Mapped[Effect] = mapped_column(choice(Effect))
    reason: Mapped[str | None] = mapped_column(Text)
    #: The cells of a row that was not taken over, for the workbook of such rows; erased later.
    cells: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    #: The version of the organisation that this row left: whoever changed it since raised it.
    left_version: Mapped[int | None]
    #: The node as the sheet has it, and the one it was found or placed at.
    chain_node: Mapped[str | None] = mapped_column(String(60))
    chain_node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    #: Whether somebody decided that the text stays one.
    is_left_as_text: Mapped[bool] = mapped_column(default=False)

    alliance: Mapped[Alliance] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    node: Mapped[ChainNode | None] = relationship()
