"""Signing in through somebody else's identity provider, and what an answer of it does not open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal import clock, create_app
from portal.accounts.models import Person
from portal.database import db
from portal.journal import JournalDetail, JournalLine
from portal.operations import operation
from portal.outbox import OutboxMessage
from portal.sign_in import factors, sso
from portal.sign_in.models import Challenge, Session
from portal.sign_in.operations import start_session
from tests.client import Client, inside
from tests.conftest import both_engines
from tests.sign_in.test_factors import code_at
from tests.world import World

Visit = Callable[..., Client]
MAIL = "delegate@test.example"
#: What the provider of `TestAProvider` proves; set by each test.
PROVED: dict[str, str] = {}
PROVIDER = (
    "https://id.example/authorize?client_id=portal&state={state}&nonce={nonce}"
    "&redirect_uri={return_address}&service={return_with_state}"
)


def prove(returned: Mapping[str, str], expected: sso.Expected) -> str:
    """An adapter as a portal's operators write it: it believes a code that it knows."""
    if returned.get("code") not in PROVED:
        raise sso.NotProved("unknown code")
    assert expected.nonce
    return PROVED[returned["code"]]


@pytest.fixture(autouse=True)
def stand_in(app: Flask) -> None:
    """Let the portal stand in for the provider, through its outbox."""
    app.config["SSO_ADAPTER"] = "outbox"
    app.extensions["sso"] = sso.read_ticket


@pytest.fixture
def provider(app: Flask) -> None:
    """Give the portal an adapter of a provider instead."""
    PROVED.clear()
    PROVED["good"] = MAIL
    app.config["SSO_ADAPTER"] = "tests.sign_in.test_sso:prove"
    app.config["SSO_ADDRESS"] = PROVIDER
    app.extensions["sso"] = prove


def ask(client: Client, account: str = MAIL, target: str = "/alliances") -> TestResponse:
    begun = client.post("/sign-in/sso", query_string={"next": target})
    assert begun.location == "/sign-in/sso/go"
    return client.post("/sign-in/sso/go", {"account": account})


def last_message(app: Flask) -> OutboxMessage:
    def find() -> OutboxMessage:
        order = OutboxMessage.id.desc()
        return db.session.scalars(select(OutboxMessage).order_by(order).limit(1)).one()

    found: OutboxMessage = inside(app, find)
    return found


def ticket_in(app: Flask) -> str:
    """Return the address in the last message, as its reader opens it: path and query."""
    found = re.search(r"http://\S+", last_message(app).body)
    assert found
    parts = urlsplit(found[0])
    assert f"{parts.scheme}://{parts.netloc}" == app.config["PUBLIC_BASE_URL"]
    return f"{parts.path}?{parts.query}"


def is_in(client: Client) -> bool:
    return client.open("/desk", method="GET").status_code == 200


def is_turned_back(client: Client, answer: TestResponse) -> bool:
    """Tell whether an answer is the one refusal there is, and lets nobody in."""
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    return "未能识别这次登录" in client.get("/sign-in").text and not is_in(client)


@both_engines
def test_who_reads_the_message_comes_in_and_goes_on(app: Flask, visit: Visit, world: World) -> None:
    client = visit()
    assert "单位统一身份认证" in client.get("/sign-in").text
    assert ask(client).status_code == 200
    assert last_message(app).recipient == MAIL
    ticket = ticket_in(app)
    for _each in range(2):  # the preview of a message, then the person
        assert client.get(ticket).status_code == 200
        assert not is_in(client)
    came = client.post(ticket)
    assert (came.status_code, came.location) == (302, "/alliances")
    assert "测试delegate" in client.get("/desk").text

    def said() -> list[Any]:
        statement = (
            select(JournalDetail.content)
            .join(JournalLine, JournalLine.number == JournalDetail.number)
            .where(JournalLine.verb == "session.start")
        )
        return list(db.session.scalars(statement))

    assert {"means": "sso"} in inside(app, said)


