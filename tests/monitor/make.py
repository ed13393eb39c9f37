"""Makers for the tests of the monitor: listings, matters and outcomes on the days one says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import count

from portal import clock
from portal.actors import Actor
from portal.alliances.models import Alliance
from portal.clock import LOCAL_ZONE
from portal.database import db
from portal.exchange import answering, operations
from portal.exchange.models import Direction, Interest, Listing
from portal.matters.models import Matter
from portal.matters.operations import take_step
from portal.matters.queries import matter_of
from portal.matters.recording import record_outcome
from portal.matters.steps import Step
from portal.outcomes.models import Outcome, OutcomeKind
from portal.outcomes.operations import confirm_outcome
from tests.world import DAY, World, claim, content

#: Contract numbers that nobody has used.
NUMBERS = count(1)


@contextmanager
def at(day: date, hour: int = 12) -> Iterator[None]:
    """Hold the clock at an hour of a day in Shanghai."""
    moment = datetime.combine(day, time(hour), LOCAL_ZONE)
    with clock.standing_still(moment):
        yield


def posted(
    world: World, on: date, *, by: str = "delegate", direction: Direction = Direction.SUPPLY
) -> Listing:
    """Post and publish a listing at noon of a day."""
    with at(on):
        return posted_now(world, by=by, direction=direction)


def posted_now(
    world: World, *, by: str = "delegate", direction: Direction = Direction.SUPPLY
) -> Listing:
    """Post and publish a listing at the instant that is held."""
    made = drafted(world, clock.today(), by=by, direction=direction, submit=True)
    operations.publish_listing(made, by=world.actor("secretary"))
    return made


def drafted(
    world: World,
    on: date,
    *,
    by: str = "delegate",
    direction: Direction = Direction.SUPPLY,
    submit: bool = False,
) -> Listing:
    """Post a listing that nobody has reviewed."""
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    said = content(direction=direction, valid_until=on + 300 * DAY)
    return operations.post_listing(hydrogen, said, by=world.actor(by), submit=submit)


def answered(world: World, listing: Listing, on: date, *, by: str = "supplier") -> Interest:
    """Answer a listing on a day."""
    with at(on):
        return answering.send_interest(listing, message="可供。", by=world.actor(by))


def accepted(world: World, interest: Interest, on: date, *, by: str = "delegate") -> Matter:
    """Accept an answer on a day and return its matter."""
    with at(on):
        answering.accept_interest(interest, by=world.actor(by))
    matter = matter_of(interest.id)
    assert matter is not None
    return matter


def stepped(
    world: World, matter: Matter, steps: Sequence[tuple[Step, date]], *, by: str = "delegate"
) -> None:
    """Record steps, each on its day."""
    for step, on in steps:
        with at(on, hour=15):
            take_step(matter, step, by=world.actor(by))


def signed(
    world: World,
    on: date,
    *,
    giver: str = "delegate",
    taker: str = "supplier",
    kind: OutcomeKind = OutcomeKind.CONTRACT,
    confirmed: bool = True,
    **said: object,
) -> Outcome:
    """Let two of the cast sign an outcome on a day: maker is in Beijing, supplier in Hebei,
    chairer in Tianjin."""
    listing = posted(world, on - 3 * DAY, by=giver)
    interest = answered(world, listing, on - 2 * DAY, by=taker)
    matter = accepted(world, interest, on - 2 * DAY, by=giver)
    stepped(world, matter, [(Step.SIGNED, on)], by=giver)
    by: Actor = world.actor(giver)
    plain: dict[str, object] = {"contract_number": f"T-{next(NUMBERS)}", "signed_on": on}
    with at(on, hour=16):
        made = record_outcome(matter, claim(**{**plain, "kind": kind, **said}), by=by)
        if confirmed:
            confirm_outcome(made, by=world.actor(taker))
    return made
