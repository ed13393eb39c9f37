"""Races for a second factor: a code opens once, and a request is confirmed once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from portal import journal
from portal.accounts.models import Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM, person
from portal.database import db
from portal.outbox import OutboxMessage
from portal.roles import Role
from portal.sign_in import factors
from portal.sign_in.operations import start_session
from tests.conftest import both_engines
from tests.faults.race import Racers, acting
from tests.world import World

pytestmark = pytest.mark.faults

PROCESSES = 20
STEP = timedelta(seconds=factors.STEP_SECONDS)


@pytest.fixture
def codes(context: None, world: World) -> tuple[pyotp.TOTP, list[str]]:
    """Give `delegate` an authenticator, confirmed by a code of the step before this one."""
    delegate, by = db.session.get_one(Person, world.person["delegate"]), world.actor("delegate")
    session = start_session(delegate, key="a key", device="test")
    started = factors.start_authenticator(delegate, session=session, by=by)
    secret = factors.secret_of(started)
    assert secret is not None
    totp = pyotp.TOTP(secret)
    recovery = factors.confirm_authenticator(
        delegate, totp.at(datetime.now(UTC)), session=session, key="another", by=by
    )
    db.session.remove()
    return totp, recovery


def open_together(racers: Racers, world: World, code: str) -> Counter[str]:
    """Let twenty browsers give one code at the same instant."""
    giving = {"task": "give_code", "person": world.person["delegate"], "code": code}
    return Counter(each["outcome"] for each in racers.run(*[giving] * PROCESSES))


ONCE = {"done": 1, "Refused": PROCESSES - 1}


@both_engines
def test_a_code_given_by_twenty_at_once_opens_once(
    url: str, world: World, codes: tuple[pyotp.TOTP, list[str]]
) -> None:
    totp, recovery = codes
    with Racers(url, PROCESSES) as racers:
        # The next step is good already, whether or not a step ends meanwhile.
        assert open_together(racers, world, totp.at(datetime.now(UTC) + STEP)) == ONCE
        for code in recovery[:3]:
            assert open_together(racers, world, code) == ONCE
    assert factors.factors_of(world.person["delegate"]).codes_left == len(recovery) - 3
    assert journal.verify().faults == ()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_condition_of_the_update_alone_keeps_it_single(
    url: str, world: World, codes: tuple[pyotp.TOTP, list[str]]
) -> None:
    totp, recovery = codes
    with Racers(url, PROCESSES, without=["lock", "journal"]) as racers:
        assert open_together(racers, world, totp.at(datetime.now(UTC) + STEP)) == ONCE
        for code in recovery:
            assert open_together(racers, world, code) == ONCE


@both_engines
def test_two_officers_who_confirm_at_once_take_it_away_once(
    url: str, world: World, context: None
) -> None:
    expert = db.session.get_one(Person, world.person["expert"])
    grant_appointment(expert, Role.ADMINISTRATOR, scope_id=0, by=SYSTEM)
    db.session.remove()
    reset = world.factor_reset["waiting"]
    with Racers(url, 4) as racers:
        heard = racers.run(
            *(
                acting(by, "confirm_reset", reset=reset)
                for by in (world.actor("secretary"), person(world.person["expert"])) * 2
            )
        )
    assert Counter(each["outcome"] for each in heard) == {"done": 1, "Refused": 3}
    told = select(OutboxMessage.id).where(OutboxMessage.recipient == "loser@test.example")
    assert len(db.session.scalars(told).all()) == 1
    assert journal.verify().faults == ()
