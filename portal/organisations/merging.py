"""Merging doubles: two records of one organisation become one, and nothing is lost.

The double stays as a record that leads to the survivor; ids stay, so that every journal line
keeps its meaning. What other areas hold of it follows as consequences in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from portal import journal, search
from portal.access import require
from portal.accounts.models import Agency, Appointment, FormerName, Organisation
from portal.accounts.operations import (
    end_appointment,
    grant_appointment,
    index_organisation,
)
from portal.accounts.queries import OF_ORGANISATION
from portal.actors import SYSTEM, Actor
from portal.database import among, db
from portal.errors import Refused
from portal.operations import operation
from portal.organisations.models import (
    ContactAudience,
    ContactPoint,
    OrganisationNode,
    Qualification,
)
from portal.organisations.operations import keep_former_name
from portal.registry import follow_up
from portal.roles import Role
from portal.sign_in.models import Invitation, Session
from portal.workflow import check_version

#: What belongs to an organisation by a column of its own.
OWNED: tuple[Any, ...] = (FormerName, Qualification, ContactPoint)
#: What belongs to it by the scope of a role.
AT_SCOPE: tuple[Any, ...] = (Appointment, Agency, Invitation)


@operation
def merge_organisations(
    double: Organisation, into: Organisation, *, by: Actor, expected: int | None = None
) -> None:
    """Merge a double into the organisation it really is; its page leads there from now on.

    Raises `Stale` for an old version, `Refused` where both are one, one was merged before, both
    have a code, or both hold a membership in one alliance.
    """
    require(by, "organisation.merge", double)
    check_version(double, expected)
    refuse_merging(double, into)
    double.merged_into_id = into.id
    moved = _move_people(double, into)
    moved |= _move_profile(double, into)
    _move_headquarters(double, into)
    journal.note("organisation.merge", double, by=by, detail={"into": into.id, "moved": moved})
    journal.note("organisation.take_in", into, by=by, detail={"double": double.id})
    follow_up(double, "merge", by=by)
    search.drop(double)
    index_organisation(into)


def refuse_merging(double: Organisation, into: Organisation) -> None:
    """Raise `Refused` where two records cannot be one, as far as this room knows."""
    if double.id == into.id:
        raise Refused(_l("Choose another organisation than this one."), field="into")
    if not double.is_current or not into.is_current:
        raise Refused(_l("One of the two was merged already."), field="into")
    if double.uscc and into.uscc:
        raise Refused(
            _l("Both have a code of their own, and the codes differ: they are two organisations."),
            field="into",
        )


def _move_people(double: Organisation, into: Organisation) -> dict[str, list[int]]:
    """Let the people of the double, those invited and their agents act for the survivor.

    Where the survivor has a manager, the double's managers become delegates: merging is work on
    the registry, and nobody gains an organisation by it.
    """
    moved = {}
    _lower_managers(double, into)
    for model in AT_SCOPE:
        mine = (among(model.role, OF_ORGANISATION), model.scope_id == double.id)
        moved[model.__tablename__] = list(db.session.scalars(select(model.id).where(*mine)))
        db.session.execute(update(model).where(*mine).values(scope_id=into.id))
    acting = update(Session).where(Session.organisation_id == double.id)
    db.session.execute(acting.values(organisation_id=into.id))
    return moved


def _lower_managers(double: Organisation, into: Organisation) -> None:
    """End what the double's people would hold twice, or hold over the survivor's managers."""
    is_managed = not into.is_without_manager
    held: dict[int, set[Role]] = defaultdict(set)
    for appointment in _running_at(into.id):
        held[appointment.person_id].add(appointment.role)
    for appointment in _running_at(double.id):
        beside = held[appointment.person_id]
        is_lowered = is_managed and appointment.role is Role.MANAGER
        if not is_lowered and not beside & {appointment.role, Role.MANAGER}:
            continue
        if not beside:
            grant_appointment(
                appointment.person,
                Role.DELEGATE,
                scope_id=into.id,
                until_at=appointment.until_at,
                basis=appointment.basis,
                by=SYSTEM,
            )
            beside.add(Role.DELEGATE)
        end_appointment(appointment, by=SYSTEM)
    db.session.flush()


def _running_at(organisation_id: int) -> Sequence[Appointment]:
    """Return the appointments that run at an organisation."""
    return db.session.scalars(
        select(Appointment)
        .where(
            Appointment.scope_id == organisation_id,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.is_running,
        )
        .order_by(Appointment.id)
    ).all()


def _move_profile(double: Organisation, into: Organisation) -> dict[str, list[int]]:
    """Move code, names, nodes, qualifications and contacts; fill what the survivor lacks."""
    moved = {}
    for model in OWNED:
        mine = model.organisation_id == double.id
        moved[model.__tablename__] = list(db.session.scalars(select(model.id).where(mine)))
        if model is ContactPoint:
            # Consent was to the members of the double's alliances, not to those of the survivor.
            narrowed = update(model).where(mine, model.shown_to == ContactAudience.MEMBERS)
            db.session.execute(
                narrowed.values(shown_to=ContactAudience.NOBODY, version=model.version + 1)
            )
        db.session.execute(update(model).where(mine).values(organisation_id=into.id))
    keep_former_name(into, double.name)
    node = OrganisationNode.chain_node_id
    held = select(node).where(OrganisationNode.organisation_id == into.id)
    mine = OrganisationNode.organisation_id == double.id
    db.session.execute(delete(OrganisationNode).where(mine, node.in_(held)))
    moved["organisation_node"] = list(db.session.scalars(select(node).where(mine)))
    db.session.execute(update(OrganisationNode).where(mine).values(organisation_id=into.id))
    if double.uscc:
        code, double.uscc = double.uscc, None
        db.session.flush()  # the code is unique: it leaves one record before it enters the other
        into.uscc = code
    into.summary = into.summary or double.summary
    into.website = into.website or double.website
    return moved


def _move_headquarters(double: Organisation, into: Organisation) -> None:
    """Let the double's branches be the survivor's, and nobody a branch of itself."""
    for branch in db.session.scalars(
        select(Organisation).where(Organisation.headquarters_id == double.id)
    ):
        branch.headquarters_id = None if branch.id == into.id else into.id
    if into.headquarters_id is None and double.headquarters_id != into.id:
        into.headquarters_id = double.headquarters_id
    double.headquarters_id = None
    db.session.flush()
    seen, above = {into.id}, into.headquarters_id
    while above is not None:
        if above in seen:
            into.headquarters_id = None
            break
        seen.add(above)
        above = db.session.get_one(Organisation, above).headquarters_id


def moving(double: Organisation) -> dict[str, int]:
    """Return how many records of this room would move, by their table."""
    counts = {}
    for model in AT_SCOPE[:1]:
        mine = (among(model.role, OF_ORGANISATION), model.scope_id == double.id)
        counts[model.__tablename__] = _count(model, *mine)
    for model in (*OWNED, OrganisationNode):
        counts[model.__tablename__] = _count(model, model.organisation_id == double.id)
    return counts


def _count(model: Any, *which: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(*which)) or 0)
