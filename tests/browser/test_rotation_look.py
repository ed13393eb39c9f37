"""The pages of rotation, in both languages, light and dark, from 1280 pixels down to 360."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.test_pages_look import languages, look_closely
from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser

SCHEDULE = "/alliances/hydrogen/rotation"
PAGES = {
    "anonymous": (
        SCHEDULE,
        "/alliances/new-it/rotation",
        f"{SCHEDULE}/powers",
        f"{SCHEDULE}/check",
        f"{SCHEDULE}/rules",
        "/alliances/new-it/rotation/rules",
        "/turns/{turn[running]}",
        "/turns/answer/{token[turn]}",
    ),
    "secretary": (
        SCHEDULE,
        f"{SCHEDULE}/rules/new",
        f"{SCHEDULE}/plan",
        f"{SCHEDULE}/blackouts/new",
        "/turns/{turn[near]}",
        "/swaps/{swap[asked]}",
        f"{SCHEDULE}/check?swap={{swap[asked]}}",
        "/resolutions/{resolution[passed]}/terms",
        "/handovers/{handover[begun]}",
        "/handovers/{handover[begun]}/print",
        "/rotation/waiting",
    ),
    "chair": (
        f"{SCHEDULE}/chair",
        "/turns/{turn[running]}",
        "/turns/{turn[running]}/programme",
        "/handovers/{handover[begun]}/edit",
        "/rotation/waiting",
        "/turns/programme/{token[programme]}",
    ),
    "supplier": (
        "/turns/{turn[near]}",
        "/turns/{turn[near]}/confirm",
        "/turns/{turn[near]}/exchange",
        "/rotation/waiting",
        "/desk",
    ),
}


@languages
@pytest.mark.parametrize("who", PAGES)
def test_every_page_of_rotation_looks_right(
    enter: Callable[..., Visitor], world: World, who: str, language: str
) -> None:
    visitor = enter(language, is_dark=language == "en")
    if who != "anonymous":
        visitor.come_in(who)
    for address in PAGES[who]:
        # Unfolded and just as wide it is looked at again in Chinese; in English it is narrow then.
        status = visitor.open(address.format(**vars(world)), looks=language == "en")
        assert status == 200, address
        look_closely(visitor)


def test_a_plan_that_cannot_be_looks_right_and_says_why(
    enter: Callable[..., Visitor], world: World
) -> None:
    keeper = enter("zh")
    keeper.come_in("secretary")
    keeper.open(f"{SCHEDULE}/rules/new")
    keeper.page.get_by_label(keeper.say("Chair organisation"), exact=True).check(force=True)
    keeper.type("Basis", "决议第40号")
    keeper.press("Enter this version")
    keeper.open(f"{SCHEDULE}/plan")
    keeper.type("Terms", "4")
    keeper.press("Plan automatically")
    alert = keeper.page.get_by_role("alert")
    assert keeper.say("There is no plan by these rules") in alert.inner_text()
    assert "间隔" in alert.inner_text() or "同一地区" in alert.inner_text()
    look_closely(keeper)
