"""What happens in the demo world: every listing from its posting to its end.

Each step is an operation of the person who may take it, at its own past instant; all steps run
in the order of time, so that the journal reads like one.
"""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.actors import Actor, person
from portal.alliances.models import Alliance, Tier
from portal.alliances.queries import all_alliances
from portal.chain.models import ChainNode
from portal.database import db
from portal.exchange import answering, operations
from portal.exchange.content import ListingContent
from portal.exchange.models import Direction, Interest, Listing, ListingKind, ListingVisibility
from portal.regions.queries import region_by_code

WORLD = Path(__file__).parent / "demo_world"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

#: How the listings of the story end, in shares of a hundred.
FATES = {
    "open": 58,
    "expired": 6,
    "submitted": 9,
    "returned": 4,
    "draft": 5,
    "paused": 4,
    "match": 8,
    "close": 6,
}


@cache
def read(name: str) -> Any:
    """Return one of the data files of the demo world."""
    return json.loads((WORLD / f"{name}.json").read_text(encoding="utf-8"))


@dataclass
class Story:
    """The world while it is being told: who is who, and what happens when."""

    now: datetime
    chance: random.Random
    people: dict[str, Person] = field(default_factory=dict)
    managers: dict[int, Person] = field(default_factory=dict)
    delegates: dict[int, Person] = field(default_factory=dict)
    secretaries: dict[int, Person] = field(default_factory=dict)
    members: dict[int, list[Organisation]] = field(default_factory=dict)
    tiers: dict[tuple[int, Tier], list[Organisation]] = field(default_factory=dict)
    roles: dict[str, Organisation] = field(default_factory=dict)
    #: What goes on with an accepted answer: (story, interest, owner's actor, partner's actor).
    followed: list[Callable[[Story, Interest, Actor, Actor], None]] = field(default_factory=list)
    events: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    tickets: Any = field(default_factory=count)

    def at(self, when: datetime, what: Callable[[], None]) -> None:
        """Let something happen at an instant; what would lie ahead of now happens not at all."""
        if when < self.now:
            heapq.heappush(self.events, (when, next(self.tickets), what))

    def run(self) -> None:
        """Let everything happen in the order of time."""
        while self.events:
            when, _ticket, what = heapq.heappop(self.events)
            with clock.standing_still(when):
                what()

    def acting(self, organisation: Organisation) -> Actor:
        """Return the actor of an organisation's own delegate."""
        return person(self.delegates[organisation.id].id, organisation.id)

    def pick(self, name: str) -> str:
        """Return one of the messages of a kind."""
        return str(self.chance.choice(read("messages")[name]))


def post_all(story: Story) -> None:
    """Plan every listing of the story, from its posting to its end."""
    alliances = {alliance.slug: alliance for alliance in all_alliances()}
    nodes = {
        (node.chain_map_id, node.code): node.id for node in db.session.scalars(select(ChainNode))
    }
    organisations = {
        organisation.name: organisation for organisation in db.session.scalars(select(Organisation))
    }
    fates = [fate for fate, share in FATES.items() for _each in range(share)]
    for row in read("listings"):
        alliance = alliances[row["alliance"]]
        is_lead = row.get("story") == "lead"
        owner = organisations[row["organisation"]]
        fate = "open" if is_lead else story.chance.choice(fates)
        _post(story, row, alliance, owner, fate, nodes)


