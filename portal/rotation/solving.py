"""The cheapest plan that keeps the rules, with the proof of it where there was time. Pure.

The cost of a plan is that of an assignment (`order.py`); two rules do not fit into one, the
longest run of a region and the cooling-off. So the cheapest assignment is found without the two,
and where it breaks one, the ways out are searched, the cheapest first. The work is bounded by a
number of steps and never by a clock: the same case has the same answer everywhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from portal.rotation.assignment import Assigned, Row, assign, reassign
from portal.rotation.cases import Case, may_take, run_before
from portal.rotation.feasible import OutOfSteps, find_any
from portal.rotation.order import Costs, line

#: Steps of each search. Together some seconds of one processor for 60 members and 30 terms.
FIRST_STEPS, WISHING_STEPS, ANY_STEPS, LAST_STEPS = 400, 3000, 8000, 1200


@dataclass(frozen=True)
class Solved:
    """The places of the members that take the terms, and whether no cheaper plan exists."""

    plan: list[int]
    is_optimal: bool


class Undecided(Exception):
    """Neither a plan was found nor the proof that there is none."""


class _MoreTurns(Exception):
    """A turn that was left out of the table might make a plan cheaper, or possible."""


def solve(case: Case) -> Solved | None:
    """Return the cheapest plan, or None where none exists. Raises `Undecided`."""
    if not case.terms:
        return Solved([], True)
    search = Branching(case)
    if search.go_on(FIRST_STEPS):
        return search.result()
    if search.best is None:
        found = _any_plan(case, search.costs)
        if found is None:
            return None
        search.take(improved(case, search.costs, found))
    search.go_on(LAST_STEPS)
    return search.result()


def _any_plan(case: Case, costs: Costs) -> list[int] | None:
    for steps, wish in (
        (WISHING_STEPS, lambda term, member: costs.of(term, member, 0)),
        (ANY_STEPS, None),
    ):
        try:
            return find_any(case, steps=steps, wish=wish)
        except OutOfSteps:
            continue
    raise Undecided


class Branching:
    """The search over assignments; `best` is the cheapest plan found so far."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.costs = Costs(case)
        self.allowed = may_take(case)
        self.standing = line(case)
        self.rank = {member: rank for rank, member in enumerate(self.standing)}
        self.rounds = case.rounds()
        self._in_rounds = case.rules.everyone_before_anyone_twice
        self.best: list[int] | None = None
        self.bound: int | None = None
        self.is_proved = False
        self.turns = 1 + (max(self.rounds) if self._in_rounds else 0)
        self._begin()

    def _begin(self) -> None:
        self.open: list[tuple[int, int, Assigned]] = []
        self.made = 0
        members = len(self.case.members)
        rows = [self._row(term) for term in range(len(self.case.terms))]
        while True:
            root = assign(rows, members * self.turns)
            if root is not None and not self._needs_more_turns(root):
                break
            if self.turns > len(self.case.terms):
                break
            self.turns += 1 if root is None else self.turns
            rows = [self._row(term) for term in range(len(self.case.terms))]
        if root is not None:
            self._keep(root)

    def _row(self, term: int) -> Row:
        """Return what each turn of each member costs at a term, in the order of the line."""
        members = len(self.case.members)
        found: Row = {}
        for member in self.allowed[term]:
            for turn in self._turns_at(term, member):
                found[turn * members + self.rank[member]] = self.costs.of(term, member, turn)
        return found

    def _turns_at(self, term: int, member: int) -> range:
        """Return which of its turns a member can take at a term."""
        if not self._in_rounds:
            return range(self.turns)
        turn = self.rounds[term] - (member in self.case.served)
        return range(turn, turn + 1) if 0 <= turn < self.turns else range(0)

    def _needs_more_turns(self, found: Assigned) -> bool:
        """Tell whether a turn that was left out of the table might make it cheaper."""
        if self._in_rounds or self.turns > len(self.case.terms):
            return False
        most = max(found.of_columns)
        return any(
            self.costs.of(term, member, self.turns) < found.of_rows[term] + most
            for term, row in enumerate(found.rows)
            for member in {self.standing[column % len(self.standing)] for column in row}
        )

    def go_on(self, steps: int) -> bool:
        """Search so many steps; tell whether it is known what the cheapest plan is."""
        while self.open and not self.is_proved:
            cost, _number, found = self.open[0]
            if self.bound is not None and cost >= self.bound:
                break
            if steps <= 0:
                return False
            steps -= 1
            heapq.heappop(self.open)
            try:
                self._branch(found)
            except _MoreTurns:
                self.turns *= 2
                self._begin()
        self.is_proved = True
        return True

    def result(self) -> Solved | None:
        """Return the cheapest plan found, or None where it is proved that there is none."""
        return None if self.best is None else Solved(self.best, self.is_proved)

    def take(self, plan: list[int]) -> None:
        """Take a plan as the cheapest so far, where it is."""
        cost = self.costs.of_plan(plan)
        if self.bound is None or cost < self.bound:
            self.best, self.bound = plan, cost

    def plan_of(self, found: Assigned) -> list[int]:
        """Return the places of the members that an assignment gives the terms to."""
        members = len(self.case.members)
        return [self.standing[found.held[term] % members] for term in range(len(self.case.terms))]

    def _keep(self, found: Assigned | None) -> None:
        """Take what keeps the rules; what does not, and might be cheaper, waits its turn."""
        if found is None:
            if not self._in_rounds and self.turns <= len(self.case.terms):
                raise _MoreTurns
            return
        if self._needs_more_turns(found):
            raise _MoreTurns
        if self.bound is not None and found.cost >= self.bound:
            return
        plan = self.plan_of(found)
        if broken_run(self.case, plan) is None and too_soon(self.case, plan) is None:
            self.take(plan)
            return
        self.made += 1
        heapq.heappush(self.open, (found.cost, self.made, found))

    def _branch(self, found: Assigned) -> None:
        plan = self.plan_of(found)
        run = broken_run(self.case, plan)
        if run is not None:
            self._break_run(found, plan, run)
            return
        soon = too_soon(self.case, plan)
        if soon is not None:
            self._keep_apart(found, plan, soon)

    def _break_run(self, found: Assigned, plan: list[int], run: range) -> None:
        """Let another region chair one of the terms of a run, and hold the ones before it."""
        members, region = self.case.members, self.case.members[plan[run.start]].region
        for number in run:
            rows = found.rows[:]
            for held in range(run.start, number):
                rows[held] = self._only(rows[held], lambda i: members[i].region == region)
            rows[number] = self._only(rows[number], lambda i: members[i].region != region)
            self._enter(found, rows, number)

    def _keep_apart(self, found: Assigned, plan: list[int], soon: tuple[int, int]) -> None:
        """Take one of two turns that lie too close from their member."""
        (first, second), member = soon, plan[soon[0]]
        rows = found.rows[:]
        rows[first] = self._only(rows[first], lambda i: i != member)
        self._enter(found, rows, first)
        rows = found.rows[:]
        rows[first] = self._only(rows[first], lambda i: i == member)
        for term in range(first + 1, first + 1 + self.case.rules.cooling_off_terms):
            if term < len(rows) and plan[term] != member:
                rows[term] = self._only(rows[term], lambda i: i != member)
        rows[second] = self._only(rows[second], lambda i: i != member)
        self._enter(found, rows, second)

    def _enter(self, before: Assigned, rows: list[Row], row: int) -> None:
        """Keep what comes of an assignment when a row must take another column."""
        if all(rows):
            self._keep(reassign(before, rows, row))

    def _only(self, row: Row, holds: Callable[[int], bool]) -> Row:
        members = len(self.case.members)
        return {
            column: cost for column, cost in row.items() if holds(self.standing[column % members])
        }


