"""The one place where an event becomes messages: from a line of the journal to its people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.inbox.mails import mail_at_once
from portal.inbox.models import Message
from portal.journal import JournalLine, Note
from portal.notices import OF_VERB, Notice


def tell(events: Sequence[tuple[Note, JournalLine]]) -> None:
    """Write a message to each person whom an event concerns, in the transaction of the event.

    Not to whoever did it, nor to a closed account; one message each, however many rows of the
    table name somebody. What is urgent is mailed as well, to those who want that.
    """
    urgent: list[Message] = []
    for note, line in events:
        rows = OF_VERB.get(note.verb)
        if rows is None:
            continue
        concerned = concerned_by(rows, note)
        if not concerned:
            continue
        is_open = select(Person.id).where(Person.id.in_(concerned), Person.is_open)
        for person_id in db.session.scalars(is_open.order_by(Person.id)).all():
            notice, organisation_id = concerned[person_id]
            message = Message(
                person_id=person_id,
                organisation_id=organisation_id,
                notice=notice.name,
                about_noun=note.noun,
                about_id=note.record.id,
                line=line.number,
                at=clock.now(),
            )
            db.session.add(message)
            if notice.is_urgent:
                urgent.append(message)
    db.session.flush()
    mail_at_once(urgent)


def concerned_by(rows: Sequence[Notice], note: Note) -> dict[int, tuple[Notice, int | None]]:
    """Return whom an event concerns: person -> the row that names them first, for whom."""
    found: dict[int, tuple[Notice, int | None]] = {}
    for row in rows:
        for who in row.to:
            for person_id, organisation_id in who(note.record):
                if person_id != note.by.person_id:
                    found.setdefault(person_id, (row, organisation_id))
    return found
