"""Outcomes: claimed by one side, confirmed by the other, never changed, counted once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal import clock, journal, links
from portal.access import can, standing_of
from portal.accounts.models import Appointment, Organisation, Person
from portal.accounts.operations import end_appointment, grant_appointment
from portal.actors import SYSTEM, person
from portal.database import db
from portal.engines import WRITING
from portal.errors import Denied, Refused
from portal.exchange import answering
from portal.exchange import operations as exchange
from portal.exchange.models import Direction
from portal.links import ActionLink
from portal.matters.models import Matter
from portal.matters.operations import take_step
from portal.matters.queries import matter_of
from portal.matters.recording import link_outcome, record_outcome
from portal.matters.steps import Step
from portal.outbox import OutboxMessage
from portal.outcomes import operations, queries
from portal.outcomes.bands import BANDS, Band, band_of
from portal.outcomes.facts import value_words
from portal.outcomes.models import Disclosure, Outcome
from portal.outcomes.workflow import OutcomeState
from portal.roles import Role
from tests.conftest import both_engines
from tests.world import CAST, World, claim, content

pytestmark = pytest.mark.usefixtures("context")

DAY = timedelta(days=1)


@pytest.fixture
def claimed(world: World, context: None) -> Iterator[Outcome]:
    """What maker claimed of its contract with supplier."""
    yield db.session.get_one(Outcome, world.outcome["claimed"])


@pytest.fixture
def confirmed(world: World, context: None) -> Iterator[Outcome]:
    """What both confirmed."""
    yield db.session.get_one(Outcome, world.outcome["confirmed"])


def counted() -> set[int]:
    return {row.id for row in db.session.execute(queries.confirmed())}


def signed_matter(world: World) -> Matter:
    """Return a further matter of maker and supplier that was signed."""
    alliance = db.session.get_one(exchange.Alliance, world.alliance["hydrogen"])
    listing = exchange.post_listing(
        alliance, content(direction=Direction.SUPPLY), by=world.actor("supplier"), submit=True
    )
    exchange.publish_listing(listing, by=world.actor("secretary"))
    interest = answering.send_interest(listing, message="需要。", by=world.actor("delegate"))
    answering.accept_interest(interest, by=world.actor("supplier"))
    matter = matter_of(interest.id)
    assert matter is not None
    take_step(matter, Step.SIGNED, by=world.actor("delegate"))
    return matter


@both_engines
def test_one_sides_claim_counts_nowhere_until_the_other_confirms(
    world: World, claimed: Outcome, confirmed: Outcome
) -> None:
    assert counted() == {confirmed.id}
    assert queries.totals().count == 1
    assert not can(standing_of(world.actor("anonymous")), "outcome.view", claimed)
    with pytest.raises(Denied):
        operations.confirm_outcome(claimed, by=world.actor("delegate"))
    operations.confirm_outcome(claimed, by=world.actor("supplier"))
    assert counted() == {confirmed.id, claimed.id}
    totals = queries.totals()
    assert (totals.count, totals.across_regions) == (2, 2)
    assert (totals.value_fen, totals.technology_fen) == (640_000_000, 240_000_000)


def test_flows_run_from_who_supplies_to_who_takes(world: World, confirmed: Outcome) -> None:
    codes = (confirmed.from_region.code, confirmed.to_region.code)
    assert codes == ("HE", "BJ"), "a demand of maker, answered by supplier"
    made = record_outcome(signed_matter(world), claim(), by=world.actor("delegate"))
    assert (made.from_id, made.to_id) == (
        world.organisation["supplier"],
        world.organisation["maker"],
    ), "a supply of supplier, answered by maker"


def test_nothing_is_claimed_before_the_signature_or_by_others(world: World) -> None:
    matter = db.session.get_one(Matter, world.matter["accepted"])
    with pytest.raises(Refused):
        record_outcome(matter, claim(), by=world.actor("delegate"))
    for who in ("supplier", "secretary", "outsider", "admin"):
        with pytest.raises(Denied):
            record_outcome(matter, claim(), by=world.actor(who))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"signed_on": clock.today() + 2 * DAY}, "signed_on"),
        ({"value_band": Band.UNDER_50}, "value_band"),
        ({"technology_band": Band.UNDER_50}, "technology_band"),
        ({"technology_fen": 320_000_001}, "technology"),
        ({"original_seen": False}, "file"),
        ({"contract_number": "HT-confirmed"}, "contract_number"),
    ],
)
def test_what_cannot_be_so_is_refused_at_its_field(
    world: World, wrong: dict[str, Any], field: str
) -> None:
    matter = signed_matter(world)
    with pytest.raises(Refused) as refused:
        record_outcome(matter, claim(**wrong), by=world.actor("delegate"))
    assert refused.value.field == field


def test_a_record_has_one_outcome_and_a_second_record_links_to_it(
    world: World, confirmed: Outcome, claimed: Outcome
) -> None:
    for name in ("claimed", "confirmed"):
        matter = db.session.get_one(Matter, world.matter[name])
        with pytest.raises(Refused):
            record_outcome(matter, claim(), by=world.actor("supplier"))
    matter = signed_matter(world)
    with pytest.raises(Refused):
        link_outcome(matter, claimed.id, by=world.actor("delegate"))
    link_outcome(matter, confirmed.id, by=world.actor("delegate"))
    assert queries.counted_for("matter", matter.id) is confirmed
    with pytest.raises(Refused):
        record_outcome(matter, claim(), by=world.actor("delegate"))
    assert queries.totals().count == 1


def test_a_declined_claim_may_be_made_anew(world: World, claimed: Outcome) -> None:
    with pytest.raises(Refused):
        operations.decline_outcome(claimed, by=world.actor("supplier"), note="")
    operations.decline_outcome(claimed, by=world.actor("supplier"), note="金额不符。")
    assert (claimed.state, claimed.reason) == (OutcomeState.DISPUTED, "金额不符。")
    with pytest.raises(Refused):
        operations.confirm_outcome(claimed, by=world.actor("supplier"))
    matter = db.session.get_one(Matter, world.matter["claimed"])
    anew = record_outcome(matter, claim(contract_number="HT-claimed"), by=world.actor("supplier"))
    operations.confirm_outcome(anew, by=world.actor("delegate"))
    assert anew.id in counted() and claimed.id not in counted()


def test_whoever_acts_for_both_does_not_confirm_their_own_claim(
    world: World, claimed: Outcome
) -> None:
    both = db.session.get_one(Person, world.person["delegate"])
    supplier = world.organisation["supplier"]
    grant_appointment(both, Role.DELEGATE, scope_id=supplier, by=SYSTEM)
    with pytest.raises(Denied):
        operations.confirm_outcome(claimed, by=person(both.id, supplier))


@both_engines
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outcome SET value_fen = 1, technology_fen = 1 WHERE state = 'confirmed'",
        "UPDATE outcome SET state = 'claimed', confirmed_at = NULL WHERE state = 'confirmed'",
        "UPDATE outcome SET to_region_id = from_region_id WHERE state = 'confirmed'",
        "DELETE FROM outcome",
    ],
)
def test_the_database_itself_keeps_what_was_confirmed(change: str) -> None:
    db.session.rollback()
    connection = db.session.connection(execution_options={WRITING: True})
    with pytest.raises(DBAPIError, match=r"reversal|append-only"):
        connection.execute(text(change))
    db.session.rollback()


@both_engines
def test_a_correction_reverses_the_old_one_when_the_other_side_confirms(
    world: World, confirmed: Outcome
) -> None:
    right = claim(value_fen=500_000_000, contract_number="HT-confirmed")
    new = operations.correct_outcome(confirmed, right, by=world.actor("supplier"))
    assert queries.totals().value_fen == 320_000_000, "the old one counts until then"
    assert confirmed.is_standing
    with pytest.raises(Refused):
        operations.correct_outcome(confirmed, right, by=world.actor("delegate"))
    operations.confirm_outcome(new, by=world.actor("delegate"))
    totals = queries.totals()
    assert (totals.count, totals.value_fen) == (1, 500_000_000)
    assert sorted(row.sign for row in db.session.execute(queries.confirmed())) == [-1, 1, 1]
    db.session.expire_all()
    assert not confirmed.is_standing and new.is_standing
    assert confirmed.value_fen == 320_000_000, "the row itself stays as it was"
    assert queries.counted_for("matter", world.matter["confirmed"]).id == new.id  # type: ignore[union-attr]
    assert journal.verify().faults == ()


def test_the_link_answers_once_for_the_person_it_is_for(world: World, claimed: Outcome) -> None:
    link = links.find(operations.PURPOSE, world.token["outcome"])
    assert link is not None and link.person_id == world.person["supplier"]
    other = world.organisation["supplier"]
    with pytest.raises(Refused):
        manager = db.session.get_one(Person, world.person["loser"])
        grant_appointment(manager, Role.DELEGATE, scope_id=other, by=SYSTEM)
        operations.answer_by_link(link, by=person(manager.id, other), confirms=True)
    operations.answer_by_link(link, by=world.actor("supplier"), confirms=True, may_publish=True)
    assert claimed.is_published
    with pytest.raises(Refused):
        operations.answer_by_link(link, by=world.actor("supplier"), confirms=False, note="x")


def test_the_link_of_who_left_opens_nothing(world: World, claimed: Outcome) -> None:
    link = links.find(operations.PURPOSE, world.token["outcome"])
    assert link is not None
    leaving = db.session.get_one(Appointment, world.appointment["supplier"])
    end_appointment(leaving, by=SYSTEM)
    with pytest.raises(Denied):
        operations.answer_by_link(link, by=world.actor("supplier"), confirms=True)
    assert link.is_live and claimed.state is OutcomeState.CLAIMED


def test_the_claimant_never_holds_the_link(world: World, claimed: Outcome) -> None:
    found = links.find(operations.PURPOSE, world.token["outcome"])
    assert found is not None
    message = db.session.scalar(select(OutboxMessage).where(OutboxMessage.link_id == found.id))
    assert message is not None
    assert message.recipient == "supplier@test.example"
    assert not can(standing_of(world.actor("delegate")), "outbox_message.view", message)
    operations.confirm_outcome(claimed, by=world.actor("supplier"))
    assert not db.session.get_one(ActionLink, found.id).is_live, "answered in the portal"


#: What each of the cast reads of a contract value of 3.2 million yuan, by what the sides chose.
EXACT, IN_BAND, NOTHING = "320万元", "100万元至500万元以下", None
SIDES = ("manager", "delegate", "supplier")


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("disclosure", Disclosure)
def test_each_of_the_cast_reads_the_value_as_far_as_the_sides_chose(
    world: World, app: Any, claimed: Outcome, who: str, disclosure: Disclosure
) -> None:
    said = claim(disclosure=disclosure)
    made = record_outcome(signed_matter(world), said, by=world.actor("delegate"))
    to_others = {
        Disclosure.EXACT: EXACT,
        Disclosure.BAND: IN_BAND,
        Disclosure.CONFIDENTIAL: NOTHING,
    }[disclosure]
    with app.test_request_context():
        read = value_words(standing_of(world.actor(who)), made)
    assert read == (EXACT if who in SIDES else to_others)


def test_bands_touch_without_gap_and_overlap() -> None:
    bounds = list(BANDS.values())
    assert bounds[0][0] == 0 and bounds[-1][1] is None
    assert [above for _low, above in bounds[:-1]] == [low for low, _above in bounds[1:]]
    for band, (low, above) in BANDS.items():
        assert band_of(low) is band
        if above is not None:
            assert band_of(above - 1) is band and band_of(above) is not band


def test_a_merged_organisation_keeps_its_outcomes_and_their_regions(
    world: World, confirmed: Outcome
) -> None:
    double = db.session.get_one(Organisation, world.organisation["maker"])
    quiet = world.organisation["quiet"]

    @operations.operation
    def merge() -> None:
        double.merged_into_id = quiet
        operations.move_outcomes(double, by=world.actor("admin"))

    merge()
    assert (confirmed.to_id, confirmed.claimant_id) == (quiet, quiet)
    assert confirmed.to_region.code == "BJ", "where it was achieved"
