"""What a password must be, and what happens when it is changed."""

from __future__ import annotations

import contextvars
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal import journal
from portal.accounts.models import Person
from portal.database import db
from portal.errors import Denied
from portal.operations import operation
from portal.outbox import OutboxMessage
from portal.sign_in.models import Session
from portal.sign_in.passwords import hash_password, matches, set_password
from portal.sign_in.policy import ESTIMATED, password_refusal
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

OLD, NEW = "correct horse battery", "seven quiet rivers turn left"
OLD_HASH = hash_password(OLD)

Visit = Callable[..., Client]


@pytest.fixture
def password(app: Flask, world: World) -> None:
    """Give `delegate` a password."""

    def give() -> None:
        with app.app_context():

            @operation
            def set_it() -> None:
                db.session.get_one(Person, world.person["delegate"]).password_hash = OLD_HASH

            set_it()
            db.session.remove()

    contextvars.Context().run(give)


def hash_of(app: Flask, world: World, who: str) -> str | None:
    with app.app_context():
        found = db.session.scalar(
            select(Person.password_hash).where(Person.id == world.person[who])
        )
        db.session.remove()
    return found


class TestPolicy:
    @pytest.mark.parametrize(
        "easy", ["password123", "aaaaaaaaaaaaaaa", "1234567890123", "qwertyuiop1", "P@ssw0rd2024"]
    )
    def test_an_easy_one_is_refused_however_long(self, easy: str, context: None) -> None:
        assert "容易被猜到" in str(password_refusal(easy))

    def test_nine_characters_are_too_few_and_ten_may_do(self, context: None) -> None:
        assert password_refusal("xK9#vQ2!m") is not None
        assert password_refusal("xK9#vQ2!mZ") is None

    def test_more_than_the_form_takes_is_refused(self, context: None) -> None:
        assert password_refusal("xK9#vQ2!mZ" * 20) is None
        assert password_refusal("xK9#vQ2!mZ" * 20 + "x") is not None

    def test_what_lies_beyond_the_estimated_part_does_no_harm(self, context: None) -> None:
        assert password_refusal("a" * ESTIMATED + "xK9#vQ2!mZ") is not None

    def test_what_others_know_of_its_owner_counts_as_guessed(self, context: None) -> None:
        about = ("测试", "zephyrine.quillfeather@test.example", "13800138000")
        assert password_refusal("zephyrine.quillfeather") is None
        assert password_refusal("zephyrine.quillfeather", about=about) is not None
        assert password_refusal("13800138000", about=about) is not None

    def test_chinese_characters_are_as_good_as_others(self, context: None) -> None:
        assert password_refusal("山茶花与拖拉机在北方散步") is None


@both_engines
def test_changing_it_ends_every_other_session_and_renews_this_one(
    app: Flask, visit: Visit, world: World, password: None
) -> None:
    here, elsewhere, other_person = visit("delegate"), visit("delegate"), visit("manager")
    stolen = here._client.get_cookie("portal")
    assert stolen is not None
    answer = here.post("/account/password", {"current": OLD, "password": NEW, "again": NEW})
    assert (answer.status_code, answer.location) == (302, "/account/security")
    assert here.get("/desk").status_code == 200
    assert elsewhere.get("/desk").status_code == 302
    assert other_person.get("/desk").status_code == 200
    thief = app.test_client()
    thief.set_cookie("portal", stolen.value)
    assert contextvars.Context().run(thief.get, "/desk").status_code == 302
    assert matches(hash_of(app, world, "delegate"), NEW)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"current": "wrong"}, "密码不正确"),
        ({"password": "short", "again": "short"}, "密码至少需要 10 个字符"),
        ({"password": "password123", "again": "password123"}, "容易被猜到"),
        ({"again": NEW + "!"}, "两次输入不一致"),
        ({"password": "x" * 201, "again": "x" * 201}, "200"),
    ],
)
def test_a_refused_change_says_why_and_changes_nothing(
    app: Flask, visit: Visit, world: World, password: None, typed: dict[str, str], sentence: str
) -> None:
    elsewhere = visit("delegate")
    form = {"current": OLD, "password": NEW, "again": NEW, **typed}
    answer = visit("delegate").post("/account/password", form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert NEW not in answer.text
    assert hash_of(app, world, "delegate") == OLD_HASH
    assert elsewhere.get("/desk").status_code == 200


@pytest.mark.parametrize(("adapter", "letters"), [("smtp", 1), ("outbox", 0)])
def test_where_mail_leaves_by_itself_the_person_is_told(
    app: Flask, visit: Visit, password: None, adapter: str, letters: int
) -> None:
    app.config["MAIL_ADAPTER"] = adapter
    form = {"current": OLD, "password": NEW, "again": NEW}
    assert visit("delegate").post("/account/password", form).status_code == 302
    with app.app_context():
        told = select(OutboxMessage.body).where(OutboxMessage.subject == "您的密码已修改")
        found = db.session.scalars(told).all()
        db.session.remove()
    assert len(found) == letters
    assert NEW not in str(found)


def test_whoever_has_none_is_asked_for_none(app: Flask, visit: Visit, world: World) -> None:
    client = visit("supplier")
    assert 'name="current"' not in client.get("/account/password").text
    answer = client.post("/account/password", {"password": NEW, "again": NEW})
    assert answer.status_code == 302
    assert matches(hash_of(app, world, "supplier"), NEW)


def test_guesses_at_the_current_password_are_counted(
    app: Flask, visit: Visit, password: None
) -> None:
    client = visit("delegate")
    form = {"current": "wrong", "password": NEW, "again": NEW}
    for _guess in range(app.config["SIGN_INS_PER_ACCOUNT"]):
        assert client.post("/account/password", form).status_code == 422
    assert client.post("/account/password", {**form, "current": OLD}).status_code == 429


def test_an_old_proof_must_be_renewed_first(
    app: Flask, visit: Visit, world: World, password: None
) -> None:
    client = visit("delegate")
    age(app, world, "delegate")
    answer = client.get("/account/password")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in/again")


def age(app: Flask, world: World, who: str) -> None:
    """Make the proofs of somebody's sessions an hour old."""
    with app.app_context():

        @operation
        def do() -> None:
            for session in db.session.scalars(
                select(Session).where(Session.person_id == world.person[who])
            ):
                session.proved_at = session.proved_at.replace(year=2020)

        do()
        db.session.remove()


def test_nobody_sets_the_password_of_somebody_else(world: World, context: None) -> None:
    victim = db.session.get_one(Person, world.person["delegate"])
    for who in ("admin", "secretary", "manager", "anonymous"):
        with pytest.raises(Denied):
            set_password(victim, OLD_HASH, by=world.actor(who))
    assert not [
        line
        for line, _detail in journal.lines_about("person", victim.id)
        if line.verb == "person.set_password"
    ]
