"""Passkeys, from the side of the server: what it believes of a device, and what not."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.database import db
from portal.operations import operation
from portal.sign_in import passkeys
from portal.sign_in.models import Challenge, Session
from tests.client import Client
from tests.conftest import both_engines
from tests.sign_in.passkey_client import ORIGIN, SITE, options, register, send, sign_in
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


def sessions_of(app: Flask, world: World, who: str) -> list[Session]:
    with app.app_context():
        found = db.session.scalars(
            select(Session)
            .where(Session.person_id == world.person[who], Session.ended_at.is_(None))
            .order_by(Session.id)
        ).all()
        db.session.remove()
    return list(found)


@both_engines
def test_a_registered_device_signs_its_owner_in_without_an_account_name(
    app: Flask, visit: Visit, world: World, device: SoftDevice
) -> None:
    here = visit("delegate")
    assert register(here, device).location == "/account/passkeys"
    assert "我的手机" in here.get("/account/passkeys").text
    stranger = visit()
    answer = sign_in(stranger, device, next="/listings/new", is_own_device=True)
    assert (answer.status_code, answer.get_json()) == (200, {"next": "/listings/new"})
    assert stranger.get("/desk").status_code == 200
    last = sessions_of(app, world, "delegate")[-1]
    assert last.is_strong
    assert last.is_own_device
    assert sign_in(visit(), device).status_code == 200, "and once more"


class TestRefusals:
    @pytest.fixture
    def registered(self, visit: Visit, device: SoftDevice) -> SoftDevice:
        assert register(visit("delegate"), device).status_code == 302
        return device

    def is_turned_away(self, client: Client, answer: TestResponse) -> bool:
        """Tell whether an answer says no, in the one sentence there is, and let nobody in."""
        assert answer.status_code == 422
        assert answer.get_json()["title"] == "无法识别这个通行密钥。"
        return client.get("/desk").status_code == 302

    def test_an_unknown_device(self, visit: Visit, device: SoftDevice) -> None:
        client = visit()
        assert self.is_turned_away(client, sign_in(client, device))

    def test_another_key_under_a_known_name(self, visit: Visit, registered: SoftDevice) -> None:
        thief = SoftDevice(ORIGIN, SITE, credential=registered.credential, count=7)
        client = visit()
        assert self.is_turned_away(client, sign_in(client, thief))

    def test_another_site(self, visit: Visit, registered: SoftDevice) -> None:
        for origin, site in (("https://evil.example", SITE), (ORIGIN, "evil.example")):
            registered.origin, registered.site = origin, site
            client = visit()
            assert self.is_turned_away(client, sign_in(client, registered))

    def test_a_user_whom_the_device_did_not_verify(
        self, visit: Visit, registered: SoftDevice
    ) -> None:
        registered.verifies_user = False
        client = visit()
        assert self.is_turned_away(client, sign_in(client, registered))

    def test_another_user_than_the_passkey_was_made_for(
        self, visit: Visit, registered: SoftDevice
    ) -> None:
        registered.handle = "c29tZWJvZHkgZWxzZQ"
        client = visit()
        assert self.is_turned_away(client, sign_in(client, registered))

    def test_a_count_that_does_not_grow(self, visit: Visit, registered: SoftDevice) -> None:
        registered.count = 4
        assert sign_in(visit(), registered).status_code == 200
        client = visit()
        for counted in (4, 5):  # sign_in counts one up, the copy of a device stands behind it
            registered.count = counted - 1
            assert self.is_turned_away(client, sign_in(client, registered))
        registered.count = 5
        assert sign_in(client, registered).status_code == 200

    def test_a_removed_passkey(self, visit: Visit, world: World, registered: SoftDevice) -> None:
        owner = visit()
        assert sign_in(owner, registered).status_code == 200
        owner.who, owner._token = "delegate", None
        field = owner.soup("/account/passkeys").find("input", {"name": "passkey_id"})
        assert field is not None
        number = {"passkey_id": field["value"]}
        assert visit("supplier").post("/account/passkeys/remove", number).status_code == 422
        gone = owner.post("/account/passkeys/remove", number)
        assert gone.location == "/account/passkeys"
        client = visit()
        assert self.is_turned_away(client, sign_in(client, registered))

    @pytest.mark.parametrize(
        "content",
        [None, [], "x", {}, {"answer": 1}, {"answer": {}}, {"answer": {"id": 3, "response": 4}}],
    )
    def test_what_is_no_answer_at_all(self, visit: Visit, content: Any) -> None:
        client = visit()
        options(client)
        assert self.is_turned_away(client, send(client, "/passkeys/sign-in", content))

    def test_json_nested_without_end(self, visit: Visit) -> None:
        client = visit()
        headers = {"X-CSRFToken": client.token(), "Content-Type": "application/json"}
        deep = client.open("/passkeys/sign-in", method="POST", data="[" * 100_000, headers=headers)
        assert deep.status_code == 422

    def test_without_a_token_of_the_page(self, visit: Visit) -> None:
        for address in ("/passkeys/options", "/passkeys/sign-in"):
            assert visit().open(address, method="POST", json={}).status_code == 400


class TestChallenges:
    @pytest.fixture(autouse=True)
    def registered(self, visit: Visit, device: SoftDevice) -> None:
        assert register(visit("delegate"), device).status_code == 302

    def test_an_answer_opens_once(self, visit: Visit, device: SoftDevice) -> None:
        client = visit()
        asked = options(client)
        with client._client.session_transaction() as cookie:
            kept = cookie["challenge"]
        device.count = 5
        answer = device.sign_in(asked)
        assert send(client, "/passkeys/sign-in", {"answer": answer}).status_code == 200
        thief = visit()
        options(thief)
        with thief._client.session_transaction() as cookie:
            cookie["challenge"] = kept  # as if the whole cookie had been copied
        device.count = 6
        replayed = send(thief, "/passkeys/sign-in", {"answer": device.sign_in(asked)})
        assert replayed.status_code == 422
        assert thief.get("/desk").status_code == 302

    def test_an_answer_opens_only_the_browser_that_asked(
        self, visit: Visit, device: SoftDevice
    ) -> None:
        asked, other = options(visit()), visit()
        options(other)
        device.count = 5
        answer = send(other, "/passkeys/sign-in", {"answer": device.sign_in(asked)})
        assert answer.status_code == 422

    def test_a_failed_ceremony_uses_its_challenge_up(
        self, visit: Visit, device: SoftDevice
    ) -> None:
        client = visit()
        asked = options(client)
        with client._client.session_transaction() as cookie:
            kept = cookie["challenge"]
        assert send(client, "/passkeys/sign-in", {"answer": {"id": "x"}}).status_code == 422
        with client._client.session_transaction() as cookie:
            cookie["challenge"] = kept
        device.count = 5
        answer = send(client, "/passkeys/sign-in", {"answer": device.sign_in(asked)})
        assert answer.status_code == 422

    def test_an_answer_after_two_minutes_is_too_late(
        self, app: Flask, visit: Visit, device: SoftDevice
    ) -> None:
        client = visit()
        asked = options(client)
        with app.app_context():

            @operation
            def let_time_pass() -> None:
                for each in db.session.scalars(select(Challenge)):
                    each.expires_at -= passkeys.CHALLENGE_LIFETIME + timedelta(seconds=1)

            let_time_pass()
            db.session.remove()
        device.count = 5
        late = send(client, "/passkeys/sign-in", {"answer": device.sign_in(asked)})
        assert late.status_code == 422
        options(visit())
        with app.app_context():
            left = db.session.scalars(select(Challenge.expires_at)).all()
            db.session.remove()
        assert len(left) == 1, "what nobody answered in time is swept out"

    def test_the_database_holds_no_challenge_as_it_was_asked(
        self, app: Flask, visit: Visit
    ) -> None:
        asked = options(visit())
        with app.app_context():
            stored = db.session.scalars(select(Challenge.digest)).all()
            db.session.remove()
        assert stored
        assert asked["challenge"] not in stored


def test_site_and_origin_come_from_the_configuration_whatever_host_is_claimed(
    app: Flask, visit: Visit
) -> None:
    made = options(visit("delegate"), "/passkeys/registration-options")
    assert made["rp"]["id"] == SITE
    browser, claimed = app.test_client(), "http://evil.example"
    page = contextvars.Context().run(browser.get, "/sign-in", base_url=claimed)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    headers = {"X-CSRFToken": token, "X-Forwarded-Host": "evil.example", "Origin": claimed}
    answer = contextvars.Context().run(
        browser.post, "/passkeys/options", base_url=claimed, json={}, headers=headers
    )
    asked = answer.get_json()["publicKey"]
    assert asked["rpId"] == SITE
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
    assert made["authenticatorSelection"]["residentKey"] == "required"


def test_a_passkey_of_another_account_proves_nothing_here(visit: Visit, device: SoftDevice) -> None:
    assert register(visit("delegate"), device).status_code == 302
    other = visit("supplier")
    assert sign_in(other, device).status_code == 422
