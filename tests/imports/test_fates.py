"""The fate of each row: who is meant, what changes, what is refused, what is never touched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal import clock, journal
from portal.accounts.models import Appointment, Organisation, OrganisationKind, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM
from portal.alliances import applying
from portal.alliances import operations as alliances
from portal.alliances.models import Membership, Tier
from portal.chain.models import ChainNode
from portal.database import WRITING, db
from portal.errors import Denied, Refused, Stale
from portal.imports import operations, queries
from portal.imports.erasing import KEPT_DAYS
from portal.imports.models import Effect, Fate, MemberImport, MemberImportRow
from portal.imports.recognising import guess_layouts
from portal.imports.running import opened
from portal.imports.taking_over import CHUNK, take_over, write_chunk
from portal.journal import JournalLine, lines_about
from portal.organisations.filling import Said, add_node, fill_in
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
    OTHER_CODE,
    alliance,
    brought,
    judged,
    member,
    named,
    organisation,
    plan,
    row,
    taken_over,
)
from tests.imports.test_recognising import sheet
from tests.world import World

pytestmark = [both_engines, pytest.mark.usefixtures("context")]

#: A member of hydrogen whom nobody manages, and one who keeps itself.
QUIET, MAKER = "河北戊制造有限公司", "北京甲氢能有限公司"


def node(name: str) -> ChainNode:
    return db.session.execute(select(ChainNode).where(ChainNode.name == name).limit(1)).scalar_one()


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


class TestChunks:
    def test_an_import_goes_on_where_it_stood(self, world: World) -> None:
        keeper = world.actor("secretary")
        count = CHUNK + 5
        made = brought(world, *(row(f"河北第{n}号公司") for n in range(count)))
        source = opened(made)
        operations.begin(made, plan(made, keeper), by=keeper)
        take_over(made, source.records, source.shared, by=keeper)
        assert (made.done, made.finished_at) == (CHUNK, None)
        again = db.session.get_one(MemberImport, made.id)
        source = opened(again)
        take_over(again, source.records, source.shared, by=keeper)
        assert again.done == count and again.finished_at is not None
        stored = db.session.scalars(
            select(MemberImportRow.row).where(MemberImportRow.member_import_id == made.id)
        ).all()
        assert sorted(stored) == list(range(2, count + 2))

    def test_what_changed_since_it_was_begun_is_refused_for_that_row(self, world: World) -> None:
        """What was seen is done, or nothing; what the import itself did is no such change."""
        by = world.actor("secretary")
        grant_appointment(
            db.session.get_one(Person, by.person_id),
            Role.SECRETARY,
            scope_id=world.alliance["biomedicine"],
            by=SYSTEM,
        )
        organisation("河北丁公司")
        made = brought(
            world,
            row(QUIET, 简介="表里的简介"),
            row("河北丙新公司"),
            row("河北丁公司", 简介="一"),
            row("河北丁公司", 简介="二", 联盟="生物医药"),
            row("河北己新公司", 省份=""),
        )
        operations.begin(made, plan(made, by), by=by)
        fill_in(named(QUIET), Said(summary="秘书处刚写的"), by=by)
        organisation("河北丙新公司")
        source = opened(db.session.get_one(MemberImport, made.id))
        take_over(made, source.records, source.shared, by=by)
        stored = {each.row: each for each in queries.rows_of(made.id)}
        assert [stored[n].fate for n in range(2, 7)] == [
            Fate.REFUSED,
            Fate.REFUSED,
            Fate.NEW,
            Fate.OTHER_ALLIANCE,
            Fate.REFUSED,
        ]
        assert stored[5].effect is Effect.CREATED and named("河北丁公司").summary == "二"
        assert "已有变动" in (stored[2].reason or "") and "已有变动" in (stored[3].reason or "")
        assert stored[2].cells is not None, "it is handed back"
        assert named(QUIET).summary == "秘书处刚写的"
        assert member(world, "河北丙新公司") is None

    def test_it_goes_on_with_the_rows_that_were_kept(self, world: World) -> None:
        """Also where its rows are read another way meanwhile, no row is left out or done twice."""
        by, count = world.actor("secretary"), CHUNK + 3
        made = brought(world, *(row(f"河北第{n}号公司") for n in range(count)))
        operations.begin(made, plan(made, by), by=by)
        source = opened(made)
        take_over(made, source.records, source.shared, by=by)
        layouts = [{**each, "last_header": 4} for each in made.layouts]
        writing = db.engine.connect().execution_options(**{WRITING: True})
        with writing as connection, connection.begin():
            connection.execute(update(MemberImport.__table__).values(layouts=layouts))
        again = db.session.get_one(MemberImport, made.id, populate_existing=True)
        source = opened(again)
        assert len(source.records) == count
        take_over(again, source.records, source.shared, by=by)
        stored = [each.row for each in queries.rows_of(made.id)]
        assert stored == list(range(2, count + 2))
        assert again.finished_at is not None

    def test_two_at_once_do_not_take_the_same_chunk(self, world: World) -> None:
        keeper = world.actor("secretary")
        made = brought(world, *(row(f"河北第{n}号公司") for n in range(3)))
        source = opened(made)
        operations.begin(made, plan(made, keeper), by=keeper)
        take_over(made, source.records, source.shared, by=keeper)
        with pytest.raises(Refused):
            write_chunk(made, source.records, 0, source.shared, {}, total=3, by=keeper)

    def test_a_role_that_ends_ends_the_import(self, world: World) -> None:
        made = brought(world, row("河北甲新公司"))
        source = opened(made)
        by = world.actor("secretary")
        operations.begin(made, plan(made, by), by=by)
        appointment = db.session.get_one(Appointment, world.appointment["secretary"])
        end_appointment(appointment, by=SYSTEM)
        with pytest.raises(Denied):
            take_over(made, source.records, source.shared, by=world.actor("secretary"))
        assert made.done == 0

    def test_what_is_begun_is_neither_corrected_nor_discarded(self, world: World) -> None:
        keeper = world.actor("secretary")
        made = brought(world, row("河北甲新公司"))
        with pytest.raises(Stale):
            operations.discard_import(made, by=keeper, expected=made.version + 1)
        operations.begin(made, plan(made, keeper), by=keeper)
        with pytest.raises(Refused):
            operations.discard_import(made, by=keeper)
        with pytest.raises(Refused):
            operations.correct_layouts(made, [], [], by=keeper)

    def test_a_discarded_one_keeps_no_cell(self, world: World) -> None:
        made, by = brought(world, row("河北甲新公司")), world.actor("secretary")
        seen = plan(made, by)
        operations.discard_import(made, by=by)
        assert queries.sheets_of(made.id) is None
        with pytest.raises(Refused):
            operations.begin(made, seen, by=by)

    def test_cells_of_old_imports_are_erased_with_the_next(self, world: World) -> None:

        old = brought(world, row("河北甲新公司"))
        given_up = brought(world, row("河北丙新公司"))
        by = world.actor("secretary")
        operations.begin(given_up, plan(given_up, by), by=by)
        (refused,) = taken_over(world, row("甲公司", 省份="山东"))
        later = clock.now() + timedelta(days=KEPT_DAYS + 1)
        with clock.standing_still(later):
            brought(world, row("河北乙新公司"))
        db.session.expire_all()
        assert queries.sheets_of(old.id) is None
        assert queries.sheets_of(given_up.id) is None, "also where a worker never came to its end"
        assert db.session.get_one(MemberImportRow, refused.id).cells is None


class TestNodes:
    def test_a_text_is_placed_for_all_rows_and_known_from_then_on(self, world: World) -> None:
        keeper = world.actor("secretary")
        rows = [row("河北一公司", 环节="氢能物流"), row("河北二公司", 环节="氢能 物流")]
        stored = taken_over(world, *rows)
        assert [each.chain_node_id for each in stored] == [None, None]
        made = db.session.get_one(MemberImport, stored[0].member_import_id)
        (waiting,) = queries.unplaced_in(made.id)
        assert (waiting.text, waiting.count) == ("氢能物流", 2)
        target = node("运氢")
        assert operations.place_node(made, alliance(world), "氢能物流", target, by=keeper) == 2
        assert queries.unplaced_in(made.id) == []
        for name in ("河北一公司", "河北二公司"):
            assert [each.name for each in nodes_of(named(name).id)] == ["运氢"]
        again = taken_over(world, *rows, row("河北三公司", 环节="氢能物流"))
        assert [each.fate for each in again] == [Fate.SAME, Fate.SAME, Fate.NEW]
        assert {each.chain_node_id for each in again} == {target.id}

    def test_who_keeps_itself_stays_where_it_put_itself(self, world: World) -> None:
        keeper = world.actor("secretary")
        maker = db.session.get_one(Organisation, world.organisation["maker"])
        assert not maker.is_without_manager
        add_node(maker, node("储氢"), by=keeper)
        (stored,) = taken_over(world, row(maker.name, 环节="氢能物流"))
        made = db.session.get_one(MemberImport, stored.member_import_id)
        operations.place_node(made, alliance(world), "氢能物流", node("运氢"), by=keeper)
        assert "运氢" not in [each.name for each in nodes_of(maker.id)]

    def test_a_text_may_stay_one(self, world: World) -> None:
        (stored,) = taken_over(world, row("河北一公司", 环节="投资"))
        made = db.session.get_one(MemberImport, stored.member_import_id)
        operations.place_node(made, alliance(world), "投资", None, by=world.actor("secretary"))
        assert queries.unplaced_in(made.id) == [] and nodes_of(named("河北一公司").id) == []
        with pytest.raises(Refused):
            operations.place_node(made, alliance(world), "投资", None, by=world.actor("secretary"))

    def test_a_node_of_another_chain_is_refused(self, world: World) -> None:
        (stored,) = taken_over(world, row("河北一公司", 环节="投资"))
        made = db.session.get_one(MemberImport, stored.member_import_id)
        with pytest.raises(Refused):
            operations.place_node(
                made, alliance(world), "投资", node("激光雷达"), by=world.actor("secretary")
            )

    def test_a_node_is_found_on_the_map_of_the_rows_own_alliance(self, world: World) -> None:
        """操作系统 stands on the map of IT alone."""
        one, other = judged(world, row("甲公司", 环节="操作系统"), row("乙公司", 环节="制氢"))
        assert one.said.node is None and other.said.node is not None


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
