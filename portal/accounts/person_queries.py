"""What the portal holds of a person, and who asked to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select

from portal import clock, journal
from portal.accounts.models import Agency, Appointment, Consent, Person
from portal.database import Rows, db
from portal.journal import JournalDetail, JournalLine
from portal.outbox import OutboxMessage
from portal.registry import PersonalData, registry

#: Closed accounts on one page.
SHOWN = 100


def rows_of(statement: Rows) -> list[dict[str, Any]]:
    """Return the rows of a select of columns as plain records, as a copy of data holds them."""
    return [dict(row) for row in db.session.execute(statement).mappings()]


def data_of(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return everything the portal holds of a person, area by area."""
    return dict(provide(person_id) for provide in registry().personal_data)


def person_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the account itself; of the password only whether there is one."""
    hidden = {"password_hash"}
    columns = [each for each in Person.__table__.columns if each.name not in hidden]
    has_password = Person.password_hash.isnot(None).label("has_password")
    return "person", rows_of(select(*columns, has_password).where(Person.id == person_id))


def appointments_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the roles a person held and holds."""
    table = Appointment.__table__
    return "appointments", rows_of(select(table).where(table.c.person_id == person_id))


def agencies_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the agencies in which a person acts for somebody, or somebody for them."""
    table = Agency.__table__
    named = or_(table.c.agent_id == person_id, table.c.principal_id == person_id)
    return "agencies", rows_of(select(table).where(named))


def consents_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the versions of the privacy notice a person consented to."""
    table = Consent.__table__
    return "consents", rows_of(select(table).where(table.c.person_id == person_id))


def messages_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the messages to a person's addresses; what they said may open something."""
    table = OutboxMessage.__table__
    shown = [each for each in table.columns if each.name not in ("body", "written_by_id")]
    who = select(Person.email, Person.mobile).where(Person.id == person_id)
    addresses = [each for row in db.session.execute(who) for each in row if each]
    return "messages", rows_of(select(*shown).where(table.c.recipient.in_(addresses)))


def addresses_of(who: Person) -> set[str]:
    """Return every address a person signs in with or signed in with before, as the journal knows.

    To be asked before the details about them are erased.
    """
    found = {who.email, who.mobile}
    for _line, detail in journal.lines_about("person", who.id):
        for field in ("email", "mobile"):
            found.update((detail or {}).get(field) or ())
    return {each for each in found if each}


def journal_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the journal lines a person is named in; the details of those about them."""
    about = and_(JournalLine.noun == "person", JournalLine.record_id == person_id)
    named = or_(JournalLine.person_id == person_id, JournalLine.on_behalf_of_id == person_id, about)
    hidden = {"digest", "previous", "hash"}
    columns = [each for each in JournalLine.__table__.columns if each.name not in hidden]
    return "journal", rows_of(
        select(*columns, JournalDetail.content)
        .outerjoin(JournalDetail, and_(JournalDetail.number == JournalLine.number, named))
        .where(named)
        .order_by(JournalLine.number)
    )


def running_appointments(person_id: int) -> Sequence[Appointment]:
    """Return the appointments of a person that hold now or will, oldest first."""
    at = clock.now()
    return db.session.scalars(
        select(Appointment)
        .where(
            Appointment.person_id == person_id,
            or_(Appointment.until_at.is_(None), Appointment.until_at > at),
        )
        .order_by(Appointment.id)
    ).all()


def running_agencies(person_id: int) -> Sequence[Agency]:
    """Return the agencies a person is a side of that hold now or will."""
    return db.session.scalars(
        select(Agency).where(
            or_(Agency.agent_id == person_id, Agency.principal_id == person_id),
            Agency.until_at > clock.now(),
        )
    ).all()


def closed_people() -> Sequence[Person]:
    """Return who closed their account and was not erased, oldest first."""
    return db.session.scalars(
        select(Person)
        .where(~Person.is_open, Person.erased_at.is_(None))
        .order_by(Person.closed_at)
        .limit(SHOWN)
    ).all()


def has_consented(person_id: int, notice: str) -> bool:
    """Tell whether a person consented to a version of the privacy notice and did not withdraw."""
    found = db.session.scalar(
        select(Consent.id).where(
            Consent.person_id == person_id,
            Consent.notice == notice,
            Consent.withdrawn_at.is_(None),
        )
    )
    return found is not None


def mentions(model: Any, *columns: str) -> PersonalData:
    """Return the provider that names the records of a table in which a person is named, and how.

    What such a record says is the organisation's or the alliance's, not the person's.
    """
    table = model.__table__

    def provide(person_id: int) -> tuple[str, list[dict[str, Any]]]:
        named = or_(*(table.c[column] == person_id for column in columns))
        shown = (*table.primary_key.columns, *(table.c[column] for column in columns))
        return table.name, rows_of(select(*shown).where(named))

    return provide
