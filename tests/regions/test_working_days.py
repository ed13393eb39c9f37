"""What "within one working day" means over weekends, holidays and worked weekends."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

from portal.regions.working_days import FILE, answer_due, is_working

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-26T02:00", "2026-11-27"),  # a Thursday
        ("2026-11-26T16:30", "2026-11-30"),  # Friday already, in Shanghai
        ("2026-11-27T02:00", "2026-11-30"),  # a Friday
        ("2026-11-28T02:00", "2026-11-30"),  # a Saturday
        ("2026-02-13T02:00", "2026-02-14"),  # the Saturday before the festival is worked
        ("2026-02-14T02:00", "2026-02-24"),
        ("2026-09-30T02:00", "2026-10-08"),
        ("2031-05-02T02:00", "2031-05-05"),  # no table for the year: weekends alone
    ],
)
def test_the_day_by_which_an_answer_is_due(at: str, due: str) -> None:
    assert answer_due(datetime.fromisoformat(at).replace(tzinfo=UTC)) == date.fromisoformat(due)


def test_worked_weekends_and_holidays_differ_from_the_week() -> None:
    assert is_working(date(2026, 10, 10)) and not is_working(date(2026, 10, 2))


def test_whoever_runs_the_portal_corrects_the_table(app: Flask, tmp_path: Path) -> None:
    assert "not checked" in json.loads(FILE.read_text(encoding="utf-8"))["source"]
    assert is_working(date(2027, 2, 8)), "no table for the festival of 2027 yet"
    own = tmp_path / "days.json"
    days = {"holidays": [["2027-02-05", "2027-02-11"]], "working_weekends": ["2027-02-14"]}
    own.write_text(json.dumps(days), encoding="utf-8")
    app.config["WORKING_DAYS_FILE"] = str(own)
    assert not is_working(date(2027, 2, 8)) and is_working(date(2027, 2, 14))
