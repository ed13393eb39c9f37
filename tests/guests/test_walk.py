"""The whole way: a text becomes a listing, a stranger answers, an outcome stands for both."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.actors import person
from portal.database import db
from portal.exchange.models import Interest
from portal.guests.models import GuestAnswer
from portal.matters.operations import take_step
from portal.matters.queries import matter_of
from portal.matters.recording import record_outcome
from portal.matters.steps import Step
from portal.outcomes.operations import confirm_outcome
from tests.client import Client
from tests.world import World, claim

Visit = Callable[..., Client]
NAME, NUMBER = "天津己缠绕有限公司", "13900001111"


def filled_in(page: str) -> dict[str, str]:
    """Return what the only form of a page's content would send as it stands."""
    form = BeautifulSoup(page, "html.parser").select_one("main form.form")
    assert form is not None
    hidden = form.select("input[type=hidden]")
    sent = {str(each["name"]): str(each.get("value", "")) for each in hidden}
    for each in form.select("select"):
        chosen = each.select_one("option[selected]")
        sent[str(each["name"])] = str(chosen["value"]) if chosen else ""
    return sent


def test_from_a_text_to_an_outcome_of_a_stranger(app: Flask, world: World, visit: Visit) -> None:
    owner, keeper = visit("delegate"), visit("secretary")
    # A text is pasted, becomes a draft, and is published.
    pasted = owner.post(
        "/listings/paste", {"secrecy": "none", "text": "求购碳纤维缠绕代工产能，月产100只。"}
    )
    assert pasted.status_code == 200
    draft = {
        "secrecy": "none",
        "direction": "demand",
        "title": "求购碳纤维缠绕代工产能",
        "specification": "求购碳纤维缠绕代工产能，月产100只。",
        "valid_until": (clock.today() + timedelta(days=30)).isoformat(),
        "visibility": "public",
    }
    listing = owner.post("/listings/new", {**draft, "save": "1"}).location
    assert owner.post(f"{listing}/moves/submit").status_code == 302
    assert keeper.post(f"{listing}/moves/publish").status_code == 302
    # A stranger comes from the poster's address and answers.
    stranger = visit()
    assert f"{listing}/guest-answer" in stranger.get(listing).text
    given = stranger.post(
        f"{listing}/guest-answer", {"organisation": NAME, "mobile": NUMBER, "message": "月产80只"}
    )
    assert given.status_code == 302
    with app.app_context():
        wanted = select(GuestAnswer.id).where(GuestAnswer.mobile == NUMBER)
        guest = f"/guest-answers/{db.session.scalars(wanted).one()}"
    # The secretariat verifies it and hands the invitation over.
    shown = keeper.post(f"{guest}/record", filled_in(keeper.get(guest).text))
    token = re.search(r"/invitations/([\w-]{20,})", shown.text)
    assert token is not None
    taken = {"name": "李工", "account": NUMBER, "password": "guest-walk-2026-tianjin"}
    assert visit().post(f"/invitations/{token[1]}", taken).location == "/desk"
    # The answer stands with the owner, who accepts it; both take steps and confirm an outcome.
    with app.app_context():
        theirs = db.session.scalars(select(Organisation).where(Organisation.name == NAME)).one()
        they = db.session.scalars(select(Person).where(Person.mobile == NUMBER)).one()
        found = db.session.scalars(
            select(Interest).where(Interest.organisation_id == theirs.id)
        ).one()
        interest, partner, there = found.id, person(they.id, theirs.id), theirs.id
        db.session.remove()
    assert owner.post(f"/interests/{interest}/moves/accept").status_code == 302
    with app.app_context():
        matter = matter_of(interest)
        assert matter is not None
        for step in (Step.CONTACTED, Step.SIGNED):
            take_step(matter, step, by=partner)
        made = record_outcome(matter, claim(title="缠绕加工合同", may_publish=True), by=partner)
        confirm_outcome(made, by=world.actor("delegate"), may_publish=True)
        db.session.remove()
    for organisation in (there, world.organisation["maker"]):
        assert "缠绕加工合同" in visit().get(f"/organisations/{organisation}").text
