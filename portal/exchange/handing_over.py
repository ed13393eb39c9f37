"""Who leaves an organisation leaves nothing behind that nobody answers for: it is handed over."""

from __future__ import annotations

from sqlalchemy import select

from portal import journal
from portal.access import require
from portal.accounts.models import Appointment
from portal.accounts.queries import successor_of
from portal.actors import Actor
from portal.database import among, db
from portal.exchange.models import Interest, Listing
from portal.exchange.workflow import InterestState, ListingState
from portal.operations import operation


@operation
def hand_over_exchange(appointment: Appointment, *, by: Actor) -> None:
    """Let a colleague answer for the listings and answers of somebody who left (a consequence).

    The contact of either becomes the colleague that `successor_of` names; where nobody is left
    it stays as it was. Who posted and who answered stands in the journal as before.
    """
    require(by, "appointment.end", appointment)
    successor_id = successor_of(appointment)
    if successor_id is None:
        return
    listings = select(Listing).where(
        Listing.organisation_id == appointment.scope_id,
        Listing.contact_id == appointment.person_id,
        Listing.state != ListingState.CLOSED,
    )
    for listing in db.session.scalars(listings).all():
        listing.contact_id = successor_id
        journal.note("listing.hand_over", listing, by=by)
    interests = select(Interest).where(
        Interest.organisation_id == appointment.scope_id,
        Interest.person_id == appointment.person_id,
        among(Interest.state, (InterestState.SENT, InterestState.ACCEPTED)),
    )
    for interest in db.session.scalars(interests).all():
        interest.person_id = successor_id
        journal.note("interest.hand_over", interest, by=by)
