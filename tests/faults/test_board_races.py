"""Races on a board: cards moved at the same instant, none lost, one order for everybody.

As in `test_races.py`, a control takes lock and constraint away on PostgreSQL and must see the
rule broken; the constraint alone must keep two cards from one place.
"""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import create_engine, func, select, text

from portal.database import db
from portal.research.board_models import Card, CardBlock, CardMove
from portal.research.columns import limit_column
from tests.conftest import both_engines
from tests.faults import repeated
from tests.faults.race import Racers, acting
from tests.research.make import active, board, on_board, order
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("context")]

ROUNDS = repeated("SOAK_RACE_ROUNDS", 8)
WHO = ("delegate", "supplier", "manager", "supplier")


def settle(world: World, limit: int | None = None) -> tuple[int, list[int], list[int]]:
    """Return a project, its columns, and five cards in the first of them."""
    project = active(world)
    project_id = project.id
    made = [on_board(world, project, f"card {number}").id for number in range(5)]
    columns = [each.id for each in board(project)]
    if limit is not None:
        limit_column(project, columns[1], card_limit=limit, by=world.actor("delegate"))
    db.session.remove()
    return project_id, columns, made


def place_all(racers: Racers, world: World, column: int, made: list[int]) -> Counter[str]:
    """Let four people put four cards before the fifth, at one instant."""
    tasks = [
        acting(world.actor(who), "place", card=made[number], column=column, before=made[4])
        for number, who in enumerate(WHO)
    ]
    return Counter(each["outcome"] for each in racers.run(*tasks))


@both_engines
def test_cards_moved_at_one_instant_all_arrive_in_one_order(url: str, world: World) -> None:
    project, columns, made = settle(world)
    with Racers(url, 4) as racers:
        for number in range(ROUNDS):
            column = columns[number % 2]
            assert racers.run(
                *(acting(world.actor(w), "place", card=made[4], column=column) for w in WHO)
            )
            assert place_all(racers, world, column, made) == {"done": 4}
            db.session.rollback()
            assert sorted(order(column)) == [f"card {n}" for n in range(5)]
            assert order(column)[-1] == "card 4", "each went before the fifth"
    moves = select(func.count(CardMove.id)).where(CardMove.project_id == project)
    assert db.session.scalar(moves) == ROUNDS * 8


@both_engines
def test_one_card_moved_by_four_stands_in_one_place(url: str, world: World) -> None:
    _project, columns, made = settle(world)
    with Racers(url, 4) as racers:
        for _round in range(ROUNDS):
            heard = racers.run(
                *(
                    acting(world.actor(who), "place", card=made[0], column=columns[number])
                    for number, who in enumerate(WHO)
                )
            )
            assert {each["outcome"] for each in heard} == {"done"}
            db.session.rollback()
            assert sum(order(column).count("card 0") for column in columns) == 1


@both_engines
def test_a_limit_holds_when_all_come_at_once(url: str, world: World) -> None:
    _project, columns, made = settle(world, limit=2)
    with Racers(url, 4) as racers:
        assert place_all(racers, world, columns[1], made) == {"done": 2, "Refused": 2}


@both_engines
def test_four_who_let_each_other_wait_close_no_circle(url: str, world: World) -> None:
    _project, _columns, made = settle(world)
    with Racers(url, 4) as racers:
        heard = racers.run(
            *(
                acting(world.actor(who), "block", card=made[n], blocker=made[(n + 1) % 4])
                for n, who in enumerate(WHO)
            )
        )
    assert Counter(each["outcome"] for each in heard) == {"done": 3, "Refused": 1}
    assert db.session.scalar(select(func.count()).select_from(CardBlock)) == 3


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_constraint_alone_keeps_places_apart(url: str, world: World) -> None:
    _project, columns, made = settle(world)
    ended: Counter[str] = Counter()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for number in range(ROUNDS):
            ended += place_all(racers, world, columns[number % 2], made)
    places = select(func.count(Card.id)).group_by(Card.column_id, Card.place)
    assert set(db.session.scalars(places)) == {1}
    # The window did open: somebody chose a taken place and ran into the wall behind it.
    assert ended["IntegrityError"] > 0


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_lock_and_constraint_two_cards_share_a_place(url: str, world: World) -> None:
    _project, columns, made = settle(world)
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE card DROP CONSTRAINT uq_card_column_id_place"))
    owner.dispose()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for number in range(ROUNDS):
            place_all(racers, world, columns[number % 2], made)
    places = select(func.count(Card.id)).group_by(Card.column_id, Card.place)
    assert max(db.session.scalars(places)) > 1, "the race has no teeth"
