"""Questions about people, organisations and appointments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.accounts.models import Agency, Appointment, FormerName, Organisation, Person
from portal.accounts.naming import normal_name as normal_name
from portal.accounts.timeline_queries import TimelineEntry as TimelineEntry
from portal.accounts.timeline_queries import timeline_of as timeline_of
from portal.database import Rows, among, db
from portal.language import localised
from portal.regions.models import Region
from portal.registry import ACTING_FOR, INSTANT, PERSON, PRINCIPAL, registry
from portal.roles import IMPLIED, ROLES, Role, Scope

REGIONAL = [role for role, facts in ROLES.items() if facts.scope is Scope.REGION]
OF_ORGANISATION = [role for role, facts in ROLES.items() if facts.scope is Scope.ORGANISATION]


def account_name(written: str) -> str:
    """Return an e-mail address or mobile number as it is stored.

    Full-width characters become ordinary ones, addresses lower case, numbers bare digits
    without +86.
    """
    written = unicodedata.normalize("NFKC", written).strip().lower()
    if "@" in written:
        return written
    digits = re.sub(r"[^0-9]", "", written)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def organisation_named(name: str) -> Organisation | None:
    """Return the organisation that bears or bore a name, compared by `normal_name`, or None.

    A present name comes before a former one, and of a double the one it was merged into counts.
    """
    wanted = normal_name(name)
    found = db.session.scalar(
        select(Organisation)
        .where(Organisation.normal_name == wanted)
        .order_by(Organisation.is_current.desc(), Organisation.id)
        .limit(1)
    ) or db.session.scalar(
        select(Organisation)
        .join(FormerName, FormerName.organisation_id == Organisation.id)
        .where(FormerName.normal_name == wanted)
        .order_by(Organisation.id)
        .limit(1)
    )
    while found is not None and found.merged_into_id is not None:
        found = db.session.get(Organisation, found.merged_into_id)
    return found


def organisation_of_code(code: str) -> Organisation | None:
    """Return the organisation of a unified social credit code in stored form, or None."""
    return db.session.scalar(select(Organisation).where(Organisation.uscc == code))


def former_names_of(organisation_id: int) -> Sequence[FormerName]:
    """Return the names an organisation had (曾用名), the last one first."""
    return db.session.scalars(
        select(FormerName)
        .where(FormerName.organisation_id == organisation_id)
        .order_by(FormerName.until_at.desc(), FormerName.id.desc())
    ).all()


def is_last_manager(appointment: Appointment) -> bool:
    """Tell whether nobody else manages an organisation once this appointment is over.

    A colleague whose own role has an end does not count: it would only put the day off.
    """
    return appointment.role is Role.MANAGER and _is_last(appointment)


def is_last_administrator(appointment: Appointment) -> bool:
    """Tell whether nobody else administers the portal once this appointment is over."""
    return appointment.role is Role.ADMINISTRATOR and _is_last(appointment)


def is_last_secretary(appointment: Appointment, here: Sequence[Appointment] | None = None) -> bool:
    """Tell whether nobody else keeps an alliance once this appointment is over.

    A page that read all appointments of the alliance hands them over, and nothing is asked.
    """
    if appointment.role is not Role.SECRETARY:
        return False
    if here is None:
        return _is_last(appointment)
    return appointment.is_running and not any(
        other.role is Role.SECRETARY
        and other.person_id != appointment.person_id
        and other.until_at is None
        and other.is_running
        for other in here
    )


def _is_last(appointment: Appointment) -> bool:
    if not appointment.is_running:
        return False
    other = select(Appointment.id).where(
        Appointment.role == appointment.role,
        Appointment.scope_id == appointment.scope_id,
        Appointment.id != appointment.id,
        Appointment.person_id != appointment.person_id,
        Appointment.until_at.is_(None),
        Appointment.is_running,
    )
    return db.session.scalar(other.limit(1)) is None


def person_named(account: str) -> Person | None:
    """Return the person of an e-mail address or mobile number in stored form, or None."""
    column = Person.email if "@" in account else Person.mobile
    return db.session.scalar(select(Person).where(column == account)) if account else None


def appointments_standing() -> Rows:
    """Return (role, scope id) of the appointments an actor holds at an instant.

    Roles at an organisation count only for the one the person acts for now. A liaison of a
    province holds the role at its cities and districts too. Whoever acts for a named person has
    that person's right alone: what they do then is written down as done for that person.
    """
    above, below = aliased(Region), aliased(Region)
    return (
        select(Appointment.role, func.coalesce(below.id, Appointment.scope_id))
        .outerjoin(above, and_(above.id == Appointment.scope_id, among(Appointment.role, REGIONAL)))
        .outerjoin(below, below.path.startswith(above.path))
        .where(
            Appointment.person_id == PERSON,
            PRINCIPAL == 0,
            Appointment.from_at <= INSTANT,
            or_(Appointment.until_at.is_(None), Appointment.until_at > INSTANT),
            or_(
                ~among(Appointment.role, OF_ORGANISATION),
                Appointment.scope_id == ACTING_FOR,
            ),
        )
    )


def principal_holds_it() -> ColumnElement[bool]:
    """Return the clause that the named person of an agency still holds what it lends.

    The role itself, or one that implies it, at the instant.
    """
    implied = [
        and_(Appointment.role == above, Agency.role == below)
        for above, all_below in IMPLIED.items()
        for below in all_below
    ]
    return (
        select(Appointment.id)
        .where(
            Appointment.person_id == Agency.principal_id,
            Appointment.scope_id == Agency.scope_id,
            or_(Appointment.role == Agency.role, *implied),
            Appointment.from_at <= INSTANT,
            or_(Appointment.until_at.is_(None), Appointment.until_at > INSTANT),
        )
        .exists()
    )


def agencies_standing() -> Rows:
    """Return (role, scope id) of what an agent may do for the named person they act for now.

    Only while the agency runs and the named person holds the role, or one that implies it.
    """
    return select(Agency.role, Agency.scope_id).where(
        Agency.agent_id == PERSON,
        Agency.principal_id == PRINCIPAL,
        Agency.from_at <= INSTANT,
        Agency.until_at > INSTANT,
        or_(~among(Agency.role, OF_ORGANISATION), Agency.scope_id == ACTING_FOR),
        principal_holds_it(),
    )


def organisations_of(person_id: int) -> Sequence[Organisation]:
    """Return the organisations a person may act for now, by name."""
    return db.session.scalars(_organisations_of(), {PERSON.key: person_id}).all()


@cache
def _organisations_of() -> Select[Organisation]:
    held = select(Appointment.scope_id).where(
        Appointment.person_id == PERSON,
        among(Appointment.role, OF_ORGANISATION),
        Appointment.is_running,
    )
    return select(Organisation).where(Organisation.id.in_(held)).order_by(Organisation.name)


def agencies_for(agent_id: int) -> Sequence[Agency]:
    """Return the running agencies by which a person may act for others, oldest first."""
    values = {PERSON.key: agent_id, INSTANT.key: clock.now()}
    return db.session.scalars(_agencies_for(), values).all()


@cache
def _agencies_for() -> Select[Agency]:
    return (
        select(Agency)
        .options(joinedload(Agency.principal))
        .where(Agency.agent_id == PERSON, Agency.from_at <= INSTANT, Agency.until_at > INSTANT)
        .order_by(Agency.id)
    )


def agency_of(agent_id: int, agency_id: int) -> Agency | None:
    """Return a running agency of an agent, or None."""
    return next((each for each in agencies_for(agent_id) if each.id == agency_id), None)


def scope_name(role: Role, scope_id: int) -> str:
    """Return the name of what a role is held at, in the page's language; '' for the portal.

    Asked of the registry of nouns: alliances stand on a floor above.
    """
    noun = registry().nouns.get(ROLES[role].scope.value)
    thing = db.session.get(noun, scope_id) if noun is not None else None
    return localised(thing) if thing is not None else ""


def holders(role: Role, scope_id: int) -> Sequence[Person]:
    """Return the people who hold a role at a scope now."""
    return db.session.scalars(
        select(Person)
        .where(
            Person.id.in_(  # once, however many appointments somebody holds
                select(Appointment.person_id).where(
                    Appointment.role == role,
                    Appointment.scope_id == scope_id,
                    Appointment.is_running,
                )
            )
        )
        .order_by(Person.id)
    ).all()


#: Every person of the demo world has an address in this domain, which no mail reaches.
DEMO_DOMAIN = "demo.example"


def has_demo_world() -> bool:
    """Tell whether the demo world is loaded: its accounts have a password everybody knows."""
    return bool(
        db.session.scalar(select(Person.id).where(Person.email == f"admin@{DEMO_DOMAIN}").limit(1))
    )


def successor_of(appointment: Appointment) -> int | None:
    """Return who takes on what somebody did for an organisation as one of their roles there ends.

    The manager of longest standing, else the delegate. None where the person still acts for the
    organisation, where nobody else does, or where the role is of no organisation.
    """
    if not appointment.is_at_organisation:
        return None
    running = db.session.scalars(
        select(Appointment)
        .where(
            Appointment.scope_id == appointment.scope_id,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.is_running,
        )
        .order_by(Appointment.from_at, Appointment.id)
    ).all()
    others = [each for each in running if each.person_id != appointment.person_id]
    if len(others) < len(running) or not others:
        return None
    return min(others, key=lambda each: each.role is not Role.MANAGER).person_id
