"""Every page as every person: the declared status, a decent page, few queries.

A case of `tests/pages` declares for one address who succeeds and who is refused knowingly (403);
everyone else is told that there is no such thing (404), and an anonymous visitor is always led
to sign-in. A route that no case names fails a test, and so does a case for which nobody succeeds.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, make_url, select

from portal import clock
from portal.database import db
from portal.exchange.models import Listing
from portal.exchange.operations import index
from portal.operations import operation
from tests.client import Client
from tests.conftest import furnished
from tests.pages.case import Case, address_of
from tests.pages.declared import CASES, HTML
from tests.world import CAST, World

#: A second answer while the first is open, and a listing that may not be answered twice.
REPEATED = ("supplier", "outsider")


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    """The keys of the cast's sessions."""
    return {}


@pytest.fixture(scope="module")
def sqlite_template(
    sqlite_template: tuple[Path, World],
    tmp_path_factory: pytest.TempPathFactory,
    keys: dict[str, str],
) -> tuple[Path, World]:
    """The settled file with everybody signed in: once, for each page is shown to all of them."""

    def sign_in(app: Flask, cast: World) -> None:
        keys.update({who: Client(app, cast, who).key for who in CAST if who != "anonymous"})

    return furnished(sqlite_template, tmp_path_factory.mktemp("signed_in"), sign_in)


@pytest.fixture
def visit(app: Flask, world: World, keys: dict[str, str]) -> Callable[..., Client]:
    """Return a client for one of the cast whose session has begun just now."""
    path = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    with sqlite3.connect(str(path)) as connection:
        (begun,) = connection.execute("SELECT min(started_at) FROM session").fetchone()
        age = (clock.now().replace(tzinfo=None) - datetime.fromisoformat(begun)).total_seconds()
        # Nobody's proof grows old while other pages are looked at.
        instants = ("started_at", "seen_at", "expires_at", "proved_at", "keyed_at")
        later = ", ".join(
            f"{name} = strftime('%Y-%m-%d %H:%M:%f000', {name}, '+{age:.3f} seconds')"
            for name in instants
        )
        connection.execute(f"UPDATE session SET {later}")
    connection.close()

    def enter(who: str = "anonymous", **options: Any) -> Client:
        return Client(app, world, who, key=keys.get(who), **options)

    return enter


class Rows:
    """Every row of the database, so that a denied request can be proved harmless."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path)
        self.version, self.digest = -1, ""

    def __call__(self) -> str:
        """Return a digest of all rows; they are read only where somebody committed since."""
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        if version != self.version:
            # The index is made of its documents by triggers, and kept in tables of its own.
            tables = self.connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND name NOT LIKE 'search_index%' ORDER BY name"
            ).fetchall()
            found = hashlib.sha256()
            for (table,) in tables:
                for row in self.connection.execute(f"SELECT * FROM {table} ORDER BY rowid"):
                    found.update(repr((table, row)).encode())
            self.version, self.digest = version, found.hexdigest()
        return self.digest


@pytest.fixture
def business(app: Flask) -> Iterator[Rows]:
    """Every row of this test's database."""
    rows = Rows(str(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database))
    yield rows
    rows.connection.close()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_person_gets_the_declared_answer(
    case: Case, app: Flask, world: World, visit: Callable[..., Client], business: Rows
) -> None:
    address = address_of(app, world, case)
    succeeding, has_succeeded = set(case.ok.split()), False
    clients = {who: visit(who) for who in CAST}
    tokens = {who: clients[who].token() if case.method == "POST" else "" for who in CAST}
    before = business() if case.method == "POST" else ""
    # The refused first, on untouched rows; whoever succeeds may change them for the next.
    for who in sorted(CAST, key=lambda who: who in succeeding):
        client, token = clients[who], tokens[who]
        answer = client.open(
            address, method=case.method, data={**(case.data or {}), "csrf_token": token}
            if case.method == "POST" else None,
        )  # fmt: skip
        if who in succeeding:
            # A move happens once: whoever comes second finds it done and is told so.
            again = case.method == "POST" and has_succeeded and case.on
            expected_now = {302, 422} if again else {case.status}
            assert answer.status_code in expected_now, (who, answer.status_code)
            has_succeeded = True
            continue
        if case.is_open:
            assert answer.status_code in (302, 200), (who, answer.status_code)
            continue
        if who == "anonymous":
            expected = 302
            assert answer.status_code == 302, (who, answer.status_code)
            assert "/sign-in" in answer.location
        else:
            refused = set(case.forbidden.split())
            expected = 403 if who in refused else 404
            if case.endpoint == "sign_in.choose_organisation":
                expected = 422  # the door is open to all, the rule says no
            if (
                case.endpoint == "exchange.send_interest"
                and who in REPEATED
                and case.on["listing"] == "public"
            ):
                expected = 422 if who == "supplier" else 302
            assert answer.status_code == expected, (who, answer.status_code)
        if case.method == "POST" and (expected != 302 or who == "anonymous"):
            assert business() == before, f"{who} was refused, yet something changed"
        elif case.method == "POST":
            before = business()


