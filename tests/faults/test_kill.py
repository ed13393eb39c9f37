"""Kills: a server that dies in the middle of writing loses nothing it had acknowledged.

Four visitors post listings as fast as they can while master and workers are ended by SIGKILL.
Afterwards the portal starts again on what is there, and every interrupted form is sent once more.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, update

from portal import clock
from portal.accounts.models import Person
from portal.sign_in.passwords import hash_password
from tests.conftest import both_engines
from tests.faults import repeated, report
from tests.faults.aftermath import faults_of
from tests.faults.server import Answer, Server, Visitor
from tests.world import World

pytestmark = pytest.mark.faults

ROUNDS = repeated("SOAK_KILL_ROUNDS", 2)
POSTING = ("delegate", "manager", "supplier", "chair")
PASSWORD = "a long enough password"
PREFIX = "断电"
#: A round that has not got this far after so long hangs.
ROUND_SECONDS = 60.0


@pytest.fixture
def passwords(url: str, world: World) -> None:
    """Give those who post a password: the cast of the tests has none."""
    owner = create_engine(url)
    people = [world.person[who] for who in POSTING]
    with owner.begin() as connection:
        connection.execute(
            update(Person)
            .where(Person.id.in_(people))
            .values(password_hash=hash_password(PASSWORD))
        )
    owner.dispose()


def sign_in(server: Server) -> list[Visitor]:
    visitors = []
    for who in POSTING:
        visitor = Visitor(server.port)
        visitor.sign_in(f"{who}@test.example", PASSWORD)
        visitors.append(visitor)
    return visitors


class Round:
    """What the visitors sent until the server died, and what it answered."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._changed = threading.Condition()
        self.acknowledged: dict[int, str] = {}
        #: The forms that got no answer, with who sent them.
        self.interrupted: list[tuple[Visitor, dict[str, str]]] = []
        self.surprises: list[Answer] = []

    def form(self, who: int, count: int) -> dict[str, str]:
        name = f"{PREFIX}-{self._number}-{who}-{count}"
        return {
            "key": name,
            "secrecy": "none",
            "direction": "demand",
            "title": name,
            "specification": "70MPa IV型储氢瓶，T700级碳纤维。",
            "valid_until": (clock.today() + timedelta(days=30)).isoformat(),
            "visibility": "public",
            "submit": "1",
        }

    def post_until_it_dies(self, visitor: Visitor, who: int) -> None:
        for count in range(10_000):
            form = self.form(who, count)
            answer = visitor.post("/listings/new", **form)
            with self._changed:
                if answer is None:
                    self.interrupted.append((visitor, form))
                elif not self.note(answer, form["title"]):
                    self.surprises.append(answer)
                self._changed.notify()
                if answer is None or self.surprises:
                    return

    def note(self, answer: Answer, title: str) -> bool:
        """Keep an acknowledgement; tell whether the answer was one."""
        made = re.fullmatch(r"/listings/(\d+)", answer.location)
        if answer.status == 302 and made:
            self.acknowledged[int(made[1])] = title
        return answer.status == 302 and made is not None

    def play(self, visitors: list[Visitor], kill: Callable[[], None], after: int) -> None:
        """Let them post, and kill the server once so many posts are acknowledged."""
        threads = [
            threading.Thread(target=self.post_until_it_dies, args=(visitor, who), daemon=True)
            for who, visitor in enumerate(visitors)
        ]
        for thread in threads:
            thread.start()
        with self._changed:
            reached = self._changed.wait_for(
                lambda: len(self.acknowledged) >= after or bool(self.surprises), ROUND_SECONDS
            )
        kill()
        for thread in threads:
            thread.join(ROUND_SECONDS)
        assert reached, "the server answers no more"
        assert not self.surprises, self.surprises[0]

    def send_again(self) -> None:
        """Send every interrupted form once more, as a person does whose page did not come."""
        for visitor, form in self.interrupted:
            answer = visitor.post("/listings/new", **form)
            assert answer is not None and self.note(answer, form["title"]), answer


@both_engines
def test_a_killed_server_loses_nothing_it_acknowledged(
    app: Flask, url: str, engine: str, tmp_path: Path, passwords: None
) -> None:
    chance = random.Random(ROUNDS)
    acknowledged: dict[int, str] = {}
    interrupted = 0
    with Server(url, tmp_path) as server:
        visitors = sign_in(server)
        for number in range(ROUNDS):
            playing = Round(number)
            playing.play(visitors, server.kill, after=chance.randint(5, 30))
            acknowledged |= playing.acknowledged
            interrupted += len(playing.interrupted)
            assert faults_of(app, acknowledged, PREFIX) == []
            server.start()
            playing.send_again()
            acknowledged |= playing.acknowledged
            assert faults_of(app, acknowledged, PREFIX) == []
            newest = max(playing.acknowledged)
            # The sessions were acknowledged too: nobody has to sign in again.
            writer = visitors[int(acknowledged[newest].split("-")[2])]
            assert acknowledged[newest] in writer.get(f"/listings/{newest}").text
            assert Visitor(server.port).get("/listings").status == 200
    assert interrupted > 0, "no kill ever fell into a write"
    assert len(acknowledged) >= 5 * ROUNDS
    report(
        f"{engine}: {ROUNDS} kills, {len(acknowledged)} posts acknowledged, {interrupted} "
        "interrupted and sent again; none lost, none doubled, journal and index whole"
    )


@both_engines
def test_the_checker_reports_what_a_portal_loses_that_acknowledges_too_early(
    app: Flask, url: str, tmp_path: Path, passwords: None
) -> None:
    with Server(url, tmp_path, "tests.faults.early:app") as server:
        playing = Round(0)
        playing.play(sign_in(server), server.kill, after=5)
    found = faults_of(app, playing.acknowledged, PREFIX)
    assert any(fault.startswith("lost: ") for fault in found), found
    # Dropping whole transactions is its only fault: what did arrive is whole.
    assert all(fault.startswith("lost: ") for fault in found), found
