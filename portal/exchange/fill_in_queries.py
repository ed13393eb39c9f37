"""Questions about the members one may fill in a listing for, or name in one."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from portal.accounts.models import Appointment, Organisation, Person
from portal.alliances.models import Membership
from portal.database import among, db
from portal.roles import Role

ACTING = (Role.MANAGER, Role.DELEGATE)


def people_to_ask(alliance_id: int) -> list[tuple[str, str]]:
    """Return ("organisation-person", words) of everybody who could confirm for a member now."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Person.id, Person.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Appointment, Appointment.scope_id == Organisation.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Membership.alliance_id == alliance_id,
            Membership.is_active,
            among(Appointment.role, ACTING),
            Appointment.is_running,
        )
        .distinct()
        .order_by(Organisation.name, Person.name, Person.id)
    )
    return [(f"{place}-{who}", f"{where} · {name}") for place, where, who, name in rows]


def members_to_name(alliance_ids: Collection[int], own_id: int) -> list[tuple[int, str]]:
    """Return (id, name) of the members that a confidential listing can name."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.alliance_id.in_(alliance_ids),
            Membership.is_active,
            Organisation.id != own_id,
        )
        .distinct()
        .order_by(Organisation.name)
    )
    return [(organisation_id, name) for organisation_id, name in rows]
