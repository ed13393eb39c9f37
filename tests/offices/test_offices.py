"""Offices are given by invitation, on their pages, by whoever may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access import standing_of
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM
from portal.database import db
from portal.errors import Denied, Refused
from portal.outbox import Channel, OutboxMessage
from portal.roles import Role
from portal.sign_in.inviting import accept_invitation, invite
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
HYDROGEN = "/alliances/hydrogen/offices"


def test_an_administrator_invites_a_liaison_who_has_an_account(world: World, context: None) -> None:
    made = invite(Role.LIAISON, 1, name="测试", basis="市府函〔2026〕7号", by=world.actor("admin"))
    accept_invitation(made.invitation, by=world.actor("stranger"))
    assert 1 in standing_of(world.actor("stranger"))[Role.LIAISON]


def test_an_office_begins_on_its_day(world: World, context: None) -> None:
    begins = clock.start_of(clock.today() + timedelta(days=3))
    made = invite(
        Role.EXPERT,
        world.alliance["hydrogen"],
        name="测试",
        from_at=begins,
        by=world.actor("secretary"),
    )
    accept_invitation(made.invitation, by=world.actor("stranger"))
    assert not standing_of(world.actor("stranger"))[Role.EXPERT]
    with clock.standing_still(begins):
        assert standing_of(world.actor("stranger"))[Role.EXPERT]


def test_it_does_not_end_before_it_begins(world: World, context: None) -> None:
    day = clock.start_of(clock.today() + timedelta(days=3))
    with pytest.raises(Refused):
        invite(Role.LIAISON, 1, name="测试", from_at=day, until_at=day, by=world.actor("admin"))


@pytest.mark.parametrize("who", ["secretary", "liaison", "manager"])
def test_nobody_else_gives_an_office(world: World, context: None, who: str) -> None:
    with pytest.raises(Denied):
        invite(Role.SECRETARY, world.alliance["hydrogen"], name="测试", by=world.actor(who))


def test_a_secretary_is_offered_experts_alone(world: World, visit: Visit) -> None:
    page = visit("secretary").get(HYDROGEN).text
    assert 'value="expert"' in page
    assert 'value="secretary"' not in page
    assert "陈新" not in page, "whom the administrator invited"
    assert "陈新" in visit("admin").get(HYDROGEN).text


def test_the_page_hands_the_invitation_over_and_takes_it_back(
    app: Flask, world: World, visit: Visit
) -> None:
    keeper = visit("secretary")
    answer = keeper.post(HYDROGEN, {"name": "周新", "role": "expert", "email": "zhou@test.example"})
    assert answer.status_code == 200
    assert "data:image/svg+xml" in answer.text
    with app.app_context():
        message = db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.recipient == "zhou@test.example")
        ).one()
        assert message.channel is Channel.MAIL
        assert message.sent_at is None
        assert "/invitations/" in message.body
    assert "周新" in keeper.get(HYDROGEN).text
    keeper.post("/offices/invitations/3/revoke", {})
    assert "周新" not in keeper.get(HYDROGEN).text


def second_secretary(app: Flask, world: World) -> None:
    """Let hydrogen have another secretary beside the one of the cast."""
    with app.app_context():
        stranger = db.session.get_one(Person, world.person["stranger"])
        grant_appointment(stranger, Role.SECRETARY, scope_id=world.alliance["hydrogen"], by=SYSTEM)
        db.session.remove()


def test_ending_an_office_leads_back(app: Flask, world: World, visit: Visit) -> None:
    second_secretary(app, world)
    ending = f"/offices/appointments/{world.appointment['expert']}/end"
    assert visit("secretary").post(ending, {}).headers["Location"] == HYDROGEN
    with app.app_context():
        assert not standing_of(world.actor("expert"))[Role.EXPERT]
    ending = f"/offices/appointments/{world.appointment['secretary']}/end"
    assert visit("secretary").post(ending, {}).headers["Location"] == "/desk"


def test_who_holds_two_appointments_is_named_once(
    world: World, context: None, visit: Visit
) -> None:
    secretary = db.session.get_one(Person, world.person["secretary"])
    grant_appointment(secretary, Role.SECRETARY, scope_id=world.alliance["hydrogen"], by=SYSTEM)
    assert (
        len(
            db.session.scalars(
                select(Appointment).where(Appointment.person_id == secretary.id)
            ).all()
        )
        == 2
    )
    page = visit("anonymous").get("/alliances/hydrogen").text
    assert page.count("测试secretary") == 1


def test_the_last_administrator_finds_the_reason_in_place_of_the_button(
    app: Flask, world: World, visit: Visit
) -> None:
    page = visit("admin").soup("/offices/portal")
    own = f"form[action='/offices/appointments/{world.appointment['admin']}/end']"
    assert not page.select(own)
    assert "没有其他管理员" in page.get_text()
    with app.app_context():
        stranger = db.session.get_one(Person, world.person["stranger"])
        grant_appointment(stranger, Role.ADMINISTRATOR, scope_id=0, by=SYSTEM)
        db.session.remove()
    assert visit("admin").soup("/offices/portal").select(own)


def test_the_only_secretary_leaves_after_a_successor(
    app: Flask, world: World, visit: Visit
) -> None:
    appointment_id = world.appointment["secretary"]
    own = f"form[action='/offices/appointments/{appointment_id}/end']"
    page = visit("secretary").soup(HYDROGEN)
    assert not page.select(own)
    assert "请先请管理员任命接任者" in page.get_text()
    assert visit("admin").soup(HYDROGEN).select(own), "who appoints the next one may"
    visit("secretary").post(f"/offices/appointments/{appointment_id}/end", {})
    with app.app_context():
        assert standing_of(world.actor("secretary"))[Role.SECRETARY]
    second_secretary(app, world)
    assert visit("secretary").soup(HYDROGEN).select(own)
    visit("secretary").post(f"/offices/appointments/{appointment_id}/end", {})
    with app.app_context():
        assert not standing_of(world.actor("secretary"))[Role.SECRETARY]
