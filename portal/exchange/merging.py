"""What happens to listings and answers when their organisation is merged or renamed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, or_, select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.database import db
from portal.exchange.models import Interest, Listing, Naming
from portal.exchange.operations import index
from portal.exchange.workflow import InterestState
from portal.files import hand_over
from portal.operations import operation

#: Of two answers to one listing the further one keeps the place.
RANK = (InterestState.ACCEPTED, InterestState.SENT)


@operation
def move_exchange(double: Organisation, *, by: Actor) -> None:
    """Move listings, answers and namings of a double to the survivor (a consequence).

    Where both answered one listing, one answer keeps the place; where one had answered the
    other, that answer ends: nobody does business with itself. History stays.
    """
    require(by, "organisation.merge", double)
    into_id = double.merged_into_id or 0
    hand_over(double.id, into_id)
    touched: dict[int, Listing] = {}
    listings = db.session.scalars(select(Listing).where(Listing.organisation_id == double.id)).all()
    for listing in listings:
        listing.organisation_id = into_id
        touched[listing.id] = listing
    interests = db.session.scalars(
        select(Interest).where(
            or_(Interest.organisation_id == double.id, Interest.owner_id == double.id)
        )
    ).all()
    _make_room(interests, double.id, into_id, by=by)
    for interest in interests:
        if interest.owner_id == double.id:
            interest.owner_id = into_id
        if interest.organisation_id == double.id:
            interest.organisation_id = into_id
        touched[interest.listing_id] = interest.listing
    db.session.flush()
    _end_answers_to_oneself(into_id, by=by)
    touched |= _move_namings(double.id, into_id)
    db.session.flush()
    db.session.expire_all()
    for listing in touched.values():
        index(listing)
    detail = {"listing": [each.id for each in listings], "interest": [i.id for i in interests]}
    journal.note("organisation.merge_exchange", double, by=by, detail=detail)


def _make_room(interests: Iterable[Interest], double_id: int, into_id: int, *, by: Actor) -> None:
    """Let go of one answer where both organisations hold a place at one listing."""
    for interest in interests:
        if interest.organisation_id != double_id or interest.released_at is not None:
            continue
        other = db.session.scalar(
            select(Interest).where(
                Interest.listing_id == interest.listing_id,
                Interest.organisation_id == into_id,
                Interest.released_at.is_(None),
            )
        )
        if other is None:
            continue
        lesser = max(other, interest, key=lambda each: (RANK.index(each.state), each.is_lapsed))
        _let_go(lesser, by=by)
    db.session.flush()


def _end_answers_to_oneself(organisation_id: int, *, by: Actor) -> None:
    """Let what an organisation now answered to itself lapse and hold no place."""
    for interest in db.session.scalars(
        select(Interest).where(
            Interest.organisation_id == organisation_id,
            Interest.owner_id == organisation_id,
            Interest.released_at.is_(None),
        )
    ):
        _let_go(interest, by=by)


def _let_go(interest: Interest, *, by: Actor) -> None:
    """Let an answer hold no place, and lapse where it still waits: nobody may accept it now."""
    interest.released_at = clock.now()
    if interest.state is InterestState.SENT and interest.is_live:
        interest.expires_at = clock.now()
        journal.note("interest.lapse", interest, by=by, detail={"because": "merged"})


def _move_namings(double_id: int, into_id: int) -> dict[int, Listing]:
    """Name the survivor wherever the double was named; nobody is named on their own listing."""
    found: dict[int, Listing] = {}
    named = select(Naming).where(Naming.organisation_id.in_((double_id, into_id)))
    for naming in db.session.scalars(named).all():
        listing = naming.listing
        if naming.organisation_id == into_id and listing.organisation_id != into_id:
            continue
        found[listing.id] = listing
        listing.namings.remove(naming)
        db.session.flush()
        is_named = any(each.organisation_id == into_id for each in listing.namings)
        if listing.organisation_id != into_id and not is_named:
            listing.namings.append(Naming(organisation_id=into_id))
    return found


@operation
def reindex_exchange(organisation: Organisation, *, by: Actor) -> None:
    """Let a renamed organisation's listings be found by its new name (a consequence)."""
    require(by, "organisation.rename", organisation)
    mine = select(Listing).where(Listing.organisation_id == organisation.id)
    for listing in db.session.scalars(mine):
        index(listing)


def moving(double: Organisation) -> dict[str, int]:
    """Return how many records of this room would move, by their table."""
    counts = {}
    for model in (Listing, Interest):
        mine = select(func.count()).select_from(model).where(model.organisation_id == double.id)
        counts[model.__tablename__] = db.session.scalar(mine) or 0
    return counts
