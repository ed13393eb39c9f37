"""Periods are half-open, and compared with the same stretch of another time."""

from __future__ import annotations

from datetime import date

import pytest

from portal.periods import Period, beginning, between, offered, quarter_of, read


def days(period: Period) -> tuple[str, str]:
    return period.from_on.isoformat(), period.until_on.isoformat()


@pytest.mark.parametrize(
    ("written", "first", "after"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-q3", "2026-07-01", "2026-10-01"),
        ("2026-q4", "2026-10-01", "2027-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-07-01--2026-07-01", "2026-07-01", "2026-07-02"),
    ],
)
def test_an_address_names_a_period(written: str, first: str, after: str) -> None:
    found = read(written)
    assert found is not None
    assert days(found) == (first, after)
    assert found.key == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2026-13",
        "2026-q5",
        "x",
        "2026-07-02--2026-07-01",
        "2026-02-30--2026-03-01",
        "0000",
        "9999",
        "２０２６",
        "2026-q3 ",
    ],
)
def test_what_names_no_period_is_none(written: str) -> None:
    assert read(written) is None


@pytest.mark.parametrize(
    ("period", "before", "year_before"),
    [
        (read("2026-q1"), ("2025-10-01", "2026-01-01"), ("2025-01-01", "2025-04-01")),
        (read("2026-03"), ("2026-02-01", "2026-03-01"), ("2025-03-01", "2025-04-01")),
        (read("2026"), ("2025-01-01", "2026-01-01"), ("2025-01-01", "2026-01-01")),
        # 1 January to 29 February: up to 28 February of the year before.
        (
            between("2024-01-01", "2024-02-29"),
            ("2023-11-02", "2024-01-01"),
            ("2023-01-01", "2023-03-01"),
        ),
        (
            between("2024-02-01", "2024-02-28"),
            ("2024-01-04", "2024-02-01"),
            ("2023-02-01", "2023-03-01"),
        ),
    ],
)
def test_periods_are_compared_with_their_like(
    period: Period, before: tuple[str, str], year_before: tuple[str, str]
) -> None:
    assert days(period.before()) == before
    assert days(period.year_before()) == year_before


def test_a_running_period_is_compared_up_to_the_same_day() -> None:
    today = date(2026, 11, 26)
    running = beginning(today, 3).until_today(today)
    assert days(running) == ("2026-10-01", "2026-11-27")
    assert days(running.before()) == ("2026-07-01", "2026-08-27")
    assert days(running.year_before()) == ("2025-10-01", "2025-11-27")
    # The shorter month ends with its last day: 1 to 30 March stands against all of February.
    running = beginning(date(2026, 3, 30), 1).until_today(date(2026, 3, 30))
    assert days(running.before()) == ("2026-02-01", "2026-03-01")


def test_a_period_ahead_stays_whole() -> None:
    ahead = beginning(date(2027, 1, 1), 3)
    assert ahead.until_today(date(2026, 11, 26)) == ahead


def test_only_whole_quarters_are_published() -> None:
    found = Period(date(2026, 1, 2), date(2026, 11, 27)).quarters()
    assert [each.key for each in found] == ["2026-q2", "2026-q3"]
    assert not Period(date(2026, 7, 1), date(2026, 9, 30)).quarters()


def test_the_picker_offers_this_and_the_last() -> None:
    assert [each.key for each in offered(date(2026, 1, 15))] == [
        "2026", "2025", "2026-q1", "2025-q4", "2026-01", "2025-12",
    ]  # fmt: skip


def test_quarters_follow_one_another_over_the_turn_of_a_year() -> None:
    last = quarter_of(2026, 4)
    assert (last.from_on, last.until_on) == (date(2026, 10, 1), date(2027, 1, 1))
    assert (last.after().key, last.before().key) == ("2027-q1", "2026-q3")
    assert [quarter_of(2026, n).quarter for n in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert beginning(date(2026, 12, 31), 3) == last
