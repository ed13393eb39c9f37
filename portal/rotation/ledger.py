"""What the planner has to know of an alliance: who chaired, who waits, who is away. Pure.

It decides on records that were read already (`history.py` reads them), on the day of the ledger
and on nothing else, so that whole histories can be played without a database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from portal import clock
from portal.alliances.models import ChairTerm, Membership
from portal.rotation.cases import Case, Member, Rules, Span
from portal.rotation.fairness import Break, breaks
from portal.rotation.models import Blackout, Charter, Turn
from portal.rotation.workflow import LIVE, OPEN, TurnState

#: So many terms before a plan are told to the planner.
LOOKED_BACK = 12
#: Behind every name in the order of pinyin: whoever deferred, or joined within the round.
LAST = "~"


@dataclass(frozen=True)
class Held:
    """A turn that was held, is held, or is settled: by whom, from which day on."""

    organisation_id: int
    region: str
    from_on: date
    is_counted: bool


@dataclass(frozen=True)
class Ledger:
    """What was read of an alliance, once, for all that is asked of it."""

    charter: Charter
    #: In every state, in the order of their days.
    turns: Sequence[Turn]
    steps: Sequence[ChairTerm]
    #: Who may chair by the rules, in protocol order.
    memberships: Sequence[Membership]
    blackouts: Sequence[Blackout]
    #: The terms that they hold, or are to hold, in other alliances.
    elsewhere: dict[int, list[Span]]
    #: The day on which it was read.
    today: date

    @property
    def members(self) -> set[int]:
        """The ids of who may chair."""
        return {each.organisation_id for each in self.memberships}

    @property
    def live(self) -> list[Turn]:
        """The turns that count."""
        return [each for each in self.turns if each.state in LIVE]


def held_until(ledger: Ledger, day: date) -> list[Held]:
    """Return whose turns there were, and will be, before a day: by the succession and the plan."""
    turns = {each.chair_term_id: each for each in ledger.turns if each.chair_term_id}
    found: list[Held] = []
    for step in ledger.steps:
        if clock.day_of(step.from_at) >= day:
            continue
        turn = turns.get(step.id)
        is_same = found and found[-1].organisation_id == step.organisation_id
        if turn is None and is_same:
            continue  # another person of the organisation took the seat
        found.append(
            Held(
                step.organisation_id,
                step.organisation.region.code,
                clock.day_of(step.from_at),
                turn.is_counted if turn is not None else not step.is_acting,
            )
        )
    # Planned and not confirmed, though it still can be: no step, and a turn all the same.
    for turn in ledger.turns:
        if turn.state is TurnState.PLANNED and ledger.today < turn.ends_on and turn.starts_on < day:
            region = turn.organisation.region.code
            found.append(Held(turn.organisation_id, region, turn.starts_on, True))
    return sorted(found, key=lambda held: held.from_on)


def served_in_round(members: set[int], held: Sequence[Held]) -> tuple[set[int], date | None]:
    """Return who of the members had a turn in the round that goes on, and when it began."""
    served: set[int] = set()
    began: date | None = None
    for each in held:
        if not each.is_counted or each.organisation_id not in members:
            continue
        if not served or served >= members:
            served, began = set(), each.from_on
        served.add(each.organisation_id)
    if members and served >= members:
        return set(), None
    return served, began


def deferred_since(ledger: Ledger, held: Sequence[Held]) -> dict[int, date]:
    """Return who gave up a turn and had none since, with the first day of what they gave up."""
    last = {each.organisation_id: each.from_on for each in held if each.is_counted}
    found: dict[int, date] = {}
    for turn in ledger.turns:
        if turn.state is TurnState.DEFERRED:
            had = last.get(turn.organisation_id)
            if had is None or had < turn.starts_on:
                found[turn.organisation_id] = turn.starts_on
    return found


def rules_of(charter: Charter) -> Rules:
    """Return the rules of a charter as the planner takes them."""
    return Rules(
        charter.order,
        charter.max_region_run,
        charter.cooling_off_terms,
        charter.everyone_before_anyone_twice,
    )


def case_for(
    ledger: Ledger,
    terms: Sequence[Span],
    *,
    current: Sequence[int | None] = (),
    pinned: frozenset[int] = frozenset(),
    apart: dict[int, tuple[Span, ...]] | None = None,
) -> Case:
    """Return what the planner is asked: who takes these terms of an alliance.

    `current` holds who was to take each, `pinned` the numbers of those that stay, `apart`
    stretches in which a member is not to be taken besides its own.
    """
    charter, ids = ledger.charter, ledger.members
    held = held_until(ledger, terms[0].start if terms else ledger.today)
    served, began = served_in_round(ids, held)
    last = {each.organisation_id: each.from_on for each in held if each.is_counted}
    deferred = deferred_since(ledger, held)
    away = _away(ledger)
    members = []
    for each in ledger.memberships:
        organisation = each.organisation
        joined = clock.day_of(each.since) if each.since else None
        is_new = began is not None and joined is not None and joined > began
        waits_from = last.get(organisation.id) or (joined if is_new else None)
        if organisation.id in deferred:
            waits_from = deferred[organisation.id]
        is_last = organisation.id in deferred or (is_new and organisation.id not in last)
        members.append(
            Member(
                id=str(organisation.id),
                region=organisation.region.code,
                blackouts=(
                    *away.get(organisation.id, ()),
                    *((apart or {}).get(organisation.id, ())),
                ),
                last_chaired_on=waits_from,
                name=(LAST if is_last else "") + organisation.sort_key,
                has_served=organisation.id in served,
            )
        )
    if not held and not current and charter.first_chair_id in ids and terms:
        current = (charter.first_chair_id, *(None for _term in terms[1:]))
        pinned = frozenset({0})
    return Case(
        members=tuple(members),
        terms=tuple(terms),
        rules=rules_of(charter),
        # The rest of a term that is no turn is none for the rules either.
        before=tuple(
            (str(each.organisation_id), each.region)
            for each in [each for each in held if each.is_counted][-LOOKED_BACK:]
        ),
        current=tuple(None if i is None or i not in ids else str(i) for i in current),
        pinned=pinned,
    )


def breaks_ahead(
    ledger: Ledger, instead: Mapping[int, int] | None = None
) -> list[tuple[Turn, Break]]:
    """Return which rules the terms break that are still to come, with the term of each.

    `instead` holds who would take some of them, by the ids of the turns.
    """
    other = instead or {}
    ahead = [each for each in ledger.live if each.state in OPEN and each.starts_on > ledger.today]
    if not ahead:
        return []
    case = case_for(ledger, [Span(each.starts_on, each.ends_on) for each in ahead])
    found = breaks(case, [str(other.get(each.id, each.organisation_id)) for each in ahead])
    return [(ahead[each.term], each) for each in found]


def _away(ledger: Ledger) -> dict[int, tuple[Span, ...]]:
    """Return when each member cannot take the chair: by its word, or sitting elsewhere."""
    found: dict[int, list[Span]] = {}
    for row in ledger.blackouts:
        found.setdefault(row.organisation_id, []).append(Span(row.from_on, row.until_on))
    for organisation_id, spans in ledger.elsewhere.items():
        full = crowded(spans, ledger.charter.max_at_once)
        found.setdefault(organisation_id, []).extend(full)
    return {each: tuple(spans) for each, spans in found.items()}


def spans_elsewhere(
    rows: Sequence[tuple[int, int, datetime]], ids: set[int]
) -> dict[int, list[Span]]:
    """Return when some organisations sit, by steps (alliance, organisation, from) in their order.

    A step without a next one has an open end.
    """
    found: dict[int, list[Span]] = {}
    for number, (elsewhere, organisation_id, from_at) in enumerate(rows):
        following = rows[number + 1] if number + 1 < len(rows) else None
        is_same = following is not None and following[0] == elsewhere
        until = clock.day_of(following[2]) if is_same and following is not None else date.max
        if organisation_id in ids and clock.day_of(from_at) < until:
            found.setdefault(organisation_id, []).append(Span(clock.day_of(from_at), until))
    return found


def crowded(spans: Sequence[Span], most: int) -> list[Span]:
    """Return the stretches of days in which at least so many of some stretches meet."""
    days = sorted({each.start for each in spans} | {each.until for each in spans})
    found: list[Span] = []
    for start, until in pairwise(days):
        stretch = Span(start, until)
        if sum(each.meets(stretch) for each in spans) < most:
            continue
        if found and found[-1].until == start:
            found[-1] = Span(found[-1].start, until)
        else:
            found.append(stretch)
    return found


def following_day(ledger: Ledger) -> date:
    """Return the first day that no live turn takes: where a plan that goes on begins."""
    ends = [each.ends_on for each in ledger.live]
    steps = [clock.day_of(each.from_at) for each in ledger.steps]
    tomorrow = ledger.today + timedelta(days=1)
    return max([*ends, *steps, tomorrow])
