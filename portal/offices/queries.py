"""Questions about offices: who holds them, who is asked to, which of them one may give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access import visible_to
from portal.accounts.granting import may_grant
from portal.accounts.models import Appointment
from portal.actors import Standing
from portal.alliances.models import Alliance
from portal.alliances.queries import all_alliances
from portal.database import among, db
from portal.regions.models import Region, RegionLevel
from portal.roles import ROLES, Role, Scope
from portal.sign_in.models import Invitation

#: Open invitations on one page.
INVITED = 100
#: What has offices; the people of an organisation are kept elsewhere.
PLACES = (Scope.PORTAL, Scope.ALLIANCE, Scope.REGION)


def roles_at(scope: Scope) -> list[Role]:
    """Return the offices of a scope that somebody can be appointed to."""
    return [role for role, facts in ROLES.items() if facts.scope is scope and not facts.is_derived]


def roles_to_give(standing: Standing, scope: Scope, scope_id: int) -> list[Role]:
    """Return the offices of a scope that somebody may invite to there."""
    return [role for role in roles_at(scope) if may_grant(standing, role, scope_id)]


def appointments_at(scope: Scope, scope_id: int) -> Sequence[Appointment]:
    """Return the appointments to the offices of a scope that hold or will, by role and start."""
    return db.session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(
            among(Appointment.role, roles_at(scope)),
            Appointment.scope_id == scope_id,
            or_(Appointment.until_at.is_(None), Appointment.until_at > clock.now()),
        )
        .order_by(Appointment.role.desc(), Appointment.from_at, Appointment.id)
    ).all()


def invitations_at(standing: Standing, scope: Scope, scope_id: int) -> list[Invitation]:
    """Return the open invitations to the offices of a scope that somebody may see, newest first."""
    found = db.session.scalars(
        select(Invitation)
        .where(
            among(Invitation.role, roles_at(scope)),
            Invitation.scope_id == scope_id,
            Invitation.accepted_at.is_(None),
            visible_to(standing, "invitation.view", Invitation),
        )
        .order_by(Invitation.id.desc())
        .limit(INVITED)
    )
    return [each for each in found if each.link.is_live]


@dataclass(frozen=True)
class Filled:
    """A place with offices, and the names of who holds them now."""

    place: Alliance | Region
    holders: list[str]


@dataclass(frozen=True)
class Overview:
    """Every place with offices: the portal, the alliances, the provinces and what lies in them."""

    administrators: list[str]
    alliances: list[Filled]
    provinces: list[tuple[Filled, list[Filled]]]


def overview() -> Overview:
    """Return where there are offices and who holds them now (three queries)."""
    names = _names()
    found: dict[str, tuple[Filled, list[Filled]]] = {}
    within: list[Region] = []
    for region in db.session.scalars(select(Region).order_by(Region.position, Region.id)):
        if region.level is RegionLevel.PROVINCE:
            found[region.path] = Filled(region, names.get((Scope.REGION, region.id), [])), []
        else:
            within.append(region)
    for region in within:
        province = region.path.split("/")[0] + "/"
        found[province][1].append(Filled(region, names.get((Scope.REGION, region.id), [])))
    return Overview(
        administrators=names.get((Scope.PORTAL, 0), []),
        alliances=[
            Filled(each, names.get((Scope.ALLIANCE, each.id), [])) for each in all_alliances()
        ],
        provinces=list(found.values()),
    )


def _names() -> dict[tuple[Scope, int], list[str]]:
    """Return who holds an office now, once each, by the place it is held at."""
    offices = [role for scope in PLACES for role in roles_at(scope)]
    found: dict[tuple[Scope, int], list[str]] = {}
    for appointment in db.session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(among(Appointment.role, offices), Appointment.is_running)
        .order_by(Appointment.role.desc(), Appointment.id)
    ):
        place = ROLES[appointment.role].scope, appointment.scope_id
        names = found.setdefault(place, [])
        if appointment.person.name not in names:
            names.append(appointment.person.name)
    return found
