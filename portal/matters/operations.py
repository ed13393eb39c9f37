"""Verbs on matters: opened by an accepted answer, moved by either side."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from portal import clock, files, journal
from portal.access import require
from portal.accounts.models import Appointment, Organisation
from portal.accounts.queries import successor_of
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Membership
from portal.alliances.queries import people_of
from portal.database import db
from portal.errors import Refused
from portal.exchange.models import Interest
from portal.files import Attachment, Received
from portal.matters.models import Matter, MatterStep
from portal.matters.steps import Step
from portal.matters.workflow import MATTER, MatterState
from portal.operations import operation
from portal.workflow import check_version, move


@operation
def open_matter(interest: Interest, *, by: Actor) -> None:
    """Open the matter of an answer that was just accepted (a consequence)."""
    require(by, "interest.answer", interest)
    matter = Matter(
        interest_id=interest.id,
        alliance_id=interest.alliance_id,
        owner_id=interest.owner_id,
        partner_id=interest.organisation_id,
        owner_person_id=interest.listing.contact_id,
        partner_person_id=interest.person_id,
        title=interest.listing_title,
        direction=interest.listing_direction,
        kind=interest.listing.kind,
        state=MATTER.start,
        created_at=clock.now(),
        moved_at=clock.now(),
    )
    db.session.add(matter)
    db.session.flush()
    journal.note("matter.open", matter, by=by, to_state=matter.state)


@operation
def take_step(
    matter: Matter,
    step: Step,
    *,
    by: Actor,
    taken_on: date | None = None,
    line: str | None = None,
    received: Received | None = None,
    expected: int | None = None,
) -> None:
    """Record a step, of today or of an earlier day in Shanghai, with a file where there is one.

    Raises `Refused` while the matter is on hold or ended, for a step that is recorded already or
    that its kind does not have, and for a day to come.
    """
    require(by, "matter.move", matter)
    check_version(matter, expected)
    taken_on = taken_on or clock.today()
    if not matter.is_open:
        raise Refused(_l("It is on hold or ended: go on with it first."))
    if step not in matter.steps_left:
        raise Refused(_l("This step is recorded already, or does not belong here."), field="step")
    if taken_on > clock.today():
        raise Refused(_l("Choose today or an earlier day."), field="taken_on")
    file = attach_to_matter(matter, received, by=by) if received else None
    matter.taken.append(
        MatterStep(
            step=step,
            taken_on=taken_on,
            line=(line or "").strip() or None,
            recorded_at=clock.now(),
            file_id=file.id if file else None,
            organisation_id=by.organisation_id,
            person_id=by.person_id,
        )
    )
    _count_from_now(matter)
    db.session.flush()
    detail = {"note": line.strip()} if line and line.strip() else None
    journal.note(f"matter.{step.value}", matter, by=by, detail=detail)


@operation
def take_back_step(matter: Matter, *, by: Actor, expected: int | None = None) -> None:
    """Take back the step recorded last, by the side that recorded it: a slip of the thumb.

    Raises `Refused` where there is none, or the other side recorded it.
    """
    require(by, "matter.move", matter)
    check_version(matter, expected)
    last = matter.taken[-1] if matter.taken else None
    if last is None or last.organisation_id != by.organisation_id or not matter.is_open:
        raise Refused(_l("Only the last step can be taken back, by the side that recorded it."))
    matter.taken.remove(last)
    db.session.delete(last)
    _count_from_now(matter)
    db.session.flush()
    journal.note("matter.retract", matter, by=by, detail={"step": last.step.value})


def _count_from_now(matter: Matter) -> None:
    """Let the silence begin anew, and the matter stand where its steps say."""
    taken = {each.step for each in matter.taken}
    matter.step = next((step for step in reversed(matter.steps) if step in taken), None)
    matter.moved_at, matter.asked_at, matter.told_at = clock.now(), None, None


@operation
def hold_matter(
    matter: Matter, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Put a matter on hold, with a reason the other side reads."""
    require(by, "matter.move", matter)
    move(matter, "hold", by=by, expected=expected, note=note)


