"""Agents: named by whoever holds a role, for a time, and never beyond what the role is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock, journal
from portal.access import standing_of
from portal.accounts.models import Agency, Appointment, Person
from portal.accounts.operations import end_appointment
from portal.accounts.queries import agencies_for
from portal.actors import SYSTEM, person
from portal.database import db
from portal.errors import Denied, Refused
from portal.organisations.people import end_agency, months_later, name_agent, pass_on
from portal.roles import Role
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World


def appointment(world: World, who: str) -> Appointment:
    return db.session.get_one(Appointment, world.appointment[who])


def name(world: World, who: str, **changed: Any) -> Agency:
    values: dict[str, Any] = {
        "account": "stranger@test.example",
        "from_on": clock.today(),
        "until_on": clock.today() + timedelta(days=30),
        "basis": "授权书",
        "by": world.actor(who),
        **changed,
    }
    whose = appointment(world, values.pop("whose", who))
    account = values.pop("account")
    values.setdefault("name", f"测试{account.partition('@')[0].lower()}")
    return name_agent(whose, account, **values)


def standing_for(world: World, agent: str, principal: str, organisation: str | None) -> Any:
    acting = world.organisation[organisation] if organisation else None
    return standing_of(person(world.person[agent], acting, world.person[principal]))


class TestNaming:
    @both_engines
    def test_lends_the_role_for_the_time_it_is_named_for(self, context: None, world: World) -> None:
        assert not standing_for(world, "stranger", "supplier", "supplier")[Role.DELEGATE]
        made = name(world, "supplier")
        held = standing_for(world, "stranger", "supplier", "supplier")
        assert held[Role.DELEGATE] == {world.organisation["supplier"]}
        assert held[Role.MEMBER] == {world.alliance["hydrogen"]}
        assert [each.id for each in agencies_for(world.person["stranger"])] == [made.id]
        line, detail = journal.lines_about("agency", made.id)[-1]
        assert (line.verb, line.person_id) == ("agency.name", world.person["supplier"])
        assert detail is not None
        assert detail["agent"] == world.person["stranger"]
        with clock.standing_still(made.until_at):
            assert not standing_for(world, "stranger", "supplier", "supplier").roles
            assert not agencies_for(world.person["stranger"])

    def test_lends_nothing_where_nobody_is_named(self, context: None, world: World) -> None:
        name(world, "supplier")
        assert not standing_for(world, "stranger", "delegate", "maker").roles
        assert not standing_for(world, "former", "supplier", "supplier").roles

    @both_engines
    def test_ends_with_the_role(self, context: None, world: World) -> None:
        name(world, "supplier")
        end_appointment(appointment(world, "supplier"), by=SYSTEM)
        assert not standing_for(world, "stranger", "supplier", "supplier").roles

    @both_engines
    def test_carries_no_membership_once_what_it_lent_is_gone(
        self, context: None, world: World
    ) -> None:
        agent, principal = world.person["expert"], world.person["manager"]
        acting = person(agent, world.organisation["maker"], principal)
        assert standing_of(acting)[Role.MEMBER] == {world.alliance["hydrogen"]}
        successor = db.session.get_one(Person, world.person["delegate"])
        pass_on(appointment(world, "manager"), successor, stays=True, by=world.actor("manager"))
        assert not standing_of(acting).roles

    @both_engines
    def test_lends_that_persons_right_and_none_of_ones_own(
        self, context: None, world: World
    ) -> None:
        made = name(world, "supplier", account="secretary@test.example")
        held = standing_for(world, "secretary", "supplier", "supplier")
        assert held[Role.DELEGATE] == {world.organisation["supplier"]}
        assert not held[Role.SECRETARY]
        assert standing_of(world.actor("secretary"))[Role.SECRETARY]
        end_agency(made, by=world.actor("supplier"))
        assert not standing_for(world, "secretary", "supplier", "supplier").roles

    @both_engines
    def test_begins_on_its_first_day(self, context: None, world: World) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        made = name(world, "secretary", from_on=tomorrow, until_on=tomorrow)
        assert made.from_at == clock.start_of(tomorrow)
        assert made.until_at == clock.start_of(tomorrow + timedelta(days=1))
        assert not standing_for(world, "stranger", "secretary", None).roles
        with clock.standing_still(made.from_at):
            held = standing_for(world, "stranger", "secretary", None)
            assert held[Role.SECRETARY] == {world.alliance["hydrogen"]}

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"until_on": timedelta(days=-1)}, "until_on"),
            ({"from_on": timedelta(days=9), "until_on": timedelta(days=8)}, "until_on"),
            ({"until_on": timedelta(days=367)}, "until_on"),
            ({"account": "nobody@test.example"}, "account"),
            ({"account": "supplier@test.example"}, "account"),
            ({"account": ""}, "account"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, changed: dict[str, Any], field: str, context: None, world: World
    ) -> None:
        today = clock.today()
        values = {k: today + v if isinstance(v, timedelta) else v for k, v in changed.items()}
        with pytest.raises(Refused) as refused:
            name(world, "supplier", **values)
        assert refused.value.field == field

    def test_may_last_twelve_months_to_the_day(self, context: None, world: World) -> None:
        last = months_later(clock.today(), 12) - timedelta(days=1)
        assert name(world, "supplier", until_on=last).until_at
        with pytest.raises(Refused):
            name(world, "secretary", until_on=last + timedelta(days=1))

    def test_names_one_person_once_at_a_time(self, context: None, world: World) -> None:
        made = name(world, "supplier")
        with pytest.raises(Refused) as refused:
            name(world, "supplier")
        assert refused.value.field == "account"
        end_agency(made, by=world.actor("supplier"))
        assert name(world, "supplier").id != made.id

    def test_is_for_ones_own_role_in_ones_own_right(self, context: None, world: World) -> None:
        with pytest.raises(Denied):
            name(world, "delegate", whose="manager")
        agent = person(world.person["expert"], world.organisation["maker"], world.person["manager"])
        with pytest.raises(Denied):
            name(world, "manager", by=agent)
        with pytest.raises(Denied):  # an own role, but said in somebody else's name
            name(world, "expert", by=agent)
        with pytest.raises(Refused):
            name(world, "former")
        with pytest.raises(Refused):
            name(world, "admin")

    @pytest.mark.parametrize("side", ["supplier", "stranger"])
    def test_is_ended_from_either_side_and_by_nobody_else(
        self, side: str, context: None, world: World
    ) -> None:
        made = name(world, "supplier")
        for who in ("manager", "chair", "secretary", "admin"):
            with pytest.raises(Denied):
                end_agency(made, by=world.actor(who))
        with clock.standing_still(clock.now() + timedelta(minutes=1)):
            end_agency(made, by=world.actor(side))
            assert not agencies_for(world.person["stranger"])
            with pytest.raises(Refused):
                end_agency(made, by=world.actor(side))

    def test_one_that_never_began_goes(self, context: None, world: World) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        made = name(world, "supplier", from_on=tomorrow)
        end_agency(made, by=world.actor("supplier"))
        assert db.session.scalar(select(Agency.id).where(Agency.id == made.id)) is None
        verbs = [line.verb for line, _detail in journal.lines_about("agency", made.id)]
        assert verbs == ["agency.name", "agency.end"]


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 11, 24), date(2027, 11, 24)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_twelve_months_later_is_the_same_day_or_the_last_there_is(day: date, later: date) -> None:
    assert months_later(day, 12) == later


class TestPages:
    def test_naming_seeing_and_ending(self, world: World, visit: Callable[..., Client]) -> None:
        supplier, stranger = visit("supplier"), visit("stranger", language="en")
        assert "没有人代您办理" in supplier.soup("/agents").get_text()
        data = {
            "appointment_id": str(world.appointment["supplier"]),
            "name": "测试stranger",
            "account": "STRANGER@test.example",
            "from_on": clock.today().isoformat(),
            "until_on": clock.today().isoformat(),
            "basis": "授权书",
            "key": "once",
        }
        assert supplier.post("/agents/new", data).status_code == 302
        assert supplier.post("/agents/new", data).status_code == 302
        assert len(supplier.soup("/agents").select("form[action$='/end']")) == 1
        theirs = stranger.soup("/agents")
        assert "for 测试supplier" in theirs.get_text()
        end = theirs.select_one("form[action$='/end']")
        assert end is not None
        stranger.post(str(end["action"]))
        assert "没有人代您办理" in supplier.soup("/agents").get_text()

    def test_whoever_holds_no_role_is_told_so(self, visit: Callable[..., Client]) -> None:
        assert "您没有任职" in visit("stranger").soup("/agents/new").get_text()
        assert visit("stranger").get("/agents").text.count("/agents/new") == 0

    def test_somebody_elses_role_is_no_choice(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        data = {
            "appointment_id": str(world.appointment["manager"]),
            "name": "测试stranger",
            "account": "stranger@test.example",
            "from_on": clock.today().isoformat(),
            "until_on": clock.today().isoformat(),
            "basis": "授权书",
        }
        assert visit("delegate").post("/agents/new", data).status_code == 422

    def test_colleagues_see_who_acts_for_whom(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        address = f"/organisations/{world.organisation['maker']}/people"
        assert "测试expert（代测试manager）" in visit("delegate").soup(address).get_text()


def test_a_number_alone_does_not_tell_whose_it_is(
    world: World, visit: Callable[..., Client]
) -> None:
    """The same answer to an unknown number and to a known one under another name."""
    today = clock.today().isoformat()
    client, said = visit("supplier"), set()
    for account, who in (("liaison@test.example", "张三"), ("nobody@test.example", "张三")):
        data = {
            "appointment_id": str(world.appointment["supplier"]),
            "name": who, "account": account, "from_on": today, "until_on": today, "basis": "函",
        }  # fmt: skip
        answer = client.post("/agents/new", data)
        assert answer.status_code == 422
        said.add("没有以此姓名注册的该账户" in answer.text)
        assert "测试liaison" not in answer.text
    assert said == {True}
