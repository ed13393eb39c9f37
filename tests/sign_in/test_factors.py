"""The authenticator: its codes, its recovery codes, and who may change them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.errors import Denied, Refused
from portal.sign_in import factors
from portal.sign_in.models import Authenticator, RecoveryCode, Session
from portal.sign_in.operations import start_session
from portal.sign_in.passwords import hash_password
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
ACCOUNT = "delegate@test.example"
NOW = datetime(2026, 11, 24, 2, 0, 7, tzinfo=UTC)
STEP = timedelta(seconds=30)

Visit = Callable[..., Client]


@pytest.fixture
def delegate(context: None, world: World) -> Person:
    return db.session.get_one(Person, world.person["delegate"])


@pytest.fixture
def session(delegate: Person) -> Session:
    """A session of `delegate` that only a password opened."""
    return start_session(delegate, key="a key", device="test")


def code_at(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def set_up(delegate: Person, session: Session, world: World) -> tuple[str, list[str]]:
    """Give `delegate` an authenticator, confirmed an hour before NOW; return secret and codes."""
    by = world.actor("delegate")
    with clock.standing_still(NOW - timedelta(hours=1)):
        started = factors.start_authenticator(delegate, session=session, by=by)
        secret = factors.secret_of(started)
        assert secret is not None
        codes = factors.confirm_authenticator(
            delegate, code_at(secret, clock.now()), session=session, key="another", by=by
        )
    return secret, codes


def is_accepted(who: Person, code: str, at: datetime) -> bool:
    with clock.standing_still(at):
        try:
            factors.check_code(who, code)
        except Refused as refused:
            assert refused.field == "code"
            return False
    return True


@both_engines
class TestCodes:
    @pytest.mark.parametrize(
        ("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
    )
    def test_one_step_before_and_after_count(
        self, delegate: Person, session: Session, world: World, steps: int, accepted: bool
    ) -> None:
        secret, _codes = set_up(delegate, session, world)
        assert is_accepted(delegate, code_at(secret, NOW + steps * STEP), NOW) is accepted

    def test_a_step_opens_once_and_no_earlier_one_after_it(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        secret, _codes = set_up(delegate, session, world)
        code = code_at(secret, NOW)
        assert is_accepted(delegate, code, NOW)
        assert not is_accepted(delegate, code, NOW)
        assert not is_accepted(delegate, code, NOW + STEP)
        assert not is_accepted(delegate, code_at(secret, NOW - STEP), NOW)
        assert is_accepted(delegate, code_at(secret, NOW + STEP), NOW)

    def test_the_code_that_confirmed_it_opens_nothing_more(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        secret, _codes = set_up(delegate, session, world)
        then = NOW - timedelta(hours=1)
        assert not is_accepted(delegate, code_at(secret, then), then)

    def test_a_recovery_code_opens_once_however_it_is_written(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        _secret, codes = set_up(delegate, session, world)
        assert len(set(codes)) == factors.RECOVERY_CODES
        assert is_accepted(delegate, codes[0].lower().replace("-", " "), NOW)
        assert not is_accepted(delegate, codes[0], NOW)
        assert is_accepted(delegate, codes[1], NOW)
        assert factors.factors_of(delegate.id).codes_left == factors.RECOVERY_CODES - 2

    def test_codes_of_one_person_open_nothing_of_another(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        secret, codes = set_up(delegate, session, world)
        other = db.session.get_one(Person, world.person["supplier"])
        set_up_other = start_session(other, key="theirs", device="test")
        factors.start_authenticator(other, session=set_up_other, by=world.actor("supplier"))
        assert not is_accepted(other, codes[0], NOW)
        assert not is_accepted(other, code_at(secret, NOW), NOW)


class TestChanging:
    def test_the_database_holds_neither_secret_nor_codes(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        secret, codes = set_up(delegate, session, world)
        stored = db.session.scalar(select(Authenticator.sealed)) or ""
        digests = " ".join(db.session.scalars(select(RecoveryCode.digest)))
        assert stored and secret not in stored
        assert all(code.replace("-", "").lower() not in digests for code in codes)

    def test_a_secret_sealed_with_another_key_makes_no_codes(
        self, app: Flask, delegate: Person, session: Session, world: World
    ) -> None:
        secret, _codes = set_up(delegate, session, world)
        app.config["SECRET_KEY"] = "another-one-another-one-another-one"
        assert not is_accepted(delegate, code_at(secret, NOW), NOW)

    def test_a_wrong_code_confirms_nothing(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        by = world.actor("delegate")
        factors.start_authenticator(delegate, session=session, by=by)
        with pytest.raises(Refused):
            factors.confirm_authenticator(delegate, "000000", session=session, key="k", by=by)
        assert not factors.needs_second(delegate.id)

    def test_new_codes_replace_the_old_ones(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        _secret, old = set_up(delegate, session, world)
        new = factors.renew_recovery_codes(delegate, session=session, by=world.actor("delegate"))
        assert not is_accepted(delegate, old[0], NOW)
        assert is_accepted(delegate, new[0], NOW)

    def test_a_session_with_the_password_alone_changes_nothing(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        """Whoever learned the password must not add a factor of their own, nor take one away."""
        secret, _codes = set_up(delegate, session, world)
        weak, by = start_session(delegate, key="weak", device="test"), world.actor("delegate")
        attempts: list[Callable[[], Any]] = [
            lambda: factors.remove_authenticator(delegate, session=weak, by=by),
            lambda: factors.renew_recovery_codes(delegate, session=weak, by=by),
            lambda: factors.start_authenticator(delegate, session=weak, by=by),
        ]
        for attempt in attempts:
            with pytest.raises(Refused, match="第二重验证"):
                attempt()
        assert is_accepted(delegate, code_at(secret, NOW), NOW)

    def test_nobody_changes_the_factors_of_somebody_else(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        set_up(delegate, session, world)
        for who in ("admin", "secretary", "manager"):
            with pytest.raises(Denied):
                factors.remove_authenticator(delegate, session=session, by=world.actor(who))

    def test_turned_off_it_is_gone_with_its_codes(
        self, delegate: Person, session: Session, world: World
    ) -> None:
        secret, codes = set_up(delegate, session, world)
        factors.remove_authenticator(delegate, session=session, by=world.actor("delegate"))
        assert not factors.needs_second(delegate.id)
        assert not is_accepted(delegate, code_at(secret, NOW), NOW)
        assert not is_accepted(delegate, codes[0], NOW)
