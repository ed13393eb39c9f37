"""Guests answer a public listing with two fields; nothing counts until an organisation says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import create_organisation
from portal.actors import ANONYMOUS, SYSTEM
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange import answering
from portal.exchange.models import Interest, Listing
from portal.exchange.operations import close_listing
from portal.exchange.workflow import InterestState
from portal.guests import operations, queries
from portal.guests.models import GuestAnswer
from portal.guests.workflow import GuestAnswerState
from portal.journal import JournalLine
from portal.matters.queries import matter_of
from portal.operations import operation
from portal.regions.queries import region_by_code
from portal.sign_in import inviting
from portal.workflow import awaiting
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
NAME, NUMBER = "天津己缠绕有限公司", "13900001111"


def give(world: World, name: str = NAME, number: str = NUMBER, **more: str) -> GuestAnswer:
    listing = world.get(Listing, "public")
    return operations.give_guest_answer(listing, name=name, mobile=number, by=ANONYMOUS, **more)


def place(world: World, guest: GuestAnswer) -> inviting.Made:
    region = region_by_code("TJ")
    assert region is not None
    new = operations.NewOrganisation(OrganisationKind.ENTERPRISE, region)
    made = operations.place_guest(guest, new=new, contact="李工", by=world.actor("secretary"))
    assert made is not None
    return made


def count(model: type) -> int:
    return db.session.scalars(select(func.count()).select_from(model)).one()


class TestOperations:
    def test_a_guest_becomes_an_organisation_with_a_matter(
        self, world: World, context: None
    ) -> None:
        before = count(Interest)
        guest = give(world, message="月产80只")
        assert guest.state is GuestAnswerState.HELD and count(Interest) == before
        made = place(world, guest)
        assert guest.state is GuestAnswerState.VERIFIED and count(Interest) == before
        who = inviting.accept_invitation(
            made.invitation, by=ANONYMOUS, name="李工", account=NUMBER, password_hash="x"
        )
        assert guest.state is GuestAnswerState.TAKEN_UP
        interest = db.session.get_one(Interest, guest.interest_id)
        assert (interest.person_id, interest.message) == (who.id, "月产80只")
        assert interest.organisation.name == NAME
        answering.accept_interest(interest, by=world.actor("delegate"))
        matter = matter_of(interest.id)
        assert matter is not None and matter.partner_person_id == who.id

    def test_the_same_number_waits_once_at_a_listing(self, world: World, context: None) -> None:
        before = count(GuestAnswer)
        first = give(world)
        again = give(world, name="别的名字", number="+86 139-0000-1111")
        assert again.id == first.id and again.name == NAME
        assert count(GuestAnswer) == before + 1

    @pytest.mark.parametrize("number", ["", "12", "a@b.cn", "电话"])
    def test_what_is_no_number_is_refused(self, world: World, context: None, number: str) -> None:
        with pytest.raises(Refused):
            give(world, number=number)

    @pytest.mark.parametrize("name", ["members", "confidential", "closed", "paused", "draft"])
    def test_only_open_public_listings_take_guests(
        self, world: World, context: None, name: str
    ) -> None:
        with pytest.raises(Denied):
            operations.give_guest_answer(
                world.get(Listing, name), name=NAME, mobile=NUMBER, by=ANONYMOUS
            )

    def test_an_expired_listing_takes_none(self, world: World, context: None) -> None:
        listing = world.get(Listing, "public")

        @operation
        def past() -> None:
            listing.valid_until = clock.today() - timedelta(days=1)

        past()
        with pytest.raises(Denied):
            give(world)

    def test_the_owner_verifies_and_the_secretariat_is_asked_to_record(
        self, world: World, context: None
    ) -> None:
        guest = give(world)
        operations.verify_guest_answer(guest, by=world.actor("delegate"))
        assert guest.organisation_id is None
        with pytest.raises(Denied):
            operations.record_guest(
                guest,
                db.session.get(Organisation, world.organisation["quiet"]),
                by=world.actor("delegate"),
            )

    def test_a_registered_name_lands_on_the_desk_of_its_people(
        self, world: World, context: None
    ) -> None:
        guest = give(world, name="天津丙研究院")
        operations.verify_guest_answer(guest, by=world.actor("delegate"))
        assert guest.organisation_id == world.organisation["chairer"]
        operations.take_up_guest_answer(guest, by=world.actor("chair"))
        interest = db.session.get_one(Interest, guest.interest_id)
        assert interest.person_id == world.person["chair"]
        assert interest.state is InterestState.SENT

    def test_whom_it_does_not_concern_it_is_not_shown(self, world: World, context: None) -> None:
        guest = give(world, name="天津丙研究院")
        for who in ("supplier", "outsider", "chair", "other_secretary", "liaison", "admin"):
            with pytest.raises(Denied):
                operations.reject_guest_answer(guest, by=world.actor(who), note="假的")
        operations.verify_guest_answer(guest, by=world.actor("secretary"))
        with pytest.raises(Denied):
            operations.take_up_guest_answer(guest, by=world.actor("supplier"))
        operations.disown_guest_answer(guest, by=world.actor("chair"), note="无此人")
        assert guest.state is GuestAnswerState.REJECTED and guest.reason == "无此人"

    def test_the_poster_is_no_guest_of_its_own(self, world: World, context: None) -> None:
        guest = give(world)
        poster = db.session.get(Organisation, world.organisation["maker"])
        with pytest.raises(Refused):
            operations.place_guest(guest, known=poster, by=world.actor("secretary"))

    def test_a_listing_closed_meanwhile_lets_the_invitation_stand(
        self, world: World, context: None
    ) -> None:
        guest = give(world)
        made = place(world, guest)
        close_listing(world.get(Listing, "public"), by=world.actor("delegate"))
        inviting.accept_invitation(
            made.invitation, by=ANONYMOUS, name="李工", account=NUMBER, password_hash="x"
        )
        assert guest.state is GuestAnswerState.VERIFIED and guest.interest_id is None

    def test_numbers_are_erased_after_ninety_days_and_not_before(
        self, world: World, context: None
    ) -> None:
        listing = world.get(Listing, "public")
        ids = []
        for days in (89, 91):
            with clock.standing_still(clock.now() - timedelta(days=days)):
                made = operations.give_guest_answer(
                    listing, name=NAME, mobile=f"139{days:08d}", message="一行", by=ANONYMOUS
                )
                ids.append(made.id)
        assert operations.erase_old_guests(by=SYSTEM) == 1
        assert operations.erase_old_guests(by=SYSTEM) == 0
        young, old = (db.session.get_one(GuestAnswer, each) for each in ids)
        assert young.mobile and not old.mobile and not old.message and old.name == NAME

    def test_the_journal_never_holds_the_number(self, world: World, context: None) -> None:
        place(world, give(world))
        lines = db.session.execute(select(*JournalLine.__table__.columns)).all()
        assert NUMBER not in str(lines)

    def test_it_waits_for_the_secretariat_and_the_poster_alone(
        self, world: World, context: None
    ) -> None:
        from_world = {}
        guest = give(world)
        for who in ("secretary", "delegate", "supplier", "other_secretary", "chair"):
            standing = operations.standing_of(world.actor(who))
            found = db.session.scalars(
                select(GuestAnswer.id).where(awaiting(standing, GuestAnswer))
            )
            from_world[who] = list(found)
        assert [who for who, ids in from_world.items() if ids == [guest.id]] == [
            "secretary",
            "delegate",
        ]

    def test_candidates_are_names_that_come_close(self, world: World, context: None) -> None:
        create_organisation(
            name=f"{NAME}第二分公司",
            kind=OrganisationKind.ENTERPRISE,
            region=region_by_code("TJ"),  # type: ignore[arg-type]
            by=SYSTEM,
        )
        guest = give(world)
        assert [each.name for each in queries.organisations_meant(guest)] == [f"{NAME}第二分公司"]
        found = queries.province_in(NAME)
        assert found is not None and found.code == "TJ"


SENT = {"organisation": NAME, "mobile": NUMBER, "key": "one"}


class TestInTheBrowser:
    def address(self, world: World, name: str = "public") -> str:
        return f"/listings/{world.listing[name]}/guest-answer"

    def guests(self, app: Flask) -> list[GuestAnswer]:
        """Return what guests left at the public listing."""
        listed = GuestAnswer.listing.has(Listing.title.startswith("public"))
        with app.app_context():
            found = list(db.session.scalars(select(GuestAnswer).where(listed)))
            db.session.remove()
            return found

    def test_three_taps_and_two_fields(self, app: Flask, world: World, visit: Visit) -> None:
        client = visit()
        page = client.soup(f"/listings/{world.listing['public']}")
        assert page.select_one(f'a[href="{self.address(world)}"]')
        form = client.soup(self.address(world)).select("main form.form .form-control")
        assert [field["name"] for field in form] == ["organisation", "mobile", "message"]
        answer = client.post(self.address(world), SENT)
        assert answer.status_code == 302
        thanks = client.get(answer.location).text
        assert "90天" in thanks and "一个工作日" in thanks and NUMBER not in thanks
        client.post(self.address(world), SENT)
        assert len(self.guests(app)) == 1

    def test_what_is_missing_is_said_and_what_was_typed_is_kept(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        answer = visit().post(self.address(world), {"organisation": NAME, "mobile": "12"})
        assert answer.status_code == 422 and NAME in answer.text
        assert visit().post(self.address(world), {"mobile": NUMBER}).status_code == 422
        assert not self.guests(app)

    def test_without_the_token_of_the_form_nothing_is_taken(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        answer = visit().open(self.address(world), method="POST", data=SENT)
        assert answer.status_code == 400 and not self.guests(app)

    def test_a_flood_from_one_network_is_stopped(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        client = visit()
        codes = [
            client.post(self.address(world), {**SENT, "mobile": f"1390000{n:04d}"}).status_code
            for n in range(11)
        ]
        assert codes == [302] * 10 + [429]
        assert len(self.guests(app)) == 10

    @pytest.mark.parametrize("name", ["members", "confidential", "closed", "paused"])
    def test_no_page_for_what_is_not_open_and_public(
        self, world: World, visit: Visit, name: str
    ) -> None:
        assert "/sign-in" in visit().get(self.address(world, name)).location

    def test_whoever_acts_for_an_organisation_answers_as_it(
        self, world: World, visit: Visit
    ) -> None:
        answer = visit("chair").get(self.address(world))
        assert answer.location.endswith(f"/listings/{world.listing['public']}#answer")

    def test_the_number_opens_to_the_poster_once_verified(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        visit().post(self.address(world), SENT)
        guest = self.guests(app)[0]
        page = f"/guest-answers/{guest.id}"
        assert NUMBER in visit("secretary").get(page).text
        assert NUMBER not in visit("delegate").get(page).text
        moved = visit("delegate").post(f"{page}/moves/verify", {"version": guest.version})
        assert moved.status_code == 302
        shown = visit("delegate").get(page).text
        assert NUMBER in shown and "秘书处登记该单位" in shown, "it says what comes next"
        assert visit("supplier").get(page).status_code == 404

    def test_the_secretary_records_with_one_tap_and_hands_the_invitation_over(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        visit().post(self.address(world), SENT)
        guest = self.guests(app)[0]
        client = visit("secretary")
        assert NAME in client.get("/desk").text
        form = client.soup(f"/guest-answers/{guest.id}").select_one("main form.form")
        assert form is not None
        sent = {
            str(field["name"]): str(field.get("value", "")) for field in form.select("input")
        } | {
            str(field["name"]): str(chosen["value"])
            for field in form.select("select")
            if (chosen := field.select_one("option[selected]"))
        }
        answer = client.post(f"/guest-answers/{guest.id}/record", sent)
        assert answer.status_code == 200
        token = re.search(r"/invitations/([\w-]{20,})", answer.text)
        assert token is not None
        taken = visit().post(
            f"/invitations/{token[1]}",
            {"name": "李工", "account": NUMBER, "password": "guest-walk-2026-tianjin"},
        )
        assert taken.location == "/desk"
        assert self.guests(app)[0].interest_id is not None

    def test_a_registered_name_that_is_close_is_chosen_and_never_by_a_slip(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        """With one of about the name at hand nothing is chosen: no slip makes a double."""
        with app.app_context():
            name = db.session.get_one(Organisation, world.organisation["supplier"]).name
            db.session.remove()
        visit().post(self.address(world), {**SENT, "organisation": name[2:-1]})
        guest = self.guests(app)[0]
        client = visit("secretary")
        form = client.soup(f"/guest-answers/{guest.id}").select_one("main form.form")
        assert len(form.select("[name=organisation_id] option")) > 2
        assert not form.select("[name=organisation_id] option[selected]:not([value=''])")
        assert not form.select("[name=region_id] option[selected]:not([value=''])")
        sent = {"kind": "enterprise", "version": guest.version, "organisation_id": ""}
        address = f"/guest-answers/{guest.id}/record"
        assert client.post(address, sent).status_code == 422
        new = {**sent, "organisation_id": "new", "region_id": ""}
        assert client.post(address, new).status_code == 422, "a new one stands somewhere"

    def test_a_move_that_needs_more_than_a_button_is_refused_politely(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        visit().post(self.address(world), SENT)
        guest = self.guests(app)[0]
        page = f"/guest-answers/{guest.id}/moves/record"
        assert visit("secretary").post(page, {"version": guest.version}).status_code == 422
        assert visit("secretary").post(f"/guest-answers/{guest.id}/record").status_code == 422

    def test_lists_are_empty_politely(self, visit: Visit) -> None:
        assert "暂无访客意向" in visit("secretary").get("/guest-answers").text
        assert "暂无访客意向" in visit("secretary").get("/guest-answers?listing=x&after=y").text
