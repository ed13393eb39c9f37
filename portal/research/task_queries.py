"""All that the tasks of a project say, as a table takes it along and brings it back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, literal, select

from portal.accounts.models import Organisation, Person
from portal.database import db
from portal.research.board_models import Card, CardComment, CheckItem
from portal.research.board_queries import FAR, CardFilter
from portal.research.cards import CardContent
from portal.research.work_models import WorkPackage


@dataclass(frozen=True)
class TaskRow:
    """A task that stands on the board, with the names of what it names."""

    id: int
    column_id: int
    content: CardContent
    owner: str | None
    organisation: str | None
    package: str | None


def tasks_in(
    project_id: int, narrowed: CardFilter | None = None, *, size: int | None = None
) -> list[TaskRow]:
    """Return the tasks on a board by the day they are due, as its list shows them."""
    chosen = narrowed.chosen if narrowed else {}
    due = func.coalesce(Card.due_on, literal(FAR, Card.due_on.type))
    found = db.session.execute(
        select(
            Card.id,
            Card.column_id,
            Card.title,
            Card.text,
            Card.owner_id,
            Card.organisation_id,
            Card.package_id,
            Card.due_on,
            Card.labels,
            Person.name,
            Organisation.name,
            WorkPackage.name,
        )
        .outerjoin(Person, Person.id == Card.owner_id)
        .outerjoin(Organisation, Organisation.id == Card.organisation_id)
        .outerjoin(WorkPackage, WorkPackage.id == Card.package_id)
        .where(Card.project_id == project_id, Card.place.is_not(None))
        # What else is joined here has columns of these names too.
        .where(*(getattr(Card, f"{name}_id") == value for name, value in chosen.items()))
        .order_by(due, Card.id)
        .limit(size)
    )
    return [
        TaskRow(
            row[0], row[1], CardContent(*row[2:8], labels=tuple(row[8])), row[9], row[10], row[11]
        )
        for row in found
    ]


def checklists_in(project_id: int) -> dict[int, list[tuple[str, bool]]]:
    """Return the lines of the checklists on a board by task, each with whether it is done."""
    rows = db.session.execute(
        select(CheckItem.card_id, CheckItem.text, CheckItem.is_done)
        .join(Card, Card.id == CheckItem.card_id)
        .where(Card.project_id == project_id, Card.place.is_not(None))
        .order_by(CheckItem.id)
    )
    found: dict[int, list[tuple[str, bool]]] = {}
    for card_id, text, is_done in rows:
        found.setdefault(card_id, []).append((text, is_done))
    return found


def comments_in(project_id: int) -> dict[int, int]:
    """Return how many comments the tasks on a board have, where they have any."""
    rows = db.session.execute(
        select(CardComment.card_id, func.count())
        .join(Card, Card.id == CardComment.card_id)
        .where(Card.project_id == project_id, Card.place.is_not(None))
        .group_by(CardComment.card_id)
    )
    return {row[0]: row[1] for row in rows}
