"""What keeps a production server from starting, and what the watched addresses say."""

from __future__ import annotations

import contextvars
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from config import production_faults
from portal import clock, create_app, journal, refuse_demo_world
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.accounts.social_credit import code_of
from portal.alliances.models import Alliance, Membership
from portal.commands.demo import build, demo, settle
from portal.commands.demo_story import Story
from portal.commands.load import load_starter
from portal.database import db
from portal.documents.models import Document, DocumentKind
from portal.engines import WRITING
from portal.exchange.models import Interest, Listing
from portal.exchange.workflow import InterestState, ListingState
from portal.guests.models import GuestAnswer
from portal.meetings.models import Observer
from portal.meetings.resolution_models import Resolution, Vote, Way
from portal.meetings.resolution_workflow import ResolutionState
from portal.organisations.models import (
    ContactAudience,
    ContactKind,
    ContactPoint,
    OrganisationNode,
    Qualification,
)
from portal.rotation.schedule import schedule_of
from tests.client import Client
from tests.conftest import both_engines, make_app

GOOD = {
    "SECRET_KEY": "3f9c2b7e5a1d4c8f9e0b6a7d2c5f8e1b4a7d0c3f6e9b2a5d",
    "PUBLIC_BASE_URL": "https://portal.example.cn",
    "TRUSTED_HOSTS": "portal.example.cn",
}


def test_an_environment_in_order_has_no_fault() -> None:
    assert production_faults(GOOD) == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"PUBLIC_BASE_URL": ""}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://portal.example.cn"}, "PUBLIC_BASE_URL"),
        ({"TRUSTED_HOSTS": ""}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": " , ,"}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": "*"}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": "portal.example.cn,.cn"}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": "other.example.cn"}, "TRUSTED_HOSTS lacks portal.example.cn"),
        ({"PUBLIC_BASE_URL": "https://elsewhere.example"}, "TRUSTED_HOSTS lacks elsewhere"),
        ({"PUBLIC_BASE_URL": "https://[portal"}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "https://"}, "PUBLIC_BASE_URL"),
        ({"SSO_ADAPTER": "outbox"}, "SSO_ADAPTER"),
        ({"SSO_ADAPTER": "console"}, "SSO_ADAPTER"),
    ],
)
def test_each_fault_is_named_with_what_to_set(changed: dict[str, str], named: str) -> None:
    (sentence,) = production_faults({**GOOD, **changed})
    assert sentence.startswith(named)


def test_hosts_are_trusted_with_all_below_a_domain_and_whatever_the_port() -> None:
    below = {"PUBLIC_BASE_URL": "https://portal.example.cn:8443/", "TRUSTED_HOSTS": ".example.cn"}
    assert production_faults({**GOOD, **below}) == []


def test_production_does_not_start_in_an_empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit, match="SECRET_KEY"):
        create_app("production")


def assert_organisations_say_what_they_are() -> None:
    """Codes that fit, nodes, contacts for each audience, papers seen, valid and expired."""
    organisations = db.session.scalars(select(Organisation)).all()
    codes = [each.uscc for each in organisations if each.uscc]
    assert len(organisations) > len(codes) > len(organisations) * 0.7, "most have one"
    assert all(code_of(code) == code and code[2:8] == "000000" for code in codes)
    nodes = Counter(db.session.scalars(select(OrganisationNode.organisation_id)))
    # Whoever was recorded from a guest's answer has said nothing of its own yet.
    recorded = set(db.session.scalars(select(GuestAnswer.organisation_id)))
    assert {each.id for each in organisations} - recorded <= set(nodes)
    assert len(organisations) - len(nodes) <= 1
    assert set(nodes.values()) <= {1, 2, 3}
    assert set(db.session.scalars(select(ContactPoint.shown_to))) == set(ContactAudience)
    phones = db.session.scalars(
        select(ContactPoint.value).where(ContactPoint.kind == ContactKind.PHONE)
    ).all()
    assert phones and all("-0000" in phone for phone in phones)
    papers = db.session.scalars(select(Qualification)).all()
    soon = clock.today() + timedelta(days=60)
    last = [each.valid_until for each in papers if each.valid_until]
    assert {day < clock.today() for day in last} == {True, False}
    assert any(clock.today() <= day < soon for day in last) and any(day > soon for day in last)
    assert {each.seen_at is None for each in papers} == {True, False}


def assert_an_alliance_decides_in_writing_and_keeps_its_papers() -> None:
    """One written ballot was counted, one is open, both by link; papers and guests are there."""
    voted = select(Vote.way, Resolution.state).join(Resolution, Resolution.id == Vote.resolution_id)
    by_link = {state for way, state in db.session.execute(voted) if way is Way.LINK}
    assert by_link == {ResolutionState.VOTING, ResolutionState.IN_FORCE}
    assert db.session.scalar(select(func.count()).select_from(Observer))
    (ended,) = db.session.scalars(select(Resolution).where(Resolution.ended_at.is_not(None)))
    assert ended.ended_by_id is not None
    kinds = set(db.session.scalars(select(Document.kind)))
    assert {DocumentKind.REPORT, DocumentKind.SWAP, DocumentKind.CERTIFICATE} <= kinds


