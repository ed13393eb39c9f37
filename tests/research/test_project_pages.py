"""What pages of joint projects say once, and what they fold away."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from portal import clock
from portal.database import db
from portal.errors import Refused
from portal.research import cards, delivering, operations, partnering, plan_queries, planning
from portal.research.board_models import Card
from portal.research.columns import limit_column
from portal.research.models import Project
from portal.research.partnering import confirm_partner
from portal.research.workflow import PARTNER, PROJECT
from tests.client import Client
from tests.research.make import TERMS, active, ask, board, idea, part_of, token_sent
from tests.world import World

#: Steps that are shown at once.
AT_ONCE = 8


def test_what_regions_work_together_is_said_once(visit: Callable[..., Client]) -> None:
    page = visit("liaison").soup("/projects/figures")
    flows = page.select("table")[-1]
    assert flows.caption.get_text(strip=True) == "哪些地区在合作：牵头 → 合作"
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in flows("tr")[1:]]
    assert ["北京市 → 河北省", "1"] in rows
    assert page.get_text().count("牵头") == 2, "in the caption and the heading, not in each row"


def test_the_counts_are_found_on_the_monitor_by_whoever_has_no_list(
    visit: Callable[..., Client],
) -> None:
    link = 'main a[href="/projects/figures"]'
    assert visit("liaison").soup("/monitor").select_one(link) is not None
    assert visit("secretary").soup("/monitor").select_one(link) is None
    assert visit("secretary").soup("/projects").select_one(link) is not None


def test_what_a_forming_project_lacks_is_said_to_its_lead_and_the_secretariat(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    with app.app_context():
        project = idea(world, ip_terms=None)
        ask(world, project, "supplier")
        lacking, lead = project.id, world.actor("delegate")
        operations.form_project(project, by=lead)
        whole = idea(world)
        ask(world, whole, "supplier")
        part = part_of(whole, world.organisation["supplier"])
        asked = part.organisation.name
        confirm_partner(part, by=world.actor("supplier"))
        operations.form_project(whole, by=lead)
        complete = whole.id
        db.session.remove()
    for who in ("delegate", "secretary"):
        said = visit(who).soup(f"/projects/{lacking}").select("#missing li")
        answer, regions, terms = (each.get_text() for each in said)
        assert asked in answer and "待其答复" in answer
        assert "1个地区" in regions and "2个" in regions
        assert "知识产权约定" in terms and "牵头单位" in terms
        assert not visit(who).soup(f"/projects/{complete}").select("#missing")
    assert not visit("supplier").soup(f"/projects/{lacking}").select("#missing")
    assert not visit("delegate").soup(f"/projects/{world.project['idea']}").select("#missing")


def test_a_project_is_spoken_of_in_its_own_words(app: Flask) -> None:
    """Not in those of a matter (duijie, zanhuan), from which some of its moves were taken."""
    with app.test_request_context(), force_locale("zh"):
        said = [*PROJECT.labels.values(), *PARTNER.labels.values()]
        said += [*PROJECT.verbs.values(), *PARTNER.verbs.values()]
        for each in (*PROJECT.moves, *PARTNER.moves):
            said += [word for word in (each.button, each.done, each.warning) if word is not None]
        assert not [str(each) for each in said if re.search("对接|暂缓|供需", str(each))]
        assert str(PROJECT.named("resume").button) == "恢复实施"


def test_whoever_completes_a_project_is_told_first_what_is_not_finished(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    number = world.project["active"]
    yesterday = clock.today() - timedelta(days=1)
    with app.app_context():
        project, lead = db.session.get_one(Project, number), world.actor("delegate")
        for day in (yesterday, clock.today()):
            cards.add_card(project, cards.CardContent("张力标定", due_on=day), by=lead)
        db.session.remove()
    address = f"/projects/{number}"

    def question() -> str:
        form = (
            visit("delegate").soup(address).select_one(f'form[action="{address}/moves/complete"]')
        )
        return form.select_one(".move-warning").get_text()

    said = question()
    for each in ("4项任务未完成", "其中1项逾期", "1个里程碑未达成", "1项成果未验收"):
        assert each in said, said
    with app.app_context():
        project = db.session.get_one(Project, number)
        for card in db.session.scalars(select(Card).where(Card.project_id == number)).all():
            cards.put_away_card(card, by=lead)
        for line in plan_queries.milestones_of(number):
            planning.meet_milestone(project, line.id, is_met=True, by=lead)
        for made in plan_queries.deliverables_of(number):
            delivering.accept_deliverable(made, by=lead)
        db.session.remove()
    assert "未" not in question()


def test_a_running_project_that_lost_its_partners_says_so_and_finds_another(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    with app.app_context():
        project = active(world)
        number, lead = project.id, world.actor("delegate")
        address = f"/projects/{number}"
        assert not visit("delegate").soup(address).select("#lost")
        supplier = world.organisation["supplier"]
        partnering.leave_project(
            part_of(project, supplier), by=world.actor("supplier"), note="业务调整。"
        )
        db.session.remove()
    for who in ("delegate", "secretary"):
        assert "1个地区" in visit(who).soup(address).select_one("#lost").get_text()
    sent = {"organisation_id": supplier, "part": "材料试制"}
    assert visit("delegate").post(f"{address}/partners", sent).status_code == 302
    with app.app_context():
        project = db.session.get_one(Project, number)
        assert project.lacks_regions, "who was asked has to agree"
        token = token_sent()
        db.session.remove()
    for who, page in (("supplier", address), ("anonymous", f"/projects/answer/{token}")):
        assert TERMS in visit(who).soup(page).get_text(), "who joins late reads what was agreed"
    with app.app_context():
        project = db.session.get_one(Project, number)
        confirm_partner(part_of(project, supplier), by=world.actor("supplier"))
        assert visit("supplier").soup(address).select_one(".section") is not None
        ask(world, project, "chairer")
        operations.complete_project(project, by=lead)
        assert not project.unanswered, "nobody waits for an answer in a project that has ended"
        with pytest.raises(Refused):
            ask(world, project, "chairer")
        db.session.remove()
    assert not visit("delegate").soup(address).select("#lost")


def test_a_column_that_is_refused_keeps_what_was_typed(
    world: World, visit: Callable[..., Client]
) -> None:
    lead, address = visit("delegate"), f"/projects/{world.project['active']}/board/columns"
    number = lead.soup(address).select(".task-filters [name=column_id]")[1]["value"]
    row = {"column_id": number, "name": "正在试制", "card_limit": "many"}
    refused = lead.post(address, row)
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    assert page.select_one("#name")["value"] == "正在试制"
    assert page.select_one(".error-summary a")["href"] == "#card_limit"
    assert page.select_one("#card_limit")["value"] == "many"
    assert lead.post(address, {**row, "card_limit": ""}).status_code == 302
    assert lead.post(address, {"column_id": number, "shift": "left"}).status_code == 302
    titles = lead.soup(address.removesuffix("/columns")).select(".board-column-title")
    assert [each.get_text(" ", strip=True).split()[0] for each in titles][:2] == [
        "正在试制",
        "待办",
    ]


def test_what_was_opened_before_a_column_was_called_anew_gives_it_no_old_name(
    world: World, visit: Callable[..., Client]
) -> None:
    address = f"/projects/{world.project['active']}/board/columns"
    first, second = visit("delegate"), visit("delegate")
    row = first.soup(address).select(".kept-row")[1].form
    opened = {name: row.select_one(f"[name={name}]")["value"] for name in ("column_id", "seen")}
    assert second.post(address, {**opened, "name": "正在试制"}).status_code == 302
    stale = first.post(address, {**opened, "name": "正在加工"})
    assert stale.status_code == 409
    assert 'value="正在加工"' in stale.text
    assert first.post(address, {**opened, "shift": "left"}).status_code == 302
    names = [each["value"] for each in first.soup(address).select(".kept-row [name=name]")]
    assert names[:2] == ["正在试制", ""]


def test_older_steps_of_a_project_are_folded_and_none_is_left_out(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    number = world.project["active"]
    address, client = f"/projects/{number}", visit("delegate")
    before = len(client.soup(address).select(".timeline-entry"))
    with app.app_context():
        project = db.session.get_one(Project, number)
        for limit in range(1, 12):
            column = board(project)[0].id
            limit_column(project, column, card_limit=limit, by=world.actor("delegate"))
        db.session.remove()
    page = client.soup(address)
    older = page.select("details.timeline-older .timeline-entry")
    assert len(page.select(".timeline-entry")) == before + 11
    assert len(older) == before + 11 - AT_ONCE
    assert f"更早的{len(older)}条记录" in page.select_one("details.timeline-older").get_text()
    assert page.select_one("details.timeline-older[open]") is None
    # One with few steps folds nothing.
    assert not client.soup(f"/projects/{world.project['idea']}").select("details.timeline-older")


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/projects/{project}/partners", "organisation_id"),
        ("/deliverables/{rule}/outcome/new", "taker_id"),
        ("/projects/{active}/deliverables", "owner_id"),
        ("/projects/{active}/funds", "organisation_id"),
        ("/projects/{active}/packages", "package-organisation_id"),
    ],
)
def test_no_organisation_is_chosen_before_somebody_chooses_one(
    world: World, visit: Callable[..., Client], address: str, field: str
) -> None:
    numbers = {"project": world.project["calling"], "active": world.project["active"]}
    page, client = address.format(**numbers, **world.deliverable), visit("delegate")
    select = client.soup(page.replace("/packages", "/plan")).select_one(f"select[name={field}]")
    assert [each["value"] for each in select("option") if each.has_attr("selected")] == [""]
    refused = client.post(page, {field: "", "part": "检测", "title": "首台套"})
    assert refused.status_code == 422
    message = BeautifulSoup(refused.text, "html.parser").select_one(
        f".error-summary a[href='#{field}']"
    )
    assert "请选择一项" in message.get_text()
    assert client.post(page, {field: "x"}).status_code == 422


def test_putting_a_task_away_asks_once_and_has_a_way_back(
    world: World, visit: Callable[..., Client]
) -> None:
    client, card = visit("supplier"), f"/cards/{world.card['second']}"
    kept = f"/projects/{world.project['active']}/board/put-away"
    assert "没有收起的任务" in client.soup(kept).get_text()
    asked = client.soup(card).select_one(f"form[action='{card}/put-away']").find_parent("details")
    assert asked.summary.get_text(strip=True) == "收起任务" and not asked.has_attr("open")
    client.post(f"{card}/put-away")
    board_page = client.soup(f"/projects/{world.project['active']}/board")
    assert board_page.select_one(f"a[href='{kept}']") and not board_page.select(f"a[href='{card}']")
    for page in (kept, card):
        assert client.soup(page).select_one(f"form[action='{card}/bring-back']")
    client.post(f"{card}/bring-back")
    assert client.soup(f"/projects/{world.project['active']}/board").select(f"a[href='{card}']")
