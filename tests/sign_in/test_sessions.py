"""Sessions: how long they last, where they are, how they end and change their key."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM, person
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.roles import Role
from portal.sign_in import operations, queries
from portal.sign_in.entering import network_of
from portal.sign_in.models import Attempts, Session
from portal.sign_in.passwords import hash_password
from tests.client import Client
from tests.conftest import both_engines, make_app
from tests.world import World

Visit = Callable[..., Client]
HOUR = timedelta(hours=1)
PASSWORD = "seven-copper-bridges-2026"
HASH = hash_password(PASSWORD)


def opened(world: World, who: str, key: str, lifetime: timedelta) -> Session:
    someone = db.session.get_one(Person, world.person[who])
    return operations.start_session(someone, key=key, device="x", lifetime=lifetime)


def lives_at(key: str, at: datetime) -> bool:
    with clock.standing_still(at):
        return queries.live_session(key) is not None


@both_engines
@pytest.mark.parametrize(
    ("who", "lifetime", "last"),
    [
        ("delegate", operations.SHARED_DEVICE, 12 * HOUR),
        ("delegate", operations.OWN_DEVICE, timedelta(days=30)),
        ("admin", operations.OWN_DEVICE, HOUR / 2),
        ("admin", operations.SHARED_DEVICE, HOUR / 2),
    ],
)
def test_a_session_lasts_as_long_as_its_device_and_its_holder_allow(
    world: World, context: None, who: str, lifetime: timedelta, last: timedelta
) -> None:
    began = clock.now()
    with clock.standing_still(began):
        opened(world, who, "key", lifetime)
    second = timedelta(seconds=1)
    assert lives_at("key", began + last - second)
    assert not lives_at("key", began + last)


def test_an_administrators_session_lives_on_while_it_is_used_but_no_longer_than_the_device(
    world: World, context: None
) -> None:
    began = clock.now()
    with clock.standing_still(began):
        session = opened(world, "admin", "key", operations.SHARED_DEVICE)
    at = began
    while at < began + 12 * HOUR:
        assert lives_at("key", at), at - began
        with clock.standing_still(at):
            operations.touch_session(session, by=person(session.person_id))
        at += timedelta(minutes=29)
    assert not lives_at("key", began + 12 * HOUR)


def test_who_becomes_administrator_is_held_to_half_an_hour_from_the_next_touch(
    world: World, context: None
) -> None:
    session = opened(world, "stranger", "key", operations.OWN_DEVICE)
    from_now = clock.now() + timedelta(minutes=2)

    grant_appointment(session.person, Role.ADMINISTRATOR, scope_id=0, by=SYSTEM)
    with clock.standing_still(from_now):
        operations.touch_session(session, by=person(session.person_id))
    assert not lives_at("key", from_now + HOUR / 2)


class TestDevices:
    def test_others_end_and_this_one_stays(self, visit: Visit) -> None:
        here, there, elsewhere = visit("delegate"), visit("delegate"), visit("delegate")
        assert here.soup("/account/devices").find_all("li", class_="listing-row")[2]
        assert here.post("/account/devices/sign-out-others").status_code == 302
        assert here.get("/desk").status_code == 200
        for other in (there, elsewhere):
            assert other.open("/desk", method="GET").status_code == 302

    def test_one_device_ends(self, visit: Visit, app: Flask) -> None:
        here, there = visit("delegate"), visit("delegate")
        buttons = here.soup("/account/devices").select("form[action$='/sign-out']")
        (address,) = [form["action"] for form in buttons if "devices" in str(form["action"])]
        assert here.post(str(address)).status_code == 302
        assert there.open("/desk", method="GET").status_code == 302

    def test_somebody_elses_device_is_not_there(
        self, visit: Visit, world: World, app: Flask
    ) -> None:
        victim = visit("supplier")

        def id_of() -> int:
            with app.app_context():
                found = db.session.scalar(
                    select(Session.id).where(Session.person_id == world.person["supplier"])
                )
                db.session.remove()
                assert found is not None
                return found

        session_id = contextvars.Context().run(id_of)
        answer = visit("delegate").post(f"/account/devices/{session_id}/sign-out")
        assert answer.status_code == 404
        assert victim.get("/desk").status_code == 200


class TestTheKeyChanges:
    """A cookie read off before the session could do more opens nothing after it."""

    @both_engines
    def test_when_one_acts_for_another_organisation(
        self, app: Flask, url: str, visit: Visit, world: World
    ) -> None:
        client = visit("delegate")
        stolen = client._client.get_cookie("portal")
        assert stolen is not None
        answer = client.post("/acting-for", {"organisation_id": str(world.organisation["maker"])})
        assert answer.status_code == 302
        assert client.get("/desk").status_code == 200
        worker = make_app(url)
        thief = worker.test_client()
        thief.set_cookie("portal", stolen.value)
        assert contextvars.Context().run(thief.get, "/desk").status_code == 302
        with worker.app_context():
            db.engine.dispose()

    def test_when_who_one_is_was_proved_again(self, world: World, context: None) -> None:
        session = opened(world, "delegate", "old", operations.SHARED_DEVICE)
        operations.prove_session(session, key="new", by=person(session.person_id))
        assert queries.live_session("old") is None
        found = queries.live_session("new")
        assert found is not None and found.is_fresh

    def test_nobody_proves_or_ends_for_another(self, world: World, context: None) -> None:
        session = opened(world, "delegate", "key", operations.SHARED_DEVICE)
        stranger = world.actor("stranger")
        with pytest.raises(Denied):
            operations.prove_session(session, key="new", by=stranger)
        with pytest.raises(Denied):
            operations.end_session(session, by=stranger)


def give_password(app: Flask, world: World) -> None:
    def inside() -> None:
        with app.app_context():

            @operation
            def set_it() -> None:
                db.session.get_one(Person, world.person["delegate"]).password_hash = HASH

            set_it()
            db.session.remove()

    contextvars.Context().run(inside)


class TestProvingAgain:
    def test_a_proof_is_fresh_for_a_quarter_of_an_hour(self, world: World, context: None) -> None:
        began = clock.now()
        with clock.standing_still(began):
            opened(world, "delegate", "key", operations.SHARED_DEVICE)
        for minutes, fresh in ((14, True), (15, False)):
            with clock.standing_still(began + timedelta(minutes=minutes)):
                found = queries.live_session("key")
                assert found is not None and found.is_fresh is fresh

    def test_the_right_password_leads_on_and_a_wrong_one_does_not(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        give_password(app, world)
        client = visit("delegate")
        wrong = client.post("/sign-in/again?next=/alliances", {"password": "not it at all"})
        assert wrong.status_code == 422
        right = client.post("/sign-in/again?next=/alliances", {"password": PASSWORD})
        assert (right.status_code, right.location) == (302, "/alliances")
        assert client.get("/desk").status_code == 200

    @pytest.mark.parametrize(
        "target",
        ["//evil.example", "https://evil.example", "//[", "/\\evil", "/ok\n//evil", "\\\\e"],
    )
    def test_it_leads_nowhere_else(
        self, app: Flask, visit: Visit, world: World, target: str
    ) -> None:
        give_password(app, world)
        answer = visit("delegate").post(
            "/sign-in/again", {"password": PASSWORD}, query_string={"next": target}
        )
        assert (answer.status_code, answer.location) == (302, "/desk")


class TestThrottle:
    def test_signing_in_rightly_uses_nothing_up(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        give_password(app, world)
        app.config["SIGN_INS_PER_ADDRESS"] = 3
        right = {"account": "delegate@test.example", "password": PASSWORD}
        assert [visit().post("/sign-in", right).status_code for _each in range(6)] == [302] * 6

    def test_an_address_that_is_out_of_attempts_locks_nobody_out(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        give_password(app, world)
        app.config["SIGN_INS_PER_ADDRESS"] = 3
        wrong = {"account": "delegate@test.example", "password": "not it at all"}
        answers = [visit().post("/sign-in", wrong).status_code for _each in range(10)]
        assert answers == [422] * 3 + [429] * 7
        right = {"account": "delegate@test.example", "password": PASSWORD}
        elsewhere = {"REMOTE_ADDR": "10.9.8.7"}
        answer = visit().post("/sign-in", right, environ_overrides=elsewhere)
        assert answer.status_code == 302

    def test_all_names_of_an_account_share_one_count(
        self, app: Flask, visit: Visit, world: World
    ) -> None:
        give_password(app, world)
        for name in ("delegate@test.example", "DELEGATE@test.example", " delegate@test.example"):
            for _each in range(2):
                visit().post("/sign-in", {"account": name, "password": "not it at all"})

        def counts() -> list[int]:
            with app.app_context():
                found = db.session.scalars(
                    select(Attempts.count).where(Attempts.key.startswith("account:"))
                ).all()
                db.session.remove()
                return list(found)

        assert contextvars.Context().run(counts) == [5]

    def test_old_counts_are_swept_out(self, world: World, context: None) -> None:
        for number in range(5):
            operations.charge_attempt(f"name:{number}", 5)
        with clock.standing_still(clock.now() + HOUR):
            operations.charge_attempt("another", 5)
        assert db.session.scalars(select(Attempts.key)).all() == ["another"]

    def test_a_closed_account_is_not_let_in(self, world: World, context: None) -> None:
        someone = db.session.get_one(Person, world.person["stranger"])

        @operation
        def close() -> None:
            someone.closed_at = clock.now()

        close()
        with pytest.raises(Refused):
            opened(world, "stranger", "key", HOUR)

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("10.1.2.3", "10.1.2.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
            ("::ffff:10.1.2.3", "10.1.2.0/24"),
            ("x", "unknown"),
            (None, "unknown"),
        ],
    )
    def test_neighbours_share_a_count(self, address: str | None, network: str) -> None:
        assert network_of(address) == network
