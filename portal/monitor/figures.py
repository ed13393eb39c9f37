"""The figures of a period, as one person may see them: what the page, sentences and export show."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from portal import clock
from portal.actors import SYSTEM
from portal.engines import Busy
from portal.monitor import cells, queries
from portal.monitor.activity import Score, activity_of, as_published, score
from portal.monitor.commitments import commitments
from portal.monitor.counting import WAY, Measure, Sums
from portal.monitor.cube import Cube
from portal.monitor.formulas import NOT_BEGUN, Basis, Figure, percent
from portal.monitor.indicators import INDICATORS, Indicator
from portal.monitor.part import Part
from portal.monitor.queries import AllianceRow, Count, Place
from portal.monitor.regions import Regions, regions
from portal.periods import MONTHS_OF_YEAR, Period, moved

#: So many lines of the journal that touch no figure may lie behind the cursor of the cells.
LONGEST_GAP = 1000
#: So many seconds a page counts the next lines before it shows what it has.
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True)
class Figures:
    """Everything that is told of a period."""

    period: Period
    part: Part
    alliance: AllianceRow | None
    count: Count
    regions: Regions
    alliances: tuple[AllianceRow, ...]
    basis: Basis
    #: The same of the period before, for comparison.
    before: Basis
    #: What everybody together has, for what is published of others.
    whole: Cube
    places: tuple[Place, ...]
    scores: dict[int, Score]
    #: What came due in that period of last year, and how much was done in time.
    commitments_year_before: tuple[int, int]

    @cached_property
    def values(self) -> dict[str, Figure]:
        """The value of each indicator, or why there is none."""
        return _told(self.basis, has_listings=_open_days(self.count, self.period) is not None)

    @cached_property
    def values_before(self) -> dict[str, Figure]:
        """The same of the period before."""
        return _told(
            self.before, has_listings=_is_since(self.count.opened_on, self.period.before())
        )

    @cached_property
    def values_year_before(self) -> dict[str, Figure]:
        """The same of that period of last year, where there are records of all of it."""
        is_covered = self.basis.has_year_before
        basis = self.basis.compared(
            self.basis.year_before, is_begun=is_covered, commitments=self.commitments_year_before
        )
        return _told(basis, has_listings=self.has_listings_of_last_year)

    @property
    def has_listings_of_last_year(self) -> bool:
        """Whether the portal was open in all of that period of last year."""
        return _is_since(self.count.opened_on, self.period.year_before())

    @property
    def has_parts(self) -> bool:
        """Whether of any alliance the points of each part are told, not their sum alone."""
        return any(None not in found.parts.values() for found in self.scores.values())

    @cached_property
    def flow(self) -> str:
        """The flow in front in short, as far as it belongs to the part."""
        part, known = self.part, self.regions
        mine = part.region_ids | {known.by_id[place].province_id for place in part.place_ids}
        is_narrow = bool(mine) and not part.alliance_ids and self.basis.origin_id not in mine
        return known.flow_to(mine if is_narrow else self.basis.own_ids)

    def named(self, indicator: Indicator) -> str:
        """Return the name of an indicator, with the regions of the flow in front."""
        return str(indicator.name) % {"flow": self.flow}

    def members(self, where: Callable[[Place], bool] = lambda _place: True) -> int:
        """Return how many organisations of the part were members, each counted once."""
        mine = (each for each in self.places if queries.is_of(each, self.part) and where(each))
        return len({each.organisation_id for each in mine})


def figures_of(part: Part, period: Period, alliance: AllianceRow | None = None) -> Figures:
    """Return the figures of a period for a part, of one alliance where it is given."""
    known, count = regions(), counted_up()
    alliance_id = alliance.id if alliance else None
    compared = [period, period.before(), period.year_before()]
    whole = queries.cubes(count.version, compared, alliance_id)
    now, before, year_before = queries.own_cubes(part, compared, whole, alliance_id)
    end = clock.start_of(period.until_on)
    promised = commitments(part, compared, alliance_id)
    places = [each for each in queries.members_on(end) if alliance_id in (None, each.alliance_id)]
    alliances = tuple(queries.alliance_rows())
    scored = [each for each in alliances if _is_scored(each, part, alliance_id)]
    scores = _scores(scored, part, whole[0], places, _open_days(count, period))
    own_ids = frozenset(each.id for each in known.together)
    basis = Basis(
        now=now,
        year_before=year_before,
        origin_id=known.origin.id if known.origin else None,
        own_ids=own_ids,
        region_ids=frozenset(each.id for each in known.provinces),
        is_begun=_is_begun(count, period),
        has_year_before=_is_covered(count, period.year_before()),
        growth=None,
        suppliers=len(
            {p.organisation_id for p in places if p.is_on_chain and queries.is_of(p, part)}
        ),
        due=promised[0][0],
        kept=promised[0][1],
        scores={alliance_id: found.total for alliance_id, found in scores.items()},
        holds_origin=known.origin is not None and part.holds_all_of(known.origin.id),
    )
    basis = replace(basis, growth=_growth(basis, part, period, count, alliance_id))
    return Figures(
        period=period,
        part=part,
        alliance=alliance,
        count=count,
        regions=known,
        alliances=alliances,
        basis=basis,
        before=basis.compared(
            before,
            is_begun=_is_covered(count, period.before()),
            commitments=promised[1],
        ),
        commitments_year_before=promised[2],
        whole=whole[0],
        places=tuple(places),
        scores=scores,
    )


def counted_up() -> Count:
    """Return how far all is counted, having counted a little where something was left.

    In short operations, and not for ever: whoever writes now is not waited for. The page then
    says up to when it is counted.
    """
    count, deadline = queries.counted_so_far(), time.monotonic() + PATIENCE_SECONDS
    while count.left or count.behind > LONGEST_GAP:
        try:
            cells.catch_up(by=SYSTEM)
        except Busy:
            break
        count = queries.counted_so_far()
        if time.monotonic() > deadline:
            break
    return count


def _told(basis: Basis, *, has_listings: bool) -> dict[str, Figure]:
    """Return the value of each indicator; none of listings where the portal was not open."""
    return {
        each.id: each.figure(basis)
        if has_listings or not (each.counts_listings or each.is_score)
        else Figure(reason=NOT_BEGUN)
        for each in INDICATORS
    }


def _is_since(day: date | None, period: Period) -> bool:
    """Tell whether all of a period lies after a day."""
    return day is not None and period.from_on >= day


def _is_begun(count: Count, period: Period) -> bool:
    """Tell whether there are records of any day of a period: of none that is still to come."""
    is_since = count.begun_on is not None and period.until_on > count.begun_on
    return is_since and period.from_on <= clock.today()


def _open_days(count: Count, period: Period) -> Period | None:
    """Return what of a period the portal was open in: what a score may be told of."""
    opened_on = count.opened_on
    if opened_on is None or period.until_on <= opened_on or period.from_on > clock.today():
        return None
    return replace(period, from_on=max(period.from_on, opened_on))


def _is_covered(count: Count, period: Period) -> bool:
    """Tell whether there are records of all of a period: only then it may be compared with."""
    return _is_since(count.begun_on, period)


def _is_scored(alliance: AllianceRow, part: Part, alliance_id: int | None) -> bool:
    """Tell whether one sees an alliance's score: its own people do, liaisons see all."""
    may = part.is_everything or part.is_liaisons or alliance.id in part.alliance_ids
    return may and alliance_id in (None, alliance.id)


