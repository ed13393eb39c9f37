"""What the badge and the desk count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.actors import Standing
from portal.alliances.models import Membership
from portal.database import among, db
from portal.documents.models import Document
from portal.exchange.models import Interest, Listing
from portal.guests.models import GuestAnswer
from portal.inbox.models import Message
from portal.introductions.models import Introduction
from portal.matters.models import Matter
from portal.matters.queries import waiting
from portal.meetings.models import Meeting, Seat
from portal.meetings.resolution_models import Action, Resolution
from portal.meetings.waiting import awaited as awaited_of_seats
from portal.meetings.waiting import unanswered
from portal.outcomes.models import Outcome
from portal.prepared import Prepared
from portal.regions.models import Region
from portal.research.models import Partner, Project
from portal.roles import Role
from portal.rotation.models import Handover, Swap, Turn
from portal.rotation.queries import awaited
from portal.words import is_never
from portal.workflow import awaiting

#: The nouns whose lifecycles wait for people.
AWAITED = (
    *(Listing, Interest, Membership, Outcome, GuestAnswer, Introduction, Turn, Swap, Handover),
    *(Resolution, Action, Meeting, Document, Project, Partner, Seat),
)
#: What waits not only for a move of its lifecycle: a matter for a step, a term for an answer.
OTHERWISE: dict[Any, Callable[[Standing, Any], ColumnElement[bool]]] = {
    Matter: lambda standing, _model: waiting(standing),
    Turn: awaited,
    Swap: awaited,
    Resolution: awaited_of_seats,
    Seat: unanswered,
}
#: What is counted, by name.
NOUNS = tuple(model.noun for model in (*AWAITED, Matter, Message))
#: The badge counts no further.
COUNT_LIMIT = 99


def waiting_counts(standing: Standing) -> dict[str, int]:
    """Return how many records of each noun wait for this person, at most `COUNT_LIMIT` of each.

    And how many messages they have not read, under the noun of messages: one statement, as of the
    last full minute.
    """
    if standing.actor.person_id is None:
        return {}
    nouns, statement = _waiting_statement(standing)
    return dict.fromkeys(NOUNS, 0) | dict(zip(nouns, statement.raw()[0], strict=True))


@lru_cache(maxsize=1024)
def _waiting_statement(standing: Standing) -> tuple[tuple[str, ...], Prepared]:
    """Return the nouns of which something may wait for this person, and what counts them.

    Kept, because every page asks it.
    """
    conditions: list[tuple[Any, ColumnElement[bool]]] = []
    for model in (*AWAITED, Matter) if standing.roles else ():
        is_awaited = OTHERWISE.get(model, awaiting)(standing, model)
        if not is_never(is_awaited):
            conditions.append((model, is_awaited))
    unread = and_(Message.person_id == standing.actor.person_id, Message.is_unread)
    conditions.append((Message, unread))
    counts = []
    for model, condition in conditions:
        rows = select(model.id).where(condition).limit(COUNT_LIMIT).subquery()
        counts.append(select(func.count()).select_from(rows).scalar_subquery())
    asked = Prepared(select(*counts), keeps_rows=True, to_the_minute=True)
    return tuple(model.noun for model, _condition in conditions), asked


def regions_of(standing: Standing) -> Sequence[Region]:
    """Return the regions a liaison stands for: those they were appointed to, not what is within."""
    ids = sorted(standing[Role.LIAISON])
    if not ids:
        return []
    is_topmost = or_(Region.parent_id.is_(None), ~among(Region.parent_id, ids))
    return db.session.scalars(
        select(Region).where(among(Region.id, ids), is_topmost).order_by(Region.position)
    ).all()
