from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.accounts.models import OrganisationKind
from portal.accounts.operations import create_organisation
from portal.actors import SYSTEM
from portal.alliances import news, operations
from portal.alliances.models import Membership, Tier
from portal.alliances.operations import admit_organisation
from portal.database import db
from portal.directory import list_queries
from portal.operations import operation
from portal.organisations.models import OrganisationNode
from portal.regions.queries import region_by_code
from portal.rotation import vacancies
from tests.alliances.make import alliance, membership, seat_by_hand
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
Run = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a step in a context of its own, as if somebody else did it."""

    def inside(step: Callable[[], Any]) -> Any:
        with app.app_context():
            found = step()
            db.session.remove()
            return found

    return inside


def texts(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(each.get_text().split()) for each in page.select(selector)]


def test_members_stand_in_protocol_order(world: World, visit: Visit, run: Run) -> None:
    def put_first() -> None:
        @operation
        def arrange() -> None:
            membership(world, "supplier").organisation.position = 5
            made = create_organisation(
                name="河北先行有限公司", kind=OrganisationKind.PARK,
                region=region_by_code("HE"), by=SYSTEM,  # type: ignore[arg-type]
            )  # fmt: skip
            admit_organisation(alliance(world), made, Tier.MEMBER, by=SYSTEM)
            body = alliance(world)
            for chain in (body.chain_map, alliance(world, "biomedicine").chain_map):
                node = chain.nodes[0]
                db.session.add(OrganisationNode(organisation_id=made.id, chain_node_id=node.id))

        arrange()

    run(put_first)
    page = visit().soup("/alliances/hydrogen/members")
    assert texts(page, ".row-title") == [
        "天津丙研究院", "北京甲氢能有限公司", "河北戊制造有限公司",
        "河北先行有限公司", "河北乙材料有限公司",
    ]  # fmt: skip
    first_node = run(lambda: alliance(world).chain_map.nodes[0].name)
    foreign_node = run(lambda: alliance(world, "biomedicine").chain_map.nodes[0].name)
    shown = " ".join(texts(page, ".row-facts"))
    assert first_node in shown and foreign_node not in shown


def test_facets_count_beside_each_other_and_narrow(world: World, visit: Visit) -> None:
    page = visit().soup("/alliances/hydrogen/members?region=HE")
    assert texts(page, ".row-title") == ["河北戊制造有限公司", "河北乙材料有限公司"]
    options = texts(page, ".facet-option")
    assert options[:4] == ["全部 4", "北京市 1", "天津市 1", "河北省 2"]
    assert [each for each in options if each.startswith("理事单位")] == ["理事单位 1"]
    current = texts(page, ".facet-option[aria-current]")
    assert current == ["河北省 2", "全部 2", "全部 2"]
    both = visit().soup("/alliances/hydrogen/members?region=HE&tier=council")
    assert texts(both, ".row-title") == ["河北戊制造有限公司"]


@pytest.mark.parametrize(
    "query", ["tier=chair&region=HE", "tier=chair&kind=park", "kind=park&region=BJ"]
)
def test_nobody_under_the_choice_leads_back_to_everybody(query: str, visit: Visit) -> None:
    page = visit().soup(f"/alliances/hydrogen/members?{query}")
    assert not page.select(".row-title")
    assert page.select('.empty a[href="/alliances/hydrogen/members"]')


@pytest.mark.parametrize(
    "key", ["0", "99", "x", "-1", "9" * 400, "²", "1-2-3", "9-0-1-", "0-0-²-a"]
)
def test_what_is_no_key_shows_the_first_page(
    key: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_queries, "PAGE", 3)
    page = visit().soup(f"/alliances/hydrogen/members?after={key}")
    assert texts(page, ".row-title")[0] == "天津丙研究院"
    assert len(page.select(".row-title")) == 3


@pytest.mark.parametrize("sort", ["", "pinyin"])
def test_pages_of_members_follow_each_other_without_gap_or_double(
    sort: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = texts(visit().soup(f"/alliances/hydrogen/members?sort={sort}"), ".row-title")
    monkeypatch.setattr(list_queries, "PAGE", 1)
    address, seen = f"/alliances/hydrogen/members?sort={sort}", []
    while address:
        page = visit().soup(address)
        seen += texts(page, ".row-title")
        following = page.select_one('.paging a[rel="next"]')
        address = str(following["href"]) if following else ""
    assert seen == whole
    assert len(seen) == 4


def test_only_who_keeps_the_members_gets_a_link_to_each(visit: Visit) -> None:
    address = "/alliances/hydrogen/members"
    assert len(visit("secretary").soup(address).select('a[href^="/memberships/"]')) == 4
    assert not visit("other_secretary").soup(address).select('a[href^="/memberships/"]')


def test_the_list_runs_no_more_queries_with_more_members(
    world: World, visit: Visit, run: Run
) -> None:
    client = visit("secretary")
    before = client.queries("/alliances/hydrogen/members")

    @operation
    def fill() -> None:
        region = region_by_code("HE")
        assert region is not None
        for number in range(30):
            made = create_organisation(
                name=f"河北{number}有限公司", kind=OrganisationKind.PARK, region=region, by=SYSTEM
            )
            admit_organisation(alliance(world), made, Tier.MEMBER, by=SYSTEM)

    run(fill)
    assert client.queries("/alliances/hydrogen/members") <= before <= 6


def test_a_stranger_walks_from_the_page_to_a_membership(world: World, visit: Visit) -> None:
    """Apply, be sent back, change it, be admitted, stand in the public list."""
    outsider, keeper = visit("outsider"), visit("other_secretary")
    front = outsider.soup("/alliances/new-it")
    assert front.select_one('a[href="/alliances/new-it/apply"]')
    asked = {
        "tier": "member", "statement": "可供检测。", "contact_id": str(world.person["outsider"]),
        "consent": "y", "submit": "1",
    }  # fmt: skip
    without = {name: value for name, value in asked.items() if name != "consent"}
    refused = outsider.post("/alliances/new-it/apply", without)
    assert refused.status_code == 422 and "可供检测。" in refused.text
    sent = outsider.post("/alliances/new-it/apply", asked)
    assert sent.status_code == 302
    address = sent.location
    assert not outsider.soup("/alliances/new-it").select('a[href="/alliances/new-it/apply"]')
    assert outsider.get("/alliances/new-it/apply").location == address
    assert (
        outsider.post("/alliances/new-it/apply", {**asked, "statement": "再来"}).status_code == 422
    )
    assert keeper.get(address).status_code == 404
    assert visit("delegate").get(address).status_code == 404


def test_an_applicant_reads_why_it_was_sent_back(world: World, visit: Visit) -> None:
    address = f"/memberships/{world.membership['applying']}"
    returned = visit("secretary").post(f"{address}/moves/return", {"note": "请补充年产量。"})
    assert returned.status_code == 302
    page = visit("outsider").soup(address)
    assert "请补充年产量。" in page.select_one(".record-notice").get_text()  # type: ignore[union-attr]
    assert page.select_one(f'a[href="{address}/edit"]')


def test_a_decision_keeps_what_was_typed_and_names_what_is_missing(
    world: World, visit: Visit
) -> None:
    address = f"/memberships/{world.membership['quiet']}/expel"
    answer = visit("secretary").post(address, {"note": "信息不实。"})
    assert answer.status_code == 422
    assert "信息不实。" in answer.text and "决议" in answer.text
    again = visit("secretary").post(address, {"note": "不实。", "basis": "决议", "version": "99"})
    assert again.status_code == 409


def test_a_page_of_a_decision_that_is_over_leads_back(world: World, visit: Visit) -> None:
    address = f"/memberships/{world.membership['quiet']}"
    assert visit("secretary").get(f"{address}/approve").location == address
    assert visit("secretary").post(f"{address}/approve", {"tier": "member"}).status_code == 422
    odd = visit("secretary").post(
        f"/memberships/{world.membership['applying']}/approve", {"tier": "emperor"}
    )
    assert odd.status_code == 422


def test_the_band_says_that_the_chair_is_vacant(
    world: World, visit: Visit, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody else has anybody who could sit.
    monkeypatch.setattr(vacancies, "who_sits", lambda _organisation, _named: None)
    run(lambda: seat_by_hand(world))
    assert "天津丙研究院" in texts(visit().soup("/alliances/hydrogen"), ".chair-band")[0]
    run(
        lambda: operations.suspend_membership(
            db.session.get_one(Membership, world.membership["chairer"]),
            by=world.actor("secretary"),
            note="未缴会费。",
        )
    )
    (band,) = texts(visit("anonymous", language="en").soup("/alliances/hydrogen"), ".chair-band")
    assert "vacant" in band and "天津丙研究院" not in band and "北京甲氢能有限公司" in band


def test_the_secretary_changes_the_pages_and_a_stale_form_is_noticed(visit: Visit) -> None:
    keeper = visit("secretary")
    said = {
        "kind": "working_group",
        "summary": "新简介",
        "summary_en": "New",
        "contact": "电话",
        "charter": "第一条",
    }
    assert keeper.post("/alliances/hydrogen/edit", {**said, "version": "1"}).status_code == 302
    assert "第一条" in visit().soup("/alliances/hydrogen/charter").get_text()
    stale = keeper.post("/alliances/hydrogen/edit", {**said, "charter": "第二条", "version": "1"})
    assert stale.status_code == 409 and "第一条" in stale.text and "第二条" in stale.text


def test_news_is_told_changed_and_taken_back(world: World, visit: Visit) -> None:
    keeper = visit("secretary")
    told = keeper.post(
        "/alliances/hydrogen/news/new", {"title": "开放日", "body": "一\n\n<b>二</b>"}
    )
    address = told.location
    page = visit().soup(address)
    assert "<b>二</b>" in page.select_one(".prose").get_text()  # type: ignore[union-attr]
    assert "开放日" in texts(visit().soup("/alliances/hydrogen"), ".row-title")
    version = keeper.soup(f"{address}/edit").select_one("[name=version]")["value"]  # type: ignore[index]
    changed = {"title": "改期", "body": "三", "version": str(version)}
    assert keeper.post(f"{address}/edit", changed).status_code == 302
    assert keeper.post(f"{address}/edit", changed).status_code == 409
    assert keeper.post(f"{address}/withdraw").status_code == 302
    assert visit("delegate").get(address).status_code == 404
    assert "改期" not in texts(visit().soup("/alliances/hydrogen/news"), ".row-title")
    assert "改期" in texts(keeper.soup("/alliances/hydrogen/news"), ".row-title")
    assert keeper.post(f"{address}/edit", {"title": "又", "body": "四"}).status_code == 422


def test_news_is_paged_without_gap_or_double(
    world: World, visit: Visit, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "PAGE", 3)
    by = world.actor("secretary")
    for number in range(6):
        run(lambda n=number: news.write_news(alliance(world), title=f"第{n}条", body="文", by=by))
    address, seen = "/alliances/hydrogen/news", []
    while address:
        page = visit().soup(address)
        seen += texts(page, ".row-title")
        following = page.select_one('.paging a[rel="next"]')
        address = str(following["href"]) if following else ""
    assert seen == [*(f"第{n}条" for n in (5, 4, 3, 2, 1, 0)), "told 联盟动态"]
    for odd in ("x", "0", "9" * 30, "-1"):
        assert visit().get(f"/alliances/hydrogen/news?after={odd}").status_code == 200


def test_the_secretary_finds_who_applied_and_who_left(world: World, visit: Visit) -> None:
    keeper = visit("secretary")
    page = keeper.soup("/alliances/hydrogen/applications")
    assert texts(page, ".row-title") == ["北京丁生物有限公司"]
    assert texts(page, ".state") == ["审核中"]
    assert keeper.get("/alliances/hydrogen/applications?after=x").status_code == 200


def test_a_member_gets_another_tier_by_resolution(world: World, visit: Visit) -> None:
    secretary, number = visit("secretary"), world.membership["quiet"]
    address = f"/memberships/{number}/tier"
    page = secretary.soup(f"/memberships/{number}")
    assert page.select_one(f"a[href='{address}']") is not None
    form = secretary.soup(address)
    version = str(form.select_one("input[name=version]")["value"])  # type: ignore[index]
    held = str(form.select_one("option[selected]")["value"])  # type: ignore[index]
    wanted = "council" if held != "council" else "vice_chair"
    data = {"tier": wanted, "basis": "2026年第4次理事会决议", "version": version}
    assert secretary.post(address, {**data, "basis": ""}).status_code == 422
    assert secretary.post(address, {**data, "tier": held}).status_code == 422
    assert secretary.post(address, {**data, "version": "0"}).status_code == 409
    assert secretary.post(address, data).location == f"/memberships/{number}"
    text = secretary.soup(f"/memberships/{number}").get_text()
    assert "2026年第4次理事会决议" in text
    assert ("理事单位" if wanted == "council" else "副理事长单位") in text


def test_whoever_was_not_admitted_or_put_out_finds_the_reason(world: World, visit: Visit) -> None:
    secretary, outsider, manager = visit("secretary"), visit("outsider"), visit("manager")
    applying = world.membership["applying"]
    assert secretary.post(f"/memberships/{applying}/moves/reject", {"note": "材料不实"}).location
    page = outsider.soup("/alliances/hydrogen")
    assert page.select_one(f"a[href='/memberships/{applying}']") is not None
    assert page.select_one("a[href='/alliances/hydrogen/apply']") is not None, "it may apply anew"
    assert "材料不实" in outsider.get(f"/memberships/{applying}").text
    theirs, maker = world.membership["maker"], world.organisation["maker"]
    expelled = {"note": "严重违章", "basis": "决议1号"}
    assert secretary.post(f"/memberships/{theirs}/expel", expelled).location
    for address in ("/alliances/hydrogen", f"/organisations/{maker}"):
        link = manager.soup(address).select_one(f"a[href='/memberships/{theirs}']")
        assert link is not None, address
    assert visit().soup(f"/organisations/{maker}").select_one("a[href^='/memberships/']") is None


def test_lines_of_news_are_joined_without_a_blank_after_a_chinese_mark(visit: Visit) -> None:
    body = "各成员单位：\n\n  本月开放。\r\n报名\n从速 today"
    visit("secretary").post("/alliances/hydrogen/news/new", {"title": "开放日", "body": body})
    rows = texts(visit().soup("/alliances/hydrogen/news"), ".row-facts")
    assert "各成员单位：本月开放。报名 从速 today" in rows
