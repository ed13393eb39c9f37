"""Whom a seat is written to: its contact while they act for its organisation, else who does.

A link that was sent to a person opens nothing once they act for that organisation no more: one
rule for replies and for votes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts.models import Appointment, Person
from portal.accounts.queries import OF_ORGANISATION
from portal.database import among, db
from portal.meetings.models import Meeting, Seat


def acts_for(organisation: Any, person: Any = None) -> ColumnElement[bool]:
    """Return whether a person, or anybody, acts for an organisation now: a condition in SQL."""
    acting = exists().where(
        Appointment.scope_id == organisation,
        among(Appointment.role, OF_ORGANISATION),
        Appointment.is_running,
    )
    return acting if person is None else acting.where(Appointment.person_id == person)


def seats_with_people(meeting: Meeting) -> list[tuple[Seat, list[Person]]]:
    """Return the roll of a meeting, each seat with who acts for its organisation now.

    The roll is read by the same statement.
    """
    running = and_(
        Appointment.scope_id == Seat.held_by_id,
        among(Appointment.role, OF_ORGANISATION),
        Appointment.is_running,
    )
    rows = db.session.execute(
        select(Seat, Person)
        .outerjoin(Appointment, running)
        .outerjoin(Person, Person.id == Appointment.person_id)
        .where(Seat.meeting_id == meeting.id)
        .order_by(Seat.position, Person.id)
    )
    found: dict[Seat, list[Person]] = {}
    for seat, person in rows:
        found.setdefault(seat, []).extend([person] if person else [])
    set_committed_value(meeting, "seats", list(found))
    return list(found.items())


def chosen_for(seat: Seat, people: Iterable[Person]) -> Person | None:
    """Return whom of some people a seat is written to: its contact, else the first; or nobody."""
    return min(people, key=lambda who: who.id != seat.contact_id, default=None)
