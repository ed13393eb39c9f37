"""From the answer that is sent to the message that is opened; and a robot for the chat group."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser


def unread(visitor: Visitor) -> int:
    """Return the number of unread messages that stands in the menu."""
    said = visitor.header().locator("a[href='/messages']").inner_text()
    return int(re.sub(r"\D", "", said) or 0)


def test_an_answer_is_told_read_and_leads_to_itself(
    enter: Callable[..., Visitor], world: World
) -> None:
    chair, delegate = enter("zh", PHONE), enter("en", DESKTOP)
    delegate.come_in("delegate")
    chair.come_in("chair")
    chair.open(f"/listings/{world.listing['public']}")
    assert "将通知：北京甲氢能有限公司（2人）" in chair.text()
    chair.page.get_by_role("textbox").first.fill("可供，月产150只。")
    chair.press("Send the answer")

    delegate.count_afresh()
    delegate.tap(delegate.header().locator("a[href='/messages']"))
    newest = delegate.page.locator(".message-unread").first
    assert "天津丙研究院 answered" in newest.inner_text()
    before = unread(delegate)
    delegate.tap(newest.get_by_role("link"))
    assert "可供，月产150只。" in delegate.text()
    assert delegate.taps == 2
    delegate.tap(delegate.header().locator("a[href='/messages']"))
    assert unread(delegate) == before - 1
    newest = delegate.page.locator(".message-unread").first
    assert "天津丙研究院 answered" not in newest.inner_text()
    delegate.press("Mark all as read")
    assert delegate.page.locator(".message-unread").count() == 0
    delegate.follow("Digest and mail")
    delegate.choose("Digest by mail", "Every day")
    delegate.press("Save")


def test_a_robot_is_set_on_a_phone(enter: Callable[..., Visitor]) -> None:
    secretary = enter("zh", PHONE)
    secretary.come_in("secretary")
    secretary.open("/alliances/hydrogen")
    secretary.follow("Group robot")
    secretary.type("Address of the group robot", "http://robot.example/send")
    secretary.press("Save")
    assert secretary.say("Give the https address that the chat group shows.") in secretary.text()
    secretary.type("Address of the group robot", "https://robot.example/send?key=0123456789")
    secretary.press("Save")
    assert "https://robot.example/…6789" in secretary.text()
    secretary.press("Forget the address")
    assert "robot.example" not in secretary.text()
