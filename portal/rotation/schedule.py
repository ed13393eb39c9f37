"""What the schedule of an alliance shows: terms past, present and to come, and how fair they are.

The past and the present are the succession's; what is to come is the plan's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import clock, links
from portal.accounts.models import Organisation
from portal.alliances.models import Alliance, ChairTerm
from portal.calendars import Event
from portal.database import db
from portal.rotation.models import Turn
from portal.rotation.workflow import TurnState

#: The strip is so many units wide.
STRIP = 1000


@dataclass(frozen=True)
class Row:
    """One term of the schedule: who, from which day, until which (half-open), and whose turn."""

    organisation: Organisation
    start: date
    #: Nothing where its end is open.
    until: date | None
    person: str | None
    is_acting: bool
    is_counted: bool
    #: Whether the succession holds it already.
    is_settled: bool
    turn: Turn | None

    @property
    def is_past(self) -> bool:
        """Whether it is over."""
        return self.until is not None and self.until <= clock.today()

    @property
    def is_present(self) -> bool:
        """Whether it goes on."""
        return self.start <= clock.today() and not self.is_past

    @property
    def last_day(self) -> date | None:
        """Its last day, or None where its end is open."""
        return date.fromordinal(self.until.toordinal() - 1) if self.until else None


def schedule_of(alliance_id: int) -> list[Row]:
    """Return the terms of an alliance in the order of time."""
    steps = db.session.scalars(
        select(ChairTerm)
        .options(
            joinedload(ChairTerm.organisation).joinedload(Organisation.region),
            joinedload(ChairTerm.person),
        )
        .where(ChairTerm.alliance_id == alliance_id)
        .order_by(ChairTerm.from_at)
    ).all()
    turns = _turns(alliance_id)
    by_step = {each.chair_term_id: each for each in turns if each.chair_term_id}
    rows = [_settled(step, by_step.get(step.id)) for step in steps]
    rows += [
        Row(each.organisation, each.starts_on, each.ends_on, None, False, True, False, each)
        for each in turns
        if each.state is TurnState.PLANNED and each.ends_on > clock.today()
    ]
    rows.sort(key=lambda row: (row.start, not row.is_settled))
    return _with_ends(rows)


def _turns(alliance_id: int) -> Sequence[Turn]:
    return db.session.scalars(
        select(Turn)
        .options(joinedload(Turn.organisation).joinedload(Organisation.region))
        .where(Turn.alliance_id == alliance_id)
        .order_by(Turn.starts_on, Turn.id)
    ).all()


def _settled(step: ChairTerm, turn: Turn | None) -> Row:
    return Row(
        organisation=step.organisation,
        start=clock.day_of(step.from_at),
        until=turn.ends_on if turn is not None else None,
        person=step.person.name,
        is_acting=step.is_acting,
        is_counted=turn.is_counted if turn is not None else not step.is_acting,
        is_settled=True,
        turn=turn,
    )


def _with_ends(rows: list[Row]) -> list[Row]:
    """End each term of the succession where the next one begins: there is no gap."""
    found = []
    for number, row in enumerate(rows):
        settled = [each for each in rows[number + 1 :] if each.is_settled]
        planned = [each for each in rows[number + 1 :] if not each.is_settled]
        if row.is_settled and settled:
            row = replace(row, until=settled[0].start)
        elif row.is_settled and row.until is None and planned:
            row = replace(row, until=planned[0].start)
        found.append(row)
    return [row for row in found if row.until is None or row.start < row.until]


@dataclass(frozen=True)
class Bar:
    """One term on the strip: where it begins and how wide it is, of a thousand."""

    x: int
    width: int
    region: str
    title: str
    is_planned: bool


def strip_of(rows: Sequence[Row]) -> tuple[list[Bar], int | None]:
    """Return the bars of a strip over all terms, and where today stands on it."""
    if not rows:
        return [], None
    first = rows[0].start
    last = max(row.until or clock.today() for row in rows)
    whole = max(1, (last - first).days)

    def at(day: date) -> int:
        return max(0, min(STRIP, round((day - first).days * STRIP / whole)))

    bars = [
        Bar(
            at(row.start),
            max(3, at(row.until or last) - at(row.start) - 2),
            row.organisation.region.code,
            row.organisation.name,
            not row.is_settled,
        )
        for row in rows
    ]
    today = clock.today()
    return bars, at(today) if first <= today <= last else None


@dataclass(frozen=True)
class Share:
    """How often a region, or an organisation, had or has its turn."""

    organisation: Organisation
    turns: int
    to_come: int
    #: Days since its last turn ended, or nothing where it sits, or never did.
    waiting: int | None


def shares(rows: Sequence[Row]) -> list[Share]:
    """Return every organisation that had or is to have a turn, the longest waiting first."""
    today = clock.today()
    organisations = {row.organisation.id: row.organisation for row in rows}
    had = Counter(row.organisation.id for row in rows if row.is_counted and row.start <= today)
    coming = Counter(row.organisation.id for row in rows if row.is_counted and row.start > today)
    ended = {row.organisation.id: row.until for row in rows if row.is_past}
    found = []
    for key, organisation in organisations.items():
        until = ended.get(key)
        sits = any(row.is_present for row in rows if row.organisation.id == key)
        waiting = None if until is None or sits else (today - until).days
        found.append(Share(organisation, had[key], coming[key], waiting))
    return sorted(found, key=lambda each: (-(each.waiting or 0), each.organisation.sort_key))


def turns_by_region(rows: Sequence[Row]) -> list[tuple[Organisation, int, int]]:
    """Return for each region one of its organisations, the turns had and those to come."""
    today = clock.today()
    examples: dict[int, Organisation] = {}
    had: Counter[int] = Counter()
    coming: Counter[int] = Counter()
    for row in rows:
        region_id = row.organisation.region_id
        examples.setdefault(region_id, row.organisation)
        if row.is_counted:
            (had if row.start <= today else coming)[region_id] += 1
    return [(examples[key], had[key], coming[key]) for key in sorted(examples)]


def events_of(alliance: Alliance, title: str) -> list[Event]:
    """Return the terms of an alliance as the entries of a calendar, each under an id that stays."""
    found = []
    for row in schedule_of(alliance.id):
        key = f"turn-{row.turn.id}" if row.turn else f"term-{row.start:%Y%m%d}"
        found.append(
            Event(
                uid=f"{alliance.slug}-{key}@alliance-portal",
                start=row.start,
                until=row.until,
                summary=f"{title}: {row.organisation.name}",
                description=row.person or "",
                address=links.address("rotation.view_schedule", alliance_slug=alliance.slug),
                revision=row.turn.version if row.turn else 0,
            )
        )
    return found
