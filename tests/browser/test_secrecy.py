"""Before anything is typed the portal asks about secrets, and where there may be one it stops."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.alliances.models import Alliance
from portal.database import db
from portal.exchange.models import Listing
from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser

REFUSING = ("It touches state secrets", "It touches work secrets", "I am not sure")


def count_listings(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Listing)) or 0


@pytest.mark.parametrize("answer", REFUSING)
def test_where_there_may_be_a_secret_nothing_can_be_typed_and_nothing_is_stored(
    enter: Callable[..., Visitor], app: Flask, world: World, answer: str
) -> None:
    with app.app_context():
        contact = db.session.get_one(Alliance, world.alliance["hydrogen"]).contact
    assert contact
    before = count_listings(app)
    delegate = enter()
    delegate.come_in("delegate")
    delegate.follow("Post a listing")
    delegate.tap(delegate.page.get_by_role("link", name=delegate.say(answer)))
    assert delegate.page.locator("h1").inner_text() == delegate.say("Please do not post this here")
    assert contact in delegate.text(), "the way to talk in person is named"
    assert delegate.page.locator("main").locator("input, textarea, select").count() == 0
    assert count_listings(app) == before
    delegate.follow("Back to the question")
    assert delegate.page.get_by_role("link", name=delegate.say("No, neither")).is_visible()
