"""A message from a group chat becomes a published demand, with a thumb, in Chinese."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MESSAGE = (
    "各位老师好，我司急需70MPa IV型储氢瓶碳纤维缠绕代工产能，首年1800只，预算约500万元，"
    "两周内报价，河北企业优先。"
)
TITLE = "急需70MPa IV型储氢瓶碳纤维缠绕代工产能"


def test_one_paste_and_one_choice_post_a_demand_on_a_phone(enter: Callable[..., Visitor]) -> None:
    delegate, secretary = enter("zh", PHONE), enter("zh", PHONE)
    delegate.come_in("delegate")
    delegate.count_afresh()
    delegate.follow("Post a listing")
    delegate.tap(delegate.page.get_by_role("link", name=delegate.say("No, neither")))
    delegate.follow("Fill it in from a text you have")
    delegate.type("Your text", MESSAGE)
    delegate.press("Fill in the form")
    assert "约500万元" in delegate.text() and "急需" in delegate.text()
    assert delegate.field("Title").input_value() == TITLE
    assert delegate.field("What exactly").input_value() == MESSAGE
    delegate.choose("Who may see it", "Public")
    delegate.press("Submit for review")
    assert delegate.page.locator("h1").inner_text() == TITLE
    assert delegate.fields <= 2, "one paste, and who may see it"
    assert delegate.taps <= 6

    secretary.come_in("secretary")
    secretary.follow_record(TITLE)
    secretary.press("Publish")
    assert secretary.say("Published") in secretary.page.locator(".page-above").inner_text()
