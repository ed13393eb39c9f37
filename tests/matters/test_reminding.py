"""`flask daily`: both sides are asked once, then the secretariat, and twice changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.actors import SYSTEM
from portal.database import db
from portal.errors import Denied
from portal.matters import operations
from portal.matters.models import SILENCE, Matter
from portal.matters.reminding import PATIENCE, remind_silent_matters
from portal.matters.steps import Step
from portal.outbox import OutboxMessage
from tests.conftest import both_engines
from tests.world import World

DAY = timedelta(days=1)


def told(title: str) -> list[str]:
    """Return to whom something was written about a matter, in order."""
    found = select(OutboxMessage.recipient).where(OutboxMessage.body.contains(title))
    return list(db.session.scalars(found.order_by(OutboxMessage.id)))


@both_engines
def test_both_sides_are_asked_once_and_then_the_secretariat(world: World, context: None) -> None:
    matter = db.session.get_one(Matter, world.matter["accepted"])
    now, sides = clock.now(), ["delegate@test.example", "chair@test.example"]
    with clock.standing_still(now + SILENCE - 3 * DAY):
        remind_silent_matters(by=SYSTEM)
    assert told(matter.title) == []
    with clock.standing_still(now + SILENCE):
        assert remind_silent_matters(by=SYSTEM) == 3
        assert remind_silent_matters(by=SYSTEM) == 0, "twice changes nothing"
    assert told(matter.title) == sides
    with clock.standing_still(now + SILENCE + PATIENCE):
        assert remind_silent_matters(by=SYSTEM) == 3
        assert remind_silent_matters(by=SYSTEM) == 0
    assert told(matter.title) == [*sides, "secretary@test.example"]
    with clock.standing_still(now + 3 * SILENCE):
        assert remind_silent_matters(by=SYSTEM) == 0, "then it is quiet"


def test_a_step_begins_the_silence_anew_and_an_end_ends_it(world: World, context: None) -> None:
    matter = db.session.get_one(Matter, world.matter["accepted"])
    now = clock.now()
    with clock.standing_still(now + SILENCE):
        remind_silent_matters(by=SYSTEM)
        operations.take_step(matter, Step.TALKS, by=world.actor("chair"))
    with clock.standing_still(now + SILENCE + PATIENCE):
        remind_silent_matters(by=SYSTEM)
    assert len(told(matter.title)) == 2, "the secretariat hears nothing of what moves"
    with clock.standing_still(now + 2 * SILENCE + DAY):
        remind_silent_matters(by=SYSTEM)
        assert len(told(matter.title)) == 4
        operations.hold_matter(matter, by=world.actor("chair"), note="等预算。")
    with clock.standing_still(now + 4 * SILENCE):
        remind_silent_matters(by=SYSTEM)
    assert len(told(matter.title)) == 4


def test_only_the_portal_reminds(world: World, context: None) -> None:
    with pytest.raises(Denied):
        remind_silent_matters(by=world.actor("secretary"))


@pytest.mark.usefixtures("own_files")
def test_the_command_says_what_it_did(app: Flask, world: World) -> None:
    answer = app.test_cli_runner().invoke(args=["daily"])
    assert (answer.exit_code, answer.output) == (
        0,
        "0 silent matters were spoken of.\n"
        "0 terms in the chair were asked to be confirmed.\n"
        "0 answers lapse soon, 0 listings have their last day soon.\n"
        "0 tasks of joint projects are due.\n"
        "0 guests' numbers were erased.\n"
        "0 lines of dues are overdue.\n"
        "The cells of 0 old imports were erased.\n"
        "0 files were forgotten.\n"
        "0 actions were spoken of.\n"
        "0 written ballots ended.\n"
        "No digests: the portal has no mail server (MAIL_ADAPTER).\n",
    )
