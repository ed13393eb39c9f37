"""Counting: the one truth of every figure, from business rows to sums by day.

`counted` reads rows and returns cells. Kept cells (`cells.py`) hold what it returned, and are
compared with it. What does not live here: who may see what, and any formula.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from portal import clock
from portal.accounts.models import Organisation
from portal.database import among, plain
from portal.exchange.models import Interest, Listing
from portal.exchange.workflow import ListingState
from portal.journal import JournalLine
from portal.matters.models import Matter, MatterStep
from portal.matters.steps import Step
from portal.outcomes.queries import confirmed
from portal.periods import Period


class Measure(StrEnum):
    """What is added up. The `kind` of a cell says more, as told here for each."""

    #: Confirmed outcomes by the day they were signed; kind: contract, landing, …
    OUTCOME = "outcome"
    #: Listings ever published, by the day they were posted; kind: demand or supply.
    POSTED = "posted"
    #: Of these, how many came so far or further; the day stays that of posting.
    ANSWERED = "answered"
    CONTACTED = "contacted"
    TESTED = "tested"
    SIGNED = "signed"
    #: Of these, after how many days from the step before; kind: the number of days.
    ANSWERED_AFTER = "answered_after"
    CONTACTED_AFTER = "contacted_after"
    TESTED_AFTER = "tested_after"
    SIGNED_AFTER = "signed_after"


#: The steps after posting, in their order, with what holds their days.
WAY = {
    Measure.ANSWERED: Measure.ANSWERED_AFTER,
    Measure.CONTACTED: Measure.CONTACTED_AFTER,
    Measure.TESTED: Measure.TESTED_AFTER,
    Measure.SIGNED: Measure.SIGNED_AFTER,
}
#: Which recorded steps of a matter count as which.
TESTS = (Step.SAMPLES, Step.AUDIT, Step.PILOT)


class Key(NamedTuple):
    """What a cell is of."""

    day: date
    measure: Measure
    alliance_id: int
    from_region_id: int
    to_region_id: int
    kind: str


@dataclass
class Sums:
    """What a cell holds: how many, of how many the value is known exactly, and how much."""

    count: int = 0
    valued: int = 0
    value_fen: int = 0
    technical: int = 0
    technology_fen: int = 0

    @property
    def known_value_fen(self) -> int | None:
        """The contract value in fen: zero where there is nothing, None where nobody said it."""
        return None if self.count and not self.valued else self.value_fen

    @property
    def known_technology_fen(self) -> int | None:
        """The technology value in fen, in the same way."""
        return None if self.count and not self.technical else self.technology_fen

    def add(self, other: Sums) -> None:
        """Add what another cell holds."""
        self.count += other.count
        self.valued += other.valued
        self.value_fen += other.value_fen
        self.technical += other.technical
        self.technology_fen += other.technology_fen


Counted = dict[Key, Sums]


def counted(
    span: Period | None = None,
    *,
    alliance_id: int | None = None,
    place_ids: Collection[int] = (),
    with_listings: bool = True,
) -> Counted:
    """Return the cells that the rows make, of a span of days or of all.

    `place_ids` narrows them to the organisations that sit in some cities or districts now. Cells
    that come out as nothing (an outcome and its reversal) are left out.
    """
    found: defaultdict[Key, Sums] = defaultdict(Sums)
    seated = _seated(place_ids) if place_ids else None
    _count_outcomes(found, span, alliance_id, seated)
    if with_listings:
        _count_listings(found, span, alliance_id, seated)
    return {key: sums for key, sums in found.items() if sums != Sums()}


def _seated(place_ids: Collection[int]) -> Any:
    return select(Organisation.id).where(among(Organisation.district_id, sorted(place_ids)))


def _count_outcomes(
    found: defaultdict[Key, Sums], span: Period | None, alliance_id: int | None, seated: Any
) -> None:
    rows = confirmed().subquery()
    narrowed: list[ColumnElement[bool]] = []
    if span is not None:
        narrowed += [rows.c.signed_on >= span.from_on, rows.c.signed_on < span.until_on]
    if alliance_id is not None:
        narrowed.append(rows.c.alliance_id == alliance_id)
    if seated is not None:
        narrowed.append(or_(rows.c.from_id.in_(seated), rows.c.to_id.in_(seated)))
    of = (
        rows.c.signed_on,
        rows.c.alliance_id,
        rows.c.from_region_id,
        rows.c.to_region_id,
        rows.c.kind,
    )
    sums = []
    for amount in (rows.c.value_fen, rows.c.technology_fen):
        sums.append(func.sum(case((amount.is_(None), 0), else_=rows.c.sign)))
        sums.append(func.sum(rows.c.sign * func.coalesce(amount, 0)))
    asked = select(*of, func.sum(rows.c.sign), *sums).where(*narrowed).group_by(*of)
    for day, alliance, giver, taker, kind, *numbers in plain(asked):
        key = Key(day, Measure.OUTCOME, alliance, giver, taker, str(kind.value))
        found[key].add(Sums(*(int(number) for number in numbers)))


def was_ever_published() -> ColumnElement[bool]:
    """Return the condition "this listing once passed the review", whatever became of it."""
    return (
        select(JournalLine.number)
        .where(
            JournalLine.noun == Listing.noun,
            JournalLine.record_id == Listing.id,
            JournalLine.to_state == ListingState.PUBLISHED.value,
        )
        .exists()
    )


def _count_listings(
    found: defaultdict[Key, Sums], span: Period | None, alliance_id: int | None, seated: Any
) -> None:
    narrowed: list[ColumnElement[bool]] = [was_ever_published()]
    if span is not None:
        first, after = clock.start_of(span.from_on), clock.start_of(span.until_on)
        narrowed += [Listing.created_at >= first, Listing.created_at < after]
    if alliance_id is not None:
        narrowed.append(Listing.alliance_id == alliance_id)
    if seated is not None:
        # Narrowed to a day, a count of one would tell in which district an anonymous poster sits.
        narrowed.append(Listing.organisation_id.in_(seated))
        named: Any = Listing.is_named
        narrowed.append(named)
    asked = (
        select(
            Listing.created_at,
            Listing.alliance_id,
            Listing.region_id,
            Listing.direction,
            func.min(Interest.sent_at),
            _first(Step.CONTACTED),
            _first(*TESTS),
            _first(Step.SIGNED),
            _first(Step.DELIVERED),
            _first(Step.TALKS, Step.OFFER),
        )
        .outerjoin(Interest, Interest.listing_id == Listing.id)
        .outerjoin(Matter, Matter.interest_id == Interest.id)
        .outerjoin(MatterStep, MatterStep.matter_id == Matter.id)
        .where(and_(*narrowed))
        .group_by(
            Listing.id,
            Listing.created_at,
            Listing.alliance_id,
            Listing.region_id,
            Listing.direction,
        )
    )
    for created_at, alliance, region, direction, *steps in plain(asked):
        day, said = clock.day_of(created_at), direction.value
        one = Sums(count=1)
        found[Key(day, Measure.POSTED, alliance, region, region, said)].add(one)
        for measure, days in way_of(day, *steps).items():
            found[Key(day, measure, alliance, region, region, said)].add(one)
            if days is not None:
                found[Key(day, WAY[measure], alliance, region, region, str(days))].add(one)


def _first(*steps: Step) -> Any:
    return func.min(case((among(MatterStep.step, steps), MatterStep.taken_on)))


def way_of(
    posted_on: date,
    answered_at: datetime | None,
    contacted_on: date | None,
    tested_on: date | None,
    signed_on: date | None,
    delivered_on: date | None,
    talked_on: date | None,
) -> dict[Measure, int | None]:
    """Return how far a listing came, and the days of each step since the one recorded before.

    Of several answers the first to reach a step counts. A later step implies the earlier ones,
    whose days are then unknown (None); days written down in another order count as none.
    """
    recorded = {
        Measure.ANSWERED: clock.day_of(answered_at) if answered_at else None,
        Measure.CONTACTED: contacted_on,
        Measure.TESTED: tested_on,
        Measure.SIGNED: signed_on,
    }
    implied = {
        Measure.ANSWERED: False,
        Measure.CONTACTED: talked_on is not None,
        Measure.TESTED: False,
        Measure.SIGNED: delivered_on is not None,
    }
    reached = [m for m in recorded if recorded[m] is not None or implied[m]]
    if not reached:
        return {}
    order = list(recorded)
    way: dict[Measure, int | None] = {}
    before = posted_on
    for measure in order[: order.index(reached[-1]) + 1]:
        on = recorded[measure]
        way[measure] = None if on is None else max(0, (on - before).days)
        before = on or before
    return way
