"""The second step in the browser: after the password, and for whom it is required."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.accounts.models import Person
from portal.database import db
from portal.operations import operation
from portal.sign_in import factors
from portal.sign_in.passwords import hash_password
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
ACCOUNT = "delegate@test.example"
NOW = datetime(2026, 11, 24, 2, 0, 7, tzinfo=UTC)
STEP = timedelta(seconds=30)

Visit = Callable[..., Client]


def code_at(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def with_password(app: Flask, world: World, who: str) -> None:
    def give() -> None:
        with app.app_context():

            @operation
            def set_it() -> None:
                db.session.get_one(Person, world.person[who]).password_hash = HASH

            set_it()
            db.session.remove()

    contextvars.Context().run(give)


def turn_on(client: Client) -> tuple[str, list[str]]:
    """Set an authenticator up through the pages."""
    started = client.post("/account/authenticator/start")
    assert started.location == "/account/authenticator"
    page = client.soup("/account/authenticator")
    assert page.find("img", class_="qr")["src"].startswith("data:image/svg+xml")  # type: ignore[index, union-attr]
    secret = page.find("code").text.replace(" ", "")  # type: ignore[union-attr]
    code = code_at(secret, datetime.now(UTC))
    shown = client.post("/account/authenticator", {"code": code})
    assert shown.status_code == 200
    codes = [each.text for each in BeautifulSoup(shown.text, "html.parser").select("ol code")]
    assert len(codes) == factors.RECOVERY_CODES
    assert client.get("/account/authenticator").status_code == 302, "shown once"
    return secret, codes


def next_code(secret: str) -> str:
    """Return the code of the next step: it is good now and, should a step end meanwhile, then."""
    return code_at(secret, datetime.now(UTC) + STEP)


def sign_in(visit: Visit, who: str = "delegate", **query: str) -> tuple[Client, Any]:
    client = visit()
    form = {"account": f"{who}@test.example", "password": PASSWORD}
    return client, client.post("/sign-in", form, query_string=query)


@both_engines
class TestSecondStep:
    def test_the_password_alone_opens_no_session(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        with_password(app, world, "delegate")
        secret, codes = turn_on(visit("delegate"))
        client, answer = sign_in(visit, next="/listings/new")
        assert (answer.status_code, answer.location) == (302, "/sign-in/second")
        assert client.get("/desk").status_code == 302
        assert client.get("/sign-in/second").status_code == 200
        wrong = client.post("/sign-in/second", {"code": "000000"})
        assert wrong.status_code == 422
        assert client.get("/desk").status_code == 302
        code = {"code": next_code(secret)}
        right = client.post("/sign-in/second", code)
        assert (right.status_code, right.location) == (302, "/listings/new")
        assert client.get("/desk").status_code == 200
        again, _answer = sign_in(visit)
        assert again.post("/sign-in/second", code).status_code == 422
        assert again.post("/sign-in/second", {"code": codes[3]}).status_code == 302

    def test_guesses_are_counted_over_all_sign_ins(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        with_password(app, world, "delegate")
        _secret, codes = turn_on(visit("delegate"))
        limit = app.config["SIGN_INS_PER_ACCOUNT"]
        first, _answer = sign_in(visit)
        for _guess in range(limit - 1):
            assert first.post("/sign-in/second", {"code": "000000"}).status_code == 422
        second, _answer = sign_in(visit)
        assert second.post("/sign-in/second", {"code": "000000"}).status_code == 422
        late = second.post("/sign-in/second", {"code": codes[0]})
        assert late.status_code == 429
        assert 0 < int(late.headers["Retry-After"]) <= 15 * 60


def test_the_second_step_waits_five_minutes(app: Flask, visit: Visit, world: World) -> None:
    with_password(app, world, "delegate")
    _secret, codes = turn_on(visit("delegate"))
    client, _answer = sign_in(visit)
    with client._client.session_transaction() as cookie:
        cookie["second"] = {**cookie["second"], "at": cookie["second"]["at"] - 301}
    late = client.post("/sign-in/second", {"code": codes[0]})
    assert (late.status_code, late.location) == (302, "/sign-in")
    client, _answer = sign_in(visit)
    with client._client.session_transaction() as cookie:
        cookie["second"] = {**cookie["second"], "at": cookie["second"]["at"] - 290}
    assert client.post("/sign-in/second", {"code": codes[0]}).location == "/desk"


def test_a_password_that_was_changed_meanwhile_is_no_first_step(
    app: Flask, visit: Visit, world: World
) -> None:
    with_password(app, world, "delegate")
    owner = visit("delegate")
    _secret, codes = turn_on(owner)
    thief, _answer = sign_in(visit)
    new = {"current": PASSWORD, "password": "nine-blue-lanterns-2026", "again": ""}
    new["again"] = new["password"]
    assert owner.post("/account/password", new).status_code == 302
    late = thief.post("/sign-in/second", {"code": codes[0]})
    assert (late.status_code, late.location) == (302, "/sign-in")


def test_an_address_too_long_for_a_cookie_is_forgotten(
    app: Flask, visit: Visit, world: World
) -> None:
    with_password(app, world, "delegate")
    _secret, codes = turn_on(visit("delegate"))
    client, _answer = sign_in(visit, next="/listings?q=" + "x" * 1000)
    assert client.post("/sign-in/second", {"code": codes[0]}).location == "/desk"


def test_a_wrong_password_looks_the_same_with_and_without_a_second_factor(
    app: Flask, visit: Visit, world: World
) -> None:
    for who in ("delegate", "supplier"):
        with_password(app, world, who)
    turn_on(visit("delegate"))
    pages = []
    for account in (ACCOUNT, "supplier@test.example", "nobody-xx@test.example"):
        answer = visit().post("/sign-in", {"account": account, "password": "wrong"})
        assert answer.status_code == 422
        pages.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert pages[0] == pages[1] == pages[2]


def test_an_older_session_proves_itself_before_it_changes_factors(
    app: Flask, visit: Visit, world: World
) -> None:
    older = visit("delegate")
    secret, _codes = turn_on(visit("delegate"))
    for address in ("/account/authenticator/remove", "/account/recovery-codes"):
        answer = older.post(address)
        assert answer.status_code == 302
        assert answer.location.startswith("/account/second-factor")
    assert older.get("/account/second-factor").status_code == 200
    code = {"code": next_code(secret)}
    assert older.post("/account/second-factor?next=/account/security", code).status_code == 302
    assert older.post("/account/recovery-codes").status_code == 200
    assert older.post("/account/authenticator/remove").location == "/account/security"
    assert "设置验证器应用" in older.get("/account/security").text


class TestRequirement:
    @pytest.fixture(autouse=True)
    def required(self, app: Flask) -> None:
        app.config["SECOND_FACTOR_REQUIRED"] = True

    @pytest.mark.parametrize("who", ["admin", "secretary", "other_secretary", "liaison"])
    def test_weighty_roles_are_led_to_it_before_anything_else(
        self, visit: Visit, world: World, who: str
    ) -> None:
        client = visit(who)
        for address in ("/desk", "/listings", "/", "/account/security", "/account/devices"):
            answer = client.get(address)
            assert answer.status_code == 302, address
            assert answer.location.startswith("/account/second-factor")
        published = client.open(f"/listings/{world.listing['submitted']}/moves/publish",
                                method="POST", data={"csrf_token": token_of(client)})  # fmt: skip
        assert published.location == "/account/second-factor"
        assert client.get("/account/second-factor?next=/listings").status_code == 200
        assert client.get("/regions.css").status_code == 200
        assert client.get("/healthz").status_code == 200

    def test_once_set_up_they_go_on(self, visit: Visit) -> None:
        client = visit("secretary")
        assert client.get("/account/passkeys").status_code == 200
        client._token = token_of(client)
        turn_on(client)
        assert client.get("/desk").status_code == 200
        assert client.get("/account/second-factor?next=/listings").location == "/listings"

    def test_they_can_always_leave(self, visit: Visit) -> None:
        client = visit("liaison")
        left = client.open("/sign-out", method="POST", data={"csrf_token": token_of(client)})
        assert left.status_code == 302
        assert "second-factor" not in left.location

    @pytest.mark.parametrize("who", ["manager", "delegate", "chair", "expert", "stranger"])
    def test_others_are_not_led(self, visit: Visit, who: str) -> None:
        assert visit(who).get("/desk").status_code == 200

    def test_it_is_not_asked_where_it_is_not_required(self, app: Flask, visit: Visit) -> None:
        app.config["SECOND_FACTOR_REQUIRED"] = False
        assert visit("admin").get("/desk").status_code == 200


def token_of(client: Client) -> str:
    """Return a CSRF token from the one page that is open to whoever is led."""
    text = client.open("/account/second-factor", method="GET").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found
    return found[1]
