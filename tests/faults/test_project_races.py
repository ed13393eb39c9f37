"""Races in a project: one head, and each row of a table of tasks once."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from portal.database import db
from portal.imports.task_fates import seal_of
from portal.imports.task_models import TaskImport
from portal.imports.task_operations import CHUNK, begin_tasks, bring_tasks, judged, table_of
from portal.research.board_models import Card
from portal.research.staff_models import ProjectPerson
from portal.sheets.reading import ReadSheet
from tests.conftest import both_engines
from tests.faults.race import Racers, acting
from tests.research.make import active, part_of
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("context")]


def name_all(url: str, world: World, *without: str) -> Counter[str]:
    """Let the lead name three heads of one project, of two organisations, at one instant."""
    project = active(world)
    own, there = (part_of(project, world.organisation[name]).id for name in ("maker", "supplier"))
    db.session.remove()
    named = ((own, "delegate"), (own, "manager"), (there, "supplier"))
    with Racers(url, 3, without=without) as racers:
        heard = racers.run(
            *(
                acting(world.actor("delegate"), "name_head", part=part, person=world.person[who])
                for part, who in named
            )
        )
    return Counter(each["outcome"] for each in heard)


def heads() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(ProjectPerson).where(ProjectPerson.ended_at.is_(None)))
               .all())  # fmt: skip


@both_engines
def test_of_three_who_are_named_head_one_is(url: str, world: World) -> None:
    assert name_all(url, world) == {"done": 1, "Refused": 2}
    assert heads() == 1


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_constraint_alone_keeps_one_head(url: str, world: World) -> None:
    name_all(url, world, "lock", "journal")
    assert heads() == 1


@both_engines
def test_a_table_that_four_take_over_at_one_instant_is_taken_over_once(
    url: str, world: World
) -> None:
    project, by, count = active(world), world.actor("delegate"), 2 * CHUNK + 5
    rows = {1: ("任务", "责任人"), **{n + 2: (f"第{n}项", "") for n in range(count)}}
    made = bring_tasks(project, "计划.xlsx", [ReadSheet("计划", rows)], by=by)
    begin_tasks(made, seal_of(judged(made, table_of(made))), by=by)
    made_id, project_id = made.id, project.id
    db.session.remove()
    who = ("delegate", "supplier", "manager", "supplier")
    with Racers(url, 4) as racers:
        heard = racers.run(*(acting(world.actor(each), "take_over", table=made_id) for each in who))
    # Who comes after its end is told that it is over.
    assert {each["outcome"] for each in heard} <= {"done", "Refused"}
    titles = db.session.scalars(select(Card.title).where(Card.project_id == project_id))
    assert Counter(titles) == Counter(f"第{n}项" for n in range(count))
    table = db.session.get_one(TaskImport, made_id)
    assert (table.done, table.counts, table.is_open) == (count, {"new": count}, False)