@operation
def resume_matter(
    matter: Matter, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Go on with a matter on hold; the silence is counted from now."""
    require(by, "matter.move", matter)
    also = {"moved_at": clock.now(), "asked_at": None, "told_at": None}
    move(matter, "resume", by=by, expected=expected, note=note, also=also)


@operation
def end_matter(
    matter: Matter, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """End a matter for both sides, with a reason."""
    require(by, "matter.move", matter)
    move(matter, "end", by=by, expected=expected, note=note)


@operation
def halt_matter(
    matter: Matter, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Put a matter on hold because a side left the alliance or became the other."""
    require(by, "matter.halt", matter)
    move(matter, "halt", by=by, expected=expected, note=note)


@operation
def hand_over_matter(
    matter: Matter, person_id: int, *, by: Actor, expected: int | None = None
) -> None:
    """Let a colleague handle a matter for the actor's side from now on.

    Raises `Refused` for somebody who does not act for that organisation now.
    """
    require(by, "matter.move", matter)
    check_version(matter, expected)
    if person_id not in {each.id for each in people_of(by.organisation_id or 0)}:
        raise Refused(_l("Choose a colleague."), field="person_id")
    if by.organisation_id == matter.owner_id:
        matter.owner_person_id = person_id
    else:
        matter.partner_person_id = person_id
    db.session.flush()
    db.session.expire(matter, ["owner_person", "partner_person"])
    journal.note("matter.hand_over", matter, by=by)


@operation
def hand_over_matters(appointment: Appointment, *, by: Actor) -> None:
    """Let a colleague handle the matters of somebody who left (a consequence)."""
    require(by, "appointment.end", appointment)
    successor_id = successor_of(appointment)
    if successor_id is None:
        return
    for side, person in (("owner_id", "owner_person_id"), ("partner_id", "partner_person_id")):
        matters = select(Matter).where(
            getattr(Matter, side) == appointment.scope_id,
            getattr(Matter, person) == appointment.person_id,
            Matter.state != MatterState.ENDED,
        )
        for matter in db.session.scalars(matters).all():
            setattr(matter, person, successor_id)
            journal.note("matter.hand_over", matter, by=by)


@operation
def attach_to_matter(matter: Matter, received: Received, *, by: Actor) -> Attachment:
    """Hang a file on a matter, for its two sides alone. Raises `Refused` once it has ended."""
    require(by, "matter.move", matter)
    if matter.state is MatterState.ENDED:
        raise Refused(_l("It has ended and takes no files any more."))
    return files.attach(matter, received, organisation_id=by.organisation_id or 0, by=by)


@operation
def halt_matters_of_member(membership: Membership, *, by: Actor) -> None:
    """Put on hold what an organisation has open in an alliance it has left (a consequence).

    The two sides know each other by then: either may go on with it.
    """
    require(by, "membership.withdraw", membership)
    mine = or_(
        Matter.owner_id == membership.organisation_id,
        Matter.partner_id == membership.organisation_id,
    )
    for matter in db.session.scalars(
        select(Matter).where(Matter.alliance_id == membership.alliance_id, mine, Matter.is_open)
    ).all():
        # Not the act of whoever ended the membership; that stands in the same journal.
        halt_matter(matter, by=SYSTEM)


@operation
def move_matters(double: Organisation, *, by: Actor) -> None:
    """Move the matters of a double to the survivor (a consequence); history stays.

    One between the two goes on hold: nobody does business with itself.
    """
    require(by, "organisation.merge", double)
    into_id = double.merged_into_id or 0
    mine = or_(Matter.owner_id == double.id, Matter.partner_id == double.id)
    moved = db.session.scalars(select(Matter).where(mine)).all()
    for matter in moved:
        if matter.owner_id == double.id:
            matter.owner_id = into_id
        if matter.partner_id == double.id:
            matter.partner_id = into_id
        db.session.flush()
        if matter.owner_id == matter.partner_id and matter.is_open:
            halt_matter(matter, by=SYSTEM)
    detail = {"matter": [each.id for each in moved]}
    journal.note("organisation.merge_matters", double, by=by, detail=detail)
