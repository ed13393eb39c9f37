"""Verbs on interests: answering a listing, and what its owner says to that."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.exchange.models import Interest, Listing
from portal.exchange.operations import index
from portal.exchange.workflow import INTEREST, InterestState
from portal.operations import earlier_result, keep_receipt, operation
from portal.workflow import move


@operation
def send_interest(
    listing: Listing, *, message: str, by: Actor, receipt: str | None = None
) -> Interest:
    """Answer a listing for the actor's organisation; it lapses after the days of the setting.

    Raises `Refused` while an answer of the same organisation is open: waiting or accepted. One
    that lapsed is let go and makes room.
    """
    require(by, "listing.respond", listing)
    earlier = earlier_result(Interest, receipt)
    if earlier is not None and earlier.organisation_id == by.organisation_id:
        return earlier
    holding = db.session.scalar(
        select(Interest).where(
            Interest.listing_id == listing.id,
            Interest.organisation_id == by.organisation_id,
            Interest.released_at.is_(None),
        )
    )
    if holding is not None:
        if not holding.is_lapsed:
            raise Refused(_l("Your organisation has answered this already."))
        holding.released_at = clock.now()
        db.session.flush()
    interest = Interest(
        listing_title=listing.title,
        listing_direction=listing.direction,
        listing=listing,
        organisation_id=by.organisation_id,
        owner_id=listing.organisation_id,
        alliance_id=listing.alliance_id,
        person_id=by.person_id,
        message=message,
        state=INTEREST.start,
        sent_at=clock.now(),
        expires_at=clock.now() + timedelta(days=current_app.config["INTEREST_DAYS"]),
    )
    db.session.add(interest)
    db.session.flush()
    journal.note("interest.send", interest, by=by, to_state=InterestState.SENT)
    keep_receipt(receipt, interest)
    index(listing)  # whoever answered keeps sight of the listing
    return interest


@operation
def accept_interest(
    interest: Interest, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Accept an answer: from now on each side sees the other's contact."""
    require(by, "interest.answer", interest)
    also = {"answered_at": clock.now()}
    move(interest, "accept", by=by, expected=expected, note=note, also=also)


@operation
def decline_interest(
    interest: Interest, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Decline an answer with a reason that the other side reads."""
    require(by, "interest.answer", interest)
    at = clock.now()
    also = {"answered_at": at, "released_at": at, "reason": (note or "").strip() or None}
    move(interest, "decline", by=by, expected=expected, note=note, also=also)
    index(interest.listing)


@operation
def withdraw_interest(
    interest: Interest, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Withdraw an answer that was not accepted yet."""
    require(by, "interest.withdraw", interest)
    also = {"released_at": clock.now()}
    move(interest, "withdraw", by=by, expected=expected, note=note, also=also)
    index(interest.listing)
