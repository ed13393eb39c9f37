"""Tables as offices send them: what is read from each, and what is left alone."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import range_boundaries

from portal.errors import Refused
from portal.imports.recognising import guess_layouts, recognise
from portal.imports.records import Record
from portal.imports.words import DATA, Field, label_of, plain, words
from portal.sheets.reading import Fault, Merge, ReadSheet, read_workbook
from tests.imports.lexicon import lexicon
from tests.sheets.make import ods, xls, xlsx

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "messy_members.expected.json").read_text(encoding="utf-8"))
#: The words of the expected file in the portal's own.
KINDS = {
    "企业": "enterprise",
    "高校": "university",
    "科研院所": "institute",
    "金融": "finance",
    "协会": "association",
    "园区": "park",
    "政府部门": "government",
}
REGIONS = {"京": "BJ", "津": "TJ", "冀": "HE"}
SLUGS = {
    "氢能": "hydrogen",
    "智能网联汽车": "icv",
    "生物医药": "biomedicine",
    "工业互联网": "industrial-internet",
    "新一代信息技术": "new-it",
}


def sheet(rows: Sequence[Sequence[Any]], merges: Sequence[str] = (), name: str = "表") -> ReadSheet:
    """Return a sheet as the reader would give it; rows from 1, merged areas as `A3:A7`."""
    kept = {
        number: tuple("" if cell is None else str(cell) for cell in row)
        for number, row in enumerate(rows, start=1)
        if any(cell not in (None, "") for cell in row)
    }
    areas = []
    for area in merges:
        left, top, right, bottom = range_boundaries(area)
        areas.append(Merge(top, left - 1, bottom, right - 1))
    return ReadSheet(name, kept, tuple(areas))


def records(*sheets: ReadSheet) -> list[Record]:
    return recognise(sheets, guess_layouts(sheets, lexicon()), lexicon())


def told(*sheets: ReadSheet) -> list[tuple[Any, ...]]:
    """Return what most tests ask of each record."""
    return [(each.row, each.name, each.kind, each.region, each.city) for each in records(*sheets)]


@pytest.mark.usefixtures("context")
class TestTheSample:
    def test_every_row_of_the_first_sheet_is_read_as_expected(self) -> None:
        found = records(*read_workbook((HERE / "messy_members.xlsx").read_bytes()))
        assert [
            (e.row, e.name, e.kind, e.region, e.city, e.alliance, e.chain_node) for e in found
        ] == [
            (
                e["row"],
                e["name"],
                KINDS[e["type"]],
                REGIONS[e["region"]],
                e["city"],
                SLUGS[e["alliance"]],
                e["chain_node"],
            )
            for e in EXPECTED["records"]
        ]
        assert {each.sheet for each in found} == {"成员单位"}
        assert not [each for each in found if each.problems]

    @pytest.mark.parametrize("make", [xlsx, xls, ods])
    def test_the_same_table_in_every_format_gives_the_same(self, make: Any) -> None:
        rows = [
            ["2026年会员名册"],
            [None, "序 号", "会员名称", "单位性质", "所在省市"],
            [None, "１", "北京甲氢能有限公司", "企 业", "北京市"],
            [None, "２", "河北工业大学", "院校", "天津"],
        ]
        found = told(*read_workbook(make({"会员": rows})))
        assert found == [
            (3, "北京甲氢能有限公司", "enterprise", "BJ", None),
            (4, "河北工业大学", "university", "TJ", None),
        ]


class TestHeaders:
    @pytest.mark.parametrize(
        "label",
        [
            *("单位名称", "企业名称", "机构", "会员名称", "单位全称", "成员单位", "会员单位名称"),
            *("*单位名称（全称）", "单 位 名 称", "机构（单位）名称", "名 称", "Company Name"),
            *(
                "企业/单位名称",
                "联盟成员",
                "入会单位全称",
                "单位名称\n(与营业执照一致)",
                "1.单位名称",
            ),
        ],
    )
    def test_the_name_goes_by_many_words(self, label: str) -> None:
        found = told(sheet([[label, "类别", "属地"], ["北京甲公司", "企业", "京"]]))
        assert found == [(2, "北京甲公司", "enterprise", "BJ", None)]

    @pytest.mark.parametrize("label", ["备注（主营环节）", "说明【环节】", "其他情况(所属环节)"])
    def test_a_bracket_says_what_a_column_holds_whose_word_says_nothing(self, label: str) -> None:
        (found,) = records(sheet([["单位", label, "类别", "省"], ["甲公司", "制氢", "企业", "京"]]))
        assert found.chain_node == "制氢"

    def test_a_bracket_takes_no_field_from_the_column_that_is_called_so(self) -> None:
        rows = [["单位", "备注（环节）", "环节", "省"], ["甲公司", "另议", "制氢", "京"]]
        assert [each.chain_node for each in records(sheet(rows))] == ["制氢"]

    @pytest.mark.parametrize(
        "label",
        [
            *(
                "区域",
                "所在地",
                "所属区域",
                "省市",
                "属地",
                "省（市）",
                "注册地",
                "地区",
                "省/市",
                "所在省份",
            ),
            *("所属地区", "省份", "归属地", "Region", "所在省（区、市）"),
        ],
    )
    def test_the_province_goes_by_many_words(self, label: str) -> None:
        assert told(sheet([["单位", label, "性质"], ["甲公司", "河北省", "民企"]])) == [
            (2, "甲公司", "enterprise", "HE", None)
        ]

    def test_titles_stand_above_and_columns_in_any_order_and_place(self) -> None:
        rows = [
            [None, None, "京津冀氢能产业联盟成员单位一览表"],
            [None, None, "（截至２０２６年）"],
            [],
            [None, None, "电话", "城市", "单位性质", "省份", "统一社会信用代码", "企业名称"],
            [None, None, "010", "保定市", "高校", "河北", "１２３", " 河北大学 "],
        ]
        (found,) = records(sheet(rows, ["C1:H1"]))
        assert (found.name, found.kind, found.region, found.city) == (
            "河北大学",
            "university",
            "HE",
            "保定",
        )
        assert (found.uscc, found.district) == ("123", "HE-BAODING")

    def test_a_header_of_three_rows_is_read_from_the_top_down(self) -> None:
        rows = [
            ["序号", "基本信息", None, None, "联系人", None],
            [None, "单位", None, "所在地", "姓名", "电话"],
            [None, "名称", "性质", None, None, None],
            [1, "北京甲公司", "国企", "北京", "王五", "010"],
        ]
        merges = ["A1:A3", "B1:D1", "B2:C2", "D2:D3", "E1:F1", "E2:E3", "F2:F3"]
        assert told(sheet(rows, merges)) == [(4, "北京甲公司", "enterprise", "BJ", None)]
        assert told(sheet(rows)) == [(4, "北京甲公司", "enterprise", "BJ", None)], "unmerged too"

    def test_of_two_columns_the_values_say_which_is_meant(self) -> None:
        rows = [
            ["会员名称", "会员类别", "类型", "产业", "所属产业链"],
            ["甲公司", "理事单位", "企业", "新材料", "氢能"],
            ["乙大学", "会员单位", "高校", "新材料", "生物医药"],
        ]
        found = records(sheet(rows))
        assert [(e.kind, e.tier, e.alliance) for e in found] == [
            ("enterprise", "council", "hydrogen"),
            ("university", "member", "biomedicine"),
        ]

    def test_a_column_of_tiers_by_name_that_holds_kinds_is_one_of_kinds(self) -> None:
        rows = [["会员名称", "会员类别", "地区"], ["甲公司", "企业", "京"], ["乙", "高校", "津"]]
        assert [each.kind for each in records(sheet(rows))] == ["enterprise", "university"]

    def test_a_column_of_chains_that_names_nodes_is_one_of_nodes(self) -> None:
        rows = [
            ["单位名称", "类别", "产业链"],
            ["甲公司", "企业", "电解槽"],
            ["乙公司", "企业", "制氢"],
        ]
        assert [(e.alliance, e.chain_node) for e in records(sheet(rows))] == [
            (None, "电解槽"),
            (None, "制氢"),
        ]

    def test_contacts_are_known_and_never_part_of_a_record(self) -> None:
        rows = [
            ["单位名称", "属地", "联系人", "手机", "电子邮箱", "职务"],
            ["甲公司", "京", "王五", "13800000000", "w@example.cn", "部长"],
        ]
        (found,) = records(sheet(rows))
        said = (found.name, found.summary, found.chain_node, found.website, found.city)
        assert said == ("甲公司", None, None, None, None)

    def test_several_sheets_of_members_are_all_read(self) -> None:
        one = sheet([["单位名称", "类别"], ["北京甲公司", "企业"]], name="北京")
        other = sheet([["机构名称", "机构类型"], ["天津乙学会", "社团"]], name="天津成员单位(1家)")
        empty = sheet([["填表说明"], ["请逐项填写。"]], name="说明")
        assert [(e.sheet, e.name, e.region) for e in records(one, empty, other)] == [
            ("北京", "北京甲公司", "BJ"),
            ("天津成员单位(1家)", "天津乙学会", "TJ"),
        ]

    def test_sheets_named_for_alliances_say_which(self) -> None:
        one = sheet([["单位名称", "属地"], ["甲公司", "京"]], name="氢能产业链")
        assert records(one)[0].alliance == "hydrogen"


class TestTablesOfSomethingElse:
    @pytest.mark.parametrize(
        "header",
        [
            ["序号", "项目名称", "承担单位", "金额", "时间"],
            ["序号", "事项", "单位", "数量", "金额"],
            ["名称", "金额"],
            ["设备名称", "型号", "单位", "单价"],
            ["日期", "天气"],
        ],
    )
    def test_they_give_no_members(self, header: list[str]) -> None:
        with pytest.raises(Refused):
            records(sheet([header, ["甲", "乙", "丙", "丁"]]))

    def test_beside_a_sheet_of_members_they_are_left_alone(self) -> None:
        members = sheet([["单位名称", "属地"], ["甲公司", "京"]])
        projects = sheet([["序号", "项目名称", "金额"], [1, "制氢一期", "5亿"]], name="项目")
        assert guess_layouts([projects, members], lexicon())[0] is None
        assert len(records(projects, members)) == 1


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


class TestValues:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("  福田加氢站（中国石油） ", "福田加氢站(中国石油)"),
            ("北 京 甲\n公 司", "北京甲公司"),
            ("ＡＢＢ（中国）有限公司", "ABB(中国)有限公司"),
            ("GE Healthcare 医疗", "GE Healthcare医疗"),
            ("北京·沧州渤海新区生物医药产业园", "北京·沧州渤海新区生物医药产业园"),
            ("甲公司①", "甲公司"),
            ("\u200b甲公司\ufeff", "甲公司"),
        ],
    )
    def test_names_are_read_without_their_layout(self, written: str, read: str) -> None:
        (found,) = records(sheet([["单位名称", "属地"], [written, "京"]]))
        assert found.name == read

    @pytest.mark.parametrize(
        ("word", "kind"),
        [
            *(
                ("企 业", "enterprise"),
                ("国有企业", "enterprise"),
                ("民营企业(上市)", "enterprise"),
            ),
            *(("高等院校", "university"), ("大专院校", "university"), ("科研院所", "institute")),
            *(("院所", "institute"), ("事业单位/研究院", "institute"), ("金融机构", "finance")),
            *(
                ("行业协会/联盟", "association"),
                ("商会", "association"),
                ("社会团体", "association"),
            ),
            *(
                ("产业园区", "park"),
                ("经开区", "park"),
                ("政府机关", "government"),
                ("ENTERPRISE", "enterprise"),
            ),
        ],
    )
    def test_kinds_go_by_many_words(self, word: str, kind: str) -> None:
        assert words().kind_of(word) == kind

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            *(("北京甲科技有限公司", "enterprise"), ("天津荣程集团", "enterprise")),
            *(("清华大学", "university"), ("河北石油职业技术大学", "university")),
            *(("第七一八研究所", "institute"), ("天津医科大学总医院", "institute")),
            *(("中国银行股份有限公司河北省分行", "finance"), ("中国汽车工业协会", "association")),
            *(("廊坊安次产业园区", "park"), ("石家庄市工业和信息化局", "government")),
        ],
    )
    def test_without_a_word_the_name_tells_the_kind(self, name: str, kind: str) -> None:
        (found,) = records(sheet([["单位名称", "属地"], [name, "京"]]))
        assert (found.kind, found.is_kind_guessed) == (kind, True)

    def test_an_unknown_word_for_a_kind_is_said(self) -> None:
        rows = [["单位名称", "类别"], ["甲公司", "宠物"], ["张三", "宠物"]]
        by_name, not_at_all = records(sheet(rows))
        assert by_name.kind == "enterprise" and by_name.remarks and not by_name.problems
        assert not_at_all.kind is None and not_at_all.problems

    @pytest.mark.parametrize(
        ("region", "city", "read"),
        [
            ("京", "北京", ("BJ", None, "北京")),
            ("北京市", None, ("BJ", None, None)),
            ("Hebei", "邯郸", ("HE", "HE-HANDAN", "邯郸")),
            ("河北省石家庄市", None, ("HE", "HE-SHIJIAZHUANG", "石家庄")),
            ("河北·保定", None, ("HE", "HE-BAODING", "保定")),
            ("京/海淀", None, ("BJ", "BJ-HAIDIAN", "海淀区")),
            ("京 海淀", None, ("BJ", "BJ-HAIDIAN", "海淀区")),
            (None, "石家庄市", ("HE", "HE-SHIJIAZHUANG", "石家庄")),
            ("海淀区", None, ("BJ", "BJ-HAIDIAN", "海淀区")),
            ("天津", "河北区", ("TJ", "TJ-HEBEI", "河北区")),
            ("天津市滨海新区", None, ("TJ", "TJ-BINHAI", "滨海新区")),
            ("河北", "雄安新区", ("HE", "HE-XIONGAN", "雄安新区")),
            ("河北", "辛集市", ("HE", None, "辛集市")),
            ("—", "天津", ("TJ", None, "天津")),
        ],
    )
    def test_places_are_read_however_they_are_written(
        self, region: str | None, city: str | None, read: tuple[str, str | None, str | None]
    ) -> None:
        (found,) = records(sheet([["单位名称", "属地", "城市"], ["甲公司", region, city]]))
        assert (found.region, found.district, found.city) == read

    @pytest.mark.parametrize("region", ["山东省", "京津冀", "上海", "外地"])
    def test_a_province_that_is_not_here_is_said(self, region: str) -> None:
        (found,) = records(sheet([["单位名称", "属地"], ["甲公司", region]]))
        assert found.problems and found.region is None

    def test_a_city_of_another_province_is_said(self) -> None:
        (found,) = records(sheet([["单位名称", "属地", "城市"], ["甲公司", "北京", "邯郸"]]))
        assert found.problems

    def test_an_address_says_the_province_where_nothing_else_does(self) -> None:
        rows = [["单位名称", "注册地址"], ["甲公司", "河北省保定市莲池区七一路1号"]]
        (found,) = records(sheet(rows))
        assert (found.region, found.district) == ("HE", "HE-BAODING")

    @pytest.mark.parametrize(
        "text",
        [
            "氢能",
            "氢能产业链",
            "京津冀氢能产业联盟",
            "氢能联盟",
            "hydrogen",
            " 氢 能 ",
            "氢能源",
            "氢能产业",
        ],
    )
    def test_alliances_go_by_many_words(self, text: str) -> None:
        assert lexicon().alliances.find(text) == "hydrogen"

    def test_an_alliance_that_is_not_here_is_said(self) -> None:
        (found,) = records(sheet([["单位名称", "所属联盟"], ["甲公司", "航天联盟"]]))
        assert found.problems

    def test_every_word_of_the_data_means_one_thing(self) -> None:
        """A label in two lists, or a kind's word in two kinds, would be read by chance."""
        data, of_listings = (
            json.loads(DATA.with_name(name).read_text(encoding="utf-8"))
            for name in ("words.json", "listings.json")
        )
        for said in (data, of_listings):
            for table, compare in (("columns", label_of), ("kinds", plain), ("tiers", plain)):
                listed = [compare(each) for all_ in said[table].values() for each in set(all_)]
                assert sorted(listed) == sorted(set(listed)), table
        of_tasks = json.loads(DATA.with_name("tasks.json").read_text(encoding="utf-8"))["columns"]
        listed = [label_of(each) for all_ in of_tasks.values() for each in set(all_)]
        assert sorted(listed) == sorted(set(listed)), "tasks"
        named = {*data["columns"], *of_listings["columns"], *of_tasks}
        assert named == {*(field.value for field in Field), "other", "foreign"}


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


