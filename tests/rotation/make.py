"""An alliance with a plan, for the tests of rotation: hydrogen's members, terms of two months."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.alliances.models import Alliance, ChairTerm
from portal.database import db
from portal.rotation import operations
from portal.rotation.history import turns_of
from portal.rotation.models import Turn
from portal.rotation.months import terms_from
from portal.rotation.workflow import TurnState
from tests.world import World

DAY = timedelta(days=1)


def hydrogen(world: World) -> Alliance:
    return db.session.get_one(Alliance, world.alliance["hydrogen"])


def turn(world: World, name: str) -> Turn:
    return db.session.get_one(Turn, world.turn[name])


def plan_anew(world: World, *who: str, ahead: int = 25) -> list[Turn]:
    """Let the secretary enter a plan of terms of two months, some days ahead."""
    days = terms_from(clock.today() + ahead * DAY, 2, len(who))
    rows = [
        operations.Planned(span, world.organisation[name])
        for span, name in zip(days, who, strict=True)
    ]
    operations.adopt_plan(hydrogen(world), rows, basis="决议第8号", by=world.actor("secretary"))
    return planned(world)


def planned(world: World) -> list[Turn]:
    found = turns_of(world.alliance["hydrogen"])
    return [each for each in found if each.state is TurnState.PLANNED]


def who(world: World, turns: list[Turn]) -> list[str]:
    names = {number: name for name, number in world.organisation.items()}
    return [names[each.organisation_id] for each in turns]


def steps(world: World) -> list[ChairTerm]:
    return list(
        db.session.scalars(
            select(ChairTerm)
            .where(ChairTerm.alliance_id == world.alliance["hydrogen"])
            .order_by(ChairTerm.from_at)
        )
    )
