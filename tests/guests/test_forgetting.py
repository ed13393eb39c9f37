"""What becomes of a guest's number, and who is told of a guest, after somebody decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Person
from portal.actors import ANONYMOUS, SYSTEM
from portal.database import db
from portal.errors import Refused
from portal.exchange.models import Listing
from portal.guests import operations, personal
from portal.guests.models import GuestAnswer
from portal.guests.workflow import GuestAnswerState
from portal.inbox.models import Message
from portal.operations import operation
from portal.outbox import OutboxMessage, send_sms
from portal.regions.queries import region_by_code
from portal.sign_in.models import Invitation
from tests.world import World

NAME, NUMBER = "天津己缠绕有限公司", "13900001111"


def give(world: World, name: str = NAME, listing: str = "public") -> GuestAnswer:
    return operations.give_guest_answer(
        world.get(Listing, listing), name=name, mobile=NUMBER, message="一行", by=ANONYMOUS
    )


def place(world: World, guest: GuestAnswer) -> Invitation:
    region = region_by_code("TJ")
    assert region is not None
    new = operations.NewOrganisation(operations.OrganisationKind.ENTERPRISE, region)
    made = operations.place_guest(guest, new=new, contact="李工", by=world.actor("secretary"))
    assert made is not None
    return made.invitation


@operation
def write(by: str) -> int:
    return send_sms(by, "邀请", by=SYSTEM).id


@pytest.mark.parametrize("answers_again", [False, True])
def test_the_number_leaves_the_invitation_nobody_accepted(
    world: World, context: None, answers_again: bool
) -> None:
    with clock.standing_still(clock.now() - timedelta(days=91)):
        guest = give(world)
        invitation = place(world, guest)
        sent = write(NUMBER)
    if answers_again:
        operations.reject_guest_answer(guest, by=world.actor("secretary"), note="另答")
        give(world)
    operations.erase_old_guests(by=SYSTEM)
    db.session.expire_all()
    kept = NUMBER if answers_again else None
    assert guest.mobile is None and invitation.mobile == kept
    assert db.session.get_one(OutboxMessage, sent).recipient == (kept or "")


def test_an_erased_person_is_no_guest_any_more(world: World, context: None) -> None:
    guest = give(world)
    who = db.session.get_one(Person, world.person["supplier"])

    @operation
    def forgotten() -> tuple[str, list[dict[str, object]]]:
        who.mobile = NUMBER
        db.session.flush()
        copy = personal.guests_data(who.id)
        personal.forget(who, "")
        return copy

    _name, rows = forgotten()
    assert [row["message"] for row in rows] == ["一行"]
    db.session.expire_all()
    assert guest.mobile is None and guest.message is None and guest.erased_at is not None


def test_what_was_decided_meanwhile_is_not_placed(world: World, context: None) -> None:
    guest = give(world, name="天津丙研究院")
    operations.verify_guest_answer(guest, by=world.actor("delegate"))
    operations.disown_guest_answer(guest, by=world.actor("chair"), note="无此人")
    known = db.session.get(operations.Organisation, world.organisation["supplier"])
    with pytest.raises(Refused):
        operations.place_guest(guest, known=known, by=world.actor("secretary"))
    assert guest.state is GuestAnswerState.REJECTED
    assert guest.organisation_id == world.organisation["chairer"]


@pytest.mark.parametrize(("name", "told"), [("天津丙研究院", "chair"), (NAME, "secretary")])
def test_who_has_to_go_on_is_told(world: World, context: None, name: str, told: str) -> None:
    guest = give(world, name=name)
    operations.verify_guest_answer(guest, by=world.actor("delegate"))
    found = db.session.scalars(
        select(Message.person_id).where(
            Message.about_noun == "guest_answer",
            Message.about_id == guest.id,
            Message.notice.in_(["guest_answer.verify", "guest_answer.record"]),
        )
    )
    asked = set(found)
    assert world.person[told] in asked
    assert not {world.person["chair"], world.person["secretary"]} - {world.person[told]} & asked
