"""Mail by a server: after the transaction, tried again, never lost, the same mail if sent twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock, create_app, outbox
from portal.access import require, standing_of
from portal.actors import SYSTEM, Actor
from portal.backup.operations import wake
from portal.database import db
from portal.delivering import PATIENCE
from portal.mailing import Envelope, mail_of
from portal.operations import operation
from portal.outbox import OutboxMessage
from portal.worker import work
from tests.client import Client
from tests.conftest import both_engines, make_app
from tests.mail_server import HANG_UP, LATER, TAKE, TAKE_AND_HANG_UP, MailServer
from tests.world import World


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that takes everything."""
    with MailServer() as running:
        yield running


@pytest.fixture
def app(url: str, server: MailServer) -> Iterator[Flask]:
    """The application with that mail server."""
    made = make_app(url, **of(server))
    yield made
    with made.app_context():
        db.engine.dispose()


def of(server: MailServer) -> dict[str, object]:
    """Return the settings by which mail goes to a server of the tests."""
    return {
        "MAIL_ADAPTER": "smtp",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": server.port,
        "SMTP_STARTTLS": False,
        "MAIL_FROM": "产业联盟平台 <portal@portal.example>",
    }


@operation
def write(recipient: str = "li@new.example", subject: str = "通知", *, by: Actor = SYSTEM) -> int:
    require(by, "session.start")
    return outbox.send_mail(recipient, subject, "请打开这个链接。\n.\n第二行", by=by).id


def now(number: int) -> OutboxMessage:
    """Return a message as it stands now: the worker works with a session of its own."""
    return db.session.get_one(OutboxMessage, number, populate_existing=True)


def waiting_until(number: int) -> float:
    """Return in how many seconds a message is tried next."""
    message = now(number)
    assert message.next_attempt_at is not None
    return (message.next_attempt_at - clock.now()).total_seconds()


@both_engines
def test_a_mail_leaves_after_the_transaction_and_its_words_are_forgotten(
    server: MailServer, context: None
) -> None:
    number = write()
    assert server.taken == [], "nothing leaves inside the transaction"
    work(once=True)
    (taken,) = server.taken
    assert (taken.recipient, taken.mail["Subject"]) == ("li@new.example", "通知")
    assert taken.mail["From"] == "产业联盟平台 <portal@portal.example>"
    assert taken.mail.get_content().splitlines() == ["请打开这个链接。", ".", "第二行"]
    message = now(number)
    assert message.sent_at is not None and message.body == ""
    work(once=True)
    assert len(server.taken) == 1


def test_a_mail_of_a_transaction_that_failed_never_leaves(
    server: MailServer, context: None
) -> None:
    @operation
    def fail() -> None:
        outbox.send_mail("li@new.example", "通知", "请看。", by=SYSTEM)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    work(once=True)
    assert server.taken == []


@pytest.mark.parametrize("answer", [LATER, HANG_UP])
def test_what_is_not_taken_is_tried_again_ever_later(
    answer: str, server: MailServer, context: None
) -> None:
    server.outcome = lambda _recipient: answer
    number, pauses, at = write(), [], clock.now()
    for _attempt in range(4):
        with clock.standing_still(at):
            work(once=True)
            pauses.append(round(waiting_until(number)))
        at += timedelta(seconds=pauses[-1])
    assert pauses == [30, 60, 120, 240]
    message = now(number)
    assert message.attempts == 4 and message.last_error and message.body
    server.outcome = lambda _recipient: TAKE
    with clock.standing_still(at):
        work(once=True)
    message = now(number)
    assert message.sent_at and message.last_error is None and len(server.taken) == 1


def test_sent_twice_it_is_the_same_mail(server: MailServer, context: None) -> None:
    server.outcome = lambda _recipient: TAKE_AND_HANG_UP
    write()
    at = clock.now()
    work(once=True)
    server.outcome = lambda _recipient: TAKE
    with clock.standing_still(at + timedelta(minutes=5)):
        work(once=True)
    first, second = server.taken
    assert first.message_id == second.message_id
    assert first.mail.as_bytes() == second.mail.as_bytes()
    write()
    work(once=True)
    assert server.taken[2].message_id != first.message_id


def test_a_server_that_is_away_loses_nothing_and_is_not_asked_for_each_mail(
    server: MailServer, context: None
) -> None:
    numbers = [write(f"{n}@new.example") for n in range(5)]
    server.shutdown()
    server.server_close()
    work(once=True)
    tried = [number for number in numbers if now(number).attempts]
    assert len(tried) == 1, "the others wait until it answers again"
    with clock.standing_still(clock.now() + 2 * PATIENCE):
        work(once=True)
    for message in map(now, numbers):
        assert message.undeliverable_at is None and message.next_attempt_at and message.body


def test_what_fails_for_days_is_given_up(server: MailServer, context: None) -> None:
    server.outcome = lambda _recipient: LATER
    number = write()
    with clock.standing_still(clock.now() + PATIENCE + timedelta(hours=1)):
        work(once=True)
    message = now(number)
    assert message.undeliverable_at and message.next_attempt_at is None


