"""The directory and the public page of an organisation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from flask import Flask

from portal.access import standing_of
from portal.accounts.models import Organisation
from portal.database import db
from portal.directory import list_queries
from portal.directory.narrowing import DirectoryFilter
from portal.operations import operation
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World


def names_on(page: object) -> list[str]:
    return [each.get_text() for each in page.select(".row-title")]  # type: ignore[attr-defined]


class TestDirectory:
    @both_engines
    @pytest.mark.parametrize("query", ["甲氢能", "氢能有限", "北京甲氢能有限公司"])
    def test_finds_by_part_of_a_name(
        self, query: str, world: World, visit: Callable[..., Client]
    ) -> None:
        page = visit().soup(f"/organisations?q={quote(query)}")
        assert names_on(page) == ["北京甲氢能有限公司"]

    @both_engines
    def test_finds_by_a_former_name_and_by_code(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        address, client = f"/organisations/{world.organisation['maker']}", visit("manager")
        client.post(f"{address}/name", {"name": "新名能源公司", "reason": "更名"})
        client.post(f"{address}/code", {"uscc": "91110000600037341L"})
        for query in ("甲氢能", "新名", "91110000600037341l", "600037341"):
            assert names_on(visit().soup(f"/organisations?q={query}")) == ["新名能源公司"]
        text = client.soup(address).get_text()
        assert "曾用名" in text
        assert "北京甲氢能有限公司" in text
        assert "代码待补" not in text

    @pytest.mark.parametrize("query", ["没有", "'\"--", "%", "AND OR", "x" * 500])
    def test_answers_whatever_is_searched(self, query: str, visit: Callable[..., Client]) -> None:
        assert visit().get(f"/organisations?q={quote(query)}").status_code == 200

    @both_engines
    def test_pages_through_everybody_once(self, context: None, world: World) -> None:
        @operation
        def fill() -> None:
            region = db.session.get_one(Organisation, 1).region_id
            db.session.add_all(
                Organisation(
                    name=f"示例{number:03d}公司", kind="park", region_id=region,
                    created_at=datetime.now(UTC),
                )
                for number in range(70)
            )  # fmt: skip

        fill()
        standing, seen, after = standing_of(world.actor("anonymous")), [], None
        while True:
            page = list_queries.directory_page(standing, DirectoryFilter(), after)
            seen += [row.organisation_id for row in page.rows]
            after = page.next_key
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 75

    def test_says_what_to_do_when_nothing_is_found(self, visit: Callable[..., Client]) -> None:
        assert "显示全部" in visit().soup("/organisations?q=没有").get_text()

    def test_offers_a_new_organisation_to_secretaries_only(
        self, visit: Callable[..., Client]
    ) -> None:
        for who, may in (("secretary", True), ("manager", False), ("admin", False)):
            page = visit(who).soup("/organisations")
            assert bool(page.select("a[href='/organisations/new']")) is may


class TestPage:
    def test_shows_what_stands_around(
        self, world: World, visit: Callable[..., Client], app: Flask
    ) -> None:
        maker, quiet = world.organisation["maker"], world.organisation["quiet"]
        client = visit("manager")
        page = client.soup(f"/organisations/{maker}/chain-nodes")
        box = page.select_one("input[name=node_ids]")
        assert box is not None
        label = page.select_one(f"label[for='{box['id']}']")
        assert label is not None
        client.post(f"/organisations/{maker}/chain-nodes", {"node_ids": str(box["value"])})
        data = {
            "kind": "institute", "region_id": "1", "website": "www.example.cn",
            "headquarters": "河北戊制造有限公司", "summary": "储氢瓶",
        }  # fmt: skip
        assert client.post(f"/organisations/{maker}/edit", data).status_code == 302
        text = visit().soup(f"/organisations/{maker}").get_text()
        for word in (label.get_text(), "https://www.example.cn", "河北戊制造有限公司", "储氢瓶",
                     "高新技术企业", "副理事长单位", "代码待补", "科研院所"):  # fmt: skip
            assert word in text, word
        assert "北京甲氢能有限公司" in visit().soup(f"/organisations/{quiet}").get_text()

    @pytest.mark.parametrize(
        ("who", "links"),
        [
            ("manager", {"edit"}),
            ("delegate", {"people"}),
            ("secretary", {"code", "name", "position", "qualifications"}),
            ("admin", {"merge", "people/release"}),
            ("supplier", set()),
            ("other_secretary", set()),
            ("anonymous", set()),
        ],
    )
    def test_leads_each_to_what_they_may_do(
        self, who: str, links: set[str], world: World, visit: Callable[..., Client]
    ) -> None:
        address = f"/organisations/{world.organisation['maker']}/"
        page = visit(who).soup(address.rstrip("/"))
        found = {str(a["href"]).removeprefix(address) for a in page.select(f"a[href^='{address}']")}
        assert found == links
        for link in links:
            assert visit(who).get(address + link).status_code == 200

    def test_offers_the_first_invitation_where_nobody_manages(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        quiet, maker = world.organisation["quiet"], world.organisation["maker"]
        assert "邀请管理员" in visit("secretary").soup(f"/organisations/{quiet}").get_text()
        assert "邀请管理员" not in visit("secretary").soup(f"/organisations/{maker}").get_text()
        assert "邀请管理员" not in visit("supplier").soup(f"/organisations/{quiet}").get_text()
