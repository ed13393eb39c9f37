"""Verbs on turns: planned, confirmed, and given up for others by what follows from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.alliances import succession
from portal.alliances.decisions import written_basis
from portal.alliances.models import Alliance
from portal.alliances.queries import held_membership, people_of
from portal.database import db
from portal.errors import Refused
from portal.meetings.quoting import resolution_named
from portal.operations import operation
from portal.rotation.deciding import Planned, adoption, refuse_crowd, seated_from
from portal.rotation.history import charter_of, eligible, seats_elsewhere, turns_of
from portal.rotation.models import Charter, Turn
from portal.rotation.open_swaps import drop_swaps
from portal.rotation.workflow import TURN
from portal.workflow import move


@operation
def adopt_plan(
    alliance: Alliance, plan: Sequence[Planned], *, basis: str | None, by: Actor
) -> list[Turn]:
    """Enter a plan that the council approved; return the turns it added.

    What was planned from its first day on and not confirmed is planned anew; a term that is
    the same stays the same record. Raises `Refused` without a basis, for days that have passed
    or overlap, for members that may not chair, and where it would move a confirmed term.
    """
    require(by, "rotation.plan", alliance)
    basis = written_basis(basis, missing=_l("Name the resolution and its date."))
    charter = charter_of(alliance.id)
    if charter is None or not plan:
        raise Refused(_l("Enter the rules of rotation first."))
    found = adoption(
        turns_of(alliance.id),
        plan,
        {each.organisation_id for each in eligible(charter)},
        clock.today(),
    )
    for turn in found.replaced:
        replace_turn(turn, by=SYSTEM)
    db.session.flush()
    made = [add_turn(alliance, each, charter=charter, basis=basis, by=by) for each in found.added]
    journal.note("alliance.plan_rotation", alliance, by=by, detail={"note": basis})
    return made


def add_turn(
    alliance: Alliance,
    planned: Planned,
    *,
    charter: Charter | None,
    basis: str | None,
    by: Actor,
    instead_of: Turn | None = None,
    is_acting: bool = False,
    is_counted: bool = True,
) -> Turn:
    """Add a turn, inside an operation that has asked for its permission; journaled."""
    turn = Turn(
        alliance_id=alliance.id,
        organisation_id=planned.organisation_id,
        starts_on=planned.days.start,
        ends_on=planned.days.until,
        state=TURN.start,
        is_acting=is_acting,
        is_counted=is_counted,
        why=planned.why[:500] if planned.why else None,
        basis=basis,
        resolution_id=resolution_named(alliance.id, basis),
        charter_id=charter.id if charter else None,
        instead_of_id=instead_of.id if instead_of else None,
        created_at=clock.now(),
    )
    db.session.add(turn)
    db.session.flush()
    verb = "turn.act" if is_acting else "turn.plan"
    journal.note(verb, turn, by=by, to_state=turn.state)
    return turn


@operation
def confirm_turn(
    turn: Turn,
    *,
    by: Actor,
    person_id: int | None = None,
    expected: int | None = None,
    note: str | None = None,
) -> None:
    """Confirm a term for its member, and name who sits in the chair (without a name: the actor).

    From its first day on, or from now where that has passed, the succession holds it. Raises
    `Refused` before the 30 days, after the last one, for somebody who does not act for the
    member, and where it already chairs at as many alliances as the rules allow.
    """
    require(by, "turn.confirm", turn)
    seated = person_id or by.on_behalf_of_id or by.person_id or 0
    if seated not in {each.id for each in people_of(turn.organisation_id)}:
        raise Refused(_l("Choose somebody who acts for the organisation."), field="person_id")
    membership = held_membership(turn.alliance_id, turn.organisation_id)
    if membership is None or not membership.is_active:
        raise Refused(_l("Only a member can hold the chair."))
    _refuse_crowd(turn)
    move(turn, "confirm", by=by, expected=expected, note=note)
    turn.person_id = seated
    from_at = seated_from(turn, clock.now())
    step = succession.seat(turn.alliance_id, turn.organisation_id, seated, from_at=from_at, by=by)
    turn.chair_term_id = step.id
    db.session.flush()
    db.session.expire(turn, ["person", "chair_term"])


def _refuse_crowd(turn: Turn) -> None:
    charter = charter_of(turn.alliance_id)
    if charter is None:
        return
    elsewhere = seats_elsewhere(turn.alliance_id, {turn.organisation_id})
    refuse_crowd(turn, elsewhere.get(turn.organisation_id, []), charter.max_at_once)


@operation
def replace_turn(
    turn: Turn, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Give up a turn that is planned anew; its step of the succession goes with it."""
    require(by, "turn.keep", turn)
    let_go(turn, by=by)
    move(turn, "replace", by=by, expected=expected, note=note)


@operation
def exchange_turn(
    turn: Turn, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Give up a turn that was exchanged; its step of the succession goes with it."""
    require(by, "turn.keep", turn)
    let_go(turn, by=by)
    move(turn, "exchange", by=by, expected=expected, note=note)


@operation
def hand_over_turn(
    turn: Turn, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Record that a turn was handed over (follows from its hand-over)."""
    require(by, "turn.keep", turn)
    move(turn, "hand_over", by=by, expected=expected, note=note)


@operation
def take_over_turn(
    turn: Turn, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Let a turn be one of an acting chair (follows from a vacancy)."""
    require(by, "turn.keep", turn)
    move(turn, "take_over", by=by, expected=expected, note=note)


def let_go(turn: Turn, *, by: Actor) -> None:
    """Take a turn that is given up out of exchanges, and its step out of the succession."""
    drop_swaps(turn)
    step = turn.chair_term
    if step is None:
        return
    turn.chair_term_id = None
    db.session.flush()
    db.session.expire(turn, ["chair_term"])
    succession.take_back(step, by=by)
