"""What a membership that is suspended or ends does to what is exchanged in that alliance."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Membership
from portal.alliances.workflow import MembershipState
from portal.database import db
from portal.errors import Refused
from portal.exchange.models import Interest, Listing, Naming
from portal.exchange.operations import (
    close_listing,
    discard_listing,
    index,
    let_lapse,
    waiting_answers,
)
from portal.exchange.workflow import InterestState, ListingState
from portal.operations import operation
from portal.workflow import move


@operation
def pause_exchange_of_member(membership: Membership, *, by: Actor) -> None:
    """Pause what an organisation has published in an alliance (a consequence).

    Its answers stay. When the membership is resumed, the organisation resumes its listings
    itself: some may be out of date by then.
    """
    require(by, "membership.suspend", membership)
    published = db.session.scalars(
        select(Listing).where(
            Listing.alliance_id == membership.alliance_id,
            Listing.organisation_id == membership.organisation_id,
            Listing.state == ListingState.PUBLISHED,
        )
    ).all()
    for listing in published:
        # Not the secretary's own act on this listing; who suspended is in the same journal.
        hold_listing(listing, by=SYSTEM)


@operation
def hold_listing(
    listing: Listing, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Pause a published listing because the membership of its owner is suspended."""
    require(by, "listing.hold", listing)
    move(listing, "hold", by=by, expected=expected, note=note)
    index(listing)


def keep_out_of_sight(listing: Listing, *, by: Actor) -> None:
    """Refuse what would show a listing while its owner's membership is suspended.

    A consequence that takes the move back: it runs in the same transaction.
    """
    if _suspended(listing.alliance_id, listing.organisation_id) is not None:
        raise Refused(
            _l(
                "The membership of this organisation in the alliance is suspended: until it is "
                "resumed, nothing of it is shown."
            )
        )


def _suspended(alliance_id: int, *organisation_ids: int) -> str | None:
    """Return the name of one of some organisations that is suspended in an alliance, or None."""
    return db.session.scalar(
        select(Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.alliance_id == alliance_id,
            Membership.organisation_id.in_(organisation_ids),
            Membership.state == MembershipState.SUSPENDED,
        )
        .limit(1)
    )


def refuse_introduction(interest: Interest, *, by: Actor) -> None:
    """Refuse to accept an answer while either side's membership in the alliance is suspended.

    A consequence that takes the move back: accepting shows both sides each other's contacts.
    """
    suspended = _suspended(interest.alliance_id, interest.organisation_id, interest.owner_id)
    if suspended is not None:
        raise Refused(
            _l(
                "The membership of %(organisation)s in the alliance is suspended: until it is "
                "resumed, nobody is introduced to it.",
                organisation=suspended,
            )
        )


@operation
def reindex_for_member(membership: Membership, *, by: Actor) -> None:
    """Let an organisation find what members find, from the moment it is one (a consequence).

    And no longer: what it was named on and what it answered is indexed for members of today.
    """
    require(by, "membership.view", membership)
    concerned = (
        select(Naming.listing_id)
        .where(Naming.organisation_id == membership.organisation_id)
        .union(
            select(Interest.listing_id).where(
                Interest.organisation_id == membership.organisation_id,
                Interest.released_at.is_(None),
            )
        )
    )
    for listing in db.session.scalars(
        select(Listing).where(
            Listing.alliance_id == membership.alliance_id, Listing.id.in_(concerned)
        )
    ):
        index(listing)


@operation
def end_exchange_of_member(membership: Membership, *, by: Actor) -> None:
    """Close what an organisation has open in an alliance it has left (a consequence).

    Its listings close, its unanswered answers to others lapse, and confidential listings name it
    no longer; history stays.
    """
    require(by, "membership.withdraw", membership)
    listings = db.session.scalars(
        select(Listing).where(
            Listing.alliance_id == membership.alliance_id,
            Listing.organisation_id == membership.organisation_id,
            Listing.state != ListingState.CLOSED,
        )
    ).all()
    for listing in listings:
        end = close_listing if listing.was_published else discard_listing
        end(listing, by=by)
    let_lapse(
        waiting_answers(
            Interest.alliance_id == membership.alliance_id,
            Interest.organisation_id == membership.organisation_id,
        ),
        by=by,
        because="left",
    )
    _forget(membership)


def _forget(membership: Membership) -> None:
    """Take from an organisation that left what only a member of the alliance may see."""
    elsewhere = Listing.alliance_id == membership.alliance_id
    for interest in db.session.scalars(
        select(Interest).where(
            Interest.alliance_id == membership.alliance_id,
            Interest.organisation_id == membership.organisation_id,
            Interest.state == InterestState.SENT,
            Interest.released_at.is_(None),
        )
    ):
        interest.released_at = clock.now()
        index(interest.listing)
    named = db.session.scalars(
        select(Naming)
        .join(Naming.listing)
        .where(elsewhere, Naming.organisation_id == membership.organisation_id)
    )
    for naming in named.all():
        listing = naming.listing
        listing.namings.remove(naming)
        index(listing)
