"""Two records of one organisation become one, and nothing is lost or seen by the wrong people."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import journal, search
from portal.access import can, standing_of
from portal.accounts.models import Appointment, Organisation, OrganisationKind, Person
from portal.accounts.operations import create_organisation, grant_appointment
from portal.accounts.queries import former_names_of, organisation_named
from portal.actors import SYSTEM, Actor, person
from portal.alliances.models import Alliance, ChairTerm, Membership, Tier
from portal.alliances.operations import admit_organisation, withdraw_membership
from portal.chain.models import ChainNode
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.exchange import answering, operations
from portal.exchange.models import Interest, Listing, ListingVisibility, Naming
from portal.operations import operation
from portal.organisations.contacts import add_contact
from portal.organisations.merging import merge_organisations
from portal.organisations.models import ContactAudience, ContactKind
from portal.organisations.operations import choose_nodes, complete_code
from portal.organisations.queries import nodes_of
from portal.regions.queries import region_by_code
from portal.roles import Role
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World, content

RIGHT = "91110000600037341L"


def organisation(world: World, name: str) -> Organisation:
    return db.session.get_one(Organisation, world.organisation[name])


def double_of(world: World, *, alliance: str = "biomedicine") -> tuple[Organisation, Actor]:
    """Return a double of maker that lives in another alliance, and its manager."""
    region = region_by_code("BJ")
    assert region is not None
    double = create_organisation(
        name="甲氢能（北京）公司", kind=OrganisationKind.ENTERPRISE, region=region, by=SYSTEM
    )
    there = db.session.get_one(Alliance, world.alliance[alliance])
    admit_organisation(there, double, Tier.MEMBER, by=SYSTEM)
    stranger = db.session.get_one(Person, world.person["stranger"])
    grant_appointment(stranger, Role.MANAGER, scope_id=double.id, by=SYSTEM)
    return double, person(stranger.id, double.id)


@both_engines
def test_everything_moves_and_the_double_leads_there(context: None, world: World) -> None:
    maker = organisation(world, "maker")
    double, its_manager = double_of(world)
    complete_code(double, RIGHT, by=its_manager)
    node = db.session.scalars(select(ChainNode.id).limit(2)).all()
    choose_nodes(double, node, by=its_manager)
    choose_nodes(maker, node[:1], by=world.actor("manager"))
    contact = add_contact(
        double,
        kind=ContactKind.EMAIL,
        value="a@b.cn",
        label=None,
        shown_to=ContactAudience.PUBLIC,
        by=its_manager,
    )
    biomedicine = db.session.get_one(Alliance, world.alliance["biomedicine"])
    posted = operations.post_listing(
        biomedicine, content(title="归并前发布"), by=its_manager, submit=True
    )
    operations.publish_listing(posted, by=world.actor("other_secretary"))
    foreign = world.get(Listing, "foreign")
    answer = answering.send_interest(foreign, message="可供。", by=its_manager)

    merge_organisations(double, maker, by=world.actor("admin"), expected=double.version)

    db.session.expire_all()
    assert double.merged_into_id == maker.id
    assert (double.uscc, maker.uscc) == (None, RIGHT)
    assert posted.organisation_id == answer.organisation_id == maker.id
    assert contact.organisation_id == maker.id
    assert {each.id for each in nodes_of(maker.id)} == set(node)
    held = db.session.scalars(
        select(Membership.alliance_id).where(Membership.organisation_id == maker.id)
    )
    assert set(held) == {world.alliance["hydrogen"], world.alliance["biomedicine"]}
    for model in (Listing, Interest, Membership, ChairTerm):
        left = select(func.count()).select_from(model).where(model.organisation_id == double.id)
        assert db.session.scalar(left) == 0, model
    assert "甲氢能（北京）公司" in [each.name for each in former_names_of(maker.id)]
    assert organisation_named("甲氢能(北京)公司") is maker
    now = standing_of(person(world.person["stranger"], maker.id))
    # The survivor has its manager: nobody gains an organisation by work on the registry.
    assert (now[Role.MANAGER], now[Role.DELEGATE]) == (frozenset(), {maker.id})
    assert not standing_of(its_manager).roles
    lines = [line.verb for line, _d in journal.lines_about("organisation", double.id)]
    assert "organisation.merge" in lines
    assert "organisation.merge_exchange" in lines
    assert journal.verify().faults == ()


@both_engines
def test_search_finds_the_survivor_by_the_doubles_name(context: None, world: World) -> None:
    double, _manager = double_of(world)
    maker = organisation(world, "maker")
    anybody = standing_of(world.actor("anonymous"))

    def found(query: str) -> set[int]:
        rows = search.documents("organisation", query, anybody)
        assert rows is not None
        return {row.record_id for row in db.session.execute(rows)}

    assert found("甲氢能(北京)公司") == {double.id}
    merge_organisations(double, maker, by=world.actor("admin"))
    assert found("甲氢能(北京)公司") == {maker.id}


@both_engines
def test_what_was_shown_to_the_double_is_shown_to_the_survivor(context: None, world: World) -> None:
    """Confidential namings and held answers follow, and so does the index of the search."""
    double, _its_manager = double_of(world, alliance="hydrogen")
    chairer = organisation(world, "chairer")
    secret = operations.post_listing(
        db.session.get_one(Alliance, world.alliance["hydrogen"]),
        content(
            title="密件",
            visibility=ListingVisibility.CONFIDENTIAL,
            named_ids=[double.id, world.organisation["supplier"]],
        ),
        by=world.actor("delegate"),
        submit=True,
    )
    operations.publish_listing(secret, by=world.actor("secretary"))
    chair = standing_of(world.actor("chair"))
    assert not can(chair, "listing.view", secret)
    end = db.session.scalar(select(Membership).where(Membership.organisation_id == double.id))
    assert end is not None
    with pytest.raises(Refused):
        merge_organisations(double, chairer, by=world.actor("admin"))
    _leave(world, end)
    # Leaving took the naming away; it is named again by hand, as an old record would have it.
    _name_again(secret, double)
    merge_organisations(double, chairer, by=world.actor("admin"))
    assert can(chair, "listing.view", secret)
    rows = search.documents("listing", "密件", chair)
    assert rows is not None
    assert {row.record_id for row in db.session.execute(rows)} == {secret.id}
    named = db.session.scalars(select(Naming.organisation_id).where(Naming.listing_id == secret.id))
    assert set(named) == {chairer.id, world.organisation["supplier"]}


def _leave(world: World, membership: Membership) -> None:
    withdraw_membership(membership, by=world.actor("secretary"), note="重复。", basis="来函")


def _name_again(listing: Listing, organisation: Organisation) -> None:
    @operation
    def add() -> None:
        db.session.add(Naming(listing_id=listing.id, organisation_id=organisation.id))
        db.session.flush()
        db.session.expire(listing, ["namings"])
        operations.index(listing)

    add()


class TestAnswers:
    @both_engines
    def test_of_both_to_one_listing_one_keeps_the_place(self, context: None, world: World) -> None:
        double, its_manager = double_of(world)
        foreign = world.get(Listing, "foreign")
        first = answering.send_interest(foreign, message="一。", by=world.actor("delegate"))
        second = answering.send_interest(foreign, message="二。", by=its_manager)
        answering.accept_interest(second, by=world.actor("outsider"))
        merge_organisations(double, organisation(world, "maker"), by=world.actor("admin"))
        db.session.expire_all()
        assert first.organisation_id == second.organisation_id == world.organisation["maker"]
        assert first.released_at is not None
        assert second.released_at is None

    @both_engines
    def test_the_lesser_one_lapses_and_is_accepted_by_nobody(
        self, context: None, world: World
    ) -> None:
        double, its_manager = double_of(world)
        foreign = world.get(Listing, "foreign")
        first = answering.send_interest(foreign, message="一。", by=world.actor("delegate"))
        second = answering.send_interest(foreign, message="二。", by=its_manager)
        merge_organisations(double, organisation(world, "maker"), by=world.actor("admin"))
        db.session.expire_all()
        lesser, kept = sorted((first, second), key=lambda each: each.released_at is None)
        assert kept.released_at is None
        with pytest.raises(Refused):
            answering.accept_interest(lesser, by=world.actor("outsider"))
        verbs = [line.verb for line, _d in journal.lines_about("interest", lesser.id)]
        assert "interest.lapse" in verbs
        answering.accept_interest(kept, by=world.actor("outsider"))

    @both_engines
    def test_to_each_other_end(self, context: None, world: World) -> None:
        double, its_manager = double_of(world)
        answer = answering.send_interest(
            world.get(Listing, "public"), message="可供。", by=its_manager
        )
        merge_organisations(double, organisation(world, "maker"), by=world.actor("admin"))
        db.session.expire_all()
        assert answer.is_lapsed
        assert answer.released_at is not None


class TestRefusals:
    def refused(self, world: World, double: Organisation, into: Organisation) -> str:
        with pytest.raises(Refused) as refused:
            merge_organisations(double, into, by=world.actor("admin"))
        db.session.expire_all()
        assert double.is_current
        return str(refused.value.sentence)

    @both_engines
    def test_while_both_are_in_one_alliance(self, context: None, world: World) -> None:
        double, _manager = double_of(world, alliance="hydrogen")
        sentence = self.refused(world, double, organisation(world, "maker"))
        hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
        assert hydrogen.name in sentence
        mine = select(Appointment.scope_id).where(Appointment.person_id == world.person["stranger"])
        assert db.session.scalars(mine).all() == [double.id], "nothing had moved"

    def test_while_both_have_a_code(self, context: None, world: World) -> None:
        double, its_manager = double_of(world)
        maker = organisation(world, "maker")
        complete_code(double, RIGHT, by=its_manager)
        complete_code(maker, "91310000MA1K35UG5T", by=world.actor("manager"))
        assert "代码" in self.refused(world, double, maker)

    def test_into_itself_or_what_was_merged(self, context: None, world: World) -> None:
        double, _manager = double_of(world)
        maker = organisation(world, "maker")
        self.refused(world, double, double)
        merge_organisations(double, maker, by=world.actor("admin"))
        for one, other in ((double, maker), (organisation(world, "medic"), double)):
            with pytest.raises(Refused):
                merge_organisations(one, other, by=world.actor("admin"))

    def test_by_anybody_but_the_portal_administrator(self, context: None, world: World) -> None:
        double, its_manager = double_of(world)
        actors = [world.actor(who) for who in ("manager", "secretary", "other_secretary", "chair")]
        for by in (*actors, its_manager, SYSTEM):
            with pytest.raises(Denied):
                merge_organisations(double, organisation(world, "maker"), by=by)

    def test_with_an_old_preview(self, context: None, world: World) -> None:
        double, its_manager = double_of(world)
        seen = double.version
        complete_code(double, RIGHT, by=its_manager)
        with pytest.raises(Stale):
            merge_organisations(
                double, organisation(world, "maker"), by=world.actor("admin"), expected=seen
            )


def test_nobody_becomes_a_branch_of_itself(context: None, world: World) -> None:
    maker, supplier, chairer = (
        organisation(world, each) for each in ("maker", "supplier", "chairer")
    )
    double, _manager = double_of(world)
    _set_headquarters((supplier, double), (maker, supplier), (chairer, double))
    merge_organisations(double, maker, by=world.actor("admin"))
    db.session.expire_all()
    assert supplier.headquarters_id == chairer.headquarters_id == maker.id
    assert maker.headquarters_id is None


def _set_headquarters(*pairs: tuple[Organisation, Organisation]) -> None:
    @operation
    def write() -> None:
        for branch, above in pairs:
            branch.headquarters_id = above.id

    write()


@pytest.fixture
def double_id(app: Flask, world: World) -> int:
    """The number of a double of maker whose manager is `stranger`."""

    def make() -> int:
        with app.app_context():
            made = double_of(world)[0].id
            db.session.remove()
            return made

    return contextvars.Context().run(make)


class TestPages:
    def test_the_preview_says_what_moves_and_the_double_redirects(
        self, double_id: int, world: World, visit: Callable[..., Client]
    ) -> None:
        client, maker = visit("admin"), world.organisation["maker"]
        address = f"/organisations/{double_id}/merge"
        assert not client.soup(address).select("form[method=post] .btn-danger")
        preview = client.soup(f"{address}?into=北京甲氢能有限公司")
        facts = {row.dt.text: row.dd.text for row in preview.select(".facts-row")}  # type: ignore[union-attr]
        assert (facts["供需信息"], facts["成员资格"], facts["任职"]) == ("0", "1", "1")
        version = preview.select_one(".merge-preview input[name=version]")
        assert version is not None
        data = {"into": "北京甲氢能有限公司", "version": str(version["value"])}
        assert client.post(address, {**data, "version": "0"}).status_code == 409
        done = client.post(address, data)
        assert done.location == f"/organisations/{maker}"
        old = visit().open(f"/organisations/{double_id}", method="GET")
        assert (old.status_code, old.location) == (302, f"/organisations/{maker}")
        assert "甲氢能（北京）公司" in visit().soup(f"/organisations/{maker}").get_text()
        listed = [each.get_text() for each in visit().soup("/organisations").select(".row-title")]
        assert "北京甲氢能有限公司" in listed
        assert "甲氢能（北京）公司" not in listed
        assert client.post(address, {"into": data["into"]}).status_code == 422

    @pytest.mark.parametrize(
        "into", ["没有这家", "天津丙研究院丙", "%", "北京丁生物有限公司", "甲氢能(北京)公司"]
    )
    def test_an_impossible_one_is_refused_before_the_button(
        self, into: str, double_id: int, visit: Callable[..., Client]
    ) -> None:
        answer = visit("admin").get(f"/organisations/{double_id}/merge?into={quote(into)}")
        assert answer.status_code == 422
        assert "btn-danger" not in answer.text

    def test_people_of_the_double_go_on_in_the_same_session(
        self, double_id: int, visit: Callable[..., Client]
    ) -> None:
        client = visit("stranger")
        assert client.get("/listings/new").status_code == 200
        done = visit("admin").post(
            f"/organisations/{double_id}/merge", {"into": "北京甲氢能有限公司"}
        )
        assert done.status_code == 302
        assert client.get("/listings/new").status_code == 200
        account = client.soup("/desk").select_one(".account")
        assert account is not None
        assert "北京甲氢能有限公司" in account.get_text()
