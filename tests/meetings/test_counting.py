"""Votes are counted as real charters say, and as an independent recount says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.meetings.counting import (
    Base,
    Choice,
    Rule,
    Share,
    Verdict,
    missing_for_quorum,
    result_of,
)

RECOUNT = Path(__file__).resolve().parent.parent.parent / "docs" / "recount.py"
_spec = importlib.util.spec_from_file_location("recount", RECOUNT)
assert _spec is not None and _spec.loader is not None
recounting: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(recounting)

#: A council of an association: two thirds attend, two thirds of those present pass.
ASSOCIATION = Rule(Share.TWO_THIRDS, Share.TWO_THIRDS)
#: An alliance here: two thirds attend, more than half of those present pass.
ALLIANCE = Rule(Share.TWO_THIRDS, Share.MORE_THAN_HALF)
#: Another alliance: more than half attend, two thirds of those present pass.
ANOTHER = Rule(Share.MORE_THAN_HALF, Share.TWO_THIRDS)


def choices(**counts: int) -> list[Choice]:
    return [Choice(name) for name, count in counts.items() for _each in range(count)]


@pytest.mark.parametrize(
    ("share", "base", "needed"),
    [
        (Share.TWO_THIRDS, 7, 5),
        (Share.TWO_THIRDS, 6, 4),
        (Share.MORE_THAN_TWO_THIRDS, 6, 5),
        (Share.MORE_THAN_HALF, 8, 5),
        (Share.MORE_THAN_HALF, 7, 4),
        (Share.HALF, 8, 4),
        (Share.ONE_THIRD, 18, 6),
        (Share.THREE_QUARTERS, 9, 7),
        (Share.ALL, 9, 9),
        (Share.MORE_THAN_HALF, 0, 1),
    ],
)
def test_at_least_includes_the_number_and_more_than_does_not(
    share: Share, base: int, needed: int
) -> None:
    assert share.needed(base) == needed
    assert share.is_reached(needed, base)
    assert not share.is_reached(needed - 1, base)


def test_four_of_seven_are_no_quorum_of_two_thirds_and_five_are() -> None:
    assert result_of(ALLIANCE, 7, choices(yes=4)).verdict is Verdict.NO_QUORUM
    assert result_of(ALLIANCE, 7, choices(yes=5)).verdict is Verdict.PASSED
    assert missing_for_quorum(Share.TWO_THIRDS, 18, 10) == 2
    assert missing_for_quorum(Share.TWO_THIRDS, 18, 15) == 0


def test_a_tie_fails_where_more_than_half_is_asked_and_passes_where_half_is() -> None:
    tie = choices(yes=4, no=4)
    assert result_of(ALLIANCE, 8, tie).is_tie
    assert result_of(ALLIANCE, 8, tie).verdict is Verdict.FAILED
    assert result_of(ALLIANCE, 8, choices(yes=5, no=3)).verdict is Verdict.PASSED
    assert result_of(Rule(Share.HALF, Share.HALF), 8, tie).verdict is Verdict.PASSED


def test_who_abstains_or_says_nothing_counts_in_the_base() -> None:
    assert result_of(ALLIANCE, 10, choices(yes=5, abstain=4, silent=1)).verdict is Verdict.FAILED
    assert result_of(ASSOCIATION, 9, choices(yes=6, abstain=3)).verdict is Verdict.PASSED
    assert result_of(ASSOCIATION, 9, choices(yes=5, abstain=3)).verdict is Verdict.FAILED


def test_a_quorum_lost_in_mid_meeting_decides_nothing() -> None:
    assert result_of(ANOTHER, 9, choices(yes=5)).verdict is Verdict.PASSED
    assert result_of(ANOTHER, 9, choices(yes=4)).verdict is Verdict.NO_QUORUM


def test_recusal_lowers_the_base_only_where_the_charter_says_so() -> None:
    voted = choices(yes=4, no=2, recused=2)
    stays = Rule(Share.TWO_THIRDS, Share.TWO_THIRDS, recusal_lowers=False)
    lowered, kept = result_of(ASSOCIATION, 8, voted), result_of(stays, 8, voted)
    assert (lowered.base, lowered.needed, lowered.verdict) == (6, 4, Verdict.PASSED)
    assert (kept.base, kept.needed, kept.verdict) == (8, 6, Verdict.FAILED)
    # Whoever steps aside is present all the same.
    assert lowered.present == kept.present == 8


def test_where_everybody_steps_aside_nothing_passes() -> None:
    assert result_of(ALLIANCE, 3, choices(recused=3)).verdict is Verdict.FAILED


def test_a_share_of_all_seats_counts_the_absent_too() -> None:
    of_all = Rule(Share.TWO_THIRDS, Share.MORE_THAN_HALF, Base.SEATS)
    assert result_of(of_all, 9, choices(yes=4, no=3)).verdict is Verdict.FAILED
    assert result_of(of_all, 9, choices(yes=5, no=3)).verdict is Verdict.PASSED


def test_more_votes_than_seats_are_a_fault() -> None:
    with pytest.raises(ValueError, match="more votes"):
        result_of(ALLIANCE, 3, choices(yes=4))


def exported(rule: Rule, seats: int, voted: list[Choice]) -> dict[str, Any]:
    def said(share: Share) -> list[Any]:
        numerator, denominator, is_strict = share.parts
        return [numerator, denominator, "more than" if is_strict else "at least"]

    return {
        "seats": seats,
        "rule": {
            "quorum": said(rule.quorum),
            "passing": said(rule.passing),
            "base": rule.base.value,
            "recusal_lowers": rule.recusal_lowers,
        },
        "rows": [{"seat": number, "choice": choice.value} for number, choice in enumerate(voted)],
    }


@given(
    rule=some.builds(
        Rule,
        some.sampled_from(Share),
        some.sampled_from(Share),
        some.sampled_from(Base),
        some.booleans(),
    ),
    voted=some.lists(some.sampled_from(Choice), max_size=30),
    absent=some.integers(0, 15),
)
def test_random_ballots_come_to_what_the_recount_says(
    rule: Rule, voted: list[Choice], absent: int
) -> None:
    seats = len(voted) + absent
    result = result_of(rule, seats, voted)
    assert recounting.recount(exported(rule, seats, voted)) == result.verdict.value
    assert result.yes + result.no + result.abstain + result.silent + result.recused == len(voted)


def test_the_recount_is_short_and_knows_nothing_of_the_portal() -> None:
    source = RECOUNT.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 60
    assert "portal" not in [line.split()[1] for line in source.splitlines() if "import " in line]


def test_the_recount_refuses_a_seat_that_voted_twice() -> None:
    twice = exported(ALLIANCE, 3, choices(yes=3))
    twice["rows"][1]["seat"] = 0
    with pytest.raises(ValueError, match="twice"):
        recounting.recount(twice)
