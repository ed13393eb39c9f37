"""Who is told of what: one message for each event and person concerned, and none for others."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.access import standing_of
from portal.accounts.models import Organisation, Person
from portal.accounts.operations import create_person, grant_appointment
from portal.accounts.person_operations import close_account
from portal.actors import ANONYMOUS, SYSTEM, Actor
from portal.alliances import applying
from portal.alliances.models import Alliance, Membership, Tier
from portal.alliances.operations import change_tier, resume_membership, suspend_membership
from portal.database import db
from portal.exchange import answering, operations
from portal.exchange.filling_in import confirm_listing, fill_in_listing
from portal.exchange.models import Direction, Listing, ListingVisibility
from portal.inbox.models import Message
from portal.inbox.queries import titles
from portal.inbox.telling import concerned_by
from portal.introductions import operations as introductions
from portal.journal import JournalLine
from portal.matters import meetings
from portal.matters import operations as matters
from portal.matters.meetings import Meeting
from portal.matters.models import Matter
from portal.matters.queries import matter_of
from portal.matters.reminding import remind_silent_matters
from portal.matters.steps import Step
from portal.notices import NAMED, NOTICES, OF_VERB, SUBJECTS
from portal.registry import registry
from portal.roles import Role
from tests.conftest import both_engines
from tests.world import DAY, World, content

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def heard(world: World) -> Heard:
    """What the people of the cast hear from here on."""
    return Heard(world)


class Heard:
    """Reads who was told what since it was last asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.last = db.session.scalar(select(func.max(Message.id))) or 0

    def __call__(self) -> list[tuple[str, str]]:
        """Return (who, notice) of each new message, sorted."""
        rows = db.session.execute(
            select(Message.id, Message.person_id, Message.notice)
            .where(Message.id > self.last)
            .order_by(Message.id)
        ).all()
        self.last = max([self.last, *(row[0] for row in rows)])
        names = {number: name for name, number in self.world.person.items()}
        return sorted((names[person_id], notice) for _id, person_id, notice in rows)


def told(notice: str, *people: str) -> list[tuple[str, str]]:
    return sorted((who, notice) for who in people)


def colleague(world: World, name: str, organisation: str) -> Actor:
    """Give an organisation one more delegate."""
    someone = create_person(name=f"测试{name}", email=f"{name}@test.example", by=SYSTEM)
    scope_id = world.organisation[organisation]
    grant_appointment(someone, Role.DELEGATE, scope_id=scope_id, by=SYSTEM)
    world.person[name] = someone.id
    world.acts_for[name] = organisation
    return world.actor(name)


@both_engines
def test_a_listing_tells_the_secretariat_then_its_people(world: World, heard: Heard) -> None:
    delegate, keeper = world.actor("delegate"), world.actor("secretary")
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    listing = operations.post_listing(hydrogen, content(), by=delegate)
    assert heard() == []
    operations.submit_listing(listing, by=delegate)
    assert heard() == told("listing.submit", "secretary")
    operations.return_listing(listing, by=keeper, note="请写明规格。")
    assert heard() == told("listing.return", "delegate", "manager")
    operations.submit_listing(listing, by=delegate)
    assert heard() == told("listing.resubmit", "secretary")
    operations.publish_listing(listing, by=keeper)
    assert heard() == told("listing.publish", "delegate", "manager")
    operations.pause_listing(listing, by=delegate)
    assert heard() == told("listing.pause", "manager")
    operations.resume_listing(listing, by=world.actor("manager"))
    assert heard() == told("listing.resume", "delegate")
    operations.close_listing(listing, by=keeper)
    assert heard() == told("listing.close", "delegate", "manager")


def test_a_confidential_listing_tells_whom_it_names(world: World, heard: Heard) -> None:
    delegate, keeper = world.actor("delegate"), world.actor("secretary")
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    named = frozenset({world.organisation["supplier"]})
    secret = content(visibility=ListingVisibility.CONFIDENTIAL, named_ids=named)
    listing = operations.post_listing(hydrogen, secret, by=delegate, submit=True)
    heard()
    operations.publish_listing(listing, by=keeper)
    assert heard() == sorted(
        [
            *told("listing.publish", "delegate", "manager"),
            *told("listing.publish.named", "supplier"),
        ]
    )


def test_a_confidential_listing_that_was_filled_in_tells_whom_it_names(
    world: World, heard: Heard
) -> None:
    named = frozenset({world.organisation["maker"]})
    listing = fill_in_listing(
        db.session.get_one(Alliance, world.alliance["hydrogen"]),
        content(visibility=ListingVisibility.CONFIDENTIAL, named_ids=named),
        db.session.get_one(Organisation, world.organisation["supplier"]),
        db.session.get_one(Person, world.person["supplier"]),
        by=world.actor("secretary"),
    )
    heard()
    confirm_listing(listing, by=world.actor("supplier"))
    assert heard() == sorted(
        [
            *told("listing.confirm", "secretary"),
            *told("listing.confirm.named", "delegate", "manager"),
        ]
    )


