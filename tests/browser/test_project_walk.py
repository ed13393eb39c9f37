"""Three organisations at once: from an idea through a board and a report to a result that lands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from portal import clock
from portal.database import db
from portal.outcomes.models import Outcome
from tests.browser.conftest import PHONE
from tests.browser.test_board_walk import SOON, column
from tests.browser.visitor import Visitor
from tests.research.make import TERMS, token_sent
from tests.world import World

pytestmark = pytest.mark.browser


def press_within(visitor: Visitor, message: str, note: str | None = None) -> None:
    """Open a move that warns or asks, say why where it asks, and make it."""
    folded = visitor.unfold(message)
    if note is not None:
        folded.locator("textarea").fill(note)
    visitor.press(message, folded)


def choose(visitor: Visitor, label: str, value: str) -> None:
    visitor.page.get_by_label(visitor.say(label), exact=True).select_option(value)


def test_an_idea_becomes_a_result_in_another_region(
    enter: Callable[..., Visitor], app: Flask, world: World
) -> None:
    lead, partner, keeper = enter("zh"), enter("zh", PHONE), enter("en")
    lead.come_in("delegate")
    keeper.come_in("secretary")

    # The idea, the call, and the question to a partner in Hebei.
    lead.open("/projects/new")
    lead.type("Title", "联合攻关 低温储氢阀")
    lead.type("What is to be found out or built, and what for", "零下四十度可用的阀门。")
    lead.type("Who owns and uses what is invented", TERMS)
    harmless = lead.say("What I write holds no state secret and no work secret")
    lead.page.get_by_label(harmless).check()
    lead.press("Save")
    project = lead.page.url.removeprefix(lead.site)
    lead.press("Call for partners")
    lead.follow("Ask a member to take part")
    choose(lead, "Organisation", str(world.organisation["supplier"]))
    lead.type("What it would do", "阀体材料")
    lead.press("Ask it")

    # It confirms by the link, on a phone, without signing in.
    with app.app_context():
        token = token_sent()
        db.session.remove()
    partner.count_afresh()
    partner.open(f"/projects/answer/{token}")
    partner.press("Send the answer")
    assert partner.taps == 1
    lead.open(project)
    press_within(lead, "Form the project")

    # The secretary hears of it, approves what it is, and sees nothing from inside.
    keeper.open("/messages")
    assert "联合攻关 低温储氢阀" in keeper.text()
    keeper.open(project)
    assert TERMS not in keeper.text()
    folded = keeper.unfold("Approve it")
    keeper.type("Number of another paper", "京联〔2026〕9号")
    keeper.type("Day of that paper", clock.today().isoformat())
    keeper.press("Approve it", folded)
    lead.open(project)
    lead.press("Start the work")
    partner.come_in("supplier")

    # Both at the board: what one does the other sees.
    for visitor in (lead, partner):
        visitor.open(f"{project}/board")
    lead.page.get_by_label(lead.say("A new task in one line")).fill("阀体试制")
    lead.press("Add", lead.page.locator(".board-add"))
    titles = partner.page.locator(".board-column").nth(0).locator(".card-title")
    expect(titles).to_have_text(["阀体试制"], timeout=SOON)
    titles.first.focus()
    partner.page.keyboard.press("Alt+ArrowRight")
    moved = lead.page.locator(".board-column").nth(1).locator(".card-title")
    expect(moved).to_have_text(["阀体试制"], timeout=SOON)
    assert column(lead, 0) == column(partner, 0) == []
    assert keeper.open(f"{project}/board") == 403

    # The report is sealed by one and signed by the other.
    lead.open(f"{project}/reports")
    lead.press("Draw up from the board")
    report = lead.page.url.removeprefix(lead.site)
    lead.type("What came of the quarter", "试制一件，未发现泄漏。")
    lead.press("Save and seal: it then changes no more")
    partner.open(report)
    partner.press("Countersign it")
    lead.open(report)
    assert "河北乙材料有限公司" in lead.section("Signatures").inner_text()

    # What came out is accepted, goes to Hebei, and stands as an outcome of both.
    lead.open(f"{project}/deliverables")
    lead.type("Title", "低温阀样机")
    choose(lead, "Whose it is by the terms of the project", str(world.organisation["maker"]))
    lead.type("What this version is", "第一版")
    lead.press("Record it")
    lead.tap(lead.page.get_by_role("button", name=lead.say("Accept the newest version")))
    lead.follow("It goes to somebody who uses it")
    choose(lead, "Who takes it", str(world.organisation["supplier"]))
    lead.type("Contract number", "技转2026-9")
    lead.page.get_by_label(lead.say("The original was seen, no copy is kept")).check()
    lead.page.get_by_label(lead.say("It holds no state secret and no work secret")).check()
    lead.press("Record it and ask the other side")
    outcome = lead.page.url.removeprefix(lead.site)
    partner.open(outcome)
    partner.press("Confirm it")
    lead.open(f"{project}/deliverables")
    row = lead.page.locator(".kept-row", has_text="低温阀样机")
    assert "技转2026-9" in row.inner_text()
    assert lead.page.locator(f'a[href="{outcome}"]').count() == 1
    with app.app_context():
        assert db.session.get_one(Outcome, int(outcome.rpartition("/")[2])).is_standing
        db.session.remove()
