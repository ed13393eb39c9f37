"""Three organisations at one board at once: what one moves, the others see within seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from portal.database import db
from portal.research import partnering
from portal.research.workflow import PartnerState
from tests.browser.conftest import PHONE
from tests.browser.visitor import Visitor
from tests.research.make import active, board, on_board, order, part_of
from tests.world import World

pytestmark = pytest.mark.browser

#: What a person may wait for another's move, in milliseconds.
SOON = 5_000


@pytest.fixture
def shared(app: Flask, world: World) -> tuple[int, list[int]]:
    """A project of maker, supplier and chairer with three cards, and the columns of its board."""
    with app.app_context():
        project = active(world, partners=("supplier", "chairer"))
        made = project.id
        for name in ("甲方案", "乙试制", "丙检测"):
            on_board(world, project, name)
        columns = [each.id for each in board(project)]
        db.session.remove()
    return made, columns


def column(visitor: Visitor, number: int) -> list[str]:
    """Return the titles in a column, as the visitor sees them."""
    cards = visitor.page.locator(".board-column").nth(number).locator(".card-title")
    return cards.all_inner_texts()


def test_three_organisations_see_each_others_moves(
    enter: Callable[..., Visitor], app: Flask, world: World, shared: tuple[int, list[int]]
) -> None:
    project, columns = shared
    maker, supplier, chair = enter(), enter(), enter("zh", PHONE)
    for visitor, who in ((maker, "delegate"), (supplier, "supplier"), (chair, "chair")):
        visitor.come_in(who)
        visitor.open(f"/projects/{project}/board")
        assert column(visitor, 0) == ["甲方案", "乙试制", "丙检测"]

    # One drags, the others wait.
    page = maker.page
    target = page.locator(".board-column").nth(1)
    page.locator(".card-tile", has_text="乙试制").drag_to(target)
    for visitor in (supplier, chair):
        second = visitor.page.locator(".board-column").nth(1).locator(".card-title")
        expect(second).to_have_text(["乙试制"], timeout=SOON)

    # One uses the keyboard.
    supplier.page.get_by_role("link", name="丙检测", exact=True).focus()
    supplier.page.keyboard.press("Alt+ArrowUp")
    for visitor in (maker, chair):
        first = visitor.page.locator(".board-column").nth(0).locator(".card-title")
        expect(first).to_have_text(["丙检测", "甲方案"], timeout=SOON)

    # One has a phone and a thumb, and no mouse.
    chair.page.locator(".card-tile", has_text="甲方案").locator(".card-move").click()
    chair.page.get_by_label(chair.say("Column"), exact=True).select_option(str(columns[1]))
    chair.page.get_by_label(chair.say("Place from the top (empty for the end)")).fill("1")
    chair.press("Move it")
    for visitor in (maker, supplier):
        second = visitor.page.locator(".board-column").nth(1).locator(".card-title")
        expect(second).to_have_text(["甲方案", "乙试制"], timeout=SOON)
    chair.page.get_by_role("button", name=chair.say("Take my last move back")).click()
    expect(supplier.page.locator(".board-column").nth(0).locator(".card-title")).to_have_text(
        ["丙检测", "甲方案"], timeout=SOON
    )

    with app.app_context():
        assert order(columns[0]) == ["丙检测", "甲方案"]
        assert order(columns[1]) == ["乙试制"]


def swipe(visitor: Visitor, *way: tuple[float, float]) -> None:
    """Let a finger touch the screen, move along a way, and leave it."""
    session = visitor.page.context.new_cdp_session(visitor.page)
    for number, (x, y) in enumerate(way):
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def corner(target: Locator) -> tuple[float, float]:
    """Return the upper left corner of something on the screen."""
    box = target.bounding_box()
    assert box is not None
    return box["x"], box["y"]


def test_a_finger_drags_a_card_by_its_handle_and_scrolls_elsewhere(
    enter: Callable[..., Visitor], app: Flask, shared: tuple[int, list[int]]
) -> None:
    project, columns = shared
    chair = enter("zh", PHONE)
    chair.come_in("chair")
    chair.open(f"/projects/{project}/board")
    tiles = chair.page.locator(".board-column").nth(0).locator(".card-tile")
    handle = tiles.nth(2).locator(".sort-handle")
    size = handle.bounding_box()
    assert size is not None
    assert size["width"] >= 44 and size["height"] >= 44, "a thumb would miss it"

    # From the title of a card, a finger scrolls the page and moves nothing.
    handle.scroll_into_view_if_needed()
    x, y = corner(tiles.nth(2).locator(".card-title"))
    swipe(chair, *((x + 5, y + 5 - step) for step in (0, 30, 60, 90)))
    assert column(chair, 0) == ["甲方案", "乙试制", "丙检测"]

    handle.scroll_into_view_if_needed()
    (x, y), (_left, top) = corner(handle), corner(tiles.nth(0))
    way = [y + 22 + (top + 8 - y - 22) * share for share in (0, 0.3, 0.6, 0.9, 1)]
    swipe(chair, *((x + 10, each) for each in way))
    expect(chair.page.locator("[data-board-said]")).not_to_be_empty()
    assert column(chair, 0) == ["丙检测", "甲方案", "乙试制"]
    with app.app_context():
        assert order(columns[0]) == ["丙检测", "甲方案", "乙试制"]


def test_a_move_that_a_rule_refuses_is_shown_as_it_is(
    enter: Callable[..., Visitor], shared: tuple[int, list[int]]
) -> None:
    project, _columns = shared
    maker = enter()
    maker.come_in("delegate")
    maker.open(f"/projects/{project}/board/columns")
    limit = maker.page.locator("input[name=card_limit]").nth(1)
    limit.fill("1")
    row = maker.page.locator(".kept-row").nth(1)
    row.get_by_role("button", name=maker.say("Save")).click()
    maker.open(f"/projects/{project}/board")
    reason = maker.page.locator("[data-board-refused]")
    for name in ("甲方案", "乙试制"):
        expect(reason).to_be_hidden()
        maker.page.get_by_role("link", name=name, exact=True).focus()
        maker.page.keyboard.press("Alt+ArrowRight")
        expect(maker.page.locator("[data-board-said]")).not_to_be_empty()
        maker.page.wait_for_load_state("networkidle")
    # The eye is told why, as long as it likes; the ear heard it once.
    sentence = maker.say(
        "This column takes at most %(limit)d cards: finish one of them first.", limit=1
    )
    for shown in (reason.locator("p"), maker.page.locator("[data-board-said]")):
        expect(shown).to_have_text(sentence)
    expect(reason).to_be_visible()
    maker.look()
    maker.page.get_by_role("button", name=maker.say("Hide this notice"), exact=True).click()
    expect(reason).to_be_hidden()
    expect(maker.page.get_by_role("link", name="乙试制", exact=True)).to_be_focused()
    expect(maker.page.locator(".board-column").nth(0).locator(".card-title")).to_have_text(
        ["乙试制", "丙检测"], timeout=SOON
    )
    maker.complaints = [each for each in maker.complaints if "422" not in each]


def test_whoever_left_sees_the_board_no_more(
    enter: Callable[..., Visitor], app: Flask, world: World, shared: tuple[int, list[int]]
) -> None:
    project_id, _columns = shared
    supplier = enter()
    supplier.come_in("supplier")
    supplier.open(f"/projects/{project_id}/board")
    with app.app_context():
        project = db.session.get_one(partnering.Project, project_id)
        part = part_of(project, world.organisation["supplier"])
        partnering.leave_project(part, by=world.actor("supplier"), note="业务调整。")
        assert part.state is PartnerState.LEFT
        db.session.remove()
    answer = supplier.page.goto(f"{supplier.site}/projects/{project_id}/board")
    assert answer is not None and answer.status == 404
    supplier.complaints.clear()
