"""Messages to people, and how each wants to hear of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.database import Model, choice, constraints


class Message(Model):
    """One event that concerns one person: which, about what, and whether they read it."""

    __tablename__ = "message"
    __table_args__ = constraints(
        # The second wall behind the write lock: one message for each event and person.
        UniqueConstraint("line", "person_id"),
        Index(None, "person_id", "id"),
        Index(
            "ix_message_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )
    noun = "message"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: The organisation for which it concerns them: acting for another one they may not see it.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    #: The row of the table of notices, and the record it is about.
    notice: Mapped[str] = mapped_column(String(60))
    about_noun: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    #: The line of the journal that tells the event.
    line: Mapped[int]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    organisation: Mapped[Organisation | None] = relationship()

    @hybrid_property
    def is_unread(self) -> Any:
        """Whether its person has neither opened it nor marked it read."""
        return self.read_at == None  # noqa: E711 - the same expression in SQL


class Rhythm(StrEnum):
    """How often somebody wants the digest (动态摘要)."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class InboxPreference(Model):
    """How a person wants to hear of messages by mail; who has no row has the defaults."""

    __tablename__ = "inbox_preference"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    digest: Mapped[Rhythm] = mapped_column(choice(Rhythm))
    #: Whether what is urgent comes by mail at once, or waits for the digest.
    mails_urgent: Mapped[bool]
    #: When the last digest was written: the next one goes on from there.
    digest_at: Mapped[datetime | None]
