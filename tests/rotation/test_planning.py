"""The planner against an exhaustive search, its bounds at full size, and what its words mean."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings

from portal.rotation.cases import Case, Member, Order, Rule, Rules, Span
from portal.rotation.conflicts import conflict, without
from portal.rotation.fairness import breaks, fairness
from portal.rotation.order import Costs
from portal.rotation.planning import Conflict, Plan, plan
from portal.rotation.reasons import Why
from tests.rotation.cases import FIRST, cases, cheapest, is_kept, months

many = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
THREE = (Member("a", "BJ"), Member("b", "TJ"), Member("c", "HE"))


def chairs(answer: Plan | Conflict) -> list[str]:
    assert isinstance(answer, Plan), answer
    return [each.member for each in answer.assignments]


@many
@given(cases())
def test_it_finds_the_best_plan_or_proves_that_there_is_none(case: Case) -> None:
    answer, best = plan(case), cheapest(case)
    if best is None:
        assert isinstance(answer, Conflict)
        assert answer.is_proved
        assert answer.reasons
        return
    assert isinstance(answer, Plan)
    places = {each.id: i for i, each in enumerate(case.members)}
    found = tuple(places[each.member] for each in answer.assignments)
    assert is_kept(case, found)
    assert Costs(case).of_plan(list(found)) == best
    assert answer.is_optimal


@many
@given(cases(most_members=3, most_terms=4))
def test_the_rules_that_are_named_conflict_and_each_is_needed(case: Case) -> None:
    if not case.members or not isinstance(plan(case), Conflict):
        return
    reasons = conflict(case)
    named = {
        Why.RUNS: Rule.REGION_RUN,
        Why.COOLING_OFF: Rule.COOLING_OFF,
        Why.ROUNDS: Rule.ROUNDS,
        Why.ABSENCES: Rule.BLACKOUTS,
        Why.PINS: Rule.PINNED,
    }
    rules = [named[each.why] for each in reasons if each.why in named]
    if not rules:
        assert all(each.why in (Why.NOBODY_FREE, Why.TOGETHER) for each in reasons)
        return
    terms = next(each for each in reasons if each.why is Why.TOGETHER).values["terms"]
    alone = replace(
        case,
        terms=case.terms[:terms],
        current=case.current[:terms],
        pinned=frozenset(each for each in case.pinned if each < terms),
    )
    for rule in set(named.values()) - set(rules):
        alone = without(alone, rule)
    assert cheapest(alone) is None
    for rule in rules:
        assert cheapest(without(alone, rule)) is not None


@many
@given(cases())
def test_by_hand_the_same_rules_are_broken_or_kept(case: Case) -> None:
    """What the page by hand calls a break is what no plan of the planner has."""
    answer = plan(replace(case, pinned=frozenset()))
    if isinstance(answer, Plan):
        assert breaks(case, chairs(answer)) == []


@many
@given(cases())
def test_the_order_in_which_members_are_listed_matters_only_by_hand(case: Case) -> None:
    if case.rules.order is Order.MANUAL or case.rules.order is Order.REGION_CYCLE:
        return
    mixed = list(case.members)
    random.Random(len(mixed)).shuffle(mixed)
    before, after = plan(case), plan(replace(case, members=tuple(mixed)))
    assert isinstance(before, Plan) == isinstance(after, Plan)
    if isinstance(before, Plan):
        assert chairs(before) == chairs(after)


@many
@given(cases(most_members=5, most_terms=6))
def test_a_plan_made_anew_after_one_deferral_changes_the_fewest_terms(case: Case) -> None:
    first = plan(case)
    if not isinstance(first, Plan) or len(case.terms) < 2 or len(case.members) < 2:
        return
    was = tuple(chairs(first))
    deferring = was[1]
    members = tuple(
        replace(each, blackouts=(*each.blackouts, case.terms[1])) if each.id == deferring else each
        for each in case.members
    )
    again = replace(case, members=members, current=was, pinned=frozenset({0}))
    answer, best = plan(again), cheapest(again)
    if best is None:
        assert isinstance(answer, Conflict)
        return
    now = chairs(answer)
    assert now[0] == was[0]
    assert now[1] != deferring
    places = {each.id: i for i, each in enumerate(members)}
    assert Costs(again).of_plan([places[each] for each in now]) == best


def large(seed: int, run: int | None, in_rounds: bool, order: Order) -> Case:
    """Return sixty members, thirty half-years and many absences."""
    chance = random.Random(seed)
    terms = months(FIRST, 30, 182)
    members = []
    for number in range(60):
        away = []
        for _stretch in range(chance.choice([0, 1, 2, 4])):
            start = FIRST + timedelta(days=chance.randrange(0, 30 * 182))
            away.append(Span(start, start + timedelta(days=chance.randrange(30, 700))))
        region = chance.choice(["BJ", "BJ", "TJ", "HE"])
        last = chance.choice([None, date(2026, chance.randrange(1, 13), 1)])
        members.append(Member(f"m{number:02}", region, tuple(away), last))
    return Case(tuple(members), terms, Rules(order, run, chance.choice([0, 2]), in_rounds))


def test_sixty_members_and_thirty_terms_take_seconds() -> None:
    """Of processor time, so that a busy machine does not matter; the bound is ten times it."""
    for seed, (run, in_rounds, order) in enumerate(
        (
            (2, True, Order.REGION_CYCLE),
            (1, True, Order.ALPHABETICAL),
            (1, False, Order.LEAST_RECENT),
            (None, False, Order.MANUAL),
        )
    ):
        case = large(seed, run, in_rounds, order)
        started = time.process_time()
        answer = plan(case)
        assert time.process_time() - started < 30
        places = {each.id: i for i, each in enumerate(case.members)}
        assert is_kept(case, tuple(places[each] for each in chairs(answer)))


def test_the_same_case_has_the_same_plan() -> None:
    case = large(7, 1, True, Order.ALPHABETICAL)
    assert plan(case) == plan(case)


def test_a_stretch_of_absence_ends_before_its_last_day() -> None:
    """Half-open: away until the first day of a term is no hindrance, one day more is."""
    terms = (Span(date(2028, 2, 29), date(2028, 3, 31)),)
    touching = Member("a", "BJ", (Span(date(2028, 1, 1), date(2028, 2, 29)),))
    after = Member("a", "BJ", (Span(date(2028, 3, 31), date(2028, 4, 1)),))
    within = Member("a", "BJ", (Span(date(2028, 3, 30), date(2028, 3, 31)),))
    assert chairs(plan(Case((touching,), terms))) == ["a"]
    assert chairs(plan(Case((after,), terms))) == ["a"]
    answer = plan(Case((within,), terms))
    assert isinstance(answer, Conflict)
    assert answer.reasons[0].why is Why.NOBODY_FREE


def test_the_next_in_line_moves_up_and_whoever_was_away_follows() -> None:
    away = replace(THREE[0], blackouts=(Span(FIRST, FIRST + timedelta(days=1)),))
    answer = plan(Case((away, *THREE[1:]), months(FIRST, 3), Rules(Order.ALPHABETICAL)))
    assert chairs(answer) == ["b", "a", "c"]
    assert isinstance(answer, Plan)
    assert [each.why.why for each in answer.assignments] == [
        Why.MOVED_UP,
        Why.MOVED_BACK,
        Why.NEXT,
    ]


def test_whoever_never_chaired_and_then_whoever_waited_longest_comes_first() -> None:
    members = (
        Member("a", "BJ", last_chaired_on=date(2026, 1, 1)),
        Member("b", "BJ"),
        Member("c", "BJ", last_chaired_on=date(2024, 2, 29)),
    )
    assert chairs(plan(Case(members, months(FIRST, 3)))) == ["b", "c", "a"]


def test_the_cycle_of_regions_goes_on_after_the_last_chair_and_skips_who_is_through() -> None:
    members = (
        Member("b1", "BJ", last_chaired_on=date(2026, 1, 1)),
        Member("b2", "BJ"),
        Member("t1", "TJ"),
        Member("h1", "HE"),
    )
    rules = Rules(Order.REGION_CYCLE, everyone_before_anyone_twice=True)
    assert chairs(plan(Case(members, months(FIRST, 4), rules))) == ["t1", "h1", "b2", "b1"]


def test_a_new_round_begins_when_everybody_had_a_turn() -> None:
    members = (replace(THREE[0], has_served=True), *THREE[1:])
    rules = Rules(Order.MANUAL, everyone_before_anyone_twice=True)
    assert chairs(plan(Case(members, months(FIRST, 5), rules))) == ["b", "c", "a", "b", "c"]


def test_what_was_before_the_plan_counts_where_it_is_said() -> None:
    rules = Rules(Order.MANUAL, max_region_run=1, cooling_off_terms=1)
    case = Case(THREE, months(FIRST, 2), rules, before=(("a", "BJ"),))
    assert chairs(plan(case))[0] != "a"


def test_a_region_alone_cannot_alternate_and_the_words_say_so() -> None:
    members = (Member("a", "BJ"), Member("b", "BJ"))
    answer = plan(Case(members, months(FIRST, 4), Rules(max_region_run=1)))
    assert isinstance(answer, Conflict)
    assert [each.why for each in answer.reasons] == [Why.RUNS, Why.TOGETHER]
    assert answer.reasons[0].values["regions"] == {"BJ": 2}
    assert answer.reasons[1].values["terms"] == 2


def test_only_the_absences_that_matter_are_named() -> None:
    away = (Span(FIRST, FIRST + timedelta(days=400)),)
    members = (replace(THREE[0], blackouts=away), THREE[1], replace(THREE[2], blackouts=away[:0]))
    rules = Rules(everyone_before_anyone_twice=True)
    answer = plan(Case(members, months(FIRST, 3), rules))
    assert isinstance(answer, Conflict)
    absences = next(each for each in answer.reasons if each.why is Why.ABSENCES)
    assert [each.values["member"] for each in absences.others] == ["a"]


def test_figures_count_turns_and_waiting() -> None:
    case = Case(THREE, months(FIRST, 4))
    found = fairness(case, ["a", "b", "a", None])
    assert found.turns_by_member == {"a": 2, "b": 1, "c": 0}
    assert found.turns_by_region == {"BJ": 2, "TJ": 1, "HE": 0}
    assert (found.most_turns, found.fewest_turns, found.without_turn) == (2, 0, ["c"])
    assert found.longest_wait_days == 120
