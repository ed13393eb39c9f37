"""Canaries: a word that stands nowhere else is put where few may look, then looked for everywhere.

Every page, every search and every workbook is opened as every person of the cast. Whoever may
see the field finds the word, nobody else does, wherever they look.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from flask import Flask
from lxml import html

from portal.access import can, may_see, standing_of
from portal.accounts.models import Organisation, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM, person
from portal.alliances.models import Alliance, Membership
from portal.database import db
from portal.exchange import answering, operations
from portal.exchange.models import Interest, Listing, ListingVisibility
from portal.exchange.workflow import LISTING
from portal.organisations.contacts import add_contact
from portal.organisations.models import ContactAudience, ContactKind, ContactPoint
from portal.roles import Role
from tests.client import Client
from tests.conftest import furnished
from tests.pages.case import address_of
from tests.pages.declared import HTML, WORKBOOKS
from tests.world import CAST, World, content

#: Where a word of each noun would be found by whoever searches for it.
IN_DIRECTORY = ("/organisations?q={}", "/alliances/hydrogen/members?q={}")
IN_LISTINGS = {
    "draft": ("/listings?state=draft&q={}",),
    "published": ("/listings?q={}", "/listings?alliance=hydrogen&q={}"),
    "closed": ("/listings?state=closed&q={}",),
}
ORGANISATIONS = ("maker", "supplier", "medic")


@dataclass(frozen=True)
class Canary:
    """A word, where it stands on a page of its own, and who may see it there."""

    word: str
    address: str
    allowed: frozenset[str]
    searches: tuple[str, ...] = IN_LISTINGS["published"]


def hide_contacts(world: World) -> dict[str, int]:
    """Give every organisation contacts for each audience; return their ids by their words."""
    found = {}
    manager = db.session.get_one(Person, world.person["manager"])
    for name in ORGANISATIONS:
        organisation = db.session.get_one(Organisation, world.organisation[name])
        # Somebody must consent; for a moment the manager of maker keeps the others as well.
        kept = None
        if name != "maker":
            kept = grant_appointment(manager, Role.MANAGER, scope_id=organisation.id, by=SYSTEM)
        by = person(manager.id, organisation.id)
        for audience in ContactAudience:
            for kind, word in (
                (ContactKind.WECHAT, f"raven_{name}_{audience.value}"),
                (ContactKind.ADDRESS, f"渡鸦路{name}{audience.value}号"),
                (ContactKind.PHONE, f"0{organisation.id}7{len(found):02d}55511"),
            ):
                made = add_contact(
                    organisation, kind=kind, value=word, label=None, shown_to=audience, by=by
                )
                found[word] = made.id
        if kept is not None:
            end_appointment(kept, by=SYSTEM)
    return found


def hide_listings(world: World) -> dict[str, int]:
    """Post one listing for each audience, and a draft; return their ids by their words."""
    found = {}
    delegate, keeper = world.actor("delegate"), world.actor("secretary")
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    for visibility in ListingVisibility:
        named = [world.organisation["supplier"]] if visibility == "confidential" else []
        for state in ("draft", "published", "closed"):
            word = f"夜莺{visibility.value}{state}"
            made = operations.post_listing(
                hydrogen,
                content(title=f"{word}题", specification=f"{word}文", cooperation=f"{word}式",
                        visibility=visibility, named_ids=named),
                by=delegate,
                submit=state != "draft",
            )  # fmt: skip
            if state != "draft":
                operations.publish_listing(made, by=keeper)
            if state == "closed":
                operations.close_listing(made, by=delegate)
            found[word] = made.id
    return found


def hide_answers(world: World) -> dict[str, int]:
    """Answer the listing that everybody sees; return the answers by their words."""
    listing = db.session.get_one(Listing, world.listing["foreign"])
    made = answering.send_interest(listing, message="布谷鸟答复", by=world.actor("supplier"))
    return {"布谷鸟答复": made.id}


def who_may(world: World, allows: Callable[[str], bool]) -> frozenset[str]:
    return frozenset(who for who in CAST if allows(who))


def hide_all(world: World) -> list[Canary]:
    """Hide every word; return them with who may find each."""
    contacts = hide_contacts(world)
    listings, answers = hide_listings(world), hide_answers(world)
    db.session.remove()
    standing = {who: standing_of(world.actor(who)) for who in CAST}
    found = []
    for word, number in contacts.items():
        contact = db.session.get_one(ContactPoint, number)
        allowed = who_may(world, lambda w, c=contact: can(standing[w], "contact_point.view", c))
        found.append(
            Canary(word, f"/organisations/{contact.organisation_id}", allowed, IN_DIRECTORY)
        )
    for word, number in listings.items():
        listing = db.session.get_one(Listing, number)
        allowed = who_may(world, lambda w, x=listing: can(standing[w], "listing.view", x))
        state = next(each for each in IN_LISTINGS if word.endswith(each))
        found.append(Canary(word, f"/listings/{number}", allowed, IN_LISTINGS[state]))
    for word, number in answers.items():
        interest = db.session.get_one(Interest, number)
        allowed = who_may(world, lambda w, x=interest: can(standing[w], "interest.view", x))
        found.append(Canary(word, f"/interests/{number}", allowed))
    applied = db.session.get_one(Membership, world.membership["applying"])
    word = "可提供冷链与检测能力"
    assert word in (applied.statement or "")
    allowed = who_may(world, lambda w: may_see(standing[w], applied, "history"))
    found.append(Canary(word, f"/memberships/{applied.id}", allowed))
    return found


@pytest.fixture(scope="module")
def canaries() -> list[Canary]:
    """Every word that was hidden, with who may find it."""
    return []


@pytest.fixture(scope="module")
def sqlite_template(
    sqlite_template: tuple[Path, World],
    tmp_path_factory: pytest.TempPathFactory,
    canaries: list[Canary],
) -> tuple[Path, World]:
    """The settled file with every word hidden in it, once for all who look for them."""

    def hide(_app: Flask, cast: World) -> None:
        canaries.extend(hide_all(cast))

    return furnished(sqlite_template, tmp_path_factory.mktemp("canaries"), hide)


def said_on(client: Client, address: str) -> str:
    """Return everything a page or a workbook says, without the echo of what was searched."""
    answer = client.open(address, method="GET")
    if answer.status_code != 200:
        return ""
    if answer.mimetype != "text/html":
        if answer.data[:2] != b"PK":
            return answer.text
        with ZipFile(BytesIO(answer.data)) as book:
            return book.read("xl/worksheets/sheet1.xml").decode()
    page = html.document_fromstring(answer.text)
    for echo in page.xpath("//*[@id='search'] | //input[@type='hidden'][@name='q']"):
        echo.drop_tree()
    # As XML, for as HTML the addresses in it would be written with percent signs.
    written = html.tostring(page, encoding="unicode", method="xml")
    return re.sub(r"\bq=[^&\"]*", "", written)


def test_some_may_see_each_and_some_may_not(world: World, canaries: list[Canary]) -> None:
    """Otherwise the looking below would prove nothing."""
    for canary in canaries:
        assert canary.allowed or "nobody" in canary.word or canary.word[0] == "0", canary
    hidden = [canary for canary in canaries if len(canary.allowed) < len(CAST)]
    assert len(hidden) > 15
    assert len({canary.word for canary in canaries}) == len(canaries)


@pytest.mark.parametrize("who", CAST)
def test_whoever_may_not_see_a_field_finds_it_nowhere(
    who: str, canaries: list[Canary], app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    client = visit(who)
    addresses = {address_of(app, world, case) for case in [*HTML, *WORKBOOKS]}
    addresses |= {canary.address for canary in canaries}
    addresses |= {f"/organisations/{number}" for number in world.organisation.values()}
    addresses |= {f"/organisations/{n}/contacts{end}" for n in world.organisation.values()
                  for end in ("", ".xlsx")}  # fmt: skip
    addresses |= {f"/listings{end}?state={state}" for state in LISTING.labels
                  for end in ("", ".xlsx")}  # fmt: skip
    addresses |= {"/interests?side=sent", "/interests.xlsx?side=sent", "/listings.xlsx?mine=1"}
    forbidden = [canary.word for canary in canaries if who not in canary.allowed]
    for address in sorted(addresses):
        said = said_on(client, address)
        assert not [word for word in forbidden if word in said], address
    # What may be searched is searched for by the words themselves.
    for canary in canaries:
        for pattern in () if who in canary.allowed else canary.searches:
            path, mark, rest = pattern.format(quote(canary.word)).partition("?")
            for each in (f"{path}{mark}{rest}", f"{path}.xlsx{mark}{rest}"):
                assert canary.word not in said_on(client, each), each


@pytest.mark.parametrize("who", CAST)
def test_whoever_may_see_a_field_finds_it(
    who: str, canaries: list[Canary], visit: Callable[..., Client]
) -> None:
    client = visit(who)
    for canary in canaries:
        if who in canary.allowed:
            assert canary.word in said_on(client, canary.address), canary
    directory = said_on(client, "/organisations"), said_on(client, "/organisations.xlsx")
    for canary in canaries:
        if canary.address.startswith("/organisations/"):
            for said in directory:
                assert (canary.word in said) is (who in canary.allowed), canary
