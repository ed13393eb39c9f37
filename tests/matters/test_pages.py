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
