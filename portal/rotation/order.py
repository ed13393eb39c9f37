"""The line in which members stand, and what it costs a plan to leave it. Pure.

The line gives every turn a place: the turns of a plan that keeps to it stand at 0, 1, 2, … A turn
taken by a member is its first, second, … within the plan, and has the place that the line gives
it. A plan is judged by, in this order:

1. how many terms change against the plan there was (`Case.current`);
2. how many turns come sooner than the cooling-off asks after the member's last chair;
3. the sum of the places of the turns it holds: nobody further ahead in line is passed over while
   the rules leave a term to them;
4. the sum of the squares of how many terms each turn lies off its place.

Every part is a sum over single turns, so all four together are the cost of an assignment. Ties
fall to the lower place in line, and in the line to the lower id.
"""

from __future__ import annotations

from datetime import date

from portal.rotation.cases import Case, Member, Order


def line(case: Case) -> list[int]:
    """Return the places in `members` in the order in which the members stand in line."""
    members = case.members
    rule = case.rules.order
    everybody = range(len(members))
    if rule is Order.MANUAL:
        return list(everybody)
    if rule is Order.ALPHABETICAL:
        return sorted(everybody, key=lambda i: (members[i].name or members[i].id, members[i].id))
    if rule is Order.LEAST_RECENT:
        return sorted(everybody, key=lambda i: _waited(members[i]))
    queues = _queues(case)
    found: list[int] = []
    while any(queues.values()):
        found += [queue.pop(0) for queue in queues.values() if queue]
    return found


def _waited(member: Member) -> tuple[date, str]:
    return (member.last_chaired_on or date.min, member.id)


def _queues(case: Case) -> dict[str, list[int]]:
    """Return the members of each region, longest waiting first; the region whose turn it is first.

    Regions stand in the order in which they first appear; the cycle goes on after the region
    that chaired last.
    """
    regions = list(dict.fromkeys(each.region for each in case.members))
    last = _last_region(case)
    if last in regions:
        after = regions.index(last) + 1
        regions = regions[after:] + regions[:after]
    return {
        region: sorted(
            (i for i, each in enumerate(case.members) if each.region == region),
            key=lambda i: _waited(case.members[i]),
        )
        for region in regions
    }


def _last_region(case: Case) -> str | None:
    if case.before:
        return case.before[-1][1]
    latest = last_chair(case)
    return None if latest is None else case.members[latest].region


def last_chair(case: Case) -> int | None:
    """Return the place of the member that chaired last by its date, where it is a single one."""
    dates = [each.last_chaired_on for each in case.members]
    known = [each for each in dates if each is not None]
    if not known or dates.count(max(known)) > 1:
        return None
    return dates.index(max(known))


class Costs:
    """What each turn costs: `of(term, member, turn)`; see the module's first lines."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._terms = len(case.terms)
        self._place: dict[int, int] = {}
        self._step: dict[int, int] = {}
        self._first: dict[int, int] = {}
        self._stand()
        furthest = max((self.place(i, self._terms) for i in self._place), default=0)
        off = (furthest + self._terms) ** 2
        self._passing = 1 + self._terms * off
        self._soon = 1 + self._terms * (self._passing * furthest + off)
        self._change = (self._terms + 1) * self._soon * 2
        self._latest = last_chair(case) if not case.before else None
        self._ids = [each.id for each in case.members]

    def _stand(self) -> None:
        """Give everybody the place of its first turn, and how far its next ones are apart."""
        case, everybody = self.case, len(self.case.members)
        if case.rules.order is Order.REGION_CYCLE and not case.rules.everyone_before_anyone_twice:
            # The cycle of regions goes on for ever: a small region's members return sooner.
            queues = _queues(case)
            for shift, queue in enumerate(queues.values()):
                for number, i in enumerate(queue):
                    self._place[i] = number * len(queues) + shift
                    self._step[i] = len(queue) * len(queues)
            return
        standing = line(case)
        served = case.served if case.rules.everyone_before_anyone_twice else frozenset()
        waiting = [i for i in standing if i not in served]
        for number, i in enumerate(standing):
            self._place[i] = len(waiting) + number
            self._step[i] = everybody
        for number, i in enumerate(waiting):
            if served:
                self._first[i] = number
            else:
                self._place[i] = number

    def place(self, member: int, turn: int) -> int:
        """Return the place in line of a member's turn within the plan, counted from 0."""
        if member in self._first:
            if turn == 0:
                return self._first[member]
            turn -= 1
        return self._place[member] + turn * self._step[member]

    def of(self, term: int, member: int, turn: int) -> int:
        """Return what it costs that a member takes a term as its first, second, … turn (from 0)."""
        place = self.place(member, turn)
        cost = self._passing * place + (term - place) ** 2
        if member == self._latest and term < self.case.rules.cooling_off_terms:
            cost += self._soon
        current = self.case.current[term] if self.case.current else None
        if current is not None and current != self._ids[member]:
            cost += self._change
        return cost

    def of_plan(self, plan: list[int]) -> int:
        """Return what a whole plan costs."""
        turns: dict[int, int] = {}
        total = 0
        for term, member in enumerate(plan):
            turn = turns.get(member, 0)
            turns[member] = turn + 1
            total += self.of(term, member, turn)
        return total
