"""The fate of each row: who is meant, what changes, what is refused, what is never touched."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal import journal
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM
from portal.alliances import applying
from portal.alliances import operations as alliances
from portal.alliances.models import Membership, Tier
from portal.database import db
from portal.errors import Denied
from portal.imports import operations, queries
from portal.imports.models import Effect, Fate, MemberImport
from portal.imports.recognising import guess_layouts
from portal.imports.running import opened
from portal.imports.taking_over import CHUNK, take_over
from portal.journal import JournalLine, lines_about
from portal.organisations.merging import merge_organisations
from portal.organisations.models import ContactPoint
from portal.organisations.operations import choose_nodes, rename_organisation
from portal.organisations.queries import nodes_of
from portal.regions.queries import region_by_code
from portal.roles import Role
from tests.alliances.make import apply, newcomer
from tests.conftest import both_engines
from tests.imports.make import (
    CODE,
    MAKER,
    OTHER_CODE,
    QUIET,
    alliance,
    brought,
    judged,
    member,
    named,
    node,
    organisation,
    plan,
    row,
    taken_over,
)
from tests.imports.tables import sheet
from tests.world import World

pytestmark = [both_engines, pytest.mark.usefixtures("context")]


class TestNew:
    def test_an_organisation_that_nobody_knew_is_made_and_admitted(self, world: World) -> None:
        (stored,) = taken_over(
            world,
            row(
                "河北新材料有限公司",
                统一社会信用代码=CODE,
                城市="保定",
                环节="电解槽",
                级别="理事单位",
                简介="做电解槽。",
                网址="www.example.cn",
            ),
        )
        assert (stored.fate, stored.effect) == (Fate.NEW, Effect.CREATED)
        made = named("河北新材料有限公司")
        assert (made.uscc, made.kind, made.region.code) == (CODE, OrganisationKind.ENTERPRISE, "HE")
        assert made.district is not None and made.district.code == "HE-BAODING"
        assert (made.summary, made.website) == ("做电解槽。", "https://www.example.cn")
        assert [each.name for each in nodes_of(made.id)] == ["电解槽"]
        membership = member(world, made.name)
        assert membership is not None
        assert (membership.tier, membership.basis) == (Tier.COUNCIL, "名单.xlsx")
        told = [line.verb for line, _detail in lines_about("organisation", made.id)]
        assert told == ["organisation.create", "organisation.edit", "organisation.choose_nodes"]
        assert not journal.verify().faults

    def test_one_the_portal_knows_becomes_a_member_by_its_name(self, world: World) -> None:
        known = organisation("河北（已知）有限公司")
        (stored,) = taken_over(world, row("河北(已知)有限公司"))
        assert (stored.fate, stored.effect, stored.organisation_id) == (
            Fate.NEW,
            Effect.CREATED,
            known.id,
        )

    def test_without_province_or_kind_a_new_one_is_refused(self, world: World) -> None:
        no_region, no_kind = judged(world, row("甲公司", 省份=""), row("张三", 类别=""))
        assert no_region.fate is no_kind.fate is Fate.REFUSED
        assert "province" in str(no_region.reasons[0]._args)
        assert "kind" in str(no_kind.reasons[0]._args)

    def test_a_retracted_application_stands_in_nobodys_way(self, world: World) -> None:

        by = newcomer("河北撤回有限公司")
        applied = apply(world, by)
        applying.retract_application(applied, by=by)
        (stored,) = taken_over(world, row("河北撤回有限公司"))
        assert stored.fate is Fate.NEW


class TestWhoIsMeant:
    def test_the_code_comes_before_the_name(self, world: World) -> None:
        known = organisation("河北旧名有限公司", uscc=CODE)
        (stored,) = taken_over(world, row("河北新名有限公司", 统一社会信用代码=CODE))
        assert stored.organisation_id == known.id
        assert known.name == "河北旧名有限公司", "a list renames nobody"
        assert stored.reason and "河北旧名有限公司" in stored.reason

    def test_full_width_digits_and_blanks_are_the_same_code(self, world: World) -> None:
        known = organisation("河北代码有限公司", uscc=CODE)
        wide = "９１１１ ００００６０００３７３４１Ｌ"
        (verdict,) = judged(world, row("河北代码有限公司", 统一社会信用代码=wide))
        assert verdict.organisation is not None and verdict.organisation.id == known.id

    def test_a_former_name_still_means_it(self, world: World) -> None:
        quiet = named(QUIET)
        keeper = world.actor("secretary")
        rename_organisation(quiet, "河北戊集团有限公司", reason="改制", by=keeper)
        (verdict,) = judged(world, row(QUIET))
        assert verdict.organisation is not None and verdict.organisation.id == quiet.id
        assert verdict.fate is Fate.SAME

    def test_a_double_means_what_it_was_merged_into(self, world: World) -> None:
        double = organisation("河北戊（重复）有限公司")
        quiet = named(QUIET)
        merge_organisations(double, quiet, by=world.actor("admin"))
        (verdict,) = judged(world, row("河北戊(重复)有限公司"))
        assert verdict.organisation is not None and verdict.organisation.id == quiet.id

    def test_code_and_name_of_two_are_refused(self, world: World) -> None:
        organisation("河北一号有限公司", uscc=CODE)
        organisation("河北二号有限公司")
        (verdict,) = judged(world, row("河北二号有限公司", 统一社会信用代码=CODE))
        assert verdict.fate is Fate.REFUSED

    def test_a_name_registered_with_another_code_is_refused(self, world: World) -> None:
        organisation("河北一号有限公司", uscc=CODE)
        (verdict,) = judged(world, row("河北一号有限公司", 统一社会信用代码=OTHER_CODE))
        assert verdict.fate is Fate.REFUSED

    @pytest.mark.parametrize("code", [CODE[:-1] + "M", CODE[:-1], "请补"])
    def test_a_wrong_code_is_refused(self, world: World, code: str) -> None:
        (verdict,) = judged(world, row("河北一号有限公司", 统一社会信用代码=code))
        assert verdict.fate is Fate.REFUSED and verdict.reasons

    def test_the_second_row_of_one_is_refused_and_names_the_first(self, world: World) -> None:
        rows = (
            row("甲公司", 统一社会信用代码=CODE),
            row("（甲）公司"),
            row("乙公司", 统一社会信用代码=CODE),
        )
        first, by_name, by_code = judged(world, *rows)
        assert first.fate is Fate.NEW
        assert by_name.fate is by_code.fate is Fate.REFUSED
        assert "2" in str(by_name.reasons[0])

    def test_a_row_that_is_refused_stands_in_the_way_of_none(self, world: World) -> None:
        rows = (
            row("甲公司", 统一社会信用代码=CODE[:-1]),
            row("甲公司", 统一社会信用代码=CODE),
            row("乙公司", 省份=""),
            row("乙公司"),
            row("乙公司"),
        )
        bad_code, good, no_region, first, double = judged(world, *rows)
        assert {bad_code.fate, no_region.fate, double.fate} == {Fate.REFUSED}
        assert good.fate is first.fate is Fate.NEW
        assert "5" in str(double.reasons[0])
        stored = taken_over(world, *rows)
        assert [each.fate for each in stored] == [
            each.fate for each in (bad_code, good, no_region, first, double)
        ]

    def test_it_is_no_other_a_chunk_later(self, world: World) -> None:
        others = [row(f"河北第{n}号公司") for n in range(CHUNK - 2)]
        rows = (row("乙公司", 省份=""), row("丙公司"), *others, row("乙公司"), row("丙公司"))
        stored = taken_over(world, *rows)
        assert [each.fate for each in stored[-2:]] == [Fate.NEW, Fate.REFUSED]
        assert stored[-1].reason and "3" in stored[-1].reason


class TestChanged:
    def test_what_nobody_keeps_is_brought_up_to_date_and_journaled(self, world: World) -> None:
        (stored,) = taken_over(
            world,
            row(QUIET, 统一社会信用代码=CODE, 类别="科研院所", 城市="邯郸", 环节="制氢"),
        )
        assert (stored.fate, stored.effect) == (Fate.CHANGED, Effect.CHANGED)
        quiet = named(QUIET)
        assert quiet.uscc == CODE and quiet.kind is OrganisationKind.INSTITUTE
        assert quiet.district is not None and quiet.district.code == "HE-HANDAN"
        details = [detail for line, detail in lines_about("organisation", quiet.id)
                   if line.verb == "organisation.edit"]  # fmt: skip
        assert details[0] is not None and details[0]["kind"] == ["enterprise", "institute"]
        (again,) = taken_over(
            world,
            row(QUIET, 统一社会信用代码=CODE, 类别="科研院所", 城市="邯郸", 环节="制氢"),
        )
        assert again.fate is Fate.SAME

    def test_what_the_row_does_not_say_stays(self, world: World) -> None:
        taken_over(world, row(QUIET, 简介="做阀门。", 城市="邯郸"))
        (stored,) = taken_over(world, row(QUIET, 类别="", 省份=""))
        assert stored.fate is Fate.SAME
        assert named(QUIET).summary == "做阀门。"

    def test_a_kind_guessed_from_the_name_changes_nothing(self, world: World) -> None:
        taken_over(world, row(QUIET, 类别="科研院所"))
        (stored,) = taken_over(world, row(QUIET, 类别=""))
        assert stored.fate is Fate.SAME and named(QUIET).kind is OrganisationKind.INSTITUTE

    def test_a_city_does_not_replace_a_district_within_it(self, world: World) -> None:

        lianchi = region_by_code("HE-BAODING-LIANCHI")
        assert lianchi is not None
        organisation("河北莲池有限公司", district=lianchi)
        taken_over(world, row("河北莲池有限公司"))
        (stored,) = taken_over(world, row("河北莲池有限公司", 城市="保定"))
        assert stored.fate is Fate.SAME

    def test_who_keeps_itself_is_only_filled_in(self, world: World) -> None:
        before = named(MAKER)
        kind, region = before.kind, before.region_id
        (stored,) = taken_over(
            world, row(MAKER, 类别="科研院所", 省份="北京", 城市="海淀区", 统一社会信用代码=CODE)
        )
        after = named(MAKER)
        assert stored.fate is Fate.CHANGED
        assert (after.kind, after.region_id, after.uscc) == (kind, region, CODE)
        assert after.district is not None and after.district.code == "BJ-HAIDIAN"
        assert stored.reason, "what stays is said"

    def test_who_keeps_itself_keeps_its_province_and_its_nodes(self, world: World) -> None:

        maker = named(MAKER)
        choose_nodes(maker, [node("加氢站").id], by=world.actor("manager"))
        (stored,) = taken_over(world, row(MAKER, 省份="河北", 城市="保定", 环节="制氢"))
        after = named(MAKER)
        assert (stored.fate, after.region.code, after.district) == (Fate.SAME, "BJ", None)
        assert [each.name for each in nodes_of(after.id)] == ["加氢站"]

    def test_no_contact_is_ever_made(self, world: World) -> None:
        before = db.session.scalar(select(func.count()).select_from(ContactPoint))
        rows = [("单位名称", "省份", "联系人", "电话"), (QUIET, "河北", "王五", "13800000000")]

        sheets = [sheet(rows)]
        layouts = guess_layouts(sheets, queries.reference().lexicon)
        keeper = world.actor("secretary")
        made = operations.bring_workbook(alliance(world), "通讯录", sheets, layouts, by=keeper)
        source = opened(made)
        operations.begin(made, plan(made, keeper), by=keeper)
        take_over(made, source.records, source.shared, by=keeper)
        assert db.session.scalar(select(func.count()).select_from(ContactPoint)) == before
        assert queries.sheets_of(made.id) is None, "the numbers are erased with the cells"
        details = db.session.scalars(select(journal.JournalDetail.content)).all()
        assert "13800000000" not in str(details)


class TestRefused:
    def test_suspended_expelled_and_applying_ones_are_told_apart(self, world: World) -> None:
        keeper = world.actor("secretary")
        quiet = db.session.get_one(Membership, world.membership["quiet"])
        alliances.suspend_membership(quiet, note="未缴费", by=keeper)
        supplier = db.session.get_one(Membership, world.membership["supplier"])
        alliances.expel_membership(supplier, note="长期不参加", basis="决议", by=keeper)
        verdicts = judged(world, row(QUIET), row("河北乙材料有限公司"), row("北京丁生物有限公司"))
        assert {each.fate for each in verdicts} == {Fate.REFUSED}
        assert len({str(each.reasons[0]) for each in verdicts}) == 3

    def test_a_row_of_another_alliance_is_left_to_its_secretary(self, world: World) -> None:
        (stored,) = taken_over(world, row("北京新药有限公司", 省份="北京", 联盟="生物医药"))
        assert (stored.fate, stored.effect) == (Fate.OTHER_ALLIANCE, Effect.NOTHING)
        assert stored.alliance_id == world.alliance["biomedicine"]
        assert stored.organisation_id is None
        wanted = select(Organisation).where(Organisation.name == "北京新药有限公司")
        assert db.session.scalar(wanted) is None

    def test_refused_rows_keep_their_cells_and_leave_nothing_else(self, world: World) -> None:
        refused, taken = taken_over(world, row("甲公司", 省份="山东"), row("河北乙新公司"))
        assert refused.cells is not None and refused.cells[0] == "甲公司"
        assert taken.cells is None and taken.fate is Fate.NEW

    def test_a_rule_that_refuses_while_writing_refuses_that_row_alone(self, world: World) -> None:
        """The same code under two names, for two alliances, is no double within one of them."""

        both = db.session.get_one(Person, world.person["secretary"])
        grant_appointment(both, Role.SECRETARY, scope_id=world.alliance["biomedicine"], by=SYSTEM)
        rows = taken_over(
            world,
            row("河北前公司"),
            row("河北一号有限公司", 统一社会信用代码=CODE),
            row("河北二号有限公司", 统一社会信用代码=CODE, 联盟="生物医药"),
            row("河北后公司"),
        )
        assert [each.fate for each in rows] == [Fate.NEW, Fate.NEW, Fate.REFUSED, Fate.NEW]
        assert rows[2].reason and "河北一号有限公司" in rows[2].reason
        assert not journal.verify().faults


@pytest.mark.parametrize("who", ["manager", "chair", "other_secretary", "admin", "liaison"])
def test_nobody_else_brings_or_takes_over(world: World, who: str) -> None:
    other = world.actor(who)
    before = db.session.scalar(select(func.count()).select_from(JournalLine))
    with pytest.raises(Denied):
        brought(world, row("河北甲新公司"), who=who)
    made = db.session.get_one(MemberImport, world.member_import["open"])
    for refused in (
        lambda: operations.start_import(made, [("成员", 2, "")], by=other),
        lambda: operations.discard_import(made, by=other),
        lambda: operations.correct_layouts(made, [], [], by=other),
        lambda: operations.place_node(made, alliance(world), "x", None, by=other),
    ):
        with pytest.raises(Denied):
            refused()
    assert db.session.scalar(select(func.count()).select_from(JournalLine)) == before


def test_a_sheet_of_as_many_rows_as_are_read_can_be_judged(world: World) -> None:
    """PostgreSQL takes 65,535 parameters in one question."""
    maker = db.session.get_one(Organisation, world.organisation["maker"])
    names = {maker.normal_name, *(f"公司{number}" for number in range(20_000))}
    codes = {f"{number:018d}" for number in range(20_000)}
    known = queries.known_organisations(names, codes)
    assert known.ids == {maker.id} == known.managed
    assert queries.nodes_held(range(70_000)) is not None
    assert (world.alliance["hydrogen"], maker.id) in queries.places_held(range(70_000))
