"""Verbs on deliverables: recorded, handed in version by version, accepted, landed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal import clock, files, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.alliances.queries import people_of
from portal.database import db
from portal.errors import Denied, Refused
from portal.files import Received
from portal.operations import operation
from portal.outcomes.models import Outcome
from portal.outcomes.operations import Claim, Source, claim_outcome
from portal.research.models import Project
from portal.research.team import people_in
from portal.research.work_models import Deliverable, DeliverableKind, DeliverableVersion
from portal.research.workflow import ProjectState
from portal.workflow import check_version


def _refuse_archived(project: Project) -> None:
    if project.state is ProjectState.ARCHIVED:
        raise Refused(_l("The project is archived."))


@operation
def add_deliverable(
    project: Project,
    *,
    kind: DeliverableKind,
    title: str,
    owner_id: int,
    note: str,
    by: Actor,
    received: Received | None = None,
) -> Deliverable:
    """Record a deliverable with its first version, and whose it is by the project's terms."""
    require(by, "project.work", project)
    _refuse_archived(project)
    if owner_id not in people_in(project.id):
        raise Refused(_l("Choose somebody who takes part."), field="owner_id")
    made = Deliverable(project_id=project.id, kind=kind, title=title, owner_id=owner_id)
    db.session.add(made)
    db.session.flush()
    _hand_in(made, note, received, by)
    journal.note("project.deliver", project, by=by, detail={"note": title})
    return made


@operation
def hand_in_version(
    deliverable: Deliverable,
    note: str,
    *,
    by: Actor,
    received: Received | None = None,
    expected: int | None = None,
) -> DeliverableVersion:
    """Hand in a further version, with its file where there is one; it is accepted anew."""
    require(by, "deliverable.work", deliverable)
    check_version(deliverable, expected)
    _refuse_archived(deliverable.project)
    version = _hand_in(deliverable, note, received, by)
    deliverable.accepted_number = deliverable.accepted_at = deliverable.accepted_by_id = None
    # Its version grows also where nothing was accepted yet: a page opened before is stale now.
    flag_modified(deliverable, "title")
    db.session.flush()
    journal.note("project.deliver", deliverable.project, by=by, detail={"note": deliverable.title})
    return version


def _hand_in(
    deliverable: Deliverable, note: str, received: Received | None, by: Actor
) -> DeliverableVersion:
    side = by.organisation_id or 0
    file = None
    if received:
        file = files.attach(deliverable, received, organisation_id=side, by=by, is_limited=False)
    version = DeliverableVersion(
        deliverable_id=deliverable.id,
        number=len(deliverable.versions) + 1,
        note=note,
        person_id=by.person_id,
        at=clock.now(),
        file_id=file.id if file else None,
    )
    deliverable.versions.append(version)
    db.session.flush()
    return version


@operation
def accept_deliverable(deliverable: Deliverable, *, by: Actor, expected: int | None = None) -> None:
    """Accept the newest version. Raises `Stale` where a newer one was handed in meanwhile."""
    require(by, "project.lead", deliverable.project)
    check_version(deliverable, expected)
    if deliverable.is_accepted:
        raise Refused(_l("This version is accepted already."))
    deliverable.accepted_number = deliverable.versions[-1].number
    deliverable.accepted_at, deliverable.accepted_by_id = clock.now(), by.person_id
    db.session.flush()
    journal.note("project.accept", deliverable.project, by=by, detail={"note": deliverable.title})


@operation
def land_deliverable(
    deliverable: Deliverable,
    taker: Organisation,
    claim: Claim,
    *,
    by: Actor,
    received: Received | None = None,
) -> Outcome:
    """Claim, for its owner, that a deliverable went to an organisation that uses it.

    The other side confirms it as every outcome. Raises `Refused` before it was accepted and
    where the taker is its owner, `Denied` for another organisation than the owner.
    """
    require(by, "deliverable.work", deliverable)
    if by.organisation_id != deliverable.owner_id:
        raise Denied("deliverable.work for the owner of a deliverable")
    if not deliverable.is_accepted:
        raise Refused(_l("It must be accepted first."))
    if taker.id == deliverable.owner_id or not taker.is_current:
        raise Refused(_l("Choose the organisation that takes it."), field="taker_id")
    people = people_of(taker.id)
    source = Source(
        noun=deliverable.noun,
        record_id=deliverable.id,
        alliance_id=deliverable.project.alliance_id,
        from_id=deliverable.owner_id,
        to_id=taker.id,
        asked_id=people[0].id if people else None,
    )
    return claim_outcome(source, claim, by=by, received=received)


def takers_for(deliverable: Deliverable) -> list[tuple[int, str]]:
    """Return (id, name) of the organisations that may take a deliverable."""
    found = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.is_current, Organisation.id != deliverable.owner_id)
        .order_by(Organisation.sort_key)
        .limit(2000)
    )
    return [(row[0], row[1]) for row in found]
