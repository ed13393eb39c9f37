"""Verbs that say where a card stands, and those that take a move back or bring a card back.

A move names the column and a neighbour, never a number: whatever others did meanwhile, it means
the same. All moves run under the one write lock, each writes the moved card alone.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.research.board_changing import changed, refuse_unworkable
from portal.research.board_models import BoardColumn, Card, CardBlock, CardMove
from portal.research.models import Project
from portal.research.ordering import between, spread

#: So long a move can be taken back by whoever made it.
UNDO_WITHIN = timedelta(hours=1)

_CARDS = Card.__table__


@operation
def place_card(
    card: Card,
    *,
    column_id: int,
    by: Actor,
    before_id: int | None = None,
    after_id: int | None = None,
) -> CardMove:
    """Put a card before or after another one of a column, or at its end.

    A neighbour that is no longer there means the end. Raises `Refused` while the board cannot be
    worked on, for a full column, and for a card that is said to be done while it waits.
    """
    require(by, "card.work", card)
    refuse_unworkable(card.project)
    column = db.session.get(BoardColumn, column_id)
    if column is None or column.project_id != card.project_id:
        raise Refused(_l("Please choose one."), field="column_id")
    if card.place is None:
        raise Refused(_l("It was put away."))
    _refuse_entering(card, column)
    made = CardMove(
        project_id=card.project_id,
        card_id=card.id,
        person_id=by.person_id,
        from_column_id=card.column_id,
        from_before_id=_next_after(card),
        to_column_id=column.id,
        at=clock.now(),
    )
    _put(card, column, before_id, after_id)
    db.session.add(made)
    db.session.flush()
    journal.note("card.place", card, by=by, to_state=column.kind)
    return made


@operation
def undo_move(project: Project, *, by: Actor) -> Card:
    """Take back the actor's last move.

    Raises `Refused` where somebody moved that card since, and for what a move there refuses.
    """
    require(by, "project.work", project)
    refuse_unworkable(project)
    last = last_move_of(project.id, by.person_id or 0)
    if last is None:
        raise Refused(_l("There is no move of yours to take back."))
    card = db.session.get_one(Card, last.card_id)
    column = db.session.get_one(BoardColumn, last.from_column_id)
    _refuse_entering(card, column)
    last.undone_at = clock.now()
    _put(card, column, last.from_before_id, None)
    journal.note("card.undo", card, by=by, to_state=column.kind)
    return card


@operation
def bring_back_card(card: Card, *, by: Actor) -> None:
    """Put a card that was put away at the end of the first column; one on the board stays.

    Raises `Refused` while the board cannot be worked on, and for a full column.
    """
    require(by, "card.work", card)
    refuse_unworkable(card.project)
    if card.place is not None:
        return
    columns = select(BoardColumn).where(BoardColumn.project_id == card.project_id)
    first = db.session.scalars(columns.order_by(BoardColumn.position).limit(1)).one()
    refuse_full(first)
    _put(card, first, None, None)
    journal.note("card.bring_back", card, by=by, to_state=first.kind)


def last_move_of(project_id: int, person_id: int) -> CardMove | None:
    """Return somebody's last move that they may still take back, or None."""
    last = db.session.scalars(
        select(CardMove)
        .where(
            CardMove.project_id == project_id,
            CardMove.person_id == person_id,
            CardMove.at > clock.now() - UNDO_WITHIN,
        )
        .order_by(CardMove.id.desc())
        .limit(1)
    ).first()
    if last is None or last.undone_at is not None:
        return None
    later = select(CardMove.id).where(CardMove.card_id == last.card_id, CardMove.id > last.id)
    stands = select(Card.id).where(Card.id == last.card_id, Card.place.is_not(None))
    if db.session.scalar(later) is not None or db.session.scalar(stands) is None:
        return None
    return last


def _refuse_entering(card: Card, column: BoardColumn) -> None:
    """Refuse a column that is full, or is for what is done while the card waits."""
    if column.id == card.column_id:
        return
    refuse_full(column)
    if column.is_done:
        _refuse_waiting(card)


