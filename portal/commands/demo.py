"""`flask demo`: a believable world, built through operations and dated relative to today.

Every record is made by the same verbs that people use, as the people who may use them, so demo
data can never be illegal. The same seed tells the same story. Organisations and people are
invented; mobile numbers begin with 100, which no operator gives out.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import count
from typing import Any

import click
from flask import current_app
from sqlalchemy import select

from portal import clock
from portal.access import require
from portal.accounts.models import OrganisationKind, Person
from portal.accounts.operations import create_organisation, create_person, grant_appointment
from portal.accounts.queries import DEMO_DOMAIN, has_demo_world
from portal.actors import SYSTEM, person
from portal.alliances.models import Alliance, Tier
from portal.alliances.operations import admit_organisation, appoint_chair
from portal.alliances.queries import all_alliances
from portal.commands.demo_alliances import tell_alliances
from portal.commands.demo_ballots import tell_ballots
from portal.commands.demo_dues import tell_dues
from portal.commands.demo_filled_in import tell_filled_in
from portal.commands.demo_flows import tell_flows
from portal.commands.demo_guests import tell_guests
from portal.commands.demo_introductions import tell_introductions
from portal.commands.demo_matters import follow_matter, tell_meetings
from portal.commands.demo_meetings import tell_councils
from portal.commands.demo_organisations import code_for, tell_organisations
from portal.commands.demo_papers import draft_report
from portal.commands.demo_research import tell_projects
from portal.commands.demo_rotation import tell_rotation
from portal.commands.demo_story import DAY, Story, post_all, read
from portal.commands.load import load_starter
from portal.database import db
from portal.exchange.models import Interest, Listing
from portal.inbox.models import Message
from portal.inbox.operations import read_message
from portal.matters.models import Matter
from portal.monitor import cells
from portal.operations import earlier_result, keep_receipt, operation
from portal.outcomes.models import Outcome
from portal.regions.queries import region_by_code
from portal.research.models import Project
from portal.roles import Role
from portal.sign_in.passwords import hash_password

PASSWORD = "demo-portal-2026"  # noqa: S105 - shown on the page, wherever the demo world is loaded
SEED = 2026
#: The receipt of a demo world that was built to its end.
TOLD = "demo-world"


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing where there is data already.")
def demo(if_empty: bool) -> None:
    """Build the demo world in an empty database."""
    if current_app.config["NAME"] == "production":
        raise click.ClickException("The demo world has no place on a production server.")
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        if has_demo_world() and not is_told():
            raise click.ClickException(
                "The demo world was interrupted while it was being built. Remove the database "
                f"({db.engine.url.render_as_string()}) and start again."
            )
        if if_empty:
            return
        raise click.ClickException("The database is not empty. Choose another DATABASE_URL.")
    story = build(datetime.now(UTC))
    click.echo(
        f"Demo world: {len(story.members)} alliances, {len(story.delegates)} organisations, "
        f"{db.session.query(Person).count()} people, {db.session.query(Listing).count()} listings, "
        f"{db.session.query(Interest).count()} interests, "
        f"{db.session.query(Matter).count()} matters, "
        f"{db.session.query(Outcome).count()} outcomes, "
        f"{db.session.query(Project).count()} joint projects."
    )


def build(now: datetime) -> Story:
    """Tell the whole story up to an instant (aware, UTC) and return who is who."""
    story = Story(now=now, chance=random.Random(SEED))  # noqa: S311 - a story, not a secret
    with clock.standing_still(now - 400 * DAY):
        load_starter("beijing-tianjin-hebei")
        password_hash = hash_password(PASSWORD)
        settle(story, password_hash)
    story.followed.append(follow_matter)
    post_all(story)
    tell_flows(story)
    tell_alliances(story)
    tell_organisations(story)
    tell_councils(story)
    tell_ballots(story)
    tell_dues(story)
    tell_filled_in(story)
    story.at(now - 0.2 * DAY, lambda: tell_meetings(story))
    story.at(now - 1.5 * DAY, lambda: tell_introductions(story))
    story.at(now - 2.5 * DAY, lambda: tell_guests(story))
    tell_rotation(story)
    tell_projects(story)
    story.run()
    _read_what_is_old(now)
    cells.catch_up_wholly(by=SYSTEM)
    with clock.standing_still(now):
        draft_report(story)
    _conclude(story.people["admin"])
    return story


@operation
def _read_what_is_old(now: datetime) -> None:
    """Let everybody have read their messages but those of the last days."""
    require(SYSTEM, "portal.load")
    for message in db.session.scalars(select(Message).where(Message.at < now - 6 * DAY)):
        read_message(message, by=person(message.person_id))


@operation
def _conclude(narrator: Person) -> None:
    """Leave the proof that the story was told to its end: it is many transactions, not one."""
    require(SYSTEM, "portal.load")
    keep_receipt(TOLD, narrator)


def is_told() -> bool:
    """Tell whether the demo world here is whole."""
    return earlier_result(Person, TOLD) is not None


@operation
def settle(story: Story, password_hash: str) -> None:
    """Found the organisations, invite the people, admit the members, seat the first chairs."""
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
    for number, row in enumerate(read("organisations")):
        _found(story, row, alliances, someone, code_for(number, OrganisationKind(row["kind"])))
    _offices(story, alliances["hydrogen"], someone)
    for alliance in alliances.values():
        _chairs(story, alliance)


def _names(chance: random.Random) -> Any:
    pools = read("names")
    full = [surname + given for surname in pools["surnames"] for given in pools["given"]]
    chance.shuffle(full)
    return iter(full)


def _found(
    story: Story, row: Any, alliances: dict[str, Alliance], someone: Any, uscc: str | None
) -> None:
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
        uscc=uscc,
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
    story.managers[organisation.id] = story.delegates[organisation.id] = manager
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
    """Seat the first chair, from paper; the terms after it are planned (`demo_rotation.py`)."""
    first = story.tiers[(alliance.id, Tier.VICE_CHAIR)][0]
    begins = clock.start_of(clock.day_of(story.now - 395 * DAY))
    holder = story.delegates[first.id]
    appoint_chair(alliance, first, holder, from_at=begins, by=SYSTEM)
