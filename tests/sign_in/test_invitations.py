"""Invitations: one person, one role, once; by address or by eight digits."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, links
from portal.access import standing_of
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment
from portal.accounts.person_operations import close_account
from portal.actors import ANONYMOUS, SYSTEM, person
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.roles import Role
from portal.sign_in.inviting import (
    LIFETIME,
    Made,
    accept_invitation,
    invitation_by_code,
    invite,
    revoke_invitation,
)
from portal.sign_in.models import Invitation
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

Visit = Callable[..., Client]
PASSWORD = "seven-copper-bridges-2026"


def invited(world: World, role: Role = Role.DELEGATE, by: str = "manager") -> Made:
    return invite(
        role, world.organisation["maker"], name="王新", mobile="13800000000", by=world.actor(by)
    )


@both_engines
def test_who_accepts_holds_the_role_and_nothing_else(world: World, context: None) -> None:
    made = invited(world)
    who = accept_invitation(
        made.invitation, by=ANONYMOUS, name="王新", account="13800000000", password_hash="x"
    )
    held = standing_of(person(who.id, world.organisation["maker"])).roles
    assert held[Role.DELEGATE] == {world.organisation["maker"]}
    assert Role.MANAGER not in held


@both_engines
def test_it_works_once(world: World, context: None) -> None:
    made = invited(world)
    accept_invitation(made.invitation, by=world.actor("stranger"))
    with pytest.raises(Refused, match="只能使用一次"):
        accept_invitation(made.invitation, by=world.actor("outsider"))
    count = db.session.scalar(
        select(func.count()).where(Appointment.person_id == world.person["outsider"])
    )
    assert count == 1


def test_taken_back_or_expired_it_opens_nothing(world: World, context: None) -> None:
    made, other = invited(world), invited(world)
    revoke_invitation(made.invitation, by=world.actor("manager"))
    with pytest.raises(Refused, match="收回"):
        accept_invitation(made.invitation, by=world.actor("stranger"))
    with clock.standing_still(clock.now() + LIFETIME), pytest.raises(Refused, match="已过期"):
        accept_invitation(other.invitation, by=world.actor("stranger"))
    assert invitation_by_code(made.code) is None


@pytest.mark.parametrize("who", ["delegate", "supplier", "secretary", "outsider", "admin"])
def test_only_who_may_appoint_invites(world: World, context: None, who: str) -> None:
    with pytest.raises(Denied):
        invited(world, by=who)
    with pytest.raises(Denied):
        invited(world, Role.MANAGER, by=who)


@pytest.mark.parametrize("role", [Role.CHAIR, Role.MEMBER])
def test_nobody_is_invited_to_what_is_derived(world: World, context: None, role: Role) -> None:
    with pytest.raises(Denied):
        invite(role, world.alliance["hydrogen"], name="王新", by=SYSTEM)


def test_an_inviter_who_lost_the_role_lets_nobody_in(world: World, context: None) -> None:
    made = invited(world)
    appointment = db.session.scalars(
        select(Appointment).where(
            Appointment.person_id == world.person["manager"], Appointment.role == Role.MANAGER
        )
    ).one()
    invite_manager = invite(
        Role.MANAGER, world.organisation["maker"], name="继任", by=world.actor("manager")
    )
    accept_invitation(invite_manager.invitation, by=world.actor("delegate"))
    end_appointment(appointment, by=SYSTEM)
    with pytest.raises(Refused, match="已无权邀请"):
        accept_invitation(made.invitation, by=world.actor("stranger"))


def test_an_account_that_exists_is_not_taken_over(world: World, context: None) -> None:
    made = invited(world)
    with pytest.raises(Refused, match="请先登录"):
        accept_invitation(
            made.invitation,
            by=ANONYMOUS,
            name="王新",
            account="Delegate@test.example",
            password_hash="x",
        )
    assert made.invitation.link.is_live


def test_who_holds_the_role_leaves_the_invitation_to_whom_it_is_for(
    world: World, context: None
) -> None:
    made = invited(world)
    with pytest.raises(Refused, match="已担任"):
        accept_invitation(made.invitation, by=world.actor("delegate"))
    assert made.invitation.link.is_live
    ending = clock.now() + timedelta(days=30)
    who = accept_invitation(made.invitation, by=world.actor("stranger"))
    longer = invited(world)
    limit(who.id, ending)
    accept_invitation(longer.invitation, by=person(who.id))
    assert db.session.scalar(select(func.count()).where(Appointment.person_id == who.id)) == 2, (
        "an invitation beyond the end is taken"
    )


@operation
def limit(person_id: int, until: datetime) -> None:
    """Let every appointment of somebody end."""
    for held in db.session.scalars(select(Appointment).where(Appointment.person_id == person_id)):
        held.until_at = until


def test_whose_account_was_closed_is_told_what_helps(world: World, context: None) -> None:
    who = db.session.get_one(Person, world.person["stranger"])
    close_account(who, by=person(who.id))
    made = invited(world)
    with pytest.raises(Refused, match="已注销"):
        accept_invitation(
            made.invitation, by=ANONYMOUS, name="王新", account=who.email, password_hash="x"
        )


def test_neither_token_nor_digits_stand_in_the_database(world: World, context: None) -> None:
    made = invited(world)
    stored = db.session.execute(select(*links.ActionLink.__table__.columns)).all()
    assert made.token not in str(stored) and made.code not in str(stored)


def make(app: Flask, world: World, **options: Any) -> tuple[str, str]:
    def inside() -> tuple[str, str]:
        with app.app_context():
            made = invited(world, **options)
            found = made.token, made.code
            db.session.remove()
            return found

    return contextvars.Context().run(inside)


class TestInTheBrowser:
    FORM = {"name": "王新", "account": "13800000000", "password": PASSWORD}

    def test_looking_accepts_nothing(self, app: Flask, world: World, visit: Visit) -> None:
        token, _code = make(app, world)
        for _each in range(2):  # the preview of a chat, then the person
            assert "王新" in visit().get(f"/invitations/{token}").text
        answer = visit().post(f"/invitations/{token}", self.FORM)
        assert (answer.status_code, answer.location) == (302, "/desk")

    def test_digits_lead_to_the_desk(self, app: Flask, world: World, visit: Visit) -> None:
        _token, code = make(app, world)
        client = visit()
        answer = client.post("/invitations", {"code": f"{code[:4]} {code[4:]}"})
        assert answer.location == "/invitations/mine"
        assert "北京甲氢能有限公司" in client.get("/invitations/mine").text
        client._token = None
        page = client.open("/invitations/mine", method="GET").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        answer = client.post("/invitations/mine", {**self.FORM, "csrf_token": found[1]})
        assert answer.location == "/desk"
        assert "王新" in client.get("/desk").text

    def test_a_weak_password_keeps_the_invitation(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        token, _code = make(app, world)
        answer = visit().post(f"/invitations/{token}", {**self.FORM, "password": "1234567890"})
        assert answer.status_code == 422
        assert "13800000000" in answer.text and "1234567890" not in answer.text
        answer = visit().post(f"/invitations/{token}", self.FORM)
        assert answer.status_code == 302

    def test_who_is_signed_in_accepts_with_one_tap(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        token, _code = make(app, world)
        client = visit("stranger")
        assert client.post(f"/invitations/{token}").location == "/desk"
        assert "现在就可以开始" in client.get("/desk").text
        assert client.get("/listings/new").status_code == 200, "without signing in anew"
        assert "此链接已使用过" in visit().get(f"/invitations/{token}").text

    def test_who_acts_for_another_organisation_goes_on_doing_so(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        token, _code = make(app, world)
        client = visit("supplier")
        client.post(f"/invitations/{token}")
        page = client.soup("/desk")
        assert "选择为哪家单位" in page.text
        chosen = page.select_one("select[name=organisation_id] option[selected]")
        assert chosen is not None
        assert chosen["value"].endswith(str(world.organisation["supplier"]))

    def test_wrong_digits_are_throttled(self, app: Flask, world: World, visit: Visit) -> None:
        app.config["SIGN_INS_PER_ADDRESS"] = 3
        client = visit()
        answers = [
            client.post("/invitations", {"code": "00000000"}).status_code for _each in range(5)
        ]
        assert answers == [422, 422, 422, 429, 429]

    def test_an_address_cut_short_leads_to_the_digits_and_says_why(self, visit: Visit) -> None:
        client = visit()
        answer = client.open("/invitations/nothing")
        assert (answer.status_code, answer.location) == (302, "/invitations")
        assert "链接不完整" in client.get("/invitations").text

    def test_who_is_signed_in_as_somebody_else_signs_out_and_goes_on(
        self, app: Flask, world: World, visit: Visit
    ) -> None:
        token, code = make(app, world)
        client = visit("outsider")
        client.post("/invitations", {"code": code})
        for path in (f"/invitations/{token}", "/invitations/mine"):
            (form,) = client.soup(path).select("main form[action^='/sign-out']")
            assert form["action"].endswith(path)
        left = client.post("/sign-out", query_string={"next": "/invitations/mine"})
        assert left.location == "/invitations/mine"
        assert "王新" in client.get("/invitations/mine").text, "the digits need not be typed again"
        assert client.get("/desk").status_code == 302

    def test_signing_out_leads_to_no_other_site(self, visit: Visit) -> None:
        left = visit("delegate").post("/sign-out", query_string={"next": "//evil.example"})
        assert left.location == "/desk"

    def test_links_follow_no_host_header(self, app: Flask, world: World, visit: Visit) -> None:
        with app.test_request_context("/", headers={"Host": "evil.example"}):
            address = links.address("invitations.enter_code")
        assert address == "http://127.0.0.1:8000/invitations"


def test_administrators_are_invited_from_the_command_line(app: Flask, context: None) -> None:
    answer = app.test_cli_runner().invoke(args=["admin", "invite", "管理员", "--email", "a@b.cn"])
    assert answer.exit_code == 0, answer.output
    code = re.search(r"\b(\d{8})\b", answer.output)
    assert code
    found = invitation_by_code(code[1])
    assert found is not None and found.role is Role.ADMINISTRATOR
    assert found.link.expires_at - clock.now() > timedelta(days=13)
    offices = select(func.count()).where(Invitation.role == Role.ADMINISTRATOR)
    assert db.session.scalar(offices) == 1
    assert db.session.scalar(select(Person.id).where(Person.email == "a@b.cn")) is None


def test_the_form_leads_to_the_privacy_notice(world: World, visit: Visit) -> None:
    page = visit().soup(f"/invitations/{world.token['invitation']}")
    assert page.select('main a[href="/privacy"]')
