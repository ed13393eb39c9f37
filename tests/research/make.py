"""Makers for the tests of joint projects, and the projects of the cast."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal import clock, files
from portal.accounts.models import Organisation
from portal.alliances.models import Alliance
from portal.database import db
from portal.imports.task_operations import bring_tasks
from portal.outbox import OutboxMessage
from portal.periods import beginning
from portal.research import board_queries, delivering, operations, partnering, planning, reporting
from portal.research.board_models import Card
from portal.research.board_queries import ColumnRow
from portal.research.cards import CardContent, add_card, attach_to_card
from portal.research.models import Project
from portal.research.operations import ProjectContent
from portal.research.work_models import DeliverableKind
from portal.research.workflow import PartnerState
from portal.sheets.reading import ReadSheet

if TYPE_CHECKING:
    from tests.world import World

TERMS = "背景知识产权归各自所有；共同成果共有，署名按贡献；退出方保留已完成部分的使用权。"


def plan(**changed: object) -> ProjectContent:
    """Return what a plain project says, with some of it changed."""
    plain: dict[str, object] = {
        "title": "70MPa储氢瓶碳纤维缠绕工艺联合攻关",
        "aim": "把缠绕废品率从8%降到2%，并在河北建成一条示范线。",
        "ip_terms": TERMS,
    }
    return ProjectContent(**{**plain, **changed})  # type: ignore[arg-type]


def idea(world: World, **changed: object) -> Project:
    """Return a new project that maker leads."""
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    return operations.create_project(
        hydrogen, plan(**changed), part="总体设计", by=world.actor("delegate")
    )


def ask(world: World, project: Project, name: str, part: str = "材料试制") -> int:
    """Let maker ask another organisation of the cast to take part; return the part's id."""
    organisation = db.session.get_one(Organisation, world.organisation[name])
    return partnering.ask_partner(project, organisation, part=part, by=world.actor("delegate")).id


def part_of(project: Project, organisation_id: int) -> partnering.Partner:
    """Return the open part of an organisation."""
    held = (PartnerState.ASKED, PartnerState.CONFIRMED)
    return next(
        p for p in project.partners if p.organisation_id == organisation_id and p.state in held
    )


def approve(world: World, project: Project, paper: str) -> None:
    """Let the secretary approve a project on a paper of this day."""
    keeper = world.actor("secretary")
    operations.approve_project(project, by=keeper, note=paper, basis_on=clock.today())


def active(
    world: World, *, partners: tuple[str, ...] = ("supplier",), **changed: object
) -> Project:
    """Return a project under way: maker leads, these take part."""
    lead, people = world.actor("delegate"), {"supplier": "supplier", "chairer": "chair"}
    project = idea(world, **changed)
    for name in partners:
        ask(world, project, name)
        part = part_of(project, world.organisation[name])
        partnering.confirm_partner(part, by=world.actor(people[name]))
    operations.form_project(project, by=lead)
    approve(world, project, "理事会决议2026-07号")
    operations.start_project(project, by=lead)
    return project


def board(project: Project) -> list[ColumnRow]:
    """Return the columns of a project's board from left to right."""
    return board_queries.columns_of(project.id)


def on_board(world: World, project: Project, title: str) -> Card:
    """Return a new card at the end of the first column."""
    return add_card(project, CardContent(title), by=world.actor("delegate"))


def order(column_id: int) -> list[str]:
    """Return the titles of a column's cards from the top."""
    asked = select(Card.title).where(Card.column_id == column_id, Card.place.is_not(None))
    return list(db.session.scalars(asked.order_by(Card.place)))


def token_sent() -> str:
    """Return the token of the link in the newest message: only there it is known."""
    newest = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert newest is not None
    found = re.search(r"/projects/answer/([\w-]+)", newest.body)
    assert found is not None
    return found[1]


def join_forces(world: World) -> None:
    """Let maker have an idea, call for partners in a second, and work on a third."""
    world.project["idea"] = idea(world, title="idea 加氢站阀门国产化").id
    calling = idea(world, title="calling 液氢储运中试")
    partnering.add_need(calling, part="检测单位", by=world.actor("delegate"))
    operations.call_project(calling, by=world.actor("delegate"))
    world.project["calling"] = calling.id
    world.project_partner["asked"] = ask(world, calling, "chairer", "标准与检测")
    world.token["project"] = token_sent()
    working = active(world, title="active 70MPa储氢瓶联合攻关")
    world.project["active"] = working.id
    supplier = world.organisation["supplier"]
    world.project_partner["confirmed"] = part_of(working, supplier).id
    first = on_board(world, working, "first 缠绕张力试验")
    world.card["first"] = first.id
    received = files.receive(BytesIO(b"%PDF-1.4\n%drop\n%%EOF\n"), "试验.pdf")
    kept = attach_to_card(first, received, by=world.actor("delegate"))
    world.attachment["drop"] = kept.id
    lead, today = world.actor("delegate"), clock.today()
    planning.add_kpi(working, name="缠绕废品率", unit="%", target_milli=2000, by=lead)
    planning.add_milestone(working, name="工艺评审", due_on=today, by=lead)
    made = delivering.add_deliverable(
        working,
        kind=DeliverableKind.STANDARD,
        title="rule 缠绕工艺规范",
        owner_id=world.organisation["maker"],
        note="征求意见稿",
        received=files.receive(BytesIO(b"%PDF-1.4\n%rule\n%%EOF\n"), "规范.pdf"),
        by=lead,
    )
    world.deliverable["rule"] = made.id
    world.attachment["rule"] = made.versions[0].file_id or 0
    this = beginning(today, 3)
    drawn = reporting.draw_report(working, year=this.from_on.year, quarter=this.quarter, by=lead)
    world.progress_report["drawn"] = drawn.id
    rows = {1: ("任务", "责任人"), 2: ("疲劳试验", "某某"), 3: ("", "某某")}
    table = bring_tasks(working, "计划.xlsx", [ReadSheet("计划", rows)], by=lead)
    world.task_import["open"] = table.id
    world.card["second"] = on_board(world, working, "second 爆破试验").id
