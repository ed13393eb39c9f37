"""Pages that are kept: made blind, once for each key, with whoever looks in the holes alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from portal import clock
from portal.access import current_actor
from portal.accounts.models import Person
from portal.database import db
from portal.desk import context
from portal.exchange.models import Listing
from portal.exchange.operations import close_listing
from portal.kept_pages import Shelf, render_kept
from portal.meetings import pages as meeting_pages
from portal.research import board_views
from tests.client import Client
from tests.conftest import make_app
from tests.meetings import make as make_meeting
from tests.research import make as make_project
from tests.world import World

CURIOUS = ("{{ can('portal.desk') }}", "{{ me.name }}", "{% if me %}{% endif %}", "{{ asker() }}")


@pytest.fixture
def curious(app: Flask) -> Iterator[Flask]:
    """The application with templates that ask who is looking."""
    texts = {str(number): text for number, text in enumerate(CURIOUS)}
    pages: Any = DictLoader({**texts, "said": "{{ said }}"})
    spoken: dict[str, Any] = app.jinja_env.__dict__.get("languages", {})
    environments = [app.jinja_env, *spoken.values()]
    before = [each.loader for each in environments]
    for each in environments:
        each.loader = ChoiceLoader([pages, each.loader])
    yield app
    for each, loader in zip(environments, before, strict=True):
        each.loader = loader


@pytest.mark.parametrize("number", range(len(CURIOUS)))
def test_a_kept_page_cannot_ask_who_is_looking(curious: Flask, number: int) -> None:
    with curious.test_request_context():
        curious.preprocess_request()
        with pytest.raises(RuntimeError, match="asked who is looking"):
            render_kept(str(number), number, lambda: {"asker": current_actor})
        with pytest.raises(RuntimeError, match="asked who is looking"):
            render_kept("errors/404.html", number, lambda: {"asker": current_actor().kind})
        # Afterwards whoever looks is known as before.
        assert current_actor().kind == "anonymous"


#: Whose pages are compared: those who see different things, and two who see the same.
WHO = ("delegate", "manager", "supplier", "secretary", "chair", "outsider", "anonymous")


@pytest.fixture
def addresses(world: World, request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The pages that are kept: a list, a meeting with its agenda, a board."""
    request.getfixturevalue("context")
    meeting = make_meeting.noticed(world)
    project = make_project.active(world)
    make_project.on_board(world, project, "缠绕张力试验")
    return (
        "/listings",
        "/listings?direction=demand&mine=1",
        "/listings?x=1",
        "/listings?q=储氢",
        f"/meetings/{meeting.id}",
        f"/projects/{project.id}/board",
        f"/projects/{project.id}/board?organisation={world.organisation['maker']}",
    )


#: What is kept of rows, in every application alike.
PIECES: tuple[Any, ...] = (
    *(context._kept_row, context._kept_tabs, context.listing_facets),
    *(meeting_pages._kept_agenda, meeting_pages._kept_fields),
    *(board_views._kept_card, board_views._kept_filters),
)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def _with_its_own_token_alone(page: str) -> str:
    """Return a page without its token, of which it must bear no other."""
    assert len(set(TOKEN.findall(page))) <= 1
    return TOKEN.sub("", page)


def test_everybody_is_shown_what_a_page_made_for_them_alone_shows(
    app: Flask, url: str, world: World, addresses: tuple[str, ...]
) -> None:
    app.extensions["kept_pages"].clear()
    alone = make_app(url, KEPT_PAGES_SIZE=0)
    seen: dict[str, set[str]] = {address: set() for address in addresses}
    for language in ("zh", "en"):
        for who in WHO:
            kept, fresh = Client(app, world, who, language), Client(alone, world, who, language)
            for address in addresses:
                answers = [kept.get(address), kept.get(address)]
                for piece in PIECES:
                    piece.cache_clear()
                answers.append(fresh.get(address))
                assert len({each.status_code for each in answers}) == 1, (who, address)
                if answers[0].status_code == 200:
                    pages = {_with_its_own_token_alone(each.text) for each in answers}
                    assert len(pages) == 1, (who, language, address)
                    seen[address] |= pages
    with alone.app_context():
        db.engine.dispose()
    # They were not all shown the same, nor was each made for one alone.
    assert all(len(pages) > 4 for pages in seen.values())


def test_a_page_is_made_once_for_whoever_sees_the_same_and_bears_their_own_token(
    app: Flask, world: World
) -> None:
    shelf = app.extensions["kept_pages"]
    shelf.clear()
    first, second = Client(app, world, "manager"), Client(app, world, "delegate")
    pages = [each.get("/listings").text for each in (first, second)]
    lists = [key for key in shelf.pages if key[0] == "exchange/list_listings.html"]
    assert len(lists) == 1
    with app.app_context():
        people = [db.session.get_one(Person, world.person[who]) for who in ("manager", "delegate")]
        names = [each.name for each in people]
    for page, own, other in zip(pages, names, reversed(names), strict=True):
        assert own in page
        assert other not in page
    tokens = [re.search(r'name="csrf_token" value="([^"]+)"', page) for page in pages]
    assert tokens[0] and tokens[1] and tokens[0][1] != tokens[1][1]
    for token, status in ((tokens[0][1], 400), (tokens[1][1], 302)):
        form = {"csrf_token": token}
        assert second.open("/sign-out", method="POST", data=form).status_code == status


@pytest.mark.usefixtures("context")
def test_a_change_is_on_the_next_page(world: World, visit: Callable[..., Client]) -> None:
    listing, reader = world.get(Listing, "public"), visit("supplier")
    assert listing.title in reader.get("/listings").text
    close_listing(listing, by=world.actor("delegate"), note="已找到。")
    assert listing.title not in reader.get("/listings").text


@pytest.mark.usefixtures("context")
def test_the_size_of_type_makes_another_page(visit: Callable[..., Client]) -> None:
    reader, large = visit("supplier"), visit("anonymous")
    pages = {reader.get("/listings").text, large.get("/listings").text}
    large.open("/listings?large-type=1")
    assert not any('class="large-type"' in page for page in pages)
    assert 'class="large-type"' in large.get("/listings").text


def test_another_day_makes_another_page(curious: Flask) -> None:
    def shown(said: str) -> str:
        with curious.test_request_context():
            return render_kept("said", "the same", lambda: {"said": said})

    assert [shown("today"), shown("not made")] == ["today", "today"]
    with clock.standing_still(clock.now() + timedelta(days=1)):
        assert shown("tomorrow") == "tomorrow"


def test_the_shelf_holds_no_more_than_it_may() -> None:
    shelf = Shelf(100, {})
    for number in range(20):
        shelf.put(number, ("x" * 30,))
    assert sorted(shelf.pages) == [17, 18, 19]
    assert shelf.used == 90
    shelf.put("large", ("x" * 101,))
    assert "large" not in shelf.pages


def test_a_file_that_breaks_is_answered_by_a_page(
    settled: tuple[str, World], visit: Callable[..., Client]
) -> None:
    """The count of changes is what touches the file first: a bare error would pass everybody by."""
    reader = visit("supplier")
    assert reader.get("/listings").status_code == 200
    path = Path(settled[0].removeprefix("sqlite:///"))
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.write_bytes(b"no database " * 4096)
    answer = reader.open("/listings")
    assert answer.status_code in (500, 503)
    assert "<h1>" in answer.text
