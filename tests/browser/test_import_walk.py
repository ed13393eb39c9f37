"""The secretary's two minutes: from an ugly workbook to the members, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.database import db
from portal.worker import work
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SAMPLE = Path(__file__).parent.parent / "imports" / "messy_members.xlsx"

walks = pytest.mark.parametrize(
    ("language", "screen", "has_script"),
    [("zh", PHONE, True), ("en", DESKTOP, True), ("zh", DESKTOP, False)],
    ids=["phone-zh", "desk-en", "without-script"],
)


def run_jobs(app: Flask) -> None:
    with app.app_context():
        assert work(once=True) == 1
        db.session.remove()


@walks
def test_a_workbook_becomes_members_in_four_taps(
    app: Flask,
    enter: Callable[..., Visitor],
    language: str,
    screen: tuple[int, int],
    has_script: bool,
) -> None:
    secretary = enter(language, screen, has_script=has_script)
    secretary.come_in("secretary")
    secretary.open("/alliances/hydrogen/members")
    secretary.count_afresh()
    secretary.follow("Import members")
    secretary.page.set_input_files("input[type=file]", SAMPLE)
    secretary.page.get_by_role("checkbox").check()
    secretary.press("Read it")
    assert "机构 / 名称" in secretary.text()
    secretary.press("See what becomes of each row")
    assert "北京亿华通科技股份有限公司" in secretary.text()
    if screen == PHONE:
        # A sentence about a row has the width of the row, not that of a label.
        shares = secretary.page.locator("td > .import-facts").evaluate_all(
            "all => all.map(each => each.clientWidth / each.closest('tr').clientWidth)"
        )
        assert shares and min(shares) > 0.9
    start = secretary.page.get_by_role("button", name=secretary_says(secretary, 16))
    secretary.tap(start, goes=False)
    secretary.page.locator("progress").wait_for()
    assert secretary.taps == 4 and secretary.fields == 0
    run_jobs(app)
    # The page renews itself until there is a result, with scripts and without.
    secretary.page.locator("a", has_text="国创氢能产业创新联盟").wait_for()
    secretary.look()

    secretary.page.get_by_label("氢能物流").select_option(label="运氢")
    place = secretary.page.locator(".import-place", has_text="氢能物流")
    secretary.tap(place.get_by_role("button").first)
    assert secretary.page.get_by_role("status").inner_text()
    assert secretary.page.locator(".import-place", has_text="氢能物流").count() == 0


def secretary_says(visitor: Visitor, rows: int) -> str:
    """Return the button that takes the rows over, which a plural names."""
    return {"zh": f"导入{rows}行", "en": f"Take over {rows} rows"}[visitor.language]
