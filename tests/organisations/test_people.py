"""Who appoints whom, who leaves and who comes after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock, journal
from portal.access import standing_of
from portal.accounts.granting import GRANTORS
from portal.accounts.models import Appointment, OrganisationKind, Person
from portal.accounts.operations import create_organisation, end_appointment, grant_appointment
from portal.accounts.person_operations import close_account
from portal.accounts.queries import holders
from portal.actors import SYSTEM, person
from portal.database import db
from portal.errors import Denied, Refused
from portal.organisations.people import pass_on
from portal.regions.queries import region_by_code
from portal.roles import ROLES, Role, Scope
from portal.sign_in import inviting
from tests.client import Client
from tests.conftest import both_engines
from tests.world import CAST, World


def someone(world: World, who: str) -> Person:
    return db.session.get_one(Person, world.person[who])


def appointment(world: World, who: str) -> Appointment:
    return db.session.get_one(Appointment, world.appointment[who])


def scope_of(world: World, role: Role, name: str) -> int:
    kept = {Scope.ORGANISATION: world.organisation, Scope.ALLIANCE: world.alliance}
    return kept.get(ROLES[role].scope, {}).get(name, 0)


#: (role, where) -> who of the cast may appoint to it; the system always may.
MAY_GRANT: dict[tuple[Role, str], set[str]] = {
    (Role.MANAGER, "maker"): {"manager"},
    (Role.DELEGATE, "maker"): {"manager"},
    (Role.MANAGER, "chairer"): {"chair"},
    # Nobody manages quiet yet: the first manager is invited from outside.
    (Role.MANAGER, "quiet"): {"secretary", "other_secretary", "admin"},
    (Role.DELEGATE, "quiet"): set(),
    (Role.EXPERT, "hydrogen"): {"secretary"},
    (Role.EXPERT, "biomedicine"): {"other_secretary"},
    (Role.SECRETARY, "hydrogen"): {"admin"},
    (Role.LIAISON, ""): {"admin"},
    (Role.ADMINISTRATOR, ""): {"admin"},
    (Role.CHAIR, "hydrogen"): set(),
    (Role.MEMBER, "hydrogen"): set(),
}


class TestGranting:
    @pytest.mark.parametrize("who", CAST)
    @pytest.mark.parametrize("case", MAY_GRANT, ids=lambda case: f"{case[0]}-{case[1]}")
    def test_is_only_for_whom_the_table_says(
        self, case: tuple[Role, str], who: str, context: None, world: World
    ) -> None:
        role, where = case
        scope_id, by = scope_of(world, role, where), world.actor(who)
        stranger = someone(world, "stranger")
        if who in MAY_GRANT[case]:
            assert inviting.invite(role, scope_id, name="某人", by=by).invitation.role is role
            assert grant_appointment(stranger, role, scope_id=scope_id, by=by).is_running
        else:
            with pytest.raises(Denied):
                grant_appointment(stranger, role, scope_id=scope_id, by=by)
            with pytest.raises(Denied):
                inviting.invite(role, scope_id, name="某人", by=by)

    def test_names_every_role_but_the_derived_ones(self) -> None:
        assert set(GRANTORS) == {role for role, facts in ROLES.items() if not facts.is_derived}

    @pytest.mark.parametrize("role", [Role.CHAIR, Role.MEMBER])
    def test_gives_no_derived_role_even_to_the_system(
        self, role: Role, context: None, world: World
    ) -> None:
        with pytest.raises(Denied):
            grant_appointment(
                someone(world, "stranger"), role, scope_id=world.alliance["hydrogen"], by=SYSTEM
            )

    @both_engines
    def test_an_organisation_and_an_alliance_of_one_number_are_two_scopes(
        self, context: None, world: World
    ) -> None:
        """`maker` is organisation 1 and there is an alliance 1: its manager keeps no alliance."""
        same = world.organisation["maker"]
        assert same in world.alliance.values()
        expert = grant_appointment(
            someone(world, "stranger"), Role.EXPERT, scope_id=same, by=SYSTEM
        )
        with pytest.raises(Denied):
            end_appointment(expert, by=world.actor("manager"))

    def test_gives_nothing_to_a_closed_account(self, context: None, world: World) -> None:
        stranger = someone(world, "stranger")
        close_account(stranger, by=person(stranger.id))
        with pytest.raises(Refused):
            grant_appointment(
                stranger,
                Role.DELEGATE,
                scope_id=world.organisation["maker"],
                by=world.actor("manager"),
            )


class TestEnding:
    @both_engines
    def test_the_last_manager_stays_until_somebody_else_manages(
        self, context: None, world: World
    ) -> None:
        own, by = appointment(world, "manager"), world.actor("manager")
        with pytest.raises(Refused):
            end_appointment(own, by=by)
        assert own.until_at is None
        grant_appointment(someone(world, "delegate"), Role.MANAGER, scope_id=own.scope_id, by=by)
        end_appointment(own, by=by)
        assert not standing_of(by)[Role.MANAGER]

    def test_a_manager_of_another_organisation_is_no_successor(
        self, context: None, world: World
    ) -> None:
        assert appointment(world, "chair").role is Role.MANAGER
        with pytest.raises(Refused):
            end_appointment(appointment(world, "manager"), by=world.actor("manager"))

    def test_nor_is_one_who_begins_later(self, context: None, world: World) -> None:
        own, by = appointment(world, "manager"), world.actor("manager")
        later = someone(world, "delegate")
        tomorrow = clock.now() + timedelta(days=1)
        grant_appointment(later, Role.MANAGER, scope_id=own.scope_id, by=by, from_at=tomorrow)
        with pytest.raises(Refused):
            end_appointment(own, by=by)

    @both_engines
    def test_the_last_manager_closes_no_account(self, context: None, world: World) -> None:
        manager = someone(world, "manager")
        with pytest.raises(Refused):
            close_account(manager, by=world.actor("manager"))
        db.session.refresh(manager)
        assert manager.is_open
        assert holders(Role.MANAGER, world.organisation["maker"]) == [manager]

    def test_what_is_over_is_not_ended_again(self, context: None, world: World) -> None:
        with pytest.raises(Refused):
            end_appointment(appointment(world, "former"), by=world.actor("manager"))

    @pytest.mark.parametrize(
        ("whose", "may"),
        [
            ("delegate", {"delegate", "manager"}),
            ("supplier", {"supplier"}),
            ("secretary", {"secretary", "admin"}),
            ("expert", {"expert", "secretary"}),
            ("liaison", {"liaison", "admin"}),
        ],
    )
    @pytest.mark.parametrize("who", CAST)
    def test_is_for_its_holder_and_whoever_is_over_them(
        self, who: str, whose: str, may: set[str], context: None, world: World
    ) -> None:
        # Nobody of the cast, so that no secretary is the last one: that rule has its own test.
        hydrogen, loser = world.alliance["hydrogen"], someone(world, "loser")
        grant_appointment(loser, Role.SECRETARY, scope_id=hydrogen, by=SYSTEM)
        if who in may:
            end_appointment(appointment(world, whose), by=world.actor(who))
            assert not appointment(world, whose).is_running
        else:
            with pytest.raises(Denied):
                end_appointment(appointment(world, whose), by=world.actor(who))


class TestPassingOn:
    @both_engines
    @pytest.mark.parametrize("stays", [True, False])
    def test_makes_a_colleague_manager_in_one_step(
        self, stays: bool, context: None, world: World
    ) -> None:
        own, by = appointment(world, "manager"), world.actor("manager")
        made = pass_on(own, someone(world, "delegate"), stays=stays, by=by)
        maker = world.organisation["maker"]
        assert holders(Role.MANAGER, maker) == [someone(world, "delegate")]
        assert holders(Role.DELEGATE, maker) == ([someone(world, "manager")] if stays else [])
        assert (made.person_id, made.role) == (world.person["delegate"], Role.MANAGER)
        verbs = [line.verb for line, _detail in journal.lines_about("appointment", own.id)]
        assert verbs[-2:] == ["appointment.end", "appointment.pass_on"]
        with pytest.raises(Denied):
            pass_on(own, someone(world, "delegate"), stays=False, by=by)

    def test_goes_to_nobody_from_outside_and_not_to_oneself(
        self, context: None, world: World
    ) -> None:
        own, by = appointment(world, "manager"), world.actor("manager")
        for who in ("supplier", "stranger", "former", "manager"):
            with pytest.raises(Refused):
                pass_on(own, someone(world, who), stays=True, by=by)
        assert holders(Role.MANAGER, world.organisation["maker"]) == [someone(world, "manager")]

    def test_is_not_for_somebody_elses_role(self, context: None, world: World) -> None:
        for who in ("delegate", "chair", "secretary", "admin"):
            with pytest.raises(Denied):
                pass_on(
                    appointment(world, "manager"),
                    someone(world, "delegate"),
                    stays=True,
                    by=world.actor(who),
                )


def test_whoever_represents_two_organisations_acts_for_the_one_they_chose(
    context: None, world: World
) -> None:
    region = region_by_code("BJ")
    assert region is not None
    second = create_organisation(
        name="北京第二有限公司",
        kind=OrganisationKind.PARK,
        region=region,
        by=world.actor("secretary"),
    )
    manager = someone(world, "manager")
    grant_appointment(manager, Role.MANAGER, scope_id=second.id, by=world.actor("secretary"))
    for acting, other in (
        (world.organisation["maker"], second.id),
        (second.id, world.organisation["maker"]),
    ):
        standing = standing_of(person(manager.id, acting))
        assert standing[Role.MANAGER] == {acting}
        with pytest.raises(Denied):
            grant_appointment(
                someone(world, "stranger"), Role.DELEGATE, scope_id=other,
                by=person(manager.id, acting),
            )  # fmt: skip


class TestPages:
    def test_a_delegate_sees_names_and_no_buttons_over_others(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        address = f"/organisations/{world.organisation['maker']}/people"
        page = visit("delegate").soup(address)
        text = page.get_text()
        assert "测试manager" in text
        assert "测试delegate" in text
        assert "测试former" not in text
        assert "王新" not in text, "who is invited concerns the managers"
        ends = [str(form["action"]) for form in page.select("form[action$='/end']")]
        assert ends == [f"/appointments/{world.appointment['delegate']}/end"]
        assert "王新" in visit("manager").soup(address).get_text()

    def test_the_last_manager_finds_how_to_leave(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        client, own = visit("manager"), world.appointment["manager"]
        address = f"/organisations/{world.organisation['maker']}/people"
        page = client.soup(address)
        assert not page.select(f"form[action='/appointments/{own}/end']")
        assert page.select(f"a[href='/appointments/{own}/pass-on']")
        client.post(f"/appointments/{own}/end")
        assert "没有其他管理员" in client.soup(address).get_text()
        answer = client.post(
            f"/appointments/{own}/pass-on",
            {"successor_id": str(world.person["delegate"]), "stays": "no"},
        )
        assert answer.location == f"/organisations/{world.organisation['maker']}"
        assert client.get(address).status_code == 403
        assert visit("delegate").soup(address).select("a[href$='/people/invite']")

    def test_an_invitation_is_shown_once_with_all_that_opens_it(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        client = visit("manager", language="en")
        address = f"/organisations/{world.organisation['maker']}/people/invite"
        page = client.soup(address)
        assert {each["value"] for each in page.select("input[name=role]")} == {
            "manager", "delegate",
        }  # fmt: skip
        made = client.post(address, {"name": "Li Ming", "role": "delegate"})
        assert made.status_code == 200
        assert made.text.count("/invitations/") >= 1
        assert "Li Ming, you are invited" in made.text
        wrong = client.post(address, {"name": "Li", "role": "delegate", "until_on": "2020-01-01"})
        assert wrong.status_code == 422
        assert client.post(address, {"name": "Li", "role": "secretary"}).status_code == 422

    @pytest.mark.parametrize("until_on", ["9999-12-31", "0001-01-01", "2026-02-30"])
    def test_a_day_nobody_means_is_refused_beside_the_field(
        self, until_on: str, world: World, visit: Callable[..., Client]
    ) -> None:
        address = f"/organisations/{world.organisation['maker']}/people/invite"
        data = {"name": "李明", "role": "delegate", "until_on": until_on}
        assert visit("manager").post(address, data).status_code == 422
