"""Days as people write them: what each means, how exactly, and that none is invented."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.written.dates import Bound, Precision, find_dates, read_date

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "iso", "precision", "last"),
    [
        ("2023.6.1", "2023-06-01", "day", "2023-06-01"),
        ("2023年6月", "2023-06", "month", "2023-06-30"),
        ("2023.6", "2023-06", "month", "2023-06-30"),
        ("2023年", "2023", "year", "2023-12-31"),
        ("2025-12-31", "2025-12-31", "day", "2025-12-31"),
        ("2025/6/1", "2025-06-01", "day", "2025-06-01"),
        ("20250601", "2025-06-01", "day", "2025-06-01"),
        ("2025-12-31 00:00:00", "2025-12-31", "day", "2025-12-31"),
        ("２０２５年６月１日", "2025-06-01", "day", "2025-06-01"),
        ("2025 年 6 月 1 日", "2025-06-01", "day", "2025-06-01"),
        ("二〇二三年六月一日", "2023-06-01", "day", "2023-06-01"),
        ("25年6月", "2025-06", "month", "2025-06-30"),
        ("6月底前", "--06", "month-without-year", "2027-06-30"),
        ("11月1日", "--11-01", "day-without-year", "2027-11-01"),
        ("12月中旬", "--12", "month-without-year", "2026-12-20"),
        ("2月29日", "--02-29", "day-without-year", "2028-02-29"),
        ("年底前", "--12", "month-without-year", "2026-12-31"),
        ("截至2022年底", "2022-12", "month", "2022-12-31"),
        ("2023年前", "2023", "year", "2023-12-31"),
        ("今年底", "2026-12", "month", "2026-12-31"),
        ("明年3月", "2027-03", "month", "2027-03-31"),
        ("三季度", "--Q3", "quarter-without-year", "2027-09-30"),
        ("2027年第一季度", "2027-Q1", "quarter", "2027-03-31"),
        ("2027Q1", "2027-Q1", "quarter", "2027-03-31"),
        ("2027年上半年", "2027-H1", "half", "2027-06-30"),
        ("年内", "2026", "year", "2026-12-31"),
        ("本月底", "2026-11", "month", "2026-11-30"),
        ("下个月", "2026-12", "month", "2026-12-31"),
        ("两周内", "2026-12-07", "day", "2026-12-07"),
        ("3个月内", "2027-02-23", "day", "2027-02-23"),
        ("半年内", "2027-05-23", "day", "2027-05-23"),
        ("2025年3月-6月", "2025-06", "month", "2025-06-30"),
        ("2025.3.1-2025.6.30", "2025-06-30", "day", "2025-06-30"),
    ],
)
def test_a_day_is_read_no_finer_than_it_was_said(
    text: str, iso: str, precision: str, last: str
) -> None:
    found = read_date(text, TODAY)
    assert found is not None
    assert (found.iso, found.precision_name) == (iso, precision)
    assert found.last_day(TODAY) == date.fromisoformat(last)


def test_what_lasts_has_no_last_day() -> None:
    found = read_date("长期有效", TODAY)
    assert found is not None and found.precision is Precision.OPEN
    assert found.last_day(TODAY) is None


@pytest.mark.parametrize(
    "text",
    ["", "—", "2025-02-30", "2025年13月", "20年经验", "近3年内", "2023.6万元", "1800只", "8000亩",
     "13800138000", "第3期"],
)  # fmt: skip
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_date(text, TODAY) is None


def test_the_words_around_a_day_say_on_which_side_things_happen() -> None:
    found = list(find_dates("2027年3月起供货，6月30日前报价，截止日期：2027-01-15。", TODAY))
    assert [(each.iso, each.bound) for each in found] == [
        ("2027-03", Bound.FROM),
        ("--06-30", Bound.BY),
        ("2027-01-15", Bound.BY),
    ]
    assert [each.said for each in found][1] == "6月30日前"


DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@given(DAYS)
def test_whatever_day_is_written_comes_back(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    for text in (f"{y}年{m}月{d}日", f"{y}.{m}.{d}", f"{y}/{m:02d}/{d:02d}", day.isoformat()):
        found = read_date(text, TODAY)
        assert found is not None and found.last_day(TODAY) == day, text
        assert found.precision_name == "day"


@given(DAYS, st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_without_a_year_is_never_given_one_but_comes_next(day: date, today: date) -> None:
    found = read_date(f"{day.month}月{day.day}日", today)
    assert found is not None and found.year is None and found.iso.startswith("--")
    last = found.last_day(today)
    assert last is not None and today <= last < today + timedelta(days=8 * 366 + 1)
    assert (last.month, last.day) == (day.month, day.day)


@given(st.text("0123456789.-/年月日底前内季度一二三四五六七八九十Q上下半个周 至止起", max_size=24))
def test_no_text_breaks_the_reader(text: str) -> None:
    for found in find_dates(text, TODAY):
        assert found.iso or found.precision is Precision.OPEN
        last = found.last_day(TODAY)
        assert last is None or 1900 <= last.year <= 2200
    read_date(text, TODAY)
