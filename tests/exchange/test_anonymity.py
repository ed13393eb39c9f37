"""A canary: the name of who posted anonymously stands in no answer to who may not know it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from portal import clock
from portal.access import may_see, shown_to, standing_of
from portal.accounts.models import OrganisationKind
from portal.accounts.operations import create_organisation, create_person, grant_appointment
from portal.actors import SYSTEM
from portal.alliances.models import Alliance, Tier
from portal.alliances.operations import admit_organisation
from portal.database import db
from portal.errors import Denied
from portal.exchange import answering, operations
from portal.exchange.models import Direction, Interest, Listing
from portal.introductions.operations import propose_introduction
from portal.outbox import OutboxMessage
from portal.regions.queries import region_by_code
from portal.roles import Role
from tests.client import Client
from tests.world import CAST, World, content

Visit = Callable[..., Client]
#: In no other name, title or text of the world.
CANARY = "金丝雀匿名试验有限公司"
ENTITLED = {"secretary"}


@pytest.fixture
def hidden(world: World, context: None) -> Listing:
    """A public listing that the canary posted anonymously; supplier answered it."""
    region = region_by_code("TJ")
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    assert region is not None
    owner = create_organisation(
        name=CANARY, kind=OrganisationKind.ENTERPRISE, region=region, by=SYSTEM
    )
    world.organisation["canary"] = owner.id
    admit_organisation(hydrogen, owner, Tier.MEMBER, by=SYSTEM)
    someone = create_person(name="鸟", email="canary@test.example", by=SYSTEM)
    world.person["canary"], world.acts_for["canary"] = someone.id, "canary"
    grant_appointment(someone, Role.DELEGATE, scope_id=owner.id, by=SYSTEM)
    listing = operations.post_listing(
        hydrogen,
        content(title="匿名求购缠绕", is_anonymous=True),
        by=world.actor("canary"),
        submit=True,
    )
    operations.publish_listing(listing, by=world.actor("secretary"))
    sent = answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    world.listing["hidden"], world.interest["hidden"] = listing.id, sent.id
    return listing


def addresses(world: World) -> list[str]:
    listing, interest = world.listing["hidden"], world.interest["hidden"]
    return [
        "/",
        "/desk",
        "/listings",
        "/listings?alliance=hydrogen",
        "/listings?q=匿名求购",
        "/listings.xlsx",
        f"/listings/{listing}",
        f"/listings/{listing}/poster",
        f"/listings/{listing}/guest-answer",
        f"/listings/{listing}/guest-answer/thanks",
        f"/listings/{listing}/introduce",
        f"/listings/{world.listing['foreign']}/introduce",
        "/interests?side=sent",
        "/interests.xlsx?side=sent",
        f"/interests/{interest}",
        "/introductions",
        "/messages",
        "/monitor",
        "/monitor/listings",
        "/matters",
        "/outcomes",
    ]


def words_in(data: bytes) -> str:
    """Return what an answer says, a workbook's cells included."""
    if not data.startswith(b"PK"):
        return data.decode()
    with ZipFile(BytesIO(data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if "xml" in name)


@pytest.mark.parametrize("who", [who for who in CAST if who not in ENTITLED])
def test_the_name_stands_in_no_answer(
    world: World, hidden: Listing, visit: Visit, who: str
) -> None:
    client = visit(who)
    for address in addresses(world):
        answer = client.open(address, method="GET")
        assert CANARY not in words_in(answer.data), (who, address)
    # Nor is the listing found by it, or on the page of the organisation.
    owner = world.organisation["canary"]
    for address in (f"/listings?q={CANARY}", f"/organisations/{owner}"):
        text = client.open(address, method="GET").text
        assert "匿名求购缠绕" not in text, (who, address)


@pytest.mark.parametrize("who", ["secretary", "canary"])
def test_the_secretariat_and_the_own_people_see_it(
    world: World, hidden: Listing, visit: Visit, who: str
) -> None:
    client = visit(who)
    assert CANARY in client.get(f"/listings/{hidden.id}").text
    assert "匿名求购缠绕" in client.get(f"/organisations/{world.organisation['canary']}").text


def test_others_read_region_alliance_and_kind(hidden: Listing, visit: Visit) -> None:
    text = visit().get(f"/listings/{hidden.id}").text
    assert "匿名单位（天津市 · 京津冀氢能产业联盟 · 企业）" in text
    assert "匿名单位" in visit().get("/listings").text


def test_whoever_is_accepted_sees_the_name_and_nobody_else(
    world: World, hidden: Listing, visit: Visit
) -> None:
    interest = db.session.get_one(Interest, world.interest["hidden"])
    answering.accept_interest(interest, by=world.actor("canary"))
    assert CANARY in visit("supplier").get(f"/interests/{interest.id}").text
    assert CANARY in visit("supplier").get(f"/listings/{hidden.id}").text
    assert CANARY in visit("supplier").get("/interests?side=sent").text
    for who in ("chair", "outsider", "anonymous"):
        assert CANARY not in visit(who).get(f"/listings/{hidden.id}").text


def test_a_declined_answer_does_not_tell_who_declined(
    world: World, hidden: Listing, visit: Visit
) -> None:
    interest = db.session.get_one(Interest, world.interest["hidden"])
    answering.decline_interest(interest, by=world.actor("canary"), note="产能已满。")
    text = visit("supplier").get(f"/interests/{interest.id}").text
    assert "产能已满。" in text and CANARY not in text


def test_an_introduction_does_not_tell_it_either(
    world: World, hidden: Listing, visit: Visit
) -> None:
    hydrogen = hidden.alliance
    supply = operations.post_listing(
        hydrogen,
        content(title="可供缠绕", direction=Direction.SUPPLY),
        by=world.actor("chair"),
        submit=True,
    )
    operations.publish_listing(supply, by=world.actor("secretary"))
    for who in ("liaison", "other_secretary"):  # who may not know whose it is
        with pytest.raises(Denied):
            propose_introduction(hidden, supply, line="匹配。", by=world.actor(who))
    made = propose_introduction(hidden, supply, line="匹配。", by=world.actor("secretary"))
    for address in ("/introductions", f"/introductions/{made.id}", "/desk"):
        assert CANARY not in visit("chair").get(address).text, address
    bodies = db.session.scalars(
        select(OutboxMessage.body).where(OutboxMessage.recipient == "chair@test.example")
    ).all()
    assert bodies and not any(CANARY in body for body in bodies)
    token = re.search(r"/introductions/answer/([\w-]+)", bodies[-1], re.ASCII)
    assert token is not None
    text = visit().get(f"/introductions/answer/{token[1]}").text
    assert "匿名求购缠绕" in text and CANARY not in text


@pytest.mark.parametrize("who", list(CAST))
def test_the_record_and_the_list_hide_it_from_the_same(
    world: World, hidden: Listing, who: str
) -> None:
    standing = standing_of(world.actor(who))
    shown = select(Listing.id).where(shown_to(standing, Listing, "owner"), Listing.id == hidden.id)
    assert (db.session.scalar(shown) is not None) == may_see(standing, hidden, "owner")


def test_it_is_chosen_in_the_form(world: World, visit: Visit) -> None:
    sent = {
        "secrecy": "none",
        "direction": "demand",
        "title": "匿名求购阀门",
        "specification": "35MPa瓶口阀。",
        "valid_until": (clock.today() + timedelta(days=9)).isoformat(),
        "visibility": "public",
        "is_anonymous": "y",
        "save": "1",
    }
    address = visit("delegate").post("/listings/new", sent).location
    assert "匿名发布" in visit("delegate").get(address).text
    form = visit("delegate").soup(f"{address}/edit").select_one("#is_anonymous")
    assert form is not None and form.has_attr("checked")
