"""Questions about organisations: who is meant, where they work, who their people are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access import visible_to
from portal.accounts.granting import may_grant
from portal.accounts.models import Agency, Appointment, FormerName, Organisation, Person
from portal.accounts.queries import (
    OF_ORGANISATION,
    normal_name,
    organisation_named,
    organisation_of_code,
)
from portal.accounts.social_credit import code_within
from portal.actors import Standing
from portal.chain.models import ChainMap, ChainNode
from portal.database import among, db
from portal.organisations.models import ContactPoint, OrganisationNode, Qualification
from portal.regions.models import Region
from portal.roles import Role
from portal.sign_in.models import Invitation

#: Roles that nobody acts in for somebody else: whoever runs the server does so in person.
WITHOUT_AGENTS = frozenset({Role.ADMINISTRATOR})
#: Open invitations on one page.
INVITED = 100
#: Names that come close are offered up to this number.
CLOSE = 5


def organisation_typed(written: str) -> Organisation | None:
    """Return the organisation that a name (present or former) or a code means, or None."""
    code = code_within(written)
    found = organisation_of_code(code) if code else None
    return found or (organisation_named(written) if normal_name(written) else None)


def organisations_like(written: str) -> Sequence[Organisation]:
    """Return some organisations whose name, present or former, holds what was typed."""
    part = normal_name(written)
    if not part:
        return []
    former = select(FormerName.organisation_id).where(
        FormerName.normal_name.contains(part, autoescape=True)
    )
    return db.session.scalars(
        select(Organisation)
        .where(
            Organisation.is_current,
            or_(
                Organisation.normal_name.contains(part, autoescape=True),
                Organisation.id.in_(former),
            ),
        )
        .order_by(func.length(Organisation.name), Organisation.name)
        .limit(CLOSE)
    ).all()


def nodes_of(organisation_id: int) -> Sequence[ChainNode]:
    """Return the nodes an organisation works at, chain by chain in the order of the map."""
    return db.session.scalars(
        select(ChainNode)
        .join(OrganisationNode, OrganisationNode.chain_node_id == ChainNode.id)
        .options(joinedload(ChainNode.chain_map))
        .where(OrganisationNode.organisation_id == organisation_id)
        .order_by(ChainNode.chain_map_id, ChainNode.position)
    ).all()


def chains_with_nodes() -> list[tuple[ChainMap, list[ChainNode]]]:
    """Return every chain with its nodes in the order of the map (one query)."""
    found: dict[int, tuple[ChainMap, list[ChainNode]]] = {}
    for node in db.session.scalars(
        select(ChainNode)
        .options(joinedload(ChainNode.chain_map))
        .order_by(ChainNode.chain_map_id, ChainNode.position)
    ):
        found.setdefault(node.chain_map_id, (node.chain_map, []))[1].append(node)
    return list(found.values())


def qualifications_of(organisation_id: int) -> Sequence[Qualification]:
    """Return the certificates of an organisation, by name."""
    return db.session.scalars(
        select(Qualification)
        .options(joinedload(Qualification.seen_by))
        .where(Qualification.organisation_id == organisation_id)
        .order_by(Qualification.name, Qualification.id)
    ).all()


def contacts_of(standing: Standing, organisation_id: int) -> Sequence[ContactPoint]:
    """Return the contacts of an organisation that somebody may see, as far as it consented."""
    return db.session.scalars(
        select(ContactPoint)
        .options(joinedload(ContactPoint.consented_by))
        .where(
            ContactPoint.organisation_id == organisation_id,
            visible_to(standing, "contact_point.view", ContactPoint),
        )
        .order_by(ContactPoint.kind, ContactPoint.id)
    ).all()


@dataclass(frozen=True)
class Colleague:
    """Somebody of an organisation, with the appointments that hold now or will."""

    person: Person
    appointments: list[Appointment]
    #: Who acts for them here, until when.
    agencies: list[Agency]


def colleagues_of(organisation_id: int) -> list[Colleague]:
    """Return the people of an organisation, managers first (two queries)."""
    at = clock.now()
    found: dict[int, Colleague] = {}
    for appointment in db.session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(
            among(Appointment.role, OF_ORGANISATION),
            Appointment.scope_id == organisation_id,
            or_(Appointment.until_at.is_(None), Appointment.until_at > at),
        )
        .order_by(Appointment.role.desc(), Appointment.id)
    ):
        someone = Colleague(appointment.person, [], [])
        found.setdefault(appointment.person_id, someone).appointments.append(appointment)
    for agency in db.session.scalars(
        select(Agency)
        .options(joinedload(Agency.agent))
        .where(
            among(Agency.role, OF_ORGANISATION),
            Agency.scope_id == organisation_id,
            Agency.until_at > at,
        )
        .order_by(Agency.id)
    ):
        if agency.principal_id in found:
            found[agency.principal_id].agencies.append(agency)
    return list(found.values())


def management_of(colleagues: Sequence[Colleague], person_id: int | None = None) -> list[int]:
    """Return the appointments by which the organisation is managed now, or those of a person."""
    return [
        appointment.id
        for colleague in colleagues
        for appointment in colleague.appointments
        if appointment.role is Role.MANAGER
        and appointment.is_running
        and person_id in (None, colleague.person.id)
    ]


def successors_of(appointment: Appointment) -> list[Person]:
    """Return the colleagues to whom a role at an organisation could be passed on."""
    return list(
        db.session.scalars(
            select(Person)
            .join(Appointment, Appointment.person_id == Person.id)
            .where(
                among(Appointment.role, OF_ORGANISATION),
                Appointment.scope_id == appointment.scope_id,
                Appointment.person_id != appointment.person_id,
                Appointment.is_running,
            )
            .order_by(Person.id)
            .distinct()
        )
    )


def roles_to_give(standing: Standing, organisation_id: int) -> list[Role]:
    """Return the roles at an organisation that somebody may invite to, the manager's first."""
    return [role for role in OF_ORGANISATION if may_grant(standing, role, organisation_id)]


def open_invitations_of(organisation_id: int) -> list[Invitation]:
    """Return the invitations to an organisation that nobody took up yet."""
    found = db.session.scalars(
        select(Invitation)
        .where(
            among(Invitation.role, OF_ORGANISATION),
            Invitation.scope_id == organisation_id,
            Invitation.accepted_at.is_(None),
        )
        .order_by(Invitation.id.desc())
        .limit(INVITED)
    )
    return [each for each in found if each.link.is_live]


def all_regions() -> Sequence[Region]:
    """Return the tree of regions: provinces in their order, and what lies in each."""
    return db.session.scalars(select(Region).order_by(Region.position, Region.id)).all()


def roles_to_lend(person_id: int) -> Sequence[Appointment]:
    """Return the appointments that hold now and in which an agent may act for a person."""
    return [
        appointment
        for appointment in db.session.scalars(
            select(Appointment)
            .where(Appointment.person_id == person_id, Appointment.is_running)
            .order_by(Appointment.id)
        )
        if appointment.role not in WITHOUT_AGENTS
    ]


def agencies_around(person_id: int) -> tuple[list[Agency], list[Agency]]:
    """Return whom a person named to act for them, and for whom they were named; not yet over."""
    found = db.session.scalars(
        select(Agency)
        .options(joinedload(Agency.agent), joinedload(Agency.principal))
        .where(
            or_(Agency.principal_id == person_id, Agency.agent_id == person_id),
            Agency.until_at > clock.now(),
        )
        .order_by(Agency.id)
    ).all()
    mine = [each for each in found if each.principal_id == person_id]
    return mine, [each for each in found if each.agent_id == person_id]
