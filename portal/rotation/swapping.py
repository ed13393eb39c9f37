"""Two members exchange a turn each (轮值对调): one asks, the other agrees, the council approves.

The approval names its resolution. Only the two terms change hands; each goes on as a record of
its own that its new member confirms.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.alliances.decisions import written_basis
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.rotation.cases import Span
from portal.rotation.history import charter_of
from portal.rotation.models import Swap, Turn
from portal.rotation.open_swaps import open_swaps
from portal.rotation.operations import Planned, add_turn, exchange_turn
from portal.rotation.workflow import SWAP, TurnState
from portal.workflow import move

#: What can be exchanged: a term that is still to come.
EXCHANGEABLE = (TurnState.PLANNED, TurnState.CONFIRMED)


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
    _refuse_what_cannot_change(turn, other)
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


def _refuse_what_cannot_change(*turns: Turn) -> None:
    for turn in turns:
        if turn.state not in EXCHANGEABLE or not turn.is_ahead:
            raise Refused(_l("Only terms that are still to come can be exchanged."))


@operation
def agree_to_swap(
    swap: Swap, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Agree to an exchange, as the member that was asked; the council then decides."""
    require(by, "swap.answer", swap)
    _refuse_what_cannot_change(swap.turn, swap.other_turn)
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
    _refuse_what_cannot_change(turn, other)
    if (turn.organisation_id, other.organisation_id) != (swap.asking_id, swap.asked_id):
        raise Refused(_l("One of the terms has gone to another member meanwhile."))
    move(swap, "approve", by=by, expected=expected, note=basis, also={"basis": basis})
    exchange_turn(turn, by=SYSTEM)
    exchange_turn(other, by=SYSTEM)
    db.session.flush()
    alliance, charter = db.session.get_one(Alliance, swap.alliance_id), charter_of(swap.alliance_id)
    for old, organisation_id in ((turn, swap.asked_id), (other, swap.asking_id)):
        days = Span(old.starts_on, old.ends_on)
        why = str(_l("Exchanged by resolution."))
        planned = Planned(days, organisation_id, why)
        add_turn(alliance, planned, charter=charter, basis=basis, by=by, instead_of=old)
