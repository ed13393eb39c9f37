"""Small worlds counted by hand, indicator by indicator."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organisation
from portal.actors import SYSTEM
from portal.chain.models import ChainNode
from portal.database import db
from portal.exchange import operations as exchange
from portal.exchange.models import Direction
from portal.matters.steps import Step
from portal.meetings import actions
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Action
from portal.monitor import cells
from portal.monitor.commitments import commitments_behind
from portal.monitor.counting import WAY, Measure, Sums
from portal.monitor.cube import Side, gathered
from portal.monitor.figures import Figures, figures_of
from portal.monitor.formulas import NOT_ALL_GIVEN, Figure, change, yearly_growth
from portal.monitor.indicators import BY_ID, INDICATORS
from portal.monitor.part import EVERYTHING, Part
from portal.monitor.regions import regions
from portal.outcomes.bands import Band
from portal.outcomes.models import OutcomeKind
from portal.outcomes.operations import confirm_outcome, correct_outcome
from portal.periods import Period
from tests.conftest import both_engines
from tests.directory.make import works_at
from tests.monitor.make import (
    accepted,
    answered,
    at,
    drafted,
    posted,
    posted_now,
    signed,
    stepped,
)
from tests.world import DAY, World, claim

pytestmark = pytest.mark.usefixtures("context")

WAN = 1_000_000
TODAY = clock.today()
#: Sixty days in which the cast does nothing of its own accord: it settled before and acts later.
BASE = TODAY - 150 * DAY
PERIOD = Period(BASE, BASE + 60 * DAY)
MIDDLE = BASE + 30 * DAY


def told(period: Period = PERIOD) -> Figures:
    while cells.catch_up(by=SYSTEM):
        pass
    return figures_of(EVERYTHING, period)


def value(indicator_id: str, period: Period = PERIOD) -> Figure:
    return told(period).values[indicator_id]


def test_growth_over_ten_years_is_that_of_the_bulletin() -> None:
    """71.2 to 748.7 over ten years is 26.5 per cent a year."""
    assert yearly_growth(748.7, 71.2, 10).value == pytest.approx(26.5, abs=0.05)
    assert change(111.8, 100.0) == Figure(11.8)
    assert change(5, 0).value is None
    assert change(5, None).value is None


@both_engines
def test_contracts_from_the_first_region_to_the_others_are_added_up(world: World) -> None:
    signed(world, MIDDLE, value_fen=320 * WAN, technology_fen=120 * WAN)
    signed(world, MIDDLE, taker="chair", value_fen=80 * WAN, technology_fen=None)
    # None of these: back to the first region, a landing, not confirmed, the day after the last.
    signed(world, MIDDLE, giver="supplier", taker="delegate", value_fen=7 * WAN, technology_fen=0)
    signed(world, MIDDLE, kind=OutcomeKind.LANDING, value_fen=9 * WAN, technology_fen=0)
    signed(world, MIDDLE, confirmed=False, value_fen=11 * WAN, technology_fen=0)
    signed(world, PERIOD.until_on, value_fen=13 * WAN, technology_fen=0)
    values = told().values
    assert values["contract-value"] == Figure(400 * WAN)
    assert values["contract-count"] == Figure(2)
    assert values["technology-value"] == Figure(120 * WAN)
    # All four confirmed ones of the period went across regions.
    assert values["outcomes"] == Figure(4)
    assert values["cross-region-share"] == Figure(100.0)


def test_the_first_day_belongs_to_a_period_and_the_day_after_the_last_does_not(
    world: World,
) -> None:
    signed(world, PERIOD.from_on, value_fen=1 * WAN, technology_fen=0)
    signed(world, PERIOD.last_on, value_fen=2 * WAN, technology_fen=0)
    signed(world, PERIOD.until_on, value_fen=4 * WAN, technology_fen=0)
    signed(world, PERIOD.from_on - DAY, value_fen=8 * WAN, technology_fen=0)
    assert value("contract-value") == Figure(3 * WAN)


def test_a_day_is_a_day_in_shanghai(world: World) -> None:
    """A listing posted at 00:30 in Shanghai is of that day, though London still writes the last."""
    with at(PERIOD.from_on, hour=0):
        posted_now(world)
    with at(PERIOD.until_on, hour=0):
        posted_now(world)
    assert value("listings") == Figure(1)


def test_a_correction_counts_in_place_of_what_it_corrects(world: World) -> None:
    wrong = signed(world, MIDDLE, value_fen=320 * WAN, technology_fen=0)
    assert value("contract-value") == Figure(320 * WAN)
    right = claim(signed_on=MIDDLE + DAY, value_fen=350 * WAN, contract_number="right")
    corrected = correct_outcome(wrong, right, by=world.actor("delegate"))
    # One side's word moves no figure.
    assert value("contract-value") == Figure(320 * WAN)
    confirm_outcome(corrected, by=world.actor("supplier"))
    values = told().values
    assert values["contract-value"] == Figure(350 * WAN)
    assert values["contract-count"] == Figure(1)


def test_a_value_given_as_a_band_counts_as_a_contract_without_an_amount(world: World) -> None:
    band = {"value_fen": None, "value_band": Band.UNDER_500, "technology_fen": None}
    signed(world, MIDDLE, **band)
    values = told().values
    assert values["contract-count"] == Figure(1)
    assert values["contract-value"].value is None
    assert str(values["contract-value"].reason)
    signed(world, MIDDLE, value_fen=5 * WAN, technology_fen=None)
    assert value("contract-value") == Figure(5 * WAN)
    assert value("technology-value").value is None


def test_nothing_is_zero_within_the_records_and_unknown_before_them(world: World) -> None:
    quiet = told().values
    assert quiet["contract-value"] == Figure(0)
    assert quiet["contract-count"] == Figure(0)
    assert quiet["cross-region-share"].value is None
    assert quiet["days-to-signed"].value is None
    before = Period(TODAY - 900 * DAY, TODAY - 800 * DAY)
    assert {f.value for f in told(before).values.values()} == {None}
    assert all(str(f.reason) for f in told(before).values.values())


def test_the_change_is_told_only_where_all_of_last_year_is_on_record(world: World) -> None:
    signed(world, MIDDLE, value_fen=300 * WAN, technology_fen=0)
    assert value("year-on-year").value is None  # the records begin later than that
    last_year = PERIOD.year_before()
    early = {"technology_fen": 0, "value_fen": 1 * WAN}
    signed(world, MIDDLE, signed_on=last_year.from_on - DAY, **early)
    assert value("year-on-year").value is None  # on record, but nothing to divide by
    signed(world, MIDDLE, signed_on=last_year.from_on, value_fen=240 * WAN, technology_fen=0)
    assert value("year-on-year") == Figure(25.0)


def test_listings_are_compared_only_with_a_time_in_which_the_portal_was_open(world: World) -> None:
    posted(world, MIDDLE)
    # Contracts are entered with the days of long ago, listings are not.
    signed(world, MIDDLE, signed_on=PERIOD.year_before().from_on - 400 * DAY)
    figures = told()
    assert figures.values_year_before["outcomes"].value == 0
    assert figures.values_year_before["listings"].value is None
    assert told(PERIOD.year_before()).values["listings"].value is None
    assert told(PERIOD.year_before()).values["outcomes"].value == 0


def test_yearly_growth_compares_the_last_twelve_months_with_the_first(world: World) -> None:
    signed(world, MIDDLE, value_fen=144 * WAN, technology_fen=0)
    assert value("yearly-growth").value is None
    # Three years back: the first whole twelve months end two years before the period's end.
    three_years = Period(PERIOD.until_on, PERIOD.until_on + DAY).year_before().year_before()
    start = three_years.year_before().from_on
    signed(world, MIDDLE, signed_on=start, value_fen=100 * WAN, technology_fen=0)
    assert value("yearly-growth") == Figure(20.0)


def test_what_no_area_keeps_has_no_value_and_a_reason(world: World) -> None:
    values = told().values
    for missing in ("gaps-closed", "commitments-kept", "flow-share"):
        assert values[missing].value is None
        assert str(values[missing].reason)


def test_the_share_needs_a_region_beyond_those_that_work_together(world: World) -> None:
    signed(world, MIDDLE, value_fen=30 * WAN, technology_fen=0)
    with_others = told()
    basis = with_others.basis
    origin = basis.origin_id
    # Had the portal known of 70 more that left for elsewhere: 30 of 100.
    side = Side(Measure.OUTCOME, world.alliance["hydrogen"], origin or 0, 999, "contract")
    cube = gathered([*basis.now.sums.items(), (side, Sums(1, 1, 70 * WAN))])
    wider = replace(basis, now=cube, region_ids=basis.region_ids | {999})
    assert BY_ID["flow-share"].figure(wider) == Figure(30.0)
    # Whoever does not see all that leaves is told no share of it.
    part = replace(wider, holds_origin=False)
    for share in ("flow-share", "given-share"):
        assert BY_ID[share].figure(part).value is None
        assert str(BY_ID[share].figure(part).reason) == str(NOT_ALL_GIVEN)


def test_the_share_of_all_that_is_given_holds_what_stays_within(world: World) -> None:
    signed(world, MIDDLE, value_fen=30 * WAN, technology_fen=0)
    signed(world, MIDDLE, giver="supplier", taker="delegate", value_fen=9 * WAN, technology_fen=0)
    basis = told().basis
    origin = basis.origin_id or 0
    side = Side(Measure.OUTCOME, world.alliance["hydrogen"], origin, origin, "contract")
    landed = side._replace(kind="landing")
    more = [(side, Sums(1, 1, 90 * WAN)), (landed, Sums(1, 1, 500 * WAN))]
    cube = gathered([*basis.now.sums.items(), *more])
    assert BY_ID["given-share"].figure(replace(basis, now=cube)) == Figure(25.0)


def test_the_own_part_of_a_liaison_beyond_the_first_region_has_no_share(world: World) -> None:
    signed(world, MIDDLE, value_fen=30 * WAN, technology_fen=0)
    told()
    hebei = Part(region_ids=frozenset({_region("HE")}))
    beijing = Part(region_ids=frozenset({_region("BJ")}))
    assert figures_of(hebei, PERIOD).values["given-share"].value is None
    assert figures_of(beijing, PERIOD).values["given-share"] == Figure(100.0)


def _region(code: str) -> int:
    return next(each.id for each in regions().provinces if each.code == code)


@both_engines
def test_commitments_are_what_meetings_asked_for_and_what_was_done_in_time(world: World) -> None:
    due = TODAY - 10 * DAY
    period = Period(TODAY - 12 * DAY, TODAY + DAY)
    supplier, keeper, chair = (world.actor(who) for who in ("supplier", "secretary", "chair"))

    def asked(on: date = due) -> Action:
        with at(TODAY - 15 * DAY):
            held = db.session.get_one(Meeting, world.meeting["held"])
            owner = world.organisation["supplier"]
            return actions.assign_action(held, "提交报告", owner_id=owner, due_on=on, by=keeper)

    def reported(action: Action, on: date) -> None:
        with at(on):
            actions.report_action(action, by=supplier, note="已提交。")

    def closed(action: Action) -> None:
        with at(due + 5 * DAY):
            actions.close_out_action(action, by=chair)

    in_time, late, again, waiting, dropped = (asked() for _ in range(5))
    asked()  # still open
    asked(TODAY)  # the day is not past
    reported(in_time, due)
    reported(waiting, due)
    reported(late, due + DAY)
    reported(again, due - DAY)
    with at(due + DAY):
        actions.send_back_action(again, by=keeper, note="缺附件。")
        actions.drop_action(dropped, by=keeper, note="不再需要。")
    reported(again, due + 2 * DAY)
    for each in (in_time, late, again):
        closed(each)
    # One of five: in time; late, done again late, waiting to be checked, and open are not.
    assert value("commitments-kept", period) == Figure(20.0)
    assert told(Period(TODAY, TODAY + DAY)).values["commitments-kept"].value is None
    beijing = figures_of(Part(region_ids=frozenset({_region("BJ")})), period)
    assert beijing.values["commitments-kept"].value is None
    hebei = figures_of(Part(region_ids=frozenset({_region("HE")})), period)
    assert hebei.values["commitments-kept"] == Figure(20.0)
    rows, _more = commitments_behind(hebei.part, period, None, after=None, size=20)
    assert len(rows) == 5 and in_time.id in [each.id for each in rows]
    assert not commitments_behind(beijing.part, period, None, after=None, size=20)[0]


def test_a_listing_counts_once_it_was_published_whatever_became_of_it(world: World) -> None:
    first = posted(world, BASE, direction=Direction.DEMAND)
    posted(world, MIDDLE, by="supplier")
    drafted(world, MIDDLE)
    with at(MIDDLE):
        exchange.recall_listing(first, by=world.actor("delegate"))
    assert value("listings") == Figure(2)
    answered(world, posted(world, MIDDLE), MIDDLE + DAY)
    values = told().values
    assert values["listings"] == Figure(3)
    assert values["response-rate"] == Figure(33.33)


@both_engines
def test_the_days_between_steps_are_a_median_over_the_listings(world: World) -> None:
    for after, steps in (
        (1, [(Step.CONTACTED, 3), (Step.SAMPLES, 13), (Step.SIGNED, 20)]),
        (4, [(Step.CONTACTED, 10), (Step.SIGNED, 40)]),
        (10, [(Step.CONTACTED, 10)]),
        (20, []),
    ):
        listing = posted(world, BASE)
        matter = accepted(world, answered(world, listing, BASE + after * DAY), BASE + after * DAY)
        stepped(world, matter, [(step, BASE + days * DAY) for step, days in steps])
    posted(world, BASE)
    values = told().values
    assert values["response-rate"] == Figure(80.0)
    assert values["days-to-answered"] == Figure(7.0)  # 1, 4, 10, 20
    assert values["days-to-contacted"] == Figure(2.0)  # 2, 6, 0
    assert values["days-to-tested"] == Figure(10.0)
    assert values["days-to-signed"] == Figure(18.5)  # 7 since the test, 30 since the contact
    steps_reached = {
        measure: told().basis.now.total(measure).count for measure in (Measure.POSTED, *WAY)
    }
    # The one signed without a test is counted as having come past it.
    assert list(steps_reached.values()) == [5, 4, 3, 2, 2]


def test_suppliers_are_members_at_the_end_of_the_period_that_stand_on_a_chain(
    world: World,
) -> None:
    assert value("suppliers") == Figure(0)
    node = db.session.scalars(select(ChainNode.id)).first()
    maker = db.session.get_one(Organisation, world.organisation["maker"])
    works_at(maker, node or 0)
    assert value("suppliers") == Figure(1)
    before_all = Period(TODAY - 201 * DAY, TODAY - 200 * DAY)
    assert value("suppliers", before_all).value in (0, None)


def test_the_table_is_whole() -> None:
    ids = [each.id for each in INDICATORS]
    assert len(set(ids)) == len(ids)
    for each in INDICATORS:
        assert str(each.formula) and str(each.source) and str(each.grain)
        assert each.definition_version
    assert {each.number for each in INDICATORS} >= {"1", "2", "3", "5c", "6", "7", "9", "13"}


def test_the_command_prints_the_table_as_json(app: Flask, world: World) -> None:
    signed(world, MIDDLE, value_fen=320 * WAN, technology_fen=120 * WAN)
    days = ["--from", PERIOD.from_on.isoformat(), "--until", PERIOD.until_on.isoformat()]
    done = app.test_cli_runner().invoke(args=["indicators", *days, "--json"])
    assert done.exit_code == 0, done.output
    found = {each["id"]: each for each in json.loads(done.output)}
    assert list(found) == [each.id for each in INDICATORS]
    value_row = found["contract-value"]
    assert (value_row["value"], value_row["unit"], value_row["reason"]) == (320 * WAN, "fen", None)
    assert value_row["definition_version"] == "1"
    assert found["gaps-closed"]["value"] is None and found["gaps-closed"]["reason"]
    other = app.test_cli_runner().invoke(
        args=["indicators", *days, "--alliance", "biomedicine", "--json"]
    )
    assert {e["id"]: e["value"] for e in json.loads(other.output)}["contract-value"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--alliance", "no-such"],
        ["--from", "2026-07-02", "--until", "2026-07-02"],
        ["--from", "yesterday"],
    ],
)
def test_the_command_refuses_what_makes_no_sense(app: Flask, arguments: list[str]) -> None:
    done = app.test_cli_runner().invoke(args=["indicators", "--json", *arguments])
    assert done.exit_code == 2
