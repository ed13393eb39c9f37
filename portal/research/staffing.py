"""Verbs on who of an organisation does what in a project."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.research.board_changing import changed
from portal.research.models import Partner
from portal.research.staff_models import ProjectPerson, ProjectRole
from portal.research.team import people_in
from portal.research.workflow import UNFINISHED, PartnerState


@operation
def name_person(partner: Partner, person_id: int, role: ProjectRole, *, by: Actor) -> ProjectPerson:
    """Say what somebody of an organisation does in the project; a role held before ends.

    Raises `Refused` for an organisation that takes no part, a project that has ended, somebody
    who does not act for the organisation, and for a second head of one organisation.
    """
    require(by, "project_partner.staff", partner)
    if partner.state is not PartnerState.CONFIRMED or partner.project.state not in UNFINISHED:
        raise Refused(_l("Roles are given only while the organisation takes part."))
    side = people_in(partner.project_id)[partner.organisation_id]
    people = {each.id: each for each in side.people}
    if person_id not in people:
        raise Refused(_l("Choose somebody who acts for the organisation."), field="person_id")
    heads = [p for p in people.values() if p.role == ProjectRole.HEAD and p.id != person_id]
    if role is ProjectRole.HEAD and heads:
        sentence = _l("The organisation has a head in this project: %(name)s", name=heads[0].name)
        raise Refused(sentence, field="role")
    _end(partner, person_id)
    made = ProjectPerson(
        project_id=partner.project_id,
        partner_id=partner.id,
        person_id=person_id,
        role=role,
        named_by_id=by.person_id,
        named_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    changed(partner.project_id)
    # Without the name: what is noted of a project stays when somebody is erased.
    detail = {"note": partner.organisation.name}
    journal.note("project.staff", partner.project, by=by, detail=detail)
    return made


@operation
def release_person(partner: Partner, person_id: int, *, by: Actor) -> None:
    """End somebody's role in the project. Raises `Refused` where there is none."""
    require(by, "project_partner.staff", partner)
    if not _end(partner, person_id):
        raise Refused(_l("It was taken off already."))
    changed(partner.project_id)
    detail = {"note": partner.organisation.name}
    journal.note("project.unstaff", partner.project, by=by, detail=detail)


def _end(partner: Partner, person_id: int) -> bool:
    open_role = select(ProjectPerson).where(
        ProjectPerson.partner_id == partner.id,
        ProjectPerson.person_id == person_id,
        ProjectPerson.ended_at.is_(None),
    )
    held = db.session.scalars(open_role).all()
    for each in held:
        each.ended_at = clock.now()
    db.session.flush()
    return bool(held)


def end_roles(partner: Partner) -> None:
    """End all roles of an organisation's people, within the operation that ends its part."""
    db.session.execute(
        update(ProjectPerson)
        .where(ProjectPerson.partner_id == partner.id, ProjectPerson.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
