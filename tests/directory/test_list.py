"""The directory: who is found by what, in which order, page by page, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind
from portal.alliances.models import Alliance, Membership
from portal.database import db
from portal.directory import list_queries
from portal.operations import operation
from portal.organisations.operations import rename_organisation
from tests.client import Client
from tests.conftest import both_engines
from tests.directory.make import holds, member, organisation, works_at
from tests.world import World

Visit = Callable[..., Client]
MEMBERS = "/alliances/hydrogen/members"


def texts(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(each.get_text().split()) for each in page.select(selector)]


def names(client: Client, address: str) -> list[str]:
    """Return the organisations of a list, on all of its pages."""
    found: list[str] = []
    while address:
        page = client.soup(address)
        found += texts(page, ".row-title")
        following = page.select_one('.paging a[rel="next"]')
        address = str(following["href"]) if following else ""
    return found


@pytest.fixture
def peopled(app: Flask, world: World) -> None:
    """Eight more organisations, here and there."""
    with app.app_context():
        kind = OrganisationKind
        changan = organisation("重庆长安汽车股份有限公司北京分公司", "BJ-CHANGPING")
        bank = organisation("北京银行", "BJ-XICHENG", kind=kind.FINANCE)
        baoding = organisation("长城汽车股份有限公司", "HE-BAODING-LIANCHI")
        handan = organisation("邯郸阿尔法钢铁", "HE-HANDAN", kind=kind.PARK)
        tianjin = organisation("天津滨海Beta研究院", "TJ-BINHAI", kind=kind.INSTITUTE)
        hebei = organisation("河北无区县公司", "HE")
        member(world, changan)
        member(world, baoding)
        member(world, tianjin, "biomedicine")
        chain = db.session.get_one(Alliance, world.alliance["hydrogen"]).chain_map
        top = next(node for node in chain.nodes if node.parent_id is None)
        below = next(node for node in chain.nodes if node.parent_id == top.id)
        works_at(changan, top.id)
        works_at(baoding, below.id)
        holds(bank, "金融许可证")
        holds(handan, "高新技术企业", valid_days=-1)
        holds(hebei, "高新技术企业", valid_days=0)
        db.session.remove()


@both_engines
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cqca", ["重庆长安汽车股份有限公司北京分公司"]),
        ("CQCA", ["重庆长安汽车股份有限公司北京分公司"]),
        ("changan", ["重庆长安汽车股份有限公司北京分公司"]),
        ("chong qing", ["重庆长安汽车股份有限公司北京分公司"]),
        ("chang'an", ["重庆长安汽车股份有限公司北京分公司"]),
        ("ccqc", ["长城汽车股份有限公司"]),
        ("汽车", ["长城汽车股份有限公司", "重庆长安汽车股份有限公司北京分公司"]),
        ("长安 北京", ["重庆长安汽车股份有限公司北京分公司"]),
        ("yinhang", ["北京银行"]),
        ("beta", ["天津滨海Beta研究院"]),
        ("bhbeta", ["天津滨海Beta研究院"]),
        ("zhangcheng", []),
        ("c_ca", []),
        ("%", []),
        ("zzzz", []),
    ],
)
def test_finds_by_words_pinyin_and_initials(
    query: str, found: list[str], peopled: None, visit: Visit
) -> None:
    assert sorted(names(visit(), f"/organisations?q={quote(query)}")) == sorted(found)


@both_engines
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("region=TJ", {"天津丙研究院", "天津滨海Beta研究院"}),
        ("region=HE&district=HE-BAODING", {"长城汽车股份有限公司"}),
        ("district=HE-BAODING-LIANCHI", {"长城汽车股份有限公司"}),
        ("kind=finance", {"北京银行"}),
        ("kind=park&region=HE", {"邯郸阿尔法钢铁"}),
        ("alliance=biomedicine", {"北京丁生物有限公司", "天津滨海Beta研究院"}),
        ("alliance=hydrogen&tier=chair", {"天津丙研究院"}),
        ("alliance=hydrogen&region=BJ&kind=enterprise",
         {"北京甲氢能有限公司", "重庆长安汽车股份有限公司北京分公司"}),
        ("qualification=金融许可证", {"北京银行"}),
        # What ran out yesterday is no qualification; what ends today still is one.
        ("qualification=高新技术企业", {"北京甲氢能有限公司", "河北无区县公司"}),
        ("q=汽车&region=HE", {"长城汽车股份有限公司"}),
        # A certificate that nobody holds is one; from nowhere nothing is near.
        ("qualification=没有", set()),
        ("near=mine", set()),
    ],
)  # fmt: skip
def test_facets_narrow_the_list(asked: str, found: set[str], peopled: None, visit: Visit) -> None:
    assert set(names(visit(), f"/organisations?{asked}")) == found


@pytest.mark.parametrize("path", ["/organisations", f"{MEMBERS}", "/listings"])
@pytest.mark.parametrize(
    "asked",
    [
        *("region=XX", "district=XX", "kind=emperor", "alliance=none", "near=XX&within=200"),
        *("node=XX", "tier=emperor", "state=never"),
    ],
)
def test_what_is_unknown_narrows_no_list(
    path: str, asked: str, peopled: None, visit: Visit
) -> None:
    page = visit().soup(f"{path}?{asked}")
    assert texts(page, ".row-title") == texts(visit().soup(path), ".row-title")
    assert not page.select(".chosen-filter")


@pytest.mark.parametrize("asked", ["tier=chair", "node=h2"])
def test_what_is_of_an_alliance_narrows_nothing_without_it(
    asked: str, peopled: None, visit: Visit
) -> None:
    assert names(visit(), f"/organisations?{asked}") == names(visit(), "/organisations")


@both_engines
@pytest.mark.parametrize(
    ("near", "within", "found"),
    [
        # Changping and Xicheng lie some 35 km apart, Lianchi 150, Binhai 150, Handan 400.
        ("BJ-CHANGPING", 100, {"重庆长安汽车股份有限公司北京分公司", "北京银行",
                               "北京甲氢能有限公司", "北京丁生物有限公司"}),
        ("HE-BAODING", 100, {"长城汽车股份有限公司"}),
        ("HE-HANDAN", 100, {"邯郸阿尔法钢铁"}),
        ("HE-HANDAN", 300, {"邯郸阿尔法钢铁", "长城汽车股份有限公司"}),
        ("TJ-BINHAI", 100, {"天津滨海Beta研究院", "天津丙研究院"}),
    ],
)  # fmt: skip
def test_finds_what_lies_near(
    near: str, within: int, found: set[str], peopled: None, visit: Visit
) -> None:
    assert set(names(visit(), f"/organisations?near={near}&within={within}")) == found


def test_each_row_says_how_far_it_lies(peopled: None, visit: Visit) -> None:
    page = visit().soup("/organisations?near=HE-HANDAN&within=300")
    far = dict(zip(texts(page, ".row-title"), texts(page, ".row-distance"), strict=True))
    assert far["邯郸阿尔法钢铁"] == "0 公里"
    assert 200 < int(far["长城汽车股份有限公司"].removesuffix(" 公里")) <= 300
    assert not visit().soup("/organisations").select(".row-distance")


def test_my_own_district_is_where_my_organisation_lies(
    app: Flask, world: World, visit: Visit
) -> None:
    assert set(names(visit("delegate"), "/organisations?near=mine")) == {
        "北京甲氢能有限公司", "北京丁生物有限公司"
    }  # fmt: skip
    page = visit("supplier").soup("/organisations?near=mine&within=200")
    assert not page.select(".row-title")
    assert "无法确定位置" in page.get_text(), "its organisation has said no district"
    text = visit("delegate").soup("/organisations").get_text()
    assert "100 公里内" in text and "距本单位" in text
    assert "公里内" not in visit().soup("/organisations").get_text()


@both_engines
def test_a_node_brings_what_lies_below_it(
    peopled: None, app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        chain = db.session.get_one(Alliance, world.alliance["hydrogen"]).chain_map
        top = next(node for node in chain.nodes if node.parent_id is None)
        code = top.code
        below = next(node for node in chain.nodes if node.parent_id == top.id).name
        db.session.remove()
    for address in (f"{MEMBERS}?node={code}", f"/organisations?alliance=hydrogen&node={code}"):
        assert set(names(visit(), address)) == {
            "重庆长安汽车股份有限公司北京分公司", "长城汽车股份有限公司"
        }  # fmt: skip
    assert below in " ".join(texts(visit().soup(MEMBERS), ".row-facts"))


@both_engines
def test_stands_in_the_order_of_pinyin(peopled: None, visit: Visit) -> None:
    assert names(visit(), "/organisations") == [
        "北京丁生物有限公司",  # bei jing ding
        "北京甲氢能有限公司",  # bei jing jia
        "北京银行",  # bei jing yin
        "长城汽车股份有限公司",  # chang cheng, not zhang
        "重庆长安汽车股份有限公司北京分公司",  # chong qing, not zhong
        "邯郸阿尔法钢铁",  # han dan
        "河北无区县公司",  # he bei wu, tone 2
        "河北戊制造有限公司",  # he bei wu, tone 4
        "河北乙材料有限公司",  # he bei yi
        "天津滨海Beta研究院",
        "天津丙研究院",
    ]


@both_engines
@pytest.mark.parametrize(
    "address",
    [
        "/organisations",
        MEMBERS,
        f"{MEMBERS}?sort=pinyin",
        "/organisations?alliance=hydrogen",
        "/organisations?q=公司",
    ],
)
def test_pages_follow_each_other_without_gap_or_double(
    address: str, peopled: None, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = names(visit(), address)
    monkeypatch.setattr(list_queries, "PAGE", 2)
    assert names(visit(), address) == whole
    assert len(set(whole)) == len(whole) > 4


def test_a_member_that_arrives_meanwhile_moves_no_page(
    peopled: None, app: Flask, world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_queries, "PAGE", 2)
    before = names(visit(), "/organisations")
    page = visit().soup("/organisations")
    seen = texts(page, ".row-title")
    with app.app_context():
        organisation("安徽第一公司", "BJ")
        db.session.remove()
    following = page.select_one('.paging a[rel="next"]')
    assert following is not None
    assert seen + names(visit(), str(following["href"])) == before


def test_counts_no_further_than_is_useful(peopled: None, app: Flask, visit: Visit) -> None:
    def lead(address: str) -> list[str]:
        return texts(visit().soup(address), ".page-lead")

    assert lead("/organisations") == ["11家单位"]
    assert lead("/organisations?region=TJ") == ["2家单位"]
    assert lead("/organisations?region=XX") == ["11家单位"]
    assert lead(f"{MEMBERS}?region=BJ") == ["2家成员单位"]
    assert lead(f"{MEMBERS}?q=cqca") == ["1家成员单位"]

    @operation
    def fill() -> None:
        region = db.session.get_one(Organisation, 1).region_id
        db.session.add_all(
            Organisation(name=f"甲{n}", kind="park", region_id=region, created_at=clock.now())
            for n in range(200)
        )

    with app.app_context():
        fill()
        db.session.remove()
    assert lead("/organisations") == ["超过200家单位"]
    assert lead("/organisations?region=TJ") == ["2家单位"]


def test_chosen_facets_are_chips_that_lead_out_again(peopled: None, visit: Visit) -> None:
    asked = "region=HE&district=HE-BAODING&kind=enterprise&near=BJ-HAIDIAN&within=200"
    page = visit().soup(f"/organisations?{asked}")
    assert texts(page, ".chosen-filter") == [
        "移除 河北省 ×", "移除 保定市 ×", "移除 企业 ×", "移除 距海淀区 200 公里内 ×"
    ]  # fmt: skip
    hrefs = [str(a["href"]) for a in page.select(".chosen-filter")]
    # A district lies in its province: without the one there is no other.
    assert "district" not in hrefs[0] and "region" not in hrefs[0]
    assert "near" not in hrefs[3] and "within" not in hrefs[3] and "region=HE" in hrefs[3]


def test_a_renamed_organisation_is_found_and_sorted_anew(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        made = db.session.get_one(Organisation, world.organisation["quiet"])
        rename_organisation(made, "安平新材", reason="改名", by=world.actor("secretary"))
        db.session.remove()
    assert names(visit(), "/organisations")[0] == "安平新材"
    assert names(visit(), "/organisations?q=apxc") == ["安平新材"]
    assert names(visit(), "/organisations?q=hbwzz") == []


def test_suspended_members_and_doubles_do_not_stand_in_it(
    peopled: None, app: Flask, world: World, visit: Visit
) -> None:
    quiet = "河北戊制造有限公司"
    assert quiet in names(visit(), MEMBERS)
    note = {"note": "未缴会费。"}
    number = world.membership["quiet"]
    assert visit("secretary").post(f"/memberships/{number}/moves/suspend", note).status_code == 302
    assert quiet not in names(visit(), MEMBERS)
    assert quiet in names(visit(), "/organisations")
    with app.app_context():
        assert db.session.get_one(Membership, number).organisation.name == quiet
        db.session.remove()


def test_a_member_who_consented_is_called_from_the_list(world: World, visit: Visit) -> None:
    for who, shown in (
        ("anonymous", {"010-10000003"}),
        ("outsider", {"010-10000003"}),
        ("supplier", {"010-10000002", "010-10000003"}),
        ("delegate", {"010-10000001", "010-10000002", "010-10000003"}),
    ):
        page = visit(who).soup(MEMBERS)
        links = {a.get_text(): str(a["href"]) for a in page.select("a[href^='tel:']")}
        assert set(links) == shown
        assert links["010-10000003"] == "tel:01010000003"


def test_runs_one_query_whatever_is_asked(peopled: None, visit: Visit) -> None:
    client = visit("secretary")
    bare = client.queries("/organisations")
    for asked in ("q=cqca", "region=HE&kind=enterprise", "near=HE-BAODING&within=300"):
        assert client.queries(f"/organisations?{asked}") == bare
    assert client.queries(f"{MEMBERS}?region=HE&sort=pinyin") <= 6


class TestOrganisationPage:
    def test_says_whom_it_chaired_chairs_and_will_chair(self, world: World, visit: Visit) -> None:
        def chairs(name: str) -> list[str]:
            page = visit().soup(f"/organisations/{world.organisation[name]}")
            panel = next(
                (p for p in page.select(".panel") if p.select_one("h2, .panel-title")
                 and p.select_one(".panel-title").get_text() == "轮值"), None
            )  # fmt: skip
            return texts(panel, "li strong") if panel else []  # type: ignore[arg-type]

        assert chairs("chairer") == ["当前"]
        assert chairs("maker") == ["候任"]
        assert chairs("supplier") == []

    def test_who_left_chairs_no_more(self, world: World, visit: Visit) -> None:
        data = {"basis": "决议1号", "note": "违章"}
        number = world.membership["chairer"]
        assert visit("secretary").post(f"/memberships/{number}/expel", data).status_code == 302
        page = visit().soup(f"/organisations/{world.organisation['chairer']}")
        # The term that was held ended as it left, and none goes on or follows.
        (panel,) = (each for each in page.select(".panel") if "轮值" in texts(each, ".panel-title"))
        assert [each.strip() for each in texts(panel, "strong")] == ["已届满"]

    def test_offers_to_call_and_to_copy(self, world: World, visit: Visit) -> None:
        page = visit().soup(f"/organisations/{world.organisation['maker']}")
        (call,) = page.select("a[href^='tel:']")
        assert call["href"] == "tel:01010000003"
        (copy,) = page.select("button[data-copy]")
        assert copy["data-copy"] == "010-10000003"
        assert copy.has_attr("hidden"), "without a script there is nothing to press"
