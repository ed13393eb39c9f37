"""The page of the list: what it shows of one's own, and what it says where it shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from bs4 import BeautifulSoup

from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]


def shown(page: BeautifulSoup) -> set[int]:
    links = page.select(".listing-row .row-title a")
    return {int(str(link["href"]).rpartition("/")[2]) for link in links}


def test_ones_own_are_shown_in_every_state_until_one_is_chosen(world: World, visit: Visit) -> None:
    delegate = visit("delegate", language="en")
    page = delegate.soup("/listings?mine=1")
    names = ("public", "draft", "submitted", "returned", "paused", "closed", "expired")
    assert {world.listing[name] for name in names} <= shown(page)
    assert world.listing["foreign"] not in shown(page)
    options = {each.get_text(strip=True): each for each in page.select(".facet-option")}
    assert options["All states"].get("aria-current") == "true"
    drafts = shown(delegate.soup(str(options["Draft"]["href"])))
    assert world.listing["draft"] in drafts
    assert world.listing["public"] not in drafts
    opened = delegate.soup(str(options["Open"]["href"]))
    assert world.listing["public"] in shown(opened)
    assert world.listing["draft"] not in shown(opened)
    # Of everybody's the list shows what is open, and offers no more at once than a state.
    for address in ("/listings", "/listings?state=all", "/listings?state=all&q=%20"):
        page = delegate.soup(address)
        assert world.listing["draft"] not in shown(page)
        assert "All states" not in page.get_text()


def test_what_an_address_asks_for_and_nobody_knows_is_named(visit: Visit) -> None:
    everything = shown(visit("anonymous").soup("/listings"))
    for language, words in (("en", "Alliance: there is no “<nope>”"), ("zh", "联盟：没有“<nope>”")):
        page = visit("anonymous", language=language).soup(f"/listings?alliance={quote('<nope>')}")
        notice = page.select_one(".record-notice")
        assert notice is not None and words in notice.get_text()
        assert shown(page) == everything
    known = "/listings?alliance=hydrogen&direction=demand&state=draft&mine=1&q=x"
    assert not visit("anonymous").soup(known).select(".record-notice")
    several = "/listings?direction=up&region=XX&kind=none&node=1&state=gone"
    assert len(visit("delegate").soup(several).select(".record-notice")) == 5


def test_a_search_that_finds_nothing_open_counts_what_stands_elsewhere(
    world: World, visit: Visit
) -> None:
    delegate = visit("delegate", language="en")
    submitted = world.listing["submitted"]
    title = delegate.soup(f"/listings/{submitted}").select_one("h1")
    assert title is not None
    sought = f"/listings?q={quote(title.get_text(strip=True))}"
    page = delegate.soup(sought)
    assert not shown(page)
    empty = page.select_one(".empty")
    assert empty is not None and "1 is found in another state." in empty.get_text()
    link = empty.select_one("a")
    assert link is not None
    assert shown(delegate.soup(str(link["href"]))) == {submitted}
    # Whoever may not see it learns nothing of it, nor from a page that is kept for others.
    others = visit("supplier", language="en").soup(sought).select_one(".empty")
    assert others is not None and "other state" not in others.get_text()
