"""The group robot: the secretariat's secret, once for each thing that everybody may see."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.actors import SYSTEM
from portal.alliances import news
from portal.alliances.models import Alliance
from portal.database import db
from portal.delivering import give_up, put_off
from portal.errors import Denied, Refused
from portal.exchange import operations
from portal.exchange.filling_in import confirm_listing, fill_in_listing
from portal.exchange.models import Listing, ListingVisibility
from portal.journal import JournalDetail, JournalLine
from portal.robots.models import Robot, RobotPost
from portal.robots.operations import remove_robot, set_robot
from portal.robots.posting import courier
from portal.worker import work
from tests.client import Client
from tests.conftest import both_engines
from tests.robots.test_hooks import OK, PUBLIC, answering, lead
from tests.world import World, content

Visit = Callable[..., Client]
URL = "https://robot.example/send?key=0123456789-secret"


def hydrogen(world: World) -> Alliance:
    return db.session.get_one(Alliance, world.alliance["hydrogen"])


def settle(world: World) -> None:
    set_robot(hydrogen(world), URL, by=world.actor("secretary"))


def post(world: World, title: str = "求购阀门", **changed: object) -> Listing:
    said = content(title=title, **changed)
    listing = operations.post_listing(
        hydrogen(world), said, by=world.actor("delegate"), submit=True
    )
    operations.publish_listing(listing, by=world.actor("secretary"))
    return listing


def posts() -> list[RobotPost]:
    return list(db.session.scalars(select(RobotPost).order_by(RobotPost.id)))


@both_engines
def test_what_everybody_may_see_is_posted_once(app: Flask, world: World, context: None) -> None:
    settle(world)
    listing = post(world)
    listing_id = listing.id
    operations.recall_listing(listing, by=world.actor("delegate"))
    operations.submit_listing(listing, by=world.actor("delegate"))
    operations.publish_listing(listing, by=world.actor("secretary"))
    told = news.write_news(
        hydrogen(world), title="季度例会", body="周三。", by=world.actor("secretary")
    )
    news_id = told.id
    with answering(OK) as (port, asked):
        lead(app, port)
        work(once=True)
        work(once=True)
    bodies = [json.loads(each.partition(b"\r\n\r\n")[2]) for each in asked]
    assert {each["msgtype"] for each in bodies} == {"text"}
    first, second = (each["text"]["content"] for each in bodies)
    assert "需求：求购阀门（北京甲氢能有限公司" in first and f"/listings/{listing_id}" in first
    assert "季度例会" in second and f"/news/{news_id}" in second
    for each in posts():
        assert each.sent_at and each.body == "" and each.next_attempt_at is None


def test_what_was_filled_in_is_posted_once_confirmed(world: World, context: None) -> None:
    settle(world)
    listing = fill_in_listing(
        hydrogen(world),
        content(title="代填报的需求"),
        db.session.get_one(Organisation, world.organisation["supplier"]),
        db.session.get_one(Person, world.person["supplier"]),
        by=world.actor("secretary"),
    )
    assert posts() == []
    confirm_listing(listing, by=world.actor("supplier"))
    (waiting,) = posts()
    assert "代填报的需求" in waiting.body


def test_what_not_everybody_may_see_is_never_posted(world: World, context: None) -> None:
    settle(world)
    named = frozenset({world.organisation["supplier"]})
    post(world, visibility=ListingVisibility.MEMBERS)
    post(world, visibility=ListingVisibility.CONFIDENTIAL, named_ids=named)
    assert posts() == []


def test_another_alliance_posts_nothing(world: World, context: None) -> None:
    other = db.session.get_one(Alliance, world.alliance["biomedicine"])
    set_robot(other, URL, by=world.actor("other_secretary"))
    post(world)
    assert posts() == []


REFUSED = b'HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{"errcode":45009,"errmsg":"often"}'


@pytest.mark.parametrize("answer", [b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", REFUSED, b""])
def test_what_the_group_does_not_take_is_tried_again(
    answer: bytes, app: Flask, world: World, context: None
) -> None:
    settle(world)
    post(world)
    with answering(answer) as (port, asked):
        lead(app, port)
        work(once=True)
        work(once=True)
        assert len(asked) == 1, "not at once"
    (waiting,) = posts()
    assert waiting.attempts == 1 and waiting.last_error and "secret" not in waiting.last_error
    with answering(OK) as (port, asked), clock.standing_still(clock.now() + timedelta(minutes=2)):
        lead(app, port)
        work(once=True)
    assert posts()[0].sent_at is not None


@both_engines
@pytest.mark.parametrize("said", [rb'{"errcode":"\ud800\u0000"}', b"[" * 4000])
def test_whatever_the_group_answers_the_worker_goes_on(
    said: bytes, app: Flask, world: World, context: None
) -> None:
    settle(world)
    post(world)
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(said) + said) as (
        port,
        _asked,
    ):
        lead(app, port)
        work(once=True)
    (tried,) = posts()
    assert tried.sent_at or (tried.last_error or "").startswith("the group refuses it")


@both_engines
def test_what_another_server_said_is_stored_whatever_it_holds(world: World, context: None) -> None:
    settle(world)
    post(world)
    (waiting,) = posts()
    put_off(courier(), waiting.id, error="550 无\ud800\0此人", by=SYSTEM)
    assert waiting.last_error == "550 无\\ud800此人"
    give_up(courier(), waiting.id, error="551 \ud800\0 no", by=SYSTEM)
    assert waiting.last_error == "551 \\ud800 no"


def test_what_was_changed_or_taken_back_meanwhile_is_not_posted(
    app: Flask, world: World, context: None
) -> None:
    settle(world)
    paused, changed = post(world, "求购阀门"), post(world, "求购铝")
    told = news.write_news(
        hydrogen(world), title="季度例会", body="周三。", by=world.actor("secretary")
    )
    operations.pause_listing(paused, by=world.actor("delegate"))
    operations.recall_listing(changed, by=world.actor("delegate"))
    operations.edit_listing(changed, content(title="求购铜"), by=world.actor("delegate"))
    operations.submit_listing(changed, by=world.actor("delegate"))
    news.withdraw_news(told, by=world.actor("secretary"))
    with answering(OK) as (port, asked):
        lead(app, port)
        work(once=True)
    assert asked == []
    for each in posts():
        assert each.undeliverable_at and each.last_error == "it was changed or taken back"


def test_the_group_reads_chinese_whoever_publishes(app: Flask, world: World, context: None) -> None:
    settle(world)
    with app.test_request_context(headers={"Cookie": "language=en"}):
        post(world, is_anonymous=True)
    with answering(OK) as (port, asked):
        lead(app, port)
        work(once=True)
    (told,) = [json.loads(each.partition(b"\r\n\r\n")[2])["text"]["content"] for each in asked]
    assert "Beijing" not in told


@pytest.mark.parametrize("is_given_up", [False, True])
def test_what_was_changed_and_published_again_is_posted_as_it_reads_now(
    app: Flask, world: World, context: None, is_given_up: bool
) -> None:
    settle(world)
    listing_id = post(world, "求购铝").id
    operations.recall_listing(db.session.get_one(Listing, listing_id), by=world.actor("delegate"))
    with answering(OK) as (port, asked):
        lead(app, port)
        if is_given_up:
            work(once=True)
            assert posts()[0].undeliverable_at is not None
        changed = db.session.get_one(Listing, listing_id)
        operations.edit_listing(changed, content(title="求购铜"), by=world.actor("delegate"))
        operations.submit_listing(changed, by=world.actor("delegate"))
        operations.publish_listing(changed, by=world.actor("secretary"))
        work(once=True)
        work(once=True)
    (told,) = [json.loads(each.partition(b"\r\n\r\n")[2])["text"]["content"] for each in asked]
    assert "求购铜" in told and "求购铝" not in told
    (only,) = posts()
    assert only.sent_at is not None and only.undeliverable_at is None


def test_an_address_that_is_not_public_is_given_up(app: Flask, world: World, context: None) -> None:
    settle(world)
    post(world)
    app.config["HOOK_RESOLVER"] = lambda _host: ["10.0.0.7"]
    work(once=True)
    (given_up,) = posts()
    assert given_up.undeliverable_at and given_up.next_attempt_at is None


def test_what_waits_is_not_posted_once_the_address_is_forgotten(
    app: Flask, world: World, context: None
) -> None:
    settle(world)
    post(world)
    remove_robot(hydrogen(world), by=world.actor("secretary"))
    with answering(OK) as (port, asked):
        lead(app, port)
        work(once=True)
        assert asked == []
    post(world, "求购铝")
    assert len(posts()) == 1


def test_only_the_secretariat_sets_it_and_only_to_https(world: World, context: None) -> None:
    for who in ("delegate", "chair", "admin", "other_secretary"):
        with pytest.raises(Denied):
            set_robot(hydrogen(world), URL, by=world.actor(who))
    with pytest.raises(Refused):
        set_robot(hydrogen(world), "http://robot.example/", by=world.actor("secretary"))
    with pytest.raises(Denied):
        remove_robot(hydrogen(world), by=world.actor("delegate"))


def test_the_address_is_shown_in_part_and_journaled_nowhere(
    world: World, visit: Visit, context: None
) -> None:
    page = visit("secretary")
    address = "/alliances/hydrogen/robot"
    assert page.get(address).status_code == 200
    assert page.post(address, {"url": "http://robot.example/"}).status_code == 422
    assert page.post(address, {"url": ""}).status_code == 422
    assert page.post(address, {"url": URL}).status_code == 302
    text = page.get(address).text
    assert "https://robot.example/…cret" in text and "0123456789" not in text
    details = select(JournalDetail.content).join(
        JournalLine, JournalLine.number == JournalDetail.number
    )
    assert "0123456789" not in str(db.session.scalars(details).all())
    for who in ("delegate", "admin", "other_secretary"):
        assert visit(who).get(address).status_code == 403
    assert page.post(f"{address}/remove").status_code == 302
    assert "robot.example" not in page.get(address).text
    db.session.rollback()
    assert db.session.scalars(select(Robot.url)).all() == [None]


def test_a_test_says_whether_the_group_took_it(app: Flask, world: World, visit: Visit) -> None:
    with app.app_context():
        settle(world)
        db.session.remove()
    me, address = visit("secretary"), "/alliances/hydrogen/robot"
    with answering(OK) as (port, asked):
        lead(app, port)
        me.post(f"{address}/test")
        assert len(asked) == 1
    assert "群已收到测试消息" in me.get(address).text

    def refuse(_address: str, _host: str) -> socket.socket:
        raise ConnectionRefusedError

    app.config.update(HOOK_CONNECTOR=refuse, HOOK_RESOLVER=lambda _host: [PUBLIC])
    me.post(f"{address}/test")
    text = me.get(address).text
    assert "群未收到测试消息" in text and "0123456789" not in text