def _post(
    story: Story,
    row: Any,
    alliance: Alliance,
    owner: Organisation,
    fate: str,
    nodes: dict[tuple[int, str], int],
) -> None:
    """Plan one listing: posted, reviewed, answered, ended, each as its own operation."""
    chance, is_lead = story.chance, row.get("story") == "lead"
    age = chance.uniform(0.3, 6) if fate in ("submitted", "draft") else chance.uniform(3, 170)
    posted = story.now - (3 * DAY if is_lead else age * DAY)
    last_day = (story.now + chance.uniform(12, 160) * DAY).date()
    if fate == "expired":
        posted = story.now - chance.uniform(60, 170) * DAY
        last_day = (story.now - chance.uniform(2, 40) * DAY).date()
    visibility = chance.choices(list(ListingVisibility), weights=(60, 33, 7))[0]
    if is_lead:
        visibility = ListingVisibility.PUBLIC
    others = [each for each in story.members[alliance.id] if each.id != owner.id]
    named = chance.sample(others, 3) if visibility is ListingVisibility.CONFIDENTIAL else []
    content = ListingContent(
        direction=Direction(row["direction"]),
        title=row["title"],
        specification=row["specification"],
        valid_until=last_day,
        visibility=visibility,
        kind=ListingKind(row["kind"]),
        chain_node_id=nodes[(alliance.chain_map_id, row["chain_node"])],
        wanted_region_id=_region_id(row["wanted_region"]),
        amount_fen=None if row["amount_wan"] is None else round(row["amount_wan"] * 1_000_000),
        cooperation=row["cooperation"],
        is_anonymous=row.get("anonymous", False),
        named_ids=[each.id for each in named],
    )
    made: list[Listing] = []

    def step(after: timedelta, what: Callable[[], Any]) -> None:
        story.at(posted + after, what)

    owner_acts = story.acting(owner)
    if is_lead:
        owner_acts = person(story.people["delegate"].id, owner.id)
    keeper = person(story.secretaries[alliance.id].id)
    with_submit = fate != "draft"
    step(0 * DAY, lambda: made.append(
        operations.post_listing(alliance, content, by=owner_acts, submit=with_submit)
    ))  # fmt: skip
    if fate in ("draft", "submitted"):
        return
    if fate == "returned":
        step(9 * HOUR, lambda: operations.return_listing(
            made[0], by=keeper, note=story.pick("return")
        ))  # fmt: skip
        return
    step(chance.uniform(2, 20) * HOUR, lambda: operations.publish_listing(made[0], by=keeper))
    respondents = named or others
    if visibility is ListingVisibility.PUBLIC and chance.random() < 0.3:
        # From another chain come institutes and the like: who makes something else supplies none.
        guests = story.members[chance.choice(list(story.members))]
        respondents = others + [
            each for each in guests if each.kind is not OrganisationKind.ENTERPRISE
        ]
    answers = chance.choices((0, 1, 2, 3), weights=(38, 34, 20, 8))[0]
    free = [
        each
        for each in dict.fromkeys(respondents)
        if each.id != owner.id and not (is_lead and _spoils_the_lead(story, each))
    ]
    for organisation in chance.sample(free, min(1 if is_lead else answers, len(free))):
        _answer(
            story, made, organisation, owner_acts, posted + chance.uniform(1, 12) * DAY, is_lead
        )
    life = max(1.0, (story.now - posted) / DAY - 1)
    ending = chance.uniform(0.7, 1) * life * DAY + DAY
    if fate == "paused":
        step(ending, lambda: operations.pause_listing(
            made[0], by=owner_acts, note=story.pick("pause")
        ))  # fmt: skip
    elif fate == "match":
        step(ending, lambda: operations.match_listing(made[0], by=owner_acts))
    elif fate == "close":
        step(ending, lambda: operations.close_listing(
            made[0], by=owner_acts, note=story.pick("close")
        ))  # fmt: skip


def _answer(
    story: Story,
    made: list[Listing],
    organisation: Organisation,
    owner_acts: Actor,
    when: datetime,
    is_lead: bool,
) -> None:
    """Plan one answer and what becomes of it."""
    chance = story.chance
    by = story.acting(organisation)
    if is_lead:
        when = story.now - chance.uniform(4, 30) * HOUR
    fate = "wait" if is_lead else chance.choices(
        ("accept", "decline", "withdraw", "wait"), weights=(42, 18, 8, 32)
    )[0]  # fmt: skip
    message = str(read("messages")["lead"]) if is_lead else story.pick("interest")
    reason = story.pick("decline")
    later = when + chance.uniform(6, 90) * HOUR

    def accept(interest: Interest) -> None:
        answering.accept_interest(interest, by=owner_acts)
        for follow in story.followed:
            follow(story, interest, owner_acts, by)

    def answer() -> None:
        listing = made[0]
        if not listing.is_answerable:
            return
        interest = answering.send_interest(listing, message=message, by=by)
        if fate == "accept":
            story.at(later, lambda: accept(interest))
        elif fate == "decline":
            decline = lambda: answering.decline_interest(interest, by=owner_acts, note=reason)  # noqa: E731
            story.at(later, decline)
        elif fate == "withdraw":
            story.at(later, lambda: answering.withdraw_interest(interest, by=by))

    story.at(when, answer)


def _region_id(code: str | None) -> int | None:
    region = region_by_code(code) if code else None
    return region.id if region else None


def _spoils_the_lead(story: Story, organisation: Organisation) -> bool:
    """Tell who must not answer the lead story: a neighbour, or the one a visitor answers as."""
    is_neighbour = organisation.region.code == story.roles["manager_and_delegate"].region.code
    is_maker = organisation.kind is OrganisationKind.ENTERPRISE
    return is_neighbour or not is_maker or organisation is story.roles["other"]
