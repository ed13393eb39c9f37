"""More than a year of deals in the demo world, so that its monitor has something to tell.

Each is a supply that somebody of another organisation took up: posted, published, answered,
accepted, moved step by step to a signature, and its outcome confirmed by both sides; all of it
operations at their own past instants, as in the rest of the story.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.accounts.models import Organisation
from portal.actors import Actor, person
from portal.alliances.models import Alliance
from portal.alliances.queries import all_alliances
from portal.commands.demo_story import DAY, HOUR, Story, read
from portal.exchange import answering, operations
from portal.exchange.content import ListingContent
from portal.exchange.models import Direction, Interest, Listing, ListingKind, ListingVisibility
from portal.matters.models import Matter
from portal.matters.operations import take_step
from portal.matters.queries import matter_of
from portal.matters.recording import record_outcome
from portal.matters.steps import Step
from portal.outcomes.models import Disclosure, OutcomeKind
from portal.outcomes.operations import Claim, confirm_outcome

#: So many deals, of which so many in a hundred lead from the first region to the others.
DEALS, IN_FRONT = 56, 60
#: So many in a hundred are contracts of the year before, entered only now.
FROM_BEFORE = 35
FEN_PER_WAN = 1_000_000
#: Between the posting and the signature; the oldest was posted when the world was young.
LONGEST, OLDEST = 60, 390
KINDS = (OutcomeKind.CONTRACT,) * 6 + (OutcomeKind.LANDING, OutcomeKind.INVESTMENT)


def tell_flows(story: Story) -> None:
    """Plan the deals."""
    # Of its own, so that what else happens in the story stays as it was.
    chance = random.Random(20260701)  # noqa: S311 - a story, not a secret
    alliances = all_alliances()
    texts = [row for row in read("listings") if row["direction"] == "supply"]
    taken = {each.id for each in story.roles.values()}
    for number in range(DEALS):
        alliance = chance.choice(alliances)
        free = [each for each in story.members[alliance.id] if each.id not in taken]
        giver, taker = _sides(chance, free)
        # Twice as many in the second half as in the first.
        age = OLDEST * (1 - chance.random() ** 0.6) + 5
        if number == 0:
            age = OLDEST  # so that all of last year is on record, and may be compared with
        is_from_before = number == 0 or chance.randrange(100) < FROM_BEFORE
        text = chance.choice(texts)
        earlier = 365 * DAY if is_from_before else 0 * DAY
        posted = story.now - age * DAY
        _plan(story, chance, alliance, (giver, taker), text, posted, earlier)


def _sides(chance: random.Random, free: list[Organisation]) -> tuple[Organisation, Organisation]:
    """Return who gives and who takes; mostly from the first region to the others."""
    first = min(each.region.position for each in free)
    within = [each for each in free if each.region.position == first]
    beyond = [each for each in free if each.region.position != first]
    if within and beyond and chance.randrange(100) < IN_FRONT:
        return chance.choice(within), chance.choice(beyond)
    giver, taker = chance.sample(free, 2)
    return giver, taker


def _plan(
    story: Story,
    chance: random.Random,
    alliance: Alliance,
    sides: tuple[Organisation, Organisation],
    text: Any,
    posted: datetime,
    earlier: timedelta,
) -> None:
    """Plan one deal; `earlier` dates its contract back, to before the portal was there."""
    content = ListingContent(
        direction=Direction.SUPPLY,
        title=text["title"],
        specification=text["specification"],
        valid_until=clock.day_of(posted + 300 * DAY),
        visibility=ListingVisibility.PUBLIC,
        kind=ListingKind(text["kind"]),
    )
    gives, takes = (story.acting(side) for side in sides)
    keeper = person(story.secretaries[alliance.id].id)
    made: list[Listing] = []
    story.at(
        posted,
        lambda: made.append(operations.post_listing(alliance, content, by=gives, submit=True)),
    )
    story.at(posted + 8 * HOUR, lambda: operations.publish_listing(made[0], by=keeper))
    message = chance.choice(read("messages")["interest"])
    waits = [chance.uniform(1, LONGEST / 5) * DAY for _step in range(5)]
    value = chance.choice((45, 90, 160, 320, 580, 960, 2400)) * FEN_PER_WAN
    said = {
        "kind": chance.choice(KINDS),
        "disclosure": chance.choice(list(Disclosure)),
        "value_fen": value,
        "technology_fen": value * chance.choice((0, 3, 5, 8)) // 10,
        "may_publish": chance.random() < 0.7,
    }

    def answer() -> None:
        interest = answering.send_interest(made[0], message=message, by=takes)
        story.at(clock.now() + waits[1], lambda: accept(interest))

    def accept(interest: Interest) -> None:
        answering.accept_interest(interest, by=gives)
        matter = matter_of(interest.id)
        if matter is not None:
            _walk(story, matter, gives, takes, waits[2:], said, earlier)
            story.at(clock.now() + DAY, lambda: operations.match_listing(made[0], by=gives))

    story.at(posted + waits[0], answer)


def _walk(
    story: Story,
    matter: Matter,
    gives: Actor,
    takes: Actor,
    waits: list[Any],
    said: dict[str, Any],
    earlier: timedelta,
) -> None:
    """Plan the steps of a matter up to its outcome."""
    when = clock.now()
    for step, wait in zip((Step.CONTACTED, Step.SAMPLES, Step.SIGNED), waits, strict=True):
        when += wait
        if step in matter.steps:
            story.at(when, lambda step=step: take_step(matter, step, by=gives))  # type: ignore[misc]

    def conclude() -> None:
        number = f"HT-{clock.today():%Y%m%d}-{matter.id:03d}"
        claim = Claim(
            title=matter.title,
            signed_on=clock.today() - earlier,
            contract_number=number,
            original_seen=True,
            **said,
        )
        outcome = record_outcome(matter, claim, by=gives)
        confirm = lambda: confirm_outcome(outcome, by=takes, may_publish=said["may_publish"])  # noqa: E731
        story.at(clock.now() + 2 * DAY, confirm)

    story.at(when + HOUR, conclude)