def published(world: World) -> Listing:
    """Return a new public listing of maker."""
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    listing = operations.post_listing(hydrogen, content(), by=world.actor("delegate"), submit=True)
    operations.publish_listing(listing, by=world.actor("secretary"))
    return listing


def test_an_answer_tells_the_other_side(world: World, heard: Heard) -> None:
    supplier, delegate = world.actor("supplier"), world.actor("delegate")
    colleague(world, "helper", "supplier")
    listing = published(world)
    heard()
    sent = answering.send_interest(listing, message="可供。", by=supplier)
    assert heard() == told("interest.send", "delegate", "manager")
    answering.withdraw_interest(sent, by=supplier)
    assert heard() == told("interest.withdraw", "delegate", "manager")
    sent = answering.send_interest(listing, message="可供。", by=supplier)
    heard()
    answering.decline_interest(sent, by=delegate, note="规格不符。")
    assert heard() == told("interest.decline", "helper", "supplier")
    sent = answering.send_interest(listing, message="可供。", by=supplier)
    heard()
    # The matter is handled by the contact of the listing, who is told that it is theirs.
    answering.accept_interest(sent, by=world.actor("manager"))
    assert heard() == sorted(
        [*told("interest.accept", "helper", "supplier"), *told("matter.open", "delegate")]
    )
    other = answering.send_interest(listing, message="可供。", by=world.actor("chair"))
    heard()
    operations.match_listing(listing, by=delegate)
    assert heard() == sorted([*told("listing.match", "manager"), *told("interest.lapse", "chair")])
    assert other.is_lapsed


def opened(world: World) -> Matter:
    """Return a new matter between maker and supplier, handled by delegate and supplier."""
    listing = published(world)
    sent = answering.send_interest(listing, message="可供。", by=world.actor("supplier"))
    answering.accept_interest(sent, by=world.actor("delegate"))
    matter = matter_of(sent.id)
    assert matter is not None
    return matter


@both_engines
def test_a_step_tells_who_handles_the_matter(world: World, heard: Heard) -> None:
    supplier = world.actor("supplier")
    colleague(world, "helper", "supplier")
    matter = opened(world)
    heard()
    matters.take_step(matter, Step.CONTACTED, by=supplier)
    assert heard() == told("matter.contacted", "delegate")
    matters.take_step(matter, Step.TALKS, by=world.actor("manager"))
    assert heard() == told("matter.talks", "delegate", "supplier")
    matters.hand_over_matter(matter, world.person["helper"], by=supplier)
    assert heard() == told("matter.hand_over", "delegate", "helper")
    matters.hold_matter(matter, by=world.actor("delegate"), note="等检测结果。")
    assert heard() == told("matter.hold", "helper")
    matters.end_matter(matter, by=world.actor("helper"), note="没有需要了。")
    assert heard() == told("matter.end", "delegate")


def test_a_meeting_tells_the_other_side(world: World, heard: Heard) -> None:
    matter = opened(world)
    heard()
    supplier, day = world.actor("supplier"), clock.now() + DAY
    noted = meetings.note_meeting(matter, Meeting("天津", day, day + DAY), by=supplier)
    assert heard() == told("matter.meet", "delegate")
    meetings.change_meeting(matter, noted, Meeting("北京", day, day + DAY), by=supplier)
    assert heard() == told("matter.move_meeting", "delegate")
    meetings.cancel_meeting(matter, noted, by=world.actor("manager"))
    assert heard() == told("matter.cancel_meeting", "delegate", "supplier")


def test_a_silent_matter_tells_both_sides_then_the_secretariat_once(
    world: World,
) -> None:
    matter = opened(world)
    days = (31, 31, 45, 45)
    for day in days:
        with clock.standing_still(matter.created_at + day * DAY):
            remind_silent_matters(by=SYSTEM)
    asked = db.session.execute(
        select(Message.person_id, Message.notice)
        .where(Message.about_noun == "matter", Message.about_id == matter.id)
        .order_by(Message.id)
    )
    names = {number: name for name, number in world.person.items()}
    assert [(names[person_id], notice) for person_id, notice in asked] == [
        ("delegate", "matter.ask"),
        ("supplier", "matter.ask"),
        ("secretary", "matter.tell"),
    ]