def refuse_full(column: BoardColumn) -> None:
    """Refuse a further card in a column that takes no more."""
    if column.card_limit is None:
        return
    held = select(func.count(Card.id)).where(Card.column_id == column.id, Card.place.is_not(None))
    if (db.session.scalar(held) or 0) >= column.card_limit:
        raise Refused(
            _l(
                "This column takes at most %(limit)d cards: finish one of them first.",
                limit=column.card_limit,
            ),
            field="column_id",
        )


def _refuse_waiting(card: Card) -> None:
    waits = (
        select(Card.title)
        .join(CardBlock, CardBlock.blocker_id == Card.id)
        .where(CardBlock.card_id == card.id, Card.done_at.is_(None))
    )
    title = db.session.scalars(waits).first()
    if title is not None:
        raise Refused(_l("It still waits for: %(title)s", title=title), field="column_id")


def end_of(column_id: int) -> int:
    """Return the place after the last card of a column."""
    last = select(func.max(Card.place)).where(Card.column_id == column_id)
    place = between(db.session.scalar(last), None)
    if place is None:
        raise AssertionError("there is always room at the end")
    return place


def _put(card: Card, column: BoardColumn, before_id: int | None, after_id: int | None) -> None:
    """Write where a card stands, past its version: what it says stays as somebody has it open."""
    place = _place(column.id, card.id, before_id, after_id)
    if place is None:
        _spread(column.id)
        place = _place(column.id, card.id, before_id, after_id)
    done_at = (card.done_at or clock.now()) if column.is_done else None
    db.session.execute(
        update(_CARDS)  # type: ignore[arg-type]
        .where(_CARDS.c.id == card.id)
        .values(column_id=column.id, place=place, done_at=done_at)
    )
    db.session.expire(card)
    changed(card.project_id)


def _place(column_id: int, card_id: int, before_id: int | None, after_id: int | None) -> int | None:
    """Return a place in a column beside a neighbour, else at the end; None without room."""
    others = (Card.column_id == column_id, Card.id != card_id, Card.place.is_not(None))
    beside = before_id if before_id is not None else after_id
    at = db.session.scalar(select(Card.place).where(*others, Card.id == (beside or 0)))
    if at is None:
        return between(db.session.scalar(select(func.max(Card.place)).where(*others)), None)
    if before_id is not None:
        lower = db.session.scalar(select(func.max(Card.place)).where(*others, Card.place < at))
        return between(lower, at)
    upper = db.session.scalar(select(func.min(Card.place)).where(*others, Card.place > at))
    return between(at, upper)


def _spread(column_id: int) -> None:
    """Give the cards of a column full room again, in the order they have."""
    rows = db.session.execute(
        select(Card.id, Card.place)
        .where(Card.column_id == column_id, Card.place.is_not(None))
        .order_by(Card.place)
    ).all()
    places = spread(len(rows))
    first, last = rows[0].place, rows[-1].place
    # First out of the way of both the old and the new places: no two ever share one.
    out_of_the_way = max(last, places[-1]) - first + 1
    db.session.execute(
        update(_CARDS)  # type: ignore[arg-type]
        .where(_CARDS.c.column_id == column_id, _CARDS.c.place.is_not(None))
        .values(place=_CARDS.c.place + out_of_the_way)
    )
    for row, place in zip(rows, places, strict=True):
        db.session.execute(
            update(_CARDS).where(_CARDS.c.id == row.id).values(place=place)  # type: ignore[arg-type]
        )


def _next_after(card: Card) -> int | None:
    """Return the card that stands next below, or None."""
    return db.session.scalar(
        select(Card.id)
        .where(Card.column_id == card.column_id, Card.place > card.place)
        .order_by(Card.place)
        .limit(1)
    )


def card_at(column_id: int, number: int, *, without: int) -> int | None:
    """Return the card that stands at a place counted from 1, without one card; None for the end."""
    return db.session.scalar(
        select(Card.id)
        .where(Card.column_id == column_id, Card.place.is_not(None), Card.id != without)
        .order_by(Card.place)
        .offset(max(number, 1) - 1)
        .limit(1)
    )
