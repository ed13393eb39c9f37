"""Pages of matters, as each side reads them."""

from __future__ import annotations

from collections.abc import Callable

from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]


def test_each_side_reads_the_name_of_the_other(world: World, visit: Visit) -> None:
    address = f"/matters/{world.matter['accepted']}"
    maker, chairer = "北京甲氢能有限公司", "天津丙研究院"
    for who, across in (("delegate", chairer), ("chair", maker)):
        lead = visit(who).soup(address).select_one(".page-lead")
        assert lead is not None
        assert lead.get_text(strip=True) == f"对方：{across}"


def test_numbers_and_addresses_of_both_sides_are_copied(world: World, visit: Visit) -> None:
    page = visit("delegate").soup(f"/matters/{world.matter['accepted']}")
    shown = [link.get_text() for link in page.select(".facts a[href^='tel:'], a[href^='mailto:']")]
    assert shown
    assert [button["data-copy"] for button in page.select(".facts dd > [data-copy]")] == shown
