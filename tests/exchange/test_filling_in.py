"""The secretariat fills in a listing for a member; the member's own person publishes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.accounts.operations import grant_appointment
from portal.actors import ANONYMOUS, SYSTEM, person
from portal.alliances.models import Alliance
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange import filling_in, operations
from portal.exchange.fill_in_forms import FillInForm
from portal.exchange.models import Listing
from portal.exchange.queries import waiting_listings
from portal.exchange.workflow import ListingState
from portal.operations import operation
from portal.outbox import OutboxMessage
from portal.roles import Role
from tests.client import Client
from tests.world import World, content

Visit = Callable[..., Client]


def filled(world: World, **changed: object) -> Listing:
    return filling_in.fill_in_listing(
        db.session.get_one(Alliance, world.alliance["hydrogen"]),
        content(title="代填报的需求", **changed),
        db.session.get_one(Organisation, world.organisation["supplier"]),
        db.session.get_one(Person, world.person["supplier"]),
        by=world.actor("secretary"),
    )


def ids(world: World, who: str) -> set[int]:
    standing = operations.require(world.actor(who), "session.start")
    return {row.id for row in waiting_listings(standing, 50)}


class TestOperations:
    def test_the_member_publishes_what_the_secretary_filled_in(
        self, world: World, context: None
    ) -> None:
        listing = filled(world)
        assert listing.state is ListingState.PROPOSED
        assert listing.id in ids(world, "supplier") and listing.id not in ids(world, "secretary")
        filling_in.confirm_listing(listing, by=world.actor("supplier"))
        assert listing.state is ListingState.PUBLISHED
        assert listing.filled_in_by_id == world.person["secretary"]
        # From now on it is the member's: the secretary changes nothing in it any more.
        with pytest.raises(Denied):
            filling_in.propose_listing(listing, by=world.actor("secretary"))

    def test_the_secretary_never_publishes_it_alone(self, world: World, context: None) -> None:
        listing = filled(world)
        for publish in (filling_in.confirm_listing, operations.publish_listing):
            with pytest.raises((Denied, Refused)):
                publish(listing, by=world.actor("secretary"))

    def test_a_secretary_who_acts_for_the_member_too_is_no_second_pair(
        self, world: World, context: None
    ) -> None:
        me = db.session.get_one(Person, world.person["secretary"])
        supplier = world.organisation["supplier"]
        grant_appointment(me, Role.DELEGATE, scope_id=supplier, by=SYSTEM)
        listing = filled(world)
        with pytest.raises(Denied):
            filling_in.confirm_listing(listing, by=person(me.id, supplier))

    def test_sent_back_it_is_changed_and_asked_again(self, world: World, context: None) -> None:
        listing = filled(world)
        filling_in.decline_listing(listing, by=world.actor("supplier"), note="数量有误。")
        assert listing.state is ListingState.RETURNED and listing.id in ids(world, "secretary")
        filling_in.revise_listing(
            listing, content(title="改正后的需求"), by=world.actor("secretary")
        )
        assert (listing.state, listing.title) == (ListingState.PROPOSED, "改正后的需求")

    @pytest.mark.parametrize(
        ("organisation", "who"),
        [("medic", "outsider"), ("supplier", "delegate"), ("supplier", "stranger")],
    )
    def test_only_somebody_of_a_member_is_asked(
        self, world: World, context: None, organisation: str, who: str
    ) -> None:
        with pytest.raises(Refused):
            filling_in.fill_in_listing(
                db.session.get_one(Alliance, world.alliance["hydrogen"]),
                content(),
                db.session.get_one(Organisation, world.organisation[organisation]),
                db.session.get_one(Person, world.person[who]),
                by=world.actor("secretary"),
            )

    @pytest.mark.parametrize("who", ["delegate", "other_secretary", "chair", "admin", "anonymous"])
    def test_only_the_secretariat_of_the_alliance_fills_in(
        self, world: World, context: None, who: str
    ) -> None:
        with pytest.raises(Denied):
            filling_in.fill_in_listing(
                db.session.get_one(Alliance, world.alliance["hydrogen"]),
                content(),
                db.session.get_one(Organisation, world.organisation["supplier"]),
                db.session.get_one(Person, world.person["supplier"]),
                by=world.actor(who),
            )

    def test_nobody_else_sees_it_before_it_is_confirmed(self, world: World, visit: Visit) -> None:
        address = f"/listings/{world.listing['proposed']}"
        for who in ("supplier", "chair", "outsider", "liaison", "expert"):
            assert visit(who).get(address).status_code == 404
            assert "proposed 碳" not in visit(who).get("/listings?q=碳纤维&state=proposed").text

    def test_a_link_works_once_and_the_newest_alone(self, world: World, context: None) -> None:
        listing = filled(world)
        old = filling_in.make_confirmation_link(listing, by=world.actor("secretary"))
        new = filling_in.make_confirmation_link(listing, by=world.actor("secretary"))
        by = world.actor("supplier")
        with pytest.raises(Refused):
            filling_in.answer_by_link(old.link, by=by, opened_by=ANONYMOUS, confirms=True)
        filling_in.answer_by_link(new.link, by=by, opened_by=ANONYMOUS, confirms=True)
        assert listing.state is ListingState.PUBLISHED
        with pytest.raises((Refused, Denied)):
            filling_in.answer_by_link(new.link, by=by, opened_by=ANONYMOUS, confirms=True)

    def test_whoever_made_the_link_does_not_use_it(self, world: World, context: None) -> None:
        listing = filled(world)
        made = filling_in.make_confirmation_link(listing, by=world.actor("secretary"))
        with pytest.raises(Refused):
            filling_in.answer_by_link(
                made.link,
                by=world.actor("supplier"),
                opened_by=world.actor("secretary"),
                confirms=True,
            )
        assert listing.state is ListingState.PROPOSED and made.link.is_live

    def test_an_expired_link_opens_nothing(self, world: World, context: None) -> None:
        listing = filled(world)
        made = filling_in.make_confirmation_link(listing, by=world.actor("secretary"))
        later = clock.now() + filling_in.LINK_LIFETIME + timedelta(seconds=1)
        with clock.standing_still(later), pytest.raises(Refused):
            filling_in.answer_by_link(
                made.link, by=world.actor("supplier"), opened_by=ANONYMOUS, confirms=True
            )

    def test_the_person_is_told_what_was_answered_in_their_name(
        self, world: World, context: None
    ) -> None:
        listing = filled(world)
        made = filling_in.make_confirmation_link(listing, by=world.actor("secretary"))
        filling_in.answer_by_link(
            made.link, by=world.actor("supplier"), opened_by=ANONYMOUS, confirms=True
        )
        told = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert told is not None and told.recipient == "supplier@test.example"

    def test_a_maker_in_other_clothes_does_not_use_it_and_a_mobile_is_told(
        self, world: World, context: None
    ) -> None:
        listing = filled(world)
        made = filling_in.make_confirmation_link(listing, by=world.actor("secretary"))
        by, agent = world.actor("supplier"), world.person["expert"]
        with pytest.raises(Refused):
            filling_in.answer_by_link(
                made.link,
                by=by,
                opened_by=person(agent, None, world.person["secretary"]),
                confirms=True,
            )

        @operation
        def by_mobile_alone() -> None:
            listing.contact.email, listing.contact.mobile = None, "13900002222"

        by_mobile_alone()
        filling_in.answer_by_link(made.link, by=by, opened_by=ANONYMOUS, confirms=True)
        told = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert told is not None and told.recipient == "13900002222"

    @pytest.mark.parametrize("written", ["1-" + "9" * 5000, "9" * 10 + "-1", "-", "x-1"])
    def test_a_choice_out_of_bounds_is_nobody(self, context: None, written: str) -> None:
        form = FillInForm.__new__(FillInForm)
        form.member = SimpleNamespace(data=written)
        assert form.chosen_member == (0, 0)


class TestInTheBrowser:
    def test_filled_in_confirmed_from_a_chat_published(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        keeper, here = visit("secretary"), "/alliances/hydrogen/listings/fill-in"
        assert "代成员发布" in keeper.get("/alliances/hydrogen").text
        page = keeper.soup(f"{here}?secrecy=none")
        chosen = next(
            str(option["value"])
            for option in page.select("#member option")
            if "河北乙材料" in option.get_text() and "supplier" in option.get_text()
        )
        sent = {
            "secrecy": "none",
            "member": chosen,
            "direction": "supply",
            "title": "可供碳纤维",
            "specification": "T700，月产20吨。",
            "valid_until": (clock.today() + timedelta(days=30)).isoformat(),
            "visibility": "public",
            "submit": "1",
        }
        bad = keeper.post(here, {**sent, "member": ""})
        assert bad.status_code == 422 and "可供碳纤维" in bad.text
        assert keeper.post(here, {**sent, "secrecy": ""}).status_code == 422
        address = keeper.post(here, sent).location
        assert "秘书处代河北乙材料有限公司填报" in keeper.get(address).text
        shown = keeper.post(f"{address}/confirmation-link").text
        token = re.search(r"/listings/confirm/([\w-]{20,})", shown)
        assert token is not None
        link = f"/listings/confirm/{token[1]}"
        # The preview of a chat and the secretary publish nothing.
        assert "可供碳纤维" in visit().get(link).text
        assert keeper.post(link, {"answer": "confirm"}).status_code == 422
        assert visit().get(address).status_code == 302
        assert visit().post(link, {}).status_code == 422
        assert visit().post(link, {"answer": "confirm"}).status_code == 302
        assert "可供碳纤维" in visit().get(address).text
        assert "此链接已使用过" in visit().get(link).text

    def test_a_decline_asks_for_a_reason(self, world: World, visit: Visit) -> None:
        link = f"/listings/confirm/{world.token['listing']}"
        assert visit().post(link, {"answer": "decline"}).status_code == 422
        assert visit().post(link, {"answer": "decline", "reason": "数量有误"}).status_code == 302
        page = visit("secretary").get(f"/listings/{world.listing['proposed']}").text
        assert "数量有误" in page
        assert f"/listings/{world.listing['proposed']}/fill-in" in page

    def test_a_text_fills_the_form(self, world: World, visit: Visit) -> None:
        here = "/alliances/hydrogen/listings/paste"
        keeper = visit("secretary")
        answer = keeper.post(here, {"secrecy": "none", "text": "求购碳纤维缠绕产能，月产100只。"})
        assert answer.status_code == 200 and "求购碳纤维缠绕产能" in answer.text
        assert 'action="/alliances/hydrogen/listings/fill-in"' in answer.text
        assert 'id="member"' in answer.text


def test_due_today_and_overdue_stand_on_the_desk(world: World, visit: Visit) -> None:
    # "submitted" waits since five days, beyond any weekend of one working day.
    desk = visit("secretary").soup("/desk")
    rows = [row for row in desk.select(".listing-row") if "submitted" in row.get_text()]
    assert rows and rows[0].select_one(".due-late")
