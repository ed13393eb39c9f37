"""Everything works where scripts do not run: an old phone, a strict office, a broken network."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE
from tests.browser.test_walk import TEXT, TITLE, post_a_demand
from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser


def test_a_demand_is_posted_without_scripts_and_a_mistake_loses_nothing(
    enter: Callable[..., Visitor],
) -> None:
    delegate = enter("zh", PHONE, has_script=False)
    delegate.come_in("delegate")
    delegate.open("/listings/new?secrecy=none")
    delegate.type("What exactly", TEXT)
    delegate.type("Until when", "2020-01-01")
    delegate.press("Submit for review")
    summary = delegate.page.get_by_role("alert")
    assert delegate.say("Give it a title.") in summary.inner_text()
    assert delegate.field("What exactly").input_value() == TEXT
    assert delegate.field("Until when").input_value() == "2020-01-01"
    delegate.open("/desk")
    post_a_demand(delegate)
    assert delegate.page.locator("h1").inner_text() == TITLE
    assert delegate.say("In review") in delegate.page.locator(".page-above").inner_text()


def test_a_move_with_a_note_is_made_without_scripts(
    enter: Callable[..., Visitor], world: World
) -> None:
    secretary = enter("zh", PHONE, has_script=False)
    secretary.come_in("secretary")
    secretary.open(f"/listings/{world.listing['submitted']}")
    folded = secretary.unfold("Send back")
    secretary.type("What should be changed", "请写明交货地点。")
    secretary.press("Send back", folded)
    assert secretary.say("Sent back") in secretary.page.locator(".page-above").inner_text()
    assert "请写明交货地点。" in secretary.section("Record of steps").inner_text()


def test_a_note_the_portal_refuses_is_shown_with_its_reason(
    enter: Callable[..., Visitor], world: World
) -> None:
    delegate = enter("en", has_script=False)
    delegate.come_in("delegate")
    delegate.open(f"/interests/{world.interest['sent']}")
    folded = delegate.unfold("Decline")
    delegate.type("Why (the other side reads it)", " ")
    delegate.press("Decline", folded)
    assert "Please say why in a sentence." in delegate.page.get_by_role("alert").inner_text()
    assert delegate.field("Why (the other side reads it)").is_visible(), "it stays open"
