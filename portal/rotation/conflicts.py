"""Why there is no plan: a smallest set of rules that cannot hold together. Pure.

Each rule is lifted in turn; where there is still no plan, it had no part in it and stays lifted.
What remains is needed, all of it: with any one of them lifted a plan exists (as far as the
searches decided; where one did not, its rule is named, for it may be needed).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from portal.rotation.cases import Case, Member, Rule, available
from portal.rotation.feasible import OutOfSteps, find_any
from portal.rotation.reasons import Reason, Why

#: Steps of each question whether a plan exists without something.
STEPS = 1500
#: So many absences are looked at one by one; of more, all are named.
LOOKED_AT = 60


def conflict(case: Case) -> list[Reason]:
    """Return why no plan exists, for a case that is known to have none."""
    if not case.members:
        return [Reason(Why.NO_MEMBERS, {"terms": len(case.terms)})]
    nobody = [
        number
        for number, term in enumerate(case.terms)
        if number not in case.pinned and not any(available(each, term) for each in case.members)
    ]
    if nobody:
        return [_nobody_free(case, number) for number in nobody]
    needed = list(_rules_of(case))
    case = _shortest(case)
    for rule in list(needed):
        lighter = without(case, rule)
        if _has_none(lighter):
            case = lighter
            needed.remove(rule)
    if Rule.BLACKOUTS in needed:
        case = _fewest_absences(case)
    found = [_reason(case, rule) for rule in needed]
    if len(case.terms) or needed:
        found.append(Reason(Why.TOGETHER, {"terms": len(case.terms), "rules": len(found)}))
    return found


def undecided(case: Case) -> list[Reason]:
    """Return what is said where neither a plan was found nor a proof."""
    return [Reason(Why.UNDECIDED, {"terms": len(case.terms), "members": len(case.members)})]


def without(case: Case, rule: Rule) -> Case:
    """Return a case with one rule lifted."""
    if rule is Rule.REGION_RUN:
        return replace(case, rules=replace(case.rules, max_region_run=None))
    if rule is Rule.COOLING_OFF:
        return replace(case, rules=replace(case.rules, cooling_off_terms=0))
    if rule is Rule.ROUNDS:
        return replace(case, rules=replace(case.rules, everyone_before_anyone_twice=False))
    if rule is Rule.PINNED:
        return replace(case, pinned=frozenset())
    return replace(case, members=tuple(replace(each, blackouts=()) for each in case.members))


def _rules_of(case: Case) -> Iterable[Rule]:
    """Return the rules that bind, those that are lifted last at the end."""
    if case.pinned:
        yield Rule.PINNED
    if any(each.blackouts for each in case.members):
        yield Rule.BLACKOUTS
    if case.rules.cooling_off_terms:
        yield Rule.COOLING_OFF
    if case.rules.max_region_run is not None:
        yield Rule.REGION_RUN
    if case.rules.everyone_before_anyone_twice:
        yield Rule.ROUNDS


def _has_none(case: Case) -> bool:
    """Tell whether it is proved that no plan exists."""
    try:
        return find_any(case, steps=STEPS) is None
    except OutOfSteps:
        return False


def _shortest(case: Case) -> Case:
    """Return the case with no more of its first terms than already have no plan."""
    least, most = 1, len(case.terms)
    while least < most:
        middle = (least + most) // 2
        if _has_none(_first(case, middle)):
            most = middle
        else:
            least = middle + 1
    return _first(case, most)


def _first(case: Case, count: int) -> Case:
    return replace(
        case,
        terms=case.terms[:count],
        current=case.current[:count],
        pinned=frozenset(number for number in case.pinned if number < count),
    )


def _fewest_absences(case: Case) -> Case:
    """Return the case with the blackouts of those members alone that have a part in it."""
    away = [i for i, each in enumerate(case.members) if _terms_away(case, each)]
    members = [
        each if i in away else replace(each, blackouts=()) for i, each in enumerate(case.members)
    ]
    if len(away) > LOOKED_AT:
        return replace(case, members=tuple(members))
    for i in away:
        trial = members[:]
        trial[i] = replace(members[i], blackouts=())
        if _has_none(replace(case, members=tuple(trial))):
            members = trial
    return replace(case, members=tuple(members))


def _terms_away(case: Case, member: Member) -> list[int]:
    return [number for number, term in enumerate(case.terms) if not available(member, term)]


def _nobody_free(case: Case, number: int) -> Reason:
    term = case.terms[number]
    values = {"term": number, "start": term.start, "until": term.until}
    return Reason(Why.NOBODY_FREE, values | {"members": [each.id for each in case.members]})


def _reason(case: Case, rule: Rule) -> Reason:
    """Return what a rule that is needed says, with what it meets here."""
    rules = case.rules
    if rule is Rule.REGION_RUN:
        regions = Counter(each.region for each in case.members)
        return Reason(Why.RUNS, {"longest": rules.max_region_run, "regions": dict(regions)})
    if rule is Rule.COOLING_OFF:
        values = {"terms": rules.cooling_off_terms, "members": len(case.members)}
        return Reason(Why.COOLING_OFF, values)
    if rule is Rule.ROUNDS:
        waiting = [each.id for i, each in enumerate(case.members) if i not in case.served]
        return Reason(Why.ROUNDS, {"members": len(case.members), "waiting": waiting})
    if rule is Rule.PINNED:
        return Reason(Why.PINS, {"terms": sorted(case.pinned)})
    absences = tuple(
        Reason(Why.AWAY, {"member": each.id, "terms": terms})
        for each in case.members
        if (terms := _terms_away(case, each))
    )
    return Reason(Why.ABSENCES, {}, absences)
