"""Whether any plan keeps the rules, and one that does. Pure, and without regard to cost.

A search from term to term. Members that cannot be told apart from here on (same region, same
terms still open to them, same standing in the round and in the cooling-off) are tried once, and
a situation that led nowhere is remembered, so that a refusal is a proof.
"""

from __future__ import annotations

from collections.abc import Callable

from portal.rotation.cases import Case, may_take, run_before

#: A situation that led nowhere.
Situation = tuple[object, ...]


class OutOfSteps(Exception):
    """The search ended without an answer: neither a plan nor a proof."""


class Search:
    """One search over one case."""

    def __init__(self, case: Case, *, steps: int, wish: Callable[[int, int], int] | None = None):
        self.case = case
        self.steps_left = steps
        self.wish = wish
        self.terms, self.members = len(case.terms), len(case.members)
        self.open_to = [sum(1 << i for i in each) for each in may_take(case)]
        self.rounds = case.rounds()
        regions = sorted({each.region for each in case.members})
        self.region = [regions.index(each.region) for each in case.members]
        self.of_region = [
            sum(1 << i for i in range(self.members) if self.region[i] == number)
            for number in range(len(regions))
        ]
        last, length = run_before(case)
        self.run = (regions.index(last) if last in regions else -1, length)
        self.longest = case.rules.max_region_run or self.terms + length + 1
        self.cooling = case.rules.cooling_off_terms
        self.in_rounds = case.rules.everyone_before_anyone_twice
        self.kinds = [self._kinds(term) for term in range(self.terms)]
        self.dead: set[Situation] = set()
        self.plan: list[int] = []

    def _kinds(self, term: int) -> list[tuple[int, int]]:
        """Return what tells the members apart from a term on: region and terms left to them."""
        left = [0] * self.members
        for later in range(term, self.terms):
            for i in range(self.members):
                if self.open_to[later] >> i & 1:
                    left[i] |= 1 << later
        return [(self.region[i], left[i]) for i in range(self.members)]

    def find(self) -> list[int] | None:
        """Return a plan as places of members, None where none exists; raises `OutOfSteps`."""
        served = sum(1 << i for i in self.case.served) if self.in_rounds else 0
        return self.plan if self._go_on(0, served, *self.run) else None

    def _go_on(self, term: int, served: int, region: int, length: int) -> bool:
        if term == self.terms:
            return True
        if self.steps_left <= 0:
            raise OutOfSteps
        self.steps_left -= 1
        if self.in_rounds and term > 0 and self.rounds[term] != self.rounds[term - 1]:
            served = 0
        resting = self.plan[-self.cooling :] if self.cooling else []
        situation = self._situation(term, served, region, length, resting)
        if situation in self.dead:
            return False
        if self._may_still_end(term, served, region, length):
            for i in self._candidates(term, served, region, length, resting):
                self.plan.append(i)
                mine = self.region[i]
                run = length + 1 if mine == region else 1
                if self._go_on(term + 1, served | 1 << i, mine, run):
                    return True
                self.plan.pop()
        self.dead.add(situation)
        return False

    def _situation(
        self, term: int, served: int, region: int, length: int, resting: list[int]
    ) -> Situation:
        kinds = self.kinds[term]
        had: dict[tuple[int, int], int] = {}
        if self.in_rounds:
            for i in range(self.members):
                if served >> i & 1:
                    had[kinds[i]] = had.get(kinds[i], 0) + 1
        rest = tuple((kinds[i], served >> i & 1) for i in resting)
        return (term, region, length, tuple(sorted(had.items())), rest)

    def _candidates(
        self, term: int, served: int, region: int, length: int, resting: list[int]
    ) -> list[int]:
        kinds = self.kinds[term]
        seen: dict[tuple[int, int], int] = {}
        order = range(self.members)
        wish = self.wish
        for i in sorted(order, key=lambda i: wish(term, i)) if wish else order:
            if not self.open_to[term] >> i & 1 or i in resting:
                continue
            if self.in_rounds and served >> i & 1:
                continue
            if self.region[i] == region and length >= self.longest:
                continue
            seen.setdefault(kinds[i], i)
        found = list(seen.values())
        if wish is None:
            # Whoever has the fewest terms left goes first.
            found.sort(key=lambda i: (kinds[i][1].bit_count(), i))
        return found

    def _may_still_end(self, term: int, served: int, region: int, length: int) -> bool:
        """Tell whether nothing simple forbids an end from here: a necessary condition."""
        end = term
        while end < self.terms and self.rounds[end] == self.rounds[term]:
            end += 1
        if self.in_rounds:
            waiting = [~served & self.open_to[later] for later in range(term, end)]
            if not self._regions_can_fill(term, end, served, region, length):
                return False
            if not _all_can_be_given(waiting):
                return False
        else:
            end = term
        return self._regions_can_follow(term, end, served, region, length)

    def _regions_can_fill(self, term: int, end: int, served: int, region: int, length: int) -> bool:
        """Tell whether each beginning and each end of the rest of a round can be filled.

        With at most as many terms of a region as it has members for them, and as its longest
        run lets it take.
        """
        reached = 0
        for later in range(term, end):
            reached |= self.open_to[later] & ~served
            if not self._fill(reached, later + 1 - term, region, length):
                return False
        reached = 0
        for later in range(end - 1, term, -1):
            reached |= self.open_to[later] & ~served
            if not self._fill(reached, end - later, -1, 0):
                return False
        return True

    def _fill(self, members: int, terms: int, region: int, length: int) -> bool:
        room = 0
        for number, of_region in enumerate(self.of_region):
            first = max(0, self.longest - (length if number == region else 0))
            room += min((members & of_region).bit_count(), _most(terms, first, self.longest))
        return room >= terms

    def _regions_can_follow(
        self, term: int, end: int, served: int, region: int, length: int
    ) -> bool:
        """Tell whether some row of regions, each with somebody open, keeps the longest run."""
        if self.case.rules.max_region_run is None:
            return all(self.open_to[later] for later in range(term, self.terms))
        reached = {(region, length)}
        for later in range(term, self.terms):
            there = self.open_to[later]
            if later < end:
                there &= ~served
            following: set[tuple[int, int]] = set()
            for number, members in enumerate(self.of_region):
                if not there & members:
                    continue
                for last, run in reached:
                    if last != number:
                        following.add((number, 1))
                    elif run < self.longest:
                        following.add((number, run + 1))
            reached = following
            if not reached:
                return False
        return True


def _most(terms: int, first: int, longest: int) -> int:
    """Return how many of some terms one region can take, `first` of them without a break."""
    if terms <= first:
        return terms
    rounds, rest = divmod(terms - first, longest + 1)
    return first + rounds * longest + max(0, rest - 1)


def _all_can_be_given(rows: list[int]) -> bool:
    """Tell whether each row (a set of members, as bits) can be given a member of its own."""
    holder: dict[int, int] = {}

    def enter(row: int, seen: list[int]) -> bool:
        while free := rows[row] & ~seen[0]:
            i = (free & -free).bit_length() - 1
            seen[0] |= 1 << i
            if i not in holder or enter(holder[i], seen):
                holder[i] = row
                return True
        return False

    return all(enter(row, [0]) for row in range(len(rows)))


def find_any(
    case: Case, *, steps: int, wish: Callable[[int, int], int] | None = None
) -> list[int] | None:
    """Return any plan that keeps the rules as places of members, None where none exists.

    `wish` says in which order members are tried for a term. Raises `OutOfSteps` where neither
    a plan nor a proof was found within so many steps.
    """
    if not case.terms:
        return []
    return Search(case, steps=steps, wish=wish).find()