def assert_the_story_can_be_believed() -> None:
    """The chair goes round as the charter says; no enterprise answers in another chain."""
    hydrogen = db.session.scalars(select(Alliance).where(Alliance.slug == "hydrogen")).one()
    order = [row.organisation.region.code for row in schedule_of(hydrogen.id)]
    assert order == ["BJ", "TJ", "HE", "BJ", "TJ", "HE", "BJ"]
    belonging = select(Membership.id).where(
        Membership.organisation_id == Interest.organisation_id,
        Membership.alliance_id == Listing.alliance_id,
    )
    guests = select(GuestAnswer.id).where(GuestAnswer.organisation_id == Interest.organisation_id)
    strangers = (
        select(Organisation.name, Listing.title)
        .join(Interest, Interest.organisation_id == Organisation.id)
        .join(Listing, Listing.id == Interest.listing_id)
        .where(Organisation.kind == OrganisationKind.ENTERPRISE, ~belonging.exists())
        .where(~guests.exists())
    )
    assert db.session.execute(strangers).all() == []


def test_the_demo_world_is_whole_and_keeps_production_from_starting(quick_path: Path) -> None:
    """Built through operations, in every state, dated before now, with a chain that verifies."""
    app = make_app(f"sqlite:///{quick_path}/demo.sqlite3")
    with app.app_context():
        flask_migrate.upgrade()
        refuse_demo_world(app)  # an empty database is no reason
        build(datetime.now(UTC))

        def count(model: type) -> int:
            return db.session.scalar(select(func.count()).select_from(model)) or 0

        assert count(Alliance) == 5
        assert count(Organisation) >= 90
        assert count(Person) >= 200
        assert count(Listing) >= 150
        assert set(db.session.scalars(select(Listing.state))) == set(ListingState)
        assert set(db.session.scalars(select(Interest.state))) == set(InterestState)
        assert journal.verify().faults == ()
        assert_organisations_say_what_they_are()
        assert_an_alliance_decides_in_writing_and_keeps_its_papers()
        assert_the_story_can_be_believed()
        again = app.test_cli_runner().invoke(demo, ["--if-empty"])
        assert again.exit_code == 0, again.output
        with pytest.raises(SystemExit, match="demo world"):
            refuse_demo_world(app)
        db.session.remove()
        db.engine.dispose()


def test_half_a_demo_world_is_not_taken_for_a_whole_one(quick_path: Path) -> None:
    app = make_app(f"sqlite:///{quick_path}/demo.sqlite3")
    with app.app_context():
        flask_migrate.upgrade()
        now = datetime.now(UTC)
        with clock.standing_still(now - timedelta(days=400)):
            load_starter("beijing-tianjin-hebei")
            settle(Story(now=now, chance=random.Random(1)), "no password")
        # Here somebody pressed Ctrl-C.
        db.session.remove()
        for arguments in ([], ["--if-empty"]):
            told = app.test_cli_runner().invoke(demo, arguments)
            assert (told.exit_code, "interrupted" in told.output) == (1, True)
        db.session.remove()
        db.engine.dispose()


@both_engines
def test_a_server_that_can_work_says_so(visit: Callable[..., Client]) -> None:
    assert visit().get("/healthz").json == {"status": "live"}
    answer = visit().get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)


@both_engines
def test_an_old_schema_is_not_ready(app: Flask, visit: Callable[..., Client]) -> None:
    def age() -> None:
        with app.app_context():
            connection = db.engine.connect().execution_options(**{WRITING: True})
            with connection, connection.begin():
                connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    contextvars.Context().run(age)
    answer = visit().get("/readyz")
    assert (answer.status_code, answer.json["migrations"]) == (503, False)


def test_missing_assets_are_not_ready_and_pages_still_answer(
    app: Flask, visit: Callable[..., Client]
) -> None:
    app.config["ASSETS"] = [Path("/nowhere/bootstrap.css")]
    assert visit().get("/readyz").status_code == 503
    assert visit().get("/").status_code == 200


def test_a_host_that_is_not_ours_gets_a_plain_refusal(url: str) -> None:
    app = create_app(
        "testing", {"SQLALCHEMY_DATABASE_URI": url, "TRUSTED_HOSTS": ["portal.example.cn"]}
    )
    ours = contextvars.Context().run(
        app.test_client().get, "/", base_url="https://portal.example.cn"
    )
    other = contextvars.Context().run(app.test_client().get, "/", base_url="https://evil.example")
    assert (ours.status_code, other.status_code) == (200, 400)
    assert "evil.example" not in other.text
    with app.app_context():
        db.engine.dispose()


@both_engines
@pytest.mark.parametrize(
    "address",
    [
        "/interests?after=99999999999999999999",
        "/listings?after=99999999999999999999-99999999999999999999",
        "/listings?q=储&after=99999999999999999999",
        "/listings?q=%27%22%28%29%3A%2A%26%7C%21",
        "/listings?alliance=%00",
        "/alliances/%00",
        "/listings/99999999999999999999",
        "/listings?region=XX&kind=nothing&node=Q&state=never&direction=up",
    ],
)
def test_odd_addresses_never_break_anything(visit: Callable[..., Client], address: str) -> None:
    assert visit("delegate").open(address, method="GET").status_code in (200, 400, 404)


def test_pages_carry_strict_headers(visit: Callable[..., Client]) -> None:
    headers = visit().get("/").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_the_language_switch_stays_on_the_page(visit: Callable[..., Client]) -> None:
    answer = visit().open("/listings?q=储氢&language=en", method="GET")
    assert answer.status_code == 302
    assert answer.location == "/listings?q=%E5%82%A8%E6%B0%A2"
    assert "language=en" in answer.headers["Set-Cookie"]