class TestReplay:
    def test_a_ticket_opens_once(self, app: Flask, visit: Visit) -> None:
        client = visit()
        ask(client)
        ticket = ticket_in(app)
        with client._client.session_transaction() as cookie:
            kept = dict(cookie["sso"])
        assert client.post(ticket).location == "/alliances"
        thief = visit()
        thief.token()
        with thief._client.session_transaction() as cookie:
            cookie["sso"] = kept  # as if the whole cookie had been copied before
        assert is_turned_back(thief, thief.post(ticket))

    def test_a_ticket_opens_only_the_browser_that_asked(self, app: Flask, visit: Visit) -> None:
        """Whoever merely reads the message, or was sent it by an attacker, gets nowhere."""
        ask(visit())
        ticket = ticket_in(app)
        bare, busy = visit(), visit()
        ask(busy, "supplier@test.example")
        assert is_turned_back(bare, bare.post(ticket))
        assert is_turned_back(busy, busy.post(ticket))
        looking = visit()
        assert is_turned_back(looking, looking.get(ticket))

    def test_a_ticket_of_another_sign_in_proves_nothing_under_ones_own_state(
        self, app: Flask, visit: Visit
    ) -> None:
        ask(visit(), "admin@test.example")
        stolen = parse_qs(urlsplit(ticket_in(app)).query)["ticket"][0]
        client = visit()
        ask(client)
        own = ticket_in(app)
        mixed = re.sub(r"ticket=[^&]+", f"ticket={stolen}", own)
        assert mixed != own
        assert is_turned_back(client, client.post(mixed))

    @pytest.mark.parametrize(
        "change", ["ticket=x", "ticket=", "nothing=1", "ticket=%00", "state=x"]
    )
    def test_what_was_not_signed_here_proves_nothing(
        self, app: Flask, visit: Visit, change: str
    ) -> None:
        client = visit()
        ask(client)
        name = "state" if change.startswith("state") else "ticket"
        forged = re.sub(rf"{name}=[^&]+", change, ticket_in(app))
        answer = client.post(forged)
        assert answer.status_code == 400 if "%00" in change else is_turned_back(client, answer)
        assert not is_in(client)

    def test_after_ten_minutes_it_is_too_late(self, app: Flask, visit: Visit) -> None:
        client = visit()
        ask(client)

        @operation
        def let_time_pass() -> None:
            for each in db.session.scalars(select(Challenge)):
                each.expires_at -= sso.LIFETIME

        inside(app, let_time_pass)
        assert is_turned_back(client, client.post(ticket_in(app)))

    def test_a_form_of_another_site_uses_nothing_up(self, app: Flask, visit: Visit) -> None:
        client = visit()
        ask(client)
        ticket = ticket_in(app)
        assert client.open(ticket, method="POST").status_code == 400
        assert client.post(ticket).location == "/alliances"


