"""Races: what several processes try at the same instant happens once.

Under the lock no race shows, with or without a constraint. The control therefore takes lock and
constraint away on PostgreSQL and must see the rule broken; each of them alone must hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from portal import journal
from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange import answering, operations
from portal.exchange.models import Interest, Listing
from portal.exchange.workflow import InterestState, ListingState
from portal.operations import Receipt
from portal.search import SearchDocument
from tests.conftest import both_engines
from tests.faults import repeated, report
from tests.faults.race import Racers, acting
from tests.world import World, content

pytestmark = pytest.mark.faults

ROUNDS = repeated("SOAK_RACE_ROUNDS", 12)

Prepare = Callable[..., list[int]]


@pytest.fixture
def prepare(context: None, world: World) -> Prepare:
    """Return a maker of listings of `supplier` to race for: one for each round."""

    def listings(number: int, *, publish: bool = True) -> list[int]:
        hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
        made = []
        for _ in range(number):
            listing = operations.post_listing(
                hydrogen, content(), by=world.actor("supplier"), submit=True
            )
            if publish:
                operations.publish_listing(listing, by=world.actor("secretary"))
            made.append(listing.id)
        db.session.remove()
        return made

    return listings


def outcomes(heard: list[dict[str, Any]]) -> Counter[str]:
    return Counter(each["outcome"] for each in heard)


def holding(listing_id: int) -> int:
    """Return how many answers to a listing hold their organisation's place."""
    return db.session.scalars(
        select(func.count(Interest.id)).where(
            Interest.listing_id == listing_id, Interest.released_at.is_(None)
        )
    ).one()


def verbs(noun: str, record_id: int) -> Counter[str]:
    return Counter(line.verb for line, _detail in journal.lines_about(noun, record_id))


def answer_together(racers: Racers, world: World, listing_id: int) -> Counter[str]:
    """Let two delegates of one organisation, in two browsers each, answer one listing."""
    return outcomes(
        racers.run(
            *(
                acting(world.actor(who), "send", listing=listing_id)
                for who in ("delegate", "manager", "delegate", "manager")
            )
        )
    )


@both_engines
def test_two_delegates_answer_one_listing_for_their_organisation_once(
    url: str, world: World, prepare: Prepare
) -> None:
    listings = prepare(ROUNDS)
    with Racers(url, 4) as racers:
        for listing_id in listings:
            ended = answer_together(racers, world, listing_id)
            assert ended == {"done": 1, "Refused": 3}
    for listing_id in listings:
        assert holding(listing_id) == 1
    sent = select(func.count()).where(journal.JournalLine.verb == "interest.send")
    assert db.session.scalar(sent.where(journal.JournalLine.noun == "interest")) == (
        ROUNDS + len(world.interest)
    )
    assert journal.verify().faults == ()


@both_engines
def test_a_listing_is_published_once_however_often_the_button_is_pressed(
    url: str, world: World, prepare: Prepare
) -> None:
    listings = prepare(ROUNDS, publish=False)
    expected = db.session.get_one(Listing, listings[0]).version
    with Racers(url, 4) as racers:
        for listing_id in listings:
            press = acting(
                world.actor("secretary"), "publish", listing=listing_id, expected=expected
            )
            assert outcomes(racers.run(press, press, press, press)) == {"done": 1, "Stale": 3}
    db.session.remove()
    for listing_id in listings:
        listing = db.session.get_one(Listing, listing_id)
        assert listing.state is ListingState.PUBLISHED
        assert verbs("listing", listing_id)["listing.publish"] == 1
        documents = select(func.count(SearchDocument.id)).where(
            SearchDocument.noun == "listing", SearchDocument.record_id == listing_id
        )
        assert db.session.scalar(documents) == 1
    assert journal.verify().faults == ()


