"""What meetings asked of members, and what of it was done in time: counted from its rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from portal import clock
from portal.accounts.models import Organisation
from portal.database import among, db, plain
from portal.journal import JournalLine
from portal.meetings.resolution_models import Action
from portal.meetings.resolution_workflow import ActionState
from portal.monitor.part import Part
from portal.monitor.queries import Place, is_of
from portal.periods import Period


def _came_due(period: Period, alliance_id: int | None) -> ColumnElement[bool]:
    """Return the condition that an action came due in a period and was not dropped."""
    conditions = [
        Action.state != ActionState.DROPPED,
        Action.due_on >= period.from_on,
        Action.due_on < min(period.until_on, clock.today()),
    ]
    if alliance_id is not None:
        conditions.append(Action.alliance_id == alliance_id)
    return and_(*conditions)


def commitments_behind(
    part: Part, period: Period, alliance_id: int | None, *, after: int | None, size: int
) -> tuple[Sequence[Action], int | None]:
    """Return a page of what came due of a part, latest entered first, and the next key."""
    if part.is_everything:
        own: ColumnElement[bool] = true()
    else:
        seated = or_(
            among(Organisation.region_id, sorted(part.region_ids)),
            among(Organisation.district_id, sorted(part.place_ids)),
        )
        own = or_(
            Action.owner_id.in_(select(Organisation.id).where(seated)),
            among(Action.alliance_id, sorted(part.alliance_ids)),
        )
    asked = select(Action).where(_came_due(period, alliance_id), own)
    if after is not None:
        asked = asked.where(Action.id < after)
    rows = db.session.scalars(asked.order_by(Action.id.desc()).limit(size + 1)).all()
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def commitments(
    part: Part, periods: Sequence[Period], alliance_id: int | None
) -> list[tuple[int, int]]:
    """Return, of each period, what meetings asked for by a day that is past, and what was kept.

    Kept is what was closed out and last reported done on its day or before.
    """
    reported_at = (
        select(func.max(JournalLine.at))
        .where(
            JournalLine.noun == Action.noun,
            JournalLine.record_id == Action.id,
            JournalLine.to_state == ActionState.REPORTED.value,
        )
        .scalar_subquery()
    )
    asked = (
        select(
            Action.due_on,
            Action.state,
            Action.alliance_id,
            Action.owner_id,
            Organisation.region_id,
            Organisation.district_id,
            reported_at,
        )
        .join(Organisation, Organisation.id == Action.owner_id)
        .where(or_(*(_came_due(each, alliance_id) for each in periods)))
    )
    found = [[0, 0] for _each in periods]
    for due_on, state, alliance, owner, region, district, at in plain(asked):
        if not is_of(Place(owner, alliance, region, district, is_on_chain=False), part):
            continue
        is_closed = state is ActionState.CLOSED_OUT
        is_kept = is_closed and at is not None and clock.day_of(at) <= due_on
        for number, period in enumerate(periods):
            if period.from_on <= due_on < period.until_on:
                found[number][0] += 1
                found[number][1] += is_kept
    return [(due, kept) for due, kept in found]
