"""Races to leave: of two last managers who go at the same instant exactly one may.

No constraint stands behind this rule, so the control takes the lock away and must see it broken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from portal import journal
from portal.accounts.models import OrganisationKind, Person
from portal.accounts.operations import create_organisation, grant_appointment
from portal.accounts.queries import holders
from portal.actors import SYSTEM, person
from portal.database import db
from portal.regions.queries import region_by_code
from portal.roles import Role
from tests.conftest import both_engines
from tests.faults import repeated, report
from tests.faults.race import Racers, acting
from tests.world import World

pytestmark = pytest.mark.faults

ROUNDS = repeated("SOAK_RACE_ROUNDS", 12)
PAIR = ("stranger", "former")


@dataclass(frozen=True)
class Pair:
    """An organisation and the appointments of its only two managers."""

    organisation_id: int
    appointment_ids: tuple[int, ...]


@pytest.fixture
def pairs(context: None, world: World) -> list[Pair]:
    """Organisations with two managers each, one for every round."""
    region = region_by_code("BJ")
    assert region is not None
    made = []
    for number in range(ROUNDS):
        organisation = create_organisation(
            name=f"两位管理员{number}", kind=OrganisationKind.PARK, region=region, by=SYSTEM
        )
        held = tuple(
            grant_appointment(
                db.session.get_one(Person, world.person[who]),
                Role.MANAGER,
                scope_id=organisation.id,
                by=SYSTEM,
            ).id
            for who in PAIR
        )
        made.append(Pair(organisation.id, held))
    db.session.remove()
    return made


def leave_together(racers: Racers, world: World, pair: Pair) -> Counter[str]:
    tasks = [
        acting(person(world.person[who], pair.organisation_id), "leave", appointment=held)
        for who, held in zip(PAIR, pair.appointment_ids, strict=True)
    ]
    return Counter(each["outcome"] for each in racers.run(*tasks))


@both_engines
def test_of_two_managers_who_leave_at_once_one_stays(
    url: str, world: World, pairs: list[Pair]
) -> None:
    with Racers(url, 2) as racers:
        for pair in pairs:
            assert leave_together(racers, world, pair) == {"done": 1, "Refused": 1}
    for pair in pairs:
        assert len(holders(Role.MANAGER, pair.organisation_id)) == 1
    assert journal.verify().faults == ()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_both_leave(url: str, world: World, pairs: list[Pair]) -> None:
    with Racers(url, 2, without=["lock", "journal"]) as racers:
        for pair in pairs:
            leave_together(racers, world, pair)
    deserted = [pair for pair in pairs if not holders(Role.MANAGER, pair.organisation_id)]
    assert deserted, "the race has no teeth: the window never opened"
    report(f"postgresql: {len(deserted)} of {ROUNDS} organisations deserted without the lock")
