"""An import chunk by chunk, and the nodes it leaves to people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Appointment, Organisation, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM
from portal.database import db
from portal.engines import WRITING
from portal.errors import Denied, Refused, Stale
from portal.imports import operations, queries
from portal.imports.erasing import KEPT_DAYS
from portal.imports.models import Effect, Fate, MemberImport, MemberImportRow
from portal.imports.running import opened
from portal.imports.taking_over import CHUNK, take_over, write_chunk
from portal.organisations.filling import Said, add_node, fill_in
from portal.organisations.queries import nodes_of
from portal.roles import Role
from tests.conftest import both_engines
from tests.imports.make import (
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
from tests.world import World

pytestmark = [both_engines, pytest.mark.usefixtures("context")]


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

    def test_what_somebody_wrote_between_two_rows_of_one_organisation_stays(
        self, world: World
    ) -> None:
        by, grant = world.actor("secretary"), world.alliance["biomedicine"]
        keeper = db.session.get_one(Person, by.person_id)
        grant_appointment(keeper, Role.SECRETARY, scope_id=grant, by=SYSTEM)
        for name in ("河北丁公司", "河北庚公司"):
            organisation(name)
        later = (row(f"河北第{n}号公司") for n in range(CHUNK - 2))
        made = brought(
            world,
            *(row(name, 简介="一") for name in ("河北丁公司", "河北庚公司")),
            *later,
            *(row(name, 简介="二", 联盟="生物医药") for name in ("河北丁公司", "河北庚公司")),
        )
        operations.begin(made, plan(made, by), by=by)
        source = opened(made)
        take_over(made, source.records, source.shared, by=by)
        fill_in(named("河北丁公司"), Said(summary="秘书处刚写的"), by=by)
        again = db.session.get_one(MemberImport, made.id)
        take_over(again, source.records, source.shared, by=by)
        assert named("河北丁公司").summary == "秘书处刚写的"
        assert named("河北庚公司").summary == "二", "what the import itself wrote is no such change"

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
