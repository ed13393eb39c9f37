"""From an accepted answer to an outcome that stands on both organisations' pages, with a thumb."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE
from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser


def take_next(visitor: Visitor, step: str) -> None:
    """Press the one button that records the next step as of today."""
    name = visitor.say("Today: %(step)s", step=visitor.say(step))
    visitor.tap(visitor.page.get_by_role("button", name=name, exact=True))


def test_an_accepted_answer_is_followed_to_an_outcome_of_both_sides(
    enter: Callable[..., Visitor], world: World
) -> None:
    delegate, supplier, passer_by = (enter("zh", PHONE) for _each in range(3))

    delegate.come_in("delegate")
    delegate.open(f"/interests/{world.interest['sent']}")
    delegate.press("Accept and exchange contacts")
    delegate.follow("Go on to the matter")
    matter = delegate.page.url.removeprefix(delegate.site)
    delegate.count_afresh()
    take_next(delegate, "First contact")
    assert (delegate.taps, delegate.fields) == (1, 0), "one tap for a step"

    supplier.come_in("supplier")
    supplier.open(matter)
    supplier.press(supplier.say("Today: %(step)s", step=supplier.say("Talks")))
    supplier.tap(
        supplier.page.get_by_text(supplier.say("Another step or day, with a line or a file")),
        goes=False,
    )
    supplier.page.get_by_label(supplier.say("Step"), exact=True).select_option("signed")
    supplier.press("Record the step")

    delegate.open(matter)
    delegate.follow("Record the outcome")
    delegate.type("Contract value (10,000 yuan)", "320")
    delegate.page.get_by_label(delegate.say("The original was seen, no copy is kept")).check()
    delegate.page.get_by_label(delegate.say("It holds no state secret and no work secret")).check()
    delegate.page.get_by_label(delegate.say("We agree that everyone may see it")).check()
    delegate.press("Record it and ask the other side")
    claimed = delegate.say("Claimed by one side, to be confirmed by the other")
    assert claimed in delegate.page.locator(".page-above").inner_text()
    outcome = delegate.page.url.removeprefix(delegate.site)
    title = delegate.page.locator("h1").inner_text()

    def stands_on(name: str) -> bool:
        passer_by.open(f"/organisations/{world.organisation[name]}")
        return f'href="{outcome}"' in passer_by.page.content()

    assert not stands_on("maker"), "one side's claim counts nowhere"
    supplier.open("/desk")
    assert title in supplier.section("Waiting for me").inner_text()
    supplier.open(outcome)
    supplier.count_afresh()
    supplier.press("Confirm it")
    assert supplier.taps == 1
    assert not stands_on("supplier"), "not before both agree"
    supplier.press("Agree to show it")
    assert stands_on("maker") and stands_on("supplier")
    passer_by.open(f"{outcome}/case")
    shown = passer_by.text()
    assert passer_by.say("A case of working together") in shown
    assert "320" not in shown, "others read the band"
    for visitor in (delegate, supplier, passer_by):
        assert not visitor.complaints
