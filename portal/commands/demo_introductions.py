"""Introductions of the demo world: one waits for a side one may visit, one became a matter."""

from __future__ import annotations

from itertools import cycle

from sqlalchemy import select

from portal.access import standing_of
from portal.actors import person
from portal.alliances.queries import all_alliances
from portal.commands.demo_story import DAY, Story, read
from portal.database import db
from portal.errors import Refused
from portal.exchange.models import Direction, Listing
from portal.introductions import operations
from portal.introductions.models import Introduction
from portal.introductions.queries import counterparts


def tell_introductions(story: Story) -> None:
    """Propose what waits for the first visitors, and let an older pair agree."""
    hydrogen = next(each.id for each in all_alliances() if each.slug == "hydrogen")
    visited = story.roles["manager_and_delegate"]
    keeper = person(story.secretaries[hydrogen].id)
    demands = db.session.scalars(
        select(Listing)
        .where(
            Listing.direction == Direction.DEMAND,
            Listing.alliance_id == hydrogen,
            Listing.is_public,
            Listing.is_answerable,
        )
        .order_by(Listing.organisation_id != visited.id, Listing.id)
    ).all()
    lines = cycle(read("messages")["introduction"])
    made: list[Introduction] = []
    for demand in demands:
        if len(made) == 3:
            break
        for found in counterparts(standing_of(keeper), demand):
            supply = db.session.get_one(Listing, found.id)
            if supply.alliance_id != hydrogen or supply.region_id == demand.region_id:
                continue
            try:
                line = next(lines)
                made.append(operations.propose_introduction(demand, supply, line=line, by=keeper))
            except Refused:
                continue
            break
    for number, introduction in enumerate(made[1:]):
        giver = story.acting(introduction.supply_owner)
        operations.agree_to_introduction(introduction, by=giver)
        if number:
            taker = story.acting(introduction.demand_owner)
            story.at(
                story.now - 0.5 * DAY,
                lambda it=introduction, by=taker: operations.complete_introduction(it, by=by),  # type: ignore[misc]
            )
