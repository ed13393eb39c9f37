"""The desk and the front page: figures that promise no list, rows that say what is new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from portal import clock
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
HIDDEN_TOO = "The counts include listings that are not shown to you."


def test_figures_lead_to_no_list_that_counts_otherwise(world: World, visit: Visit) -> None:
    for who, address in (("anonymous", "/"), ("liaison", "/desk")):
        page = visit(who, language="en").soup(address)
        assert page.select(".figure-value")
        assert not page.select(".figure-value a")
        assert HIDDEN_TOO in page.get_text()


def test_rows_of_my_own_say_the_state_not_my_own_name(world: World, visit: Visit) -> None:
    page = visit("delegate", language="en").soup("/desk")
    started = page.select(".rows[data-own] .listing-row")
    assert started
    for row in started:
        assert row.select_one(".state") is not None
        assert "北京甲氢能有限公司" not in row.get_text()
    assert any("Published" in row.get_text() for row in started)
    mine = visit("delegate", language="en").soup("/listings?mine=1")
    assert all(row.select_one(".state") for row in mine.select(".listing-row"))


def test_what_was_accepted_stands_first_in_what_i_have_started(world: World, visit: Visit) -> None:
    chair = visit("chair")
    for name in ("public", "expired"):
        chair.post(f"/listings/{world.listing[name]}/interests", {"message": "可供。"})
    page = chair.soup("/desk")
    states = [row.select_one(".state") for row in page.select(".rows[data-sent] .listing-row")]
    assert len(states) == 2
    assert states[0] is not None and "state-accepted" in str(states[0]["class"])
    chips = page.select(".rows[data-sent] .row-chips")
    first = chips[0].find(True)
    assert first is not None and "state" in first["class"], "the state comes first"


def test_empty_boxes_of_the_desk_are_small(visit: Visit) -> None:
    boxes = visit("stranger").soup("/desk").select(".empty")
    assert boxes
    assert all("empty-small" in box["class"] for box in boxes)


def test_what_is_new_for_a_liaison_names_the_region(visit: Visit) -> None:
    titles = visit("liaison", language="en").soup("/desk").select("h2")
    assert "New in Hebei" in [" ".join(title.get_text().split()) for title in titles]


def test_a_part_that_shows_fewer_than_wait_leads_to_all_of_them(visit: Visit) -> None:
    until = (clock.today() + timedelta(days=30)).isoformat()
    text = {"specification": "35MPa，年用3000只。", "valid_until": until, "visibility": "public"}
    for number in range(9):
        sent = {"secrecy": "none", "direction": "demand", "title": f"求购{number}号阀门", **text}
        made = visit("delegate").post("/listings/new?secrecy=none", {**sent, "submit": "1"})
        assert made.status_code == 302
    keeper = visit("secretary")
    desk = keeper.soup("/desk?all=nothing")
    assert len(desk.select("#listings .listing-row")) == 8
    link = desk.select_one("#listings > p a")
    assert link is not None
    address = str(link["href"])
    whole = keeper.soup(address.split("#")[0])
    rows = whole.select(f"#{address.split('#')[1]} .listing-row")
    assert link.get_text() == f"查看全部{len(rows)}条" and len(rows) > 8
    assert whole.select_one("#listings > p a") is None


def test_what_the_desk_only_counts_stands_in_one_form(visit: Visit) -> None:
    keeper = visit("secretary").soup("/desk")
    counted = [row.get_text(strip=True) for row in keeper.select("[data-counted] > .listing-row")]
    assert any(words.startswith("轮值：") for words in counted)
    assert all(row.select_one("h3 a") for row in keeper.select("[data-counted] > .listing-row"))
    assert not keeper.select("section > p > a[href*='waiting']")
