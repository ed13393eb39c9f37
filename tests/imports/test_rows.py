"""Which rows of a table speak of a member, and what each takes from its neighbours."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest

from portal.sheets.reading import Fault, Merge, ReadSheet
from tests.imports.tables import records, sheet, told


class TestRows:
    HEADER = ["区域", "序号", "单位名称", "类别", "环节"]

    def test_a_merged_province_speaks_for_all_its_rows(self) -> None:
        rows = [
            self.HEADER,
            ["北\n京\n市", "１", "甲公司", "企 业", "制氢"],
            [None, "２", "乙公司", "企 业"],
            ["天津", "１", "丙公司", "企 业"],
        ]
        assert [each.region for each in records(sheet(rows, ["A2:A3"]))] == ["BJ", "BJ", "TJ"]

    def test_a_province_written_once_for_each_group_speaks_for_it(self) -> None:
        rows = [
            self.HEADER,
            ["北京", 1, "甲公司", "企业"],
            [None, 2, "乙公司", "企业"],
            [None, 3, "丙公司", "企业"],
            ["河北", 4, "丁公司", "企业"],
            [None, 5, "戊公司", "企业"],
        ]
        assert [each.region for each in records(sheet(rows))] == ["BJ", "BJ", "BJ", "HE", "HE"]

    def test_a_province_that_is_missing_now_and_then_is_not_made_up(self) -> None:
        rows = [
            self.HEADER,
            ["北京", 1, "甲公司", "企业"],
            ["北京", 2, "乙公司", "企业"],
            [None, 3, "丙公司", "企业"],
        ]
        assert [each.region for each in records(sheet(rows))] == ["BJ", "BJ", None]

    def test_totals_blank_rows_notes_and_numbers_alone_fall_away(self) -> None:
        rows = [
            self.HEADER,
            ["京", 1, "甲公司", "企业"],
            ["小 计", None, "1家"],
            [None, " ", None, "　"],
            ["京", 2, "乙公司", "企业"],
            [None, 3, None, None],
            ["合计：2家"],
            ["共２家", None, None, None],
            ["注：本表据公开报道整理。"],
            ["数据来源：各单位填报", None, None, "制表：王五"],
            ["填表人：王五", None, "联系电话：010", None],
        ]
        assert [each.row for each in records(sheet(rows, ["A3:B3"]))] == [2, 5]

    def test_a_note_in_the_column_of_names_is_none(self) -> None:
        rows = [
            ["单位名称", "属地"],
            ["甲公司", "京"],
            ["备注:以上排名不分先后"],
            ["来源科技公司", "京"],
        ]
        assert [each.name for each in records(sheet(rows))] == ["甲公司", "来源科技公司"]

    def test_headings_within_the_table_speak_for_the_rows_below(self) -> None:
        rows = [
            ["序号", "单位名称", "性质"],
            ["一、北京市（2家）"],
            [1, "甲公司", "企业"],
            [2, "乙大学", "高校"],
            ["二", "天津市"],
            [1, "丙公司", "企业"],
        ]
        assert told(sheet(rows, ["A2:C2"])) == [
            (3, "甲公司", "enterprise", "BJ", None),
            (4, "乙大学", "university", "BJ", None),
            (6, "丙公司", "enterprise", "TJ", None),
        ]

    def test_a_heading_above_the_header_speaks_for_the_table_below_it(self) -> None:
        rows = [
            ["一、北京市"],
            ["序号", "单位名称", "类别"],
            [1, "甲公司", "企业"],
            ["二、天津市"],
            ["序号", "单位名称", "类别"],
            [1, "乙公司", "企业"],
            ["合计", "2家"],
        ]
        assert [(e.name, e.region) for e in records(sheet(rows))] == [
            ("甲公司", "BJ"),
            ("乙公司", "TJ"),
        ]

    def test_marks_that_repeat_the_row_above_are_followed(self) -> None:
        rows = [
            ["省份", "地级市", "机构名称", "机构性质", "环节"],
            ["冀", "石家庄市", "甲公司", "民营企业", "制氢"],
            ["〃", "〃", "乙公司", "〃", None],
            ["同上", '"', "丙大学", "高校", "〃"],
            ["津", "天津", "〃", "〃", "储氢"],
        ]
        assert [(e.name, e.region, e.city, e.kind, e.chain_node) for e in records(sheet(rows))] == [
            ("甲公司", "HE", "石家庄", "enterprise", "制氢"),
            ("乙公司", "HE", "石家庄", "enterprise", None),
            ("丙大学", "HE", "石家庄", "university", "制氢"),
        ]

    def test_headings_of_kinds_do_so_too(self) -> None:
        rows = [
            ["序号", "单位名称", "属地"],
            ["一、科研院所"],
            [1, "甲中心", "京"],
            ["（二）行业协会/联盟"],
            [1, "乙会", "津"],
        ]
        assert [each.kind for each in records(sheet(rows))] == ["institute", "association"]

    def test_a_header_printed_again_on_the_next_page_is_no_record(self) -> None:
        rows = [self.HEADER, ["京", 1, "甲公司", "企业"], self.HEADER, ["津", 2, "乙公司", "企业"]]
        assert [each.name for each in records(sheet(rows))] == ["甲公司", "乙公司"]

    def test_a_name_merged_over_several_rows_is_one_organisation(self) -> None:
        rows = [
            ["单位名称", "属地", "环节", "联系人"],
            ["甲公司", "京", "制氢", "王五"],
            [None, None, "储氢", "李六"],
            ["乙公司", "津", "加注", "赵七"],
        ]
        assert [each.name for each in records(sheet(rows, ["A2:A3", "B2:B3"]))] == [
            "甲公司",
            "乙公司",
        ]

    def test_a_row_without_a_name_that_says_something_is_named_as_faulty(self) -> None:
        rows = [["单位名称", "类别", "城市"], [None, "企业", "北京"], ["甲公司", "企业", "北京"]]
        nameless, named = records(sheet(rows))
        assert nameless.row == 2 and nameless.problems and not named.problems

    def test_a_park_whose_name_is_a_place_is_no_heading(self) -> None:
        rows = [
            ["区域", "序号", "单位名称"],
            ["京", 1, "甲公司"],
            [None, 2, "北京经济技术开发区"],
        ]
        assert [e.name for e in records(sheet(rows, ["A2:A3"]))] == ["甲公司", "北京经济技术开发区"]

    def test_cells_that_could_not_be_read_name_themselves(self) -> None:
        broken = ReadSheet(
            "表",
            {1: ("单位名称", "属地"), 2: ("", "京"), 3: ("甲公司", "")},
            faults=(Fault(2, 0, "formula", "=A1"), Fault(3, 1, "error", "#N/A")),
        )
        first, second = records(broken)
        assert "A2" in str(first.problems[0]._kwargs) and "B3" in str(second.problems[0]._kwargs)

    @pytest.mark.parametrize("name", ["=1+1", "+86", "@SUM(A1)"])
    def test_a_name_that_wants_to_be_a_formula_is_none(self, name: str) -> None:
        (found,) = records(sheet([["单位名称", "类别"], [name, "企业"]]))
        assert found.problems


def test_a_merged_area_down_to_the_last_row_there_can_be_costs_nothing() -> None:
    rows = [
        ("单位名称", "类别", "省份"),
        ("甲有限公司", "企业", "河北"),
        ("乙有限公司", "", "河北"),
    ]
    plain_sheet = sheet(rows)
    last = 1_048_576
    kept = {**plain_sheet.rows, last: ("丙有限公司", "", "河北")}
    endless = replace(plain_sheet, rows=kept, merges=(Merge(2, 1, last, 255),))
    tracemalloc.start()
    found = records(endless)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(each.row, each.kind) for each in found] == [
        (number, "enterprise") for number in (2, 3, last)
    ]
    assert peak < 8 * 1024 * 1024


def test_errors_in_many_rows_are_looked_at_once_each() -> None:
    rows = [("单位名称", "类别", "省份"), *((f"甲{n}有限公司", "企业", "河北") for n in range(300))]

    class Row(int):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Row.compared += 1
            return int(self) == other

        __hash__ = int.__hash__

    faults = tuple(Fault(Row(number), 1, "error", "#N/A") for number in range(2, 302))
    found = records(replace(sheet(rows), faults=faults))
    assert len(found) == sum(1 for each in found if each.problems) == 300
    assert Row.compared < 20 * len(faults)
