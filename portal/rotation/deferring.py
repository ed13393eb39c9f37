"""A turn that is deferred (申请顺延), or given up because its member left: who takes it.

Whoever is next in line moves up, and so does everybody after them in the round; the member that
defers follows when the round is through. Terms that are confirmed stay where they are. Where the
rules forbid that row, the planner looks for the one that changes the fewest terms of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from flask_babel import lazy_gettext as _l

from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Alliance, Membership
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.rotation.deciding import Planned, changed, given_up, moved_up
from portal.rotation.history import charter_of, holder_at, load, turns_of
from portal.rotation.models import Charter, Turn
from portal.rotation.operations import add_turn, let_go, replace_turn
from portal.rotation.planning import Conflict
from portal.rotation.vacancies import let_act, vacate_turn
from portal.rotation.wording import Wording
from portal.workflow import move


@operation
def defer_turn(
    turn: Turn, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Give a term to whoever is next in line; the member's own turn comes after the round.

    Raises `Refused` without a reason, once the term has begun, and where no other row of the
    planned terms keeps the rules (the secretariat then plans anew).
    """
    require(by, "turn.defer", turn)
    charter = charter_of(turn.alliance_id)
    if charter is None:
        raise Refused(_l("Enter the rules of rotation first."))
    moved = _moved_up(charter, turn)
    let_go(turn, by=by)
    move(turn, "defer", by=by, expected=expected, note=note)
    _write(turn, moved, charter, by=by)


def _moved_up(charter: Charter, turn: Turn) -> list[tuple[Turn, Planned]]:
    """Return who takes the terms of a row once its first member defers. Raises `Refused`."""
    moved = moved_up(load(charter), turn)
    if isinstance(moved, Conflict):
        names = names_of(charter.alliance_id)
        wording = Wording(name=lambda each: names.get(int(each), each))
        told = " ".join(wording.say(each) for each in moved.reasons)
        raise Refused(_l("Nobody else can take this term by the rules. %(told)s", told=told))
    why = str(_l("Moves up: %(name)s deferred its term.", name=turn.organisation.name))
    return [(old, replace(new, why=why)) for old, new in changed(moved, turn)]


def names_of(alliance_id: int) -> dict[int, str]:
    """Return the names of an alliance's members by their ids."""
    rows = db.session.query(Organisation.id, Organisation.name).join(
        Membership, Membership.organisation_id == Organisation.id
    )
    return {row[0]: row[1] for row in rows.filter(Membership.alliance_id == alliance_id)}


def _write(
    turn: Turn, moved: Sequence[tuple[Turn, Planned]], charter: Charter, *, by: Actor
) -> None:
    """Replace the turns of a row that change hands; the first was given up already."""
    for old, _new in moved:
        if old is not turn:
            replace_turn(old, by=SYSTEM)
    db.session.flush()
    alliance = db.session.get_one(Alliance, turn.alliance_id)
    for old, new in moved:
        add_turn(alliance, new, charter=charter, basis=old.basis, by=by, instead_of=old)


@operation
def give_up_turns_of_member(membership: Membership, *, by: Actor) -> None:
    """Let others chair for a member that left or is suspended (a consequence).

    A term that goes on gets an acting chair at once; one to come goes to whoever is next, and
    stays open for a new plan where the rules leave nobody.
    """
    require(by, "membership.withdraw", membership)
    note = str(_l("The membership ended or was suspended."))
    live, step = turns_of(membership.alliance_id), holder_at(membership.alliance_id)
    for turn, is_running in given_up(live, membership.organisation_id, step):
        if is_running:
            vacate_turn(turn, by=SYSTEM, note=note)
        elif turn.is_open:
            _give_up(turn, by=SYSTEM)
    held = holder_at(membership.alliance_id)
    is_its = held is not None and held.organisation_id == membership.organisation_id
    if held is not None and is_its and held.vacated_at is None:
        let_act(held, by=SYSTEM)


def _give_up(turn: Turn, *, by: Actor) -> None:
    charter = charter_of(turn.alliance_id)
    moved: list[tuple[Turn, Planned]] = []
    if charter is not None and turn.is_ahead:
        with suppress(Refused):
            moved = _moved_up(charter, turn)
    replace_turn(turn, by=by)
    if moved and charter is not None:
        _write(turn, moved, charter, by=by)
