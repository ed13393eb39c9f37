"""Signing in and out, for whom one acts, and what an outsider can learn."""

from __future__ import annotations

import contextvars
import re
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.operations import grant_appointment
from portal.accounts.queries import account_name
from portal.actors import SYSTEM
from portal.database import db
from portal.operations import operation
from portal.roles import Role
from portal.sign_in.models import Session
from portal.sign_in.passwords import hash_password
from tests.client import Client
from tests.conftest import both_engines, make_app
from tests.world import World

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


@pytest.fixture(autouse=True)
def password(app: Flask, world: World) -> None:
    def give() -> None:
        with app.app_context():

            @operation
            def set_it() -> None:
                person = db.session.get_one(Person, world.person["delegate"])
                person.password_hash, person.mobile = HASH, "10000000001"

            set_it()
            db.session.remove()

    contextvars.Context().run(give)


Visit = Callable[..., Client]


@both_engines
@pytest.mark.parametrize(
    "account",
    [
        "delegate@test.example",
        " Delegate@TEST.example ",
        "100-0000-0001",
        "+86 10000000001",
        "１００００００００01",
    ],
)
def test_mobile_number_or_address_let_in(visit: Visit, account: str) -> None:
    client = visit()
    answer = client.post("/sign-in", {"account": account, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/desk")
    assert client.get("/desk").status_code == 200


def test_stored_form_of_an_account() -> None:
    assert account_name("＋86 138 0013 8000") == "13800138000"
    assert account_name("A@B.example") == "a@b.example"


@both_engines
def test_a_cookie_replayed_after_sign_out_opens_nothing_at_any_worker(
    app: Flask, url: str, visit: Visit
) -> None:
    client = visit("delegate")
    stolen = client._client.get_cookie("portal")
    assert stolen is not None
    assert client.get("/desk").status_code == 200
    assert client.post("/sign-out").status_code == 302
    for worker in (app, make_app(url)):
        thief = worker.test_client()
        thief.set_cookie("portal", stolen.value)
        answer = contextvars.Context().run(thief.get, "/desk")
        assert answer.status_code == 302
        assert "/sign-in" in answer.location
        if worker is not app:
            with worker.app_context():
                db.engine.dispose()


def test_a_cookie_planted_before_sign_in_is_worth_nothing_after_it(visit: Visit) -> None:
    client = visit()
    planted = client.token()
    with client._client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    form = {"account": "delegate@test.example", "password": PASSWORD}
    assert client.post("/sign-in", form).location == "/desk"
    with client._client.session_transaction() as cookie:
        assert "planted" not in cookie
    forged = client.open("/sign-out", method="POST", data={"csrf_token": planted})
    assert forged.status_code == 400, "whoever planted it knows its token"
    assert client.get("/desk").status_code == 200


def test_signing_out_needs_a_form(visit: Visit) -> None:
    client = visit("delegate")
    assert client.get("/sign-out").status_code == 405
    assert client.open("/sign-out", method="POST").status_code == 400
    assert client.get("/desk").status_code == 200


def test_the_database_holds_no_key_that_opens_a_session(app: Flask, visit: Visit) -> None:
    client = visit("delegate")
    with client._client.session_transaction() as cookie:
        key = cookie["_user_id"]
    with app.app_context():
        digests = db.session.scalars(select(Session.digest)).all()
        db.session.remove()
    assert digests
    assert key not in digests


def test_unknown_account_and_wrong_password_are_told_the_same(visit: Visit) -> None:
    pages = []
    for account in ("delegate@test.example", "nobody-xx@test.example"):
        answer = visit().post("/sign-in", {"account": account, "password": "wrong"})
        assert answer.status_code == 422
        plain = re.sub(r'value="[^"]*"', "", answer.text)
        pages.append(plain)
    assert pages[0] == pages[1]


def test_an_unknown_account_takes_as_long_as_a_known_one(app: Flask, visit: Visit) -> None:
    """In processor time, which other work on the machine does not stretch; hashing dominates it."""
    app.config["SIGN_INS_PER_ACCOUNT"] = 100
    client = visit()
    client.token()

    def cost(account: str) -> float:
        began = time.process_time()
        client.post("/sign-in", {"account": account, "password": "wrong"})
        return time.process_time() - began

    # Two unknown ones: an address, and a person who has no password.
    accounts = ("delegate@test.example", "nobody-xx@test.example", "supplier@test.example")
    known, *unknown = (min(cost(account) for _each in range(4)) for account in accounts)
    for other in unknown:
        assert 0.7 < other / known < 1.4


def test_the_sixth_guess_is_not_even_looked_at(app: Flask, visit: Visit) -> None:
    client = visit()
    for _guess in range(app.config["SIGN_INS_PER_ACCOUNT"]):
        wrong = {"account": "delegate@test.example", "password": "wrong"}
        assert client.post("/sign-in", wrong).status_code == 422
    right = client.post("/sign-in", {"account": "delegate@test.example", "password": PASSWORD})
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 15 * 60
    assert "15分钟" in right.text and "几分钟" not in right.text, "one time to wait"
    assert 'href="/sign-in">返回登录' in right.text
    assert 'href="/forgotten-password">忘记密码' in right.text
    other = visit().post("/sign-in", {"account": "supplier@test.example", "password": "x"})
    assert other.status_code == 422


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil",
     "\\\\evil.example", "/\t/evil.example"],
)  # fmt: skip
def test_sign_in_leads_to_no_other_place(visit: Visit, target: str) -> None:
    client = visit()
    form = {"account": "delegate@test.example", "password": PASSWORD}
    answer = client.post("/sign-in", form, query_string={"next": target})
    assert answer.status_code == 302
    assert answer.location == "/desk"