def _scores(
    alliances: list[AllianceRow],
    part: Part,
    whole: Cube,
    places: list[Place],
    period: Period | None,
) -> dict[int, Score]:
    """Return the score of each alliance, of all it did, wherever; exact to its own people.

    None of a time in which the portal was not open: that nothing is recorded says nothing.
    """
    if period is None:
        return {}
    news = queries.news_told(period)
    chaired = queries.chaired_on(clock.start_of(period.until_on))
    found = {}
    for alliance in alliances:
        activity = activity_of(
            whole,
            alliance.id,
            members=sum(each.alliance_id == alliance.id for each in places),
            is_chaired=alliance.id in chaired,
            news=news.get(alliance.id, 0),
        )
        made = score(activity, period)
        is_own = part.is_everything or alliance.id in part.alliance_ids
        found[alliance.id] = made if is_own else as_published(made)
    return found


def _growth(
    basis: Basis, part: Part, period: Period, count: Count, alliance_id: int | None
) -> tuple[int, int, int] | None:
    """Return contract values of the last twelve months and of the first such, and the years."""
    if count.begun_on is None:
        return None
    years, last = 0, Period(moved(period.until_on, -MONTHS_OF_YEAR), period.until_on)
    while moved(last.from_on, -MONTHS_OF_YEAR * (years + 1)) >= count.begun_on:
        years += 1
    if not years:
        return None
    first = Period(
        moved(last.from_on, -MONTHS_OF_YEAR * years), moved(last.until_on, -MONTHS_OF_YEAR * years)
    )
    spans = [last, first]
    whole = queries.cubes(count.version, spans, alliance_id, measures=(Measure.OUTCOME,))
    mine = queries.own_cubes(part, spans, whole, alliance_id, with_listings=False)
    value, earlier = (
        cube.total(Measure.OUTCOME, lambda s: s.kind == "contract" and basis.is_front(s)).value_fen
        for cube in mine
    )
    return value, earlier, years


