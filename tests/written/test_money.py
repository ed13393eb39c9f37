"""Amounts as people write them: what each means, and what is no amount at all."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.written.dates import find_dates
from portal.written.money import MOST_FEN, Exactness, find_money, read_money
from portal.written.numerals import number_of

TEN_THOUSAND = 1_000_000


@pytest.mark.parametrize(
    ("text", "wan", "exactness"),
    [
        ("500万元", "500", "exact"),
        ("约1.2亿", "12000", "about"),
        ("3000余万元", "3000", "at_least"),
        ("3000万余元", "3000", "at_least"),
        ("2800多万元", "2800", "at_least"),
        ("¥2,000,000", "200", "exact"),
        ("￥２，０００，０００", "200", "exact"),
        ("3.8亿元以上", "38000", "at_least"),
        ("５０００万元", "5000", "exact"),
        ("三千万元", "3000", "exact"),
        ("壹佰万元整", "100", "exact"),
        ("一点二亿元", "12000", "exact"),
        ("1亿2000万元", "12000", "exact"),
        ("3千5百万元", "3500", "exact"),
        ("一亿三", "13000", "exact"),
        ("1.2万亿元", "120000000", "exact"),
        ("人民币 3000 万", "3000", "exact"),
        ("不超过800万元", "800", "at_most"),
        ("800万以内", "800", "at_most"),
        ("800万左右", "800", "about"),
        ("近3900亿元", "39000000", "about"),
        ("突破５００亿元", "5000000", "at_least"),
        ("50w", "50", "exact"),
    ],
)
def test_an_amount_is_read_with_how_exactly_it_was_said(
    text: str, wan: str, exactness: str
) -> None:
    money = read_money(text)
    assert money is not None
    assert (money.wan, money.exactness) == (Decimal(wan), Exactness(exactness))


@pytest.mark.parametrize("text", ["850-900万", "850万—900万元", "850~900万元", "850万至900万元"])
def test_a_range_has_two_ends(text: str) -> None:
    money = read_money(text)
    assert money is not None and money.exactness is Exactness.RANGE
    assert (money.fen, money.up_to_fen) == (850 * TEN_THOUSAND, 900 * TEN_THOUSAND)


@pytest.mark.parametrize("text", ["面议", "价格面谈", "待定", "具体金额另议"])
def test_what_is_to_be_spoken_about_has_no_amount(text: str) -> None:
    money = read_money(text)
    assert money is not None and money.fen is None
    assert money.exactness is Exactness.NEGOTIABLE


@pytest.mark.parametrize(
    "text",
    [
        "", "—", "12", "2023.6.1", "13800138000", "100万吨", "1万辆", "5300余家", "数千万元",
        "几百万", "500万美元", "$500万", "200元/吨", "每台12万元/台", "900-850万", "8000亩",
        "1万亿亿亿元", "0.001元", "万级洁净室出租，",
    ],
)  # fmt: skip
def test_what_is_no_amount_of_ours_is_none(text: str) -> None:
    assert read_money(text) is None


def test_a_bare_number_counts_what_the_head_of_its_column_says() -> None:
    assert read_money("500") is None
    for text, wan in (("500", 500), ("１，２００", 1200), ("约500", 500), ("500万元", 500)):
        money = read_money(text, unit_fen=TEN_THOUSAND)
        assert money is not None and money.wan == wan
    assert read_money("13800138000000", unit_fen=TEN_THOUSAND) is None


def test_amounts_are_found_in_running_text_and_things_are_not() -> None:
    text = "注册资本5000万元，年产100万只，预算约300万元，单价80元/只，可追加到1.5亿，5万元，50元。"
    assert [(m.wan, m.said) for m in find_money(text)] == [
        (5000, "5000万元"),
        (300, "约300万元"),
        (15000, "1.5亿"),
        (5, "5万元"),
        (Decimal("0.005"), "50元"),
    ]


@given(st.integers(0, MOST_FEN // TEN_THOUSAND))
def test_whatever_is_written_in_figures_comes_back(wan: int) -> None:
    for text in (f"{wan}万元", f"{wan:,}万元", f"约 {wan} 万元", f"¥{wan * 10_000:,}"):
        money = read_money(text)
        assert money is not None and money.fen == wan * TEN_THOUSAND, text


def in_chinese(number: int) -> str:
    """Write a number below ten to the twelfth as a bank does, to read it back."""
    digits, small, great = "零一二三四五六七八九", ["", "十", "百", "千"], ["", "万", "亿"]
    groups = [number // 10**8, number // 10**4 % 10**4, number % 10**4]
    text = ""
    for group, name in zip(groups, reversed(great), strict=True):
        if not group:
            text += "零" if text and not text.endswith("零") else ""
            continue
        if text and group < 1000 and not text.endswith("零"):
            text += "零"
        said = ""
        for place, figure in zip((3, 2, 1, 0), f"{group:04d}", strict=True):
            if figure != "0":
                said += digits[int(figure)] + small[place]
            elif said and not said.endswith("零"):
                said += "零"
        text += said.rstrip("零") + name
    return text.rstrip("零") or "零"


@given(st.integers(0, 10**12 - 1))
def test_chinese_numerals_come_back(number: int) -> None:
    assert number_of(in_chinese(number)) == number


@given(st.text("0123456789.,-~万亿千百十元一二三约余多以上¥ /面议至", max_size=24))
def test_no_text_breaks_the_reader(text: str) -> None:
    for money in [*find_money(text), *([found] if (found := read_money(text)) else [])]:
        assert money.fen is None or 0 <= money.fen <= MOST_FEN
        assert money.said in money.said.strip()
        assert (money.fen is None) == (money.exactness is Exactness.NEGOTIABLE)
        assert money.up_to_fen is None or (money.fen is not None and money.fen <= money.up_to_fen)


@pytest.mark.parametrize("piece", ["1", "一", "万", "1,", " ", "1 ", "约", "1-", "年", "2026年"])
def test_no_text_takes_long(piece: str) -> None:
    """Counted in processor time, with a bound that only another order of growth exceeds."""
    text = (piece * 5000)[:5000]
    began = time.process_time()
    found = [*find_money(text), *find_dates(text, date(2026, 11, 23))]
    assert len(found) < 5000 and time.process_time() - began < 5
