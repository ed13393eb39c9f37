"""What a project rests on and what comes of it name each other, as far as each reader may see."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal import clock
from portal.accounts.models import Organisation
from portal.database import db
from portal.meetings.resolution_models import Resolution
from portal.outcomes.operations import confirm_outcome
from portal.research import delivering, operations
from portal.research.models import Project
from portal.research.partnering import confirm_partner
from portal.research.work_models import Deliverable, DeliverableKind
from tests.client import Client
from tests.research.make import TERMS, active, approve, ask, idea, part_of
from tests.world import World, claim


def landed(app: Flask, world: World, taker: str, who: str) -> tuple[int, int, int]:
    """Return project, deliverable and outcome of a result that went to an organisation."""
    with app.app_context():
        project, lead = active(world, title="landing 落地课题"), world.actor("delegate")
        made = delivering.add_deliverable(
            project,
            kind=DeliverableKind.PROTOTYPE,
            title="示范线样机",
            owner_id=world.organisation["maker"],
            note="第一版",
            by=lead,
        )
        delivering.accept_deliverable(made, by=lead)
        to = db.session.get_one(Organisation, world.organisation[taker])
        said = claim(contract_number="技合2026-118")
        outcome = delivering.land_deliverable(made, to, said, by=lead)
        confirm_outcome(outcome, by=world.actor(who))
        ids = project.id, made.id, outcome.id
        db.session.remove()
    return ids


def test_a_deliverable_names_its_contract_and_the_outcome_its_deliverable(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    project, made, outcome = landed(app, world, "chairer", "chair")
    lead, partner, taker = visit("delegate"), visit("supplier"), visit("chair")
    row = lead.soup(f"/projects/{project}/deliverables").select_one(f"#deliverable-{made}")
    assert row.select_one(f'a[href="/outcomes/{outcome}"]') is not None
    assert "技合2026-118" in row.get_text()
    row = partner.soup(f"/projects/{project}/deliverables").select_one(f"#deliverable-{made}")
    assert "技合2026-118" not in row.get_text(), "the number is for the two sides of the contract"
    link = lead.soup(f"/outcomes/{outcome}").select_one(f'a[href="/deliverables/{made}"]')
    assert link.get_text() == "示范线样机"
    answer = lead.get(link["href"])
    assert answer.location.endswith(f"/projects/{project}/deliverables#deliverable-{made}")
    page = taker.soup(f"/outcomes/{outcome}")
    assert page.select_one(f'a[href="/deliverables/{made}"]') is None, "it would lead nowhere"
    assert taker.get(f"/deliverables/{made}").status_code == 404


def test_the_secretary_approves_by_choosing_a_resolution_and_reads_no_terms(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    with app.app_context():
        project = idea(world)
        ask(world, project, "supplier")
        part = part_of(project, world.organisation["supplier"])
        confirm_partner(part, by=world.actor("supplier"))
        operations.form_project(project, by=world.actor("delegate"))
        number = project.id
        db.session.remove()
    keeper, address = visit("secretary"), f"/projects/{number}"
    page = keeper.soup(address)
    assert TERMS not in page.get_text()
    first, *choices = page.select("select[name=resolution] option")
    assert first["value"] == ""
    today = clock.today().isoformat()
    for typed in (
        {},
        {"paper": "京联〔2026〕7号"},
        {"paper": "材料齐全", "paper_on": today},
        {"resolution": "理事会〔1999〕1号决议"},
    ):
        refused = keeper.post(f"{address}/approval", typed)
        assert refused.status_code == 422, typed
        assert typed.get("paper", "") in refused.text
        assert ('href="#paper_on"' in refused.text) is (typed.keys() < {"paper", "paper_on"})
    assert keeper.post(f"{address}/moves/approve", {"note": "材料1份齐全"}).status_code == 422
    seen = page.select_one(f'form[action="{address}/approval"] [name=version]')["value"]
    stale = {"paper": "京联〔2026〕7号", "paper_on": today, "version": str(int(seen) + 1)}
    assert keeper.post(f"{address}/approval", stale).status_code == 409
    chosen = {"resolution": choices[0]["value"], "version": seen}
    assert visit("delegate").post(f"{address}/approval", chosen).status_code == 403
    assert keeper.post(f"{address}/approval", chosen).status_code == 302
    with app.app_context():
        approved = db.session.get_one(Project, number)
        assert approved.basis == choices[0]["value"]
        assert approved.resolution_id == world.resolution["passed"]
        db.session.remove()
    assert not visit("delegate").soup(address).select("select[name=resolution]")


def test_an_approved_project_and_its_resolution_lead_to_each_other(
    app: Flask, world: World, visit: Callable[..., Client]
) -> None:
    number = world.resolution["passed"]
    with app.app_context():
        resolution = db.session.get_one(Resolution, number)
        ids = []
        for basis in (
            f"理事会〔{resolution.year}〕{resolution.sequence}号决议",
            "会长办公会2026年7月",
            f"{resolution.year}年{resolution.sequence}月5日理事会{resolution.year}年第999号",
            f"{resolution.year}-{resolution.sequence:02d}-05理事会〔1999〕1号",
            f"{resolution.year}年第{resolution.sequence}次理事会",
            f"理事会{resolution.year}年{resolution.sequence}月8日会议",
            f"{resolution.year}-{resolution.sequence:02d}-08 理事会",
        ):
            project, lead = idea(world, title=f"resting {basis}"), world.actor("delegate")
            ask(world, project, "supplier")
            part = part_of(project, world.organisation["supplier"])
            confirm_partner(part, by=world.actor("supplier"))
            operations.form_project(project, by=lead)
            approve(world, project, basis)
            ids.append(project.id)
        for none in ids[1:]:
            assert db.session.get_one(Project, none).resolution_id is None
        assert db.session.query(Deliverable).count() >= 1
        db.session.remove()
    page = visit("supplier").soup(f"/projects/{ids[0]}")
    assert page.select_one(f'a[href="/resolutions/{number}"]') is not None
    page = visit("supplier").soup(f"/projects/{ids[1]}")
    assert "会长办公会2026年7月" in page.get_text()
    named = visit("secretary").soup(f"/resolutions/{number}/projects")
    assert named.select_one(f'a[href="/projects/{ids[0]}"]') is not None
    link = f'a[href="/resolutions/{number}/projects"]'
    assert visit("secretary").soup(f"/resolutions/{number}").select_one(link) is not None
    outside = visit("chair").soup(f"/resolutions/{number}/projects")
    assert outside.select_one(f'a[href="/projects/{ids[0]}"]') is None, "it takes no part"
