"""The one place where an event becomes messages: from a line of the journal to its people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, literal, select, union_all

from portal import clock
from portal.accounts.models import Appointment, Organisation, Person
from portal.accounts.queries import OF_ORGANISATION
from portal.database import among, db, plain
from portal.inbox.mails import mail_at_once
from portal.inbox.models import Message
from portal.journal import JournalLine, Note
from portal.notices import OF_VERB, Notice, Who


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
        concerned = concerned_by(note.record, rows, but=note.by.person_id)
        for person_id, (notice, organisation_id, _name) in sorted(concerned.items()):
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


#: The row of the table that names somebody first, and the organisation for which, with its name.
Concerned = tuple[Notice, int | None, str | None]


def concerned_by(thing: Any, rows: Sequence[Notice], *, but: int | None) -> dict[int, Concerned]:
    """Return whom some rows of the table concern beside whoever does it; one query."""
    (found,) = all_concerned_by(thing, [rows], but=but)
    return found


def all_concerned_by(
    thing: Any, acts: Sequence[Sequence[Notice]], *, but: int | None
) -> list[dict[int, Concerned]]:
    """Return the same of each of several acts on one record, in one query for all of them."""
    asked = list(dict.fromkeys(who for rows in acts for row in rows for who in row.to))
    people = _people(thing, asked)
    found: list[dict[int, Concerned]] = []
    for rows in acts:
        concerned: dict[int, Concerned] = {}
        for row in rows:
            for who in row.to:
                for person_id, organisation_id, name in people[who]:
                    if person_id != but:
                        concerned.setdefault(person_id, (row, organisation_id, name))
        found.append(concerned)
    return found


def _people(
    thing: Any, asked: Sequence[Who]
) -> dict[Who, list[tuple[int, int | None, str | None]]]:
    """Return (person, organisation, its name) of each group of people of a record."""
    people: dict[Who, list[tuple[int, int | None, str | None]]] = {who: [] for who in asked}
    if not asked:
        return people
    acting = and_(among(Appointment.role, OF_ORGANISATION), Organisation.id == Appointment.scope_id)
    statements = [
        select(literal(number), Person.id, Organisation.id, Organisation.name)
        .select_from(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(Organisation, acting)
        .where(Appointment.is_running, Person.is_open, who.where(thing))
        .distinct()
        for number, who in enumerate(asked)
    ]
    for number, person_id, organisation_id, name in plain(union_all(*statements)):
        people[asked[number]].append((person_id, organisation_id, name))
    for who in asked:
        if who.handler is not None:
            handling = getattr(thing, who.handler)
            people[who] = [row for row in people[who] if row[0] == handling] or people[who]
    return people
