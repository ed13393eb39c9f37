"""Random histories under a moving clock: whatever people try, the chair passes without a gap.

Each history starts from the cast's alliance and lets people plan, confirm, defer, exchange, leave
and end terms early, in any order, whenever it comes. Some twenty run with the suite;
`ROTATION_HISTORIES=200` runs as many as one likes.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from portal import clock
from portal.access import standing_of
from portal.actors import SYSTEM, Actor, person
from portal.alliances.models import ChairTerm, Membership
from portal.alliances.operations import resume_membership, suspend_membership
from portal.alliances.queries import people_of
from portal.database import db
from portal.errors import Denied, Refused
from portal.roles import Role
from portal.rotation import asking, deferring, handing_over, operations, swapping, vacancies
from portal.rotation.cases import Span
from portal.rotation.drafting import drafting_for
from portal.rotation.history import charter_of, holder_at, turns_of
from portal.rotation.ledger import Held, crowded, served_in_round
from portal.rotation.models import Swap, Turn
from portal.rotation.months import after_months, terms_from
from portal.rotation.workflow import LIVE, TurnState
from tests.rotation.make import hydrogen, steps
from tests.world import World

HISTORIES = int(os.environ.get("ROTATION_HISTORIES", "20"))
STEPS = 25
PEOPLE = {"supplier": "supplier", "maker": "manager", "chairer": "chair", "quiet": "loser"}


class History:
    """One history: the world, its chance, and what has begun so far."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        self.at = clock.now()
        self.begun: list[tuple[int, int, datetime, bool]] = []
        self.done = 0

    def by(self, turn_or_id: int) -> Actor:
        """Return somebody of the cast who acts for an organisation."""
        names = {number: name for name, number in self.world.organisation.items()}
        who = PEOPLE[names[turn_or_id]]
        return person(self.world.person[who], turn_or_id)

    def some_turn(self) -> Turn:
        open_turns = [each for each in turns_of(self.world.alliance["hydrogen"]) if each.is_open]
        return self.chance.choice(open_turns)

    def plan(self) -> None:
        charter = charter_of(self.world.alliance["hydrogen"])
        assert charter is not None
        drafting = drafting_for(charter)
        start, _count = drafting.beginning()
        draft = drafting.filled(
            drafting.draft(start, self.chance.randint(1, 6)), keep=self.chance.random() < 0.5
        )
        operations.adopt_plan(
            hydrogen(self.world),
            draft.planned(),
            basis="决议",
            by=self.world.actor("secretary"),
        )

    def confirm(self) -> None:
        turn = self.some_turn()
        operations.confirm_turn(turn, by=self.by(turn.organisation_id))

    def defer(self) -> None:
        turn = self.some_turn()
        deferring.defer_turn(turn, by=self.by(turn.organisation_id), note="改期。")

    def vacate(self) -> None:
        vacancies.vacate_turn(self.some_turn(), by=self.world.actor("secretary"), note="调任。")

    def ask(self) -> None:
        turn, other = self.some_turn(), self.some_turn()
        swapping.ask_swap(turn, other, reason="互换。", by=self.by(turn.organisation_id))

    def answer(self) -> None:
        swap = self.chance.choice(list(db.session.scalars(select(Swap))))
        swapping.agree_to_swap(swap, by=self.by(swap.asked_id))

    def approve(self) -> None:
        swap = self.chance.choice(list(db.session.scalars(select(Swap))))
        swapping.approve_swap(swap, by=self.world.actor("secretary"), note="决议")

    def hand_over(self) -> None:
        turn = self.some_turn()
        handover = handing_over.begin_handover(turn, by=self.by(turn.organisation_id))
        keeper = self.world.actor("secretary")
        handing_over.close_handover(handover, by=keeper, note="代为办结。")

    def suspend(self) -> None:
        name = self.chance.choice(list(PEOPLE))
        membership = db.session.get_one(Membership, self.world.membership[name])
        keeper = self.world.actor("secretary")
        if membership.is_active:
            suspend_membership(membership, by=keeper, note="暂停。")
        else:
            resume_membership(membership, by=keeper)

    def remind(self) -> None:
        asking.ask_for_confirmations(by=SYSTEM)

    def step(self) -> None:
        """Let some days pass, and somebody try something."""
        self.at += timedelta(days=self.chance.choice([0, 0, 1, 5, 20, 40]), seconds=7)
        acts: list[Callable[[], None]] = [
            self.plan, self.confirm, self.confirm, self.defer, self.vacate, self.ask,
            self.answer, self.approve, self.hand_over, self.suspend, self.remind,
        ]  # fmt: skip
        with clock.standing_still(self.at):
            try:
                self.chance.choice(acts)()
                self.done += 1
            except (Refused, Denied, IndexError):
                pass
            finally:
                db.session.rollback()
                db.session.expire_all()
            self.check()

    def check(self) -> None:
        """Look at what must hold after every step."""
        chain = steps(self.world)
        instants = [each.from_at for each in chain]
        assert len(set(instants)) == len(instants), "two steps at one instant"
        now = clock.now()
        begun = [
            (each.id, each.organisation_id, each.from_at, each.is_acting)
            for each in chain
            if each.from_at <= now
        ]
        assert begun[: len(self.begun)] == self.begun, "what was is rewritten"
        self.begun = begun
        holder = holder_at(self.world.alliance["hydrogen"])
        assert holder is not None
        assert holder.id == begun[-1][0], "the holder is the last step that has begun"
        chairs = [
            who
            for who, id_ in self.world.person.items()
            for organisation in PEOPLE
            if who == PEOPLE[organisation]
            and Role.CHAIR in standing_of(person(id_, self.world.organisation[organisation])).roles
        ]
        assert len(chairs) <= 1, f"{chairs} chair at once"
        self.check_turns({each.id: each for each in chain})

    def check_turns(self, chain: dict[int, ChairTerm]) -> None:
        turns = list(
            db.session.scalars(
                select(Turn).where(Turn.alliance_id == self.world.alliance["hydrogen"])
            )
        )
        live = sorted((each for each in turns if each.state in LIVE), key=lambda t: t.starts_on)
        for before, after in pairwise(live):
            assert before.ends_on <= after.starts_on, "two live turns share a day"
        for turn in turns:
            has_step = turn.chair_term_id is not None
            if turn.state in (TurnState.CONFIRMED, TurnState.ACTING, TurnState.HANDED_OVER):
                assert has_step
            elif turn.state is not TurnState.VACATED:
                assert not has_step, "a turn that is given up still stands in the succession"
            if has_step:
                step = chain[turn.chair_term_id or 0]
                assert step.organisation_id == turn.organisation_id
                assert clock.day_of(step.from_at) >= turn.starts_on


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_there_is_one_holder_at_every_instant_and_the_past_stays(
    seed: int, world: World, context: None
) -> None:
    history = History(world, seed)
    # Everybody of the four acts for somebody.
    assert all(people_of(world.organisation[name]) for name in PEOPLE)
    for _number in range(STEPS):
        history.step()
    assert history.done > 2, "a history in which nothing happens proves nothing"


