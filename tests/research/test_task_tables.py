"""Tables of tasks: taken along, brought back, and those that somebody has of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Organisation
from portal.alliances.models import Membership
from portal.alliances.operations import withdraw_membership
from portal.database import db
from portal.engines import WRITING
from portal.errors import Refused, Stale
from portal.imports import task_operations
from portal.imports.erasing import KEPT_DAYS
from portal.imports.forms import TASK_FIELDS
from portal.imports.models import Fate
from portal.imports.task_fates import TaskVerdict, seal_of
from portal.imports.task_models import TaskImport, TaskImportRow
from portal.imports.task_operations import (
    begin_tasks,
    bring_tasks,
    correct_tasks,
    discard_tasks,
    judged,
    sheets_of,
    table_of,
    take_over_tasks,
)
from portal.imports.words import label_of, words
from portal.organisations.merging import merge_organisations
from portal.research import cards, operations, partnering, planning
from portal.research.board_models import Card
from portal.research.cards import CardContent
from portal.research.columns import limit_column
from portal.research.models import Project
from portal.research.task_queries import comments_in, tasks_in
from portal.sheets.comma import read_table, written
from portal.sheets.reading import ReadSheet
from tests.client import Client
from tests.conftest import both_engines
from tests.imports.tables import sheet
from tests.research.make import active, board, on_board, order, part_of
from tests.world import World

HEADER = ("序号", "任务名称", "责任人", "责任单位", "完成时限", "状态", "任务包", "标签", "备注")


def brought(world: World, project: Project, *sheets: ReadSheet) -> TaskImport:
    return bring_tasks(project, "计划.xlsx", sheets, by=world.actor("delegate"))


def verdicts(made: TaskImport) -> list[TaskVerdict]:
    return judged(made, table_of(made))


def taken_over(world: World, made: TaskImport) -> TaskImport:
    by = world.actor("delegate")
    begin_tasks(made, seal_of(verdicts(made)), by=by)
    while made.is_open:
        take_over_tasks(made, by=by)
    return made


def said(project: Project) -> list[tuple[Any, ...]]:
    """Return what the tasks of a board say, but for their numbers here."""
    names = {each.id: each.kind for each in board(project)}
    return [(names[row.column_id], row.content) for row in tasks_in(project.id)]


def rich(world: World, title: str = "rich 联合攻关") -> Project:
    """Return a project whose tasks say all that tasks can say, and what breaks tables."""
    project, by = active(world, title=title), world.actor("delegate")
    supplier, person = world.organisation["supplier"], world.person["supplier"]
    planning.add_package(project, name="工艺", organisation_id=supplier, by=by)
    [package] = [each.id for each in db.session.scalars(_packages(project))]
    columns = [each.id for each in board(project)]
    full = CardContent(
        "缠绕 张力 试验，第1批",
        '含"引号"、逗号,\n第二行',
        person,
        supplier,
        package,
        clock.today(),
        ("急", "工艺"),
    )
    cards.add_card(project, full, column_id=columns[1], by=by)
    cards.add_card(project, CardContent("=1+1"), by=by)
    cards.add_card(project, CardContent("'-5度", "长" * 3000), by=by)
    cards.add_card(project, CardContent("同名", organisation_id=supplier), by=by)
    cards.add_card(project, CardContent("同名", organisation_id=supplier), by=by)
    cards.add_card(project, CardContent("1.2 方案"), column_id=columns[3], by=by)
    return project


def _packages(project: Project) -> Any:
    return select(planning.WorkPackage).where(planning.WorkPackage.project_id == project.id)


@pytest.mark.usefixtures("context")
class TestForeignTables:
    def test_a_plan_of_an_office_becomes_tasks(self, world: World) -> None:
        project, by = active(world), world.actor("delegate")
        planning.add_package(
            project, name="工艺", organisation_id=world.organisation["maker"], by=by
        )
        on_board(world, project, "张力试验")
        name = next(s.people[0].name for s in judge_sides(project) if s.people)
        rows = [
            ("联合课题任务分工表",),
            HEADER,
            (1, "张力 试验", "", "", "2026年12月底前", "进行中"),
            (2, "爆破试验", name, "", "2027-03-01", "进行中", "工艺", "急、安全", "两次"),
            (3, "型式认证", "王某某", "没有的单位", "长期", "搁置", "别的包"),
            (4, "", name, "", "2027年"),
            (5, "爆破试验", name, "", "2027-03-01", "进行中", "工艺", "急、安全", "两次"),
            (6, "机密材料整理"),
            ("合计", "6项"),
            ("注：以上为计划。",),
        ]
        made = brought(world, project, sheet(rows, ["A1:I1"]))
        found = {each.record.row: each for each in verdicts(made)}
        assert {row: each.fate for row, each in found.items()} == {
            3: Fate.SAME,
            4: Fate.NEW,
            5: Fate.NEW,
            6: Fate.REFUSED,
            7: Fate.REFUSED,
            8: Fate.REFUSED,
        }
        taken_over(world, made)
        assert made.sheets is None, "the cells are erased"
        assert [row[1] for row in made.refused] == [6, 7, 8]
        columns = [each.id for each in board(project)]
        assert order(columns[0]) == ["张力试验", "型式认证"]
        assert order(columns[1]) == ["爆破试验"]
        said_of = {each.content.title: each.content for each in tasks_in(project.id)}
        burst, odd = said_of["爆破试验"], said_of["型式认证"]
        assert (burst.labels, burst.text, str(burst.due_on)) == (
            ("急", "安全"),
            "两次",
            "2027-03-01",
        )
        assert burst.owner_id is not None and burst.package_id is not None
        assert odd.owner_id is None and odd.due_on is None
        for word in ("王某某", "没有的单位", "长期", "别的包"):
            assert word in (odd.text or ""), "nothing of what somebody wrote is lost"

    def test_what_bears_a_mark_of_secrecy_is_not_stored(self, world: World) -> None:
        project = active(world)
        rows = [
            HEADER,
            (1, "机密材料整理", "", "河北"),
            (2, "张力试验", "", "河北", "", "", "", "", "绝密"),
        ]
        made = brought(world, project, sheet(rows))
        assert [each.fate for each in verdicts(made)] == [Fate.REFUSED, Fate.REFUSED]
        for word in ("材料整理", "张力试验"):
            assert word not in str(made.sheets)
        taken_over(world, made)
        assert len(made.refused) == 2
        assert "材料整理" not in str(made.refused)
        with pytest.raises(Refused, match="密"):
            brought(world, project, sheet([("秘密★ 任务分工表",), HEADER, (1, "甲", "", "河北")]))

    def test_what_others_were_not_to_see_is_not_kept(self, world: World) -> None:
        project = active(world)
        sheets = [
            sheet([HEADER, (1, "张力试验", "", "河北")]),
            replace(sheet([("姓名", "工资"), ("李工", "9000")], name="工资"), is_hidden=True),
            replace(sheet([HEADER, (1, "藏起的事", "", "河北")], name="备"), is_hidden=True),
            sheet([("", "机 密★5年"), ("配方", "铂载量0.3")], name="配方"),
            sheet([("说明",), ("按月更新",)], name="说明"),
        ]
        made = brought(world, project, *sheets)
        assert [each["name"] for each in made.sheets or ()] == ["表", "说明"]
        assert made.total == 1
        older = [each.as_data() for each in sheets]
        writing = db.engine.connect().execution_options(**{WRITING: True})
        with writing as connection, connection.begin():
            values = {"sheets": older, "layouts": None}
            connection.execute(update(TaskImport.__table__).values(values))
        db.session.expire_all()
        shown, layouts = sheets_of(made)
        assert [each.name for each in shown] == ["表", "说明"]
        assert [bool(each) for each in layouts] == [True, False]

    def test_what_stands_above_a_corrected_header_bears_no_mark_of_secrecy(
        self, world: World
    ) -> None:
        project, by = active(world), world.actor("delegate")
        rows = [HEADER, (1, "绝密事项", "", "河北"), HEADER, (2, "张力试验", "", "河北")]
        made = brought(world, project, sheet(rows))
        _sheets, [layout] = sheets_of(made)
        below = replace(layout, first_header=3, last_header=3)
        with pytest.raises(Refused, match="密"):
            correct_tasks(made, [below], by=by)
        begin_tasks(made, seal_of(verdicts(made)), by=by)
        with pytest.raises(Refused):
            correct_tasks(made, [layout], by=by)

    def test_a_full_column_takes_no_more_rows(self, world: World) -> None:
        project = active(world)
        limit_column(project, board(project)[0].id, card_limit=1, by=world.actor("delegate"))
        made = brought(
            world, project, sheet([HEADER, (1, "甲", "", "河北"), (2, "乙", "", "河北")])
        )
        assert [each.fate for each in verdicts(made)] == [Fate.NEW, Fate.REFUSED]
        assert taken_over(world, made).counts == {"new": 1, "refused": 1}

    def test_what_is_no_table_of_tasks_is_refused_and_so_is_a_closed_board(
        self, world: World
    ) -> None:
        project = active(world)
        with pytest.raises(Refused):
            brought(world, project, sheet([("设备", "价格"), ("缠绕机", "3")]))
        operations.hold_project(project, by=world.actor("delegate"), note="等批复。")
        with pytest.raises(Refused):
            brought(world, project, sheet([HEADER, (1, "甲", "", "河北")]))


def judge_sides(project: Project) -> list[Any]:
    return list(cards.people_in(project.id).values())


@pytest.mark.usefixtures("context")
class TestComingBack:
    def test_only_a_number_of_this_board_changes_a_task(self, world: World) -> None:
        project, other = active(world), active(world, title="其他课题")
        mine, theirs = on_board(world, project, "甲"), on_board(world, other, "甲")
        head = ("门户任务号", "任务", "所在列", "说明")
        rows = [head, (mine.id, "甲改", "已完成", "新"), (theirs.id, "甲", "待办", "外")]
        made = brought(world, project, sheet(rows))
        changed, new = verdicts(made)
        assert (changed.fate, changed.card_id, new.fate) == (Fate.CHANGED, mine.id, Fate.NEW)
        taken_over(world, made)
        assert order(board(project)[0].id) == ["甲改", "甲"], "changed, and not moved"
        assert db.session.get_one(Card, theirs.id).title == "甲"

    def test_what_changed_since_it_was_seen_is_shown_again(self, world: World) -> None:
        project, by = active(world), world.actor("delegate")
        card = on_board(world, project, "甲")
        made = brought(world, project, sheet([("门户任务号", "任务", "说明"), (card.id, "乙", "")]))
        seal = seal_of(verdicts(made))
        cards.edit_card(card, CardContent("乙", "有人先改了"), by=world.actor("supplier"))
        with pytest.raises(Stale):
            begin_tasks(made, seal, by=by)
        assert made.started_at is None

    def test_it_goes_on_where_it_stood(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(task_operations, "CHUNK", 2)
        project, by = active(world), world.actor("delegate")
        titles = ["同", "同", "丙", "同", "戊"]
        rows = [(n, title, "", "", "", "", "", "", f"{n}号") for n, title in enumerate(titles, 1)]
        made = brought(world, project, sheet([HEADER, *rows]))
        seal = seal_of(verdicts(made))
        begin_tasks(made, seal, by=by)
        take_over_tasks(made, by=by)
        assert (made.done, order(board(project)[0].id)) == (2, ["同", "同"])
        begin_tasks(made, seal, by=by)  # the same button once more
        while made.is_open:
            take_over_tasks(made, by=by)
        assert order(board(project)[0].id) == titles
        assert made.counts == {"new": 5}

    @both_engines
    def test_what_changed_after_it_was_begun_is_refused_for_that_row(self, world: World) -> None:
        """What was seen is done, or nothing: nobody's later work is written over."""
        project = active(world, partners=("supplier", "chairer"))
        by, other = world.actor("delegate"), world.actor("supplier")
        ids = [on_board(world, project, title).id for title in ("改", "撤", "照旧")]
        leaving = part_of(project, world.organisation["chairer"])
        rows = [
            ("门户任务号", "任务", "所在列", "说明", "责任单位"),
            *((number, f"新{number}", "", "表里的") for number in ids),
            ("", "重名"),
            ("", "同名", "待办"),
            ("", "同名", "待办", "二"),
            ("", "满列", "审核中"),
            ("", "离开", "", "", leaving.organisation.name),
        ]
        made = brought(world, project, sheet(rows))
        begin_tasks(made, seal_of(verdicts(made)), by=by)
        changed, gone, _same = (db.session.get_one(Card, number) for number in ids)
        cards.edit_card(changed, CardContent("改", "有人先改了"), by=other)
        cards.put_away_card(gone, by=other)
        cards.add_card(project, CardContent("重名"), by=other)
        review = board(project)[2].id
        cards.add_card(project, CardContent("先到"), column_id=review, by=other)
        limit_column(project, review, card_limit=1, by=by)
        partnering.leave_project(leaving, by=world.actor("chair"), note="退出。")
        while made.is_open:
            take_over_tasks(made, by=by)
        why = {name: said for _sheet, _row, name, said, _cells in made.refused}
        assert why == {
            f"新{ids[0]}": "其间他人修改过这项任务，保持原样。",
            f"新{ids[1]}": "其间这项任务已从看板撤下。",
            "重名": "其间已有他人新建同名任务。",
            "满列": "此列最多 1 项任务，请先完成其中一项。",
            "离开": "承担方已不再参加本课题。",
        }
        assert all(cells for *_rest, cells in made.refused), "they are handed back as they were"
        assert order(board(project)[0].id) == ["改", f"新{ids[2]}", "重名", "同名", "同名"]
        assert made.counts == {"refused": 5, "changed": 1, "new": 2}
        assert not db.session.scalars(select(TaskImportRow)).all(), "what was kept goes with it"

    def test_a_merged_organisation_goes_on_with_what_was_kept(self, world: World) -> None:
        project, by = active(world), world.actor("delegate")
        supplier, quiet = (
            db.session.get_one(Organisation, world.organisation[name])
            for name in ("supplier", "quiet")
        )
        card = cards.add_card(project, CardContent("旧", organisation_id=supplier.id), by=by)
        rows = [
            ("门户任务号", "任务", "说明", "责任单位"),
            (card.id, "旧", "表里的", supplier.name),
            ("", "新", "", supplier.name),
        ]
        made = brought(world, project, sheet(rows))
        begin_tasks(made, seal_of(verdicts(made)), by=by)
        place = db.session.get_one(Membership, world.membership["quiet"])
        withdraw_membership(place, by=world.actor("secretary"), basis="来函1号")
        merge_organisations(supplier, quiet, by=world.actor("admin"))
        db.session.expire_all()
        while made.is_open:
            take_over_tasks(made, by=by)
        assert made.refused == []
        found = [each.content for each in tasks_in(project.id)]
        assert {(each.title, each.text, each.organisation_id) for each in found} == {
            ("旧", "表里的", quiet.id),
            ("新", None, quiet.id),
        }

    def test_what_was_begun_is_never_read_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(task_operations, "CHUNK", 2)
        project, by = active(world), world.actor("delegate")
        made = brought(world, project, sheet([HEADER, *((n, f"第{n}项") for n in range(1, 6))]))
        begin_tasks(made, seal_of(verdicts(made)), by=by)
        take_over_tasks(made, by=by)
        writing = db.engine.connect().execution_options(**{WRITING: True})
        with writing as connection, connection.begin():
            connection.execute(update(TaskImport.__table__).values(sheets=[]))
        while made.is_open:
            take_over_tasks(made, by=by)
        assert order(board(project)[0].id) == [f"第{n}项" for n in range(1, 6)]

    def test_one_that_nobody_took_over_is_over_with_its_cells(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        project, by = active(world), world.actor("delegate")
        waiting, begun = (
            brought(world, project, sheet([HEADER, (1, title, "", "河北")])) for title in "甲乙"
        )
        begin_tasks(begun, seal_of(verdicts(begun)), by=by)
        with clock.standing_still(clock.now() + timedelta(days=KEPT_DAYS + 1)):
            brought(world, project, sheet([HEADER, (1, "丙", "", "河北")]))
        db.session.expire_all()
        for made in (waiting, begun):
            assert not made.is_open and made.sheets is None
            with pytest.raises(Refused):
                discard_tasks(made, by=by)
            client = visit("delegate")
            page = client.soup(f"/task-imports/{made.id}")
            assert "30天内无人导入" in page.get_text()
            assert not page.select('form[action*="/task-imports/"]')
            answer = client.post(f"/task-imports/{made.id}/discard")
            assert answer.status_code == 422
            assert "30天内无人导入" in answer.text


class TestPages:
    @pytest.mark.parametrize("ending", ["xlsx", "csv"])
    def test_what_is_taken_along_and_brought_back_is_the_same(
        self, ending: str, app: Flask, world: World, visit: Callable[..., Client]
    ) -> None:
        with app.app_context():
            ids = [rich(world).id, active(world, title="empty 空").id]
            supplier = world.organisation["supplier"]
            project = db.session.get_one(Project, ids[1])
            by = world.actor("delegate")
            planning.add_package(project, name="工艺", organisation_id=supplier, by=by)
            db.session.remove()
        client = visit("delegate")
        content = client.get(f"/projects/{ids[0]}/tasks/table.{ending}").data
        with app.app_context():
            before = said(db.session.get_one(Project, ids[0]))
            db.session.remove()
        for target, button in ((ids[0], False), (ids[1], True)):
            answer = client.post(
                f"/projects/{target}/tasks/import",
                {
                    "file": (BytesIO(content), f"计划.{ending}"),
                    "is_checked": "y",
                    "key": str(target),
                },
                content_type="multipart/form-data",
            )
            assert answer.status_code == 302, answer.text
            page = client.soup(answer.location)
            form = page.select_one('form[action$="/take-over"]')
            assert (form is not None) == button, page.get_text(" ", strip=True)
            if form is not None:
                data = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
                assert client.post(form["action"], data).status_code == 302
                client.get(answer.location)
        with app.app_context():
            after = said(db.session.get_one(Project, ids[1]))
            db.session.remove()
        assert strip_long(after, ending) == strip_packages(strip_long(before, ending), after)

    def test_every_heading_is_read_again_in_both_languages(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        address = f"/projects/{world.project['active']}/tasks/table.xlsx"
        with visit("delegate").app.app_context():
            labels = words("tasks").labels
            db.session.remove()
        for language in ("zh", "en"):
            answer = visit("delegate", language=language).get(address)
            book = load_workbook(BytesIO(answer.data))
            head = [cell.value for cell in next(book.worksheets[0].iter_rows())]
            found = {labels.get(label_of(str(each))) for each in head}
            assert found == {*(each.value for each in TASK_FIELDS), "other"}, language
            assert None not in found, "what is left out is known to be"

    def test_the_list_as_a_workbook_begins_with_the_number_of_each_task(
        self, world: World, visit: Callable[..., Client]
    ) -> None:
        answer = visit("supplier").get(f"/projects/{world.project['active']}/tasks.xlsx")
        head, *rows = load_workbook(BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True)
        assert head[:2] == ("门户任务号", "任务")
        assert dict(row[:2] for row in rows)[world.card["first"]].startswith("first")

    def test_checklists_and_comments_go_along_and_stay_as_they_are(
        self, app: Flask, world: World, visit: Callable[..., Client]
    ) -> None:
        by, number = world.actor("delegate"), world.card["first"]
        with app.app_context():
            card = db.session.get_one(Card, number)
            for text in ("装夹", "=1+1"):
                cards.add_item(card, text, by=by)
            cards.tick_item(card, card.items[0].id, is_done=True, by=by)
            for text in ("先做爆破。", "同意。"):
                cards.comment_card(card, text, by=by)
            db.session.remove()
        client, project = visit("delegate"), f"/projects/{world.project['active']}"
        book = load_workbook(BytesIO(client.get(f"{project}/tasks/table.xlsx").data))
        page = book.worksheets[0]
        rows = {row[0].value: row for row in page.iter_rows()}
        row = rows[number]
        assert [each.value for each in row[-2:]] == ["[x] 装夹\n[ ] =1+1", 2]
        other = rows[world.card["second"]]
        assert [each.value for each in other[-2:]] == [None, 0]
        row[1].value, row[-2].value, row[-1].value = "改了名的任务", "[ ] 全部重来", 0
        changed = BytesIO()
        book.save(changed)
        changed.seek(0)
        sent = {"file": (changed, "计划.xlsx"), "is_checked": "y"}
        answer = client.post(f"{project}/tasks/import", sent, content_type="multipart/form-data")
        form = client.soup(answer.location).select_one('form[action$="/take-over"]')
        data = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
        assert client.post(form["action"], data).status_code == 302
        with app.app_context():
            card = db.session.get_one(Card, number)
            assert card.title == "改了名的任务"
            items = [(each.text, each.is_done) for each in card.items]
            assert items == [("装夹", True), ("=1+1", False)]
            assert comments_in(card.project_id) == {number: 2}
            db.session.remove()

    @pytest.mark.parametrize("narrowed", ["owner", "organisation", "package"])
    def test_a_table_is_narrowed_as_the_list_is(
        self, narrowed: str, world: World, visit: Callable[..., Client]
    ) -> None:
        address = f"/projects/{world.project['active']}/tasks/table.csv?{narrowed}=999999"
        answer = visit("delegate").get(address)
        assert answer.status_code == 200
        assert len(answer.data.splitlines()) == 1

    def test_no_cell_of_a_text_wakes_a_formula(self) -> None:
        content = written(["任务"], [["=cmd|' /C calc'!A0"], ["-1"], ["@x"], ["'=a"]])
        lines = content.decode("utf-8-sig").splitlines()[1:]
        assert all(line.startswith("'") for line in lines)

    def test_one_that_stopped_is_found_again_and_goes_on(
        self,
        app: Flask,
        world: World,
        visit: Callable[..., Client],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(task_operations, "CHUNK", 2)
        by, number = world.actor("delegate"), world.project["active"]
        with app.app_context():
            project = db.session.get_one(Project, number)
            rows = [(n, f"第{n}项") for n in range(1, 6)]
            made = brought(world, project, sheet([HEADER, *rows, (6, "机密事项")]))
            begin_tasks(made, seal_of(verdicts(made)), by=by)
            take_over_tasks(made, by=by)
            address = f"/task-imports/{made.id}"
            db.session.remove()
        client = visit("supplier")
        listed = client.soup(f"/projects/{number}/tasks/import")
        [link] = listed.select(f'a[href="{address}"]')
        assert "尚未导完" in link.parent.get_text()
        page = client.soup(address)
        assert page.select_one(f'a[href="{address}/columns"]') is None, "it is begun"
        rows = [each.get_text(" ", strip=True) for each in page.select("tbody tr")]
        assert len(rows) == 4 and "第3项" in rows[0] and "密" in rows[3]
        form = page.select_one(f'form[action="{address}/take-over"]')
        data = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
        assert client.post(f"{address}/take-over", data).status_code == 302
        assert not client.soup(f"/projects/{number}/tasks/import").select(f'a[href="{address}"]')
        with app.app_context():
            titles = [row.content.title for row in tasks_in(number)]
            assert [titles.count(f"第{n}项") for n in range(1, 6)] == [1] * 5

    def test_a_wrong_guess_is_corrected_and_the_preview_follows(
        self, app: Flask, world: World, visit: Callable[..., Client]
    ) -> None:
        with app.app_context():
            project = db.session.get_one(Project, world.project["active"])
            rows = [
                ("任务", "责任人", "工作内容", "何时"),
                ("01", "河北", "张力试验", "2027-03-01"),
            ]
            number = brought(world, project, sheet(rows)).id
            db.session.remove()
        client, address = visit("supplier"), f"/task-imports/{number}"
        preview = client.soup(address)
        assert preview.select_one(f'a[href="{address}/columns"]') is not None
        form = client.soup(f"{address}/columns")
        sent = {each["name"]: each.get("value", "") for each in form.select("main form input")}
        for each in form.select("main form select"):
            chosen = each.select_one("option[selected]")
            sent[each["name"]] = chosen["value"] if chosen else ""
        assert (sent["sheet0-name"], sent["sheet0-person"]) == ("0", "1")
        right = {"sheet0-name": "2", "sheet0-date": "3"}
        right |= {"sheet0-person": "", "sheet0-specification": ""}
        for wrong, sentence in (
            ({"sheet0-name": ""}, "请指定任务所在列"),
            ({"sheet0-name": "3", "sheet0-date": "3"}, "这一列已用于其他字段"),
            ({"sheet0-last_header": "9"}, "表头末行应等于首行"),
            ({"sheet0-first_header": "2", "sheet0-last_header": "2"}, "没有可导入的行"),
            ({"sheet0-name": "99"}, "有效"),
        ):
            answer = client.post(f"{address}/columns", {**sent, **right, **wrong})
            assert answer.status_code == 422, (wrong, answer.status_code)
            assert sentence in answer.text, wrong
        answer = client.post(f"{address}/columns", {**sent, **right})
        assert (answer.status_code, answer.location) == (302, address), answer.text
        shown = client.soup(address).get_text(" ", strip=True)
        assert "张力试验" in shown and "2027" in shown
        stale = client.post(f"{address}/columns", {**sent, **right})
        assert stale.status_code == 409, "an old form does not undo it"
        version = re.search(r'name="version"[^>]*value="(\d+)"', stale.text)
        assert version is not None and version[1] != sent["version"], "once seen it may be saved"
        before = preview.select_one(f'form[action="{address}/take-over"]')
        old = {each["name"]: each["value"] for each in before.select("input[type=hidden]")}
        assert client.post(f"{address}/take-over", old).status_code == 409, "nobody saw that"
        after = client.soup(address).select_one(f'form[action="{address}/take-over"]')
        new = {each["name"]: each["value"] for each in after.select("input[type=hidden]")}
        assert client.post(f"{address}/take-over", new).status_code == 302
        assert client.get(f"{address}/columns").status_code == 302, "it is over"
        with app.app_context():
            titles = {row.content.title for row in tasks_in(world.project["active"])}
            assert "张力试验" in titles and "01" not in titles

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_a_text_is_read_as_offices_write_it(
        self, encoding: str, separator: str, app: Flask
    ) -> None:
        content = separator.join(["任务", "责任人"]) + "\r\n" + separator.join(["甲", "乙"])
        with app.app_context():
            [found] = read_table(content.encode(encoding), "表")
        assert found.rows == {1: ("任务", "责任人"), 2: ("甲", "乙")}

    @pytest.mark.parametrize("content", [b"", b"<html>", b"%PDF-1.4", b"PK\x03\x04", b"\0\1\2"])
    def test_what_is_no_table_is_said_to_be_none(
        self, content: bytes, world: World, visit: Callable[..., Client]
    ) -> None:
        address = f"/projects/{world.project['active']}/tasks/import"
        answer = visit("supplier").post(
            address,
            {"file": (BytesIO(content), "计划.csv"), "is_checked": "y"},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 422

    def test_whoever_left_sees_the_table_no_more(
        self, app: Flask, world: World, visit: Callable[..., Client]
    ) -> None:
        address = f"/task-imports/{world.task_import['open']}"
        client = visit("supplier")
        assert client.get(address).status_code == 200
        with app.app_context():
            project = db.session.get_one(Project, world.project["active"])
            part = part_of(project, world.organisation["supplier"])
            partnering.leave_project(part, by=world.actor("supplier"), note="退出。")
            db.session.remove()
        assert client.get(address).status_code == 404
        assert client.post(f"{address}/take-over").status_code == 404
        assert visit("secretary").get(address).status_code == 404


def strip_long(rows: list[tuple[Any, ...]], ending: str) -> list[tuple[Any, ...]]:
    """Return rows with texts as long as a workbook's reader keeps them."""
    longest = 2_000 if ending == "xlsx" else 4_000
    return [
        (kind, CardContent(**{**vars(c), "text": c.text and c.text[:longest]})) for kind, c in rows
    ]


def strip_packages(
    rows: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Return rows with the package of the other project, which bears the same name."""
    [package] = {c.package_id for _kind, c in after} - {None}
    return [
        (kind, CardContent(**{**vars(c), "package_id": c.package_id and package}))
        for kind, c in rows
    ]
