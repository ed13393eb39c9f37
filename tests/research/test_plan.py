"""What a project plans, spends and delivers, and how a deliverable lands as an outcome."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from icalendar import Calendar

from portal import clock, files
from portal.accounts.models import Organisation, Person
from portal.accounts.queries import timeline_of
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.outcomes.models import Outcome
from portal.outcomes.operations import confirm_outcome
from portal.research import delivering, operations, plan_queries, planning, replanning
from portal.research.cards import CardContent, add_card, edit_card
from portal.research.models import Project
from portal.research.planning import FundContent
from portal.research.work_models import Deliverable, DeliverableKind, FundSource, Kpi
from tests.client import Client
from tests.conftest import both_engines
from tests.research.make import active
from tests.world import World, claim


def fund(organisation_id: int, **changed: int) -> FundContent:
    amounts = {"planned_fen": 500, "received_fen": 300, "spent_fen": 200, **changed}
    return FundContent(organisation_id, FundSource.OWN, **amounts)


@pytest.mark.usefixtures("context")
class TestOperations:
    @both_engines
    def test_each_says_its_own_money_and_the_lead_everybodys(self, world: World) -> None:
        project, by = active(world), world.actor("supplier")
        maker, supplier = world.organisation["maker"], world.organisation["supplier"]
        planning.set_fund(project, fund(supplier), by=by)
        planning.set_fund(project, fund(supplier, spent_fen=300), by=world.actor("delegate"))
        assert [each.spent_fen for each in plan_queries.funds_of(project.id)] == [300]
        with pytest.raises(Denied):
            planning.set_fund(project, fund(maker), by=by)
        with pytest.raises(Refused):
            planning.set_fund(project, fund(supplier, spent_fen=301), by=by)
        with pytest.raises(Refused):
            planning.set_fund(
                project, fund(world.organisation["medic"]), by=world.actor("delegate")
            )

    def test_the_plan_of_an_ended_project_stays(self, world: World) -> None:
        project, lead = active(world), world.actor("delegate")
        operations.complete_project(project, by=lead)
        with pytest.raises(Refused):
            planning.add_kpi(project, name="废品率", unit="%", target_milli=1, by=lead)

    def test_what_something_hangs_on_stays_on_the_plan(self, world: World) -> None:
        project, lead = active(world), world.actor("delegate")
        supplier = world.organisation["supplier"]
        package = planning.add_package(project, name="缠绕", organisation_id=supplier, by=lead)
        card = add_card(project, CardContent("张力试验", package_id=package.id), by=lead)
        kpi = planning.add_kpi(project, name="废品率", unit="%", target_milli=1, by=lead)
        planning.reach_kpi(project, kpi.id, actual_milli=2, by=lead)
        reached = planning.add_milestone(project, name="评审", due_on=clock.today(), by=lead)
        planning.meet_milestone(project, reached.id, is_met=True, by=lead)
        for line in (package, kpi, reached):
            with pytest.raises(Refused):
                replanning.remove_line(project, type(line), line.id, by=lead)
        edit_card(card, CardContent("张力试验"), by=lead)
        planning.meet_milestone(project, reached.id, is_met=False, by=lead)
        for line in (package, reached):
            replanning.remove_line(project, type(line), line.id, by=lead)
        assert not plan_queries.work_packages_of(project.id)
        assert not plan_queries.milestones_of(project.id)

    def test_the_lead_alone_changes_the_plan_and_the_partners_read_what_stood_there(
        self, world: World
    ) -> None:
        project, lead, by = active(world), world.actor("delegate"), world.actor("supplier")
        kpi = planning.add_kpi(project, name="废品率", unit="%", target_milli=2000, by=lead)
        change = {"name": "废品率", "unit": "%", "target_milli": 3500}
        with pytest.raises(Denied):
            replanning.edit_kpi(project, kpi.id, **change, by=by)  # type: ignore[arg-type]
        with pytest.raises(Denied):
            replanning.remove_line(project, Kpi, kpi.id, by=by)
        replanning.edit_kpi(project, kpi.id, **change, by=lead)  # type: ignore[arg-type]
        assert "废品率 2 % → 废品率 3.5 %" in [each.note for each in timeline_of(project)]
        other = active(world)
        with pytest.raises(Refused):
            replanning.remove_line(other, Kpi, kpi.id, by=lead)

    def test_a_further_version_is_accepted_anew(self, world: World) -> None:
        project, lead, by = active(world), world.actor("delegate"), world.actor("supplier")
        made = delivering.add_deliverable(
            project,
            kind=DeliverableKind.PATENT,
            title="张力闭环",
            owner_id=world.organisation["supplier"],
            note="受理",
            by=by,
        )
        with pytest.raises(Denied):
            delivering.accept_deliverable(made, by=by)
        seen = made.version
        delivering.hand_in_version(made, "授权", by=by)
        with pytest.raises(Stale):
            delivering.accept_deliverable(made, by=lead, expected=seen)
        delivering.accept_deliverable(made, by=lead)
        assert made.accepted_number == 2
        delivering.hand_in_version(made, "补正", by=by)
        assert not made.is_accepted

    def test_a_deliverable_takes_a_file_with_each_of_its_versions(
        self, app: Flask, world: World
    ) -> None:
        """None of its files is ever taken off, so only the quota limits them."""
        app.config["FILES_PER_RECORD"] = 1
        rule = db.session.get_one(Deliverable, world.deliverable["rule"])
        for note in ("送审稿", "报批稿"):
            sent = files.receive(BytesIO(b"%PDF-1.4\n%%EOF\n"), f"{note}.pdf")
            version = delivering.hand_in_version(
                rule, note, received=sent, by=world.actor("supplier")
            )
            assert version.file is not None
            assert version.file.name == f"{note}.pdf"

    @both_engines
    def test_an_accepted_deliverable_lands_as_an_outcome_of_both_sides(self, world: World) -> None:
        project, lead, by = active(world), world.actor("delegate"), world.actor("supplier")
        maker = world.organisation["maker"]
        made = delivering.add_deliverable(
            project,
            kind=DeliverableKind.PROTOTYPE,
            title="示范线",
            owner_id=maker,
            note="第一版",
            by=lead,
        )
        taker = db.session.get_one(Organisation, world.organisation["supplier"])
        with pytest.raises(Refused):
            delivering.land_deliverable(made, taker, claim(), by=lead)
        delivering.accept_deliverable(made, by=lead)
        with pytest.raises(Denied):
            delivering.land_deliverable(made, taker, claim(), by=by)
        outcome = delivering.land_deliverable(made, taker, claim(), by=lead)
        confirm_outcome(outcome, by=by)
        [came] = plan_queries.landed([made])[made.id]
        assert (came.id, came.from_id, came.to_id) == (outcome.id, maker, taker.id)
        assert came.from_region_id != came.to_region_id
        assert db.session.get_one(Outcome, outcome.id).is_standing


def test_a_stale_change_of_the_plan_keeps_what_was_typed(
    visit: Callable[..., Client], world: World
) -> None:
    plan = f"/projects/{world.project['active']}/plan"
    lead = visit("delegate")
    edit = next(a["href"] for a in lead.soup(plan).select('a[href*="/plan/milestones/"]'))
    seen = lead.soup(edit).select_one('form [name="milestone-version"]')["value"]
    typed = {"milestone-name": "设计评审", "milestone-due_on": "2027-03-01"}
    assert lead.post(edit, data={**typed, "milestone-version": seen}).status_code == 302
    typed["milestone-name"] = "首件评审"
    stale = lead.post(edit, data={**typed, "milestone-version": seen})
    assert stale.status_code == 409
    assert 'value="首件评审"' in stale.text
    assert "设计评审" in lead.get(plan).text
    # Sent again from the page that said so, it is no longer stale.
    version = BeautifulSoup(stale.text, "html.parser").select_one('[name="milestone-version"]')
    assert version is not None
    assert lead.post(edit, data={**typed, "milestone-version": version["value"]}).status_code == 302
    assert lead.post(edit, data={**typed, "milestone-name": "设计评审"}).status_code == 302
    gone = edit.replace("/edit", "/remove")
    assert lead.post(gone, data={"version": seen}).status_code == 409
    assert lead.post(gone).status_code == 302
    assert "设计评审" not in lead.get(plan).text


def test_what_was_typed_for_a_line_taken_off_meanwhile_is_kept_and_can_be_added_anew(
    visit: Callable[..., Client], world: World
) -> None:
    plan, lead = f"/projects/{world.project['active']}/plan", visit("delegate")
    edit = next(a["href"] for a in lead.soup(plan).select('a[href*="/plan/milestones/"]'))
    typed = {"milestone-name": "首件评审", "milestone-due_on": "2027-03-01"}
    typed["milestone-version"] = lead.soup(edit).select_one('[name="milestone-version"]')["value"]
    remove = lead.soup(edit).select_one("main details form")["action"]
    assert lead.post(remove).status_code == 302
    answer = lead.post(edit, typed)
    assert answer.status_code == 409
    form = BeautifulSoup(answer.text, "html.parser").select_one("main form")
    assert form.select_one("[name=milestone-name]")["value"] == "首件评审"
    assert lead.post(form["action"], typed).status_code == 302
    assert "首件评审" in lead.get(plan).text
    assert lead.get(edit).status_code == 404
    assert lead.post(edit.replace("milestones", "wishes"), typed).status_code == 404


def test_an_archived_project_shows_what_it_delivered_and_asks_for_nothing_more(
    app: Flask, visit: Callable[..., Client], world: World
) -> None:
    number, lead = world.project["active"], world.actor("delegate")
    page, client = f"/projects/{number}/deliverables", visit("delegate")
    asks = 'main input[type="file"], main a[href$="/versions"]'
    assert len(client.soup(page).select(asks)) > 1
    with app.app_context():
        project = db.session.get_one(Project, number)
        operations.complete_project(project, by=lead)
        operations.archive_project(project, by=lead)
        db.session.remove()
    shown = client.soup(page)
    assert shown.select(".versions") and not shown.select(asks)


def test_an_overdue_milestone_is_marked_for_those_who_take_part_alone(
    app: Flask, visit: Callable[..., Client], world: World
) -> None:
    number = world.project["active"]
    address, yesterday = f"/projects/{number}", clock.today() - timedelta(days=1)
    pages = ("/projects", address, f"{address}/plan")
    with app.app_context():
        project, lead = db.session.get_one(Project, number), world.actor("delegate")
        for each in plan_queries.milestones_of(number):
            planning.meet_milestone(project, each.id, is_met=True, by=lead)
        late = planning.add_milestone(project, name="样件评审", due_on=yesterday, by=lead).id
        planning.add_milestone(project, name="今天的", due_on=clock.today(), by=lead)
        db.session.remove()
    supplier = visit("supplier")
    for page in pages:
        [mark] = supplier.soup(page).select(".due-late")
        assert "逾期" in mark.get_text(), page
    for page in pages[:2]:
        assert not visit("secretary").soup(page).select(".due-late")
    with app.app_context():
        project = db.session.get_one(Project, number)
        planning.meet_milestone(project, late, is_met=True, by=world.actor("delegate"))
        db.session.remove()
    assert not any(supplier.soup(page).select(".due-late") for page in pages)


def test_a_version_brings_its_file_and_acceptance_names_who_accepted(
    app: Flask, visit: Callable[..., Client], world: World
) -> None:
    number, partner = world.deliverable["rule"], visit("supplier")
    page = f"/projects/{world.project['active']}/deliverables"
    address = f"/deliverables/{number}/versions"
    seen = partner.soup(address).select_one("form [name=version]")["value"]

    def sent(name: str, content: bytes, **more: str) -> int:
        data = {"version_note": "报批稿", "file": (BytesIO(content), name), "version": seen, **more}
        return partner.post(address, data, content_type="multipart/form-data").status_code

    pdf = b"%PDF-1.4\n%approval\n%%EOF\n"
    assert sent("稿.pdf", pdf) == 422, "the secrecy question is not answered"
    assert sent("稿.pdf", b"MZ\x90\x00", is_harmless="y") == 422
    assert sent("稿.pdf", pdf, is_harmless="y") == 302
    assert sent("稿.pdf", pdf, is_harmless="y") == 409
    link = partner.soup(page).select_one(f"#deliverable-{number} .versions li:last-child a")
    assert link.get_text() == "稿.pdf"
    assert visit("delegate").get(link["href"]).data == pdf
    for who in ("chair", "secretary", "outsider"):
        assert visit(who).get(link["href"]).status_code == 404
    assert visit("delegate").post(f"/deliverables/{number}/accept").status_code == 302
    with app.app_context():
        name = db.session.get_one(Person, world.person["delegate"]).name
        assert db.session.get_one(Deliverable, number).accepted_by_id == world.person["delegate"]
        db.session.remove()
    accepted = partner.soup(page).select_one(f"#deliverable-{number} .row-meta").get_text()
    assert f"由{name}于" in accepted
    partner.post(address, {"version_note": "补正"})
    assert (
        "验收" not in partner.soup(page).select_one(f"#deliverable-{number} .row-meta").get_text()
    )


def test_the_milestones_are_a_calendar(visit: Callable[..., Client], world: World) -> None:
    answer = visit("supplier").get(f"/projects/{world.project['active']}/milestones.ics")
    (event,) = Calendar.from_ical(BytesIO(answer.data).read()).walk("VEVENT")
    assert str(event["SUMMARY"]).endswith("工艺评审")
    secretary = visit("secretary")
    assert secretary.get(f"/projects/{world.project['active']}/milestones.ics").status_code == 403


def test_the_secretariat_reads_the_steps_and_nothing_from_inside(
    visit: Callable[..., Client], world: World
) -> None:
    address = f"/projects/{world.project['active']}"
    assert "rule 缠绕工艺规范" in visit("supplier").get(address).text
    seen = visit("secretary").get(address).text
    assert "登记了一项成果" in seen, "that something was delivered is told"
    for inside in ("rule 缠绕工艺规范", "工艺评审"):
        assert inside not in seen
