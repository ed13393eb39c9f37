"""What meetings hold of a person beside their account: forgotten with it, or when it is over."""

from __future__ import annotations

from sqlalchemy import case, or_, select, update

from portal.access import require
from portal.accounts.models import Appointment, Organisation, Person
from portal.actors import Actor
from portal.database import among, db
from portal.meetings.models import Meeting, Observer, Seat
from portal.meetings.resolution_models import VoteLink
from portal.operations import operation


def forget(who: Person, nobody: str) -> None:
    """Take a person who is erased out of the replies to notices, inside that operation.

    A reply is theirs where it came with their account, or bears their name for an organisation
    they acted for; so is a link to vote that was handed to them.
    """
    theirs = select(Appointment.scope_id).where(Appointment.person_id == who.id)
    named = (Seat.attendee == who.name) & Seat.held_by_id.in_(theirs)
    db.session.execute(
        update(Seat)
        .where(or_(Seat.contact_id == who.id, named))
        .values(
            attendee=case((Seat.attendee.is_not(None), nobody)),
            post=None,
            plate=None,
            contact_id=None,
        )
    )
    seats = select(Seat.id).where(Seat.held_by_id.in_(theirs))
    handed = (VoteLink.handed_to == who.name, VoteLink.seat_id.in_(seats))
    db.session.execute(update(VoteLink).where(*handed).values(handed_to=nobody))
    places = select(Organisation.name).where(Organisation.id.in_(theirs))
    attended = (Observer.name == who.name, Observer.organisation.in_(places))
    db.session.execute(update(Observer).where(*attended).values(name=nobody, post=None))


@operation
def erase_plates(*, by: Actor) -> int:
    """Erase the car plates of meetings that are over; return how many there were."""
    require(by, "meeting.erase_plates")
    over = select(Meeting.id).where(Meeting.closed_at.is_not(None))
    plated = (Seat.plate.is_not(None), Seat.meeting_id.in_(over))
    seats = db.session.scalars(select(Seat.id).where(*plated)).all()
    if seats:
        db.session.execute(update(Seat).where(among(Seat.id, seats)).values(plate=None))
    return len(seats)
