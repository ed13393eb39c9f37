"""One's own account: name, addresses, language, size of type, and what waits to be sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from portal import clock, journal, outbox
from portal.access import require, standing_of
from portal.accounts import person_operations
from portal.accounts.models import Person
from portal.actors import ANONYMOUS, SYSTEM, Actor
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.operations import operation
from portal.outbox import OutboxMessage
from portal.sign_in.models import Session
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

SECRET = "https://portal.example.cn/invitations/abc"


def someone(world: World, who: str = "delegate") -> Person:
    return db.session.get_one(Person, world.person[who])


def addresses(who: Person, by: Actor, **changed: str | None) -> None:
    new = {"email": who.email, "mobile": who.mobile, **changed}
    person_operations.change_addresses(who, by=by, **new)  # type: ignore[arg-type]


@both_engines
class TestAddresses:
    def test_are_kept_as_they_are_compared(self, world: World, context: None) -> None:
        who = someone(world)
        addresses(
            who, world.actor("delegate"), email="New@Test.Example", mobile="+86 138 0000 1111"
        )
        assert (who.email, who.mobile) == ("new@test.example", "13800001111")
        (line, detail), *_rest = reversed(journal.lines_about("person", who.id))
        assert (line.verb, line.person_id) == ("person.edit", who.id)
        assert detail == {
            "email": ["delegate@test.example", "new@test.example"],
            "mobile": [None, "13800001111"],
        }

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"email": None, "mobile": None}, "email"),
            ({"email": "manager@test.example"}, "email"),
            ({"email": "MANAGER@test.example"}, "email"),
            ({"email": "admin@demo.example"}, "email"),
        ],
    )
    def test_that_cannot_be_theirs_are_refused(
        self, world: World, context: None, changed: dict[str, str | None], field: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            addresses(someone(world), world.actor("delegate"), **changed)
        assert refused.value.field == field

    @pytest.mark.parametrize("who", ["manager", "admin", "secretary", "anonymous"])
    def test_are_changed_by_nobody_else(self, world: World, context: None, who: str) -> None:
        with pytest.raises(Denied):
            addresses(someone(world), world.actor(who), email="x@test.example")

    def test_of_an_old_page_are_stale(self, world: World, context: None) -> None:
        who = someone(world)
        with pytest.raises(Stale):
            person_operations.change_addresses(
                who, email="x@test.example", mobile=None, by=world.actor("delegate"), expected=99
            )


@operation
def age_proofs() -> None:
    """Let every proof of who somebody is be twenty minutes old."""
    require(SYSTEM, "portal.load")
    for each in db.session.scalars(select(Session)):
        each.proved_at = clock.now() - timedelta(minutes=20)


def test_changing_an_address_asks_for_a_fresh_proof(
    app: Flask, visit: Callable[..., Client]
) -> None:
    client = visit("delegate")
    for address in ("/account/addresses", "/account/close", "/account/export"):
        assert client.open(address, method="GET").status_code == 200
    with app.app_context():
        age_proofs()
        db.session.remove()
    for address in ("/account/addresses", "/account/close", "/account/export"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in/again?next=")
    assert client.post("/account/close", {"is_sure": "y"}).location.startswith("/sign-in/again")
    assert client.get("/account/profile").status_code == 200


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "nonsense", "mobile": ""}, "email"),
        ({"email": "a@b", "mobile": ""}, "email"),
        ({"email": "a b@c.cn", "mobile": ""}, "email"),
        ({"email": "", "mobile": "123"}, "mobile"),
        ({"email": "", "mobile": "a@b.cn"}, "mobile"),
        ({"email": "", "mobile": ""}, "email"),
        ({"email": "a" * 300 + "@b.cn", "mobile": ""}, "email"),
    ],
)
def test_what_is_no_address_is_shown_again_with_a_sentence(
    visit: Callable[..., Client], typed: dict[str, str], field: str
) -> None:
    answer = visit("delegate").post("/account/addresses", typed)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(f"#{field}-error")
    assert page.select_one("#email")["value"] == typed["email"]  # type: ignore[index]


def test_the_profile_is_saved_and_an_old_page_is_told(visit: Callable[..., Client]) -> None:
    client = visit("delegate")
    version = client.soup("/account/profile").select_one("input[name=version]")
    assert version is not None
    sent = {"name": "王小明", "language": "zh", "is_large_type": "y", "version": version["value"]}
    assert client.post("/account/profile", sent).status_code == 302
    assert "王小明" in client.soup("/account").get_text()
    assert client.post("/account/profile", {**sent, "name": "另一个"}).status_code == 409
    assert client.post("/account/profile", {**sent, "name": ""}).status_code == 422


class TestLanguage:
    def test_of_the_account_wins_over_the_cookie(self, visit: Callable[..., Client]) -> None:
        first = visit("delegate")
        assert first.open("/desk?language=en", method="GET").status_code == 302
        elsewhere = visit("delegate")  # another device, whose cookie says Chinese
        assert 'lang="en"' in elsewhere.open("/desk", method="GET").text[:200]
        assert 'lang="zh-Hans"' in visit("manager").open("/desk", method="GET").text[:200]

    def test_is_journaled_once_for_each_change(
        self, app: Flask, world: World, visit: Callable[..., Client]
    ) -> None:
        client = visit("delegate")
        for _ in range(3):
            client.open("/desk?language=en", method="GET")
        with app.app_context():
            lines = journal.lines_about("person", world.person["delegate"])
            assert [line.verb for line, _detail in lines].count("person.edit") == 1

    def test_of_a_visitor_stands_in_the_cookie(self, visit: Callable[..., Client]) -> None:
        visitor = visit()
        visitor.open("/?language=en", method="GET")
        assert 'lang="en"' in visitor.open("/", method="GET").text[:200]


class TestLargerType:
    @pytest.mark.parametrize("who", ["anonymous", "delegate"])
    def test_is_switched_on_and_off_on_any_page(
        self, visit: Callable[..., Client], who: str
    ) -> None:
        client = visit(who)
        for wanted in ("1", "0"):
            link = client.soup("/listings?q=a").select_one(f'a[href*="large-type={wanted}"]')
            assert link is not None
            answer = client.open(str(link["href"]), method="GET")
            assert answer.location == "/listings?q=a"
            body = client.soup("/listings").body
            assert body is not None
            assert ("large-type" in body.get("class", [])) is (wanted == "1")

    def test_follows_the_account_to_another_device(self, visit: Callable[..., Client]) -> None:
        visit("delegate").open("/?large-type=1", method="GET")
        assert 'class="large-type"' in visit("delegate").open("/", method="GET").text
        assert 'class="large-type"' not in visit().open("/", method="GET").text

    def test_leads_nowhere_else(self, visit: Callable[..., Client]) -> None:
        answer = visit().open("//evil.example/?large-type=1", method="GET")
        assert not (answer.location or "").startswith("//")


@operation
def write(by: Actor, channel: str = "mail") -> OutboxMessage:
    require(by, "session.start")
    if channel == "sms":
        return outbox.send_sms("13800001111", SECRET, by=by)
    return outbox.send_mail("zhang@test.example", "Invitation", SECRET, by=by)


class TestOutbox:
    def test_shows_a_message_to_its_writer_alone_until_it_was_sent(
        self, app: Flask, world: World, visit: Callable[..., Client]
    ) -> None:
        with app.app_context():
            message_id = write(world.actor("manager")).id
            db.session.remove()
        for who, sees in (("manager", True), ("admin", False), ("delegate", False)):
            assert (SECRET in visit(who).get("/outbox").text) is sees
        assert visit("delegate").post(f"/outbox/{message_id}/sent").status_code == 404
        assert visit("manager").post(f"/outbox/{message_id}/sent").status_code == 302
        assert visit("manager").post(f"/outbox/{message_id}/sent").status_code == 422
        assert visit("admin").post(f"/outbox/{message_id}/sent").status_code == 404
        text = visit("manager").get("/outbox").text
        assert SECRET not in text
        assert "Invitation" in text
        with app.app_context():
            assert db.session.get_one(OutboxMessage, message_id).body == ""
            assert journal.verify().faults == ()

    def test_what_the_portal_wrote_itself_the_administrator_hands_over(
        self, app: Flask, world: World, visit: Callable[..., Client]
    ) -> None:
        with app.app_context():
            message_id = write(SYSTEM).id
            db.session.remove()
        for who, sees in (("admin", True), ("manager", False)):
            assert (SECRET in visit(who).get("/outbox").text) is sees
        assert visit("manager").post(f"/outbox/{message_id}/sent").status_code == 404
        assert visit("admin").post(f"/outbox/{message_id}/sent").status_code == 302

    @pytest.mark.parametrize(("name", "says"), [("production", False), ("development", True)])
    @pytest.mark.parametrize("channel", ["mail", "sms"])
    def test_on_the_console_never_tells_a_link_in_production(
        self,
        app: Flask,
        world: World,
        context: None,
        caplog: pytest.LogCaptureFixture,
        name: str,
        says: bool,
        channel: str,
    ) -> None:
        app.config.update(MAIL_ADAPTER="console", SMS_ADAPTER="console", NAME=name)
        with caplog.at_level(logging.INFO, app.logger.name):
            message = write(world.actor("manager"), channel)
        assert (SECRET in caplog.text) is says
        assert "zhang@" not in caplog.text
        assert "13800001111" not in caplog.text
        assert channel in caplog.text
        assert (message.body, message.sent_at is None) == ("", False)

    def test_is_empty_with_a_sentence(self, visit: Callable[..., Client]) -> None:
        assert visit("stranger").soup("/outbox").select_one(".empty")

    def test_an_adapter_that_does_not_exist_keeps_the_portal_from_starting(
        self, app: Flask
    ) -> None:
        app.config["SMS_ADAPTER"] = "pigeon"
        with pytest.raises(SystemExit, match="SMS_ADAPTER"):
            outbox.init_app(app)

    def test_masks_an_address(self) -> None:
        assert outbox.masked("zhang@test.example") == "z***@test.example"
        assert outbox.masked("13800001111") == "138****11"
        assert outbox.masked("12345") == "****"

    def test_is_nobody_s_but_by_right(self, world: World, context: None) -> None:
        write(world.actor("manager"))
        assert outbox.messages_to_send(standing_of(ANONYMOUS)) == []


def test_the_old_mailbox_hears_that_addresses_were_changed(
    app: Flask, world: World, context: None
) -> None:
    app.config["MAIL_ADAPTER"] = "smtp"
    told = select(OutboxMessage).where(
        OutboxMessage.recipient == "delegate@test.example",
        OutboxMessage.subject.contains("已修改"),
    )
    who = someone(world)
    addresses(who, world.actor("delegate"), email=who.email)
    assert not db.session.scalars(told).all(), "nothing changed"
    addresses(who, world.actor("delegate"), email="thief@test.example")
    assert db.session.scalars(told).one().written_by_id is None


def test_a_chosen_language_is_named_in_itself_and_spoken_at_once(
    visit: Callable[..., Client],
) -> None:
    client = visit("delegate")
    labels = [each.text.strip() for each in client.soup("/account/profile").select(".choice-label")]
    assert labels == ["中文", "English"]
    client.post("/account/profile", {"name": "测试", "language": "en"})
    client.language = "en"
    assert "Saved." in client.get("/account").text
    client.post("/sign-out")
    assert "Forgot your password?" in client.get("/sign-in").text, "after signing out, too"
