"""How fair a plan is, and where one made by hand breaks the rules. Pure.

A plan here may have gaps: a term that nobody takes yet is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from portal.rotation.cases import Case, Rule, available, run_before

Ids = Sequence[str | None]


@dataclass(frozen=True)
class Fairness:
    """The figures of a plan."""

    turns_by_member: dict[str, int]
    turns_by_region: dict[str, int]
    members_by_region: dict[str, int]
    most_turns: int
    fewest_turns: int
    #: Terms in a row that one region chairs at most.
    longest_region_run: int
    #: Days from the first day of the last turn (or of the plan) to that of the next, at most.
    longest_wait_days: int
    #: Who takes no term of the plan.
    without_turn: list[str]


@dataclass(frozen=True)
class Break:
    """A term at which a plan breaks a rule."""

    term: int
    rule: Rule
    member: str


def fairness(case: Case, plan: Ids) -> Fairness:
    """Return the figures of a plan."""
    region = {each.id: each.region for each in case.members}
    turns = Counter(member for member in plan if member is not None)
    by_member = {each.id: turns[each.id] for each in case.members}
    by_region = Counter(region[member] for member in plan if member in region)
    members = Counter(region.values())
    runs = [
        len(list(group))
        for found, group in groupby(region.get(member or "") for member in plan)
        if found is not None
    ]
    return Fairness(
        turns_by_member=by_member,
        turns_by_region={each: by_region[each] for each in members},
        members_by_region=dict(members),
        most_turns=max(by_member.values(), default=0),
        fewest_turns=min(by_member.values(), default=0),
        longest_region_run=max(runs, default=0),
        longest_wait_days=_longest_wait(case, plan),
        without_turn=[each for each, number in by_member.items() if not number],
    )


def _longest_wait(case: Case, plan: Ids) -> int:
    if not case.terms:
        return 0
    first, last = case.terms[0].start, case.terms[-1].until
    longest = 0
    for each in case.members:
        starts = [
            term.start for term, member in zip(case.terms, plan, strict=True) if member == each.id
        ]
        known: list[date] = [min(each.last_chaired_on or first, first), *starts, last]
        longest = max(
            longest,
            *((after - before).days for before, after in pairwise(known)),
        )
    return longest


def breaks(case: Case, plan: Ids) -> list[Break]:
    """Return every term at which a plan, whole or not, breaks a rule, in the order of terms."""
    members = {each.id: each for each in case.members}
    rounds = case.rounds()
    found: list[Break] = []
    region, length = run_before(case)
    # Of several turns before the plan the newest counts.
    behind = len(case.before)
    last = {member: number - behind for number, (member, _region) in enumerate(case.before)}
    turns = {each.id: int(case.members.index(each) in case.served) for each in case.members}
    for number, member in enumerate(plan):
        if member is None or member not in members:
            region, length = None, 0
            continue
        who = members[member]
        length = length + 1 if who.region == region else 1
        region = who.region
        if not available(who, case.terms[number]):
            found.append(Break(number, Rule.BLACKOUTS, member))
        longest = case.rules.max_region_run
        if longest is not None and length > longest:
            found.append(Break(number, Rule.REGION_RUN, member))
        if member in last and number - last[member] <= case.rules.cooling_off_terms:
            found.append(Break(number, Rule.COOLING_OFF, member))
        last[member] = number
        if case.rules.everyone_before_anyone_twice and turns[member] > rounds[number]:
            found.append(Break(number, Rule.ROUNDS, member))
        turns[member] += 1
    return found
