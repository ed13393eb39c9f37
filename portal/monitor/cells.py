"""Verbs on the kept cells: count what the journal says has changed, count everything, compare.

The journal is the seam: no area tells the monitor anything. A line names the record that was
touched, the record its alliance and its day, and that day is counted anew from its rows. Lines
are numbered under the write lock, so none appears behind the cursor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, literal, select

from portal import clock
from portal.access import require
from portal.actors import Actor
from portal.database import db, plain
from portal.exchange.models import Interest, Listing
from portal.journal import JournalHead, JournalLine
from portal.matters.models import Matter
from portal.monitor.counting import Counted, Key, Sums, counted
from portal.monitor.models import Grain, IndicatorCell, IndicatorState
from portal.operations import operation
from portal.outcomes.models import Outcome
from portal.periods import Period, beginning

#: So many lines one page catches up with; a command goes on until there are none.
LINES_AT_ONCE = 120
#: What may change a cell when it changes itself.
COUNTED_NOUNS = (Outcome.noun, Listing.noun, Interest.noun, Matter.noun)
_SUMS = ("count", "valued", "value_fen", "technical", "technology_fen")

#: Alliance and day of cells that may be wrong.
Dirty = set[tuple[int, date]]


@operation(even_when_reading=True)
def catch_up(*, by: Actor, lines: int = LINES_AT_ONCE) -> int:
    """Count anew what the next lines of the journal touched; return how many lines are left."""
    require(by, "indicator.compute")
    state = _state()
    head = db.session.scalar(select(JournalHead.length)) or 0
    until = min(head, state.journal_number + lines)
    for alliance_id, day in sorted(touched_between(state.journal_number, until)):
        _count_day(alliance_id, day)
    state.journal_number, state.computed_at = until, clock.now()
    db.session.flush()
    return int(head - until)


def catch_up_wholly(*, by: Actor) -> None:
    """Count anew until no line is left, in as many operations as that takes."""
    while catch_up(by=by, lines=LINES_AT_ONCE):
        pass


def _state() -> IndicatorState:
    state = db.session.get(IndicatorState, 1, populate_existing=True)
    if state is None:
        state = IndicatorState(id=1, journal_number=0, computed_at=clock.now())
        db.session.add(state)
        db.session.flush()
    return state


def touched_between(after: int, until: int) -> Dirty:
    """Return the alliances and days whose cells the lines (after, until] of the journal touch."""
    lines = (
        select(JournalLine.record_id)
        .where(JournalLine.number > after, JournalLine.number <= until)
        .distinct()
    )
    of = {noun: lines.where(JournalLine.noun == noun) for noun in COUNTED_NOUNS}
    outcomes = select(Outcome.alliance_id, Outcome.signed_on).where(
        Outcome.id.in_(of[Outcome.noun])
    )
    found: Dirty = {(alliance_id, day) for alliance_id, day in plain(outcomes)}
    listing = select(Listing.alliance_id, Listing.created_at)
    answered = listing.join(Interest, Interest.listing_id == Listing.id)
    for asked in (
        listing.where(Listing.id.in_(of[Listing.noun])),
        answered.where(Interest.id.in_(of[Interest.noun])),
        answered.join(Matter, Matter.interest_id == Interest.id).where(
            Matter.id.in_(of[Matter.noun])
        ),
    ):
        found |= {(alliance_id, clock.day_of(at)) for alliance_id, at in plain(asked)}
    return found


def _count_day(alliance_id: int, day: date) -> None:
    """Count one day of one alliance anew from its rows, and its month from its days."""
    span = Period(day, date.fromordinal(day.toordinal() + 1))
    _forget(Grain.DAY, span, alliance_id)
    _keep(Grain.DAY, counted(span, alliance_id=alliance_id))
    month = beginning(day, 1)
    _forget(Grain.MONTH, month, alliance_id)
    _sum_month(month, alliance_id)


def _forget(grain: Grain, span: Period, alliance_id: int) -> None:
    db.session.execute(
        delete(IndicatorCell).where(
            IndicatorCell.grain == grain,
            IndicatorCell.day >= span.from_on,
            IndicatorCell.day < span.until_on,
            IndicatorCell.alliance_id == alliance_id,
        )
    )


def _keep(grain: Grain, cells: Counted) -> None:
    if cells:
        rows = [{**key._asdict(), **vars(sums), "grain": grain} for key, sums in cells.items()]
        db.session.execute(insert(IndicatorCell), rows)


def _sum_month(month: Period, alliance_id: int) -> None:
    of = [
        getattr(IndicatorCell, name)
        for name in ("measure", "alliance_id", "from_region_id", "to_region_id", "kind")
    ]
    sums = [func.sum(getattr(IndicatorCell, name)).label(name) for name in _SUMS]
    days = (
        select(literal(Grain.MONTH.value), literal(month.from_on), *of, *sums)
        .where(
            IndicatorCell.grain == Grain.DAY,
            IndicatorCell.day >= month.from_on,
            IndicatorCell.day < month.until_on,
            IndicatorCell.alliance_id == alliance_id,
        )
        .group_by(*of)
    )
    names = ["grain", "day", *(each.key for each in of), *_SUMS]
    db.session.execute(insert(IndicatorCell).from_select(names, days))


@operation
def recompute(*, by: Actor) -> int:
    """Forget every cell and count all rows anew; return how many cells of days there are."""
    require(by, "indicator.compute")
    state = _state()
    db.session.execute(delete(IndicatorCell))
    cells = counted()
    _keep(Grain.DAY, cells)
    _keep(Grain.MONTH, by_month(cells))
    state.journal_number = db.session.scalar(select(JournalHead.length)) or 0
    state.computed_at = clock.now()
    return len(cells)


def by_month(cells: Counted) -> Counted:
    """Return cells of days summed up by month."""
    found: defaultdict[Key, Sums] = defaultdict(Sums)
    for key, sums in cells.items():
        found[key._replace(day=key.day.replace(day=1))].add(sums)
    return dict(found)


@operation
def differences(*, by: Actor) -> list[tuple[Grain, Key, Sums | None, Sums | None]]:
    """Catch up, then return where kept cells differ from a full recomputation.

    Each with what is kept and what was counted. Under the write lock, so that nobody changes a
    row between the two.
    """
    require(by, "indicator.compute")
    while catch_up(by=by, lines=100 * LINES_AT_ONCE):
        pass
    days = counted()
    found = []
    for grain, wanted in ((Grain.DAY, days), (Grain.MONTH, by_month(days))):
        kept = dict(_kept(grain))
        for key in sorted(kept.keys() | wanted.keys()):
            if kept.get(key) != wanted.get(key):
                found.append((grain, key, kept.get(key), wanted.get(key)))
    return found


def _kept(grain: Grain) -> Iterable[tuple[Key, Sums]]:
    columns: list[Any] = [getattr(IndicatorCell, name) for name in (*Key._fields, *_SUMS)]
    for row in plain(select(*columns).where(IndicatorCell.grain == grain)):
        yield Key(*row[:6]), Sums(*row[6:])


def months_and_days(period: Period) -> list[tuple[Grain, Period]]:
    """Return which cells make up a period: whole months, and the days before and after them."""
    first = beginning(period.from_on, 1)
    if first.from_on < period.from_on:
        first = beginning(first.until_on, 1)
    last = beginning(period.until_on, 1).from_on
    if first.from_on >= last:
        return [(Grain.DAY, period)]
    found = [
        (Grain.DAY, Period(period.from_on, first.from_on)),
        (Grain.MONTH, Period(first.from_on, last)),
        (Grain.DAY, Period(last, period.until_on)),
    ]
    return [(grain, span) for grain, span in found if span.from_on < span.until_on]
