"""The liaison's walk: from the desk to a sentence to copy, its rows, another period, a print."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal import clock
from portal.database import db
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitor import Visitor
from tests.monitor.make import signed
from tests.world import DAY, World

pytestmark = pytest.mark.browser

WAN = 1_000_000
TODAY = clock.today()


@pytest.fixture
def deals(app: Flask, world: World) -> int:
    """Contracts of this year from Beijing to Hebei and Tianjin; how many led to Hebei."""
    with app.app_context():
        for taker in ("supplier", "supplier", "chair"):
            signed(world, TODAY - DAY, taker=taker, value_fen=320 * WAN, technology_fen=0)
        db.session.remove()
    return 2


@pytest.mark.parametrize(("language", "size"), [("en", DESKTOP), ("zh", PHONE)])
def test_a_liaison_copies_a_figure_within_two_clicks(
    enter: Callable[..., Visitor], deals: int, language: str, size: tuple[int, int]
) -> None:
    liaison = enter(language, size)
    liaison.context.grant_permissions(["clipboard-read", "clipboard-write"])
    liaison.come_in("liaison")
    liaison.count_afresh()
    liaison.follow("How much now? All figures and flows")
    copy = liaison.page.locator(".sentence button[data-copy]").first
    liaison.tap(copy, goes=False)
    assert (liaison.taps, liaison.fields) == (2, 0), "two clicks, nothing typed"
    sentence = liaison.page.locator(".sentence-text").first.inner_text()
    copied = liaison.page.evaluate("navigator.clipboard.readText()")
    assert copied == sentence
    assert ("640" if language == "zh" else "6.4 million") in sentence

    # Its definition opens beside it, its rows stand one click behind.
    definition = liaison.page.locator(".sentence details.definition").first
    liaison.tap(definition.locator("summary"), goes=False)
    assert liaison.say("Show the rows") in liaison.text()
    assert definition.locator(".definition-text").is_visible()
    liaison.tap(liaison.page.locator(".sentence a.sentence-rows").first)
    assert liaison.page.locator("tbody tr").count() == deals
    liaison.follow("Monitor", liaison.page.locator(".breadcrumbs"))
    assert liaison.page.locator("svg.sankey path").count() >= 1

    # Days of one's own, typed.
    liaison.unfold("Other days")
    liaison.page.locator("#first-day").fill((TODAY - 40 * DAY).isoformat())
    liaison.page.locator("#last-day").fill((TODAY - 30 * DAY).isoformat())
    liaison.press("Show")
    assert liaison.page.locator(".sentence").count() == 5
    assert "640" not in liaison.page.locator(".sentence-text").first.inner_text()


def test_the_page_prints_without_its_buttons_and_with_its_source(
    enter: Callable[..., Visitor], deals: int
) -> None:
    liaison = enter("zh", DESKTOP)
    liaison.come_in("liaison")
    liaison.open("/monitor")
    liaison.page.emulate_media(media="print")
    page = liaison.page
    for hidden in (".sentence-actions", ".facets", ".own-days", ".export", ".site-menu"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator(".sentence-text").first.is_visible()
    assert page.locator("svg.sankey").is_visible()
    assert f"{liaison.site}/monitor" in page.locator(".site-footer").inner_text()
    assert len(page.pdf(format="A4")) > 10_000
