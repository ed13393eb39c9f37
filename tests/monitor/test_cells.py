"""Kept cells equal a full recomputation, whatever happened in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.models import Organisation
from portal.actors import SYSTEM
from portal.database import db
from portal.engines import WRITING
from portal.errors import Denied
from portal.journal import JournalHead, JournalLine
from portal.monitor import cells, queries
from portal.monitor.counting import Measure, counted
from portal.monitor.cube import over_days
from portal.monitor.models import Grain, IndicatorCell, IndicatorState
from portal.operations import operation
from portal.organisations.merging import merge_organisations
from portal.periods import Period
from tests.client import Client
from tests.conftest import both_engines
from tests.directory.make import organisation
from tests.monitor.history import History
from tests.monitor.make import signed
from tests.world import DAY, World

pytestmark = pytest.mark.usefixtures("context")

TODAY = clock.today()


def caught_up() -> None:
    while cells.catch_up(by=SYSTEM):
        pass


@pytest.mark.parametrize("seed", range(3))
def test_cells_equal_a_recomputation_over_random_histories(world: World, seed: int) -> None:
    history = History(world, seed)
    for _turn in range(12):
        for _act in range(20):
            history.act()
        if history.chance.random() < 0.5:  # also with several turns in one catch-up
            caught_up()
        if history.chance.random() < 0.3:
            cells.catch_up(by=SYSTEM, lines=history.chance.choice((1, 7)))
    assert cells.differences(by=SYSTEM) == []
    assert history.done > 60
    kept = db.session.scalars(select(IndicatorCell.measure).distinct()).all()
    assert {Measure.OUTCOME, Measure.POSTED, Measure.CONTACTED_AFTER} <= set(kept)


@both_engines
def test_cells_equal_a_recomputation_on_both_engines(world: World) -> None:
    history = History(world, 77)
    for _act in range(80):
        history.act()
        if history.chance.random() < 0.2:
            caught_up()
    assert cells.differences(by=SYSTEM) == []
    period = Period(TODAY - 110 * DAY, TODAY - 20 * DAY)
    (kept,) = queries.cubes(queries.counted_so_far().version, [period])
    assert kept.sums == over_days(counted(period)).sums


def days_of(span: Period) -> list[date]:
    return [span.from_on + n * DAY for n in range((span.until_on - span.from_on).days)]


@pytest.mark.parametrize(
    ("first", "after"),
    [
        ("2026-01-01", "2026-04-01"),
        ("2026-01-15", "2026-01-20"),
        ("2026-01-31", "2026-03-01"),
        ("2026-01-15", "2026-03-15"),
        ("2025-12-31", "2027-01-02"),
        ("2026-02-01", "2026-02-28"),
    ],
)
def test_months_and_days_make_up_a_period_once(first: str, after: str) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(after))
    days: list[date] = []
    for grain, span in cells.months_and_days(period):
        if grain is Grain.MONTH:
            assert span.from_on.day == span.until_on.day == 1
        days += [span.from_on + n * DAY for n in range((span.until_on - span.from_on).days)]
    assert days == [
        period.from_on + n * DAY for n in range((period.until_on - period.from_on).days)
    ]


def test_a_merged_organisation_leaves_the_figures_as_they_were(world: World) -> None:
    double = organisation("河北乙材料", "HE")
    signed(world, TODAY - 100 * DAY)
    caught_up()
    period = Period(TODAY - 150 * DAY, TODAY + DAY)
    before = queries.cubes(queries.counted_so_far().version, [period])
    survivor = db.session.get_one(Organisation, world.organisation["supplier"])
    merge_organisations(double, survivor, by=world.actor("admin"))
    assert cells.differences(by=SYSTEM) == []
    after = queries.cubes(queries.counted_so_far().version, [period])
    assert after[0].sums == before[0].sums


def test_the_command_finds_a_cell_that_was_altered(app: Flask, world: World) -> None:
    signed(world, TODAY - 100 * DAY)
    run = app.test_cli_runner().invoke
    assert run(args=["indicators", "--recompute"]).exit_code == 0
    done = run(args=["indicators", "--recompute", "--check"])
    assert done.exit_code == 0, done.output

    @operation
    def alter() -> None:
        db.session.execute(
            update(IndicatorCell)
            .where(IndicatorCell.grain == Grain.DAY, IndicatorCell.measure == Measure.OUTCOME)
            .values(count=IndicatorCell.count + 1)
        )

    alter()
    db.session.remove()
    done = run(args=["indicators", "--recompute", "--check"])
    assert done.exit_code == 1
    assert "DIFFERENT" in done.output
    # Checking mends nothing; counting anew does.
    assert run(args=["indicators", "--check"]).exit_code == 1
    assert run(args=["indicators", "--recompute"]).exit_code == 0
    assert run(args=["indicators", "--check"]).exit_code == 0


def test_nobody_but_the_portal_counts(world: World) -> None:
    for verb in (cells.catch_up, cells.recompute, cells.differences):
        for who in ("admin", "liaison", "secretary", "anonymous"):
            with pytest.raises(Denied):
                verb(by=world.actor(who))


def test_what_is_not_counted_yet_is_said_to_be_so(world: World) -> None:
    caught_up()
    assert queries.counted_so_far().left == 0
    signed(world, TODAY - 100 * DAY)
    count = queries.counted_so_far()
    assert count.left > 0
    last = db.session.get_one(IndicatorState, 1).journal_number
    assert last + count.behind == db.session.scalar(select(JournalHead.length))
    assert count.as_of == db.session.get_one(JournalLine, last).at


def test_a_page_catches_up_and_says_so(world: World, visit: Callable[..., Client]) -> None:
    signed(world, TODAY - 100 * DAY)
    db.session.remove()
    text = visit("liaison", language="en").soup("/monitor").get_text()
    assert "As of" in text and "still being counted" not in text
    assert db.session.scalar(select(func.count()).select_from(IndicatorCell))


def test_a_page_does_not_wait_for_whoever_writes(
    world: World, visit: Callable[..., Client]
) -> None:
    client = visit("liaison", language="en")
    client.soup("/monitor")
    signed(world, TODAY - 100 * DAY)
    db.session.remove()
    with db.engine.connect().execution_options(**{WRITING: True}) as writing:
        transaction = writing.begin()
        text = client.soup("/monitor").get_text()
        transaction.rollback()
    assert "later entries are still being counted" in text
    assert "still being counted" not in client.soup("/monitor").get_text()


@pytest.mark.usefixtures("own_files")
def test_the_daily_command_counts_what_nobody_looked_at(app: Flask, world: World) -> None:
    signed(world, TODAY - 100 * DAY)
    db.session.remove()
    assert app.test_cli_runner().invoke(args=["daily"]).exit_code == 0
    assert queries.counted_so_far().left == 0
