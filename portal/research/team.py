"""Who may be named on the cards of a project: the people of the organisations that take part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, bindparam, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Appointment, Organisation, Person
from portal.accounts.queries import OF_ORGANISATION
from portal.database import NOW, among
from portal.prepared import Prepared
from portal.research.models import Partner
from portal.research.staff_models import ProjectPerson, ProjectRole
from portal.research.workflow import PartnerState


class Named(NamedTuple):
    """A person by id and name, with the role in the project where one is held."""

    id: int
    name: str
    role: ProjectRole | None = None


@dataclass(frozen=True)
class Side:
    """An organisation that takes part, with the people who act for it now."""

    id: int
    name: str
    people: tuple[Named, ...]


def _was_interrupted() -> ColumnElement[bool]:
    """Return whether a person stopped acting for the organisation since the role was given.

    An appointment ended, and no other one held at the instant at which it ended.
    """
    over, other = aliased(Appointment), aliased(Appointment)
    follows = select(other.id).where(
        other.person_id == over.person_id,
        other.scope_id == over.scope_id,
        among(other.role, OF_ORGANISATION),
        other.from_at <= over.until_at,
        or_(other.until_at.is_(None), other.until_at > over.until_at),
    )
    ends = select(over.id).where(
        over.person_id == ProjectPerson.person_id,
        over.scope_id == Partner.organisation_id,
        among(over.role, OF_ORGANISATION),
        over.until_at > ProjectPerson.named_at,
        over.until_at <= NOW,
        ~follows.correlate(over).exists(),
    )
    return ends.correlate(ProjectPerson, Partner).exists()


_PEOPLE = Prepared(
    select(Partner.organisation_id, Organisation.name, Person.id, Person.name, ProjectPerson.role)
    .join(Organisation, Organisation.id == Partner.organisation_id)
    .outerjoin(
        Appointment,
        (Appointment.scope_id == Partner.organisation_id)
        & among(Appointment.role, OF_ORGANISATION)
        & (Appointment.from_at <= NOW)
        & or_(Appointment.until_at.is_(None), Appointment.until_at > NOW),
    )
    .outerjoin(Person, Person.id == Appointment.person_id)
    .outerjoin(
        ProjectPerson,
        (ProjectPerson.partner_id == Partner.id)
        & (ProjectPerson.person_id == Person.id)
        & ProjectPerson.ended_at.is_(None)
        & ~_was_interrupted(),
    )
    .where(
        Partner.project_id == bindparam("project", type_=Integer),
        Partner.state == PartnerState.CONFIRMED,
    )
    .order_by(Partner.id, ProjectPerson.role.is_(None), Person.name, Person.id)
)


def people_in(project_id: int) -> dict[int, Side]:
    """Return the organisations that take part in a project, the lead first, with their people.

    Whoever has a role in the project comes first.
    """
    rows = _PEOPLE.rows({"project": project_id})
    sides: dict[int, tuple[str, dict[int, Named]]] = {}
    for organisation_id, name, person_id, person_name, role in rows:
        _name, people = sides.setdefault(organisation_id, (name, {}))
        if person_id is not None:
            people.setdefault(person_id, Named(person_id, person_name, role))
    return {key: Side(key, name, tuple(people.values())) for key, (name, people) in sides.items()}
