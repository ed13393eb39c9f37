"""Random histories of memberships beside an oracle that knows nothing of the portal.

After each step the standing of everybody is compared with it, and a listing for members only is
opened or not: the very next request is refused.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.access import can, standing_of
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM, Actor, person
from portal.alliances import applying, operations
from portal.alliances.models import Membership
from portal.alliances.queries import held_membership
from portal.database import db
from portal.errors import Denied, Refused
from portal.exchange.models import Listing
from portal.roles import Role
from tests.alliances.make import apply, newcomer
from tests.conftest import both_engines
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")

#: Step -> the states of the oracle in which it is done, and the state after it.
STEPS = {
    "apply": (("none",), "submitted"),
    "review": (("submitted",), "review"),
    "return": (("review",), "returned"),
    "resubmit": (("returned",), "submitted"),
    "reject": (("review",), "none"),
    "approve": (("review",), "member"),
    "retract": (("submitted", "review", "returned"), "none"),
    "suspend": (("member",), "suspended"),
    "resume": (("suspended",), "member"),
    "withdraw": (("member", "suspended"), "none"),
    "expel": (("member", "suspended"), "none"),
}
PEOPLE = ("appoint", "dismiss", "secretary", "no secretary")


class Oracle:
    """Where the membership stands, and who holds which of two roles."""

    def __init__(self) -> None:
        self.membership = "none"
        self.is_manager = True
        self.is_secretary = False

    def allows(self, step: str) -> bool:
        applicants = ("apply", "resubmit", "retract")
        may = self.is_manager if step in applicants else self.is_secretary
        return may and self.membership in STEPS[step][0]


def do(step: str, world: World, by: Actor, keeper: Actor) -> None:
    """Take a step of a membership as whoever would take it."""
    held = held_membership(world.alliance["hydrogen"], by.organisation_id or 0)
    if step == "apply":
        apply(world, by)
        return
    if held is None:
        raise Refused("there is nothing to decide on")
    with_words: dict[str, Any] = {"note": "说明。"}
    if step in ("withdraw", "expel"):
        with_words["basis"] = "决议"
    verbs = {
        "review": applying.review_application,
        "return": applying.return_application,
        "resubmit": applying.submit_application,
        "reject": applying.reject_application,
        "approve": applying.approve_application,
        "retract": applying.retract_application,
        "suspend": operations.suspend_membership,
        "resume": operations.resume_membership,
        "withdraw": operations.withdraw_membership,
        "expel": operations.expel_membership,
    }
    actor = by if step in ("resubmit", "retract") else keeper
    verbs[step](held, by=actor, **with_words)


@both_engines
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    # Each example begins with an organisation of its own and nobody in office.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.sampled_from([*STEPS, *STEPS, "approve", "review", *PEOPLE]), min_size=12, max_size=30
    )
)
def test_everybody_may_exactly_what_the_history_says(steps: list[str], world: World) -> None:
    number = len(db.session.scalars(db.select(Membership.id)).all()) + len(_organisations())
    by, oracle = newcomer(f"河北历史{number}有限公司"), Oracle()
    keeper_id = world.person["stranger"]
    keeper, hydrogen = person(keeper_id), world.alliance["hydrogen"]
    members_only = world.get(Listing, "members")
    _dismiss(keeper_id, Role.SECRETARY)
    # A history that decides nothing proves nothing: it begins with a secretary in office.
    for step in ("secretary", *steps):
        if step in STEPS:
            is_allowed = oracle.allows(step)
            try:
                do(step, world, by, keeper)
            except (Refused, Denied):
                assert not is_allowed, (step, vars(oracle))
                db.session.expire_all()
            else:
                assert is_allowed, (step, vars(oracle))
                oracle.membership = STEPS[step][1]
        else:
            _appoint(step, oracle, by, keeper_id, hydrogen)
        own, office = standing_of(by), standing_of(keeper)
        is_member = oracle.is_manager and oracle.membership == "member"
        assert (hydrogen in own[Role.MEMBER]) == is_member, (step, vars(oracle))
        assert can(own, "listing.view", members_only) == is_member
        assert (by.organisation_id in own[Role.DELEGATE]) == oracle.is_manager
        assert (hydrogen in office[Role.SECRETARY]) == oracle.is_secretary
        assert can(office, "listing.view", members_only) == oracle.is_secretary


def _organisations() -> list[int]:
    return list(db.session.scalars(db.select(Person.id)))


def _appoint(step: str, oracle: Oracle, by: Actor, keeper_id: int, hydrogen: int) -> None:
    """Appoint or dismiss the manager or the secretary, where that changes anything."""
    if step == "appoint" and not oracle.is_manager:
        who = db.session.get_one(Person, by.person_id)
        grant_appointment(who, Role.MANAGER, scope_id=by.organisation_id or 0, by=SYSTEM)
        oracle.is_manager = True
    elif step == "dismiss":
        _dismiss(by.person_id, Role.MANAGER)
        oracle.is_manager = False
    elif step == "secretary" and not oracle.is_secretary:
        who = db.session.get_one(Person, keeper_id)
        grant_appointment(who, Role.SECRETARY, scope_id=hydrogen, by=SYSTEM)
        oracle.is_secretary = True
    elif step == "no secretary":
        _dismiss(keeper_id, Role.SECRETARY)
        oracle.is_secretary = False


def _dismiss(person_id: int | None, role: Role) -> None:
    for each in db.session.scalars(
        db.select(Appointment).where(
            Appointment.person_id == person_id, Appointment.role == role, Appointment.is_running
        )
    ).all():
        end_appointment(each, by=SYSTEM)
