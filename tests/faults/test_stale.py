"""Stale forms and double clicks: nobody overwrites unseen, and nothing is made twice.

The version travels in the form and the receipt key with it; both are read here from the pages,
as a browser does.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import func, select

from portal import journal
from portal.database import db
from portal.exchange.models import Interest, Listing
from portal.exchange.workflow import ListingState
from portal.operations import Receipt
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

pytestmark = [pytest.mark.faults, both_engines]

Visit = Callable[..., Client]


def filled(page: BeautifulSoup, action: str | None = None) -> dict[str, str]:
    """Return what the page's form would send, as it stands there."""
    form = page.select_one("form.form[method=post]")
    if action is not None:
        form = page.select_one(f'form[action="{action}"]')
    assert isinstance(form, Tag), f"no such form on the page: {action}"
    sent = {}
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = str(control.get("name", "")), control.get("type")
        if not name or (kind in ("radio", "checkbox") and not control.has_attr("checked")):
            continue
        if control.name == "textarea":
            sent[name] = control.get_text().removeprefix("\n")
        elif control.name == "select":
            marked = control.find("option", selected=True)
            sent[name] = str(marked["value"]) if marked else ""
        else:
            sent[name] = str(control.get("value", ""))
    return {name: value for name, value in sent.items() if name != "named_ids"}


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def path_of(location: str) -> str:
    return urlsplit(location).path


def stored(app: Flask, listing_id: int) -> Listing:
    """Return a listing as the database holds it now."""
    with app.app_context():
        listing = db.session.get_one(Listing, listing_id)
        db.session.remove()
        return listing


def count(app: Flask, *which: object) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).where(*which)).one()  # type: ignore[arg-type]


def chain_is_whole(app: Flask) -> bool:
    with app.app_context():
        return journal.verify().faults == ()


def test_the_second_of_two_open_forms_keeps_its_text_and_replaces_only_when_sent_again(
    app: Flask, world: World, visit: Visit
) -> None:
    draft = world.listing["draft"]
    address = f"/listings/{draft}/edit"
    first, second = visit("delegate"), visit("manager")
    mine, theirs = filled(first.soup(address)), filled(second.soup(address))
    assert mine["version"] == theirs["version"] != ""

    saved = first.post(address, {**mine, "title": "先到的标题", "save": "1"})
    assert saved.status_code == 302
    refused = second.post(address, {**theirs, "title": "后到的标题", "save": "1"})
    assert refused.status_code == 409
    assert stored(app, draft).title == "先到的标题"

    page = soup(refused.text)
    again = filled(page)
    assert again["title"] == "后到的标题"
    assert again["specification"] == theirs["specification"]
    assert again["version"] == str(stored(app, draft).version) != theirs["version"]
    assert "先到的标题" in page.get_text(), "what is stored now is not shown beside it"
    assert page.select_one("[role=alert]") is not None

    assert second.post(address, {**again, "save": "1"}).status_code == 302
    assert stored(app, draft).title == "后到的标题"
    # The one who was first is now the stale one: the version moved on twice.
    third = first.post(address, {**mine, "title": "再来一次", "save": "1"})
    assert third.status_code == 409
    assert stored(app, draft).title == "后到的标题"
    assert chain_is_whole(app)


def test_sending_again_after_409_is_stale_once_more_if_somebody_was_faster(
    app: Flask, world: World, visit: Visit
) -> None:
    draft = world.listing["draft"]
    address = f"/listings/{draft}/edit"
    first, second = visit("delegate"), visit("manager")
    theirs = filled(second.soup(address))
    assert first.post(address, {**filled(first.soup(address)), "title": "甲"}).status_code == 302
    refused = second.post(address, {**theirs, "title": "乙"})
    assert refused.status_code == 409
    assert first.post(address, {**filled(first.soup(address)), "title": "丙"}).status_code == 302
    assert second.post(address, filled(soup(refused.text))).status_code == 409
    assert stored(app, draft).title == "丙"


