"""Matters: opened by acceptance, moved by either side, halted when a side leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal import clock, files, journal
from portal.access import standing_of
from portal.accounts.models import Appointment
from portal.accounts.operations import end_appointment
from portal.alliances.models import Membership
from portal.alliances.operations import expel_membership
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.exchange import answering
from portal.exchange.models import ListingKind
from portal.matters import operations, queries
from portal.matters.models import SILENCE, Matter
from portal.matters.steps import STEPS, Step
from portal.matters.workflow import MatterState
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")

DAY = timedelta(days=1)
PDF = b"%PDF-1.4\n%%EOF\n"
Visit = Callable[..., Client]


@pytest.fixture
def matter(world: World, context: None) -> Iterator[Matter]:
    """The matter of maker (the owner) and chairer, opened yesterday."""
    yield db.session.get_one(Matter, world.matter["accepted"])


def verbs(matter: Matter) -> list[str]:
    return [line.verb for line, _detail in journal.lines_about("matter", matter.id)]


def counted(world: World, who: str) -> set[int]:
    """Return the matters that wait for somebody."""
    return {row.id for row in queries.waiting_matters(standing_of(world.actor(who)), 100)}


def test_a_step_may_bring_a_file_for_the_two_sides(world: World, matter: Matter) -> None:
    received = files.receive(BytesIO(PDF), "offer.pdf")
    operations.take_step(
        matter, Step.OFFER, line="第一版", received=received, by=world.actor("delegate")
    )
    attached = {each.id: each.name for each in files.files_of(matter)}
    assert attached[matter.taken[-1].file_id or 0] == "offer.pdf"
    operations.take_back_step(matter, by=world.actor("delegate"))
    assert {each.id for each in files.files_of(matter)} == set(attached), (
        "what the other side may have fetched stays"
    )


def test_a_file_is_asked_whether_it_is_harmless_and_a_step_without_one_is_not(
    world: World, matter: Matter, visit: Visit
) -> None:
    page, owner = f"/matters/{matter.id}", visit("delegate")
    text = owner.get(page).text
    assert text.index("双方联系人") < text.index('class="steps"'), "whom to call comes first"
    sent: dict[str, object] = {"step": "offer", "version": matter.version}
    db.session.remove()
    bad = owner.post(f"{page}/steps", {**sent, "file": (BytesIO(PDF), "offer.pdf")})
    assert bad.status_code == 422
    good = {**sent, "file": (BytesIO(PDF), "offer.pdf"), "is_harmless": "y"}
    assert owner.post(f"{page}/steps", good).status_code == 302
    steps = owner.soup(page).select_one(".steps")
    assert steps is not None and steps.select_one("a[download]").get_text() == "offer.pdf"
    claim = {
        "kind": "contract",
        "title": "合同",
        "signed_on": clock.today().isoformat(),
        "value": "10",
        "disclosure": "band",
        "original_seen": "y",
    }
    signed = {"step": "signed", "version": str(int(str(sent["version"])) + 1)}
    assert owner.post(f"{page}/steps", signed).status_code == 302, "no file, no question"
    assert owner.post(f"{page}/outcome/new", claim).status_code == 302


@both_engines
def test_accepting_an_answer_opens_its_matter_in_the_same_transaction(world: World) -> None:
    interest = world.get_interest("sent")
    answering.accept_interest(interest, by=world.actor("delegate"))
    made = queries.matter_of(interest.id)
    assert made is not None
    assert (made.owner_id, made.partner_id) == (
        world.organisation["maker"],
        world.organisation["supplier"],
    )
    assert (made.title, made.state, made.step) == (interest.listing_title, MatterState.OPEN, None)
    assert (made.owner_person_id, made.partner_person_id) == (
        world.person["delegate"],
        world.person["supplier"],
    )
    assert verbs(made) == ["matter.open"]


def test_a_refused_acceptance_opens_no_matter(world: World) -> None:
    before = db.session.scalar(select(func.count(Matter.id)))
    with pytest.raises(Refused):
        answering.accept_interest(world.get_interest("lapsed"), by=world.actor("delegate"))
    assert db.session.scalar(select(func.count(Matter.id))) == before


@pytest.mark.parametrize("kind", STEPS, ids=lambda kind: kind.value if kind else "no kind")
def test_every_kind_walks_its_own_row_of_the_table(
    world: World, matter: Matter, kind: ListingKind | None
) -> None:
    @operations.operation
    def become() -> None:
        matter.kind = kind

    become()
    for step in STEPS[kind]:
        assert matter.next_step is step
        operations.take_step(matter, step, by=world.actor("delegate"))
        assert matter.step is step
    assert matter.next_step is None
    assert STEPS[kind][0] is Step.CONTACTED
    assert STEPS[kind][-2:] == (Step.SIGNED, Step.DELIVERED)
    for step in set(Step) - set(STEPS[kind]):
        with pytest.raises(Refused):
            operations.take_step(matter, step, by=world.actor("delegate"))


def test_every_kind_of_listing_has_a_row() -> None:
    assert set(STEPS) == {None, *ListingKind}


def test_either_side_moves_it_and_a_skipped_step_may_follow(world: World, matter: Matter) -> None:
    yesterday = clock.today() - DAY
    operations.take_step(matter, Step.TALKS, by=world.actor("chair"), line="已通话")
    operations.take_step(matter, Step.CONTACTED, by=world.actor("delegate"), taken_on=yesterday)
    assert matter.step is Step.TALKS, "the furthest, not the latest recorded"
    assert {each.step: each.taken_on for each in matter.taken} == {
        Step.TALKS: clock.today(),
        Step.CONTACTED: yesterday,
    }
    assert verbs(matter)[-2:] == ["matter.talks", "matter.contacted"]


def test_a_step_lies_today_or_earlier_and_happens_once(world: World, matter: Matter) -> None:
    by = world.actor("delegate")
    with pytest.raises(Refused) as refused:
        operations.take_step(matter, Step.TALKS, by=by, taken_on=clock.today() + DAY)
    assert refused.value.field == "taken_on"
    operations.take_step(matter, Step.TALKS, by=by)
    with pytest.raises(Refused):
        operations.take_step(matter, Step.TALKS, by=by)
    with pytest.raises(Stale):
        operations.take_step(matter, Step.OFFER, by=by, expected=matter.version - 1)


@pytest.mark.parametrize("who", ["secretary", "supplier", "outsider", "liaison", "admin", "former"])
def test_nobody_else_moves_it(world: World, matter: Matter, who: str) -> None:
    with pytest.raises(Denied):
        operations.take_step(matter, Step.TALKS, by=world.actor(who))
    with pytest.raises(Denied):
        operations.end_matter(matter, by=world.actor(who), note="x")


def test_a_slip_is_taken_back_by_the_side_that_made_it(world: World, matter: Matter) -> None:
    operations.take_step(matter, Step.CONTACTED, by=world.actor("chair"))
    operations.take_step(matter, Step.SIGNED, by=world.actor("delegate"))
    with pytest.raises(Refused):
        operations.take_back_step(matter, by=world.actor("chair"))
    operations.take_back_step(matter, by=world.actor("manager"))
    assert matter.step is Step.CONTACTED
    assert matter.steps_left[0] is Step.TALKS
    assert verbs(matter)[-1] == "matter.retract", "what was done stays told"


def test_on_hold_it_takes_no_step_and_goes_on_by_one_tap(world: World, matter: Matter) -> None:
    with pytest.raises(Refused):
        operations.hold_matter(matter, by=world.actor("chair"), note=" ")
    operations.hold_matter(matter, by=world.actor("chair"), note="等年度预算。")
    with pytest.raises(Refused):
        operations.take_step(matter, Step.TALKS, by=world.actor("delegate"))
    operations.resume_matter(matter, by=world.actor("delegate"))
    operations.take_step(matter, Step.TALKS, by=world.actor("delegate"))
    operations.end_matter(matter, by=world.actor("delegate"), note="价格未谈拢。")
    with pytest.raises(Refused):
        operations.resume_matter(matter, by=world.actor("delegate"))


def test_it_waits_for_both_sides_until_the_first_step_and_after_a_long_silence(
    world: World, matter: Matter
) -> None:
    now = clock.now()
    assert counted(world, "delegate") == counted(world, "chair") == {matter.id}
    assert counted(world, "secretary") == counted(world, "supplier") == set()
    operations.take_step(matter, Step.TALKS, by=world.actor("chair"))
    assert counted(world, "delegate") == set()
    with clock.standing_still(now + SILENCE + DAY):
        assert matter.id in counted(world, "delegate") and matter.id in counted(world, "chair")
        assert db.session.get_one(Matter, matter.id).is_due
        operations.take_step(matter, Step.DELIVERED, by=world.actor("chair"))
    with clock.standing_still(now + 3 * SILENCE):
        assert matter.id not in counted(world, "delegate"), "what was delivered waits for nobody"


def test_a_side_that_leaves_the_alliance_halts_it_and_history_stays(
    world: World, matter: Matter
) -> None:
    operations.take_step(matter, Step.TALKS, by=world.actor("chair"))
    membership = db.session.get_one(Membership, world.membership["chairer"])
    expel_membership(
        membership, by=world.actor("secretary"), basis="决议第3号", note="未履行义务。"
    )
    assert matter.state is MatterState.ON_HOLD
    assert verbs(matter) == ["matter.open", "matter.attach", "matter.talks", "matter.halt"]
    operations.resume_matter(matter, by=world.actor("chair"))
    assert matter.is_open, "the two know each other and may go on"


def test_a_colleague_takes_over_and_nobody_from_outside(world: World, matter: Matter) -> None:
    operations.hand_over_matter(matter, world.person["manager"], by=world.actor("delegate"))
    assert matter.owner_person.id == world.person["manager"]
    for stranger in ("former", "chair", "supplier"):
        with pytest.raises(Refused):
            operations.hand_over_matter(matter, world.person[stranger], by=world.actor("delegate"))
    appointment = db.session.get_one(Appointment, world.appointment["delegate"])
    end_appointment(appointment, by=world.actor("manager"))
    with pytest.raises(Denied):
        operations.take_step(matter, Step.TALKS, by=world.actor("delegate"))
    operations.take_step(matter, Step.TALKS, by=world.actor("manager"))
