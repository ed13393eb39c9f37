"""Questions of the monitor: kept cells of periods, memberships, and how far all is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import case, func, literal, or_, select, union_all

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
from portal.organisations.models import OrganisationNode
from portal.periods import Period

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


#: Up to which line of the journal, and when, the cells were counted.
Version = tuple[int, datetime | None]
#: So many cubes one process keeps.
MOST_CUBES = 200


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
    #: The day on which the portal began: listings are posted in it and never dated back.
    opened_on: date | None
    version: Version


def counted_so_far() -> Count:
    """Return how far the cells are counted, and since when there are records."""
    state = select(IndicatorState.journal_number).where(IndicatorState.id == 1).scalar_subquery()
    computed = select(IndicatorState.computed_at).where(IndicatorState.id == 1).scalar_subquery()
    last = select(JournalLine.at).where(JournalLine.number == state).scalar_subquery()
    first = select(JournalLine.at).where(JournalLine.number == 1).scalar_subquery()
    length = select(JournalHead.length).where(JournalHead.id == 1).scalar_subquery()
    earliest = select(func.min(IndicatorCell.day)).where(IndicatorCell.grain == "day")
    asked = (length, state, last, first, earliest.scalar_subquery(), computed)
    row = db.session.execute(select(*asked)).one()
    behind = (row[0] or 0) - (row[1] or 0)
    left = _lines_after(row[1] or 0) if behind else 0
    opened_on = clock.day_of(row[3]) if row[3] else None
    begun_on = min((day for day in (opened_on, row[4]) if day), default=None)
    as_of = clock.now() if not left else row[2] or row[3] or clock.now()
    return Count(left, behind, as_of, begun_on, opened_on, (row[1] or 0, row[5]))


def _lines_after(number: int) -> int:
    """Return how many lines after one may change a figure.

    By the number alone: asked for the nouns as well, SQLite reads every line of them.
    """
    is_counted = case((among(JournalLine.noun, COUNTED_NOUNS), 1), else_=0)
    asked = select(func.coalesce(func.sum(is_counted), 0)).where(JournalLine.number > number)
    return int(db.session.scalar(asked) or 0)


def cubes(
    version: Version,
    periods: Sequence[Period],
    alliance_id: int | None = None,
    *,
    measures: tuple[Measure, ...] = tuple(Measure),
) -> list[Cube]:
    """Return the kept sums of some periods, in one statement for those this process has not read.

    What was read of a version of the cells is kept: it is the same for everybody, and the next
    version has another number. Days between steps are told of the first period alone.
    """
    shelf: dict[Hashable, Cube] = current_app.extensions.setdefault("monitor_cubes", {})
    names = {
        period: (version, period, alliance_id, measures if not at else _compared(measures))
        for at, period in reversed(list(enumerate(periods)))
    }
    # Other threads may empty the shelf meanwhile: what was found on it is held.
    found: dict[Hashable, Cube] = {
        n: kept for n in names.values() if (kept := shelf.get(n)) is not None
    }
    missing = [name for name in names.values() if name not in found]
    if missing:
        fresh: dict[Hashable, Cube] = dict(zip(missing, _read(missing), strict=True))
        if len(shelf) + len(fresh) > MOST_CUBES:
            shelf.clear()
        shelf.update(fresh)
        found |= fresh
    return [found[names[period]] for period in periods]


def _compared(measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    return tuple(each for each in measures if each in COMPARED)


def _read(
    wanted: Sequence[tuple[Version, Period, int | None, tuple[Measure, ...]]],
) -> list[Cube]:
    asked: list[Rows] = []
    for number, (_version, period, alliance_id, measures) in enumerate(wanted):
        for grain, span in months_and_days(period):
            cells = select(literal(number), *_OF, *_SUMS).where(
                IndicatorCell.grain == grain,
                IndicatorCell.day >= span.from_on,
                IndicatorCell.day < span.until_on,
                among(IndicatorCell.measure, measures),
            )
            if alliance_id is not None:
                cells = cells.where(IndicatorCell.alliance_id == alliance_id)
            asked.append(cells.group_by(*_OF))
    found: dict[int, list[tuple[Side, Sums]]] = defaultdict(list)
    for number, *row in plain(union_all(*asked)):
        found[number].append((Side(*row[:5]), Sums(*(int(each) for each in row[5:]))))
    return [gathered(found[number]) for number in range(len(wanted))]


def own_cubes(
    part: Part,
    periods: Sequence[Period],
    whole: Sequence[Cube],
    alliance_id: int | None,
    *,
    with_listings: bool = True,
) -> list[Cube]:
    """Return the part of some periods' sums that is one's own.

    Of a city or a district it is counted from its rows: cells know provinces alone.
    """
    found = []
    for period, cube in zip(periods, whole, strict=True):
        mine = cube.only(part.holds)
        if part.place_ids:
            rows = counted(
                period,
                alliance_id=alliance_id,
                place_ids=part.place_ids,
                with_listings=with_listings,
            )
            seated = over_days(rows).only(lambda side: not part.holds(side))
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