def test_a_stale_button_does_nothing_and_shows_the_record_as_it_is(
    app: Flask, world: World, visit: Visit
) -> None:
    public = world.listing["public"]
    address = f"/listings/{public}"
    first, second = visit("delegate"), visit("manager")
    pause, close = f"{address}/moves/pause", f"{address}/moves/close"
    first_button = filled(first.soup(address), pause)
    stale_button = filled(second.soup(address), close)

    assert first.post(pause, first_button).status_code == 302
    refused = second.post(close, {**stale_button, "note": "不再需要"})
    assert refused.status_code == 409
    listing = stored(app, public)
    assert listing.state is ListingState.PAUSED and listing.closed_as is None
    again = filled(soup(refused.text), close)
    assert again["note"] == "不再需要"
    assert again["version"] == str(listing.version) != stale_button["version"]

    assert second.post(close, again).status_code == 302
    assert stored(app, public).state is ListingState.CLOSED
    assert chain_is_whole(app)


def test_a_stale_answer_button_does_not_accept_what_was_withdrawn(
    app: Flask, world: World, visit: Visit
) -> None:
    address = f"/interests/{world.interest['sent']}"
    owner, sender = visit("delegate"), visit("supplier")
    accept, withdraw = f"{address}/moves/accept", f"{address}/moves/withdraw"
    button = filled(owner.soup(address), accept)
    assert sender.post(withdraw, filled(sender.soup(address), withdraw)).status_code == 302
    assert owner.post(accept, button).status_code == 409
    told = (journal.JournalLine.noun == "interest",
            journal.JournalLine.record_id == world.interest["sent"])  # fmt: skip
    assert count(app, *told, journal.JournalLine.verb == "interest.accept") == 0
    assert count(app, *told, journal.JournalLine.verb == "interest.withdraw") == 1


def test_a_double_click_on_posting_makes_one_listing_and_both_lead_to_it(
    app: Flask, visit: Visit
) -> None:
    delegate = visit("delegate")
    form = filled(delegate.soup("/listings/new?secrecy=none"))
    form |= {"direction": "demand", "visibility": "public"}
    form |= {"title": "双击求购", "specification": "70MPa IV型。", "submit": "1"}
    first, second = (delegate.post("/listings/new", form) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert path_of(first.location) == path_of(second.location)
    assert count(app, Listing.title == "双击求购") == 1
    made = int(path_of(first.location).rsplit("/", 1)[1])
    assert count(app, Receipt.noun == "listing", Receipt.record_id == made) == 1

    # Back, one word changed, sent again: that is another act, with the same form key.
    changed = delegate.post("/listings/new", {**form, "title": "双击求购（改）"})
    assert changed.status_code == 302
    assert path_of(changed.location) != path_of(first.location)
    assert count(app, Listing.title.startswith("双击求购")) == 2
    assert chain_is_whole(app)


def test_a_double_click_on_answering_makes_one_answer_and_both_lead_to_it(
    app: Flask, world: World, visit: Visit
) -> None:
    public = world.listing["public"]
    outsider = visit("outsider")  # who withdrew an earlier answer and may answer again
    action = f"/listings/{public}/interests"
    form = {**filled(outsider.soup(f"/listings/{public}"), action), "message": "可供货。"}
    first, second = (outsider.post(action, form) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert path_of(first.location) == path_of(second.location)
    assert outsider.get(path_of(first.location)).status_code == 200
    mine = (Interest.listing_id == public,
            Interest.organisation_id == world.organisation["medic"])  # fmt: skip
    assert count(app, *mine, Interest.released_at.is_(None)) == 1
    assert count(app, *mine) == 2

    # A changed message is another act, which the rule refuses while the first answer is open.
    changed = outsider.post(action, {**form, "message": "可供货，月产150只。"})
    assert changed.status_code == 422
    assert "可供货，月产150只。" in changed.text
    assert count(app, *mine, Interest.released_at.is_(None)) == 1
    assert chain_is_whole(app)


def test_the_same_form_key_of_another_person_is_another_act(app: Flask, visit: Visit) -> None:
    delegate, supplier = visit("delegate"), visit("supplier")
    form = filled(delegate.soup("/listings/new?secrecy=none"))
    form |= {"direction": "demand", "visibility": "public"}
    form |= {"title": "同一把钥匙", "specification": "70MPa IV型。", "submit": "1"}
    form.pop("csrf_token")
    first, other = delegate.post("/listings/new", form), supplier.post("/listings/new", form)
    assert first.status_code == other.status_code == 302
    assert path_of(first.location) != path_of(other.location)
    assert count(app, Listing.title == "同一把钥匙") == 2
