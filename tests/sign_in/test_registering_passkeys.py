"""Registering a passkey: what the portal keeps of a device, and of whose."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from portal.accounts.models import Person
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.sign_in import factors, passkeys
from portal.sign_in.models import Passkey
from portal.sign_in.operations import start_session
from tests.client import Client
from tests.conftest import both_engines
from tests.sign_in.passkey_client import ORIGIN, SITE, options, register, sign_in
from tests.sign_in.soft_device import SoftDevice
from tests.world import World

Visit = Callable[..., Client]


@pytest.fixture(autouse=True)
def named(app: Flask) -> None:
    """Let the portal be reached by a name."""
    app.config["PUBLIC_BASE_URL"] = ORIGIN


@pytest.fixture
def device() -> SoftDevice:
    return SoftDevice(ORIGIN, SITE)


class TestRegistering:
    def test_the_device_learns_no_number_of_the_person(self, visit: Visit, world: World) -> None:
        handles = [
            options(visit(who), "/passkeys/registration-options")["user"]["id"]
            for who in ("delegate", "delegate", "manager")
        ]
        assert handles[0] == handles[1] != handles[2]
        assert len(handles[0]) == 43

    def test_an_answer_of_a_device_that_verified_nobody_is_refused(
        self, visit: Visit, device: SoftDevice
    ) -> None:
        device.verifies_user = False
        assert register(visit("delegate"), device).status_code == 422

    @pytest.mark.parametrize("made", ["", "{}", "[]", "no json", '{"id": "x"}'])
    def test_what_no_device_made_is_refused(self, visit: Visit, made: str) -> None:
        client = visit("delegate")
        options(client, "/passkeys/registration-options")
        assert client.post("/account/passkeys", {"name": "x", "answer": made}).status_code == 422

    def test_a_name_is_needed(self, visit: Visit, device: SoftDevice) -> None:
        assert register(visit("delegate"), device, name=" ").status_code == 422

    def test_a_passkey_of_somebody_is_nobody_elses(self, visit: Visit, device: SoftDevice) -> None:
        assert register(visit("delegate"), device).status_code == 302
        assert register(visit("supplier"), device).status_code == 422

    def test_the_session_is_a_strong_one_afterwards(
        self, app: Flask, visit: Visit, world: World, device: SoftDevice
    ) -> None:
        app.config["SECOND_FACTOR_REQUIRED"] = True
        client = visit("secretary")
        client._token = None
        text = client.open("/account/second-factor", method="GET").text
        client._token = text.split('name="csrf_token" value="')[1].split('"')[0]
        assert client.get("/desk").status_code == 302
        assert register(client, device).status_code == 302
        assert client.get("/desk").status_code == 200

    def test_a_session_with_the_password_alone_adds_none_to_another(
        self, visit: Visit, device: SoftDevice
    ) -> None:
        older = visit("delegate")
        older.token()
        assert register(visit("delegate"), device).status_code == 302
        asked = older.open(
            "/passkeys/registration-options",
            method="POST",
            json={},
            headers={"X-CSRFToken": older.token(), "Accept": "application/problem+json"},
        )
        assert asked.status_code == 422
        assert older.get("/account/passkeys").location.startswith("/account/second-factor")
        proved = sign_in(older, device, next="/account/passkeys")
        assert proved.get_json() == {"next": "/account/passkeys"}
        assert older.get("/account/passkeys").status_code == 200


def test_a_bare_address_has_no_passkeys_and_says_so(app: Flask, visit: Visit) -> None:
    app.config["PUBLIC_BASE_URL"] = "http://127.0.0.1:8000"
    page = visit("delegate").get("/account/passkeys").text
    assert "通行密钥需要域名" in page
    assert "data-passkey-register" not in page


@both_engines
class TestOperations:
    def test_a_count_is_compared_under_the_lock_once_more(
        self, world: World, context: None
    ) -> None:
        who, by = db.session.get_one(Person, world.person["delegate"]), world.actor("delegate")
        opened = start_session(who, key="a key", device="test")
        made = passkeys.add_passkey(
            who,
            credential="abc",
            public_key="def",
            sign_count=3,
            name="x",
            session=opened,
            key="another",
            by=by,
        )
        assert passkeys.use_passkey(made, 4).id == who.id
        for stale in (4, 3, 0):
            with pytest.raises(Refused):
                passkeys.use_passkey(made, stale)
        assert factors.factors_of(who.id).passkeys == 1

        @operation
        def forget_the_count() -> None:
            db.session.execute(update(Passkey).values(sign_count=0))

        forget_the_count()
        assert passkeys.use_passkey(made, 0).id == who.id, "some devices never count"

    def test_nobody_adds_one_to_somebody_else(self, world: World, context: None) -> None:
        victim = db.session.get_one(Person, world.person["delegate"])
        opened = start_session(victim, key="a key", device="test")
        with pytest.raises(Denied):
            passkeys.add_passkey(
                victim,
                credential="abc",
                public_key="def",
                sign_count=0,
                name="x",
                session=opened,
                key="k",
                by=world.actor("admin"),
            )
