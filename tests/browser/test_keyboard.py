"""The portal without a mouse: skip the menu, search, see where one is, mend what is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser


def test_the_first_tab_offers_to_skip_the_menu_and_shows_where_one_is(
    enter: Callable[..., Visitor],
) -> None:
    visitor = enter()
    visitor.open("/listings")
    visitor.page.keyboard.press("Tab")
    skip = visitor.page.locator(":focus")
    expect(skip).to_have_text(visitor.say("Skip to the content"))
    expect(skip).to_be_in_viewport()
    expect(skip).to_have_css("outline-style", "solid")
    expect(skip).to_have_css("outline-width", "3px")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("main")).to_be_focused()
    visitor.page.keyboard.press("Tab")
    is_inside = "(element) => document.querySelector('main').contains(element)"
    assert visitor.page.locator(":focus").evaluate(is_inside)


def test_a_slash_goes_to_the_search_box_and_escape_leaves_it(
    enter: Callable[..., Visitor],
) -> None:
    visitor = enter()
    visitor.open("/listings")
    search = visitor.page.get_by_role("searchbox")
    visitor.page.keyboard.press("/")
    expect(search).to_be_focused()
    visitor.page.keyboard.type("and/or")
    expect(search).to_have_value("and/or")
    visitor.page.keyboard.press("Escape")
    expect(search).not_to_be_focused()


def test_after_a_mistake_one_stands_at_the_summary_and_its_link_leads_to_the_field(
    enter: Callable[..., Visitor],
) -> None:
    delegate = enter()
    delegate.come_in("delegate")
    delegate.open("/listings/new?secrecy=none")
    delegate.page.get_by_role("button", name=delegate.say("Submit for review")).focus()
    with delegate.page.expect_navigation():
        delegate.page.keyboard.press("Enter")
    summary = delegate.page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=delegate.say("Give it a title.")).press("Enter")
    expect(delegate.field("Title")).to_be_focused()
    expect(delegate.field("Title")).to_have_attribute("aria-invalid", "true")
    expect(delegate.field("Title")).to_have_accessible_description(
        f"{delegate.say('As you would say it in one line: material, quantity, what for.')} "
        f"{delegate.say('Give it a title.')}"
    )


def test_a_note_is_opened_written_and_left_with_the_keyboard_alone(
    enter: Callable[..., Visitor], world: World
) -> None:
    secretary = enter()
    secretary.come_in("secretary")
    secretary.open(f"/listings/{world.listing['submitted']}")
    summary = secretary.page.locator("summary", has_text=secretary.say("Send back"))
    summary.press("Enter")
    note = secretary.field("What should be changed")
    expect(note).to_be_visible()
    note.press("Escape")
    expect(note).to_be_hidden()
    expect(summary).to_be_focused()
