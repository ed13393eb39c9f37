"""An agenda is put in order by dragging and by keyboard, and stays so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from portal.database import db
from portal.meetings import agenda
from tests.browser.visitor import Visitor
from tests.meetings import make
from tests.world import World

pytestmark = pytest.mark.browser


def test_items_are_dragged_and_moved_by_keyboard(
    enter: Callable[..., Visitor], app: Flask, world: World
) -> None:
    with app.app_context():
        meeting, by = make.called(world), world.actor("secretary")
        for returned in agenda.items_of(meeting):
            agenda.take_off(meeting, returned, by=by)
        for title in ("甲议题", "乙议题", "丙议题"):
            agenda.add_item(meeting, agenda.ItemContent(title), by=by)
        address = f"/meetings/{meeting.id}"
        db.session.remove()
    keeper = enter()
    keeper.come_in("secretary")
    keeper.open(address)
    titles: Locator = keeper.page.locator("#agenda .agenda-title")
    said = keeper.page.locator("#agenda [data-order-said]")
    third = keeper.page.locator(".agenda-item", has_text="丙议题").locator(".agenda-title")
    third.drag_to(keeper.page.locator(".agenda-item").first, target_position={"x": 90, "y": 3})
    expect(said).not_to_be_empty()
    expect(titles).to_have_text(["丙议题", "甲议题", "乙议题"])
    keeper.page.locator(".agenda-item", has_text="丙议题").locator("button").first.focus()
    keeper.page.keyboard.press("Alt+ArrowDown")
    expect(said).to_contain_text("2")
    expect(titles).to_have_text(["甲议题", "丙议题", "乙议题"])
    focused = keeper.page.locator(".agenda-item", has_text="丙议题").locator("button").first
    expect(focused).to_be_focused()
    keeper.open(address)
    expect(titles).to_have_text(["甲议题", "丙议题", "乙议题"])
