"""Verbs on people, organisations and appointments."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal, search
from portal.access import require
from portal.accounts.models import (
    Appointment,
    Organisation,
    OrganisationKind,
    Person,
)
from portal.accounts.queries import account_name, normal_name
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.regions.models import Region
from portal.roles import Role


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
        normal_name=normal_name(name),
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
