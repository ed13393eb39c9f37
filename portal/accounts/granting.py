"""TABLE: who may appoint to which role, and the question whether somebody may.

One permission per kind of role, asked of the scope at which the role would be held.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.access import can, require, standing_of
from portal.accounts.models import Appointment, Organisation
from portal.actors import Actor, Standing, person
from portal.database import db
from portal.roles import ROLES, Role, Scope

GRANTORS: dict[Role, str] = {
    Role.ADMINISTRATOR: "appointment.grant_office",
    Role.LIAISON: "appointment.grant_office",
    Role.SECRETARY: "appointment.grant_office",
    Role.EXPERT: "appointment.grant_expert",
    Role.MANAGER: "appointment.grant_manager",
    Role.DELEGATE: "appointment.grant_delegate",
}


@dataclass(frozen=True)
class Grant:
    """A role at a scope, as something one may or may not give."""

    role: Role
    scope_id: int
    noun = "grant"

    @property
    def is_current(self) -> bool:
        """Whether the scope still stands for itself: nobody is appointed at a merged double."""
        if ROLES[self.role].scope is not Scope.ORGANISATION:
            return True
        found = db.session.get(Organisation, self.scope_id)
        return found is not None and bool(found.is_current)

    @property
    def is_without_manager(self) -> bool:
        """Whether the organisation has nobody yet who could appoint its people."""
        running = select(Appointment.id).where(
            Appointment.role == Role.MANAGER,
            Appointment.scope_id == self.scope_id,
            Appointment.is_running,
        )
        return db.session.scalar(running.limit(1)) is None


def may_grant(standing: Standing, role: Role, scope_id: int) -> bool:
    """Tell whether a standing allows to appoint somebody to a role at a scope."""
    return role in GRANTORS and can(standing, GRANTORS[role], Grant(role, scope_id))


def require_to_grant(by: Actor, role: Role, scope_id: int) -> Standing:
    """Raise `Denied` unless the actor may appoint to the role there; derived roles nobody may."""
    permission = GRANTORS.get(role, "appointment.grant_derived")
    return require(by, permission, Grant(role, scope_id))


def may_still_grant(person_id: int | None, role: Role, scope_id: int) -> bool:
    """Tell whether somebody who invited may grant the role now (the system always may)."""
    if person_id is None:
        return True
    acting_for = scope_id if ROLES[role].scope is Scope.ORGANISATION else None
    return may_grant(standing_of(person(person_id, acting_for)), role, scope_id)
