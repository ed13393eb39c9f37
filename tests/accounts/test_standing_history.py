"""Random histories of appointments beside an oracle: what is held now is what was granted for now.

The oracle is a list of tuples and knows nothing of the portal. After each step the standing of
everybody is compared with it, and a page is asked for: the very next request is refused.
"""

from __future__ import annotations

import contextvars
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.access import standing_of
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM, person
from portal.database import db
from portal.roles import Role
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

HOUR = timedelta(hours=1)
STEPS = 40


class Oracle:
    """Who was appointed to what, from when until when, as plain tuples."""

    def __init__(self) -> None:
        self.granted: dict[int, list[Any]] = {}

    def holds(self, who: int, at: datetime, acting_for: int) -> dict[Role, set[int]]:
        held: dict[Role, set[int]] = {}
        for _number, (holder, role, scope, begins, ends) in self.granted.items():
            at_organisation = role in (Role.MANAGER, Role.DELEGATE)
            if holder != who or (at_organisation and scope != acting_for):
                continue
            if begins <= at and (ends is None or at < ends):
                held.setdefault(role, set()).add(scope)
                if role is Role.MANAGER:
                    held.setdefault(Role.DELEGATE, set()).add(scope)
        return held


@both_engines
@pytest.mark.parametrize("seed", range(4))
def test_standing_is_what_the_history_says(seed: int, world: World, context: None) -> None:
    chance, oracle = random.Random(seed), Oracle()
    at = datetime.now(UTC)
    organisations = [world.organisation["maker"], world.organisation["supplier"]]
    hydrogen, biomedicine = world.alliance["hydrogen"], world.alliance["biomedicine"]
    people = [world.person["stranger"], world.person["former"]]
    scopes = {
        Role.MANAGER: organisations,
        Role.DELEGATE: organisations,
        Role.SECRETARY: [hydrogen, biomedicine],
        Role.EXPERT: [hydrogen, biomedicine],
        Role.ADMINISTRATOR: [0],
    }
    checked = 0
    for _step in range(STEPS):
        at += chance.choice([HOUR / 60, HOUR / 2, HOUR, 3 * HOUR])
        with clock.standing_still(at):
            running = [
                number for number, row in oracle.granted.items()
                if row[3] <= at and (row[4] is None or at < row[4])
            ]  # fmt: skip
            if running and chance.random() < 0.35:
                number = chance.choice(running)
                end_appointment(db.session.get_one(Appointment, number), by=SYSTEM)
                oracle.granted[number][4] = at
            else:
                role = chance.choice(list(scopes))
                row: list[Any] = [
                    chance.choice(people), role, chance.choice(scopes[role]),
                    at + chance.choice([timedelta(0), HOUR]), None,
                ]  # fmt: skip
                if chance.random() < 0.5:
                    row[4] = row[3] + chance.choice([HOUR / 2, 2 * HOUR])
                made = grant_appointment(
                    db.session.get_one(Person, row[0]), role, scope_id=row[2],
                    from_at=row[3], until_at=row[4], by=SYSTEM,
                )  # fmt: skip
                oracle.granted[made.id] = row
            for who in people:
                for acting_for in organisations:
                    standing = standing_of(person(who, acting_for)).roles
                    # What is derived (member, chair) has histories of its own.
                    held = {
                        role: set(found)
                        for role, found in standing.items()
                        if role in scopes or role is Role.DELEGATE
                    }
                    assert held == oracle.holds(who, at, acting_for)
                    checked += bool(held)
    assert checked > STEPS / 2, "a history in which nobody held anything proves nothing"


def test_the_next_request_is_refused(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    client = visit("stranger")
    maker = world.organisation["maker"]

    def inside(act: Callable[[], Any]) -> Any:
        def run() -> Any:
            with app.app_context():
                found = act()
                db.session.remove()
                return found

        return contextvars.Context().run(run)

    def grant() -> int:
        who = db.session.get_one(Person, world.person["stranger"])
        return grant_appointment(who, Role.DELEGATE, scope_id=maker, by=SYSTEM).id

    for _again in range(3):
        assert client.open("/listings/new", method="GET").status_code == 403
        number = inside(grant)
        assert client.post("/acting-for", {"organisation_id": str(maker)}).status_code == 302
        assert client.open("/listings/new", method="GET").status_code == 200
        inside(lambda n=number: end_appointment(db.session.get_one(Appointment, n), by=SYSTEM))
