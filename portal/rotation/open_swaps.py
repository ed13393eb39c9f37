"""Exchanges of turns that wait for an answer, and how one ends without it."""

from __future__ import annotations

from sqlalchemy import or_, select

from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.database import among, db
from portal.operations import operation
from portal.rotation.models import Swap, Turn
from portal.rotation.workflow import SwapState
from portal.workflow import move

OPEN = (SwapState.ASKED, SwapState.AGREED)


def open_swaps(*turn_ids: int) -> list[Swap]:
    """Return the exchanges that wait for an answer and touch one of some turns."""
    ids = sorted(turn_ids)
    return list(
        db.session.scalars(
            select(Swap).where(
                among(Swap.state, OPEN),
                or_(among(Swap.turn_id, ids), among(Swap.other_turn_id, ids)),
            )
        )
    )


@operation
def withdraw_swap(
    swap: Swap, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Take back one's own request for an exchange; the portal does where a term is given up."""
    require(by, "swap.withdraw", swap)
    move(swap, "withdraw", by=by, expected=expected, note=note)


def drop_swaps(turn: Turn) -> None:
    """End what waits for an answer about a turn that is given up."""
    for swap in open_swaps(turn.id):
        withdraw_swap(swap, by=SYSTEM)