def test_every_route_is_named_by_a_case_and_succeeds_for_someone(app: Flask) -> None:
    rules = {r.endpoint for r in app.url_map.iter_rules() if r.endpoint != "static"}
    assert rules == {case.endpoint for case in CASES if case.ok}


@pytest.mark.parametrize("case", HTML, ids=str)
def test_every_page_is_decent_in_english_too(
    case: Case, app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    """In Chinese whoever counts its queries looks at it (`test_pages_run_few_queries`)."""
    for who in case.ok.split():
        assert visit(who, language="en").get(address_of(app, world, case)).status_code == 200


#: Records that show their history to some, and forms that offer choices.
WITH_MORE = (
    # Messages of four fates; both listings judged by who the link is for.
    "accounts.view_outbox",
    "introductions.answer",
    "introductions.view_introduction",
    "guests.view_guest_answer",
    "exchange.view_listing",
    "exchange.view_interest",
    "matters.view_matter",
    "outcomes.view_outcome",
    "meetings.view_meeting",
    "meetings.view_resolution",
    "meetings.view_minutes",
    "meetings.view_action",
    "documents.view_document",
    "dues.view_due",
    "dues.edit_rates",
    "research.view_project",
    "research.view_board",
    "research.view_card",
    "research.view_activity",
    "research.list_tasks",
    "research.list_reports",
    "research.view_report",
    "research.ask_partner",
    "research.view_plan",
    "research.view_funds",
    "research.list_deliverables",
    "research.land_deliverable",
    "research.new_card",
    "research.edit_card",
    "exchange.edit_listing",
    "alliances.view_membership",
    "organisations.list_people",
    "organisations.list_qualifications",
    "organisations.invite",
    "alliances.view_alliance",
    "imports.edit_columns",
    "rotation.view_schedule",
    "rotation.view_turn",
    "rotation.view_swap",
    "rotation.view_handover",
    "rotation.enact_charter",
    "rotation.view_chair",
)
WINDOWS = (
    "desk.front_page",
    "desk.view_desk",
    "directory.view_organisation",
    "imports.view_import",
    "task_imports.view_tasks",
    "monitor.show",
    "monitor.view_indicator",
    # All that the planner has to know of an alliance.
    "rotation.plan",
    "rotation.check_terms",
)


@pytest.mark.parametrize("case", HTML, ids=str)
def test_pages_run_few_queries(
    case: Case, app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    """Lists and records at most 6, windows and the record with its history at most 12."""
    bound = 12 if case.endpoint in WINDOWS else 6
    if case.endpoint in WITH_MORE:
        bound = 10
    for who in case.ok.split():
        count = visit(who).queries(address_of(app, world, case))
        assert count <= bound, (who, count)


@pytest.mark.parametrize(
    "address", ["/listings", "/desk", "/", "/listings?q=碳纤维", "/organisations/1"]
)
def test_more_rows_run_no_more_queries(
    address: str, app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    client = visit("supplier")
    before = client.queries(address)
    with app.app_context():
        pattern = world.get(Listing, "public")
        columns = {
            c.name: getattr(pattern, c.name) for c in Listing.__table__.columns if c.name != "id"
        }
        ids = db.session.scalars(select(func.max(Listing.id))).one()

        @operation
        def fill() -> None:
            db.session.execute(insert(Listing), [columns | {"id": ids + n} for n in range(1, 40)])
            for n in range(1, 40):
                index(db.session.get_one(Listing, ids + n))

        fill()
        db.session.remove()
    assert client.queries(address) <= before
