"""Questions about one card: what it waits for, what was written on it, where it stood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import literal, select, union_all

from portal.accounts.models import Organisation, Person
from portal.database import db
from portal.research.board_models import (
    BoardColumn,
    Card,
    CardBlock,
    CardComment,
    CardMove,
    ColumnKind,
)


class Place(NamedTuple):
    """A column that a card can be moved to."""

    id: int
    kind: ColumnKind
    name: str | None


def places_of(project_id: int) -> list[Place]:
    """Return the columns of a board from left to right; nothing of their cards is counted."""
    rows = db.session.execute(
        select(BoardColumn.id, BoardColumn.kind, BoardColumn.name)
        .where(BoardColumn.project_id == project_id)
        .order_by(BoardColumn.position)
    )
    return [Place(*row) for row in rows]


def waits_of(card_id: int) -> list[tuple[int, str, bool, bool]]:
    """Return (id, title, is done, is a blocker) of what a card waits for and what waits for it."""
    one = select(Card.id, Card.title, Card.done_at, literal(1).label("ahead")).join(
        CardBlock, CardBlock.blocker_id == Card.id
    )
    other = select(Card.id, Card.title, Card.done_at, literal(0).label("ahead")).join(
        CardBlock, CardBlock.card_id == Card.id
    )
    both = union_all(
        one.where(CardBlock.card_id == card_id), other.where(CardBlock.blocker_id == card_id)
    )
    rows = db.session.execute(both).all()
    return [(row[0], row[1], row[2] is not None, bool(row[3])) for row in rows]


def others_of(card: Card) -> list[tuple[int, str]]:
    """Return (id, title) of the open cards of the board that a card could wait for."""
    found = db.session.execute(
        select(Card.id, Card.title)
        .where(
            Card.project_id == card.project_id,
            Card.id != card.id,
            Card.place.is_not(None),
            Card.done_at.is_(None),
        )
        .order_by(Card.id.desc())
        .limit(300)
    )
    return [(row[0], row[1]) for row in found]


class PutAway(NamedTuple):
    """A card that was put away, and who had it."""

    id: int
    title: str
    owner: str | None
    organisation: str | None


def put_away_of(project_id: int) -> list[PutAway]:
    """Return the cards of a board that were put away, the newest card first; at most 300."""
    rows = db.session.execute(
        select(Card.id, Card.title, Person.name, Organisation.name)
        .outerjoin(Person, Person.id == Card.owner_id)
        .outerjoin(Organisation, Organisation.id == Card.organisation_id)
        .where(Card.project_id == project_id, Card.place.is_(None))
        .order_by(Card.id.desc())
        .limit(300)
    )
    return [PutAway(*row) for row in rows]


def comments_of(card_id: int) -> Sequence[CardComment]:
    """Return the comments on a card, the oldest first."""
    return db.session.scalars(
        select(CardComment).where(CardComment.card_id == card_id).order_by(CardComment.id)
    ).all()


def moves_of(card_id: int) -> list[tuple[CardMove, str]]:
    """Return the moves of a card with who made them, the newest first; at most 100."""
    found = db.session.execute(
        select(CardMove, Person.name)
        .join(Person, Person.id == CardMove.person_id)
        .where(CardMove.card_id == card_id)
        .order_by(CardMove.id.desc())
        .limit(100)
    )
    return [(row[0], row[1]) for row in found]
