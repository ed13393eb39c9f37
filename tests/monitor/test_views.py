"""The page, its sentences, its picture, its workbook: all say the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from openpyxl import load_workbook

from portal import clock
from portal.database import db
from portal.monitor.activity import RULES, Activity, Band, read, score
from portal.monitor.sankey import HEIGHT, LEFT, LINE, Amount, picture
from portal.outcomes.bands import Band as ValueBand
from portal.periods import Period, beginning, moved
from tests.client import Client
from tests.conftest import both_engines
from tests.monitor.make import signed
from tests.world import DAY, World

pytestmark = pytest.mark.usefixtures("context")

Visit = Callable[..., Client]
WAN = 1_000_000
TODAY = clock.today()
ACTED = TODAY - 100 * DAY
QUARTER = beginning(moved(TODAY, -12), 3)
MIDDLE = QUARTER.from_on + 40 * DAY
ADDRESS = f"/monitor?period={QUARTER.key}"


@pytest.fixture
def lively(world: World) -> World:
    """A quarter with flows of the own part, exact and in bands, a year before it, and of others."""
    on = {"signed_on": MIDDLE}
    signed(world, ACTED, value_fen=320 * WAN, technology_fen=120 * WAN, **on)
    signed(world, ACTED, value_fen=12_345 * WAN, technology_fen=0, **on)
    band = {"value_fen": None, "value_band": ValueBand.UNDER_500, "technology_fen": None}
    signed(world, ACTED, giver="supplier", taker="chair", **band, **on)
    year_before = QUARTER.year_before().from_on
    signed(world, ACTED, value_fen=100 * WAN, technology_fen=0, signed_on=year_before)
    for _ in range(3):
        signed(world, ACTED, taker="chair", value_fen=7 * WAN, technology_fen=WAN // 4, **on)
    for _ in range(2):
        signed(world, ACTED, giver="chair", taker="delegate", value_fen=WAN, **on, technology_fen=0)
    db.session.remove()
    return world


def table_of(page: BeautifulSoup, caption: str) -> list[list[str]]:
    """Return the cells of the table whose caption begins so."""
    for said, rows in tables(page).items():
        if said.startswith(caption):
            return rows
    raise AssertionError(f"no table {caption!r}")


def tables(page: BeautifulSoup) -> dict[str, list[list[str]]]:
    """Return the cells of every table by its caption."""
    found = {}
    for table in page.select("table"):
        said = table.find("caption")
        assert isinstance(said, Tag)
        found[said.get_text(strip=True)] = [
            [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
            for row in table.select("tbody tr")
        ]
    return found


def parsed(text: str) -> Any:
    """Return what a Chinese cell means: a number (money in 10,000 yuan), nothing, or its words."""
    if text in ("—", "", "不公布"):
        return None
    found = re.fullmatch(r"([+−]?)([\d,.]+)\s*(万元|亿元|%|天|分|个百分点)?", text)
    if found is None:
        return text
    number = float(found[2].replace(",", "")) * (10_000 if found[3] == "亿元" else 1)
    return -number if found[1] == "−" else number


def sheet_of(content: bytes, number: int) -> list[list[Any]]:
    rows = load_workbook(BytesIO(content)).worksheets[number].iter_rows(values_only=True)
    return [list(row) for row in rows][1:]


def compared(now: float | None, before: float | None, unit: str) -> float | None:
    """Return by how much a sheet's value differs from an earlier one, as the page tells it."""
    if now is None or before is None:
        return None
    if unit in ("%", "分"):
        return round(now - before, 2)
    return round((now / before - 1) * 100, 2) if before else None


