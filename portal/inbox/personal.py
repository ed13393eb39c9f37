"""What the inbox holds of a person: for the copy they may ask for, and to be forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from portal.accounts.models import Person
from portal.accounts.person_queries import rows_of
from portal.database import db
from portal.inbox.models import InboxPreference, Message


def inbox_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the messages to a person, and how they want to hear of them."""
    found: list[dict[str, Any]] = []
    for model in (Message, InboxPreference):
        rows = rows_of(select(*model.__table__.columns).where(model.person_id == person_id))
        found.extend({"what": model.__tablename__, **row} for row in rows)
    return "inbox", found


def forget(who: Person, _nobody: str) -> None:
    """Delete the messages to a person who is erased, inside that operation."""
    for model in (Message, InboxPreference):
        db.session.execute(delete(model).where(model.person_id == who.id))
