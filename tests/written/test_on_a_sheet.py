"""The sheet of projects that an office really sent: every amount and every day of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from flask import Flask

from portal.sheets.reading import read_workbook
from portal.written.dates import read_date
from portal.written.money import Exactness, read_money

HERE = Path(__file__).parent.parent / "imports"
PROJECTS = json.loads((HERE / "messy_members.expected.json").read_text(encoding="utf-8"))[
    "projects"
]
#: The words of the expected file in the portal's own.
EXACTNESS = {
    "约": Exactness.ABOUT,
    "近": Exactness.ABOUT,
    "目标>=": Exactness.AT_LEAST,
    "余(>=)": Exactness.AT_LEAST,
    "多(>=)": Exactness.AT_LEAST,
    "面议(来源未给金额)": Exactness.NEGOTIABLE,
    None: Exactness.EXACT,
}


def test_every_amount_and_day_is_read_as_a_person_reads_it(app: Flask) -> None:
    with app.app_context():
        sheets = read_workbook((HERE / "messy_members.xlsx").read_bytes())
    (projects,) = (sheet for sheet in sheets if sheet.name == "项目情况")
    assert len(PROJECTS) == 9
    for expected in PROJECTS:
        _number, item, amount, other, day = projects.rows[expected["row"]][:5]
        assert item == expected["item"]
        money, when = read_money(amount), read_date(day, date(2026, 11, 23))
        assert money is not None and when is not None, item
        wan = None if money.wan is None else float(money.wan)
        assert wan == expected["amount_wan"], item
        assert money.exactness is EXACTNESS[expected["qualifier"]], item
        assert (when.iso, when.precision_name) == (expected["date"], expected["date_precision"])
        assert read_money(other) is None, other
