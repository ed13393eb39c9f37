"""Questions about people, organisations and appointments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from portal import journal
from portal.accounts.models import Agency, Appointment, Organisation, Person
from portal.database import Rows, among, db
from portal.regions.models import Region
from portal.registry import ACTING_FOR, INSTANT, PERSON, PRINCIPAL
from portal.roles import IMPLIED, ROLES, Role, Scope
from portal.workflow import words_for

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
    digits = re.sub(r"[^\d]", "", written)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def normal_name(name: str) -> str:
    """Return an organisation's name as it is compared: NFKC, lower case, no blanks or brackets."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s()\[\]{}<>\"'·.,，。、（）《》〈〉【】“”‘’]", "", folded)[:120]


def person_named(account: str) -> Person | None:
    """Return the person of an e-mail address or mobile number in stored form, or None."""
    column = Person.email if "@" in account else Person.mobile
    return db.session.scalar(select(Person).where(column == account)) if account else None


def appointments_standing() -> Rows:
    """Return (role, scope id) of the appointments an actor holds at an instant.

    Roles at an organisation count only for the one the person acts for now. A liaison of a
    province holds the role at its cities and districts too.
    """
    above, below = aliased(Region), aliased(Region)
    return (
        select(Appointment.role, func.coalesce(below.id, Appointment.scope_id))
        .outerjoin(above, and_(above.id == Appointment.scope_id, among(Appointment.role, REGIONAL)))
        .outerjoin(below, below.path.startswith(above.path))
        .where(
            Appointment.person_id == PERSON,
            Appointment.from_at <= INSTANT,
            or_(Appointment.until_at.is_(None), Appointment.until_at > INSTANT),
            or_(
                ~among(Appointment.role, OF_ORGANISATION),
                Appointment.scope_id == ACTING_FOR,
            ),
        )
    )


def agencies_standing() -> Rows:
    """Return (role, scope id) of what an agent may do for the named person they act for now.

    Only while the agency runs and the named person holds the role, or one that implies it.
    """
    implied = [
        and_(Appointment.role == above, Agency.role == below)
        for above, all_below in IMPLIED.items()
        for below in all_below
    ]
    holds_it = (
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
    return select(Agency.role, Agency.scope_id).where(
        Agency.agent_id == PERSON,
        Agency.principal_id == PRINCIPAL,
        Agency.from_at <= INSTANT,
        Agency.until_at > INSTANT,
        or_(~among(Agency.role, OF_ORGANISATION), Agency.scope_id == ACTING_FOR),
        holds_it,
    )


def organisations_of(person_id: int) -> Sequence[Organisation]:
    """Return the organisations a person may act for now, by name."""
    return db.session.scalars(
        select(Organisation)
        .where(
            Organisation.id.in_(
                select(Appointment.scope_id).where(
                    Appointment.person_id == person_id,
                    among(Appointment.role, OF_ORGANISATION),
                    Appointment.is_running,
                )
            )
        )
        .order_by(Organisation.name)
    ).all()


def holders(role: Role, scope_id: int) -> Sequence[Person]:
    """Return the people who hold a role at a scope now."""
    return db.session.scalars(
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.role == role, Appointment.scope_id == scope_id, Appointment.is_running)
        .order_by(Person.id)
    ).all()


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a record's history, ready to be read."""

    at: datetime
    what: str
    who: str
    note: str | None


def timeline_of(thing: Any, *, with_people: bool = True) -> list[TimelineEntry]:
    """Return the history of a record, newest first, with names (two queries).

    Without people, a line names the organisation they acted for.
    """
    lines = journal.lines_about(thing.noun, thing.id)
    people = {line.person_id for line, _detail in lines if line.person_id}
    found: dict[int, str] = {}
    organisations: dict[int, str] = {}
    acting = {line.organisation_id for line, _detail in lines if line.organisation_id}
    rows = db.session.execute(
        select(literal("person"), Person.id, Person.name)
        .where(Person.id.in_(people))
        .union_all(
            select(literal("organisation"), Organisation.id, Organisation.name).where(
                Organisation.id.in_(acting)
            )
        )
    )
    for which, row_id, name in rows:
        (found if which == "person" else organisations)[row_id] = name
    return [
        TimelineEntry(
            at=line.at,
            what=words_for(line.verb),
            who=" · ".join(
                name
                for name in (
                    found.get(line.person_id or 0, str(_l("The portal")))
                    if with_people or line.organisation_id is None
                    else None,
                    organisations.get(line.organisation_id or 0),
                )
                if name
            ),
            note=(detail or {}).get("note"),
        )
        for line, detail in reversed(lines)
    ]


#: Every person of the demo world has an address in this domain, which no mail reaches.
DEMO_DOMAIN = "demo.example"


def has_demo_world() -> bool:
    """Tell whether the demo world is loaded: its accounts have a password everybody knows."""
    return bool(
        db.session.scalar(select(Person.id).where(Person.email == f"admin@{DEMO_DOMAIN}").limit(1))
    )
