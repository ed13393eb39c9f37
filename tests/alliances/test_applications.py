from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from portal import clock, journal
from portal.access import can, standing_of
from portal.accounts.models import Appointment, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM, person
from portal.alliances import applying, operations
from portal.alliances.member_queries import waiting_memberships
from portal.alliances.models import Membership, Tier
from portal.alliances.operations import AllianceContent, admit_organisation
from portal.alliances.queries import held_membership
from portal.alliances.workflow import MembershipState
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.operations import operation
from portal.roles import Role
from tests.alliances.make import alliance, apply, asked, membership, newcomer, under_review
from tests.conftest import both_engines
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


def verbs(made: Membership) -> list[str]:
    return [line.verb for line, _detail in journal.lines_about("membership", made.id)]


@both_engines
def test_an_application_goes_from_draft_to_membership(world: World) -> None:
    by, keeper = newcomer(), world.actor("secretary")
    made = apply(world, by, submit=False)
    assert made.state is MembershipState.DRAFT
    assert made.since is None
    applying.submit_application(made, by=by)
    applying.review_application(made, by=keeper)
    applying.return_application(made, by=keeper, note="请补充年产量。")
    applying.edit_application(made, asked(by, statement="年产3000只。"), by=by)
    applying.submit_application(made, by=by)
    applying.review_application(made, by=keeper)
    assert alliance(world).id not in standing_of(by)[Role.MEMBER]
    applying.approve_application(made, by=keeper, tier=Tier.MEMBER)
    assert made.state is MembershipState.ACTIVE
    assert made.tier is Tier.MEMBER
    assert made.since is not None and made.ended_at is None
    assert alliance(world).id in standing_of(by)[Role.MEMBER]
    assert verbs(made) == [
        "membership.apply", "membership.consent", "membership.submit", "membership.review",
        "membership.return", "membership.edit", "membership.consent", "membership.resubmit",
        "membership.review", "membership.tier", "membership.approve",
    ]  # fmt: skip


def test_only_active_members_are_shown_to_others(world: World) -> None:
    by, keeper = newcomer(), world.actor("secretary")
    made = under_review(world, by)
    anonymous, other = standing_of(world.actor("anonymous")), standing_of(world.actor("delegate"))

    def seen() -> tuple[bool, bool, bool, bool]:
        return (
            can(anonymous, "membership.view", made),
            can(other, "membership.view", made),
            can(standing_of(by), "membership.view", made),
            can(standing_of(keeper), "membership.view", made),
        )

    assert seen() == (False, False, True, True)
    applying.approve_application(made, by=keeper)
    assert seen() == (True, True, True, True)
    operations.suspend_membership(made, by=keeper, note="未缴会费。")
    assert seen() == (False, False, True, True)


@pytest.mark.parametrize(
    ("changed", "missing"), [({"statement": ""}, "能提供"), ({"contact_id": None}, "联系人")]
)
def test_an_unfinished_draft_is_not_submitted(
    changed: dict[str, object], missing: str, world: World
) -> None:
    by = newcomer()
    made = applying.apply_for_membership(alliance(world), asked(by, **changed), by=by)
    with pytest.raises(Refused) as refused:
        applying.submit_application(made, by=by)
    assert missing in str(refused.value.sentence)
    assert made.state is MembershipState.DRAFT


def test_a_contact_who_left_since_is_named_as_missing(world: World) -> None:
    by = newcomer()
    second = db.session.get_one(Person, world.person["stranger"])
    at = grant_appointment(second, Role.DELEGATE, scope_id=by.organisation_id or 0, by=SYSTEM)
    made = applying.apply_for_membership(alliance(world), asked(by, contact_id=second.id), by=by)
    end_appointment(db.session.get_one(Appointment, at.id), by=SYSTEM)
    with pytest.raises(Refused, match="联系人"):
        applying.submit_application(made, by=by)


def test_the_contact_is_one_of_the_organisations_people(world: World) -> None:
    by = newcomer()
    foreign = asked(by, contact_id=world.person["supplier"])
    with pytest.raises(Refused) as refused:
        applying.apply_for_membership(alliance(world), foreign, by=by)
    assert refused.value.field == "contact_id"


def test_without_consent_nothing_is_submitted_nor_kept(world: World) -> None:
    by = newcomer()
    with pytest.raises(Refused) as refused:
        applying.apply_for_membership(alliance(world), asked(by), by=by, submit=True)
    assert refused.value.field == "consent"
    assert held_membership(world.alliance["hydrogen"], by.organisation_id or 0) is None


def test_nobody_applies_for_an_organisation_they_do_not_act_for(world: World) -> None:
    supplier = person(world.person["supplier"], world.organisation["medic"])
    for who in (supplier, world.actor("stranger"), world.actor("secretary")):
        with pytest.raises(Denied):
            applying.apply_for_membership(alliance(world, "icv"), asked(who), by=who)