def test_sign_in_leads_back_to_where_one_came_from(visit: Visit, world: World) -> None:
    client = visit()
    sent = client.get(f"/listings/{world.listing['members']}")
    assert sent.status_code == 302
    form = {"account": "delegate@test.example", "password": PASSWORD}
    answer = client.post(sent.location, form)
    assert answer.location == f"/listings/{world.listing['members']}"


def test_whoever_represents_two_organisations_acts_for_one_at_a_time(
    app: Flask, visit: Visit, world: World
) -> None:
    def also_for_the_medic() -> None:
        with app.app_context():
            person = db.session.get_one(Person, world.person["delegate"])
            scope = world.organisation["medic"]
            grant_appointment(person, Role.DELEGATE, scope_id=scope, by=SYSTEM)
            db.session.remove()

    contextvars.Context().run(also_for_the_medic)
    client = visit("delegate")
    draft, members = world.listing["draft"], world.listing["members"]
    assert client.get(f"/listings/{draft}").status_code == 200
    chosen = client.post("/acting-for", {"organisation_id": world.organisation["medic"]})
    assert chosen.status_code == 302
    assert client.get(f"/listings/{draft}").status_code == 404
    assert client.get(f"/listings/{members}").status_code == 404
    refused = client.post("/acting-for", {"organisation_id": world.organisation["supplier"]})
    assert refused.status_code == 422


def test_a_role_ends_with_its_appointment(app: Flask, visit: Visit, world: World) -> None:
    """`former` is signed in all the while; what ended an hour ago is worth nothing now."""
    client = visit("former")
    assert client.get(f"/listings/{world.listing['draft']}").status_code == 404
    assert client.get("/listings/new").status_code == 403


def test_whose_session_was_ended_elsewhere_reads_so(visit: Visit) -> None:
    here, elsewhere = visit("delegate"), visit("delegate")
    assert "您已退出登录" not in visit().get("/sign-in").text
    elsewhere.post("/account/devices/sign-out-others")
    assert here.get("/desk").location == "/sign-in?next=/desk"
    assert "您已退出登录：" in here.get("/sign-in?next=/desk").text
    assert elsewhere.post("/sign-out").status_code == 302
    assert "您已退出登录：" not in elsewhere.get("/sign-in").text, "who signed out knows"


def test_whoever_opened_a_page_for_members_reads_why_sign_in_stands_there(visit: Visit) -> None:
    visitor = visit()
    asked = visitor.get("/desk")
    assert asked.status_code == 302
    notice = visitor.soup(asked.location).select_one(".notice")
    assert notice is not None and "登录后继续打开" in notice.get_text()
    assert visitor.soup("/sign-in").select_one(".notice") is None
