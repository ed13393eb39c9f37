"""Two officers propose the same pair at the same instant: it is proposed once.

As with answers, the control takes lock and constraint away on PostgreSQL and must see the rule
broken; each of them alone must hold it.
"""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import create_engine, func, select, text

from portal import journal
from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange import operations
from portal.exchange.models import Direction
from portal.introductions.models import Introduction
from tests.conftest import both_engines
from tests.faults import repeated, report
from tests.faults.race import Racers, acting
from tests.world import World, content

pytestmark = pytest.mark.faults

ROUNDS = repeated("SOAK_RACE_ROUNDS", 12)


@pytest.fixture
def pairs(context: None, world: World) -> list[tuple[int, int]]:
    """Pairs of a demand of maker and a supply of supplier: one for each round."""
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])

    def post(who: str, direction: Direction) -> int:
        made = operations.post_listing(
            hydrogen, content(direction=direction), by=world.actor(who), submit=True
        )
        operations.publish_listing(made, by=world.actor("secretary"))
        return made.id

    made = [
        (post("delegate", Direction.DEMAND), post("supplier", Direction.SUPPLY))
        for _each in range(ROUNDS)
    ]
    db.session.remove()
    return made


def propose_together(racers: Racers, world: World, pair: tuple[int, int]) -> Counter[str]:
    """Let the secretary and the liaison, in two browsers each, propose one pair."""
    demand, supply = pair
    heard = racers.run(
        *(
            acting(world.actor(who), "introduce", demand=demand, supply=supply)
            for who in ("secretary", "liaison", "secretary", "liaison")
        )
    )
    return Counter(each["outcome"] for each in heard)


def holding(pair: tuple[int, int]) -> int:
    """Return how many introductions hold a pair."""
    demand, supply = pair
    held = select(func.count(Introduction.id)).where(
        Introduction.demand_id == demand,
        Introduction.supply_id == supply,
        Introduction.released_at.is_(None),
    )
    return db.session.scalars(held).one()


def drop_constraint(url: str) -> None:
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text("DROP INDEX uq_introduction_holding"))
    owner.dispose()


@both_engines
def test_a_pair_is_introduced_once(url: str, world: World, pairs: list[tuple[int, int]]) -> None:
    with Racers(url, 4) as racers:
        for pair in pairs:
            assert propose_together(racers, world, pair) == {"done": 1, "Refused": 3}
    assert [holding(pair) for pair in pairs] == [1] * ROUNDS
    assert journal.verify().faults == ()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_lock_and_constraint_the_race_does_double_introductions(
    url: str, world: World, pairs: list[tuple[int, int]]
) -> None:
    drop_constraint(url)
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for pair in pairs:
            propose_together(racers, world, pair)
    doubled = [pair for pair in pairs if holding(pair) > 1]
    assert doubled, "the race has no teeth: the window never opened"
    report(f"postgresql: {len(doubled)} of {ROUNDS} races doubled without lock and constraint")


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_constraint_alone_keeps_introductions_single(
    url: str, world: World, pairs: list[tuple[int, int]]
) -> None:
    ended: Counter[str] = Counter()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for pair in pairs:
            ended += propose_together(racers, world, pair)
    assert [holding(pair) for pair in pairs] == [1] * ROUNDS
    # The window did open: somebody passed the rule and ran into the wall behind it.
    assert ended["IntegrityError"] > 0
    assert ended["done"] == ROUNDS


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_constraint_the_lock_alone_keeps_introductions_single(
    url: str, world: World, pairs: list[tuple[int, int]]
) -> None:
    drop_constraint(url)
    with Racers(url, 4) as racers:
        for pair in pairs:
            assert propose_together(racers, world, pair) == {"done": 1, "Refused": 3}
    assert [holding(pair) for pair in pairs] == [1] * ROUNDS