@pytest.mark.parametrize("who", ["liaison", "secretary"])
@pytest.mark.parametrize("period", [QUARTER.key, str(TODAY.year), "1999"])
def test_the_workbook_says_cell_by_cell_what_the_page_says(
    lively: World, visit: Visit, who: str, period: str
) -> None:
    client = visit(who)
    page = client.soup(f"/monitor?period={period}")
    link = page.select_one("a.export")
    assert link is not None and str(link["href"]).startswith("/monitor.xlsx")
    content = client.get(str(link["href"])).data
    indicators, flows, steps, scores, regions, said = (sheet_of(content, n) for n in range(6))

    shown = next((rows for name, rows in tables(page).items() if name.startswith("按提供方")), [])
    assert [row[0].removesuffix(" *") for row in shown] == [f"{r[0]} → {r[1]}" for r in flows]
    for cells, row in zip(shown, flows, strict=True):
        assert [parsed(cell) for cell in cells[1:4]] == row[2:5]
        changes = [compared(row[2], before, "项") for before in row[5:7]]
        assert [parsed(cell) for cell in cells[4:]] == changes
        assert (row[7] == "本范围，截至当日") == (not cells[0].endswith("*"))

    shown = tables(page).get("本期发布的供需走到了哪一步", [])
    assert bool(shown) == bool(steps[0][1])
    for cells, row in zip(shown, steps, strict=False):
        assert [parsed(cell) for cell in cells[:5]] == row[:5]
        assert bool(cells[5]) == (row[5] is not None)

    shown = next((rows for name, rows in tables(page).items() if name.startswith("本期得分")), [])
    assert len(shown) == len(scores)
    by_name = {row[0]: row[1:] for row in scores}
    for name, points, band, *parts in shown:
        assert by_name[name] == [parsed(points), band, *map(parsed, parts)]

    shown = table_of(page, "点开可见")
    assert [cells[0] for cells in shown] == [row[1] for row in indicators]
    for cells, row in zip(shown, indicators, strict=True):
        assert parsed(cells[1]) == (row[3] if row[3] is not None else row[6])
        changes = [compared(row[3], before, row[2]) for before in row[4:6]]
        assert [parsed(cell) for cell in cells[2:4]] == changes
        assert cells[4] == row[10]

    tiles = page.select(".tile")
    assert len(tiles) == len(regions)
    for tile, row in zip(tiles, regions, strict=True):
        assert row[0] in tile.get_text()
        words = [dd.get_text(strip=True) for dd in tile.select("dd")]
        pairs = zip(words, (row[1:3], row[3:5], row[5:7]), strict=False)
        for text, (count, value) in pairs:
            amount = f" 项，{value:,g}万元" if value else ""
            assert text == ("不公布" if count is None else f"{count}{amount}")
        assert [float(word) for word in words[3:]] == ([row[7]] if row[7] is not None else [])

    sentences = [text.get_text() for text in page.select(".sentence-text")]
    assert [row[1] for row in said] == sentences


def test_where_nothing_was_recorded_before_the_workbook_holds_no_nought(
    lively: World, visit: Visit
) -> None:
    first = QUARTER.year_before()
    taken = sheet_of(visit("secretary").get(f"/monitor.xlsx?period={first.key}").data, 1)
    assert sum(row[2] for row in taken) == 1
    assert all(row[5] is None and row[6] is None for row in taken)


def test_the_workbook_holds_the_steps_that_the_page_shows(lively: World, visit: Visit) -> None:
    client, period = visit("liaison"), Period(ACTED - 10 * DAY, ACTED + 10 * DAY)
    shown = table_of(client.soup(f"/monitor?period={period.key}"), "本期发布的供需")
    taken = sheet_of(client.get(f"/monitor.xlsx?period={period.key}").data, 2)
    assert [[parsed(cell) for cell in row[1:5]] for row in shown] == [row[1:5] for row in taken]
    # Hebei posted one listing, which was signed; what others posted is not its part.
    assert [row[1] for row in taken] == [1, 1, 1, 1, 1]


def test_the_workbook_says_whose_and_of_when_it_is(lively: World, visit: Visit) -> None:
    content = visit("liaison").get(f"/monitor.xlsx?period={QUARTER.key}").data
    facts = dict(sheet_of(content, 6))
    facts["时段"] = load_workbook(BytesIO(content)).worksheets[6]["B1"].value
    assert "季度" in facts["时段"]
    assert facts["范围"] == "河北省"
    assert "统计截至" in facts and "测试liaison" in facts["导出人"]
    assert facts["地址"].endswith(f"/monitor?period={QUARTER.key}")


def test_the_five_sentences_can_be_copied_and_followed(lively: World, visit: Visit) -> None:
    page = visit("liaison").soup(ADDRESS)
    sentences = page.select(".sentence")
    assert len(sentences) == 5
    for sentence in sentences:
        text = sentence.select_one(".sentence-text")
        button = sentence.select_one("button[data-copy]")
        assert text is not None and button is not None
        assert button["data-copy"] == f"#{text['id']}"
        assert text.get_text().startswith("截至")
        assert sentence.select_one("details.definition") is not None
        rows = sentence.select_one("a.sentence-rows")
        assert rows is not None and f"period={QUARTER.key}" in str(rows["href"])
    first = sentences[0].get_text()
    # 320 and 12,345 against 100 of the year before.
    assert "京→冀合同 2 项" in first and "12,665万元" in first
    assert "同比增长 12,565%" in first
    assert "技术交易额 120万元" in first


