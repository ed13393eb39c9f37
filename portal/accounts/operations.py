"""Verbs on people, organisations, appointments and sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal, search
from portal.access import require
from portal.accounts.models import (
    Appointment,
    Attempts,
    Organisation,
    OrganisationKind,
    Person,
    Session,
)
from portal.accounts.queries import account_name, digest, organisations_of
from portal.actors import ANONYMOUS, Actor, person
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.regions.models import Region
from portal.roles import Role

#: The window in which attempts to sign in are counted.
ATTEMPT_WINDOW = timedelta(minutes=15)
#: How often "last seen" is written at most.
SEEN_INTERVAL = timedelta(minutes=1)


@operation
def create_organisation(
    *,
    name: str,
    kind: OrganisationKind,
    region: Region,
    by: Actor,
    district: Region | None = None,
    uscc: str | None = None,
    summary: str | None = None,
) -> Organisation:
    """Create an organisation in a province, with its city or district where known.

    Raises `Refused` where the district does not lie in the province or the name is taken.
    """
    require(by, "organisation.create")
    if district is not None and not district.path.startswith(region.path):
        raise Refused(_l("This district does not lie in that province."), field="district")
    if db.session.scalar(select(Organisation.id).where(Organisation.name == name)):
        raise Refused(_l("An organisation of this name is registered already."), field="name")
    if uscc and db.session.scalar(select(Organisation.id).where(Organisation.uscc == uscc)):
        raise Refused(_l("An organisation of this code is registered already."), field="uscc")
    organisation = Organisation(
        name=name,
        kind=kind,
        region=region,
        district=district,
        uscc=uscc,
        summary=summary,
        created_at=clock.now(),
    )
    db.session.add(organisation)
    db.session.flush()
    journal.note("organisation.create", organisation, by=by)
    search.put(organisation, [organisation.name, organisation.summary])
    return organisation


@operation
def create_person(
    *,
    name: str,
    by: Actor,
    email: str | None = None,
    mobile: str | None = None,
    password_hash: str | None = None,
) -> Person:
    """Create a person who signs in by e-mail or mobile number.

    The password arrives hashed, because hashing is too slow to happen under the write lock.
    Raises `Refused` where neither address is given or one is taken.
    """
    require(by, "person.create")
    email = account_name(email) if email else None
    mobile = account_name(mobile) if mobile else None
    if email is None and mobile is None:
        raise Refused(_l("A person needs an e-mail address or a mobile number."), field="email")
    for column, value in ((Person.email, email), (Person.mobile, mobile)):
        if value and db.session.scalar(select(Person.id).where(column == value)):
            raise Refused(_l("This address belongs to somebody already."), field="email")
    made = Person(
        name=name, email=email, mobile=mobile, password_hash=password_hash, created_at=clock.now()
    )
    db.session.add(made)
    db.session.flush()
    journal.note("person.create", made, by=by)
    return made


@operation
def grant_appointment(
    holder: Person,
    role: Role,
    *,
    scope_id: int,
    by: Actor,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    basis: str | None = None,
) -> Appointment:
    """Appoint a person to a role at a scope (0 for the portal) for a time (aware, UTC)."""
    require(by, "appointment.grant")
    appointment = Appointment(
        person=holder,
        role=role,
        scope_id=scope_id,
        from_at=from_at or clock.now(),
        until_at=until_at,
        basis=basis,
    )
    db.session.add(appointment)
    db.session.flush()
    journal.note(
        "appointment.grant",
        appointment,
        by=by,
        detail={"person": holder.id, "role": role.value, "scope": scope_id},
    )
    return appointment


@operation
def end_appointment(appointment: Appointment, *, by: Actor) -> None:
    """End an appointment now: the next request of its holder no longer has the role."""
    require(by, "appointment.grant")
    appointment.until_at = clock.now()
    journal.note("appointment.end", appointment, by=by)


@operation
def charge_attempt(key: str, limit: int) -> int:
    """Count one attempt under a key; return 0 if it is allowed, else the seconds to wait.

    An operation of its own, committed before the attempt is judged: charged inside the refused
    operation it would be rolled back with it, and every guess would pass.
    """
    require(ANONYMOUS, "session.start")
    row = db.session.get(Attempts, key)
    if row is None:
        row = Attempts(key=key, count=0, until_at=clock.now())
        db.session.add(row)
    if row.until_at <= clock.now():
        row.count, row.until_at = 0, clock.now() + ATTEMPT_WINDOW
    if row.count >= limit:
        return max(1, int((row.until_at - clock.now()).total_seconds()))
    row.count += 1
    return 0


@operation
def start_session(
    who: Person, *, key: str, device: str, lifetime: timedelta, attempts_key: str
) -> Session:
    """Open a session for a person who proved who they are, on one device.

    `key` is the random text the cookie will carry; only its digest is stored. The count of
    failed attempts under `attempts_key` starts anew.
    """
    require(ANONYMOUS, "session.start")
    mine = organisations_of(who.id)
    session = Session(
        digest=digest(key),
        person=who,
        organisation=mine[0] if mine else None,
        started_at=clock.now(),
        seen_at=clock.now(),
        expires_at=clock.now() + lifetime,
        device=device[:200],
    )
    db.session.add(session)
    attempts = db.session.get(Attempts, attempts_key)
    if attempts is not None:
        db.session.delete(attempts)
    db.session.flush()
    journal.note("session.start", session, by=person(who.id))
    return session


@operation
def end_session(session: Session, *, by: Actor) -> None:
    """End a session: its cookie opens nothing any more, at no worker."""
    require(by, "session.own", session)
    session.ended_at = clock.now()
    journal.note("session.end", session, by=by)


@operation
def choose_organisation(session: Session, organisation_id: int, *, by: Actor) -> None:
    """Choose for which organisation the person acts from now on in this session.

    Raises `Refused` where the person does not represent it.
    """
    require(by, "session.own", session)
    if organisation_id not in {mine.id for mine in organisations_of(session.person_id)}:
        raise Refused(_l("You do not act for this organisation."), field="organisation_id")
    session.organisation_id = organisation_id
    journal.note("session.choose", session, by=by, detail={"organisation": organisation_id})


@operation(even_when_reading=True)
def touch_session(session: Session, *, by: Actor) -> None:
    """Note that a session is in use, at most once a minute; not worth a journal line."""
    require(by, "session.own", session)
    if clock.now() - session.seen_at >= SEEN_INTERVAL:
        session.seen_at = clock.now()
