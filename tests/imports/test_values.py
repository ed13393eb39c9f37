"""How values are written by hand, and names in many ways."""

from __future__ import annotations

import json

import pytest

from portal.imports.words import DATA, Field, label_of, plain, words
from tests.imports.lexicon import lexicon
from tests.imports.tables import records, sheet


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
