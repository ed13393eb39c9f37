"""What is told of: terms nobody confirms, silent exchanges, resolutions named as basis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from portal import clock
from portal.access import standing_of
from portal.actors import SYSTEM
from portal.alliances.models import Alliance, Membership
from portal.alliances.operations import expel_membership
from portal.alliances.queries import chair_of
from portal.database import db
from portal.desk.queries import waiting_counts
from portal.documents.operations import edit_letterhead
from portal.inbox.models import Message
from portal.meetings import resolutions, voting
from portal.meetings.counting import Choice
from portal.meetings.quoting import resolution_named
from portal.meetings.resolution_models import Resolution
from portal.meetings.resolution_queries import number_of
from portal.rotation import handing_over, operations, swapping, vacancies
from portal.rotation.models import Swap, Turn
from portal.rotation.resting import turns_resting_on
from portal.rotation.telling import tell_of_unanswered
from portal.rotation.workflow import TurnState
from tests.client import Client
from tests.conftest import both_engines
from tests.meetings.make import in_session, tabled
from tests.rotation.make import DAY, plan_anew, planned, turn
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


def told(world: World, notice: str, who: str = "secretary") -> int:
    """Return how many messages of a kind somebody has."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Message)
            .where(Message.person_id == world.person[who], Message.notice == notice)
        )
        or 0
    )


def days_before(near: Turn, days: int) -> None:
    with clock.standing_still(clock.start_of(near.starts_on - days * DAY)):
        tell_of_unanswered(by=SYSTEM)


