"""Verbs on one's own messages: reading them, and how one wants to hear of them."""

from __future__ import annotations

from sqlalchemy import update

from portal import clock
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.inbox.models import InboxPreference, Message, Rhythm
from portal.operations import operation


@operation(even_when_reading=True)
def read_message(message: Message, *, by: Actor) -> None:
    """Mark a message as read; a second time changes nothing."""
    require(by, "message.view", message)
    if message.read_at is None:
        message.read_at = clock.now()


@operation
def read_all(*, by: Actor) -> None:
    """Mark all messages of the actor as read."""
    require(by, "message.list")
    db.session.execute(
        update(Message)
        .where(Message.person_id == by.person_id, Message.is_unread)
        .values(read_at=clock.now())
    )


@operation
def set_preference(*, digest: Rhythm, mails_urgent: bool, by: Actor) -> None:
    """Choose how often the digest comes, and whether what is urgent comes by mail at once."""
    require(by, "message.list")
    chosen = db.session.get(InboxPreference, by.person_id)
    if chosen is None:
        chosen = InboxPreference(person_id=by.person_id)
        db.session.add(chosen)
    chosen.digest, chosen.mails_urgent = digest, mails_urgent
