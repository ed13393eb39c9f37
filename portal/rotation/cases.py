"""What a plan is asked for: members, terms and rules. Pure, and exact about what each word means.

Terms are half-open runs of days, in time order, none overlapping another; there may be days
between two. A member is *available* for a term when none of its blackouts, half-open too, shares
a day with it. The rules, all of which must hold:

- `max_region_run`: at most so many terms in a row, in the order of the list, are chaired by one
  region. Days between two terms do not end a row.
- `cooling_off_terms`: between two turns of one member lie at least so many terms of others.
- `everyone_before_anyone_twice`: nobody takes a second turn before every member had its first,
  nobody a third before every member had its second, and so on. A member that is available for
  none of the terms counts too: whoever plans without it leaves it out.

`order` is no rule but a wish: it says in which line the members stand, and a plan is the better
the closer it keeps to the line (`order.py`).

What was before the first term binds where it is said (`Case.before`). Where it is not, the dates
in `last_chaired_on` give the line of `least_recent` and the region a cycle goes on from, and the
member that chaired last is, if possible, not taken again within the cooling-off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Order(StrEnum):
    """In which line the members stand."""

    #: As they are listed.
    MANUAL = "manual"
    #: One region after the other; within a region whoever waited longest.
    REGION_CYCLE = "region_cycle"
    #: Whoever never chaired, then whoever chaired longest ago.
    LEAST_RECENT = "least_recent"
    #: By name.
    ALPHABETICAL = "alphabetical"


class Rule(StrEnum):
    """What can stand in the way of a plan."""

    REGION_RUN = "max_region_run"
    COOLING_OFF = "cooling_off_terms"
    ROUNDS = "everyone_before_anyone_twice"
    BLACKOUTS = "blackouts"
    PINNED = "pinned"


@dataclass(frozen=True)
class Span:
    """A run of days, half-open: `until` is the first day after it."""

    start: date
    until: date

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date.fromordinal(self.until.toordinal() - 1)

    def meets(self, other: Span) -> bool:
        """Tell whether the two share a day."""
        return self.start < other.until and other.start < self.until


@dataclass(frozen=True)
class Member:
    """Somebody who may take the chair."""

    id: str
    region: str
    blackouts: tuple[Span, ...] = ()
    last_chaired_on: date | None = None
    #: What `alphabetical` goes by; without one, the id.
    name: str = ""
    #: Whether it had its turn already in the round that is running.
    has_served: bool = False


@dataclass(frozen=True)
class Rules:
    """What the charter says."""

    order: Order = Order.LEAST_RECENT
    max_region_run: int | None = None
    cooling_off_terms: int = 0
    everyone_before_anyone_twice: bool = False


@dataclass(frozen=True)
class Case:
    """One question: who takes which of these terms?"""

    members: tuple[Member, ...]
    terms: tuple[Span, ...]
    rules: Rules = field(default_factory=Rules)
    #: Id and region of who chaired the terms just before, oldest first.
    before: tuple[tuple[str, str], ...] = ()
    #: Who was to take each term so far (None for nobody): a new plan changes the fewest.
    current: tuple[str | None, ...] = ()
    #: Numbers of the terms, from 0, that keep who was to take them, whatever else.
    pinned: frozenset[int] = frozenset()

    def rounds(self) -> tuple[int, ...]:
        """Return the round each term belongs to, where everybody chairs before anybody twice."""
        waiting = sum(not each.has_served for each in self.members) or len(self.members)
        everybody = len(self.members) or 1
        return tuple(
            0 if number < waiting else 1 + (number - waiting) // everybody
            for number in range(len(self.terms))
        )

    @property
    def served(self) -> frozenset[int]:
        """Places in `members` of those who had their turn in the running round."""
        found = frozenset(i for i, each in enumerate(self.members) if each.has_served)
        return frozenset() if len(found) == len(self.members) else found


def available(member: Member, term: Span) -> bool:
    """Tell whether no blackout of a member shares a day with a term."""
    return not any(blackout.meets(term) for blackout in member.blackouts)


def may_take(case: Case) -> list[list[int]]:
    """Return for each term the places of the members that may take it, seen for itself.

    That is: available, not within the cooling-off after a term before the plan, and with its
    turn open in the round of that term. A pinned term is left to whom it is pinned to.
    """
    rounds = case.rounds()
    found = []
    for number, term in enumerate(case.terms):
        pinned = case.current[number] if number in case.pinned else None
        if pinned is not None:
            found.append([i for i, each in enumerate(case.members) if each.id == pinned])
            continue
        resting = {
            member_id
            for distance, (member_id, _region) in enumerate(reversed(case.before), start=1)
            if distance + number <= case.rules.cooling_off_terms
        }
        has_turn = case.rules.everyone_before_anyone_twice and rounds[number] == 0
        found.append(
            [
                i
                for i, each in enumerate(case.members)
                if available(each, term)
                and each.id not in resting
                and not (has_turn and i in case.served)
            ]
        )
    return found


def run_before(case: Case) -> tuple[str | None, int]:
    """Return which region chaired the terms just before, and how many in a row."""
    if not case.before:
        return None, 0
    region = case.before[-1][1]
    length = 0
    for _member, other in reversed(case.before):
        if other != region:
            break
        length += 1
    return region, length
