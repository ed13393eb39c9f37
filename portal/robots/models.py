"""Robots of alliances, and what was posted by them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.alliances.models import Alliance
from portal.database import Model, Versioned, constraints
from portal.delivering import Deliverable


class Robot(Versioned, Model):
    """The robot of one alliance; without an address it posts nothing."""

    __tablename__ = "robot"
    noun = "robot"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"), unique=True)
    #: A secret: shown masked, never journaled.
    url: Mapped[str | None] = mapped_column(String(500))
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)

    @hybrid_property
    def is_on(self) -> Any:
        """Whether it posts."""
        return self.url != None  # noqa: E711 - the same expression in SQL

    @property
    def masked(self) -> str:
        """The address as it may be shown: where it leads, and its last characters."""
        if self.url is None:
            return ""
        host = self.url.removeprefix("https://").partition("/")[0].partition("?")[0]
        return f"https://{host}/…{self.url[-4:]}"


class RobotPost(Deliverable, Model):
    """One text to a chat group: at most one for each record."""

    __tablename__ = "robot_post"
    __table_args__ = constraints(
        UniqueConstraint("robot_id", "about_noun", "about_id"),
        Index(None, "next_attempt_at", "id"),
    )
    noun = "robot_post"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    robot_id: Mapped[int] = mapped_column(ForeignKey("robot.id"))
    about_noun: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    #: Emptied when it was posted.
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    robot: Mapped[Robot] = relationship(lazy="joined", innerjoin=True)
