"""The whole walk, as it is walked: a demand is posted, reviewed, found, answered, introduced.

Once with a thumb on a phone in Chinese, once with a mouse at a desk in English. The taps and
fields that each journey costs are counted against their budgets.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser

TITLE = "求购液氢罐车低温阀门"
TEXT = "DN25 截止阀，-253℃，每年 600 只，附第三方检测报告。"
ANSWER = "可供，月产八十只。"
CONTACTS = {"delegate": "delegate@test.example", "supplier": "supplier@test.example"}

screens = pytest.mark.parametrize(
    ("language", "screen"), [("zh", PHONE), ("en", DESKTOP)], ids=["phone-zh", "desk-en"]
)


def post_a_demand(visitor: Visitor) -> None:
    """From the desk to a submitted demand."""
    visitor.follow("Post a listing")
    visitor.tap(visitor.page.get_by_role("link", name=visitor.say("No, neither")))
    visitor.choose("What is it?", "Demand: we are looking for something")
    visitor.type("Title", TITLE)
    visitor.type("What exactly", TEXT)
    visitor.type("Until when", (clock.today() + timedelta(days=60)).isoformat())
    visitor.choose("Who may see it", "Public")
    visitor.press("Submit for review")


@screens
def test_a_demand_is_posted_reviewed_found_answered_and_introduced(
    enter: Callable[..., Visitor], world: World, language: str, screen: tuple[int, int]
) -> None:
    delegate, secretary, supplier = (enter(language, screen) for _each in range(3))

    delegate.open("/")
    delegate.follow("Sign in", delegate.header())
    delegate.sign_in("delegate")
    delegate.count_afresh()
    post_a_demand(delegate)
    assert delegate.fields <= 5
    assert delegate.taps <= 5, "three steps and two choices"
    assert delegate.page.locator("h1").inner_text() == TITLE
    address = delegate.page.url.removeprefix(delegate.site)
    delegate.sign_out()
    assert delegate.page.get_by_role("status").inner_text() == delegate.say("You are signed out.")

    supplier.open("/listings?q=阀门")
    assert TITLE not in supplier.text(), "not before it is published"

    secretary.come_in("secretary")
    assert TITLE in secretary.section("Waiting for me").inner_text()
    secretary.follow_record(TITLE)
    secretary.count_afresh()
    secretary.press("Publish")
    assert secretary.taps == 1
    assert secretary.say("Published") in secretary.page.locator(".page-above").inner_text()

    supplier.open("/listings")
    supplier.page.get_by_role("searchbox").fill("阀门")
    supplier.press("Search", supplier.page.get_by_role("search"))
    supplier.follow_record(TITLE)
    supplier.follow("Sign in and answer")
    supplier.sign_in("supplier")
    assert supplier.page.url == f"{supplier.site}{address}#answer", "led back to what they came for"
    supplier.type("Your message", ANSWER)
    supplier.press("Send the answer")
    assert CONTACTS["delegate"] not in supplier.page.content()

    delegate.come_in("delegate")
    waiting = delegate.section("Waiting for me")
    assert TITLE in waiting.inner_text()
    delegate.tap(waiting.get_by_role("link", name=TITLE).first)
    assert ANSWER in delegate.text()
    assert CONTACTS["supplier"] not in delegate.page.content()
    delegate.count_afresh()
    delegate.press("Accept and exchange contacts")
    assert delegate.taps == 1
    assert CONTACTS["supplier"] in delegate.section("You have been introduced").inner_text()

    supplier.open(supplier.page.url.removeprefix(supplier.site))
    assert CONTACTS["delegate"] in supplier.section("You have been introduced").inner_text()


def test_the_form_shows_five_fields_and_folds_the_rest_away(
    enter: Callable[..., Visitor],
) -> None:
    delegate = enter("zh", PHONE)
    delegate.come_in("delegate")
    delegate.open("/listings/new?secrecy=none")
    labels = delegate.page.locator("form .form-label:visible")
    asked = [label for label in labels.all_inner_texts() if delegate.say("optional") not in label]
    wanted = ("What is it?", "Title", "What exactly", "Until when", "Who may see it")
    assert asked == [delegate.say(each) for each in wanted]


def test_a_link_from_a_group_chat_is_answered_in_three_taps_and_two_fields(
    enter: Callable[..., Visitor], world: World
) -> None:
    chair = enter("zh", PHONE)
    chair.come_in("chair")
    chair.count_afresh()
    chair.open(f"/listings/{world.listing['public']}")
    chair.taps += 1  # the link itself
    chair.type("Your message", ANSWER)
    chair.press("Send the answer")
    assert chair.say("Awaiting an answer") in chair.page.locator(".page-above").inner_text()
    assert (chair.taps, chair.fields) <= (3, 2)
    assert chair.fields <= 2


def test_an_outsider_neither_finds_nor_opens_what_is_for_members(
    enter: Callable[..., Visitor], world: World
) -> None:
    outsider = enter("en", DESKTOP)
    outsider.come_in("outsider")
    for name in ("members", "confidential"):
        outsider.open(f"/listings?q={name} 碳纤维")
        assert f"{name} 碳纤维缠绕" not in outsider.text()
        assert outsider.open(f"/listings/{world.listing[name]}") == 404
        assert "碳纤维" not in outsider.page.content()
