"""What the portal says of listings and answers whose time runs out: once to each."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.exchange.models import Interest, Listing
from portal.exchange.workflow import InterestState
from portal.journal import JournalLine
from portal.operations import operation

#: So long before its last day people are reminded of a listing, before it lapses of an answer.
LISTING_DAYS = timedelta(days=7)
ANSWER_DAYS = timedelta(days=3)


@operation
def remind_of_expiring(*, by: Actor) -> int:
    """Remind the owners of published listings whose last day is near; return of how many.

    Once for each last day, whatever the number of runs: a renewed one is spoken of anew.
    """
    require(by, "listing.remind")
    last = clock.today() + LISTING_DAYS
    near = db.session.scalars(
        select(Listing)
        .where(
            Listing.is_answerable,
            Listing.valid_until <= last,
            # Since it came within these days, however often it was before.
            ~_was_noted("listing.expiring", Listing.id, days=LISTING_DAYS),
        )
        .order_by(Listing.id)
    ).all()
    for listing in near:
        journal.note("listing.expiring", listing, by=by)
    return len(near)


@operation
def remind_of_lapsing(*, by: Actor) -> int:
    """Remind the owners of listings of answers that lapse soon, each once; return of how many."""
    require(by, "interest.remind")
    near = db.session.scalars(
        select(Interest)
        .where(
            Interest.state == InterestState.SENT,
            Interest.is_live,
            Interest.expires_at <= clock.now() + ANSWER_DAYS,
            ~_was_noted("interest.lapsing", Interest.id, days=ANSWER_DAYS),
        )
        .order_by(Interest.id)
    ).all()
    for interest in near:
        journal.note("interest.lapsing", interest, by=by)
    return len(near)


def _was_noted(verb: str, record_id: object, *, days: timedelta) -> ColumnElement[bool]:
    """Return the condition that the journal tells a verb of a record within some days."""
    since = clock.start_of(clock.today() - days)
    return (
        select(JournalLine.number)
        .where(
            JournalLine.noun == verb.partition(".")[0],
            JournalLine.record_id == record_id,
            JournalLine.verb == verb,
            JournalLine.at >= since,
        )
        .exists()
    )