def test_what_came_to_the_end_is_not_said_to_be_on_its_way(lively: World, visit: Visit) -> None:
    """Every listing of Hebei was signed: nothing stops anywhere, and that is told."""
    period = Period(ACTED - 10 * DAY, ACTED + 10 * DAY)
    sentence = visit("liaison").soup(f"/monitor?period={period.key}").select(".sentence-text")[3]
    assert "1 条已签约" in sentence.get_text() and "停留" not in sentence.get_text()


def test_without_a_year_before_nothing_is_compared(world: World, visit: Visit) -> None:
    signed(world, ACTED)
    db.session.remove()
    period = Period(ACTED - 10 * DAY, ACTED + 10 * DAY)
    page = visit("liaison").soup(f"/monitor?period={period.key}")
    assert "同比无可比数据" in page.select(".sentence-text")[0].get_text()


def test_the_picture_and_the_table_tell_the_same_flows(lively: World, visit: Visit) -> None:
    page = visit("secretary").soup(ADDRESS)
    bands = [title.get_text() for title in page.select("path.sankey-band > title")]
    amounts = {}
    for row in table_of(page, "按提供方"):
        value = parsed(row[2])
        if value:
            amounts[row[0]] = value
    assert len(bands) == len(amounts) == 3
    for band in bands:
        name, _colon, amount = band.partition(": ")
        assert amounts[name] == parsed(amount)
    counted = visit("secretary").soup(f"{ADDRESS}&by=count")
    assert len(counted.select("path.sankey-band")) == 4


def test_bands_keep_their_share_of_the_picture() -> None:
    drawn = picture(
        [Amount("BJ", "TJ", 300), Amount("BJ", "HE", 100), Amount("HE", "HE", 0)],
        ["BJ", "TJ", "HE"],
    )
    assert drawn is not None
    (left,) = drawn.left
    assert left.x == LEFT and left.amount == 400
    heights = {bar.code: bar.height for bar in drawn.right}
    assert heights["TJ"] == pytest.approx(3 * heights["HE"])
    assert sum(heights.values()) == pytest.approx(left.height)
    assert picture([Amount("BJ", "TJ", 0)], ["BJ", "TJ"]) is None


@pytest.mark.parametrize(
    "amounts", [(1, 1, 1000), (1000, 1, 1), (1, 1000, 1), (1, 1, 1), (0, 1, 9999), (5, 300, 2)]
)
def test_words_of_small_bars_stand_apart_and_within(amounts: tuple[int, ...]) -> None:
    codes = ["BJ", "TJ", "HE"]
    drawn = picture([Amount(c, c, n) for c, n in zip(codes, amounts, strict=True)], codes)
    assert drawn is not None
    for bars in (drawn.left, drawn.right):
        heights = [bar.words_y for bar in bars]
        assert all(b - a >= 2 * LINE for a, b in pairwise(heights))
        assert all(LINE <= at <= HEIGHT - LINE for at in heights)


def test_days_that_make_no_period_are_said_to_be_so(visit: Visit) -> None:
    client = visit("liaison")
    for wrong in ("from=2026-05-02&to=2026-05-01", "from=x&to=2026-05-01", "from=2026-05-01"):
        page = client.soup(f"/monitor?{wrong}")
        assert page.select_one('[role="alert"]') is not None
    fine = client.soup("/monitor?from=2026-05-01&to=2026-05-02")
    assert fine.select_one('[role="alert"]') is None
    assert "2026年5月1日" in fine.get_text()
    for odd in ("period=9999", "period=2026-q9", "kind=x", "alliance=x", "by=x", "after=x"):
        assert client.get(f"/monitor/outcomes?{odd}").status_code == 200


