"""The inbox in the browser: the unread first, read on opening, nothing shown out of sight."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import delete, insert, select

from portal import clock
from portal.access import standing_of
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM
from portal.database import db
from portal.inbox.models import InboxPreference, Message, Rhythm
from portal.inbox.queries import PAGE, message_page, place_asked
from portal.operations import operation
from portal.roles import Role
from tests.client import Client
from tests.world import World


def is_unread(app: Flask, message_id: int) -> bool:
    """Tell whether a message is unread now."""
    with app.app_context():
        found = db.session.get_one(Message, message_id).read_at is None
        db.session.remove()
    return found


def test_a_message_says_what_happened_and_is_read_on_opening(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    me, message_id = visit("delegate"), world.message["answered"]

    @operation
    def begin() -> None:
        db.session.execute(delete(Message).where(Message.id > message_id))

    with app.app_context():
        begin()  # of what is left one page shows all
        db.session.remove()
    page = me.soup("/messages")
    links = {a["href"]: a.get_text(strip=True) for a in page.select(".message-unread a")}
    address = f"/messages/{message_id}"
    assert "回应了“" in links[address]
    assert int(page.select_one(".site-nav .count-quiet").find(string=True)) == len(links)
    for _twice in range(2):
        opened = me.get(address)
        assert (opened.status_code, opened.location[:11]) == (302, "/interests/")
        assert me.get(opened.location).status_code == 200
        assert not is_unread(app, message_id)
    left = me.soup("/messages")
    assert address not in [a["href"] for a in left.select(".message-unread a")]
    assert address in [a["href"] for a in left.select(".message a")]


def test_all_are_read_at_once_and_nobody_elses(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    visit("manager").post("/messages/read")
    assert is_unread(app, world.message["answered"])
    me = visit("delegate")
    assert me.post("/messages/read").status_code == 302
    page = me.soup("/messages")
    assert not page.select(".message-unread") and not page.select(".count-quiet")
    assert page.select(".message")


def test_what_is_out_of_sight_shows_nothing(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    message_id = world.message["answered"]
    assert "回应了“" in visit("delegate").soup("/messages").get_text()
    with app.app_context():
        held = db.session.get_one(Appointment, world.appointment["delegate"])
        end_appointment(held, by=SYSTEM)
        db.session.remove()
    me = visit("delegate")
    page = me.soup("/messages")
    assert "回应了“" not in page.get_text(), "only what everybody may see is left"
    assert f"/messages/{message_id}" not in [a["href"] for a in page.select(".message a")]
    gone = me.get(f"/messages/{message_id}")
    assert (gone.status_code, gone.location) == (302, "/messages")


def test_acting_for_another_organisation_it_says_for_which_to_act(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    with app.app_context():
        someone = db.session.get_one(Person, world.person["delegate"])
        medic = world.organisation["medic"]
        grant_appointment(someone, Role.DELEGATE, scope_id=medic, by=SYSTEM)
        db.session.remove()
    world.acts_for["delegate"] = "medic"
    try:
        page = visit("delegate").soup("/messages")
    finally:
        world.acts_for["delegate"] = "maker"
    assert "与北京甲氢能有限公司有关" in page.get_text()
    address = f"/messages/{world.message['answered']}"
    assert address not in [a["href"] for a in page.select(".message a")]


def test_an_empty_inbox_says_what_would_stand_there(visit: Callable[..., Client]) -> None:
    page = visit("stranger").soup("/messages")
    assert page.select_one(".empty-title") and not page.select("form[action='/messages/read']")


def test_pages_go_on_by_key_the_unread_first(world: World, context: None) -> None:
    pattern = db.session.get_one(Message, world.message["answered"])
    columns = {c.name: getattr(pattern, c.name) for c in Message.__table__.columns}
    del columns["id"]

    @operation
    def fill() -> None:
        for n in range(1, 81):
            read_at = clock.now() if n % 2 else None
            changed = {"line": 100_000 + n, "read_at": read_at}
            db.session.execute(insert(Message), [columns | changed])

    fill()
    standing = standing_of(world.actor("delegate"))
    seen, after = [], None
    for _page in range(20):
        rows, after = message_page(standing, after=after)
        assert len(rows) <= PAGE
        seen.extend(rows)
        if after is None:
            break
        after = place_asked(str(after))
    own = select(Message.id).where(Message.person_id == world.person["delegate"])
    assert sorted(row.id for row in seen) == sorted(db.session.scalars(own))
    order = [(not row.is_unread, -row.id) for row in seen]
    assert order == sorted(order)


def test_a_strange_key_shows_the_first_page(visit: Callable[..., Client]) -> None:
    for written in ("x", "u", "u99999999999", "r²", "-1"):
        assert visit("delegate").get(f"/messages?after={written}").status_code == 200


def test_more_messages_run_no_more_queries(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    """Of the list, and of a hot page with its badge."""
    me = visit("delegate")
    before = me.queries("/messages"), me.queries("/listings")
    with app.app_context():
        pattern = db.session.get_one(Message, world.message["answered"])
        columns = {c.name: getattr(pattern, c.name) for c in Message.__table__.columns}
        del columns["id"]

        @operation
        def fill() -> None:
            rows = [columns | {"line": 100_000 + n} for n in range(60)]
            db.session.execute(insert(Message), rows)

        fill()
        db.session.remove()
    assert (me.queries("/messages"), me.queries("/listings")) == before


def test_how_one_wants_to_hear_is_kept(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    me = visit("delegate")
    page = me.soup("/messages/preferences")
    assert page.select_one("input[name=digest][checked]")["value"] == "weekly"
    assert page.select_one("input[name=mails_urgent]").has_attr("checked")
    assert me.post("/messages/preferences", {"digest": "hourly"}).status_code == 422
    assert me.post("/messages/preferences", {"digest": "never"}).status_code == 302
    with app.app_context():
        kept = db.session.get_one(InboxPreference, world.person["delegate"])
        assert (kept.digest, kept.mails_urgent) == (Rhythm.NEVER, False)
        db.session.remove()
    page = me.soup("/messages/preferences")
    assert page.select_one("input[name=digest][checked]")["value"] == "never"
    assert not page.select_one("input[name=mails_urgent]").has_attr("checked")
