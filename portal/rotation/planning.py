"""The plan of a case, with its reasons; or why there is none. Pure.

`cases.py` says what the rules mean, `order.py` what makes one plan better than another. Whatever
`Case.current` holds is changed as little as possible: that is how a plan is made anew when
somebody defers, leaves or joins.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from portal.rotation.cases import Case, available, run_before
from portal.rotation.conflicts import conflict, undecided
from portal.rotation.fairness import Fairness, fairness
from portal.rotation.order import Costs
from portal.rotation.reasons import Reason, Why
from portal.rotation.solving import Undecided, solve

#: So many of those who stand further ahead are named in a reason.
NAMED = 3


@dataclass(frozen=True)
class Assignment:
    """One term of a plan: its number from 0, who takes it, and why."""

    term: int
    member: str
    why: Reason


@dataclass(frozen=True)
class Plan:
    """Who takes which term; `is_optimal` only where it is proved that no plan is cheaper."""

    assignments: tuple[Assignment, ...]
    fairness: Fairness
    is_optimal: bool


@dataclass(frozen=True)
class Conflict:
    """Why no plan exists; `is_proved` unless the search gave up."""

    reasons: tuple[Reason, ...]
    is_proved: bool = True


def plan(case: Case) -> Plan | Conflict:
    """Return the best plan of a case, or what cannot be reconciled in it."""
    try:
        solved = solve(case)
    except Undecided:
        return Conflict(tuple(undecided(case)), is_proved=False)
    if solved is None:
        return Conflict(tuple(conflict(case)))
    ids = [case.members[member].id for member in solved.plan]
    reasons = _Reasons(case, solved.plan)
    return Plan(
        tuple(Assignment(term, ids[term], reasons.of(term)) for term in range(len(ids))),
        fairness(case, ids),
        solved.is_optimal,
    )


class _Reasons:
    """Tells of each term of a plan why it is taken by whom."""

    def __init__(self, case: Case, found: list[int]) -> None:
        self.case, self.plan = case, found
        self.costs = Costs(case)
        turns: Counter[int] = Counter()
        self.place: list[int] = []
        for member in found:
            self.place.append(self.costs.place(member, turns[member]))
            turns[member] += 1

    def of(self, term: int) -> Reason:
        """Return why a term is taken by whom the plan says."""
        case, place = self.case, self.place[term]
        was = case.current[term] if case.current else None
        if term in case.pinned and was is not None:
            return Reason(Why.PINNED)
        if was is not None and was == case.members[self.plan[term]].id:
            return Reason(Why.KEPT)
        values = {"place": place}
        if place == term:
            return Reason(Why.NEXT, values)
        if place < term:
            return Reason(Why.MOVED_BACK, values, self._hindrances(place, [self.plan[term]]))
        return Reason(Why.MOVED_UP, values, self._hindrances(term, self._ahead(term)))

    def _ahead(self, term: int) -> list[int]:
        """Return who stands further ahead in line and has had no turn for it yet, first first."""
        had = Counter(self.plan[:term])
        mine = self.place[term]
        ahead = sorted(
            (self.costs.place(member, had[member]), member)
            for member in range(len(self.case.members))
            if member != self.plan[term]
        )
        return [member for place, member in ahead if place < mine]

    def _hindrances(self, term: int, members: list[int]) -> tuple[Reason, ...]:
        """Return for each of some members why it does not take a term, at most three of them."""
        return tuple(self._hindrance(term, member) for member in members[:NAMED])

    def _hindrance(self, term: int, member: int) -> Reason:
        case, who = self.case, self.case.members[member]
        values = {"member": who.id, "term": term}
        if not available(who, case.terms[term]):
            return Reason(Why.AWAY, values | {"terms": [term]})
        rounds = case.rounds()
        if case.rules.everyone_before_anyone_twice:
            earlier = [
                number
                for number in range(term)
                if rounds[number] == rounds[term] and self.plan[number] == member
            ]
            if earlier or (rounds[term] == 0 and member in case.served):
                return Reason(Why.HAD_TURN, values)
        if self._would_run(term, who.region):
            return Reason(Why.REGION_FULL, values | {"longest": case.rules.max_region_run})
        if self._is_resting(term, member):
            return Reason(Why.RESTING, values | {"terms": case.rules.cooling_off_terms})
        later = self.plan.index(member) if member in self.plan else None
        return Reason(Why.TAKES_ANOTHER, values | {"other": later})

    def _would_run(self, term: int, region: str) -> bool:
        """Tell whether a region, in this term, would chair more in a row than it may."""
        longest = self.case.rules.max_region_run
        if longest is None:
            return False
        regions = [self.case.members[member].region for member in self.plan]
        back = 0
        while back < term and regions[term - 1 - back] == region:
            back += 1
        before, run = run_before(self.case)
        if back == term and before == region:
            back += run
        ahead = 0
        while term + 1 + ahead < len(regions) and regions[term + 1 + ahead] == region:
            ahead += 1
        return back + 1 + ahead > longest

    def _is_resting(self, term: int, member: int) -> bool:
        gap = self.case.rules.cooling_off_terms
        near = range(max(0, term - gap), min(len(self.plan), term + gap + 1))
        if any(self.plan[number] == member for number in near if number != term):
            return True
        who = self.case.members[member].id
        return any(
            who == other and distance + term <= gap
            for distance, (other, _region) in enumerate(reversed(self.case.before), start=1)
        )
