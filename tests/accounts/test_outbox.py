"""Messages that wait: they go with the link they carry, and with whoever wrote them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal import journal, outbox
from portal.access import require, standing_of
from portal.accounts import person_operations
from portal.accounts.models import Person
from portal.accounts.operations import grant_appointment
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.outbox import OutboxMessage
from portal.roles import Role
from portal.sign_in import inviting
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

Visit = Callable[..., Client]


def invite(world: World, by: str = "manager") -> inviting.Made:
    return inviting.invite(
        Role.DELEGATE,
        world.organisation["maker"],
        name="王新",
        email="wang@new.example",
        mobile="13800000009",
        by=world.actor(by),
    )


def messages(made: inviting.Made) -> list[OutboxMessage]:
    link_id = made.invitation.link_id
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.link_id == link_id)))


def waiting(world: World, who: str) -> set[int]:
    return {each.id for each in outbox.messages_to_send(standing_of(world.actor(who)))}


def withdrawn(world: World, who: str) -> set[int]:
    return {each.id for each in outbox.messages_withdrawn(standing_of(world.actor(who)))}


@operation
def write(by: Actor) -> OutboxMessage:
    require(by, "session.start")
    return outbox.send_mail("li@new.example", "通知", "请看。", by=by)


@both_engines
class TestWithTheLink:
    @pytest.mark.parametrize("fate", ["taken up", "revoked"])
    def test_what_waits_is_withdrawn_and_forgets_what_it_said(
        self, world: World, context: None, fate: str
    ) -> None:
        made, other = invite(world), invite(world)
        mail, short = messages(made)
        assert made.token in mail.body and made.code in short.body
        if fate == "taken up":
            inviting.accept_invitation(made.invitation, by=world.actor("stranger"))
        else:
            inviting.revoke_invitation(made.invitation, by=world.actor("manager"))
        for message in (mail, short):
            assert message.withdrawn_at is not None
            assert (message.sent_at, message.body) == (None, "")
            assert message.id in withdrawn(world, "manager") - waiting(world, "manager")
            verbs = [line.verb for line, _d in journal.lines_about("outbox_message", message.id)]
            assert verbs == ["outbox_message.write", "outbox_message.withdraw"]
            with pytest.raises(Refused):
                outbox.mark_sent(message, by=world.actor("manager"))
        assert {each.id for each in messages(other)} <= waiting(world, "manager")

    def test_what_was_sent_stays_sent(self, world: World, context: None) -> None:
        made = invite(world)
        mail, _short = messages(made)
        outbox.mark_sent(mail, by=world.actor("manager"))
        inviting.revoke_invitation(made.invitation, by=world.actor("manager"))
        assert mail.sent_at is not None
        assert mail.withdrawn_at is None

    def test_an_acceptance_that_fails_withdraws_nothing(self, world: World, context: None) -> None:
        made = invite(world)
        with pytest.raises(Refused):
            inviting.accept_invitation(
                made.invitation,
                by=world.actor("anonymous"),
                name="王新",
                account="delegate@test.example",
                password_hash="x",
            )
        assert {each.id for each in messages(made)} <= waiting(world, "manager")


@both_engines
class TestWithTheWriter:
    def test_administrators_see_what_a_closed_account_left_and_no_key_in_it(
        self, world: World, context: None
    ) -> None:
        former = db.session.get_one(Person, world.person["former"])
        maker = world.organisation["maker"]
        grant_appointment(former, Role.MANAGER, scope_id=maker, by=SYSTEM)
        world.acts_for["former"] = "maker"
        by = world.actor("former")
        made, told = invite(world, by="former"), write(by)
        ids = {each.id for each in messages(made)}
        assert not (ids | {told.id}) & waiting(world, "admin")
        person_operations.close_account(former, by=by)
        assert ids <= withdrawn(world, "admin")
        assert all(each.body == "" for each in messages(made))
        assert told.id in waiting(world, "admin"), "nothing in it opens anything"
        assert not (ids | {told.id}) & waiting(world, "manager")
        outbox.mark_sent(told, by=world.actor("admin"))

    def test_others_still_see_nothing_of_who_stays(self, world: World, context: None) -> None:
        made = invite(world)
        ids = {each.id for each in messages(made)}
        for who in ("admin", "delegate", "secretary", "anonymous"):
            assert not ids & (waiting(world, who) | withdrawn(world, who))


class TestByHand:
    def test_the_writer_withdraws_it_once_and_nobody_else(
        self, world: World, context: None
    ) -> None:
        message = write(world.actor("manager"))
        for who in ("admin", "delegate", "anonymous"):
            with pytest.raises(Denied):
                outbox.withdraw_message(message, by=world.actor(who))
        outbox.withdraw_message(message, by=world.actor("manager"))
        with pytest.raises(Refused):
            outbox.withdraw_message(message, by=world.actor("manager"))

    def test_on_the_page(self, visit: Visit, world: World) -> None:
        client, number = visit("manager"), world.outbox_message["message"]
        assert "不再需要" in client.get("/outbox").text
        assert client.post(f"/outbox/{number}/withdraw").location == "/outbox"
        page = client.soup("/outbox")
        assert page.select_one(f"#message-{number}") is None
        assert "zhang@test.example" in page.get_text()
        assert client.post(f"/outbox/{number}/sent").status_code == 422