@both_engines
def test_an_answer_is_accepted_or_withdrawn_but_never_both(
    url: str, world: World, prepare: Prepare
) -> None:
    interests = []
    for listing_id in prepare(ROUNDS):
        listing = db.session.get_one(Listing, listing_id)
        sent = answering.send_interest(listing, message="可供。", by=world.actor("delegate"))
        interests.append(sent.id)
    db.session.remove()
    with Racers(url, 4) as racers:
        for interest_id in interests:
            accept = acting(world.actor("supplier"), "answer", move="accept", interest=interest_id)
            withdraw = [
                acting(world.actor(who), "answer", move="withdraw", interest=interest_id)
                for who in ("delegate", "manager")
            ]
            ended = outcomes(racers.run(accept, withdraw[0], accept, withdraw[1]))
            assert ended == {"done": 1, "Refused": 3}
    for interest_id in interests:
        interest = db.session.get_one(Interest, interest_id)
        told = verbs("interest", interest_id)
        if interest.state is InterestState.ACCEPTED:
            assert told == {"interest.send": 1, "interest.accept": 1}
            assert interest.answered_at is not None and interest.released_at is None
        else:
            assert interest.state is InterestState.WITHDRAWN
            assert told == {"interest.send": 1, "interest.withdraw": 1}
            assert interest.answered_at is None and interest.released_at is not None
    assert journal.verify().faults == ()


@both_engines
def test_one_receipt_makes_one_record_and_one_answer_for_all(
    url: str, world: World, context: None
) -> None:
    before = db.session.scalars(select(func.count(Listing.id))).one()
    alliance = world.alliance["hydrogen"]
    answers = set()
    with Racers(url, 8) as racers:
        for number in range(ROUNDS):
            sending = acting(
                world.actor("delegate"), "post", alliance=alliance, receipt=f"once-{number}"
            )
            heard = racers.run(*[sending] * 8)
            assert outcomes(heard) == {"done": 8}
            (answer,) = {each["answer"] for each in heard}
            answers.add(answer)
    assert len(answers) == ROUNDS
    db.session.remove()
    assert db.session.scalars(select(func.count(Listing.id))).one() == before + ROUNDS
    kept = select(func.count(Receipt.id)).where(Receipt.record_id.in_(answers))
    assert db.session.scalar(kept) == ROUNDS
    for answer in answers:
        assert verbs("listing", answer) == {"listing.create": 1, "listing.submit": 1}
    assert journal.verify().faults == ()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_lock_and_constraint_the_race_does_double_answers(
    url: str, world: World, prepare: Prepare
) -> None:
    listings = prepare(ROUNDS)
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text("DROP INDEX uq_interest_holding"))
    owner.dispose()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for listing_id in listings:
            answer_together(racers, world, listing_id)
    doubled = [listing_id for listing_id in listings if holding(listing_id) > 1]
    assert doubled, "the race has no teeth: the window never opened"
    report(f"postgresql: {len(doubled)} of {ROUNDS} races doubled without lock and constraint")


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_constraint_alone_keeps_answers_single(
    url: str, world: World, prepare: Prepare
) -> None:
    ended: Counter[str] = Counter()
    listings = prepare(ROUNDS)
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for listing_id in listings:
            ended += answer_together(racers, world, listing_id)
    assert [holding(listing_id) for listing_id in listings] == [1] * ROUNDS
    # The window did open: somebody passed the rule and ran into the wall behind it.
    assert ended["IntegrityError"] > 0
    assert ended["done"] == ROUNDS
    report(f"postgresql: the constraint alone stopped {ended['IntegrityError']} in {ROUNDS} races")


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_constraint_the_lock_alone_keeps_answers_single(
    app: Flask, url: str, world: World, prepare: Prepare
) -> None:
    listings = prepare(ROUNDS)
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text("DROP INDEX uq_interest_holding"))
    owner.dispose()
    with Racers(url, 4) as racers:
        for listing_id in listings:
            assert answer_together(racers, world, listing_id) == {"done": 1, "Refused": 3}
    assert [holding(listing_id) for listing_id in listings] == [1] * ROUNDS
    assert journal.verify().faults == ()
