"""The write lock and the database, when one is held and the other is away.

Whoever cannot write is told so soon and in plain words (503, Retry-After), whoever reads notices
nothing, and a holder that dies holds nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from psycopg import errors as postgresql_errors
from sqlalchemy import Connection, TextClause, create_engine, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from portal import clock, engines, journal
from portal.database import db
from portal.engines import Busy
from portal.exchange import operations
from portal.exchange.models import Listing
from portal.exchange.workflow import ListingState
from portal.sign_in.models import Session
from portal.sign_in.operations import charge_attempt
from tests.client import Client
from tests.conftest import both_engines, make_app, settle
from tests.faults.race import Racers, acting
from tests.postgresql import Cluster
from tests.world import World

pytestmark = pytest.mark.faults

HOLD = {"task": "hold"}
#: The usual patience: whoever is done within it did not sit it out, however slow the machine.
USUAL_PATIENCE_SECONDS = engines.LOCK_PATIENCE_SECONDS

FORM = {
    "secrecy": "none",
    "direction": "demand",
    "title": "求购储氢瓶",
    "specification": "70MPa IV型。",
    "visibility": "public",
    "submit": "1",
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the wait for the lock in this process; PostgreSQL is told whole seconds."""
    monkeypatch.setattr(engines, "LOCK_PATIENCE_SECONDS", 1.0)


@pytest.fixture
def holder(url: str) -> Iterator[Racers]:
    """Another process, ready to take the lock and never to give it back."""
    with Racers(url, 1) as racers:
        yield racers


def assert_try_again(response: TestResponse) -> None:
    """Check the answer of a portal that cannot: 503, when to come back, and a plain page."""
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    page = BeautifulSoup(response.text, "html.parser")
    heading = page.find("h1")
    assert heading is not None and heading.get_text(strip=True) == "平台正忙"
    assert "Traceback" not in response.text and "OperationalError" not in response.text
    assert page.find("form") is None


@both_engines
def test_an_operation_gives_up_when_another_process_keeps_the_lock(
    impatient: None, context: None, holder: Racers, world: World, engine: str
) -> None:
    listing = world.get(Listing, "public")
    holder.run(HOLD)
    began = time.monotonic()
    with pytest.raises((Busy, OperationalError)) as refused:
        operations.pause_listing(listing, by=world.actor("delegate"))
    assert time.monotonic() - began < USUAL_PATIENCE_SECONDS
    if isinstance(refused.value, OperationalError):
        assert engine == "postgresql"
        assert isinstance(refused.value.orig, postgresql_errors.LockNotAvailable)
    # The failed wait left the session and its connection fit for the next writer.
    holder.kill()
    operations.pause_listing(listing, by=world.actor("delegate"))
    assert listing.state is ListingState.PAUSED
    assert journal.verify().faults == ()


@both_engines
def test_whoever_writes_while_the_lock_is_held_is_asked_to_try_again(
    impatient: None, holder: Racers, world: World, visit: Callable[..., Client]
) -> None:
    delegate, supplier = visit("delegate"), visit("supplier")
    public, draft = world.listing["public"], world.listing["draft"]
    until = delegate.soup(f"/listings/{draft}/edit").find("input", {"name": "valid_until"})
    assert until is not None
    form = {**FORM, "valid_until": str(until["value"])}
    delegate.token(), supplier.token()
    holder.run(HOLD)
    assert_try_again(delegate.post("/listings/new", form))
    assert_try_again(delegate.post(f"/listings/{public}/moves/pause"))
    assert_try_again(delegate.post(f"/listings/{draft}/edit", form))
    for page in ("/", "/listings", f"/listings/{public}", f"/listings/{draft}", "/desk"):
        assert delegate.get(page).status_code == 200, page
    assert supplier.get(f"/interests/{world.interest['sent']}").status_code == 200
    ready = visit("anonymous").open("/readyz", method="GET")
    assert ready.status_code == 503 and ready.json is not None and ready.json["write"] is False
    assert visit("anonymous").get("/healthz").status_code == 200
    holder.kill()
    assert delegate.post("/listings/new", form).status_code == 302


@both_engines
def test_noting_when_somebody_was_last_seen_never_keeps_them_from_reading(
    monkeypatch: pytest.MonkeyPatch,
    holder: Racers,
    url: str,
    visit: Callable[..., Client],
) -> None:
    delegate = visit("delegate")
    long_ago = clock.now() - timedelta(hours=1)
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(update(Session).values(seen_at=long_ago, started_at=long_ago))
    owner.dispose()
    holder.run(HOLD)
    # So long that whoever waits for the lock is told from a slow machine.
    monkeypatch.setattr(engines, "LOCK_PATIENCE_SECONDS", 16.0)
    began = time.monotonic()
    assert delegate.get("/desk").status_code == 200
    assert time.monotonic() - began < 8, "a page that only reads waited for a writer"
    holder.kill()
    assert delegate.get("/desk").status_code == 200
    with delegate.app.app_context():
        assert db.session.scalars(select(Session.seen_at)).one() > long_ago


@both_engines
def test_the_lock_of_a_killed_process_goes_to_the_next_writer_at_once(
    url: str, world: World, context: None, holder: Racers
) -> None:
    publish = acting(
        world.actor("secretary"), "publish", listing=world.listing["submitted"], expected=None
    )
    with Racers(url, 1) as waiting:
        holder.run(HOLD)
        waiting.begin(publish)
        began = time.monotonic()
        holder.kill()
        assert waiting.finish() == [{"outcome": "done", "answer": world.listing["submitted"]}]
        assert charge_attempt("after the kill", 5) == 0
        assert time.monotonic() - began < USUAL_PATIENCE_SECONDS
    assert journal.verify().faults == ()


def test_a_database_that_is_down_is_a_plain_page_and_not_a_fault() -> None:
    cluster = Cluster()
    try:
        cluster.create("away")
        world = settle(cluster.url("away"))
        app = make_app(cluster.url("away"))
        delegate, nobody = Client(app, world, "delegate"), Client(app, world, "anonymous")
        delegate.token(), nobody.token()
        assert delegate.get("/listings").status_code == 200
    finally:
        cluster.stop()
    try:
        for visitor in (delegate, nobody):
            for page in ("/", "/listings", f"/listings/{world.listing['public']}"):
                assert_try_again(visitor.open(page, method="GET"))
        assert_try_again(delegate.post("/listings/new", FORM))
        assert_try_again(nobody.post("/sign-in", {"account": "a@test.example", "password": "x"}))
        assert nobody.open("/healthz", method="GET").status_code == 200
        assert nobody.open("/readyz", method="GET").status_code == 503
    finally:
        with app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_the_portal_serves_again_once_its_database_is_back(
    url: str, visit: Callable[..., Client]
) -> None:
    delegate = visit("delegate")
    assert delegate.get("/desk").status_code == 200
    with administrator(url) as (connection, name, end_all):
        # A restart between two requests ends every kept connection, and nobody notices.
        assert connection.execute(end_all).scalars().all() != []
        assert delegate.get("/desk").status_code == 200
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(end_all)
        assert_try_again(delegate.open("/desk", method="GET"))
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    assert delegate.get("/desk").status_code == 200


@contextmanager
def administrator(url: str) -> Iterator[tuple[Connection, str, TextClause]]:
    """Yield a connection beside the database, its name, and what ends all who are in it."""
    address = make_url(url)
    owner = create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    end_all = text(
        "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity "
        "WHERE datname = :name AND backend_type = 'client backend'"
    )
    try:
        with owner.connect() as connection:
            yield connection, str(address.database), end_all.bindparams(name=address.database)
    finally:
        owner.dispose()
