"""Tables that stand side by side in one sheet: all of them are read, and nothing else is cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.imports.records import Record
from portal.imports.side_by_side import separated
from portal.sheets.reading import Fault, ReadSheet
from tests.client import Client
from tests.imports.lexicon import lexicon
from tests.imports.tables import records, sheet
from tests.imports.test_import_pages import brought
from tests.sheets.make import xlsx

HEADER = ["序号", "单位", "类别", "城市"]
ROWS = [
    [*HEADER, *HEADER],
    [1, "北京甲公司", "企业", "北京", 2, "天津乙大学", "高校", "天津"],
    [3, "北京丙公司", "企业", "北京", 4, "保定丁公司", "企业", "保定"],
    [5, "北京戊公司", "企业", "北京"],
]


def read(one: ReadSheet) -> list[Record]:
    return records(*separated([one], lexicon()))


def told(one: ReadSheet) -> list[tuple[Any, ...]]:
    return [(each.row, each.name, each.region) for each in read(one)]


def test_both_are_read_the_left_one_first() -> None:
    assert told(sheet(ROWS)) == [
        (2, "北京甲公司", "BJ"),
        (3, "北京丙公司", "BJ"),
        (4, "北京戊公司", "BJ"),
        (2, "天津乙大学", "TJ"),
        (3, "保定丁公司", "HE"),
    ]
    assert {each.sheet for each in read(sheet(ROWS))} == {"表 (A–D)", "表 (E–H)"}


def test_a_blank_column_between_them_and_a_third_one_change_nothing() -> None:
    rows = [["单位名称", "省", "", "单位名称", "省", "", "单位名称", "省"],
            ["甲公司", "京", "", "乙公司", "津", "", "丙公司", "冀"]]  # fmt: skip
    assert told(sheet(rows)) == [(2, "甲公司", "BJ"), (2, "乙公司", "TJ"), (2, "丙公司", "HE")]


def test_a_title_across_them_and_the_name_of_the_sheet_are_of_both() -> None:
    rows = [["单位名称", "类别", "单位名称", "类别"], ["甲公司", "企业", "乙公司", "企业"]]
    for title in ([], ["A1:D1"]):
        made = sheet([["河北省"], *rows], title)
        assert told(made) == [(3, "甲公司", "HE"), (3, "乙公司", "HE")]
    assert told(sheet(rows, name="河北")) == [(2, "甲公司", "HE"), (2, "乙公司", "HE")]


def test_each_may_have_a_province_of_its_own_above_it() -> None:
    rows = [["北京", "", "天津", ""], ["单位名称", "类别", "单位名称", "类别"],
            ["甲公司", "企业", "乙公司", "企业"]]  # fmt: skip
    found = told(sheet(rows, ["A1:B1", "C1:D1"]))
    assert found == [(3, "甲公司", "BJ"), (3, "乙公司", "TJ")]


def test_a_heading_within_that_goes_across_heads_the_rows_of_both() -> None:
    rows = [
        ["单位名称", "类别", "单位名称", "类别"],
        ["河北省"],
        ["甲公司", "企业", "乙公司", "企业"],
    ]
    assert told(sheet(rows, ["A2:D2"])) == [(3, "甲公司", "HE"), (3, "乙公司", "HE")]


def test_a_cell_that_cannot_be_read_is_called_as_in_the_workbook() -> None:
    made = sheet(ROWS)
    broken = ReadSheet(made.name, made.rows, faults=(Fault(3, 5, "error", "#N/A"),))
    (wrong,) = [each for each in read(broken) if each.problems]
    assert "F3" in str(wrong.problems[0]._args) + str(wrong.problems[0]._kwargs)


@pytest.mark.parametrize(
    "header",
    [
        ["单位名称", "省", "单位名称", "项目"],
        ["单位名称", "省", "单位名称"],
        ["单位名称", "省", "类别", "城市"],
    ],
)
def test_a_second_name_beside_one_table_is_no_second_table(header: list[str]) -> None:
    made = sheet([header, ["甲公司", "京", "乙公司", "丙"]])
    assert separated([made], lexicon()) == [made]


def test_both_stand_in_the_preview(app: Flask, visit: Callable[..., Client]) -> None:
    client = visit("secretary")
    number = brought(client, xlsx({"名单": ROWS}))
    text = client.soup(f"/imports/{number}").get_text()
    assert "北京甲公司" in text and "天津乙大学" in text and "名单 (E–H)" in text