def broken_run(case: Case, plan: list[int]) -> range | None:
    """Return the first terms of the plan with which a region's run is too long, or None."""
    longest = case.rules.max_region_run
    if longest is None:
        return None
    region, length = run_before(case)
    start = 0
    for term, member in enumerate(plan):
        mine = case.members[member].region
        if mine == region:
            length += 1
        else:
            region, length, start = mine, 1, term
        if length > longest:
            return range(max(start, term - longest), term + 1)
    return None


def too_soon(case: Case, plan: list[int]) -> tuple[int, int] | None:
    """Return the first two terms of a member with too few of others between, or None."""
    last: dict[int, int] = {}
    for term, member in enumerate(plan):
        if member in last and term - last[member] <= case.rules.cooling_off_terms:
            return last[member], term
        last[member] = term
    return None


def keeps_rules(case: Case, plan: list[int], allowed: list[set[int]] | None = None) -> bool:
    """Tell whether a plan keeps every rule."""
    allowed = allowed or [set(each) for each in may_take(case)]
    if any(member not in allowed[term] for term, member in enumerate(plan)):
        return False
    if broken_run(case, plan) is not None or too_soon(case, plan) is not None:
        return False
    if not case.rules.everyone_before_anyone_twice:
        return True
    rounds = case.rounds()
    return len({(rounds[term], member) for term, member in enumerate(plan)}) == len(plan)


def improved(case: Case, costs: Costs, plan: list[int]) -> list[int]:
    """Return a plan made cheaper by exchanging two turns or giving one to somebody else."""
    allowed = [set(each) for each in may_take(case)]
    best, cost = plan[:], costs.of_plan(plan)
    is_better = True
    while is_better:
        is_better = False
        for term in range(len(best)):
            for other in range(term + 1, len(best)):
                if best[term] == best[other]:
                    continue
                trial = best[:]
                trial[term], trial[other] = trial[other], trial[term]
                price = costs.of_plan(trial)
                if price < cost and keeps_rules(case, trial, allowed):
                    best, cost, is_better = trial, price, True
            for member in sorted(allowed[term]):
                if member == best[term]:
                    continue
                trial = best[:]
                trial[term] = member
                price = costs.of_plan(trial)
                if price < cost and keeps_rules(case, trial, allowed):
                    best, cost, is_better = trial, price, True
    return best
