"""Cases for the planner, made up by hypothesis, and the exhaustive search they are held against."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from hypothesis import strategies as st

from portal.rotation.cases import Case, Member, Order, Rules, Span
from portal.rotation.order import Costs

FIRST = date(2027, 1, 31)


def months(first: date, count: int, days: int = 30) -> tuple[Span, ...]:
    """Return so many terms of some days each, one after the other."""
    starts = [first + timedelta(days=days * number) for number in range(count + 1)]
    return tuple(Span(*pair) for pair in itertools.pairwise(starts))


@st.composite
def spans(draw: st.DrawFn, within: int) -> Span:
    start = FIRST + timedelta(days=draw(st.integers(-10, within)))
    return Span(start, start + timedelta(days=draw(st.integers(1, 90))))


@st.composite
def cases(draw: st.DrawFn, most_members: int = 4, most_terms: int = 5) -> Case:
    """Draw a small case, with everything a case can have."""
    terms, first = [], FIRST
    for _number in range(draw(st.integers(0, most_terms))):
        first += timedelta(days=draw(st.sampled_from([0, 0, 3])))
        until = first + timedelta(days=draw(st.sampled_from([28, 30, 31, 60])))
        terms.append(Span(first, until))
        first = until
    members = tuple(
        Member(
            id=f"m{number}",
            region=draw(st.sampled_from(["BJ", "TJ", "HE"])),
            blackouts=tuple(draw(st.lists(spans(40 * most_terms), max_size=2))),
            last_chaired_on=draw(st.sampled_from([None, date(2024, 2, 29), date(2026, 7, 1)])),
            has_served=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, most_members)))
    )
    rules = Rules(
        draw(st.sampled_from(list(Order))),
        draw(st.sampled_from([None, 1, 2])),
        draw(st.sampled_from([0, 0, 1, 2])),
        draw(st.booleans()),
    )
    ids = [each.id for each in members]
    before = draw(
        st.lists(st.sampled_from([(each.id, each.region) for each in members]), max_size=3)
        if members
        else st.just([])
    )
    current: tuple[str | None, ...] = ()
    pinned: frozenset[int] = frozenset()
    if members and terms and draw(st.booleans()):
        current = tuple(draw(st.sampled_from([None, *ids])) for _term in terms)
        named = [number for number, each in enumerate(current) if each is not None]
        pinned = frozenset(draw(st.lists(st.sampled_from(named), max_size=1)) if named else ())
    return Case(members, tuple(terms), rules, tuple(before), current, pinned)


def is_kept(case: Case, plan: tuple[int, ...]) -> bool:
    """Tell whether a plan keeps the rules: written from their words, apart from the planner."""
    rules, members = case.rules, case.members
    history = [pair[0] for pair in case.before] + [members[i].id for i in plan]
    regions = [pair[1] for pair in case.before] + [members[i].region for i in plan]
    ahead = len(case.before)
    for number, i in enumerate(plan):
        here = ahead + number
        term = case.terms[number]
        if number in case.pinned:
            if members[i].id != case.current[number]:
                return False
        elif any(b.start < term.until and term.start < b.until for b in members[i].blackouts):
            return False
        if rules.max_region_run is not None:
            stretch = regions[max(0, here - rules.max_region_run) : here + 1]
            if len(stretch) > rules.max_region_run and len(set(stretch)) == 1:
                return False
        for back in range(1, rules.cooling_off_terms + 1):
            if here - back < 0 or history[here - back] != history[here]:
                continue
            # What is settled is measured against the plan alone.
            if here - back >= ahead or number not in case.pinned:
                return False
    if rules.everyone_before_anyone_twice:
        counts = [int(each.has_served) for each in members]
        if all(counts):
            counts = [0] * len(counts)
        for i in plan:
            if counts[i] != min(counts):
                return False
            counts[i] += 1
    return True


def cheapest(case: Case) -> int | None:
    """Return what the best plan costs, found by trying every one; None where there is none."""
    costs = Costs(case)
    everybody = range(len(case.members))
    kept = (
        costs.of_plan(list(plan))
        for plan in itertools.product(everybody, repeat=len(case.terms))
        if is_kept(case, plan)
    )
    return min(kept, default=None)
