"""The desk and the front page: figures that promise no list, rows that say what is new."""

from __future__ import annotations

from collections.abc import Callable

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
