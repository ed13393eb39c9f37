"""A move costs the same on a board of 2,000 cards as on one of 40: statements, rows, steps.

Steps are those of the machine inside SQLite: they grow with every row that is looked at, also
where it is only counted or skipped. Nothing here is measured in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, select

from portal import clock
from portal.database import db
from portal.engines import WRITING
from portal.research.board_models import Card
from portal.research.ordering import ROOM
from tests.client import Client
from tests.research.make import active, board
from tests.world import World


@dataclass
class Work:
    """What a database did for one request."""

    statements: int = 0
    rows: int = 0
    #: In hundreds.
    steps: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Work]:
    work = Work()

    def row(_cursor: Any, values: Any) -> Any:
        work.rows += 1
        return values

    def step() -> None:
        work.steps += 1

    def note(_connection: Any, cursor: Any, *_rest: Any) -> None:
        work.statements += 1
        cursor.row_factory = row
        cursor.connection.set_progress_handler(step, 100)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield work
    finally:
        event.remove(engine, "before_cursor_execute", note)


def board_of(world: World, many: int) -> tuple[Engine, int, list[int], list[int]]:
    """Return a project with many cards on its four columns: itself, the columns, the cards."""
    project = active(world, title=f"{many} 项任务")
    number, columns = project.id, [each.id for each in board(project)]
    rows = [
        {
            "project_id": number,
            "column_id": columns[each % 4],
            "place": (each // 4 + 1) * ROOM,
            "title": f"第{each}项",
            "labels": [],
            "created_at": clock.now(),
            "version": 1,
        }
        for each in range(many)
    ]
    with (
        db.engine.connect().execution_options(**{WRITING: True}) as connection,
        connection.begin(),
    ):
        connection.execute(insert(Card.__table__), rows)
    db.session.rollback()
    cards = db.session.scalars(select(Card.id).where(Card.project_id == number).order_by(Card.id))
    return db.engine, number, columns, list(cards)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_move_on_a_large_board_costs_what_it_costs_on_a_small_one(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    client, told = visit("delegate"), []
    for many in (40, 2_000):
        with app.app_context():
            database, number, columns, cards = board_of(world, many)
            db.session.remove()
        first, second, third = cards[0], cards[4], cards[8]
        beside = {"column_id": columns[2], "before_id": cards[6]}
        moves = {
            "to a place": (f"/cards/{first}/place", {"column_id": columns[1], "number": "5"}),
            "before another": (f"/cards/{second}/drop", beside),
            "to the end": (f"/cards/{third}/drop", {"column_id": columns[3]}),
            "taken back": (f"/projects/{number}/board/undo", {}),
        }
        form = f"/cards/{first}/place"
        assert client.get(form).status_code == 200  # what is kept of every page is kept by now
        done = {}
        with counted(database) as done["form"]:
            client.get(form)
        for name, (address, data) in moves.items():
            with counted(database) as done[name]:
                answer = client.post(address, data)
            assert answer.status_code in (200, 302), (name, answer.text)
        told.append(done)
    small, large = told
    for name, work in large.items():
        before = small[name]
        assert (work.statements, work.rows) == (before.statements, before.rows), name
        assert work.steps <= before.steps * 1.25 + 5, (name, before, work)
