"""Counting votes: pure, in whole numbers, from exported rows. Knows no database and no clock.

A share that says "at least" (以上) includes the number itself, one that says "more than"
(过半数) does not (Civil Code, article 1259). The result of a resolution is a function of its
rule, the number of seats and its rows, and of nothing else: `docs/recount.py` reproduces it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Share(StrEnum):
    """The shares that charters ask for."""

    ONE_THIRD = "one_third"
    HALF = "half"
    MORE_THAN_HALF = "more_than_half"
    TWO_THIRDS = "two_thirds"
    MORE_THAN_TWO_THIRDS = "more_than_two_thirds"
    THREE_QUARTERS = "three_quarters"
    ALL = "all"

    @property
    def parts(self) -> tuple[int, int, bool]:
        """Numerator, denominator, and whether the share itself is too little."""
        return _PARTS[self]

    def is_reached(self, count: int, base: int) -> bool:
        """Tell whether `count` of `base` reach the share."""
        numerator, denominator, is_strict = self.parts
        mine, wanted = count * denominator, base * numerator
        return mine > wanted if is_strict else mine >= wanted

    def needed(self, base: int) -> int:
        """Return the smallest count of `base` that reaches the share."""
        numerator, denominator, is_strict = self.parts
        if is_strict:
            return base * numerator // denominator + 1
        return -(-base * numerator // denominator)


_PARTS = {
    Share.ONE_THIRD: (1, 3, False),
    Share.HALF: (1, 2, False),
    Share.MORE_THAN_HALF: (1, 2, True),
    Share.TWO_THIRDS: (2, 3, False),
    Share.MORE_THAN_TWO_THIRDS: (2, 3, True),
    Share.THREE_QUARTERS: (3, 4, False),
    Share.ALL: (1, 1, False),
}


class Base(StrEnum):
    """Of what the passing share is taken."""

    #: Of the seats that are present (到会).
    PRESENT = "present"
    #: Of all seats of the roll (全体).
    SEATS = "seats"


class Choice(StrEnum):
    """What a present seat did. An absent one has no row."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
    RECUSED = "recused"
    #: Present, and said nothing.
    SILENT = "silent"


class Verdict(StrEnum):
    """What a count comes to."""

    PASSED = "passed"
    FAILED = "failed"
    #: Too few were present: nothing was decided.
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True)
class Rule:
    """What a charter asks of a vote, frozen when the notice was given."""

    quorum: Share
    passing: Share
    base: Base = Base.PRESENT
    #: Whether whoever steps aside no longer counts in the base; they are present all the same.
    recusal_lowers: bool = True


@dataclass(frozen=True)
class Result:
    """The figures of a vote and what they come to."""

    seats: int
    present: int
    quorum_needed: int
    recused: int
    base: int
    needed: int
    yes: int
    no: int
    abstain: int
    silent: int
    verdict: Verdict

    @property
    def is_tie(self) -> bool:
        """Whether as many were for it as against it."""
        return self.yes == self.no


def has_quorum(rule: Rule, seats: int, present: int) -> bool:
    """Tell whether so many of the seats may decide; a roll without seats never may."""
    return seats > 0 and rule.quorum.is_reached(present, seats)


def missing_for_quorum(quorum: Share, seats: int, present: int) -> int:
    """Return how many more seats are needed before anything may be decided."""
    return max(0, quorum.needed(seats) - present)


def result_of(rule: Rule, seats: int, choices: Iterable[Choice]) -> Result:
    """Count the choices of the seats present, one for each.

    Raises ValueError where more seats voted than the roll holds.
    """
    counted = Counter(choices)
    present = counted.total()
    if present > seats:
        raise ValueError("more votes than seats")
    recused = counted[Choice.RECUSED]
    whole = present if rule.base is Base.PRESENT else seats
    base = whole - recused if rule.recusal_lowers else whole
    if not has_quorum(rule, seats, present):
        verdict = Verdict.NO_QUORUM
    elif base > 0 and rule.passing.is_reached(counted[Choice.YES], base):
        verdict = Verdict.PASSED
    else:
        verdict = Verdict.FAILED
    return Result(
        seats=seats,
        present=present,
        quorum_needed=rule.quorum.needed(seats),
        recused=recused,
        base=base,
        needed=rule.passing.needed(base),
        yes=counted[Choice.YES],
        no=counted[Choice.NO],
        abstain=counted[Choice.ABSTAIN],
        silent=counted[Choice.SILENT],
        verdict=verdict,
    )
