"""Thousands of whole histories without a database: what holds whatever people do, in any order.

The decisions are those of the product (`course.py`); what must hold is said here in its own
words. Months of every length, leap days and the instants around midnight in Shanghai come up.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from portal import clock
from portal.alliances.models import Membership
from portal.alliances.workflow import MembershipState
from portal.errors import Refused
from portal.rotation import deciding
from portal.rotation.cases import Rule, Span
from portal.rotation.deciding import Planned
from portal.rotation.ledger import breaks_ahead
from portal.rotation.models import Blackout, Turn
from portal.rotation.months import terms_from
from portal.rotation.workflow import OPEN, TurnState
from tests.rotation.course import Course

#: Histories of each of ten seeds, and what people try in each.
HISTORIES, ACTS = 200, 14
TICK = timedelta(microseconds=1)


class History:
    """One history: its course, its chance, and all that has become past so far."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.at = datetime(2027, 1, 1, 3, tzinfo=UTC) + timedelta(
            days=self.chance.randrange(0, 800), hours=self.chance.randrange(24)
        )
        self.course = Course(self.chance, self.at)
        self.begun: list[tuple[int, datetime, bool]] = []
        self.past: dict[int, tuple[object, ...]] = {}
        self.done: list[str] = []

    def some_turn(self) -> Turn:
        # Mostly one that is near: that is where things happen.
        live = [each for each in self.course.live if each.ends_on > clock.today()]
        near = live[: self.chance.choice([1, 2, 3, 30])]
        return self.chance.choice(near or self.course.live)

    def plan(self) -> None:
        wanted = self.course.plan(self.chance.randint(1, 6), keep=self.chance.random() < 0.5)
        days = {each.days.start for each in wanted}
        named = breaks_ahead(self.course.ledger())
        # A round that a confirmed term by hand broke before stays broken after it.
        by_hand = {each.rule for turn, each in named if turn.starts_on < min(days)} & {Rule.ROUNDS}
        found = [
            each for turn, each in named if turn.starts_on in days and each.rule not in by_hand
        ]
        assert not found, "a plan breaks a rule"

    def plan_by_hand(self) -> None:
        """Whoever the secretariat likes: rules may break, and are named then."""
        ahead = clock.today() + timedelta(days=self.chance.randint(1, 40))
        # Now and then into what is planned or settled already.
        if self.course.live and self.chance.random() < 0.8:
            ahead = max(ahead, self.course.live[-1].ends_on)
        terms = terms_from(ahead, self.course.charter.term_months, self.chance.randint(1, 3))
        ids = [each.organisation_id for each in self.course.active]
        self.course.adopt([Planned(each, self.chance.choice(ids)) for each in terms])

    def confirm(self) -> None:
        self.course.confirm(self.some_turn())

    def defer(self) -> None:
        turn = self.some_turn()
        moving = deciding.row_from(self.course.live, turn)
        row = [each.organisation_id for each in moving]
        stays = {each.id for each in self.course.live if each not in moving}
        self.course.defer(turn)
        after = [each for each in self.course.live if each.starts_on >= turn.starts_on]
        assert after[0].organisation_id != turn.organisation_id
        own = next((each for each in after if each.organisation_id == turn.organisation_id), None)
        if own is not None and own.id not in stays:
            ahead = {each.organisation_id for each in after if each.starts_on < own.starts_on}
            assert set(row[1:]) <= ahead, "whoever defers comes before the round is through"

    def exchange(self) -> None:
        turn, other = self.some_turn(), self.some_turn()
        before = self.who()
        self.course.exchange(turn, other)
        after = self.who()
        days = {deciding.span_of(turn), deciding.span_of(other)}
        assert {each for each in before if before[each] != after[each]} == days
        assert after[deciding.span_of(turn)] == other.organisation_id
        assert after[deciding.span_of(other)] == turn.organisation_id

    def who(self) -> dict[Span, int]:
        return {deciding.span_of(each): each.organisation_id for each in self.course.live}

    def vacate(self) -> None:
        self.course.vacate(self.some_turn())

    def hand_over(self) -> None:
        self.course.hand_over(self.some_turn())

    def leave_or_return(self) -> None:
        member = self.chance.choice(self.course.members)
        if member.state is MembershipState.ACTIVE:
            self.leave(member)
        else:
            member.state = MembershipState.ACTIVE

    def leave(self, member: Membership) -> None:
        if len(self.course.active) < 2:
            raise Refused("the last one stays")
        self.course.leave(member)
        own = [each for each in self.course.live if each.organisation_id == member.organisation_id]
        assert not [each for each in own if each.is_open and each.is_ahead]
        step = deciding.holder(self.course.steps, clock.now())
        assert step is not None
        assert step.organisation_id != member.organisation_id, "who left still holds the chair"

    def away(self) -> None:
        start = clock.today() + timedelta(days=self.chance.randint(-20, 300))
        days = Span(start, start + timedelta(days=self.chance.randint(1, 60)))
        member = self.chance.choice(self.course.members)
        if self.chance.random() < 0.3:
            self.course.elsewhere.setdefault(member.organisation_id, []).append(days)
            return
        row = Blackout(
            organisation_id=member.organisation_id, from_on=days.start, until_on=days.until
        )
        self.course.away.append(row)

    def play(self) -> None:
        acts: list[Callable[[], None]] = [
            self.plan, self.plan, self.plan_by_hand, self.confirm, self.confirm, self.confirm,
            self.defer, self.defer, self.exchange, self.exchange, self.vacate, self.vacate,
            self.hand_over, self.leave_or_return, self.away,
        ]  # fmt: skip
        for _number in range(ACTS):
            self.pass_time()
            with clock.standing_still(self.at):
                act = self.chance.choice(acts)
                try:
                    act()
                    self.done.append(act.__name__)
                except (Refused, IndexError):
                    pass
                self.check()

    def pass_time(self) -> None:
        days = self.chance.choice([0, 0, 0, 1, 3, 10, 20, 29, 45])
        later = self.at + timedelta(days=days, hours=self.chance.randrange(24))
        if self.chance.random() < 0.3:
            midnight = clock.start_of(clock.day_of(later))
            later = midnight + self.chance.choice([-TICK, timedelta(0), TICK])
        self.at = max(self.at + TICK, later)

    # what must hold

    def check(self) -> None:
        self.check_succession()
        self.check_past()
        self.check_turns()
        self.check_counting()
        self.check_rules()

    def check_succession(self) -> None:
        steps, now = self.course.steps, clock.now()
        assert all(one.from_at < other.from_at for one, other in pairwise(steps)), "two at once"
        begun = [(s.organisation_id, s.from_at, s.is_acting) for s in steps if s.from_at <= now]
        assert begun[: len(self.begun)] == self.begun, "what was is rewritten"
        self.begun = begun
        # At each instant at which something changes, and just before, exactly one holds.
        for step in steps[1:]:
            for at in (step.from_at - TICK, step.from_at):
                ends = [*(each.from_at for each in steps[1:]), datetime.max.replace(tzinfo=UTC)]
                holding = [
                    each for each, end in zip(steps, ends, strict=True) if each.from_at <= at < end
                ]
                assert holding == [deciding.holder(steps, at)]

    def check_past(self) -> None:
        for turn in self.course.turns:
            if turn.ends_on <= clock.today():
                kept = (turn.organisation_id, turn.starts_on, turn.ends_on, turn.is_counted)
                assert self.past.setdefault(turn.id, kept) == kept, "a past term is rewritten"

    def check_turns(self) -> None:
        for one, other in pairwise(self.course.live):
            assert one.ends_on <= other.starts_on, "two live turns share a day"
        seated = [each.chair_term for each in self.course.turns if each.chair_term is not None]
        assert len({id(each) for each in seated}) == len(seated), "one step, two turns"
        for turn in self.course.turns:
            has_step = turn.chair_term is not None
            if turn.state in (TurnState.CONFIRMED, TurnState.ACTING, TurnState.HANDED_OVER):
                assert has_step
            elif turn.state is not TurnState.VACATED:
                assert not has_step, "a turn that is given up still stands in the succession"
            if turn.chair_term is not None:
                assert turn.chair_term.organisation_id == turn.organisation_id
                day = clock.day_of(turn.chair_term.from_at)
                assert turn.starts_on <= day < turn.ends_on

    def check_counting(self) -> None:
        """Whatever is less than half of the term it belongs to is no turn."""
        for turn in self.course.turns:
            whole = turn
            while whole.is_acting:
                whole = self.course.named(whole.instead_of_id or 0)
            if turn.is_acting and turn.is_counted:
                assert 2 * turn.days >= whole.days, "a short remainder counts as a turn"
            if turn.state is not TurnState.VACATED and not turn.is_acting:
                assert turn.is_counted

    def check_rules(self) -> None:
        """Cooling-off and runs of regions are kept, or exactly what breaks them is named."""
        rules, ledger = self.course.charter, self.course.ledger()
        by_step = {each.chair_term_id: each for each in self.course.turns if each.chair_term}
        held = []
        for step in self.course.steps:
            turn = by_step.get(step.id)
            # Whoever acts by no term of its own has no turn by it.
            if (turn.is_counted and not turn.is_ahead) if turn else not step.is_acting:
                held.append((clock.day_of(step.from_at), step.organisation))
        held += [
            (each.starts_on, each.organisation)
            for each in self.course.live
            if each.state is TurnState.PLANNED and each.is_running
        ]
        held.sort(key=lambda each: each[0])
        row = [(each.id, each.region.code) for _day, each in held]
        broken = set()
        for turn in self.course.live:
            if turn.state not in OPEN or not turn.is_ahead:
                continue
            region = turn.organisation.region.code
            gap, run = rules.cooling_off_terms, rules.max_region_run
            if gap and turn.organisation_id in [each[0] for each in row[-gap:]]:
                broken.add((turn.id, Rule.COOLING_OFF))
            row.append((turn.organisation_id, region))
            if run and len(row) > run and {each[1] for each in row[-run - 1 :]} == {region}:
                broken.add((turn.id, Rule.REGION_RUN))
        named = {
            (turn.id, each.rule)
            for turn, each in breaks_ahead(ledger)
            if each.rule in (Rule.COOLING_OFF, Rule.REGION_RUN)
        }
        assert named == broken


@pytest.mark.parametrize("seed", range(10))
def test_whatever_people_do_the_chair_passes_by_the_rules(seed: int) -> None:
    acted: set[str] = set()
    for number in range(HISTORIES):
        history = History(seed * HISTORIES + number)
        try:
            history.play()
        except AssertionError as broken:
            broken.add_note(f"history {seed * HISTORIES + number}: {history.done}")
            raise
        acted |= set(history.done)
    assert len(acted) == 9, "some act never succeeded: these histories prove too little"
