"""What the organisations of the demo world keep of themselves: codes, nodes, contacts, papers.

All of it is told by their number in the data file and no chance is taken, so that the rest of
the story stays the same. Nothing here belongs to anybody: the codes name a district that does
not exist, and no telephone number at home begins with a zero after the code of its area.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from stdnum.cn import uscc

from portal.access import require
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.queries import DEMO_DOMAIN
from portal.actors import SYSTEM, Actor, person
from portal.alliances.queries import all_alliances
from portal.chain.models import ChainNode
from portal.commands.demo_story import DAY, Story, read
from portal.database import db
from portal.operations import operation
from portal.organisations.contacts import add_contact
from portal.organisations.models import ContactAudience, ContactKind, Qualification
from portal.organisations.operations import choose_nodes
from portal.organisations.qualifications import (
    Certificate,
    add_qualification,
    confirm_qualification,
)

#: An organisation says at how many nodes it works, at most.
NODES = 3
#: One in so many organisations has no code yet: the secretariat is asked for it.
WITHOUT_CODE = 8
#: How codes of each kind begin (GB 32100); all others are enterprises.
BEGINNINGS = {
    OrganisationKind.GOVERNMENT: "11",
    OrganisationKind.UNIVERSITY: "12",
    OrganisationKind.INSTITUTE: "12",
    OrganisationKind.ASSOCIATION: "51",
}
#: The last days of the certificates, from now on: valid, without end, about to expire, expired.
LAST_DAYS = (700, None, 20, -40)


def code_for(number: int, kind: OrganisationKind) -> str | None:
    """Return a code whose check character fits, of a district 000000 that does not exist."""
    if number % WITHOUT_CODE == WITHOUT_CODE - 1:
        return None
    plain = f"{BEGINNINGS.get(kind, '91')}000000MA{number:07d}"
    return f"{plain}{uscc.calc_check_digit(plain)}"


def tell_organisations(story: Story) -> None:
    """Plan what every organisation keeps of itself, and whose originals were seen."""
    kept: list[Qualification] = []
    story.at(story.now - 380 * DAY, lambda: _keep(story, kept))
    story.at(story.now - 300 * DAY, lambda: _see_originals(story, kept))


@operation
def _keep(story: Story, kept: list[Qualification]) -> None:
    """Let the manager of each organisation say what it does and how it is reached."""
    require(SYSTEM, "portal.load")  # one transaction for all of them: the demo is to be quick
    maps = {alliance.slug: alliance.chain_map_id for alliance in all_alliances()}
    nodes = {
        (each.chain_map_id, each.code): each.id for each in db.session.scalars(select(ChainNode))
    }
    organisations = {each.name: each for each in db.session.scalars(select(Organisation))}
    for number, row in enumerate(read("organisations")):
        organisation = organisations[row["name"]]
        by = person(story.managers[organisation.id].id, organisation.id)
        places = [maps[place["slug"]] for place in row["alliances"]]
        wanted = (nodes.get((place, code)) for code in row["nodes"] for place in places)
        found = [node_id for node_id in wanted if node_id is not None]
        choose_nodes(organisation, found[:NODES], by=by)
        _say_contacts(organisation, number, by)
        if organisation.kind in (OrganisationKind.ENTERPRISE, OrganisationKind.INSTITUTE):
            kept += _list_certificates(story, organisation, number, by)


def _say_contacts(organisation: Organisation, number: int, by: Actor) -> None:
    """Add one or two contacts, each audience about as often as the others; all to the first."""
    words, audiences = read("kept"), (*ContactAudience,)
    phones = words["phones"]
    place = (organisation.district or organisation.region).name
    said = (
        (ContactKind.PHONE, f"{phones[number % len(phones)]}-0000{1000 + number}"),
        (ContactKind.EMAIL, f"office{number:03d}@{DEMO_DOMAIN}"),
        (ContactKind.WECHAT, f"demo_office_{number:03d}"),
        (ContactKind.ADDRESS, words["address"] % place),
    )
    # The first one, whose people a visitor signs in as, shows all there is.
    for position, (kind, value) in enumerate(said[: 1 + number % 2 if number else 4]):
        add_contact(
            organisation,
            kind=kind,
            value=value,
            label=words["labels"][(number + position) % len(words["labels"])],
            shown_to=audiences[-1 - (number + position) % len(audiences)],
            by=by,
        )


def _list_certificates(
    story: Story, organisation: Organisation, number: int, by: Actor
) -> list[Qualification]:
    """Add up to two certificates, of every sort of last day, and all four to the first one."""
    made, papers = [], read("kept")["certificates"]
    for position in range(len(LAST_DAYS) if number == 0 else number % 3):
        name, issuer = papers[(number + position) % len(papers)]
        days: Any = LAST_DAYS[(number + position) % len(LAST_DAYS)]
        last_day = None if days is None else (story.now + timedelta(days=days)).date()
        certificate = Certificate(name, issuer, f"DEMO-{number:03d}-{position}", last_day)
        made.append(add_qualification(organisation, certificate, by=by))
    return made


@operation
def _see_originals(story: Story, kept: list[Qualification]) -> None:
    """Let a secretary see the original of every other certificate."""
    require(SYSTEM, "portal.load")
    for qualification in kept[::2]:
        organisation_id = qualification.organisation_id
        alliance_id = next(
            alliance_id
            for alliance_id, members in story.members.items()
            if any(each.id == organisation_id for each in members)
        )
        confirm_qualification(qualification, by=person(story.secretaries[alliance_id].id))
