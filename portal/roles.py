"""TABLE: the roles of the portal, the scope each is held at, and their names.

A role is never a column on a person: it is an appointment (person, role, scope, from, until),
or derived at the instant it is asked for (the chair from the succession, the member from the
membership of the organisation one acts for).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Scope(StrEnum):
    """What a role is held at."""

    PORTAL = "portal"
    REGION = "region"
    ALLIANCE = "alliance"
    ORGANISATION = "organisation"


class Role(StrEnum):
    """Every role a person can hold."""

    ADMINISTRATOR = "administrator"
    LIAISON = "liaison"
    SECRETARY = "secretary"
    CHAIR = "chair"
    EXPERT = "expert"
    MEMBER = "member"
    MANAGER = "manager"
    DELEGATE = "delegate"


@dataclass(frozen=True)
class RoleFacts:
    """What the portal knows of a role: its scope, its name, and whether it is derived."""

    scope: Scope
    name: LazyString
    is_derived: bool = False


ROLES: dict[Role, RoleFacts] = {
    # Runs the server and approves no business.
    Role.ADMINISTRATOR: RoleFacts(Scope.PORTAL, _l("Portal administrator")),
    # Sees counts and whatever is public, for a province, city or district.
    Role.LIAISON: RoleFacts(Scope.REGION, _l("Government liaison")),
    Role.SECRETARY: RoleFacts(Scope.ALLIANCE, _l("Secretary")),
    # Derived from the succession of the chair at the instant of the operation.
    Role.CHAIR: RoleFacts(Scope.ALLIANCE, _l("Rotating chair"), is_derived=True),
    Role.EXPERT: RoleFacts(Scope.ALLIANCE, _l("Expert")),
    # Derived: acts for an organisation that is an active member of the alliance.
    Role.MEMBER: RoleFacts(Scope.ALLIANCE, _l("Member of the alliance"), is_derived=True),
    Role.MANAGER: RoleFacts(Scope.ORGANISATION, _l("Member manager")),
    Role.DELEGATE: RoleFacts(Scope.ORGANISATION, _l("Delegate")),
}

#: A manager may do all that a delegate may.
IMPLIED: dict[Role, tuple[Role, ...]] = {Role.MANAGER: (Role.DELEGATE,)}

#: Whoever holds one of these signs in with a second factor or a passkey (SECOND_FACTOR_REQUIRED).
NEED_SECOND_FACTOR = frozenset({Role.ADMINISTRATOR, Role.SECRETARY, Role.LIAISON})
