"""The throttle: guesses are counted for all processes together, and restarts forget nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import create_engine, update

from portal.accounts.models import Person
from portal.sign_in.passwords import hash_password
from tests.conftest import both_engines
from tests.faults import repeated
from tests.faults.race import Racers, Task
from tests.world import World

pytestmark = pytest.mark.faults

PROCESSES = 4
#: A thousand guesses in all: half of them before a restart, half after it.
GUESSES = repeated("SOAK_GUESSES", 125)
RIGHT = "the right password"
#: What the sign-in form answers: the password was looked at and is wrong, or it was not looked at.
LOOKED_AT, TURNED_AWAY = 422, 429


@pytest.fixture
def account(url: str, world: World) -> str:
    """Give `supplier` a password; return the name to sign in with."""
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(
            update(Person)
            .where(Person.id == world.person["supplier"])
            .values(password_hash=hash_password(RIGHT))
        )
    owner.dispose()
    return "supplier@test.example"


def guess(racers: Racers, account: str, password: str, times: int) -> Counter[int]:
    """Let every process try a password so often; return how often each status came."""
    task: Task = {"task": "guess", "account": account, "password": password}
    came: Counter[int] = Counter()
    for _ in range(times):
        heard = racers.run(*[task] * PROCESSES)
        assert all(each["outcome"] == "done" for each in heard), heard
        came.update(each["answer"] for each in heard)
    return came


@both_engines
def test_processes_share_the_guesses_at_an_account_and_restarts_give_none_back(
    app: Flask, url: str, account: str
) -> None:
    limit = app.config["SIGN_INS_PER_ACCOUNT"]
    with Racers(url, PROCESSES) as racers:
        came = guess(racers, account, "a wrong password", GUESSES)
    assert came == {LOOKED_AT: limit, TURNED_AWAY: PROCESSES * GUESSES - limit}
    with Racers(url, PROCESSES) as restarted:
        again = guess(restarted, account, "a wrong password", GUESSES)
        assert again == {TURNED_AWAY: PROCESSES * GUESSES}
        # However the name is written it is one account, and even the right password must wait.
        for written in (account, f" {account.upper()}"):
            assert guess(restarted, written, RIGHT, 1) == {TURNED_AWAY: PROCESSES}
        other = guess(restarted, "delegate@test.example", "a wrong password", 1)
    assert other == {LOOKED_AT: PROCESSES}