@pytest.mark.parametrize("who", ["delegate", "outsider"])
def test_a_member_or_applicant_does_not_apply_again(who: str, world: World) -> None:
    by = world.actor(who)
    with pytest.raises(Refused, match="已是联盟成员" if who == "delegate" else "办理中"):
        applying.apply_for_membership(alliance(world), asked(by), by=by)


def test_paper_admits_nobody_whose_application_is_under_way(world: World) -> None:
    medic = membership(world, "applying").organisation
    with pytest.raises(Refused, match="办理中"):
        admit_organisation(alliance(world), medic, Tier.MEMBER, by=world.actor("secretary"))


@both_engines
def test_the_database_itself_holds_one_place_for_each_organisation(world: World) -> None:
    taken = membership(world, "applying")

    @operation
    def double() -> None:
        columns = {
            c.name: getattr(taken, c.name) for c in Membership.__table__.columns if c.name != "id"
        }
        db.session.execute(insert(Membership).values(**columns))

    with pytest.raises(IntegrityError):
        double()


@both_engines
def test_after_the_end_the_organisation_applies_anew_and_history_stays(world: World) -> None:
    by, keeper = newcomer(), world.actor("secretary")
    first = under_review(world, by)
    applying.reject_application(first, by=keeper, note="与本链无关。")
    second = apply(world, by)
    applying.retract_application(second, by=by)
    third = under_review(world, by)
    applying.approve_application(third, by=keeper)
    operations.expel_membership(third, by=keeper, basis="决议第9号", note="信息不实。")
    fourth = apply(world, by)
    assert len({first.id, second.id, third.id, fourth.id}) == 4
    assert [first.state_now, second.state_now, third.state_now, fourth.state_now] == [
        "rejected", "retracted", "expelled", "submitted",
    ]  # fmt: skip
    assert all(each.ended_at is not None for each in (first, second, third))
    assert verbs(third)[-1] == "membership.expel"


def test_a_receipt_is_answered_with_the_first_application(world: World) -> None:
    by = newcomer()
    made = [
        applying.apply_for_membership(alliance(world), asked(by), by=by, receipt="once").id
        for _again in range(2)
    ]
    assert made[0] == made[1]


def test_what_is_under_review_does_not_change(world: World) -> None:
    by = newcomer()
    made = under_review(world, by)
    with pytest.raises(Refused, match="不能修改"):
        applying.edit_application(made, asked(by), by=by)
    with pytest.raises(Stale):
        applying.return_application(
            made, by=world.actor("secretary"), expected=made.version - 1, note="请补充。"
        )


def test_whoever_submitted_it_decides_nothing_about_it(world: World) -> None:
    """A secretary who is also manager of the applicant: two pairs of eyes."""
    keeper_id = world.person["secretary"]
    by = newcomer()
    grant_appointment(
        db.session.get_one(Person, keeper_id), Role.MANAGER,
        scope_id=by.organisation_id or 0, by=SYSTEM,
    )  # fmt: skip
    both = person(keeper_id, by.organisation_id)
    made = apply(world, both)
    with pytest.raises(Denied):
        applying.review_application(made, by=both)
    second = db.session.get_one(Person, world.person["stranger"])
    grant_appointment(second, Role.SECRETARY, scope_id=made.alliance_id, by=SYSTEM)
    applying.review_application(made, by=person(second.id))
    for decide in (applying.approve_application, applying.reject_application,
                   applying.return_application):  # fmt: skip
        with pytest.raises(Denied):
            decide(made, by=both, note="好。")
    applying.approve_application(made, by=person(second.id))


def test_where_the_council_admits_an_approval_names_its_resolution(world: World) -> None:
    by, keeper = newcomer(), world.actor("secretary")
    body = alliance(world)
    content = AllianceContent(body.summary, body.summary_en, "章程", body.contact, True)
    operations.edit_alliance(body, content, by=keeper)
    made = under_review(world, by)
    with pytest.raises(Refused) as refused:
        applying.approve_application(made, by=keeper, basis="  ")
    assert refused.value.field == "basis"
    applying.approve_application(made, by=keeper, basis="理事会决议第5号")
    assert made.basis == "理事会决议第5号"


def test_each_application_waits_for_the_one_who_can_move_it(world: World) -> None:
    by, keeper = newcomer(), world.actor("secretary")
    made = apply(world, by)

    def waits(who: object) -> bool:
        rows = waiting_memberships(standing_of(who), 20)  # type: ignore[arg-type]
        return made.id in {row.id for row in rows}

    assert (waits(by), waits(keeper), waits(world.actor("other_secretary"))) == (0, 1, 0)
    applying.review_application(made, by=keeper)
    assert (waits(by), waits(keeper)) == (0, 1)
    applying.return_application(made, by=keeper, note="请补充。")
    assert (waits(by), waits(keeper)) == (1, 0)
    applying.retract_application(made, by=by)
    assert (waits(by), waits(keeper)) == (0, 0)


def test_the_journal_keeps_that_the_member_list_was_agreed_to(world: World) -> None:
    made = apply(world, newcomer())
    told = Counter(verbs(made))
    assert told["membership.consent"] == 1
    assert clock.now() >= made.created_at
