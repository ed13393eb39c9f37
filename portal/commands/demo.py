"""`flask demo`: a believable world, built through operations and dated relative to today.

Every record is made by the same verbs that people use, as the people who may use them, so demo
data can never be illegal. The same seed tells the same story. Organisations and people are
invented; mobile numbers begin with 100, which no operator gives out.
"""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import click
from flask import current_app
from sqlalchemy import select

from portal import clock
from portal.access import require
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.accounts.operations import create_organisation, create_person, grant_appointment
from portal.accounts.passwords import hash_password
from portal.accounts.queries import DEMO_DOMAIN
from portal.actors import SYSTEM, Actor, person
from portal.alliances.models import Alliance, Tier
from portal.alliances.operations import admit_organisation, appoint_chair
from portal.alliances.queries import all_alliances
from portal.chain.models import ChainNode
from portal.commands.load import load_starter
from portal.database import db
from portal.exchange import answering, operations
from portal.exchange.models import Direction, Interest, Listing, ListingKind, ListingVisibility
from portal.exchange.operations import ListingContent
from portal.operations import operation
from portal.regions.queries import region_by_code
from portal.roles import Role

WORLD = Path(__file__).parent / "demo_world"
PASSWORD = "demo-portal-2026"  # noqa: S105 - shown on the page, wherever the demo world is loaded
SEED = 2026
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


@dataclass
class Story:
    """The world while it is being told: who is who, and what happens when."""

    now: datetime
    chance: random.Random
    people: dict[str, Person] = field(default_factory=dict)
    delegates: dict[int, Person] = field(default_factory=dict)
    secretaries: dict[int, Person] = field(default_factory=dict)
    members: dict[int, list[Organisation]] = field(default_factory=dict)
    tiers: dict[tuple[int, Tier], list[Organisation]] = field(default_factory=dict)
    roles: dict[str, Organisation] = field(default_factory=dict)
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


@cache
def read(name: str) -> Any:
    """Return one of the data files of the demo world."""
    return json.loads((WORLD / f"{name}.json").read_text(encoding="utf-8"))


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing where there is data already.")
def demo(if_empty: bool) -> None:
    """Build the demo world in an empty database."""
    if current_app.config["NAME"] == "production":
        raise click.ClickException("The demo world has no place on a production server.")
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        if if_empty:
            return
        raise click.ClickException("The database is not empty. Choose another DATABASE_URL.")
    story = build(datetime.now(UTC))
    click.echo(
        f"Demo world: {len(story.members)} alliances, {len(story.delegates)} organisations, "
        f"{db.session.query(Person).count()} people, {db.session.query(Listing).count()} listings, "
        f"{db.session.query(Interest).count()} interests."
    )


def build(now: datetime) -> Story:
    """Tell the whole story up to an instant (aware, UTC) and return who is who."""
    story = Story(now=now, chance=random.Random(SEED))  # noqa: S311 - a story, not a secret
    with clock.standing_still(now - 400 * DAY):
        load_starter("beijing-tianjin-hebei")
        password_hash = hash_password(PASSWORD)
        settle(story, password_hash)
    post_all(story)
    story.run()
    return story


@operation
def settle(story: Story, password_hash: str) -> None:
    """Found the organisations, invite the people, admit the members, fill the chairs."""
    require(SYSTEM, "portal.load")
    names, numbers = _names(story.chance), count(1)

    def someone(account: str | None = None) -> Person:
        number = next(numbers)
        address = f"{account or f'person{number:03d}'}@{DEMO_DOMAIN}"
        made = create_person(
            name=next(names),
            email=address,
            mobile=f"100{number:08d}",
            password_hash=password_hash if account else None,
            by=SYSTEM,
        )
        if account:
            story.people[account] = made
        return made

    alliances = {alliance.slug: alliance for alliance in all_alliances()}
    for alliance in alliances.values():
        keeper = someone("secretary" if alliance.slug == "hydrogen" else None)
        story.secretaries[alliance.id] = keeper
        grant_appointment(keeper, Role.SECRETARY, scope_id=alliance.id, by=SYSTEM)
    for row in read("organisations"):
        _found(story, row, alliances, someone)
    _offices(story, alliances["hydrogen"], someone)
    for alliance in alliances.values():
        _chairs(story, alliance)


