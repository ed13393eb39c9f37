"""Races about outcomes: claimed once, confirmed once, whoever presses at the same instant.

As in `test_races.py`, a control takes lock and constraint away on PostgreSQL and must see the
rule broken; each of them alone must hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, func, select, text

from portal import journal
from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange import answering, operations
from portal.matters.models import Matter
from portal.matters.operations import take_step
from portal.matters.queries import matter_of
from portal.matters.recording import record_outcome
from portal.matters.steps import Step
from portal.outcomes import queries
from portal.outcomes.models import Outcome
from tests.conftest import both_engines
from tests.faults import repeated, report
from tests.faults.race import Racers, acting
from tests.faults.test_races import outcomes, verbs
from tests.world import World, claim, content

pytestmark = pytest.mark.faults

ROUNDS = repeated("SOAK_RACE_ROUNDS", 8)

Prepare = Callable[[], list[int]]


@pytest.fixture
def signed(context: None, world: World) -> Prepare:
    """Return a maker of signed matters of maker and supplier: one for each round."""

    def matters() -> list[int]:
        hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
        maker, supplier = world.actor("delegate"), world.actor("supplier")
        made = []
        for _ in range(ROUNDS):
            listing = operations.post_listing(hydrogen, content(), by=maker, submit=True)
            operations.publish_listing(listing, by=world.actor("secretary"))
            interest = answering.send_interest(listing, message="可供。", by=supplier)
            answering.accept_interest(interest, by=maker)
            matter = matter_of(interest.id)
            assert matter is not None
            take_step(matter, Step.SIGNED, by=supplier)
            made.append(matter.id)
        db.session.remove()
        return made

    return matters


def claim_together(racers: Racers, world: World, matter_id: int) -> Counter[str]:
    """Let both sides claim the outcome of one matter, each in two browsers."""
    return outcomes(
        racers.run(
            *(
                acting(world.actor(who), "claim", matter=matter_id)
                for who in ("delegate", "supplier", "manager", "supplier")
            )
        )
    )


def claims(matter_id: int) -> int:
    """Return how many claims of a matter wait."""
    waiting = select(func.count(Outcome.id)).where(
        Outcome.source_noun == "matter",
        Outcome.source_id == matter_id,
        Outcome.confirmed_at.is_(None),
    )
    return db.session.scalars(waiting).one()


def drop(url: str, index: str) -> None:
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text(f"DROP INDEX {index}"))
    owner.dispose()


@both_engines
def test_both_sides_claim_at_once_and_one_claim_is_made(
    url: str, world: World, signed: Prepare
) -> None:
    matters = signed()
    with Racers(url, 4) as racers:
        for matter_id in matters:
            assert claim_together(racers, world, matter_id) == {"done": 1, "Refused": 3}
    assert [claims(matter_id) for matter_id in matters] == [1] * ROUNDS
    assert journal.verify().faults == ()


def claimed(world: World, matters: list[int]) -> list[int]:
    """Let maker claim the outcome of each matter."""
    made = []
    for matter_id in matters:
        matter = db.session.get_one(Matter, matter_id)
        made.append(record_outcome(matter, claim(), by=world.actor("delegate")).id)
    db.session.remove()
    return made


@both_engines
def test_an_outcome_is_confirmed_once_however_often_the_button_is_pressed(
    url: str, world: World, signed: Prepare
) -> None:
    before = queries.totals().count
    waiting = claimed(world, signed())
    with Racers(url, 4) as racers:
        for outcome_id in waiting:
            press = acting(world.actor("supplier"), "confirm", outcome=outcome_id)
            ended = outcomes(racers.run(press, press, press, press))
            assert ended == {"done": 1, "Refused": 3}
    db.session.remove()
    for outcome_id in waiting:
        assert verbs("outcome", outcome_id)["outcome.confirm"] == 1
    assert queries.totals().count == before + ROUNDS
    assert journal.verify().faults == ()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_version_and_the_trigger_alone_confirm_once(
    url: str, world: World, signed: Prepare
) -> None:
    before = queries.totals().count
    waiting, ended = claimed(world, signed()), Counter[str]()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for outcome_id in waiting:
            press = acting(world.actor("supplier"), "confirm", outcome=outcome_id)
            ended += outcomes(racers.run(press, press, press, press))
    db.session.remove()
    assert ended["done"] == ROUNDS
    assert queries.totals().count == before + ROUNDS
    # The window did open: somebody passed the rule and ran into the wall behind it.
    assert ended["StaleDataError"] > 0
    report(f"postgresql: the version alone stopped {ended['StaleDataError']} in {ROUNDS} races")


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_lock_and_constraint_the_race_does_double_claims(
    url: str, world: World, signed: Prepare
) -> None:
    matters = signed()
    drop(url, "uq_outcome_claimed")
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for matter_id in matters:
            claim_together(racers, world, matter_id)
    doubled = [matter_id for matter_id in matters if claims(matter_id) > 1]
    assert doubled, "the race has no teeth: the window never opened"
    report(f"postgresql: {len(doubled)} of {ROUNDS} claims doubled without lock and constraint")


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_constraint_alone_keeps_claims_single(
    url: str, world: World, signed: Prepare
) -> None:
    matters, ended = signed(), Counter[str]()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for matter_id in matters:
            ended += claim_together(racers, world, matter_id)
    assert [claims(matter_id) for matter_id in matters] == [1] * ROUNDS
    assert ended["IntegrityError"] > 0
    assert ended["done"] == ROUNDS
