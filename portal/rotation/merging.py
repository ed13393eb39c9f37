"""What becomes of the turns of a double, when two records of one organisation become one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portal import journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.database import db
from portal.operations import operation
from portal.rotation.models import Blackout, Charter, Handover, Swap, Turn

#: Where an organisation stands in this area.
COLUMNS: tuple[tuple[Any, Any], ...] = (
    (Turn, Turn.organisation_id),
    (Blackout, Blackout.organisation_id),
    (Charter, Charter.first_chair_id),
    (Swap, Swap.asking_id),
    (Swap, Swap.asked_id),
    (Handover, Handover.outgoing_id),
    (Handover, Handover.incoming_id),
)


@operation
def move_turns(double: Organisation, *, by: Actor) -> None:
    """Let the turns of a double, and what stands around them, be the survivor's (a consequence)."""
    require(by, "organisation.merge", double)
    moved = list(db.session.scalars(select(Turn.id).where(Turn.organisation_id == double.id)))
    for model, column in COLUMNS:
        db.session.execute(
            update(model).where(column == double.id).values({column: double.merged_into_id})
        )
    db.session.expire_all()
    journal.note("organisation.merge_turns", double, by=by, detail={"turn": moved})
