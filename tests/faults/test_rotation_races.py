"""Races about turns: a term changes hands once, whoever presses at the same instant.

As in `test_races.py`, a control takes lock and constraint away on PostgreSQL and must see the
rule broken; the constraint alone must hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, func, select, text

from portal import journal
from portal.actors import Actor, person
from portal.database import db
from portal.rotation.models import Swap, Turn
from portal.rotation.swapping import agree_to_swap, ask_swap
from portal.rotation.workflow import LIVE, SwapState
from tests.conftest import both_engines
from tests.faults import repeated, report
from tests.faults.race import Racers, acting
from tests.faults.test_races import outcomes
from tests.rotation.make import planned
from tests.world import World

pytestmark = pytest.mark.faults

ROUNDS = repeated("SOAK_RACE_ROUNDS", 8)
PEOPLE = {"supplier": "supplier", "maker": "manager", "quiet": "loser"}

Prepare = Callable[[], tuple[int, int, str]]


def somebody_of(world: World, organisation_id: int) -> Actor:
    names = {number: name for name, number in world.organisation.items()}
    return person(world.person[PEOPLE[names[organisation_id]]], organisation_id)


@pytest.fixture
def agreed(context: None, world: World) -> Prepare:
    """Return a maker of exchanges that wait for the council: (swap, first turn, its member's)."""

    def make() -> tuple[int, int, str]:
        db.session.remove()
        waiting = select(Swap).where(Swap.state == SwapState.ASKED)
        swap = db.session.scalars(waiting).first()
        if swap is None:
            first, _middle, last = planned(world)
            by = somebody_of(world, first.organisation_id)
            swap = ask_swap(first, last, reason="互换。", by=by)
        agree_to_swap(swap, by=somebody_of(world, swap.asked_id))
        names = {number: name for name, number in world.organisation.items()}
        made = (swap.id, swap.turn_id, PEOPLE[names[swap.asking_id]])
        db.session.remove()
        return made

    return make


def doubled(world: World) -> int:
    """Return on how many first days more than one turn is live."""
    rows = db.session.execute(
        select(Turn.starts_on)
        .where(Turn.alliance_id == world.alliance["hydrogen"], Turn.state.in_(LIVE))
        .group_by(Turn.starts_on)
        .having(func.count() > 1)
    ).all()
    db.session.remove()
    return len(rows)


def approve_together(racers: Racers, world: World, swap_id: int) -> Counter[str]:
    press = acting(world.actor("secretary"), "exchange", swap=swap_id)
    return outcomes(racers.run(press, press, press, press))


@both_engines
def test_an_exchange_that_is_approved_four_times_at_once_happens_once(
    url: str, world: World, agreed: Prepare
) -> None:
    with Racers(url, 4) as racers:
        for _round in range(ROUNDS):
            swap_id, _turn, _who = agreed()
            assert approve_together(racers, world, swap_id) == {"done": 1, "Refused": 3}
            assert doubled(world) == 0
            assert len(planned(world)) == 3
    assert journal.verify().faults == ()


@both_engines
def test_an_exchange_and_a_deferral_of_one_term_do_not_both_happen(
    url: str, world: World, agreed: Prepare
) -> None:
    swap_id, turn_id, _who = agreed()
    exchange = acting(world.actor("secretary"), "exchange", swap=swap_id)
    deferral = acting(world.actor("secretary"), "defer", turn=turn_id)
    with Racers(url, 4) as racers:
        ended = outcomes(racers.run(exchange, deferral, exchange, deferral))
    assert ended == {"done": 1, "Refused": 3}
    assert doubled(world) == 0
    assert len(planned(world)) == 3


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_constraint_and_the_version_alone_keep_turns_single(
    url: str, world: World, agreed: Prepare
) -> None:
    ended = Counter[str]()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for _round in range(ROUNDS):
            swap_id, _turn, _who = agreed()
            ended += approve_together(racers, world, swap_id)
            assert doubled(world) == 0
    assert ended["done"] == ROUNDS
    stopped = ended["StaleDataError"] + ended["IntegrityError"]
    assert stopped > 0, "the window never opened"
    report(f"postgresql: constraint and version stopped {stopped} exchanges in {ROUNDS} races")


def plan_together(racers: Racers, world: World, number: int) -> Counter[str]:
    """Let the secretary enter one and the same plan from four browsers."""
    press = acting(
        world.actor("secretary"),
        "plan_term",
        alliance=world.alliance["hydrogen"],
        member=world.organisation["quiet"],
        ahead=400 + 40 * number,
    )
    return outcomes(racers.run(press, press, press, press))


@both_engines
def test_a_plan_that_is_entered_four_times_at_once_stands_once(
    url: str, world: World, context: None
) -> None:
    with Racers(url, 4) as racers:
        for number in range(ROUNDS):
            assert plan_together(racers, world, number) == {"done": 4}
    assert doubled(world) == 0


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_lock_and_constraint_the_race_does_double_turns(
    url: str, world: World, context: None
) -> None:
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text("DROP INDEX uq_turn_live"))
    owner.dispose()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for number in range(ROUNDS):
            plan_together(racers, world, number)
    seen = doubled(world)
    assert seen, "the race has no teeth: the window never opened"
    report(f"postgresql: {seen} of {ROUNDS} terms doubled without lock and constraint")


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_constraint_alone_keeps_terms_single(
    url: str, world: World, context: None
) -> None:
    ended = Counter[str]()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for number in range(ROUNDS):
            ended += plan_together(racers, world, number)
    assert doubled(world) == 0
    assert ended["IntegrityError"] > 0