class TestWhoHasAnAccount:
    def test_is_told_by_no_page_and_nobody_gets_one(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        def people() -> Any:
            return inside(app, lambda: db.session.scalar(select(func.count(Person.id))))

        before, asked = people(), []
        for account in (MAIL, "nobody-xx@test.example"):
            client = visit()
            asked.append(re.sub(r'value="[^"]*"', "", ask(client, account).text))
            assert last_message(app).recipient == account
            if account != MAIL:
                assert is_turned_back(client, client.post(ticket_in(app)))
        assert asked[0] == asked[1]
        forged = visit()
        ask(forged)
        answer = forged.post(re.sub(r"ticket=[^&]+", "ticket=x", ticket_in(app)))
        assert is_turned_back(forged, answer), "the same for a forged ticket"
        assert people() == before

    def test_a_closed_account_stays_closed(self, app: Flask, visit: Visit, world: World) -> None:
        client = visit()
        ask(client)
        visit("delegate").post("/account/close", {"is_sure": "y"})
        assert is_turned_back(client, client.post(ticket_in(app)))

    @pytest.mark.parametrize("account", ["", "x", "a b@c.cn", "1" * 60, "ﷺ" * 200 + "@c.cn"])
    def test_what_is_no_address_is_told_so(self, visit: Visit, account: str) -> None:
        assert ask(visit(), account).status_code == 422

    def test_mobile_numbers_get_a_short_message(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        client = visit()
        ask(client, "+86 138-0000-0009")
        message = last_message(app)
        assert (message.channel, message.recipient) == ("sms", "13800000009")

    def test_tickets_are_not_sent_without_an_end(self, app: Flask, visit: Visit) -> None:
        client = visit()
        answers = [ask(client).status_code for _each in range(6)]
        assert answers == [200] * 5 + [429]
        assert ask(client, "other@test.example").status_code == 200


class TestTheSecondFactor:
    def test_is_asked_for_where_there_is_one(self, app: Flask, visit: Visit, world: World) -> None:
        def set_up() -> list[str]:
            who = db.session.get_one(Person, world.person["delegate"])
            own, by = start_session(who, key="k", device="x"), world.actor("delegate")
            started = factors.start_authenticator(who, session=own, by=by)
            code = code_at(factors.secret_of(started) or "", clock.now())
            return factors.confirm_authenticator(who, code, session=own, key="l", by=by)

        codes = inside(app, set_up)
        client = visit()
        ask(client)
        assert client.post(ticket_in(app)).location == "/sign-in/second"
        assert not is_in(client)
        assert client.post("/sign-in/second", {"code": "wrong-wrong"}).status_code == 422
        assert client.post("/sign-in/second", {"code": codes[0]}).location == "/alliances"
        assert is_in(client)

    def test_is_not_replaced_where_it_is_required(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        app.config["SECOND_FACTOR_REQUIRED"] = True
        client = visit()
        ask(client, "secretary@test.example")
        assert client.post(ticket_in(app)).location == "/alliances"
        assert client.get("/desk").location.startswith("/account/second-factor")

        def is_strong() -> bool:
            newest = select(Session.is_strong).order_by(Session.id.desc()).limit(1)
            return bool(db.session.scalar(newest))

        assert not inside(app, is_strong)


class TestProvingAgain:
    def grow_old(self, app: Flask) -> None:
        @operation
        def let_time_pass() -> None:
            for each in db.session.scalars(select(Session)):
                each.proved_at -= timedelta(hours=1)

        inside(app, let_time_pass)

    def test_whoever_is_signed_in_proves_it_again(self, app: Flask, visit: Visit) -> None:
        client = visit("delegate")
        client.token()
        self.grow_old(app)
        assert client.get("/account/addresses").location.startswith("/sign-in/again")
        assert "/sign-in/sso?next=" in client.get("/sign-in/again?next=/account/addresses").text
        ask(client, target="/account/addresses")
        assert client.post(ticket_in(app)).location == "/account/addresses"
        assert client.get("/account/addresses").status_code == 200

    def test_but_not_as_somebody_else(self, app: Flask, visit: Visit) -> None:
        client = visit("delegate")
        self.grow_old(app)
        ask(client, "supplier@test.example")
        assert client.post(ticket_in(app)).location == "/sign-in"
        assert client.get("/account/addresses").location.startswith("/sign-in/again")
        assert "测试delegate" in client.get("/desk").text


@pytest.mark.usefixtures("provider")
class TestAProvider:
    def begin(self, client: Client, target: str = "/desk") -> dict[str, str]:
        client.post("/sign-in/sso", query_string={"next": target})
        page = client.get("/sign-in/sso/go")
        assert page.status_code == 200
        link = re.search(r'href="(https://id\.example[^"]+)"', page.text)
        assert link
        address = link[1].replace("&amp;", "&")
        assert page.headers["Refresh"] == f"1; url={address}"
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    def test_is_told_state_nonce_and_where_to_come_back(self, app: Flask, visit: Visit) -> None:
        one, other = self.begin(visit()), self.begin(visit())
        base = app.config["PUBLIC_BASE_URL"]
        assert one["redirect_uri"] == f"{base}/sign-in/sso/return"
        assert one["service"] == f"{base}/sign-in/sso/return?state={one['state']}"
        assert one["state"] != other["state"] and one["nonce"] != other["nonce"]
        with app.test_request_context("/", headers={"Host": "evil.example"}):
            assert sso.Expected("s", "n").return_address.startswith(base)

    def test_its_answer_lets_in(self, visit: Visit) -> None:
        client = visit()
        told = self.begin(client, "/alliances")
        answer = f"/sign-in/sso/return?code=good&state={told['state']}"
        assert client.get(answer).status_code == 200
        assert client.post(answer).location == "/alliances"
        assert is_in(client)

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil"])
    def test_it_leads_to_no_other_place(self, visit: Visit, target: str) -> None:
        client = visit()
        told = self.begin(client, target)
        came = client.post(f"/sign-in/sso/return?code=good&state={told['state']}")
        assert came.location == "/desk"

    @pytest.mark.parametrize(
        ("code", "state"), [("bad", None), ("good", "x"), ("good", ""), ("", None), ("good", "ü")]
    )
    def test_other_answers_do_not(self, visit: Visit, code: str, state: str | None) -> None:
        client = visit()
        told = self.begin(client)
        chosen = told["state"] if state is None else state
        answer = client.post("/sign-in/sso/return", query_string={"code": code, "state": chosen})
        assert is_turned_back(client, answer)

    def test_a_provider_that_fails_lets_nobody_in(self, app: Flask, visit: Visit) -> None:
        def fails(_returned: Mapping[str, str], _expected: sso.Expected) -> str:
            raise TimeoutError("the provider is away")

        app.extensions["sso"] = fails
        client = visit()
        told = self.begin(client)
        answer = client.post(f"/sign-in/sso/return?code=good&state={told['state']}")
        assert is_turned_back(client, answer)

    def test_it_sends_no_tickets(self, app: Flask, visit: Visit) -> None:
        client = visit()
        self.begin(client)
        before = last_message(app).id
        client.post("/sign-in/sso/go", {"account": MAIL})
        assert last_message(app).id == before

    def test_attempts_are_counted(self, app: Flask, visit: Visit) -> None:
        app.config["SIGN_INS_PER_ADDRESS"] = 3
        client = visit()
        answers = [
            client.post("/sign-in/sso/return?code=good&state=x").status_code for _each in range(5)
        ]
        assert answers == [302, 302, 302, 429, 429]


def test_where_it_is_off_no_page_speaks_of_it(app: Flask, visit: Visit) -> None:
    app.config["SSO_ADAPTER"] = ""
    client = visit()
    assert "/sign-in/sso" not in client.get("/sign-in").text
    assert client.post("/sign-in/sso").location == "/sign-in"
    assert client.post("/sign-in/sso/go", {"account": MAIL}).location == "/sign-in"


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("no-such", PROVIDER, "SSO_ADAPTER"),
        ("no.such.module:prove", PROVIDER, "SSO_ADAPTER"),
        ("tests.sign_in.test_sso:nothing", PROVIDER, "SSO_ADAPTER"),
        ("tests.sign_in.test_sso:prove", "", "SSO_ADDRESS"),
        ("tests.sign_in.test_sso:prove", "http://id.example", "SSO_ADDRESS"),
        ("tests.sign_in.test_sso:prove", "https://id.example/{what}", "SSO_ADDRESS"),
    ],
)
def test_the_portal_does_not_start_with_half_an_adapter(
    url: str, name: str, address: str, said: str
) -> None:
    settings = {"SQLALCHEMY_DATABASE_URI": url, "SSO_ADAPTER": name, "SSO_ADDRESS": address}
    with pytest.raises(SystemExit, match=said):
        create_app("testing", settings)
