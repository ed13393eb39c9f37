"""Two members exchange a turn each (轮值对调): one asks, the other agrees, the council approves.

The approval names its resolution. Only the two terms change hands; each goes on as a record of
its own that its new member confirms.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.alliances.decisions import written_basis
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Refused
from portal.meetings.quoting import resolution_named
from portal.operations import operation
from portal.rotation.deciding import exchanged, refuse_exchange
from portal.rotation.history import charter_of
from portal.rotation.models import Swap, Turn
from portal.rotation.open_swaps import open_swaps
from portal.rotation.operations import add_turn, exchange_turn
from portal.rotation.workflow import SWAP
from portal.workflow import move


@operation
def ask_swap(turn: Turn, other: Turn, *, reason: str, by: Actor) -> Swap:
    """Ask another member to exchange terms, with a reason that it and the council read.

    Raises `Refused` for terms that have begun, of another alliance or of the same member, and
    while one of them is part of another exchange.
    """
    require(by, "turn.exchange", turn)
    reason = reason.strip()
    if not reason:
        raise Refused(_l("Please say why in a sentence."), field="reason")
    if other.alliance_id != turn.alliance_id or other.organisation_id == turn.organisation_id:
        raise Refused(_l("Choose the term of another member."), field="other_id")
    refuse_exchange(turn, other)
    if open_swaps(turn.id, other.id):
        raise Refused(_l("One of the two terms is part of another exchange."), field="other_id")
    swap = Swap(
        alliance_id=turn.alliance_id,
        turn=turn,
        other_turn=other,
        asking_id=turn.organisation_id,
        asked_id=other.organisation_id,
        state=SWAP.start,
        reason=reason,
        created_at=clock.now(),
    )
    db.session.add(swap)
    db.session.flush()
    journal.note("swap.ask", swap, by=by, to_state=swap.state, detail={"note": reason})
    return swap


@operation
def agree_to_swap(
    swap: Swap, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Agree to an exchange, as the member that was asked; the council then decides."""
    require(by, "swap.answer", swap)
    refuse_exchange(swap.turn, swap.other_turn)
    move(swap, "agree", by=by, expected=expected, note=note)


@operation
def decline_swap(
    swap: Swap, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Say no to an exchange, as the member that was asked."""
    require(by, "swap.answer", swap)
    move(swap, "decline", by=by, expected=expected, note=note)


@operation
def refuse_swap(
    swap: Swap, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Enter that the council did not approve an exchange, with the reason."""
    require(by, "swap.approve", swap)
    move(swap, "refuse", by=by, expected=expected, note=note)


@operation
def approve_swap(
    swap: Swap, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Enter the council's approval (`note` names the resolution): the two terms change hands.

    Raises `Refused` without it, and where one of the terms has begun, or is no longer the
    member's that agreed.
    """
    require(by, "swap.approve", swap)
    basis = written_basis(note, missing=_l("Name the resolution and its date."))
    turn, other = swap.turn, swap.other_turn
    refuse_exchange(turn, other)
    if (turn.organisation_id, other.organisation_id) != (swap.asking_id, swap.asked_id):
        raise Refused(_l("One of the terms has gone to another member meanwhile."))
    also = {"basis": basis, "resolution_id": resolution_named(swap.alliance_id, basis)}
    move(swap, "approve", by=by, expected=expected, note=basis, also=also)
    moved = exchanged(turn, other)
    for old, _new in moved:
        exchange_turn(old, by=SYSTEM)
    db.session.flush()
    alliance, charter = db.session.get_one(Alliance, swap.alliance_id), charter_of(swap.alliance_id)
    why = str(_l("Exchanged by resolution."))
    for old, new in moved:
        taken = replace(new, why=why)
        add_turn(alliance, taken, charter=charter, basis=basis, by=by, instead_of=old)
