"""What the secretariat is told: a near term that nobody confirmed, an exchange nobody answered."""

from __future__ import annotations

from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.operations import operation
from portal.rotation.models import Swap, Turn
from portal.rotation.workflow import SwapState, TurnState

#: With so many days left until a term begins, the secretariat is told that nobody confirmed it.
TOLD = (30, 14, 3)


@operation
def tell_of_unanswered(*, by: Actor) -> int:
    """Tell the secretariat of each unconfirmed term at 30, 14 and 3 days, of each exchange once.

    Twice a day changes nothing, and a run that comes late tells only the nearest of the days.
    Returns how many were told of.
    """
    require(by, "turn.remind")
    near = db.session.scalars(
        select(Turn)
        .where(Turn.state == TurnState.PLANNED, Turn.is_to_be_confirmed)
        .order_by(Turn.id)
    ).all()
    told = sum(_tell(turn, by=by) for turn in near)
    slow = db.session.scalars(
        select(Swap)
        .where(
            Swap.state == SwapState.ASKED,
            Swap.told_at.is_(None),
            Swap.is_silent,
        )
        .order_by(Swap.id)
    ).all()
    for swap in slow:
        swap.told_at = clock.now()
        db.session.flush()
        journal.note("swap.tell", swap, by=by)
    return told + len(slow)


def _tell(turn: Turn, *, by: Actor) -> bool:
    """Tell of a term if one of the days has come that nothing was told at."""
    left = (turn.starts_on - clock.today()).days
    due = min(days for days in TOLD if left <= days)
    if turn.told_days is not None and turn.told_days <= due:
        return False
    turn.told_days = due
    db.session.flush()
    journal.note("turn.tell", turn, by=by)
    return True
