"""Questions of the monitor: kept cells of periods, memberships, and how far all is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, literal, or_, select, union_all

from portal import clock
from portal.accounts.models import Organisation
from portal.alliances.models import Alliance, ChairTerm, Membership, News
from portal.database import Rows, among, db, plain
from portal.journal import JournalHead, JournalLine
from portal.monitor.cells import COUNTED_NOUNS, months_and_days
from portal.monitor.counting import Measure, Sums, counted
from portal.monitor.cube import Cube, Side, gathered, over_days
from portal.monitor.models import IndicatorCell, IndicatorState
from portal.monitor.part import Part
from portal.monitor.periods import Period
from portal.organisations.models import OrganisationNode

_OF = (
    IndicatorCell.measure,
    IndicatorCell.alliance_id,
    IndicatorCell.from_region_id,
    IndicatorCell.to_region_id,
    IndicatorCell.kind,
)
_SUMS = tuple(
    func.sum(each)
    for each in (
        IndicatorCell.count,
        IndicatorCell.valued,
        IndicatorCell.value_fen,
        IndicatorCell.technical,
        IndicatorCell.technology_fen,
    )
)
#: What periods are compared by; days between steps are only told of the period itself.
COMPARED = tuple(each for each in Measure if not each.value.endswith("_after"))


@dataclass(frozen=True)
class Count:
    """How far everything is counted."""

    #: Lines of the journal that may change a figure and are not counted yet.
    left: int
    #: All lines that came after the last one that was looked at.
    behind: int
    #: What was entered up to here is counted.
    as_of: datetime
    #: The first day of which there are records.
    begun_on: date | None


def counted_so_far() -> Count:
    """Return how far the cells are counted, and since when there are records."""
    state = select(IndicatorState.journal_number).where(IndicatorState.id == 1).scalar_subquery()
    last = select(JournalLine.at).where(JournalLine.number == state).scalar_subquery()
    first = select(JournalLine.at).where(JournalLine.number == 1).scalar_subquery()
    length = select(JournalHead.length).where(JournalHead.id == 1).scalar_subquery()
    earliest = select(func.min(IndicatorCell.day)).where(IndicatorCell.grain == "day")
    lines = select(func.count()).where(
        JournalLine.number > func.coalesce(state, 0), among(JournalLine.noun, COUNTED_NOUNS)
    )
    asked = (length, state, last, first, earliest.scalar_subquery(), lines.scalar_subquery())
    row = db.session.execute(select(*asked)).one()
    days = [clock.day_of(row[3])] if row[3] else []
    days += [row[4]] if row[4] else []
    as_of = clock.now() if not row[5] else row[2] or row[3] or clock.now()
    return Count(row[5], (row[0] or 0) - (row[1] or 0), as_of, min(days, default=None))


def cubes(periods: Sequence[Period], alliance_id: int | None = None) -> list[Cube]:
    """Return the kept sums of some periods, in one statement; days between steps of the first."""
    asked: list[Rows] = []
    for number, period in enumerate(periods):
        for grain, span in months_and_days(period):
            wanted = select(literal(number), *_OF, *_SUMS).where(
                IndicatorCell.grain == grain,
                IndicatorCell.day >= span.from_on,
                IndicatorCell.day < span.until_on,
            )
            if number:
                wanted = wanted.where(among(IndicatorCell.measure, COMPARED))
            if alliance_id is not None:
                wanted = wanted.where(IndicatorCell.alliance_id == alliance_id)
            asked.append(wanted.group_by(*_OF))
    found: dict[int, list[tuple[Side, Sums]]] = defaultdict(list)
    for number, *row in plain(union_all(*asked)):
        found[number].append((Side(*row[:5]), Sums(*(int(each) for each in row[5:]))))
    return [gathered(found[number]) for number in range(len(periods))]


def own_cubes(
    part: Part, periods: Sequence[Period], whole: Sequence[Cube], alliance_id: int | None
) -> list[Cube]:
    """Return the part of some periods' sums that is one's own.

    Of a city or a district it is counted from its rows: cells know provinces alone.
    """
    found = []
    for period, cube in zip(periods, whole, strict=True):
        mine = cube.only(part.holds)
        if part.place_ids:
            seated = over_days(
                counted(period, alliance_id=alliance_id, place_ids=part.place_ids)
            ).only(lambda side: not part.holds(side))
            mine = gathered([*mine.sums.items(), *seated.sums.items()])
        found.append(mine)
    return found


@dataclass(frozen=True)
class Place:
    """One organisation's place in one alliance on a day."""

    organisation_id: int
    alliance_id: int
    region_id: int
    district_id: int | None
    is_on_chain: bool


def members_on(instant: datetime) -> list[Place]:
    """Return who was a member of which alliance just before an instant."""
    is_on_chain = (
        select(OrganisationNode.organisation_id)
        .where(OrganisationNode.organisation_id == Organisation.id)
        .exists()
    )
    asked = (
        select(
            Organisation.id,
            Membership.alliance_id,
            Organisation.region_id,
            Organisation.district_id,
            is_on_chain,
        )
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.since < instant,
            or_(Membership.ended_at.is_(None), Membership.ended_at >= instant),
        )
    )
    return [Place(row[0], row[1], row[2], row[3], bool(row[4])) for row in plain(asked)]


def is_of(place: Place, part: Part) -> bool:
    """Tell whether a member belongs to a part."""
    return (
        part.is_everything
        or place.region_id in part.region_ids
        or place.district_id in part.place_ids
        or place.alliance_id in part.alliance_ids
    )


def news_told(period: Period) -> dict[int, int]:
    """Return how much news each alliance told in a period and did not take back."""
    asked = (
        select(News.alliance_id, func.count())
        .where(
            News.is_standing,
            News.published_at >= clock.start_of(period.from_on),
            News.published_at < clock.start_of(period.until_on),
        )
        .group_by(News.alliance_id)
    )
    return {row[0]: row[1] for row in plain(asked)}


def chaired_on(instant: datetime) -> frozenset[int]:
    """Return the alliances in whose chair somebody sat just before an instant."""
    latest: dict[int, Any] = {}
    asked = (
        select(ChairTerm.alliance_id, ChairTerm.vacated_at)
        .where(ChairTerm.from_at < instant)
        .order_by(ChairTerm.from_at)
    )
    for alliance_id, vacated_at in plain(asked):
        latest[alliance_id] = vacated_at
    return frozenset(a for a, at in latest.items() if at is None or at >= instant)


@dataclass(frozen=True)
class AllianceRow:
    """One alliance: plain values."""

    id: int
    slug: str
    name: str
    name_en: str


def alliance_rows() -> list[AllianceRow]:
    """Return every alliance, by id."""
    asked = select(Alliance.id, Alliance.slug, Alliance.name, Alliance.name_en)
    return [AllianceRow(*row) for row in plain(asked.order_by(Alliance.id))]