@both_engines
def test_of_a_term_nobody_confirms_the_secretariat_is_told_at_30_14_and_3_days(
    world: World,
) -> None:
    near = turn(world, "near")
    counts = []
    for left in (31, 30, 30, 29, 15, 14, 13, 4, 3, 0, -1):
        days_before(near, left)
        counts.append(told(world, "turn.tell"))
    assert counts == [0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert told(world, "turn.tell", "supplier") == 0, "the member has its own message"


def test_of_a_confirmed_term_nobody_is_told(world: World) -> None:
    near = turn(world, "near")
    with clock.standing_still(clock.start_of(near.starts_on - 30 * DAY)):
        operations.confirm_turn(near, by=world.actor("supplier"))
    days_before(near, 3)
    assert told(world, "turn.tell") == 0


def test_a_run_that_comes_late_tells_once(world: World) -> None:
    days_before(turn(world, "near"), 2)
    days_before(turn(world, "near"), 1)
    assert told(world, "turn.tell") == 1


def test_the_desk_says_whose_it_is_to_confirm(visit: Callable[..., Client]) -> None:
    assert "尚无人确认" in visit("secretary").get("/rotation/waiting").text
    assert "尚无人确认" not in visit("supplier").get("/rotation/waiting").text


def test_it_waits_on_the_desk_of_the_secretariat_until_it_is_confirmed(world: World) -> None:
    near, keeper = turn(world, "near"), world.actor("secretary")

    def waits(left: int) -> int:
        with clock.standing_still(clock.start_of(near.starts_on - left * DAY)):
            return waiting_counts(standing_of(keeper))["turn"]

    assert (waits(31), waits(30), waits(1)) == (0, 1, 1)
    operations.confirm_turn(near, by=world.actor("supplier"))
    assert waits(1) == 0


@both_engines
def test_an_exchange_that_nobody_answers_for_a_week_is_the_secretariats_too(world: World) -> None:
    swap, keeper = db.session.get_one(Swap, world.swap["asked"]), world.actor("secretary")
    found = []
    for days in (6, 7, 8):
        # The desk counts as of the last full minute.
        with clock.standing_still(swap.created_at + timedelta(days=days, minutes=1)):
            tell_of_unanswered(by=SYSTEM)
            waits = waiting_counts(standing_of(keeper))["swap"]
            found.append((told(world, "swap.tell"), waits))
    assert found == [(0, 0), (1, 1), (1, 1)]
    swapping.agree_to_swap(swap, by=world.actor("manager"))
    with clock.standing_still(swap.created_at + timedelta(days=30)):
        assert tell_of_unanswered(by=SYSTEM) == 1, "the near term, and no exchange"


def test_whoever_is_planned_or_moves_up_is_told(world: World) -> None:
    before = told(world, "turn.plan", "loser")
    plan_anew(world, "quiet", "maker")
    assert told(world, "turn.plan", "loser") == before + 1


def passed(world: World) -> Resolution:
    """Return a resolution that the council passed."""
    meeting = in_session(world, 3)
    made = tabled(world, meeting)
    voting.open_vote(made, by=world.actor("chair"))
    said = {seat.id: Choice.YES for seat in meeting.seats}
    voting.record_votes(made, said, by=world.actor("secretary"))
    voting.close_vote(made, by=world.actor("secretary"))
    assert made.year is not None
    return made


@both_engines
def test_a_resolution_whose_number_is_quoted_and_its_terms_lead_to_each_other(
    world: World, visit: Callable[..., Client]
) -> None:
    resolution = passed(world)
    number = number_of(resolution)
    ids, alliance_id = (resolution.year, resolution.sequence), world.alliance["hydrogen"]
    alliance = db.session.get_one(Alliance, alliance_id)
    edit_letterhead(alliance, prefix="氢能联盟", seal_holder="院", by=world.actor("secretary"))
    for basis in (
        number,
        f"决议{number}（理事会）",
        f"{number} {resolution.title}",
        f"理事会{number}决议",
        f"理事会{ids[0]}年第{ids[1]}号",
        f"{ids[0]}年第{ids[1]}号决议",
        f"京联〔{ids[0]}〕{ids[1]}号文，{number}",
        f"{ids[0]}年理事会第{ids[1]}号决议",
        f"{ids[0]}年度理事会决议第{ids[1]}号",
        f"理事会决议（{ids[0]}年第{ids[1]}号）",
        f"{ids[0]}年理事会会议通过{ids[0]}年第{ids[1]}号决议",
        f"《关于共建平台的决议》（{ids[0]}）{ids[1]}号",
    ):
        assert resolution_named(alliance_id, basis) == resolution.id, basis
        with force_locale("en"):
            assert resolution_named(alliance_id, basis) == resolution.id, basis
    for basis in (
        "决议第8号",
        f"京联{number}",  # a document's series
        f"氢能联盟{number}决议",  # that of the paper on which a resolution is written
        f"{ids[0]}年第{ids[1]}号",
        f"理事会{ids[0]}年第{ids[1]}季度会议",
        f"({ids[0]}-{ids[1]:02d}-03)",
        f"〔{ids[0]}〕{ids[1]}1号",
        f"发改委《关于印发办法的通知》（{ids[0]}）{ids[1]}号",
        f"《关于决议的通知》（{ids[0]}）{ids[1]}号",
        f"（{ids[0]}）{ids[1]}家成员签字",
        f"经讨论，（{ids[0]}）{ids[1]}家成员签字",
        f"{ids[0]}年股东会第{ids[1]}号决议",
        f"〔{int(ids[0] or 0) - 1}〕{ids[1]}号",
    ):
        assert resolution_named(alliance_id, basis) is None, basis
    assert resolution_named(world.alliance["biomedicine"], number) is None
    swap = db.session.get_one(Swap, world.swap["asked"])
    swapping.agree_to_swap(swap, by=world.actor("manager"))
    swapping.approve_swap(swap, by=world.actor("secretary"), note=number)
    assert swap.resolution_id == resolution.id
    assert len(turns_resting_on(resolution)) == 2
    address = f"/resolutions/{resolution.id}"
    made = turns_resting_on(resolution)[0].id
    resolutions.enact_resolution(resolution, by=world.actor("secretary"))
    resolutions.repeal_resolution(resolution, by=world.actor("secretary"), note="已另行安排。")
    assert resolution_named(alliance_id, number) is None, "it is in force no more"
    db.session.remove()
    keeper = visit("secretary")
    assert f"{address}/terms" in keeper.get(address).text
    assert f"/turns/{made}" in keeper.get(f"{address}/terms").text
    assert address in keeper.get(f"/turns/{made}").text
    assert address in keeper.get(f"/swaps/{world.swap['asked']}").text
    assert address not in visit("anonymous").get(f"/turns/{made}").text


def test_the_plan_offers_the_resolutions_that_passed(
    world: World, visit: Callable[..., Client]
) -> None:
    offered = number_of(passed(world))
    db.session.remove()
    page = visit("secretary").soup("/alliances/hydrogen/rotation/plan")
    choices = page.select("datalist#resolutions option")
    assert str(choices[0]["value"]).startswith(offered)
    assert page.select_one("input[list=resolutions]") is not None


def test_what_an_exchange_or_a_plan_by_hand_breaks_is_named(
    world: World, visit: Callable[..., Client]
) -> None:
    supplier = world.actor("supplier")
    schedule = "/alliances/hydrogen/rotation"
    assert "各项规则均已满足" in visit("supplier").get(f"{schedule}/check").text
    plan_anew(world, "supplier", "quiet", "maker", "chairer", "supplier")
    swap = swapping.ask_swap(planned(world)[4], planned(world)[1], reason="互换。", by=supplier)
    other, is_open = swap.other_turn_id, f"{schedule}/check?swap={swap.id}"
    db.session.remove()
    keeper = visit("supplier")
    assert is_open in keeper.get(f"/swaps/{swap_id(is_open)}").text
    assert f"/turns/{other}" not in keeper.get(f"{schedule}/check").text
    page = keeper.get(is_open).text
    assert "各项规则均已满足" not in page
    assert "各项规则均已满足" in visit("delegate").get(is_open).text, "it is none of theirs"
    assert visit("delegate").get(f"{schedule}/check?swap={10**20}").status_code == 200


def swap_id(address: str) -> str:
    return address.rsplit("=", 1)[1]


@both_engines
class TestWhoeverLeaves:
    def test_by_a_term_that_is_over_is_followed_at_once(self, world: World) -> None:
        running, keeper = turn(world, "running"), world.actor("secretary")
        with clock.standing_still(clock.start_of(running.ends_on + 2 * DAY)):
            handover = handing_over.begin_handover(running, by=world.actor("chair"))
            handing_over.close_handover(handover, by=keeper, note="办结。")
            chairing = db.session.get_one(Membership, world.membership["chairer"])
            expel_membership(chairing, by=keeper, note="违反章程。", basis="决议第5号")
            found = chair_of(world.alliance["hydrogen"])
            assert found is not None
            assert found.current is not None, "nobody sits for a moment"
            assert found.current.is_acting
            assert found.current.organisation_id != running.organisation_id
            assert running.state is TurnState.HANDED_OVER, "what was stays"

    def test_the_rest_of_a_rest_is_measured_by_the_whole_term(self, world: World) -> None:
        running, keeper = turn(world, "running"), world.actor("secretary")
        vacancies.vacate_turn(running, by=keeper, note="调任。")
        acting = db.session.scalars(select(Turn).where(Turn.state == TurnState.ACTING)).one()
        with clock.standing_still(clock.now() + timedelta(days=2)):
            vacancies.vacate_turn(acting, by=keeper, note="调任。")
            again = db.session.scalars(select(Turn).where(Turn.state == TurnState.ACTING)).one()
            assert not again.is_counted
