"""A workbook of a list is that list: the same door, the same rows, the same cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from openpyxl import load_workbook

from portal.alliances import membership_views
from portal.directory import list_queries
from portal.directory import views as directory_views
from portal.exchange import operations, queries
from portal.sheets.exporting import ENDING
from tests.client import Client
from tests.pages.case import Case, address_of
from tests.pages.declared import HTML, WORKBOOKS
from tests.world import World, content

Visit = Callable[..., Client]

#: Lists of records that nobody takes along, each with its reason.
STAY_HERE = {
    "accounts.list_closed": "names and addresses that wait to be erased",
    "accounts.view_outbox": "texts that open accounts",
    "desk.view_desk": "beginnings of lists that are taken along where they stand whole",
    "devices.list_devices": "one's own keys",
    "guests.list_guest_answers": "numbers of people who have no account; they are erased",
    "inbox.list_messages": "one's own messages, each a sentence about a record",
    "introductions.list_introductions": "what two owners are asked in confidence",
    "rotation.list_waiting": "links to what waits for oneself",
    "rotation.list_resting": "the terms of one resolution; all of them stand in the schedule",
    "imports.list_imports": "names of files; what was not taken over has a workbook of its own",
    "research.list_put_away": "what was taken off a board, each with the way back onto it",
    "research.list_reports": "each is taken along whole, as a Word file",
    "passkeys.list_passkeys": "one's own keys",
    "factors.list_factor_resets": "who lost a key",
    "organisations.list_agents": "who acts for oneself",
}
#: Pages of several tables, compared elsewhere.
WITH_TABLES = ("offices.export_offices", "monitor.export_figures")
#: Said of a listing by not being said: the page names only what differs.
UNSAID = {"已发布", "公开"}


def cells_of(content: bytes) -> list[list[Any]]:
    page = load_workbook(BytesIO(content)).worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def facts_of(content: bytes) -> dict[str, str]:
    page = load_workbook(BytesIO(content)).worksheets[1]
    return {str(row[0].value): str(row[1].value) for row in page.iter_rows()}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def words_of(cell: Any) -> list[str]:
    """Return how a page in Chinese says what a cell holds."""
    if cell is None:
        return []
    if isinstance(cell, datetime):
        day = f"{cell.year}年{cell.month}月{cell.day}日"
        is_day = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return [day if is_day else f"{day}{cell:%H:%M}"]
    if isinstance(cell, int | float):
        return [f"{cell:g}"]
    return [squeezed(line) for line in str(cell).split("\n")]


def rows_of(client: Client, address: str) -> list[Tag]:
    """Return every row of a list, on all of its pages."""
    found: list[Tag] = []
    while address:
        page = client.soup(address)
        table = page.select("tbody > tr")
        lists = page.select("ul.rows")
        found += table or (list(lists[0].find_all("li", recursive=False)) if lists else [])
        following = page.select_one('.paging a[rel="next"]')
        address = str(following["href"]) if following else ""
    return found


def assert_says_the_same(client: Client, address: str) -> int:
    """Compare a workbook with its list; return how many rows there are."""
    path, mark, rest = address.partition("?")
    answer = client.get(f"{path}{ENDING}{mark}{rest}")
    assert answer.status_code == 200, (client.who, address)
    _head, *taken = cells_of(answer.data)
    shown = rows_of(client, address)
    by_name = len(taken) != len(shown)
    if not by_name:
        pairs = list(zip(taken, shown, strict=True))
    else:  # one row for each role of a person: found by who it is
        assert "/people" in address, (client.who, address, len(taken), len(shown))
        pairs = [(t, next(s for s in shown if t[0] in s.get_text())) for t in taken]
    for row, element in pairs:
        text = squeezed(element.get_text())
        for cell in row:
            for word in words_of(cell):
                assert word in text or word in UNSAID, (client.who, address, word, text)
    return len(taken)


def list_address(app: Flask, world: World, case: Case) -> str:
    return address_of(app, world, case).removesuffix(ENDING)


@pytest.mark.parametrize("case", [c for c in WORKBOOKS if c.endpoint not in WITH_TABLES], ids=str)
def test_a_workbook_says_what_its_list_says_to_each(
    case: Case, app: Flask, world: World, visit: Visit
) -> None:
    counts = [
        assert_says_the_same(visit(who), list_address(app, world, case)) for who in case.ok.split()
    ]
    assert max(counts) > 0 or "region" in case.endpoint, "nobody saw a row"


@pytest.mark.parametrize("who", ["anonymous", "delegate", "supplier", "secretary", "outsider"])
@pytest.mark.parametrize(
    "address",
    [
        "/listings?alliance=hydrogen&direction=demand",
        f"/listings?q={quote('碳纤维')}",
        "/listings?state=closed",
        "/listings?state=draft",
        "/organisations?region=HE",
        "/organisations?q=bjjqn",
        "/organisations?alliance=hydrogen&sort=pinyin",
        "/organisations?near=BJ-HAIDIAN&within=100",
        "/alliances/hydrogen/members?region=HE&tier=council",
    ],
)
def test_a_narrowed_list_is_taken_along_as_narrowed(who: str, address: str, visit: Visit) -> None:
    assert_says_the_same(visit(who), address)


def test_all_pages_of_a_list_are_taken_along(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_queries, "PAGE", 2)
    assert assert_says_the_same(visit("supplier"), "/alliances/hydrogen/members") == 4
    assert assert_says_the_same(visit("supplier"), "/organisations") == 5


def test_both_sides_of_answers_are_taken_along(visit: Visit) -> None:
    assert assert_says_the_same(visit("supplier"), "/interests?side=sent") > 0
    assert assert_says_the_same(visit("delegate"), "/interests") > 0


def test_who_holds_an_office_stands_in_the_workbook(visit: Visit) -> None:
    client = visit("admin")
    text = squeezed(client.soup("/offices").get_text())
    _head, *taken = cells_of(client.get("/offices.xlsx").data)
    for row in taken:
        for word in words_of(row[0]):
            assert word in text
    named = {row[0]: row[1] for row in taken}
    assert named["河北省"] == "测试liaison" and named["石家庄市"] == None  # noqa: E711
    assert "测试secretary" in named["京津冀氢能产业联盟"]


def test_the_door_of_a_workbook_is_that_of_its_list(app: Flask) -> None:
    rules = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    doors = {rule: app.view_functions[endpoint] for rule, endpoint in rules.items()}
    found = [rule for rule in rules if rule.endswith(ENDING)]
    for rule in found:
        listed = doors.get(rule.removesuffix(ENDING))
        assert listed is not None, f"{rule} is the workbook of no list"
        assert doors[rule].door == listed.door, rule  # type: ignore[attr-defined]
    assert len(found) == len(WORKBOOKS)


def test_every_list_can_be_taken_along_or_says_why_not(
    app: Flask, world: World, visit: Visit
) -> None:
    """A list is named one, or shows rows under a heading of its own; its page links to it."""
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    taken = {rule.removesuffix(ENDING) for rule in rules.values() if rule.endswith(ENDING)}
    lists = {case.endpoint for case in HTML if ".list_" in case.endpoint}
    lists |= {"accounts.view_outbox", "desk.view_desk"}
    missing = {each for each in lists if rules[each] not in taken}
    assert missing == set(STAY_HERE)
    for case in HTML:
        if rules[case.endpoint] in taken:
            address = address_of(app, world, case)
            page = visit(case.ok.split()[0]).soup(address)
            assert page.select(f'a[href="{address}{ENDING}"]'), case.endpoint


def test_the_workbook_says_what_it_is_of(visit: Visit) -> None:
    answer = visit("delegate").get(f"/listings.xlsx?direction=demand&q={quote('碳纤维')}")
    facts = facts_of(answer.data)
    assert facts["列表"] == "供需对接"
    assert facts["已选条件"] == "需求；查找：碳纤维"
    assert facts["导出人"] == "测试delegate · 北京甲氢能有限公司"
    assert facts["地址"] == f"http://localhost/listings?q={quote('碳纤维')}&direction=demand" or (
        facts["地址"] == f"http://localhost/listings?direction=demand&q={quote('碳纤维')}"
    )
    assert facts["行数"] == str(len(cells_of(answer.data)) - 1)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    everything = facts_of(visit().get("/organisations.xlsx").data)
    assert everything["已选条件"] == "可查看的全部内容"
    assert everything["导出人"] == "未登录的访客"


def test_a_list_beyond_the_limit_is_cut_and_says_so(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (directory_views, membership_views):
        monkeypatch.setattr(module, "MOST_ROWS", 2)
    answer = visit("secretary").get("/alliances/hydrogen/members.xlsx")
    assert len(cells_of(answer.data)) == 3
    assert facts_of(answer.data)["行数"] == "前 2 行；列表未完。"
    whole = visit("secretary").get("/alliances/hydrogen/applications.xlsx")
    assert facts_of(whole.data)["行数"] == "1"


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", '=HYPERLINK("http://x","y")'])
def test_what_somebody_typed_never_runs_on_another_machine(
    title: str, app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        pattern = world.get(operations.Listing, "public")
        made = operations.post_listing(
            pattern.alliance, content(title=title), by=world.actor("delegate"), submit=True
        )
        operations.publish_listing(made, by=world.actor("secretary"))
    page = load_workbook(BytesIO(visit().get("/listings.xlsx").data)).worksheets[0]
    found = [cell for row in page.iter_rows() for cell in row if cell.value == title]
    assert [cell.data_type for cell in found] == ["s"]
    assert found[0].quotePrefix


def test_english_names_stand_in_an_english_workbook(visit: Visit) -> None:
    head, *rows = cells_of(visit(language="en").get("/listings.xlsx").data)
    assert head[:2] == ["Title", "Direction"]
    assert {row[1] for row in rows} <= {"Demand", "Supply"}


def test_a_workbook_runs_no_query_for_each_row(visit: Visit) -> None:
    client = visit("secretary")
    for address in ("/listings.xlsx", "/organisations.xlsx", "/alliances/hydrogen/members.xlsx"):
        assert client.queries(address) <= 4, address
    assert queries.PAGE < 5_000, "one page and all pages are told apart"


def test_a_word_of_the_page_is_never_cut(visit: Visit) -> None:
    """The pages themselves are what the workbooks are compared with: they must show rows."""
    page = visit("secretary").soup("/alliances/hydrogen/members")
    assert isinstance(page, BeautifulSoup) and len(page.select("ul.rows > li")) == 4