def test_rows_come_page_by_page(world: World, visit: Visit, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.monitor.records.PAGE", 2)
    for _ in range(3):
        signed(world, ACTED, signed_on=MIDDLE)
    db.session.remove()
    client, address = visit("liaison"), f"/monitor/outcomes?period={QUARTER.key}"
    page = client.soup(address)
    following = page.select_one('.paging a[rel="next"]')
    assert following is not None
    second = client.soup(str(following["href"]))
    assert [len(p.select("tbody tr")) for p in (page, second)] == [2, 1]


def test_the_desk_of_a_liaison_leads_to_the_monitor_in_one_click(visit: Visit) -> None:
    page = visit("liaison").soup("/desk")
    assert page.select_one('main a[href="/monitor"]') is not None
    assert page.select_one('nav a[href="/monitor"]') is not None
    assert visit("delegate").soup("/desk").select_one('a[href="/monitor"]') is None


def test_a_quiet_alliance_is_scored_by_hand() -> None:
    year = Period(datetime(2026, 1, 1).date(), datetime(2027, 1, 1).date(), 12)  # noqa: DTZ001
    none = Activity(0, is_chaired=False, news=0, posted=0, answered=0, contacted=0, outcomes=0, across=0)  # fmt: skip  # noqa: E501
    assert score(none, year).total == 0
    assert score(none, year).band is Band.LOW
    # Chair 15; 6 of 12 news 7.5; 10 of 20 listings 7.5; 60 % answered of 60 % 15; 20 % of 40 % 5;
    # 5 of 10 outcomes 10; 1 of 5 across, of 50 %, 4.
    some = Activity(20, is_chaired=True, news=6, posted=10, answered=6, contacted=2, outcomes=5, across=1)  # fmt: skip  # noqa: E501
    found = score(some, year)
    assert found.parts == {"organisation": 22.5, "joint_work": 27.5, "effect": 14.0}
    assert found.total == 64.0
    assert found.band is Band.LOW


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (100, Band.HIGH), (86, Band.HIGH), (85.4, Band.RATHER_HIGH), (75, Band.RATHER_HIGH),
        (74.4, Band.FAIR), (65, Band.FAIR), (64.5, Band.FAIR), (64.4, Band.LOW), (0, Band.LOW),
    ],
)  # fmt: skip
def test_bands_begin_where_the_rules_say(points: float, band: Band) -> None:
    assert RULES.band_of(points) is band


def test_weights_that_make_no_hundred_are_refused() -> None:
    with pytest.raises(ValueError, match="100"):
        read('{"definition_version": "1", "bands": [], "criteria": []}')


def test_a_flow_leads_to_its_own_figure_and_rows(lively: World, visit: Visit) -> None:
    client = visit("liaison")
    flows = {row[0]: row for row in table_of(client.soup(ADDRESS), "按提供方")}
    link = client.soup(ADDRESS).select_one('a[href*="giver=BJ"]')
    assert link is not None
    page = client.soup(str(link["href"]))
    facts = {dt.get_text(strip=True): dt.find_next("dd") for dt in page.select("dt")}
    shown = facts["数值"].get_text(strip=True)  # type: ignore[union-attr]
    assert shown == flows["北京市 → 河北省"][1] == str(len(page.select("tbody tr"))) == "2"
    assert "北京市 → 河北省" in page.get_text()
    landings = client.soup(f"{link['href']}&kind=landing")
    assert "没有明细" in landings.get_text()
    contracts = client.soup(f"/monitor/contract-count?period={QUARTER.key}&kind=landing")
    assert len(contracts.select("tbody tr")) == 2


@pytest.mark.parametrize("period", ["1999", "2150"])
def test_of_a_time_without_records_nothing_is_told(world: World, visit: Visit, period: str) -> None:
    page = visit("liaison").soup(f"/monitor?period={period}")
    for text in page.select(".sentence-text"):
        assert "暂无数值" in text.get_text() and "—" not in text.get_text()
    assert not [name for name in tables(page) if name.startswith("本期得分")]
    assert not page.select(".tile") and not [n for n in tables(page) if n.startswith("按提供方")]
    values = [row[1] for row in table_of(page, "点开可见")]
    assert not [value for value in values if parsed(value) == 0]


@both_engines
def test_the_pages_open_on_both_engines(lively: World, visit: Visit) -> None:
    client = visit("liaison")
    assert len(table_of(client.soup(ADDRESS), "按提供方")) >= 3
    rows = client.soup(f"/monitor/outcomes?period={QUARTER.key}").select("tbody tr")
    assert len(rows) == 3
    listed = client.soup(f"/monitor/listings?period={TODAY.year}").select("h1")
    assert len(listed) == 1
    assert client.get(f"/monitor.xlsx?period={QUARTER.key}").status_code == 200


def test_the_points_of_a_score_are_explained(visit: Visit) -> None:
    page = visit("liaison").soup("/monitor/activity")
    weights = [float(row[2]) for row in table_of(page, "各项按目标")]
    assert sum(weights) == 100
    assert len(table_of(page, "本期得分")) == 5