def test_a_membership_tells_the_secretariat_and_the_organisation(
    world: World, heard: Heard
) -> None:
    keeper, outsider = world.actor("secretary"), world.actor("outsider")
    membership = db.session.get_one(Membership, world.membership["applying"])
    applying.return_application(membership, by=keeper, note="请补材料。")
    assert heard() == told("membership.return", "outsider")
    applying.submit_application(membership, note="consents", by=outsider)
    assert heard() == told("membership.resubmit", "secretary")
    applying.review_application(membership, by=keeper)
    assert heard() == told("membership.review", "outsider")
    applying.reject_application(membership, by=keeper, note="主营不符。")
    assert heard() == told("membership.reject", "outsider")
    supplier = db.session.get_one(Membership, world.membership["supplier"])
    suspend_membership(supplier, by=keeper, note="未履约。")
    assert ("supplier", "membership.suspend") in heard()
    resume_membership(supplier, by=keeper)
    assert heard() == told("membership.resume", "supplier")
    change_tier(supplier, Tier.COUNCIL, by=keeper, basis="第三次理事会决议")
    assert heard() == told("membership.change_tier", "supplier")


def test_an_introduction_tells_both_sides_and_who_proposed_it(world: World, heard: Heard) -> None:
    keeper, supplier = world.actor("secretary"), world.actor("supplier")
    hydrogen = db.session.get_one(Alliance, world.alliance["hydrogen"])
    demand = published(world)
    offer = content(title="可供缠绕", direction=Direction.SUPPLY)
    supply = operations.post_listing(hydrogen, offer, by=supplier, submit=True)
    operations.publish_listing(supply, by=keeper)
    heard()
    made = introductions.propose_introduction(demand, supply, line="同在一环节。", by=keeper)
    assert heard() == told("introduction.propose", "delegate", "manager", "supplier")
    introductions.agree_to_introduction(made, by=supplier)
    assert heard() == told("introduction.agree", "delegate", "manager", "secretary")
    introductions.decline_introduction(made, by=world.actor("manager"), note="已有合作方。")
    assert heard() == told("introduction.decline", "delegate", "secretary", "supplier")
    made = introductions.propose_introduction(demand, supply, line="再试一次。", by=keeper)
    introductions.agree_to_introduction(made, by=supplier)
    heard()
    introductions.complete_introduction(made, by=world.actor("manager"))
    assert told("introduction.accept", "secretary")[0] in heard()


def test_whoever_left_is_told_nothing_more(world: World, heard: Heard) -> None:
    listing = published(world)
    heard()
    close_account(db.session.get_one(Person, world.person["delegate"]), by=world.actor("delegate"))
    handed_over = heard()
    assert {who for who, _notice in handed_over} <= {"manager", "chair", "supplier"}
    operations.close_listing(listing, by=world.actor("secretary"))
    assert heard() == told("listing.close", "manager")


@both_engines
def test_every_message_of_the_world_is_one_for_its_line_and_person(world: World) -> None:
    """And goes to nobody who did it, with the line of its own event."""
    rows = db.session.execute(
        select(Message, JournalLine).join(JournalLine, JournalLine.number == Message.line)
    ).all()
    assert len(rows) > 20
    pairs = [(message.line, message.person_id) for message, _line in rows]
    assert len(pairs) == len(set(pairs))
    for message, line in rows:
        assert NAMED[message.notice].verb == line.verb
        assert (message.about_noun, message.about_id) == (line.noun, line.record_id)
        assert message.person_id != line.person_id
        assert message.at == line.at


def test_the_table_names_verbs_that_exist_and_nouns_the_inbox_can_show() -> None:
    """Of every lifecycle each move is in the table, or is known to concern nobody else."""
    # What a guest's answer becomes is told as an answer; of a rejected one nobody hears.
    quiet = {"listing.renew", "membership.draft", "guest_answer.take_up", "guest_answer.reject"}
    # An exchange and a hand-over of turns are told as such.
    quiet |= {"turn.exchange", "turn.hand_over"}
    # What happens in the room, and to minutes while they are being written, everybody there sees.
    quiet |= {"meeting.open", "meeting.adjourn", "meeting.begin_minutes", "meeting.archive"}
    quiet |= {"meeting.rework_minutes", "resolution.implement"}
    # What came in of dues, or is asked for no more, the manager reads on the line.
    quiet |= {"due.pay", "due.waive", "due.reopen"}
    for noun, workflow in registry().workflows.items():
        moves = {f"{noun}.{each.name}" for each in workflow.moves}
        verbs = moves | {f"{noun}.{verb}" for verb in workflow.verbs}
        assert moves - set(OF_VERB) <= quiet
        assert {each.verb for each in NOTICES if each.verb.startswith(f"{noun}.")} <= verbs
    assert {each.verb.partition(".")[0] for each in NOTICES} == set(SUBJECTS)
    assert len(NAMED) == len(NOTICES)


def test_every_row_of_the_table_can_be_asked_of_its_noun() -> None:
    """Also of nouns of which the world has no record: a column that is misspelt fails here."""
    for noun, subject in SUBJECTS.items():
        rows = [each for each in NOTICES if each.verb.startswith(f"{noun}.")]
        assert rows, noun
        assert concerned_by(subject.model(id=0), rows, but=None) == {}
        asked = {(noun, 0)}
        assert titles(standing_of(ANONYMOUS), asked) == {}
    db.session.rollback()