@both_engines
def test_what_is_refused_for_good_is_shown_to_administrators(
    server: MailServer, world: World, context: None, visit: Callable[..., Client]
) -> None:
    server.refused = {"nobody@new.example", "gone@new.example"}
    number, mine = write("nobody@new.example"), write("gone@new.example", by=world.actor("admin"))
    work(once=True)
    for each in (now(number), now(mine)):
        assert each.undeliverable_at and each.next_attempt_at is None
        assert each.last_error == "550 5.1.1 no such user"
    text = visit("admin").soup("/outbox").get_text()
    assert "n***@new.example" in text and "550 5.1.1" in text
    assert "nobody@new.example" not in text
    assert "gone@new.example" in text, "whoever wrote it may hand it over"
    assert "n***@new.example" not in visit("secretary").soup("/outbox").get_text()
    visit("admin").post(f"/outbox/{number}/withdraw")
    assert "n***@new.example" not in visit("admin").soup("/outbox").get_text()


def test_what_is_on_the_way_is_not_to_be_copied(
    server: MailServer, world: World, context: None, visit: Callable[..., Client]
) -> None:
    server.outcome = lambda _recipient: LATER
    write(by=world.actor("manager"))
    work(once=True)
    page = visit("manager").soup("/outbox")
    assert "451 try again" in page.get_text()
    # The one of the world was written before there was a server.
    assert [each.get_text() for each in page.select("textarea")] == ["请打开这个链接。"]


def test_withdrawn_before_it_left_it_never_leaves(server: MailServer, context: None) -> None:
    number = write()
    withdraw(number)
    work(once=True)
    assert server.taken == []


def test_after_a_restore_what_was_on_the_way_is_not_sent_again(
    server: MailServer, context: None
) -> None:
    number = write()
    wake("2026-11-24", (1, "0" * 64), by=SYSTEM)
    work(once=True)
    message = now(number)
    assert server.taken == [] and message.withdrawn_at and message.body == ""
    write()
    work(once=True)
    assert len(server.taken) == 1


@operation
def withdraw(number: int, *, by: Actor = SYSTEM) -> None:
    require(by, "session.start")
    now(number).link_id = 1
    db.session.flush()
    outbox.withdraw_with_link(1, by=by)


def test_no_line_of_a_header_is_written_by_others(app: Flask, context: None) -> None:
    envelope = Envelope("a@b.example", "通知\r\nBcc: x@y.example", "…", "1.a", clock.now())
    mail = mail_of(envelope)
    assert mail["Bcc"] is None and mail["Subject"] == "通知 Bcc: x@y.example"


@pytest.mark.parametrize("address", ["a@b\r\nBcc: x@y.example", "no address", "", "王@例子.例子 x"])
def test_an_address_no_mail_can_go_to_is_given_up(
    address: str, server: MailServer, context: None
) -> None:
    number = write(address)
    work(once=True)
    message = now(number)
    assert message.undeliverable_at and server.taken == []


def test_a_chinese_address_keeps_no_other_mail_waiting(server: MailServer, context: None) -> None:
    """The domain goes out in ASCII; a name before it only to a server that takes it."""
    written = [write("a@例子.中国"), write("王@new.example"), write()]
    work(once=True)
    assert [each.recipient for each in server.taken] == [
        "a@xn--fsqu00a.xn--fiqs8s",
        "li@new.example",
    ]
    assert [now(each).undeliverable_at is None for each in written] == [True, False, True]


def test_the_password_is_said_nowhere(
    app: Flask, server: MailServer, context: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # The server of the tests refuses every sign-in; what may be set is checked at the start.
    app.config.update(SMTP_USER="portal", SMTP_PASSWORD="geheim-geheim")
    number = write()
    work(once=True)
    message = now(number)
    assert message.next_attempt_at and message.last_error
    said = f"{caplog.text} {message.last_error}"
    assert "(535)" in said and "geheim" not in said and "Z2VoZWlt" not in said


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SMTP_HOST": ""}, "SMTP_HOST"),
        ({"MAIL_FROM": ""}, "MAIL_FROM"),
        ({"MAIL_FROM": "portal"}, "MAIL_FROM"),
        ({"SMTP_USER": "portal"}, "SMTP_PASSWORD"),
        ({"SMTP_PASSWORD": "x"}, "SMTP_USER"),
        ({"SMTP_USER": "a", "SMTP_PASSWORD": "x"}, "SMTP_STARTTLS"),
    ],
)
def test_a_server_described_by_half_keeps_the_portal_from_starting(
    changed: dict[str, object], named: str, url: str, server: MailServer
) -> None:
    with pytest.raises(SystemExit, match=named):
        create_app("testing", {"SQLALCHEMY_DATABASE_URI": url, **of(server), **changed})


def test_without_a_server_again_what_was_on_the_way_is_handed_over(
    url: str, world: World, context: None
) -> None:
    number = write(by=world.actor("manager"))
    app = make_app(url)
    with app.app_context():
        found = outbox.messages_to_send(standing_of(world.actor("manager")))
        assert number in [each.id for each in found]
        db.session.remove()
        db.engine.dispose()
