"""A right given by somebody else: the sessions of who got it change their keys and go on."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, journal
from portal.accounts.models import Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM, person
from portal.alliances.models import Alliance
from portal.alliances.operations import appoint_chair
from portal.database import db
from portal.operations import operation
from portal.roles import Role
from portal.sign_in import operations, queries
from portal.sign_in.models import Session
from tests.client import Client, inside
from tests.conftest import both_engines
from tests.world import World

Visit = Callable[..., Client]


def give_right(app: Flask, world: World, who: str) -> None:
    def grant() -> None:
        holder = db.session.get_one(Person, world.person[who])
        grant_appointment(holder, Role.EXPERT, scope_id=world.alliance["hydrogen"], by=SYSTEM)

    inside(app, grant)


def status_with(app: Flask, key: str) -> int:
    """Return what a cookie with a key is answered at the desk."""
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = key
    return int(contextvars.Context().run(thief.get, "/desk").status_code)


def key_of(client: Client) -> str:
    with client._client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def let_a_minute_pass(app: Flask) -> None:
    @operation
    def earlier() -> None:
        for each in db.session.scalars(select(Session)):
            if each.keyed_at is not None:
                each.keyed_at -= queries.OVERLAP

    inside(app, earlier)


@both_engines
def test_the_next_request_gets_a_new_key_and_nobody_is_signed_out(
    app: Flask, visit: Visit, world: World
) -> None:
    here, there = visit("stranger"), visit("stranger")
    first = key_of(here)
    give_right(app, world, "stranger")
    assert here.get("/desk").status_code == 200
    second = key_of(here)
    assert second != first
    assert here.get("/desk").status_code == 200
    assert key_of(here) == second, "once for each right"
    assert status_with(app, first) == 200, "what was under way when the key changed"
    let_a_minute_pass(app)
    assert status_with(app, first) == 302
    assert here.get("/desk").status_code == 200
    assert there.get("/desk").status_code == 200, "a session that slept meanwhile goes on too"
    let_a_minute_pass(app)
    assert there.get("/desk").status_code == 200


def test_a_form_sent_next_is_taken(app: Flask, visit: Visit, world: World) -> None:
    client = visit("stranger")
    form = {"name": "王小明", "language": "zh", "csrf_token": client.token()}
    first = key_of(client)
    give_right(app, world, "stranger")
    version = inside(app, lambda: db.session.get_one(Person, world.person["stranger"]).version)
    answer = client.post("/account/profile", {**form, "version": str(version)})
    assert answer.status_code == 302
    assert key_of(client) != first


def test_an_open_form_about_oneself_is_not_out_of_date(
    app: Flask, visit: Visit, world: World
) -> None:
    def version() -> Any:
        return inside(app, lambda: db.session.get_one(Person, world.person["stranger"]).version)

    before = version()
    give_right(app, world, "stranger")
    assert version() == before


def test_the_key_before_opens_nothing_after_a_proof(world: World, context: None) -> None:
    """Only a key that changed by itself overlaps with the next."""
    who = db.session.get_one(Person, world.person["delegate"])
    session = operations.start_session(who, key="one", device="x")
    by = person(who.id)
    grant_appointment(who, Role.EXPERT, scope_id=world.alliance["hydrogen"], by=SYSTEM)
    assert operations.renew_key(session, "two", by=by)
    assert queries.session_before_its_new_key("one") is not None
    operations.prove_session(session, key="three", by=by)
    for key in ("one", "two"):
        assert queries.live_session(key) is None
        assert queries.session_before_its_new_key(key) is None
    operations.end_session(session, by=by)
    assert queries.live_session("three") is None


def test_an_ended_session_is_not_opened_by_the_key_before(world: World, context: None) -> None:
    who = db.session.get_one(Person, world.person["delegate"])
    session = operations.start_session(who, key="one", device="x")
    grant_appointment(who, Role.EXPERT, scope_id=world.alliance["hydrogen"], by=SYSTEM)
    operations.renew_key(session, "two", by=person(who.id))
    operations.end_session(session, by=person(who.id))
    assert queries.session_before_its_new_key("one") is None
    verbs = [line.verb for line, _detail in journal.lines_about("session", session.id)]
    assert verbs == ["session.start", "session.renew_key", "session.end"]


def test_who_is_entered_for_the_chair_gets_new_keys(world: World, context: None) -> None:
    who = db.session.get_one(Person, world.person["supplier"])
    operations.start_session(who, key="one", device="x")
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    found = queries.live_session("one")
    assert found is not None and not found.needs_new_key
    (organisation,) = operations.organisations_of(who.id)
    later = clock.now() + timedelta(days=400)
    appoint_chair(hydrogen, organisation, who, from_at=later, by=SYSTEM)
    found = queries.live_session("one")
    assert found is not None and found.needs_new_key


@pytest.mark.parametrize("engine", ["postgresql"])
def test_requests_at_the_same_time_share_one_new_key(
    app: Flask, visit: Visit, world: World
) -> None:
    client = visit("stranger")
    first = key_of(client)
    give_right(app, world, "stranger")
    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda _each: status_with(app, first), range(8)))
    assert answers == [200] * 8

    def renewals() -> int:
        lines = db.session.scalars(
            select(journal.JournalLine.verb).where(journal.JournalLine.verb == "session.renew_key")
        )
        return len(lines.all())

    assert inside(app, renewals) == 1
