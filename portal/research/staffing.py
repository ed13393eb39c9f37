"""Verbs on who of an organisation does what in a project."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Appointment, Organisation
from portal.accounts.queries import OF_ORGANISATION
from portal.actors import Actor
from portal.database import among, db
from portal.errors import Refused
from portal.operations import operation
from portal.research.board_changing import changed
from portal.research.models import Partner
from portal.research.staff_models import ProjectPerson, ProjectRole
from portal.research.team import Side, people_in
from portal.research.workflow import UNFINISHED, PartnerState


@operation
def name_person(partner: Partner, person_id: int, role: ProjectRole, *, by: Actor) -> ProjectPerson:
    """Say what somebody of an organisation does in the project; a role held before ends.

    The head of the project is the lead's choice. Raises `Refused` for an organisation that takes
    no part, a project that has ended, somebody who does not act for the organisation, and for a
    second head of the project.
    """
    require(by, "project_partner.staff", partner)
    if role is ProjectRole.HEAD:
        require(by, "project.lead", partner.project)
    if partner.state is not PartnerState.CONFIRMED or partner.project.state not in UNFINISHED:
        raise Refused(_l("Roles are given only while the organisation takes part."))
    sides = people_in(partner.project_id)
    if person_id not in {each.id for each in sides[partner.organisation_id].people}:
        raise Refused(_l("Choose somebody who acts for the organisation."), field="person_id")
    if role is ProjectRole.HEAD:
        _refuse_second_head(partner, person_id, sides)
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


def _refuse_second_head(partner: Partner, person_id: int, sides: Mapping[int, Side]) -> None:
    """Refuse a second head; a role that ran out with its appointment is in nobody's way."""
    for side in sides.values():
        is_own = side.id == partner.organisation_id
        for each in side.people:
            if each.role == ProjectRole.HEAD and not (is_own and each.id == person_id):
                told = {"name": each.name, "organisation": side.name}
                sentence = _l("The project has a head: %(name)s (%(organisation)s)", **told)
                raise Refused(sentence, field="role")
    run_out = update(ProjectPerson).where(
        ProjectPerson.project_id == partner.project_id,
        ProjectPerson.role == ProjectRole.HEAD,
        ProjectPerson.ended_at.is_(None),
    )
    db.session.execute(run_out.values(ended_at=clock.now()))


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


@operation
def end_roles_of_holder(appointment: Appointment, *, by: Actor) -> None:
    """End the roles of somebody who stops acting for an organisation (a consequence).

    Whoever goes on by another appointment there, or at the record that it is merged into, keeps
    them.
    """
    require(by, "appointment.end", appointment)
    if appointment.role not in OF_ORGANISATION:
        return
    organisation = db.session.get_one(Organisation, appointment.scope_id)
    scopes = [each for each in (organisation.id, organisation.merged_into_id) if each]
    others = select(Appointment.id).where(
        Appointment.id != appointment.id,
        Appointment.person_id == appointment.person_id,
        among(Appointment.scope_id, scopes),
        among(Appointment.role, OF_ORGANISATION),
        Appointment.is_running,
    )
    if db.session.scalar(others.limit(1)) is not None:
        return
    parts = select(Partner.id).where(Partner.organisation_id == organisation.id)
    held = select(ProjectPerson).where(
        ProjectPerson.partner_id.in_(parts),
        ProjectPerson.person_id == appointment.person_id,
        ProjectPerson.ended_at.is_(None),
    )
    ended = db.session.scalars(held).all()
    for each in ended:
        each.ended_at = clock.now()
    db.session.flush()
    for project_id in sorted({each.project_id for each in ended}):
        changed(project_id)
