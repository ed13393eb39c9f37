"""Questions about interests."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.access import visible_to
from portal.actors import Standing
from portal.database import db
from portal.exchange.models import Interest
from portal.roles import Role
from portal.workflow import awaiting

#: Rows on a page of a list.
PAGE = 20


def interests_in(listing_id: int) -> Sequence[Interest]:
    """Return the answers to a listing, newest first."""
    return db.session.scalars(
        select(Interest)
        .where(Interest.listing_id == listing_id)
        .order_by(Interest.id.desc())
        .limit(100)
    ).all()


def own_interest(listing_id: int, organisation_id: int | None) -> Interest | None:
    """Return the newest answer of an organisation to a listing, or None."""
    return db.session.scalar(
        select(Interest)
        .where(Interest.listing_id == listing_id, Interest.organisation_id == organisation_id)
        .order_by(Interest.id.desc())
        .limit(1)
    )


def interest_page(
    standing: Standing, *, received: bool, after: int | None = None
) -> tuple[Sequence[Interest], int | None]:
    """Return a page of the interests received or sent, newest first, and the next page's key."""
    side = Interest.owner_id if received else Interest.organisation_id
    query = (
        select(Interest)
        .where(
            visible_to(standing, "interest.view", Interest),
            side.in_(sorted(standing[Role.DELEGATE])),
        )
        .order_by(Interest.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Interest.id < after)
    rows = db.session.scalars(query).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def waiting_interests(standing: Standing, limit: int) -> Sequence[Interest]:
    """Return the answers that wait for this person, the longest waiting first."""
    return db.session.scalars(
        select(Interest).where(awaiting(standing, Interest)).order_by(Interest.id).limit(limit)
    ).all()
