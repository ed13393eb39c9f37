"""What the verbs of the exchange do and refuse, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import clock, journal
from portal.access import audience, can, may_see, standing_of
from portal.alliances.models import Alliance, Membership
from portal.alliances.operations import expel_membership
from portal.database import db
from portal.errors import Denied, Refused, Stale
from portal.exchange import answering, operations
from portal.exchange.models import ClosedAs, Interest, Listing, ListingVisibility, Naming
from portal.exchange.workflow import InterestState, ListingState
from portal.operations import operation
from portal.search import SearchDocument
from tests.conftest import both_engines
from tests.world import DAY, World, content

pytestmark = [both_engines, pytest.mark.usefixtures("context")]


def hydrogen(world: World) -> Alliance:
    return db.session.get_one(Alliance, world.alliance["hydrogen"])


def verbs_on(noun: str, record_id: int) -> list[str]:
    return [line.verb for line, _detail in journal.lines_about(noun, record_id)]


def test_a_posted_listing_takes_the_region_of_its_organisation(world: World) -> None:
    made = operations.post_listing(hydrogen(world), content(), by=world.actor("supplier"))
    assert made.state is ListingState.DRAFT
    assert made.region_id == made.organisation.region_id
    assert verbs_on("listing", made.id) == ["listing.create"]


def test_nobody_posts_in_an_alliance_they_do_not_belong_to(world: World) -> None:
    with pytest.raises(Denied):
        operations.post_listing(hydrogen(world), content(), by=world.actor("outsider"))


@pytest.mark.parametrize("days", [-1, 367])
def test_the_last_day_lies_between_today_and_a_year_from_now(world: World, days: int) -> None:
    with pytest.raises(Refused) as refused:
        operations.post_listing(
            hydrogen(world),
            content(valid_until=clock.today() + days * DAY),
            by=world.actor("delegate"),
        )
    assert refused.value.field == "valid_until"


def test_a_confidential_listing_names_members_of_the_alliance(world: World) -> None:
    for named in ([], [world.organisation["medic"]], [world.organisation["maker"]]):
        with pytest.raises(Refused) as refused:
            operations.post_listing(
                hydrogen(world),
                content(visibility=ListingVisibility.CONFIDENTIAL, named_ids=named),
                by=world.actor("delegate"),
                submit=True,
            )
        assert refused.value.field == "named_ids"


def test_a_draft_may_still_name_nobody_but_never_a_stranger(world: World) -> None:
    by, secret = world.actor("delegate"), ListingVisibility.CONFIDENTIAL
    made = operations.post_listing(
        hydrogen(world), content(visibility=secret, specification=""), by=by
    )
    assert made.state is ListingState.DRAFT
    with pytest.raises(Refused):
        operations.submit_listing(made, by=by)
    with pytest.raises(Refused) as refused:
        operations.post_listing(
            hydrogen(world),
            content(visibility=secret, named_ids=[world.organisation["medic"]]),
            by=by,
        )
    assert refused.value.field == "named_ids"


def test_taking_a_listing_back_lets_waiting_answers_lapse(world: World) -> None:
    listing, sent = world.get(Listing, "public"), world.get_interest("sent")
    operations.recall_listing(listing, by=world.actor("delegate"))
    assert sent.is_lapsed
    assert verbs_on("interest", sent.id) == ["interest.send", "interest.lapse"]
    with pytest.raises(Refused):
        answering.withdraw_interest(sent, by=world.actor("supplier"))


def test_a_discarded_draft_is_seen_by_nobody_who_answered_its_earlier_text(world: World) -> None:
    listing, by = world.get(Listing, "members"), world.actor("delegate")
    operations.recall_listing(listing, by=by)
    operations.edit_listing(listing, content(title="尚未公开"), by=by)
    operations.discard_listing(listing, by=by)
    assert not can(standing_of(world.actor("chair")), "listing.view", listing)
    assert f"delegate{world.organisation['chairer']}" not in stored_audiences()[listing.id]


def test_opening_a_confidential_listing_up_forgets_who_was_named(world: World) -> None:
    listing = world.get(Listing, "confidential")
    operations.recall_listing(listing, by=world.actor("delegate"))
    operations.edit_listing(listing, content(), by=world.actor("delegate"))
    assert db.session.scalar(select(func.count()).select_from(Naming)) == 0


def test_whoever_submitted_does_not_publish(world: World) -> None:
    """Two pairs of eyes: a secretary who is also a delegate cannot pass their own listing."""
    listing = world.get(Listing, "submitted")

    @operation
    def as_if_the_secretary_had_submitted() -> None:
        listing.submitted_by_id = world.person["secretary"]

    as_if_the_secretary_had_submitted()
    with pytest.raises(Denied):
        operations.publish_listing(listing, by=world.actor("secretary"))


def test_a_published_listing_changes_only_after_it_is_taken_back(world: World) -> None:
    listing = world.get(Listing, "public")
    with pytest.raises(Refused):
        operations.edit_listing(listing, content(title="改"), by=world.actor("delegate"))
    operations.recall_listing(listing, by=world.actor("delegate"))
    operations.edit_listing(listing, content(title="改"), by=world.actor("delegate"), submit=True)
    assert (listing.title, listing.state) == ("改", ListingState.SUBMITTED)


def test_an_expired_draft_is_not_submitted(world: World) -> None:
    listing = world.get(Listing, "draft")
    with clock.standing_still(datetime.now(UTC) + 90 * DAY), pytest.raises(Refused):
        operations.submit_listing(listing, by=world.actor("delegate"))


def test_sending_back_asks_for_a_reason(world: World) -> None:
    with pytest.raises(Refused) as refused:
        operations.return_listing(
            world.get(Listing, "submitted"), by=world.actor("secretary"), note="  "
        )
    assert refused.value.field == "note"
    assert world.get(Listing, "submitted").state is ListingState.SUBMITTED


def test_an_old_version_changes_nothing(world: World) -> None:
    listing = world.get(Listing, "draft")
    seen = listing.version
    operations.edit_listing(listing, content(title="先"), by=world.actor("delegate"), expected=seen)
    with pytest.raises(Stale):
        operations.edit_listing(
            listing, content(title="后"), by=world.actor("manager"), expected=seen
        )
    with pytest.raises(Stale):
        operations.submit_listing(listing, by=world.actor("manager"), expected=seen)
    assert world.get(Listing, "draft").title == "先"


def test_a_refused_operation_leaves_nothing_behind(world: World) -> None:
    lines = journal.verify().lines
    with pytest.raises(Refused):
        operations.publish_listing(world.get(Listing, "draft"), by=world.actor("secretary"))
    assert journal.verify().lines == lines


def test_closing_says_how_and_lets_waiting_answers_lapse(world: World) -> None:
    listing, sent = world.get(Listing, "public"), world.get_interest("sent")
    operations.match_listing(listing, by=world.actor("delegate"))
    assert listing.closed_as is ClosedAs.MATCHED
    assert sent.is_lapsed
    with pytest.raises(Refused):
        answering.accept_interest(sent, by=world.actor("delegate"))


def test_an_answer_is_given_once(world: World) -> None:
    listing = world.get(Listing, "public")
    with pytest.raises(Refused):
        answering.send_interest(listing, message="再答。", by=world.actor("supplier"))


def test_an_answer_that_lapsed_makes_room_for_a_new_one(world: World) -> None:
    listing = world.get(Listing, "public")
    with clock.standing_still(datetime.now(UTC) + 20 * DAY):
        again = answering.send_interest(listing, message="再答。", by=world.actor("supplier"))
    assert again.id != world.interest["sent"]
    assert world.get_interest("sent").released_at is not None


def test_an_answer_after_withdrawal_or_refusal_is_welcome(world: World) -> None:
    for who, listing in (("outsider", "public"), ("supplier", "members")):
        made = answering.send_interest(
            world.get(Listing, listing), message="再答。", by=world.actor(who)
        )
        assert made.state is InterestState.SENT


@pytest.mark.parametrize(
    ("who", "listing"),
    [
        ("delegate", "public"),  # its own organisation
        ("outsider", "members"),  # no member
        ("chair", "confidential"),  # not named
        ("supplier", "expired"),
        ("supplier", "paused"),
        ("stranger", "public"),  # acts for nobody
        ("former", "public"),  # acts for nobody any more
    ],
)
def test_who_may_not_answer(world: World, who: str, listing: str) -> None:
    with pytest.raises(Denied):
        answering.send_interest(world.get(Listing, listing), message="?", by=world.actor(who))


def test_the_database_itself_refuses_a_second_open_answer(world: World) -> None:
    """The wall behind the lock: the constraint holds where the rule is passed by."""
    first = world.get_interest("sent")

    @operation
    def past_the_rule() -> None:
        columns = {c.name: getattr(first, c.name) for c in Interest.__table__.columns}
        db.session.execute(
            Interest.__table__.insert().values(columns | {"id": 9_999, "version": 1})
        )

    with pytest.raises(IntegrityError):
        past_the_rule()


def test_accepting_opens_the_contacts_of_both_sides_and_of_nobody_else(world: World) -> None:
    sent = world.get_interest("sent")
    sides = ("manager", "delegate", "supplier")
    assert not any(may_see(standing_of(world.actor(w)), sent, "contacts") for w in sides)
    answering.accept_interest(sent, by=world.actor("delegate"))
    assert all(may_see(standing_of(world.actor(w)), sent, "contacts") for w in sides)
    for who in ("secretary", "chair", "liaison", "expert", "admin", "outsider", "former"):
        assert not may_see(standing_of(world.actor(who)), sent, "contacts"), who


def test_accepting_and_withdrawing_exclude_each_other(world: World) -> None:
    sent = world.get_interest("sent")
    answering.accept_interest(sent, by=world.actor("delegate"))
    with pytest.raises(Refused):
        answering.withdraw_interest(sent, by=world.actor("supplier"))
    assert verbs_on("interest", sent.id) == ["interest.send", "interest.accept"]


def test_declining_keeps_the_reason_for_the_other_side(world: World) -> None:
    sent = world.get_interest("sent")
    with pytest.raises(Refused):
        answering.decline_interest(sent, by=world.actor("delegate"))
    answering.decline_interest(sent, by=world.actor("delegate"), note="产能已满。")
    assert sent.reason == "产能已满。"
    assert sent.released_at is not None


def test_whoever_answered_keeps_sight_of_a_paused_listing(world: World) -> None:
    listing = world.get(Listing, "public")
    operations.pause_listing(listing, by=world.actor("delegate"))
    assert can(standing_of(world.actor("supplier")), "listing.view", listing)
    assert not can(standing_of(world.actor("chair")), "listing.view", listing)
    assert f"delegate{world.organisation['supplier']}" in audience(listing)
    assert "public" not in audience(listing)


def test_who_leaves_the_alliance_leaves_the_exchange(world: World) -> None:
    """One transaction: the membership ends, its listings close, its waiting answers lapse."""
    maker = db.session.get_one(Membership, world.membership["maker"])
    expel_membership(maker, by=world.actor("secretary"), basis="决议第3号。", note="违反章程。")
    left = db.session.scalars(
        select(Listing.state).where(Listing.organisation_id == world.organisation["maker"])
    )
    assert set(left) == {ListingState.CLOSED}
    assert world.get_interest("sent").is_lapsed
    assert not can(standing_of(world.actor("delegate")), "listing.create")
    supplier = db.session.get_one(Membership, world.membership["supplier"])
    expel_membership(supplier, by=world.actor("secretary"), basis="决议第4号。", note="违反章程。")
    assert not can(
        standing_of(world.actor("supplier")), "listing.view", world.get(Listing, "paused")
    )


def test_the_same_receipt_gives_the_same_record(world: World) -> None:
    by = world.actor("delegate")
    first, second, third = (
        operations.post_listing(hydrogen(world), content(), by=by, receipt=receipt)
        for receipt in ("key-1", "key-1", "key-2")
    )
    assert first.id == second.id != third.id


def test_a_refusal_frees_the_receipt(world: World) -> None:
    by = world.actor("delegate")
    with pytest.raises(Refused):
        operations.post_listing(
            hydrogen(world),
            content(valid_until=clock.today() - timedelta(days=1)),
            by=by,
            receipt="key",
        )
    assert operations.post_listing(hydrogen(world), content(), by=by, receipt="key").id


def stored_audiences() -> dict[int, set[str]]:
    rows = db.session.execute(
        select(SearchDocument.record_id, SearchDocument.audience).where(
            SearchDocument.noun == "listing"
        )
    )
    return {row.record_id: set(row.audience.split()) for row in rows}


def test_the_index_knows_who_may_see_a_listing_after_every_step_of_its_answers(
    world: World,
) -> None:
    """The third rendering of the view permission never lags behind the record."""

    def agree() -> None:
        db.session.rollback()
        db.session.expire_all()
        listings = db.session.scalars(select(Listing)).unique().all()
        assert stored_audiences() == {each.id: audience(each) for each in listings}

    agree()
    delegate = world.actor("delegate")
    answering.withdraw_interest(world.get_interest("sent"), by=world.actor("supplier"))
    agree()
    again = answering.send_interest(
        world.get(Listing, "public"), message="再答。", by=world.actor("supplier")
    )
    agree()
    answering.decline_interest(again, by=delegate, note="已满。")
    agree()
    answering.send_interest(
        world.get(Listing, "public"), message="我也能供。", by=world.actor("chair")
    )
    operations.pause_listing(world.get(Listing, "public"), by=delegate)
    agree()
    for name in ("chairer", "supplier"):
        membership = db.session.get_one(Membership, world.membership[name])
        expel_membership(membership, by=world.actor("secretary"), basis="决议。", note="违反章程。")
        agree()


def test_the_index_keeps_up_within_one_transaction(world: World) -> None:
    """Two verbs in one operation: the second must not index what the first one loaded."""
    by = world.actor("chair")

    @operation
    def answer_and_think_better_of_it() -> None:
        interest = answering.send_interest(world.get(Listing, "public"), message="可供。", by=by)
        answering.withdraw_interest(interest, by=by)

    answer_and_think_better_of_it()
    token = f"delegate{world.organisation['chairer']}"
    assert token not in stored_audiences()[world.listing["public"]]


def test_one_tap_keeps_a_listing_open_without_review_and_without_moving_it_up(
    world: World,
) -> None:
    delegate, expired = world.actor("delegate"), world.get(Listing, "expired")
    listed_at = expired.listed_at
    assert not expired.is_answerable and expired.is_due_for_renewal
    operations.renew_listing(expired, by=delegate)
    assert expired.state is ListingState.PUBLISHED and expired.is_answerable
    assert expired.valid_until == clock.today() + 90 * DAY
    assert expired.listed_at == listed_at
    with pytest.raises(Refused):
        operations.renew_listing(expired, by=delegate)
    due = db.session.scalars(select(Listing.id).where(Listing.is_due_for_renewal)).all()
    assert expired.id not in due
    with clock.standing_still(clock.now() + 60 * DAY):
        operations.renew_listing(expired, by=delegate)
        assert expired.valid_until == clock.today() + (30 + 90) * DAY
    with clock.standing_still(clock.now() + 400 * DAY), pytest.raises(Denied):
        operations.renew_listing(expired, by=world.actor("secretary"))
