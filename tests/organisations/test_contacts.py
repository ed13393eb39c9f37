"""Contacts and their audiences, qualifications and who saw them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock, journal
from portal.access import may_see, standing_of
from portal.accounts.models import Organisation
from portal.alliances.models import Membership
from portal.alliances.operations import withdraw_membership
from portal.database import db
from portal.errors import Denied, Refused
from portal.organisations import contacts, qualifications
from portal.organisations.models import (
    ContactAudience,
    ContactKind,
    ContactPoint,
    Qualification,
)
from portal.organisations.qualifications import Certificate
from portal.organisations.queries import contacts_of
from tests.alliances.make import newcomer, under_review
from tests.client import Client
from tests.conftest import both_engines
from tests.world import CAST, World

OWN = {"manager", "delegate"}
#: Hydrogen's members, its chair and its secretariat: maker is a member of hydrogen alone.
BESIDE = {"supplier", "chair", "secretary"}
NUMBERS = {
    "nobody": ("010-10000001", OWN),
    "members": ("010-10000002", OWN | BESIDE),
    "public": ("010-10000003", set(CAST)),
}


def contact(world: World, name: str) -> ContactPoint:
    return db.session.get_one(ContactPoint, world.contact_point[name])


class TestAudience:
    @both_engines
    @pytest.mark.parametrize("who", CAST)
    def test_each_contact_is_shown_to_exactly_its_audience(
        self, who: str, context: None, world: World
    ) -> None:
        standing = standing_of(world.actor(who))
        maker = world.organisation["maker"]
        wanted = {number for number, audience in NUMBERS.values() if who in audience}
        assert {each.value for each in contacts_of(standing, maker)} == wanted
        everything = db.session.scalars(select(ContactPoint)).all()
        assert len(everything) == 3
        seen = {each.value for each in everything if may_see(standing, each, "value")}
        assert seen == wanted

    @pytest.mark.parametrize("who", CAST)
    def test_on_the_page_too(self, who: str, world: World, visit: Callable[..., Client]) -> None:
        text = visit(who).soup(f"/organisations/{world.organisation['maker']}").get_text()
        for number, audience in NUMBERS.values():
            assert (number in text) is (who in audience)

    @both_engines
    def test_ends_with_either_membership(self, context: None, world: World) -> None:
        supplier, maker = world.actor("supplier"), world.organisation["maker"]
        theirs = db.session.get_one(Membership, world.membership["supplier"])
        assert len(contacts_of(standing_of(supplier), maker)) == 2
        withdraw_membership(theirs, by=world.actor("secretary"), note="来函。", basis="来函")
        assert [each.value for each in contacts_of(standing_of(supplier), maker)] == [
            "010-10000003"
        ]
        chair = world.actor("chair")
        assert len(contacts_of(standing_of(chair), maker)) == 2
        own = db.session.get_one(Membership, world.membership["maker"])
        withdraw_membership(own, by=world.actor("secretary"), note="来函。", basis="来函")
        for who in BESIDE:
            assert len(contacts_of(standing_of(world.actor(who)), maker)) == 1
        assert len(contacts_of(standing_of(world.actor("delegate")), maker)) == 3


class TestConsent:
    @both_engines
    def test_is_recorded_anew_with_every_change(self, context: None, world: World) -> None:
        kept = contact(world, "nobody")
        first = kept.consented_at
        with clock.standing_still(clock.now() + timedelta(hours=1)):
            contacts.edit_contact(
                kept,
                value=kept.value,
                label="前台",
                shown_to=ContactAudience.PUBLIC,
                by=world.actor("manager"),
            )
        assert kept.consented_by_id == world.person["manager"]
        assert kept.consented_at > first
        line, detail = journal.lines_about("contact_point", kept.id)[-1]
        assert line.person_id == world.person["manager"]
        assert detail == {"shown_to": ["nobody", "public"]}

    def test_stays_where_nothing_changes(self, context: None, world: World) -> None:
        kept = contact(world, "public")
        before = kept.consented_at
        contacts.edit_contact(
            kept, value=kept.value, label=None, shown_to=kept.shown_to, by=world.actor("manager")
        )
        assert kept.consented_at == before
        assert len(journal.lines_about("contact_point", kept.id)) == 1

    def test_is_nobody_elses_to_give(self, context: None, world: World) -> None:
        for who in ("delegate", "secretary", "supplier", "admin", "former"):
            with pytest.raises(Denied):
                contacts.edit_contact(
                    contact(world, "nobody"),
                    value="1",
                    label=None,
                    shown_to=ContactAudience.PUBLIC,
                    by=world.actor(who),
                )
            with pytest.raises(Denied):
                contacts.remove_contact(contact(world, "nobody"), by=world.actor(who))

    def test_no_contact_stays_in_the_journal(self, context: None, world: World) -> None:
        gone = contact(world, "nobody")
        contacts.remove_contact(gone, by=world.actor("manager"))
        for _line, detail in journal.lines_about("contact_point", gone.id):
            assert gone.value not in str(detail)
        assert db.session.scalar(select(ContactPoint.id).where(ContactPoint.id == gone.id)) is None


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (
            ContactKind.PHONE,
            ["010-1000 0000", "+86 10 10000000", "4001000000转8"],
            ["电话", "12", ""],
        ),
        (ContactKind.EMAIL, ["a@b.cn"], ["a@b", "a b@c.cn", "a@b.cn, c@d.cn"]),
        (ContactKind.WECHAT, ["gong-si_1"], ["公司", "a"]),
        (ContactKind.ADDRESS, ["北京市海淀区1号"], ["北京"]),
    ],
)
def test_a_contact_looks_like_its_kind(
    kind: ContactKind, right: list[str], wrong: list[str], context: None, world: World
) -> None:
    maker = db.session.get_one(Organisation, world.organisation["maker"])
    for value in [*right, *wrong]:

        def add(value: str = value) -> ContactPoint:
            return contacts.add_contact(
                maker, kind=kind, value=value, label=None,
                shown_to=ContactAudience.NOBODY, by=world.actor("manager"),
            )  # fmt: skip

        if value in right:
            assert add().value == value
        else:
            with pytest.raises(Refused):
                add()


class TestQualifications:
    def certificate(self, world: World) -> Qualification:
        return db.session.get_one(Qualification, world.qualification["certificate"])

    @both_engines
    def test_the_original_is_seen_by_a_secretary_of_its_alliance(
        self, context: None, world: World
    ) -> None:
        held = self.certificate(world)
        for who in ("manager", "delegate", "other_secretary", "admin", "supplier"):
            with pytest.raises(Denied):
                qualifications.confirm_qualification(held, by=world.actor(who))
        qualifications.confirm_qualification(held, by=world.actor("secretary"))
        assert held.seen_by_id == world.person["secretary"]
        assert held.seen_at is not None
        with pytest.raises(Refused):
            qualifications.confirm_qualification(held, by=world.actor("secretary"))

    @both_engines
    def test_a_changed_one_must_be_seen_again(self, context: None, world: World) -> None:
        held, by = self.certificate(world), world.actor("manager")
        qualifications.confirm_qualification(held, by=world.actor("secretary"))
        same = Certificate(held.name, held.issuer, held.number, held.valid_until)
        qualifications.edit_qualification(held, same, by=by)
        assert held.seen_at is not None
        longer = Certificate(held.name, held.issuer, held.number, clock.today())
        qualifications.edit_qualification(held, longer, by=by)
        assert held.seen_at is None
        assert held.seen_by_id is None

    def test_the_same_certificate_stands_once(self, context: None, world: World) -> None:
        held = self.certificate(world)
        twin = Certificate(held.name, "别的机构", held.number)
        maker = db.session.get_one(Organisation, world.organisation["maker"])
        with pytest.raises(Refused) as refused:
            qualifications.add_qualification(maker, twin, by=world.actor("manager"))
        assert refused.value.field == "number"

    def test_expires_by_its_date_alone(self, world: World, visit: Callable[..., Client]) -> None:
        address = f"/organisations/{world.organisation['maker']}"
        manager = visit("manager")
        for days, is_over in ((0, False), (-1, True)):
            day = clock.today() + timedelta(days=days)
            data = {
                "name": "许可证",
                "issuer": "机构",
                "valid_until": day.isoformat(),
                "key": str(days),
            }
            manager.post(f"{address}/qualifications", data)
            page = visit().soup(address)
            assert bool(page.select(".state-expired")) is is_over

    def test_the_pages_of_manager_and_secretary(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        number = world.qualification["certificate"]
        maker = f"/organisations/{world.organisation['maker']}"
        secretary, manager = visit("secretary"), visit("manager")
        assert "seen" in str(secretary.soup(f"{maker}/qualifications"))
        assert not secretary.soup(f"{maker}/qualifications").select("a[href$='/edit']")
        assert secretary.post(f"/qualifications/{number}/seen").status_code == 302
        assert "测试secretary" in manager.soup(f"{maker}/qualifications").get_text()
        assert not manager.soup(f"{maker}/qualifications").select("form[action$='/seen']")
        assert "秘书处已核验原件" in visit().soup(maker).get_text()
        assert manager.post(f"/qualifications/{number}/remove").status_code == 302
        assert "还没有资质" in manager.soup(f"{maker}/qualifications").get_text()


class TestStaleForms:
    def test_an_old_form_does_not_show_again_what_was_hidden(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        manager, number = visit("manager"), world.contact_point["public"]
        address = f"/contacts/{number}/edit"
        seen = str(manager.soup(address).select_one("input[name=version]")["value"])  # type: ignore[index]
        hidden = {"value": "010-10000003", "shown_to": "nobody", "version": seen, "key": "hide"}
        assert manager.post(address, hidden).status_code == 302
        stale = {"value": "010-10000009", "shown_to": "public", "version": seen, "key": "late"}
        answer = manager.post(address, stale)
        assert answer.status_code == 409
        assert "010-10000009" in answer.text, "what was typed stays"
        assert "不公开" in answer.text or "010-10000003" in answer.text, "what is stored is shown"
        page = visit().get(f"/organisations/{world.organisation['maker']}").text
        assert "010-1000000" not in page

    def test_a_secretary_attests_to_nothing_that_changed_meanwhile(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        maker, number = world.organisation["maker"], world.qualification["certificate"]
        secretary = visit("secretary")
        page = secretary.soup(f"/organisations/{maker}/qualifications")
        version = page.select_one(f"form[action$='/qualifications/{number}/seen'] [name=version]")
        assert version is not None
        changed = {"name": "国家级称号", "issuer": "某部", "number": "99", "key": "k"}
        assert visit("manager").post(f"/qualifications/{number}/edit", changed).status_code == 302
        data = {"version": str(version["value"])}
        assert secretary.post(f"/qualifications/{number}/seen", data).status_code == 302
        after = secretary.soup(f"/organisations/{maker}/qualifications")
        assert after.select_one(f"form[action$='/qualifications/{number}/seen']") is not None


def test_the_secretariat_sees_originals_of_applicants_and_suspended_members(
    context: None, world: World
) -> None:
    by = newcomer()
    applicant = db.session.get_one(Organisation, by.organisation_id)
    made = qualifications.add_qualification(applicant, Certificate("甲证", "某局"), by=by)
    secretary = world.actor("secretary")
    with pytest.raises(Denied):
        qualifications.confirm_qualification(made, by=secretary)
    under_review(world, by)
    qualifications.confirm_qualification(made, by=secretary)
    assert made.seen_by_id == secretary.person_id
