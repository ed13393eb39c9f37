"""What guests left of a person: for the copy they may ask for, and to be forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Person
from portal.accounts.person_queries import addresses_of, rows_of
from portal.database import db
from portal.guests.models import GuestAnswer


def guests_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return what a person answered as a guest, by the numbers they sign in with."""
    who = db.session.get_one(Person, person_id)
    table = GuestAnswer.__table__
    shown = (table.c[name] for name in ("id", "listing_id", "name", "mobile", "message", "sent_at"))
    return "guest_answer", rows_of(select(*shown).where(table.c.mobile.in_(addresses_of(who))))


def forget(who: Person, _nobody: str) -> None:
    """Take the numbers and lines of an erased person out of what they answered as a guest."""
    db.session.execute(
        update(GuestAnswer)
        .where(GuestAnswer.mobile.in_(addresses_of(who)))
        .values(mobile=None, message=None, erased_at=clock.now())
    )
