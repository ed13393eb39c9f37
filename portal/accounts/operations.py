"""Verbs on people, organisations and appointments."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import clock, journal, search
from portal.access import require
from portal.accounts.addresses import refuse_bad_addresses
from portal.accounts.granting import require_to_grant
from portal.accounts.models import (
    Agency,
    Appointment,
    Organisation,
    OrganisationKind,
    Person,
)
from portal.accounts.queries import (
    account_name,
    former_names_of,
    normal_name,
    organisation_named,
    organisation_of_code,
)
from portal.accounts.social_credit import code_of
from portal.accounts.staying import why_it_stays
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import earlier_result, keep_receipt, operation
from portal.regions.models import Region
from portal.registry import follow_up
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
    receipt: str | None = None,
) -> Organisation:
    """Create an organisation in a province, with its city or district where known.

    One record for each unified social credit code; who comes without one is told apart by name,
    former names included. Raises `Refused` where the district does not lie in the province, the
    code is wrong, or the organisation is here already (the sentence names it).
    """
    require(by, "organisation.create")
    earlier = earlier_result(Organisation, receipt)
    if earlier is not None:
        return earlier
    if district is not None and not district.path.startswith(region.path):
        raise Refused(_l("This district does not lie in that province."), field="district")
    code = code_of(uscc)
    refuse_known_code(code)
    refuse_known_name(name)
    organisation = Organisation(
        name=name,
        kind=kind,
        region=region,
        district=district,
        uscc=code,
        summary=summary,
        created_at=clock.now(),
    )
    db.session.add(organisation)
    db.session.flush()
    journal.note("organisation.create", organisation, by=by)
    keep_receipt(receipt, organisation)
    index_organisation(organisation)
    return organisation


def refuse_known_name(name: str, *, besides: Organisation | None = None) -> None:
    """Raise `Refused` where a name is, or was, that of another organisation than `besides`."""
    if not normal_name(name):
        raise Refused(_l("Write the full name."), field="name")
    known = organisation_named(name)
    if known is None or known is besides:
        return
    if known.normal_name == normal_name(name):
        sentence = _l("%(name)s is registered already.", name=known.name)
    else:
        sentence = _l(
            "This was the name of %(name)s, which is registered already.", name=known.name
        )
    raise Refused(sentence, field="name")


def refuse_known_code(code: str | None, *, besides: Organisation | None = None) -> None:
    """Raise `Refused` where a code in stored form is that of another organisation."""
    known = organisation_of_code(code) if code else None
    if known is not None and known is not besides:
        raise Refused(_l("This code belongs to %(name)s.", name=known.name), field="uscc")


def index_organisation(organisation: Organisation) -> None:
    """Bring the search index up to date with an organisation's names, code and summary."""
    db.session.flush()
    names = [former.name for former in former_names_of(organisation.id)]
    search.put(organisation, [organisation.name, *names, organisation.uscc, organisation.summary])


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
    Raises `Refused` where neither address is given, or one is none or is taken.
    """
    require(by, "person.create")
    email = account_name(email) if email else None
    mobile = account_name(mobile) if mobile else None
    if email is None and mobile is None:
        raise Refused(_l("A person needs an e-mail address or a mobile number."), field="email")
    refuse_bad_addresses(email, mobile)
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
    """Appoint a person to a role at a scope (0 for the portal) for a time (aware, UTC).

    Who may appoint to which role stands in `granting.GRANTORS`; derived roles nobody may give.
    Raises `Refused` for a closed account or a time that ends before it begins.
    """
    require_to_grant(by, role, scope_id)
    begins = from_at or clock.now()
    if not holder.is_open:
        raise Refused(_l("This account is closed."))
    if until_at is not None and until_at < begins:
        raise Refused(_l("The last day lies before the first."), field="until_on")
    appointment = Appointment(
        person=holder,
        role=role,
        scope_id=scope_id,
        from_at=begins,
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
    note_new_rights(holder.id)
    return appointment


def note_new_rights(person_id: int) -> None:
    """Note that somebody was given a right, inside the operation that gives it.

    Their sessions get new keys for it. Past the record's version: a form about themselves that
    they have open is not out of date.
    """
    db.session.execute(update(Person).where(Person.id == person_id).values(rights_at=clock.now()))


@operation
def end_appointment(appointment: Appointment, *, by: Actor) -> None:
    """End an appointment now: the next request of its holder no longer has the role.

    Raises `Refused` where it is over, and for a last one who leaves only after a successor is
    there (`why_it_stays`).
    """
    standing = require(by, "appointment.end", appointment)
    if appointment.until_at is not None and appointment.until_at <= clock.now():
        raise Refused(_l("This appointment is over already."))
    reason = why_it_stays(appointment, standing)
    if reason is not None:
        raise Refused(reason)
    # One that has not begun yet ends as it begins: it never held.
    appointment.until_at = max(clock.now(), appointment.from_at)
    journal.note("appointment.end", appointment, by=by)
    # What was lent with it ends for good: a later appointment must not revive it.
    lent = select(Agency).where(
        Agency.principal_id == appointment.person_id,
        Agency.role == appointment.role,
        Agency.scope_id == appointment.scope_id,
        Agency.until_at > clock.now(),
    )
    for agency in db.session.scalars(lent).all():
        stop_agency(agency, by=by)
    db.session.flush()
    follow_up(appointment, "end", by=by)


def stop_agency(agency: Agency, *, by: Actor) -> None:
    """End an agency inside an operation; of one that has not begun only the journal tells.

    It never held, and no agency ends before it begins.
    """
    journal.note("agency.end", agency, by=by)
    if agency.from_at < clock.now():
        agency.until_at = clock.now()
    else:
        db.session.delete(agency)