def _names(chance: random.Random) -> Any:
    pools = read("names")
    full = [surname + given for surname in pools["surnames"] for given in pools["given"]]
    chance.shuffle(full)
    return iter(full)


def _found(story: Story, row: Any, alliances: dict[str, Alliance], someone: Any) -> None:
    """Create an organisation with its people and its memberships."""
    province, district = region_by_code(row["region"]), region_by_code(row["district"])
    if province is None:
        raise LookupError(row["region"])
    organisation = create_organisation(
        name=row["name"],
        kind=OrganisationKind(row["kind"]),
        region=province,
        district=district,
        summary=row["summary"],
        by=SYSTEM,
    )
    role = row.get("role")
    if role:
        story.roles[role] = organisation
    accounts = {
        "manager_and_delegate": ("manager", "delegate"),
        "hydrogen_chair": ("chair", None),
        "other": (None, "other"),
        "outsider": (None, "outsider"),
    }
    for_manager, for_delegate = accounts.get(role or "", (None, None))
    manager = someone(for_manager)
    grant_appointment(manager, Role.MANAGER, scope_id=organisation.id, by=SYSTEM)
    story.delegates[organisation.id] = manager
    if for_delegate or story.chance.random() < 0.8:
        delegate = someone(for_delegate)
        grant_appointment(delegate, Role.DELEGATE, scope_id=organisation.id, by=SYSTEM)
        story.delegates[organisation.id] = delegate
    for place in row["alliances"]:
        alliance, tier = alliances[place["slug"]], Tier(place["tier"])
        admit_organisation(alliance, organisation, tier, by=SYSTEM)
        story.members.setdefault(alliance.id, []).append(organisation)
        story.tiers.setdefault((alliance.id, tier), []).append(organisation)


def _offices(story: Story, hydrogen: Alliance, someone: Any) -> None:
    """Fill the offices beside the alliances: liaisons, the expert, the administrator."""
    for account, code in (("liaison.bj", "BJ"), ("liaison.he", "HE"), ("liaison.tj", "TJ")):
        region = region_by_code(code)
        if region is not None:
            grant_appointment(someone(account), Role.LIAISON, scope_id=region.id, by=SYSTEM)
    grant_appointment(someone("expert"), Role.EXPERT, scope_id=hydrogen.id, by=SYSTEM)
    grant_appointment(someone("admin"), Role.ADMINISTRATOR, scope_id=0, by=SYSTEM)


def _chairs(story: Story, alliance: Alliance) -> None:
    """Seat the chair organisation now, with one term before it and one after."""
    (now_chairing,) = story.tiers[(alliance.id, Tier.CHAIR)]
    before, after = story.tiers[(alliance.id, Tier.VICE_CHAIR)][:2]
    for organisation, days in ((before, -395), (now_chairing, -140), (after, 42)):
        begins = clock.start_of((story.now + days * DAY).astimezone(clock.LOCAL_ZONE).date())
        appoint_chair(
            alliance, organisation, story.delegates[organisation.id], from_at=begins, by=SYSTEM
        )


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
        respondents = others + story.members[chance.choice(list(story.members))]
    answers = chance.choices((0, 1, 2, 3), weights=(38, 34, 20, 8))[0]
    free = [
        each
        for each in dict.fromkeys(respondents)
        if each.id not in (owner.id, story.roles["other"].id if is_lead else 0)
    ]
    for organisation in chance.sample(free, min(2 if is_lead else answers, len(free))):
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
    message, reason = story.pick("interest"), story.pick("decline")
    later = when + chance.uniform(6, 90) * HOUR

    def answer() -> None:
        listing = made[0]
        if not listing.is_answerable:
            return
        interest = answering.send_interest(listing, message=message, by=by)
        if fate == "accept":
            story.at(later, lambda: answering.accept_interest(interest, by=owner_acts))
        elif fate == "decline":
            decline = lambda: answering.decline_interest(interest, by=owner_acts, note=reason)  # noqa: E731
            story.at(later, decline)
        elif fate == "withdraw":
            story.at(later, lambda: answering.withdraw_interest(interest, by=by))

    story.at(when, answer)


def _region_id(code: str | None) -> int | None:
    region = region_by_code(code) if code else None
    return region.id if region else None