class TestNames:
    @pytest.mark.parametrize(
        ("written", "name", "tier"),
        [
            ("北京甲一氢能有限公司（副理事长单位）", "北京甲一氢能有限公司", "vice_chair"),
            ("北京甲一氢能有限公司 [会长单位]", "北京甲一氢能有限公司", "chair"),
            ("北京甲一氢能有限公司【常务理事单位】", "北京甲一氢能有限公司", "council"),
            ("天津氢能（集团）（理事单位）", "天津氢能(集团)", "council"),
            ("天津氢能（集团）", "天津氢能(集团)", None),
            ("氢能科技有限公司（北京）", "氢能科技有限公司(北京)", None),
            ("氢能公司（原理事单位）", "氢能公司(原理事单位)", None),
            ("（理事单位）", "(理事单位)", None),
        ],
    )
    def test_a_tier_in_brackets_behind_a_name_is_no_part_of_it(
        self, written: str, name: str, tier: str | None
    ) -> None:
        (found,) = records(sheet([["单位名称", "类别", "省"], [written, "企业", "京"]]))
        assert (found.name, found.tier) == (name, tier)

    def test_the_column_of_tiers_comes_before_the_bracket(self) -> None:
        rows = [["单位名称", "省", "会员级别"], ["甲公司（理事单位）", "京", "副理事长单位"]]
        assert [(e.name, e.tier) for e in records(sheet(rows))] == [("甲公司", "vice_chair")]