def flows(cube: Cube, kind: str | None = None) -> dict[tuple[int, int], Sums]:
    """Return the sums of outcomes by (from, to), of one kind where it is given."""
    found: dict[tuple[int, int], Sums] = {}
    for side, sums in cube.of(Measure.OUTCOME):
        if kind is None or side.kind == kind:
            pair = side.from_region_id, side.to_region_id
            found.setdefault(pair, Sums()).add(sums)
    return found


def in_front_first(pairs: list[tuple[int, int]], known: Regions) -> list[tuple[int, int]]:
    """Return pairs of regions, the flow in front first, then across regions, then within."""
    order: dict[int, int] = {each.id: at for at, each in enumerate(known.provinces)}

    def place(pair: tuple[int, int]) -> tuple[bool, bool, int, int]:
        giver, taker = pair
        origin = known.origin
        in_front = origin is not None and giver == origin.id and taker != origin.id
        return not in_front, giver == taker, order.get(giver, 99), order.get(taker, 99)

    return sorted(pairs, key=place)


@dataclass(frozen=True)
class Rung:
    """One step from a listing to a signature: how many came so far, and after how long."""

    measure: Measure
    count: int
    #: Of the listings posted, and of those that came to the step before, in per cent.
    of_all: float | None
    of_before: float | None
    days: float | None
    is_slowest: bool


def rungs(cube: Cube) -> list[Rung]:
    """Return the steps from posting to a signature, and where most stop."""
    found: list[Rung] = []
    slowest = slowest_step(cube)
    posted = before = cube.total(Measure.POSTED).count
    for measure in (Measure.POSTED, *WAY):
        count = cube.total(measure).count
        days = cube.median_days(WAY[measure]) if measure in WAY else None
        shares = (percent(count, posted).value, percent(count, before).value)
        found.append(Rung(measure, count, *shares, days, measure is slowest))
        before = count
    return found


def slowest_step(cube: Cube) -> Measure | None:
    """Return the step that the smallest share of those before it came to; None without any."""
    before, shares = cube.total(Measure.POSTED).count, {}
    for measure in WAY:
        count = cube.total(measure).count
        if before:
            shares[measure] = count / before
        before = count
    # Where all came to the end, nothing stops anywhere.
    slowest = min(shares, key=lambda measure: shares[measure], default=None)
    return slowest if slowest is not None and shares[slowest] < 1 else None
