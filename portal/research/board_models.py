"""The board of a project: its columns, its cards, and what hangs on a card."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal.accounts.models import Organisation, Person
from portal.database import Model, Versioned, choice, constraints
from portal.research.models import Participant, Project
from portal.research.workflow import PartnerState

#: The place of a card within its column: a whole number with room for others before it.
_PLACE = BigInteger().with_variant(Integer, "sqlite")


class ColumnKind(StrEnum):
    """What stands in a column; one of one's own has a name, the others may be called anew."""

    TODO = "todo"
    DOING = "doing"
    REVIEW = "review"
    DONE = "done"
    OWN = "own"


class Board(Model):
    """How often the board of a project changed: all that a waiting browser asks for."""

    __tablename__ = "board"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id"), primary_key=True, autoincrement=False
    )
    change: Mapped[int]
    changed_at: Mapped[datetime]


class BoardColumn(Model):
    """A column of a board, from left to right by position."""

    __tablename__ = "board_column"
    __table_args__ = constraints(
        UniqueConstraint("project_id", "position"),
        CheckConstraint("card_limit IS NULL OR card_limit > 0", name="limit_lets_one_in"),
        CheckConstraint("kind <> 'own' OR name IS NOT NULL", name="own_has_a_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    position: Mapped[int]
    kind: Mapped[ColumnKind] = mapped_column(choice(ColumnKind))
    name: Mapped[str | None] = mapped_column(String(40))
    #: How many cards it takes at most (在制品上限); nothing for any number.
    card_limit: Mapped[int | None]

    @property
    def is_done(self) -> bool:
        """Whether what stands in it is done."""
        return self.kind is ColumnKind.DONE


class Card(Versioned, Model):
    """One task. Its version grows with what it says, not with where it stands."""

    __tablename__ = "card"
    __table_args__ = constraints(
        # The second wall behind the write lock: two cards never share a place.
        UniqueConstraint("column_id", "place"),
        Index(None, "project_id", "due_on"),
        Index(None, "owner_id"),
    )
    noun = "card"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    column_id: Mapped[int] = mapped_column(ForeignKey("board_column.id"))
    #: Smaller stands higher; nothing once it was put away.
    place: Mapped[int | None] = mapped_column(_PLACE)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str | None] = mapped_column(Text)
    #: Who does it, and for which organisation.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    package_id: Mapped[int | None] = mapped_column(ForeignKey("work_package.id"))
    due_on: Mapped[date | None]
    labels: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    #: When it came to a column of what is done, for as long as it stands there.
    done_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    column: Mapped[BoardColumn] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[Person | None] = relationship(lazy="joined")
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    items: Mapped[list[CheckItem]] = relationship(order_by="CheckItem.id")
    #: Those who take part now, by whom its door is kept.
    participants: Mapped[list[Participant]] = relationship(
        primaryjoin=lambda: and_(
            foreign(Participant.project_id) == Card.project_id,
            Participant.state == PartnerState.CONFIRMED,
        ),
        viewonly=True,
        uselist=True,
    )


class CheckItem(Model):
    """A line of a card's checklist."""

    __tablename__ = "card_item"
    __table_args__ = constraints(Index(None, "card_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    text: Mapped[str] = mapped_column(String(120))
    is_done: Mapped[bool] = mapped_column(default=False)


class CardComment(Model):
    """What somebody wrote on a card."""

    __tablename__ = "card_comment"
    __table_args__ = constraints(Index(None, "card_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship()


class CardBlock(Model):
    """One card waits for another; a circle of them is refused."""

    __tablename__ = "card_block"
    __table_args__ = constraints(
        CheckConstraint("card_id <> blocker_id", name="waits_for_another"),
        Index(None, "blocker_id"),
    )

    card_id: Mapped[int] = mapped_column(
        ForeignKey("card.id"), primary_key=True, autoincrement=False
    )
    blocker_id: Mapped[int] = mapped_column(
        ForeignKey("card.id"), primary_key=True, autoincrement=False
    )


class CardMove(Model):
    """One move of a card, kept so that whoever made it can take it back."""

    __tablename__ = "card_move"
    __table_args__ = constraints(
        Index(None, "card_id"),
        Index(None, "project_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_column_id: Mapped[int] = mapped_column(ForeignKey("board_column.id"))
    #: The card before which it stood, where one followed.
    from_before_id: Mapped[int | None] = mapped_column(ForeignKey("card.id"))
    to_column_id: Mapped[int] = mapped_column(ForeignKey("board_column.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
