"""What a pasted text fills in: measured on messages as people write them, and its page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal import clock
from portal.alliances.queries import all_alliances
from portal.database import db
from portal.exchange.choices import Choice, all_choices
from portal.exchange.models import Direction, Listing, ListingKind
from portal.exchange.pasting import WORDS, Known, guess_fields, without_contacts
from tests.client import Client, look_at
from tests.world import World

Visit = Callable[..., Client]
HERE = Path(__file__).parent
LONGEST = timedelta(days=365)
TODAY = date(2026, 11, 23)
REGIONS = [
    Choice("region", number, code, name, name, None, None)
    for number, (code, name) in enumerate((("BJ", "北京市"), ("TJ", "天津市"), ("HE", "河北省")))
]
NODES = [
    Choice("node", number, str(number), name, name, None, 1)
    for number, name in enumerate(("储氢", "III/IV型储氢瓶", "膜电极", "电堆", "MES"), start=100)
]
KNOWN = Known(REGIONS, NODES, TODAY, LONGEST)
MESSAGE = (
    "各位老师好，我司急需70MPa IV型储氢瓶碳纤维缠绕代工产能，首年1800只，预算约500万元，"
    "两周内报价，河北企业优先。"
)


def said(text: str) -> dict[str, Any]:
    return {name: guess.value for name, guess in guess_fields(text, KNOWN).items()}


def measure(app: Flask, file: str) -> dict[str, Counter[str]]:
    """Return for each field how many messages of a file it is right, empty or wrong in."""
    data = json.loads((HERE / file).read_text(encoding="utf-8"))
    counts: dict[str, Counter[str]] = {}
    with app.app_context():
        maps = {alliance.slug: alliance.chain_map_id for alliance in all_alliances()}
        choices = all_choices()
        for message in data["messages"]:
            nodes = choices.nodes_of(maps[message["alliance"]])
            known = Known(choices.of("region"), nodes, date.fromisoformat(data["today"]), LONGEST)
            found = guess_fields(message["text"], known)
            places = {each.id: each.name for each in choices.of("region")}
            names = {each.id: each.name for each in nodes}
            got = {name: guess.value for name, guess in found.items()}
            amount = message["amount"]
            for name, value, expected in (
                ("direction", got.get("direction"), message["direction"]),
                ("kind", got.get("kind"), message["kind"]),
                ("amount", got.get("amount"), int(amount) if amount else None),
                ("day", str(got.get("valid_until")), str(message["day"])),
                ("region", places.get(got.get("wanted_region_id")), message["region"]),
                ("node", names.get(got.get("chain_node_id")), message["node"]),
            ):
                fate = "right" if value == expected else "wrong" if value else "empty"
                counts.setdefault(name, Counter())[fate] += 1
        db.session.remove()
    return counts


def test_most_of_what_the_known_messages_say_is_found(app: Flask, world: World) -> None:
    counts = measure(app, "pasted.json")
    assert counts["direction"]["right"] >= 25, counts
    assert counts["kind"]["right"] >= 23, counts
    for name in ("amount", "day", "region", "node"):
        assert counts[name]["right"] == 26, counts


def test_of_messages_never_tuned_on_hardly_any_is_misread(app: Flask, world: World) -> None:
    """Empty is no harm, wrong is: the floor is what was met, not what was hoped for."""
    counts = measure(app, "pasted_unseen.json")
    assert sum(each["wrong"] for each in counts.values()) <= 2, counts
    assert counts["direction"]["right"] >= 9 and counts["kind"]["right"] >= 8, counts
    for name in ("amount", "day", "region", "node"):
        assert counts[name]["right"] >= 11, counts


def test_every_guess_says_from_which_words_it_is() -> None:
    guesses = guess_fields(MESSAGE, KNOWN)
    assert {name: guess.said for name, guess in guesses.items()} == {
        "direction": "急需",
        "title": "急需70MPa IV型储氢瓶碳纤维缠绕代工产能",
        "kind": "代工",
        "amount": "约500万元",
        "valid_until": "两周内",
        "wanted_region_id": "河北企业优先",
        "chain_node_id": "IV型储氢瓶",
    }


def test_the_longest_name_of_a_node_is_meant_and_letters_only_as_a_word() -> None:
    assert said("求购储氢用的III/IV型储氢瓶")["chain_node_id"] == 101
    assert said("求购储氢设备")["chain_node_id"] == 100
    assert "chain_node_id" not in said("求购TIMES牌设备")
    assert said("求购 MES 一套")["chain_node_id"] == 104


@pytest.mark.parametrize(
    "text",
    [
        "注册资本5000万元的企业求购阀门",
        "求购阀门，单价800元/只",
        "求购阀门，价格面议",
        "求购阀门100万只",
    ],
)
def test_a_capital_a_price_per_piece_or_a_quantity_is_no_amount(text: str) -> None:
    assert "amount" not in said(text)


def test_a_day_beyond_the_longest_validity_or_past_is_not_guessed() -> None:
    for day in ("2028年6月底前", "2026年6月底前", "2027年3月起供货"):
        assert "valid_until" not in said(f"求购阀门，{day}。")


def test_of_several_places_none_is_chosen_and_ones_own_is_not_wanted() -> None:
    for text in ("河北、天津企业均可", "我们是天津的一家企业", "位于河北厂家"):
        assert "wanted_region_id" not in said(f"求购阀门，{text}")


def test_nothing_said_fills_nothing_but_the_title() -> None:
    assert set(said("阀门")) <= {"title"}
    assert said("。！\n") == {}


@pytest.mark.parametrize(
    ("text", "kept", "left_out"),
    [
        (
            "求购阀门，6月底前签约，联系人张工13800138000",
            "求购阀门，6月底前签约",
            "联系人张工13800138000",
        ),
        (
            "求购阀门。\n电话：010-12345678（微信同号）",
            "求购阀门。",
            "电话：010-12345678（微信同号）",
        ),
        ("求购阀门，邮箱 a.b@example.com。", "求购阀门。", "邮箱 a.b@example.com"),
        ("求购型号1380013800012的阀门", "求购型号1380013800012的阀门", ""),
    ],
)
def test_how_to_reach_people_is_left_out(text: str, kept: str, left_out: str) -> None:
    assert without_contacts(text) == (kept, left_out)


def test_words_of_contacts_without_a_number_are_passed_quickly() -> None:
    text = "联系 联系 " * 5
    began = process_time()
    assert without_contacts(text) == (text, "")
    assert process_time() - began < 0.5


@given(st.text(max_size=120))
def test_no_text_breaks_it(text: str) -> None:
    for name, guess in guess_fields(text, KNOWN).items():
        assert name == "title" or guess.said
        if name == "title":
            assert 0 < len(guess.value) <= 80


def test_every_kind_and_direction_has_its_words() -> None:
    assert set(WORDS["kinds"]) == set(ListingKind)
    assert set(Direction) <= set(WORDS)


def listings(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count(Listing.id))).one()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_pasted_text_fills_the_form_and_stores_nothing(
    app: Flask, world: World, visit: Visit, language: str
) -> None:
    before, delegate = listings(app), visit("delegate", language=language)
    answer = delegate.post("/listings/paste", {"secrecy": "none", "text": MESSAGE})
    assert answer.status_code == 200 and listings(app) == before
    look_at(answer.text, language)
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("form.form")["action"] == "/listings/new"
    assert page.select_one("[name=title]")["value"] == "急需70MPa IV型储氢瓶碳纤维缠绕代工产能"
    assert page.select_one("[name=specification]").get_text().strip() == MESSAGE
    assert page.select_one("[name=amount]")["value"] == "500"
    until = (clock.today() + timedelta(days=14)).isoformat()
    assert page.select_one("[name=valid_until]")["value"] == until
    assert page.select_one("[name=direction][checked]")["value"] == "demand"
    assert page.select_one("[name=kind] [selected]")["value"] == "capacity"
    node = page.select_one("[name=chain_node_id] [selected]").get_text()
    assert node == "III/IV型储氢瓶"
    assert not page.select("[name=visibility][checked]"), "who may see it is never guessed"
    assert page.select_one("details[open]"), "what was guessed is not folded away"
    for mark in page.select("[id$=-guess]"):
        field = page.select_one(f"[aria-describedby~={mark['id']}]")
        assert field is not None, mark
    assert len(page.select("[id$=-guess]")) == 7


def test_where_it_may_be_secret_the_pasted_text_is_not_shown_again(
    app: Flask, world: World, visit: Visit
) -> None:
    delegate = visit("delegate")
    for secrecy in ("", "secret", "work", "unsure"):
        answer = delegate.post("/listings/paste", {"secrecy": secrecy, "text": MESSAGE})
        assert answer.status_code == 422 and "70MPa" not in answer.text


def test_an_empty_or_endless_text_is_sent_back_with_what_was_typed(
    world: World, visit: Visit
) -> None:
    delegate = visit("delegate")
    assert delegate.post("/listings/paste", {"secrecy": "none", "text": " "}).status_code == 422
    long = "求购阀门。" * 1200
    answer = delegate.post("/listings/paste", {"secrecy": "none", "text": long})
    assert answer.status_code == 422 and long in answer.text


def test_what_was_filled_in_can_be_sent_as_it_stands(
    app: Flask, world: World, visit: Visit
) -> None:
    delegate = visit("delegate")
    answer = delegate.post("/listings/paste", {"secrecy": "none", "text": MESSAGE})
    page = BeautifulSoup(answer.text, "html.parser")
    sent = {
        field["name"]: field.get("value", "")
        for field in page.select("form.form input[type=text], form.form input[type=hidden]")
    }
    sent |= {
        "specification": MESSAGE,
        "valid_until": page.select_one("[name=valid_until]")["value"],
        "direction": "demand",
        "kind": "capacity",
        "amount": "500",
        "visibility": "public",
        "submit": "1",
    }
    assert delegate.post("/listings/new", sent).status_code == 302
    with app.app_context():
        made = db.session.scalars(select(Listing).order_by(Listing.id.desc()).limit(1)).one()
        assert made.title.startswith("急需70MPa") and made.amount_fen == 500 * 1_000_000
        assert made.state == "submitted" and made.kind is ListingKind.CAPACITY
        db.session.remove()


def test_a_number_in_a_paste_reaches_no_page_and_typed_in_it_is_refused(
    world: World, visit: Visit
) -> None:
    delegate = visit("delegate")
    text = "求购阀门，联系人张工13800138000"
    page = delegate.post("/listings/paste", {"secrecy": "none", "text": text}).text
    form = BeautifulSoup(page, "html.parser")
    assert form.select_one("[name=specification]").get_text().strip() == "求购阀门"
    assert "13800138000" in form.select_one("#left-out").get_text(), "it says what it left out"
    sent = {
        "secrecy": "none",
        "direction": "demand",
        "title": "求购阀门",
        "specification": "求购阀门，电话138 0013 8000",
        "visibility": "public",
        "save": "1",
    }
    answer = delegate.post("/listings/new", sent)
    assert answer.status_code == 422 and "请删去手机号码" in answer.text
    assert delegate.post("/listings/new", {**sent, "specification": "求购阀门"}).status_code == 302


def test_sent_back_the_form_still_says_what_was_guessed(world: World, visit: Visit) -> None:
    delegate = visit("delegate")
    answer = delegate.post("/listings/paste", {"secrecy": "none", "text": MESSAGE})
    page = BeautifulSoup(answer.text, "html.parser")
    hidden = {field["name"]: field["value"] for field in page.select("form.form [type=hidden]")}
    answer = delegate.post("/listings/new", {**hidden, "title": "阀门", "submit": "1"})
    assert answer.status_code == 422, "nobody said who may see it"
    again = BeautifulSoup(answer.text, "html.parser")
    assert len(again.select("[id$=-guess]")) == 7
