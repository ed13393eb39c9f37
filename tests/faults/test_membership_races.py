"""Two people of one organisation apply at the same instant: one application stands."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import create_engine, func, select, text

from portal.alliances.models import Membership
from portal.database import db
from tests.conftest import both_engines
from tests.faults.race import Racers, acting
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("context")]

#: Alliances that maker is not in: a race in each.
ALLIANCES = ("biomedicine", "icv", "industrial-internet", "new-it")


def race(racers: Racers, world: World, slug: str) -> Counter[str]:
    tasks = [
        acting(world.actor(who), "apply", alliance=world.alliance[slug])
        for who in ("manager", "delegate", "manager", "delegate")
    ]
    return Counter(each["outcome"] for each in racers.run(*tasks))


def standing_in(world: World, slug: str) -> int:
    return db.session.scalars(
        select(func.count(Membership.id)).where(
            Membership.alliance_id == world.alliance[slug],
            Membership.organisation_id == world.organisation["maker"],
        )
    ).one()


@both_engines
def test_one_organisation_applies_once(url: str, world: World) -> None:
    with Racers(url, 4) as racers:
        for slug in ALLIANCES:
            assert race(racers, world, slug) == {"done": 1, "Refused": 3}
    assert [standing_in(world, slug) for slug in ALLIANCES] == [1] * len(ALLIANCES)


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_the_lock_the_constraint_alone_keeps_applications_single(
    url: str, world: World
) -> None:
    ended: Counter[str] = Counter()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for slug in ALLIANCES:
            ended += race(racers, world, slug)
    assert [standing_in(world, slug) for slug in ALLIANCES] == [1] * len(ALLIANCES)
    # The window did open: somebody passed the rule and ran into the wall behind it.
    assert ended["IntegrityError"] > 0


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_lock_and_constraint_applications_double(url: str, world: World) -> None:
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text("DROP INDEX uq_membership_held"))
    owner.dispose()
    with Racers(url, 4, without=["lock", "journal"]) as racers:
        for slug in ALLIANCES:
            race(racers, world, slug)
    assert max(standing_in(world, slug) for slug in ALLIANCES) > 1, "the race has no teeth"
