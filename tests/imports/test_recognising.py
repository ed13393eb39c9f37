"""Tables as offices send them: what is read from each, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal.errors import Refused
from portal.imports.recognising import guess_layouts
from portal.sheets.reading import read_workbook
from tests.imports.lexicon import lexicon
from tests.imports.tables import records, sheet, told
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
