"""What a portal does once, when it wakes from a backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.links import ActionLink
from portal.operations import operation
from portal.outbox import OutboxMessage
from portal.robots.models import RobotPost
from portal.sign_in.models import Challenge, Session


@dataclass(frozen=True)
class Portal:
    """The whole portal, as the journal names it."""

    id: int = 0
    noun: str = "portal"


@operation
def wake(made_at: str, head: tuple[int, str], *, by: Actor) -> tuple[int, int]:
    """End all sessions and take back all unused links; return how many of each.

    What was on its way out is held back.

    A session that somebody ended, or a link that was used or taken back after the backup was
    made, would open again (decision 0033). The journal says at which line it was taken up.
    """
    require(by, "portal.restore")
    now = clock.now()
    ended = db.session.execute(
        update(Session).where(Session.ended_at.is_(None)).values(ended_at=now)
    )
    unused = (ActionLink.used_at.is_(None), ActionLink.revoked_at.is_(None))
    revoked = db.session.execute(update(ActionLink).where(*unused).values(revoked_at=now))
    db.session.execute(delete(Challenge))
    # What was on the way then has left since, or carries a link that opens nothing any more.
    waits = {"next_attempt_at": None, "body": ""}
    for model, also in ((OutboxMessage, {"withdrawn_at": now}), (RobotPost, {})):
        on_the_way = update(model).where(model.next_attempt_at.is_not(None))
        db.session.execute(on_the_way.values(**waits, **also))
    counts = _count(ended), _count(revoked)
    detail = {"made_at": made_at, "line": head[0], "sessions": counts[0], "links": counts[1]}
    journal.note("portal.restore", Portal(), by=by, detail=detail)
    return counts


def _count(result: Any) -> int:
    return int(result.rowcount)
