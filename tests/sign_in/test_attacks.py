"""What somebody tries who wants in: each of these got further once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.operations import create_person
from portal.accounts.person_operations import change_addresses
from portal.accounts.queries import has_demo_world
from portal.actors import ANONYMOUS, SYSTEM, person
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.roles import Role
from portal.sign_in import inviting, operations, scanning
from portal.sign_in.models import Attempts, Session
from portal.sign_in.passwords import set_password
from tests.client import Client, inside
from tests.conftest import both_engines
from tests.sign_in.passkey_client import options, send
from tests.world import World

Visit = Callable[..., Client]
PASSWORD = "seven-copper-bridges-2026"


def let_in(computer: Client, phone: Client) -> None:
    """Let a computer in by scanning, as far as the phone's part goes."""
    assert computer.post("/sign-in/scan").location == "/sign-in/scan"
    number = computer.soup("/sign-in/scan").select_one("strong.scan-number")
    assert number is not None
    with computer._client.session_transaction() as cookie:
        token = cookie["doorbell"][1]
    assert phone.post(f"/let-in/{token}", {"number": number.text}).location == "/desk"


class TestAStolenSession:
    def test_does_not_become_a_fresh_one_by_letting_itself_in_elsewhere(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        """Risky acts ask who one is; a computer let in by an old session proved nothing."""
        phone, computer = visit("delegate"), visit()
        let_in(computer, phone)
        assert computer.post("/sign-in/scan/enter").location == "/desk"
        answer = computer.get("/account/addresses")
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in/again")

    @pytest.mark.parametrize("ended_by", ["others", "password"])
    def test_that_opened_a_door_finds_it_shut_once_it_was_ended(
        self, world: World, context: None, ended_by: str
    ) -> None:
        who = db.session.get_one(Person, world.person["delegate"])
        mine = operations.start_session(who, key="mine", device="x")
        bell = scanning.ring(key="bell", device="x", network=None).doorbell
        scanning.open_door(bell, bell.number, by=person(who.id), is_strong=True)
        if ended_by == "others":
            operations.end_other_sessions(mine, by=person(who.id))
        else:
            set_password(who, "x", by=person(who.id), session=mine)
        with pytest.raises(Refused):
            scanning.go_in("bell")


def test_letting_a_computer_in_gives_back_no_guess_at_passwords(
    app: Flask, visit: Visit, world: World
) -> None:
    app.config["SIGN_INS_PER_ADDRESS"] = 4
    guesser, phone = visit(), visit("delegate")

    def guess(number: int) -> int:
        form = {"account": f"nobody{number}@test.example", "password": "wrong"}
        return guesser.post("/sign-in", form).status_code

    assert [guess(number) for number in range(3)] == [422] * 3
    for _each in range(2):
        computer = visit()
        let_in(computer, phone)
        assert computer.post("/sign-in/scan/enter").location == "/desk"
    assert [guess(number) for number in range(3, 6)] == [422, 429, 429]


@both_engines
class TestBadInput:
    """None of it may be a fault of the portal's own (500)."""

    @pytest.mark.parametrize("name", ["\ud800", "a\x00b", "x" * 100_000])
    def test_a_passkey_whose_name_is_no_text(self, visit: Visit, name: str) -> None:
        client = visit()
        options(client)
        assert send(client, "/passkeys/sign-in", {"answer": {"id": name}}).status_code == 422

    @pytest.mark.parametrize("nested", ["[" * 100_000, '{"a":' * 50_000])
    def test_a_new_passkey_nested_without_end(self, visit: Visit, nested: str) -> None:
        client = visit("delegate")
        options(client, "/passkeys/registration-options")
        form = {"name": "x", "answer": nested}
        assert client.post("/account/passkeys", form).status_code == 422

    @pytest.mark.parametrize("referrer", ["http://[", "https://[::1/x", "//", "\\\\"])
    def test_a_referrer_that_is_no_address(
        self, app: Flask, visit: Visit, world: World, referrer: str
    ) -> None:
        client = visit("delegate")
        client.token()

        @operation
        def let_time_pass() -> None:
            for each in db.session.scalars(select(Session)):
                each.proved_at -= timedelta(hours=1)

        inside(app, let_time_pass)
        answer = client.post("/account/passkeys/remove", headers={"Referer": referrer})
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in/again")

    @pytest.mark.parametrize(
        "account",
        ["1" * 50, "1" * 21, "a@b", "a b@c.cn", "@c.cn", "a@c..cn", "ﷺ" * 200 + "@c.cn", "123"],
    )
    def test_an_invitation_taken_up_under_what_is_no_account(
        self, app: Flask, visit: Visit, world: World, account: str
    ) -> None:
        form = {"name": "王新", "account": account, "password": PASSWORD}
        address = f"/invitations/{world.token['invitation']}"
        answer = visit().post(address, form)
        assert answer.status_code == 422
        assert "王新" in answer.text

    @pytest.mark.parametrize(
        ("email", "mobile"),
        [("ﷺ" * 200 + "@c.cn", None), ("a b@c.cn", None), (None, "1" * 21), (None, "123")],
    )
    def test_addresses_changed_to_what_is_none(
        self, world: World, context: None, email: str | None, mobile: str | None
    ) -> None:
        who = db.session.get_one(Person, world.person["delegate"])
        with pytest.raises(Refused):
            change_addresses(who, email=email, mobile=mobile, by=world.actor("delegate"))

    def test_nobody_takes_the_address_under_which_another_will_be_erased(
        self, world: World, context: None
    ) -> None:
        who = db.session.get_one(Person, world.person["supplier"])
        taken = f"{world.person['delegate']}@erased.invalid"
        with pytest.raises(Refused):
            change_addresses(who, email=taken, mobile=None, by=world.actor("supplier"))

    @pytest.mark.parametrize(
        ("email", "mobile"), [("ﷺ" * 200 + "@c.cn", None), (None, "1" * 21), ("a b@c.cn", None)]
    )
    def test_nobody_is_invited_under_what_is_no_address(
        self, world: World, context: None, email: str | None, mobile: str | None
    ) -> None:
        maker, by = world.organisation["maker"], world.actor("manager")
        with pytest.raises(Refused):
            inviting.invite(Role.DELEGATE, maker, name="王", email=email, mobile=mobile, by=by)

    def test_people_are_made_with_no_such_address_either(self, context: None) -> None:
        for email, mobile in (("a b@c.cn", None), (None, "1" * 21), ("x" * 300 + "@c.cn", None)):
            with pytest.raises(Refused):
                create_person(name="王", email=email, mobile=mobile, by=SYSTEM)


@both_engines
class TestInvitations:
    def test_nobody_takes_the_address_that_would_keep_the_portal_from_starting(
        self, world: World, context: None
    ) -> None:
        """A real portal refuses to start where the demo world's administrator is."""
        maker = world.organisation["maker"]
        made = inviting.invite(Role.DELEGATE, maker, name="王新", by=world.actor("manager"))
        with pytest.raises(Refused):
            inviting.accept_invitation(
                made.invitation,
                by=ANONYMOUS,
                name="王新",
                account="Admin@DEMO.example",
                password_hash="x",
            )
        assert not has_demo_world()
        assert made.invitation.link.is_live

    def test_digits_are_read_as_chinese_input_writes_them(
        self, world: World, context: None
    ) -> None:
        maker = world.organisation["maker"]
        made = inviting.invite(Role.DELEGATE, maker, name="王新", by=world.actor("manager"))
        full = made.code.translate({ord("0") + n: ord("０") + n for n in range(10)})
        found = inviting.invitation_by_code(f"{full[:4]}　{full[4:]}")
        assert found is made.invitation


def test_whoever_holds_an_invitation_does_not_ask_for_ever_who_has_an_account(
    app: Flask, visit: Visit, world: World
) -> None:
    app.config["SIGN_INS_PER_ADDRESS"] = 3
    client = visit()
    form = {"name": "王新", "password": PASSWORD}
    answers = [
        client.post(
            f"/invitations/{world.token['invitation']}",
            {**form, "account": f"{who}@test.example"},
        ).status_code
        for who in ("delegate", "supplier", "chair", "admin", "manager")
    ]
    assert answers == [422, 422, 422, 429, 429]


class TestGuessingDigits:
    def guess(self, client: Client, **headers: Any) -> int:
        return client.post("/invitations", {"code": "00000000"}, **headers).status_code

    def test_ends_for_everybody_before_the_odds_become_good(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        """With fifty invitations open, 60 guesses in 15 minutes find one in some 50 days."""
        client, allowed = visit(), 0
        for network in range(30):
            from_there = {"environ_overrides": {"REMOTE_ADDR": f"10.0.{network}.1"}}
            for _each in range(10):
                allowed += self.guess(client, **from_there) == 422
            assert self.guess(client, **from_there) == 429
        assert allowed == 60

    def test_who_types_the_right_ones_uses_up_nobodys_attempts(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        def invite() -> str:
            maker = world.organisation["maker"]
            made = inviting.invite(Role.DELEGATE, maker, name="王", by=world.actor("manager"))
            return made.code

        for _each in range(12):  # a hall full of new colleagues behind one address
            answer = visit().post("/invitations", {"code": inside(app, invite)})
            assert answer.location == "/invitations/mine"
        left = inside(app, lambda: db.session.scalars(select(Attempts.count)).all())
        assert sum(left) == 0
