"""Action links: what twenty processes try at the same instant happens once."""

from __future__ import annotations

from collections import Counter
from itertools import cycle

import pytest
from sqlalchemy import func, select, text

from portal.accounts.models import Appointment
from portal.accounts.operations import end_appointment
from portal.actors import SYSTEM
from portal.database import db
from portal.engines import WRITING
from portal.roles import Role
from portal.sign_in import inviting, scanning
from tests.conftest import both_engines
from tests.faults import repeated
from tests.faults.race import Racers, Task, acting
from tests.world import World

pytestmark = pytest.mark.faults

PROCESSES = 20
#: People who hold no role at the organisation.
COMERS = ("stranger", "outsider", "chair", "supplier", "expert")
ROUNDS = repeated("SOAK_LINK_ROUNDS", 3)


def invited(world: World) -> int:
    """Invite somebody anew; whoever holds the role still would be refused for that."""
    held = select(Appointment).where(
        Appointment.scope_id == world.organisation["quiet"],
        Appointment.role == Role.DELEGATE,
        Appointment.person_id.in_(world.person[each] for each in COMERS),
        Appointment.is_running,
    )
    for appointment in db.session.scalars(held).all():
        end_appointment(appointment, by=SYSTEM)
    made = inviting.invite(Role.DELEGATE, world.organisation["quiet"], name="王新", by=SYSTEM)
    found: int = made.invitation.id
    db.session.remove()
    return found


def coming(world: World) -> list[Task]:
    """Let some people take up one invitation: whoever holds the role already is refused anyhow."""
    link, comers = invited(world), cycle(COMERS)
    return [
        acting(world.actor(next(comers)), "accept", invitation=link) for _each in range(PROCESSES)
    ]


def appointed(world: World) -> int:
    db.session.rollback()
    return db.session.scalars(
        select(func.count(Appointment.id)).where(
            Appointment.scope_id == world.organisation["quiet"],
            Appointment.role == Role.DELEGATE,
            Appointment.person_id.in_(world.person[each] for each in COMERS),
        )
    ).one()


@both_engines
def test_an_invitation_is_taken_up_once(url: str, world: World, context: None) -> None:
    with Racers(url, PROCESSES) as racers:
        for number in range(1, ROUNDS + 1):
            heard = Counter(each["outcome"] for each in racers.run(*coming(world)))
            assert heard == {"done": 1, "Refused": PROCESSES - 1}
            assert appointed(world) == number


@both_engines
def test_an_open_door_is_gone_through_once(url: str, world: World, context: None) -> None:
    with Racers(url, PROCESSES) as racers:
        for number in range(ROUNDS):
            key = f"key {number}"
            bell = scanning.ring(key=key, device="x", network=None).doorbell
            scanning.open_door(bell, bell.number, by=world.actor("delegate"), is_strong=False)
            db.session.remove()
            heard = racers.run(*[{"task": "go_in", "key": key}] * PROCESSES)
            came = Counter(each["outcome"] for each in heard)
            assert came == {"done": 1, "Refused": PROCESSES - 1}


@pytest.mark.parametrize("engine", ["postgresql"])
def test_the_update_alone_holds_it_without_the_lock(url: str, world: World, context: None) -> None:
    """Second wall: of two updates only one finds the link unused."""
    with Racers(url, PROCESSES, without=("lock", "journal")) as racers:
        for number in range(1, ROUNDS + 1):
            heard = Counter(each["outcome"] for each in racers.run(*coming(world)))
            assert heard["done"] == 1, heard
            assert appointed(world) == number


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_both_walls_the_race_shows(url: str, world: World, context: None) -> None:
    """The control: with lock and wall gone, somebody gets in twice, so the tests above can fail."""
    # The wall is the condition of the update; a rule that always finds the link unused removes it.
    with (
        db.engine.connect().execution_options(**{WRITING: True}) as connection,
        connection.begin(),
    ):
        connection.execute(
            text(
                "CREATE FUNCTION forget_use() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN NEW.used_at = NULL; RETURN NEW; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE TRIGGER forget_use BEFORE UPDATE ON action_link "
                "FOR EACH ROW EXECUTE FUNCTION forget_use()"
            )
        )
    with Racers(url, PROCESSES, without=("lock", "journal")) as racers:
        heard = Counter(each["outcome"] for each in racers.run(*coming(world)))
        assert heard["done"] > 1, heard
