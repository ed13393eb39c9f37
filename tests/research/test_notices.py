"""Who hears of what happens in a joint project: whoever waits, and nobody outside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.access import standing_of
from portal.actors import SYSTEM
from portal.database import db
from portal.inbox.models import Message
from portal.inbox.queries import titles
from portal.journal import JournalLine
from portal.periods import beginning
from portal.research import cards, operations, partnering, reporting
from portal.research.cards import CardContent
from portal.research.reminding import remind_of_due_cards
from tests.conftest import both_engines
from tests.inbox.test_telling import Heard, told
from tests.research.make import active, approve, ask, idea, on_board, part_of
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


@both_engines
def test_whoever_answers_is_asked_and_whoever_waits_hears_the_answer(world: World) -> None:
    heard, lead = Heard(world), world.actor("delegate")
    project = idea(world)
    ask(world, project, "supplier")
    assert heard() == told("project_partner.ask", "supplier")
    part = part_of(project, world.organisation["supplier"])
    partnering.confirm_partner(part, by=world.actor("supplier"))
    assert heard() == told("project_partner.confirm", "delegate", "manager")
    operations.call_project(project, by=lead)
    assert heard() == told("project.call", "secretary")
    offered = partnering.offer_part(project, part="检测", by=world.actor("chair"))
    assert heard() == told("project_partner.ask", "delegate", "manager"), "the lead answers"
    partnering.decline_partner(offered, by=lead, note="已有检测单位。")
    assert heard() == told("project_partner.decline", "chair")
    operations.form_project(project, by=lead)
    assert heard() == told("project.form", "secretary")
    approve(world, project, "决议1号")
    assert heard() == told("project.approve", "delegate", "manager", "supplier")
    partnering.leave_project(part, by=lead, note="未履约。")
    assert heard() == told("project_partner.leave", "manager", "supplier")
    operations.drop_project(idea(world, title="放弃"), by=lead, note="重复。")
    assert heard() == told("project.drop", "manager")


def test_partners_are_asked_to_countersign_and_the_lead_hears_it(world: World) -> None:
    project, lead = active(world, partners=("supplier", "chairer")), world.actor("delegate")
    heard = Heard(world)
    this = beginning(clock.today(), 3)
    report = reporting.draw_report(project, year=this.from_on.year, quarter=this.quarter, by=lead)
    reporting.write_report(report, "完成两项。", by=lead)
    assert heard() == []
    reporting.seal_report(report, by=lead)
    assert heard() == told("progress_report.seal", "chair", "supplier")
    reporting.countersign_report(report, by=world.actor("supplier"))
    assert heard() == told("progress_report.countersign", "delegate", "manager")


def test_a_task_is_told_to_whoever_is_given_it(world: World) -> None:
    project, lead = active(world), world.actor("delegate")
    heard = Heard(world)
    theirs = {
        "owner_id": world.person["supplier"],
        "organisation_id": world.organisation["supplier"],
    }
    card = cards.add_card(project, CardContent("试制", **theirs), by=lead)
    assert heard() == told("card.give", "supplier")
    cards.edit_card(card, CardContent("试制二", **theirs), by=lead)
    assert heard() == [], "it was theirs before"
    mine = {"owner_id": world.person["delegate"], "organisation_id": world.organisation["maker"]}
    cards.edit_card(card, CardContent("试制", **mine), by=lead)
    assert heard() == [], "nobody tells themselves"
    cards.edit_card(card, CardContent("试制", **theirs), by=lead)
    message = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    asked = {(message.about_noun, message.about_id)}
    assert len(titles(standing_of(world.actor("supplier")), asked)) == 1
    part = part_of(project, world.organisation["supplier"])
    partnering.leave_project(part, by=world.actor("supplier"), note="退出。")
    assert titles(standing_of(world.actor("supplier")), asked) == {}, "it names nothing any more"


@both_engines
def test_a_day_that_is_near_is_told_once(world: World) -> None:
    project, lead = active(world), world.actor("delegate")
    today = clock.today()
    plain = CardContent("明天", None, world.person["supplier"], world.organisation["supplier"])
    card = cards.add_card(project, replace(plain, due_on=today + timedelta(days=1)), by=lead)
    for title, due_on in (("后天", today + timedelta(days=2)), ("昨天", today - timedelta(days=1))):
        cards.add_card(project, replace(plain, title=title, due_on=due_on), by=lead)
    cards.add_card(project, CardContent("无人", due_on=today), by=lead)
    on_board(world, project, "无期")
    heard = Heard(world)
    assert remind_of_due_cards(by=SYSTEM) >= 1
    assert ("supplier", "card.due") in heard()
    spoken = select(JournalLine.record_id).where(JournalLine.verb == "card.due")
    assert db.session.scalars(spoken).all() == [card.id]
    assert remind_of_due_cards(by=SYSTEM) == 0, "once"
    operations.hold_project(project, by=lead, note="暂停。")
    assert remind_of_due_cards(by=SYSTEM) == 0
