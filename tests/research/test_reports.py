"""Quarterly reports: what the board says, what is sealed, who countersigns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import docx
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.database import db
from portal.engines import WRITING
from portal.errors import Denied, Refused
from portal.periods import beginning
from portal.research import (
    cards,
    partnering,
    placing,
    plan_queries,
    planning,
    reporting,
    word_file,
)
from portal.research.cards import CardContent
from portal.research.models import Project
from portal.research.work_models import ProgressReport
from tests.client import Client
from tests.conftest import both_engines
from tests.research.make import active, board, on_board, part_of
from tests.world import World


def drawn(world: World, project: Project) -> ProgressReport:
    this = beginning(clock.today(), 3)
    by = world.actor("delegate")
    return reporting.draw_report(project, year=this.from_on.year, quarter=this.quarter, by=by)


@pytest.mark.usefixtures("context")
class TestOperations:
    @both_engines
    def test_a_report_tells_done_late_and_next(self, world: World) -> None:
        project, by = active(world), world.actor("supplier")
        done = on_board(world, project, "完成的")
        placing.place_card(done, column_id=board(project)[-1].id, by=by)
        late = clock.today() - timedelta(days=1)
        ahead = beginning(clock.today(), 3).until_on + timedelta(days=3)
        for title, due in (("晚了", late), ("下季", ahead), ("更远", ahead + timedelta(days=200))):
            cards.add_card(project, CardContent(title, due_on=due), by=by)
        facts = drawn(world, project).facts
        named = {key: [t["title"] for t in facts[key]["named"]] for key in ("done", "late", "next")}
        assert named == {"done": ["完成的"], "late": ["晚了"], "next": ["下季"]}

    @both_engines
    def test_what_is_sealed_changes_no_more(self, world: World) -> None:
        project, lead = active(world), world.actor("delegate")
        report = drawn(world, project)
        with pytest.raises(Refused):
            reporting.seal_report(report, by=lead)
        with pytest.raises(Denied):
            reporting.write_report(report, "我写", by=world.actor("supplier"))
        reporting.write_report(report, "按计划推进。", by=lead)
        reporting.seal_report(report, by=lead)
        assert report.seal == reporting.seal_of(report)
        for attempt in (
            lambda: reporting.write_report(report, "改一改", by=lead),
            lambda: reporting.seal_report(report, by=lead),
            lambda: drawn(world, project),
        ):
            with pytest.raises(Refused):
                attempt()
        number = report.id
        db.session.remove()
        with db.engine.connect().execution_options(**{WRITING: True}) as connection:
            change = text("UPDATE progress_report SET text = 'x' WHERE id = :id")
            with pytest.raises(DBAPIError):
                connection.execute(change, {"id": number})

    def test_each_partner_countersigns_once_and_nobody_else(self, world: World) -> None:
        project, lead = active(world, partners=("supplier", "chairer")), world.actor("delegate")
        report = drawn(world, project)
        with pytest.raises(Refused):
            reporting.countersign_report(report, by=world.actor("supplier"))
        reporting.write_report(report, "按计划推进。", by=lead)
        reporting.seal_report(report, by=lead)
        reporting.countersign_report(report, by=world.actor("supplier"))
        for who, refusal in (("supplier", Refused), ("delegate", Denied), ("secretary", Denied)):
            with pytest.raises(refusal):
                reporting.countersign_report(report, by=world.actor(who))
        part = part_of(project, world.organisation["chairer"])
        partnering.leave_project(part, by=world.actor("chair"), note="退出。")
        with pytest.raises(Denied):
            reporting.countersign_report(report, by=world.actor("chair"))

    def test_a_quarter_to_come_has_no_report(self, world: World) -> None:
        project, lead = active(world), world.actor("delegate")
        following = beginning(clock.today(), 3).after()
        ends = {"year": following.from_on.year, "quarter": following.quarter}
        with pytest.raises(Refused):
            reporting.draw_report(project, **ends, by=lead)


def test_a_report_is_drawn_only_of_quarters_in_which_the_project_ran(
    app: Flask, visit: Callable[..., Client], world: World
) -> None:
    this = beginning(clock.today(), 3)
    with app.app_context():
        began = active(world, begins_on=this.before().last_on).id
        coming = active(world, begins_on=this.until_on).id
        db.session.remove()
    lead = visit("delegate")
    offered = lead.soup(f"/projects/{began}/reports").select("select[name=quarter] option")
    assert len(offered) == 2, "this quarter, and the one on whose last day it began"
    early = this.before().before()
    for number, asked in ((began, early), (coming, this)):
        sent = {"quarter": f"{asked.from_on.year}-{asked.quarter}"}
        assert lead.post(f"/projects/{number}/reports", sent).status_code == 422
        with app.app_context():
            project = db.session.get_one(Project, number)
            ends = {"year": asked.from_on.year, "quarter": asked.quarter}
            with pytest.raises(Refused):
                reporting.draw_report(project, **ends, by=world.actor("delegate"))
    page = lead.soup(f"/projects/{coming}/reports")
    assert not page.select("select[name=quarter]") and "届时" in page.get_text()


def test_a_draft_of_long_ago_is_drawn_anew_from_its_own_page(
    app: Flask, visit: Callable[..., Client], world: World
) -> None:
    old, by = beginning(clock.today() - timedelta(days=900), 3), world.actor("delegate")
    with app.app_context():
        project = active(world, begins_on=old.from_on)
        ends = {"year": old.from_on.year, "quarter": old.quarter}
        number = reporting.draw_report(project, **ends, by=by).id
        db.session.remove()
    lead, address = visit("delegate"), f"/reports/{number}"
    form = lead.soup(address).select_one("#as-of form")
    sent = {"quarter": form.select_one("[name=quarter]")["value"]}
    answer = lead.post(form["action"], sent)
    assert (answer.status_code, answer.location) == (302, address)
    with app.app_context():
        reporting.write_report(db.session.get_one(ProgressReport, number), "已完成。", by=by)
        reporting.seal_report(db.session.get_one(ProgressReport, number), by=by)
        db.session.remove()
    assert lead.post(form["action"], sent).status_code == 422, "it is sealed"


def test_a_draft_is_drawn_anew_and_says_of_when_its_figures_are(
    app: Flask, visit: Callable[..., Client], world: World
) -> None:
    lead, address = visit("delegate"), f"/reports/{world.progress_report['drawn']}"
    with app.app_context():
        report = db.session.get_one(ProgressReport, world.progress_report["drawn"])
        by, project = world.actor("delegate"), report.project
        reporting.write_report(report, "按计划推进。", by=by)
        for kpi in plan_queries.kpis_of(project.id):
            planning.reach_kpi(project, kpi.id, actual_milli=4_321, by=by)
        before = report.drawn_at
        db.session.remove()
    page = lead.soup(address)
    assert "4.321" not in page.get_text()
    anew = page.select_one("#as-of form")
    sent = {each["name"]: each["value"] for each in anew.select("input[type=hidden]")}
    assert lead.post(anew["action"], sent).location == address
    said = lead.soup(address).get_text()
    assert "4.321" in said and "按计划推进。" in said
    with app.app_context():
        report = db.session.get_one(ProgressReport, world.progress_report["drawn"])
        assert report.drawn_at > before
        reporting.seal_report(report, by=world.actor("delegate"))
        db.session.remove()
    page = lead.soup(address)
    assert "截至" in page.select_one("#as-of").get_text() and not page.select("#as-of form")


def test_the_word_file_opens_and_says_what_the_page_says(
    visit: Callable[..., Client], world: World
) -> None:
    answer = visit("supplier").get(f"/reports/{world.progress_report['drawn']}.docx")
    document = docx.Document(BytesIO(answer.data))
    styles = {each.style.name for each in document.paragraphs}
    assert {"Title", "Heading 1"} <= styles, "Word's outline shows the headings"
    assert "active 70MPa储氢瓶联合攻关" in document.paragraphs[0].text
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert "缠绕废品率" in cells


def test_what_no_file_may_hold_is_left_out_of_it() -> None:
    blocks: list[word_file.Block] = [
        ("标\x0b题\x00", word_file.TITLE),
        ("一\n二\ud800", word_file.TEXT),
        [["甲\x1f", "乙"], ["丙", "丁"]],
    ]
    document = docx.Document(BytesIO(word_file.written(blocks)))
    assert [each.text for each in document.paragraphs] == ["标题", "一\n二"]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["甲", "乙"], ["丙", "丁"]]
