"""The notice, the consent asked once for each version, the footer, the copy of one's data."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from portal.accounts import person_operations
from portal.accounts.models import Consent, Person
from portal.areas import PERSONAL_DATA
from portal.database import Base, db
from portal.errors import Denied
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World


@pytest.fixture
def asked(app: Flask) -> str:
    """The version of the notice everybody of this test is asked about."""
    app.config["PRIVACY_NOTICE"] = "2026-11-24"
    return "2026-11-24"


class TestConsent:
    def test_is_asked_before_the_first_page_and_leads_on_to_it(
        self, app: Flask, world: World, asked: str, visit: Callable[..., Client]
    ) -> None:
        client = visit("delegate")
        client._token = client.soup("/consent").select_one("input[name=csrf_token]")["value"]  # type: ignore[index,assignment]
        answer = client.get("/listings?q=a")
        assert (answer.status_code, answer.location) == (302, "/consent")
        assert client.post("/consent", {}).status_code == 422  # nothing is ticked beforehand
        answer = client.post("/consent", {"is_agreed": "y"})
        assert (answer.status_code, answer.location) == (302, "/listings?q=a")
        assert client.get("/listings?q=a").status_code == 200
        with app.app_context():
            (found,) = db.session.scalars(select(Consent))
            assert (found.person_id, found.notice) == (world.person["delegate"], asked)

    def test_is_asked_again_for_a_new_version_and_on_no_other_device(
        self, app: Flask, world: World, asked: str, visit: Callable[..., Client]
    ) -> None:
        with app.app_context():
            who = db.session.get_one(Person, world.person["delegate"])
            for _ in range(2):
                person_operations.give_consent(who, asked, by=world.actor("delegate"))
            assert db.session.scalar(select(func.count(Consent.id))) == 1
            db.session.remove()
        client = visit("delegate")
        assert client.get("/desk").status_code == 200
        app.config["PRIVACY_NOTICE"] = "2027-01-01"
        assert client.get("/desk").location == "/consent"

    def test_costs_no_query_once_the_session_knows(
        self, app: Flask, world: World, visit: Callable[..., Client]
    ) -> None:
        client = visit("delegate")
        before = client.queries("/listings")
        app.config["PRIVACY_NOTICE"] = "2026-11-24"
        with app.app_context():
            who = db.session.get_one(Person, world.person["delegate"])
            person_operations.give_consent(who, "2026-11-24", by=world.actor("delegate"))
            db.session.remove()
        assert client.queries("/listings") == before

    @pytest.mark.parametrize(
        "address",
        ["/privacy", "/regions.css", "/healthz", "/account/export", "/account/close",
         "/sign-in/again", "/consent"],
    )  # fmt: skip
    def test_leaves_the_ways_out_open(
        self, asked: str, visit: Callable[..., Client], address: str
    ) -> None:
        assert visit("delegate").open(address, method="GET").status_code == 200

    @pytest.mark.parametrize("address", ["/", "/desk", "/account", "/outbox", "/alliances"])
    def test_stands_before_everything_else(
        self, asked: str, visit: Callable[..., Client], address: str
    ) -> None:
        assert visit("delegate").open(address, method="GET").location == "/consent"
        assert visit().open(address, method="GET").location != "/consent"

    def test_loses_no_form_that_is_being_sent(
        self, app: Flask, visit: Callable[..., Client]
    ) -> None:
        client = visit("delegate")
        client.token()
        app.config["PRIVACY_NOTICE"] = "2026-11-24"
        sent = client.post("/account/profile", {"name": "王小明", "language": "zh"})
        assert sent.location == "/account"

    def test_leads_nowhere_else(self, asked: str, visit: Callable[..., Client]) -> None:
        client = visit("delegate")
        client.open("//evil.example/", method="GET")
        with client._client.session_transaction() as cookie:
            assert not cookie.get("after_consent", "").startswith("//")

    def test_is_nobody_else_s_to_give(self, world: World, context: None) -> None:
        who = db.session.get_one(Person, world.person["delegate"])
        with pytest.raises(Denied):
            person_operations.give_consent(who, "2026-11-24", by=world.actor("admin"))

    def test_is_asked_of_nobody_without_a_version(self, visit: Callable[..., Client]) -> None:
        assert visit("delegate").get("/desk").status_code == 200


class TestFooter:
    def test_shows_numbers_and_operator_where_there_are_any(
        self, app: Flask, visit: Callable[..., Client]
    ) -> None:
        app.config.update(
            OPERATOR_NAME="氢能联盟秘书处",
            OPERATOR_CONTACT="010-1234",
            ICP_NUMBER="京ICP备12345678号-1",
            POLICE_NUMBER="京公网安备 11010802012345号",
        )
        footer = visit().soup("/").select_one("footer")
        assert footer is not None
        assert footer.find("a", string="京ICP备12345678号-1")
        police = footer.find("a", string="京公网安备 11010802012345号")
        assert police is not None
        assert str(police["href"]).endswith("code=11010802012345")
        assert "氢能联盟秘书处" in footer.get_text()
        assert "010-1234" in visit().soup("/privacy").get_text()

    def test_hides_what_is_empty_and_always_leads_to_the_notice(
        self, visit: Callable[..., Client]
    ) -> None:
        page = visit().soup("/")
        assert page.select_one(".site-operator") is None
        assert page.select_one('footer a[href="/privacy"]')


@both_engines
def test_every_table_that_names_a_person_is_in_the_copy(
    app: Flask, world: World, context: None
) -> None:
    """Statements are read, not rows: a table without rows of theirs counts as well."""
    from_person = {
        (table.name, key.parent.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    asked = _statements(app, world.person["delegate"])
    missing = {
        (table, column)
        for table, column in from_person
        if not any(f"FROM {table}" in each and f"{table}.{column} =" in each for each in asked)
    }
    assert len(from_person) > 20
    assert not missing


def _statements(app: Flask, person_id: int) -> list[str]:
    ran: list[str] = []

    def keep(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        ran.append(" ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        for provide in PERSONAL_DATA:
            provide(person_id)
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)
    return ran


def test_the_copy_holds_what_is_theirs_and_no_secret(
    world: World, visit: Callable[..., Client]
) -> None:
    client = visit("delegate")
    answer = client.open("/account/export", method="GET")
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    copy = json.loads(answer.text)
    (me,) = copy["person"]
    assert me["email"] == "delegate@test.example"
    assert [each["role"] for each in copy["appointments"]] == ["delegate"]
    assert any(each["what"] == "session" for each in copy["sign_in"])
    assert {each["verb"] for each in copy["journal"]} >= {"listing.create", "session.start"}
    assert len(copy["listing"]) > 5
    for word in ("digest", "hash", "sealed", "credential", "public_key"):
        assert f'"{word}' not in answer.text, word
    assert "password_hash" not in answer.text
    for name, number in world.person.items():
        if name != "delegate":
            assert f"{name}@test.example" not in answer.text, number
