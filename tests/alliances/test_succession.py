"""Who takes the chair: whom a secretary finds, from which day, and what a closed account leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock, journal
from portal.access import standing_of
from portal.accounts.models import Organisation, Person
from portal.accounts.operations import create_person, grant_appointment
from portal.accounts.person_operations import close_account
from portal.actors import SYSTEM
from portal.alliances.models import Alliance, ChairTerm
from portal.alliances.operations import appoint_chair
from portal.alliances.queries import OFFERED, chair_of, people_of_members
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.roles import Role
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

Visit = Callable[..., Client]
DAY = timedelta(days=1)


def person_of(world: World, who: str) -> Person:
    return db.session.get_one(Person, world.person[who])


def organisation_of(world: World, name: str) -> Organisation:
    return db.session.get_one(Organisation, world.organisation[name])


def body(world: World, name: str = "hydrogen") -> Alliance:
    return db.session.get_one(Alliance, world.alliance[name])


def appoint(world: World, who: str, of: str, from_at: datetime, by: str = "secretary") -> ChairTerm:
    return appoint_chair(
        body(world),
        organisation_of(world, of),
        person_of(world, who),
        from_at=from_at,
        by=world.actor(by),
    )


@both_engines
class TestAnAccountThatCloses:
    def successor(self, world: World) -> None:
        chairer = world.organisation["chairer"]
        grant_appointment(person_of(world, "stranger"), Role.MANAGER, scope_id=chairer, by=SYSTEM)

    def test_leaves_the_chair_empty_and_later_terms_too_but_no_earlier_ones(
        self, world: World, context: None
    ) -> None:
        who = person_of(world, "chair")
        self.successor(world)
        now = clock.now()
        for days in (-300, 50):
            appoint_chair(
                body(world),
                organisation_of(world, "chairer"),
                who,
                from_at=now + days * DAY,
                by=SYSTEM,
            )
        close_account(who, by=world.actor("chair"))
        terms = db.session.scalars(
            select(ChairTerm).where(ChairTerm.person_id == who.id).order_by(ChairTerm.from_at)
        ).all()
        assert [term.vacated_at is not None for term in terms] == [False, True, True]
        verbs = [
            [line.verb for line, _detail in journal.lines_about("chair_term", term.id)]
            for term in terms
        ]
        vacated = ["succession.appoint", "succession.vacate"]
        assert verbs == [["succession.appoint"], vacated, vacated]
        chair = chair_of(world.alliance["hydrogen"])
        assert chair is not None and chair.current is not None
        assert chair.current.organisation_id == world.organisation["chairer"]
        assert chair.holder is None

    def test_does_not_come_back_into_the_chair_with_a_later_role(
        self, world: World, context: None
    ) -> None:
        """Another appointment of the same person must not revive what the closing ended."""
        who = person_of(world, "chair")
        self.successor(world)
        close_account(who, by=world.actor("chair"))

        @operation
        def reopen() -> None:
            who.closed_at = None

        reopen()
        chairer = world.organisation["chairer"]
        grant_appointment(who, Role.MANAGER, scope_id=chairer, by=SYSTEM)
        assert Role.MANAGER in standing_of(world.actor("chair")).roles
        chair = chair_of(world.alliance["hydrogen"])
        assert chair is not None and chair.holder is None
        assert not standing_of(world.actor("chair"))[Role.CHAIR]

    def test_is_followed_by_whom_the_secretary_enters(self, world: World, context: None) -> None:
        self.successor(world)
        close_account(person_of(world, "chair"), by=world.actor("chair"))
        appoint(world, "stranger", "chairer", clock.start_of(clock.today()))
        chair = chair_of(world.alliance["hydrogen"])
        assert chair is not None and chair.holder is not None
        assert chair.holder.id == world.person["stranger"]


def test_the_band_says_that_nobody_sits_in_it(visit: Visit, world: World) -> None:
    page = visit().soup("/alliances/hydrogen").select_one(".chair-band")
    assert page is not None and "测试chair" in page.text and "人选暂缺" not in page.text
    admin = visit("admin")
    chairer = world.organisation["chairer"]
    admin.post(f"/organisations/{chairer}/people/release", {"basis": "来函第7号"})
    page = visit().soup("/alliances/hydrogen").select_one(".chair-band")
    assert page is not None
    assert "天津丙研究院" in page.text and "人选暂缺" in page.text
    assert "测试chair" not in page.text


@both_engines
class TestTheFirstDay:
    def test_is_not_a_past_one(self, world: World, context: None) -> None:
        """Neither before the term that runs nor within it: what was is not rewritten."""
        today = clock.start_of(clock.today())
        for days in (1, 50, 200):
            with pytest.raises(Refused) as refused:
                appoint(world, "supplier", "supplier", today - days * DAY)
            assert refused.value.field == "from_on"
        assert appoint(world, "supplier", "supplier", today).from_at == today

    def test_may_be_past_for_the_first_entry_of_an_alliance(
        self, world: World, context: None
    ) -> None:
        past = clock.start_of(clock.today() - 90 * DAY)
        medic, who = organisation_of(world, "medic"), person_of(world, "outsider")
        by = world.actor("other_secretary")
        term = appoint_chair(body(world, "biomedicine"), medic, who, from_at=past, by=by)
        assert term.from_at == past
        with pytest.raises(Refused):
            appoint_chair(body(world, "biomedicine"), medic, who, from_at=past + 10 * DAY, by=by)


class TestSearching:
    def crowd(self, world: World) -> None:
        for number in range(OFFERED + 3):
            someone = create_person(
                name=f"众人{number:02}", mobile=f"1390000{number:04}", by=SYSTEM
            )
            grant_appointment(
                someone, Role.DELEGATE, scope_id=world.organisation["quiet"], by=SYSTEM
            )

    @both_engines
    def test_finds_people_of_members_by_person_and_organisation(
        self, world: World, context: None
    ) -> None:
        def found(written: str) -> set[str]:
            return {
                who.name for _org, who in people_of_members(world.alliance["hydrogen"], written)
            }

        assert found("乙材料") == {"测试supplier"}
        assert found("（乙材料）") == {"测试supplier"}
        assert found("测试SUPPLIER") == {"测试supplier"}
        assert found("丁生物") == set(), "no member"
        assert found("测试former") == set(), "acts for nobody now"
        assert found("%") == found("_") == set()
        grant_appointment(
            person_of(world, "supplier"),
            Role.MANAGER,
            scope_id=world.organisation["supplier"],
            by=SYSTEM,
        )
        twice = people_of_members(world.alliance["hydrogen"], "乙材料")
        assert len(twice) == 1, "once, however many roles"

    def test_offers_some_and_says_that_there_are_more(
        self, world: World, visit: Visit, context: None
    ) -> None:
        keeper, address = visit("secretary"), "/alliances/hydrogen/chair"
        assert "人员较多" not in keeper.get(address).text
        self.crowd(world)
        page = keeper.soup(address)
        assert len(page.select("input[name=holder]")) == OFFERED
        assert "人员较多" in page.get_text()
        one = keeper.soup(f"{address}?q=众人14")
        (choice,) = one.select("input[name=holder]")
        form = {"holder": choice["value"], "from_on": clock.today().isoformat()}
        assert keeper.post(address, form).status_code == 302, "without the words that found it"
        assert "没有找到" in keeper.get(f"{address}?q=无此人").text

    @pytest.mark.parametrize(
        "holder", ["", "x", "1-", "1-2-3", "9999999999-1", "１-２", "0-0", "-1--1"]
    )
    def test_a_choice_that_is_none_is_answered(
        self, world: World, visit: Visit, holder: str
    ) -> None:
        form = {"holder": holder, "from_on": clock.today().isoformat()}
        answer = visit("secretary").post("/alliances/hydrogen/chair", form)
        assert answer.status_code == 422

    def test_who_is_of_no_member_is_not_taken(self, world: World, visit: Visit) -> None:
        for who, of in (("outsider", "medic"), ("former", "maker"), ("supplier", "maker")):
            holder = f"{world.organisation[of]}-{world.person[who]}"
            form = {"holder": holder, "from_on": clock.today().isoformat()}
            assert visit("secretary").post("/alliances/hydrogen/chair", form).status_code == 422