def test_thousands_of_terms_follow_one_another_from_any_day() -> None:
    """No gap, no overlap; month ends and leap days drift nowhere."""
    chance = random.Random(5)
    for _number in range(3000):
        first = date(2024, 1, 1) + timedelta(days=chance.randrange(0, 3000))
        months, count = chance.randint(1, 36), chance.randint(1, 30)
        terms = terms_from(first, months, count)
        assert terms[0].start == first
        assert all(one.until == other.start for one, other in pairwise(terms))
        assert all(each.start < each.until for each in terms)
        for number, term in enumerate(terms):
            month_end = (after_months(first.replace(day=1), months * number + 1)) - timedelta(
                days=1
            )
            assert term.start.day == min(first.day, month_end.day)
    assert terms_from(date(2027, 1, 31), 1, 3) == (
        Span(date(2027, 1, 31), date(2027, 2, 28)),
        Span(date(2027, 2, 28), date(2027, 3, 31)),
        Span(date(2027, 3, 31), date(2027, 4, 30)),
    )
    assert after_months(date(2028, 2, 29), 12) == date(2029, 2, 28)


def test_thousands_of_rounds_end_when_everybody_had_a_turn() -> None:
    """Whoever served is told from whoever waits, whatever the order in which they chaired."""
    chance = random.Random(6)
    for _number in range(3000):
        members = set(range(1, chance.randint(2, 7)))
        served: set[int] = set()
        held = []
        for day in range(chance.randint(0, 25)):
            waiting = sorted(members - served) or sorted(members)
            if not members - served:
                served = set()
            who, counts = chance.choice(waiting), chance.random() < 0.8
            held.append(Held(who, "BJ", date(2026, 1, 1) + timedelta(days=day), counts))
            if counts:
                served.add(who)
        found, _began = served_in_round(members, held)
        assert found == (set() if served >= members else served)


def test_thousands_of_stretches_meet_where_enough_of_them_do() -> None:
    chance, first = random.Random(7), date(2027, 1, 1)
    for _number in range(3000):
        spans = []
        for _each in range(chance.randint(0, 5)):
            start = first + timedelta(days=chance.randrange(20))
            spans.append(Span(start, start + timedelta(days=chance.randint(1, 10))))
        most = chance.randint(1, 3)
        full = crowded(spans, most)
        for number in range(35):
            day = first + timedelta(days=number)
            here = sum(each.start <= day < each.until for each in spans)
            assert (here >= most) == any(each.start <= day < each.until for each in full)
