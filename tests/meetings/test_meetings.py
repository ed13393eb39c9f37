"""A meeting is called, noticed and answered; its roll and its rule freeze at notice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from portal import clock
from portal.access import can, standing_of
from portal.actors import ANONYMOUS
from portal.alliances.models import Membership
from portal.alliances.operations import expel_membership
from portal.database import db
from portal.errors import Denied, Refused
from portal.meetings import (
    agenda,
    operations,
    page_queries,
    queries,
    replying,
    resolution_queries,
    resolutions,
    rules,
    texts,
    voting,
)
from portal.meetings.counting import Share
from portal.meetings.models import AgendaItem, Answer, Meeting, MeetingKind
from portal.meetings.replying import Reply, reply
from portal.meetings.resolution_models import ResolutionKind
from portal.operations import operation
from portal.outbox import OutboxMessage
from tests.conftest import both_engines
from tests.meetings import make
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


def mails() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_notice_shorter_than_the_charter_asks_needs_a_reason(world: World) -> None:
    soon = clock.now() + timedelta(days=2)
    meeting = make.called(world, starts_at=soon, ends_at=soon + timedelta(hours=1))
    by = world.actor("secretary")
    with pytest.raises(Refused, match="3"):
        operations.notice_meeting(meeting, by=by)
    operations.notice_meeting(meeting, by=by, note="检测平台须本周答复。")
    assert meeting.short_reason == "检测平台须本周答复。"
    assert "检测平台须本周答复。" in texts.group_text(meeting, [])


def test_exactly_as_many_days_as_the_charter_asks_are_enough(world: World) -> None:
    day = clock.start_of(clock.today() + timedelta(days=3)) + timedelta(hours=9)
    meeting = make.called(world, starts_at=day, ends_at=day + timedelta(hours=1))
    operations.notice_meeting(meeting, by=world.actor("secretary"))
    assert meeting.is_announced
    assert meeting.short_reason is None


def test_a_general_assembly_seats_every_member_and_a_council_its_council(world: World) -> None:
    council = make.noticed(world)
    assembly = make.noticed(world, kind=MeetingKind.ASSEMBLY)
    assert [seat.name for seat in council.seats] == [
        "天津丙研究院",
        "北京甲氢能有限公司",
        "河北戊制造有限公司",
    ]
    assert len(assembly.seats) == 4


def test_the_roll_stays_though_members_join_and_leave(world: World) -> None:
    meeting = make.noticed(world)
    before = [(seat.organisation_id, seat.name, seat.position) for seat in meeting.seats]
    membership = db.session.get_one(Membership, world.membership["quiet"])
    expel_membership(membership, by=world.actor("secretary"), basis="决议第3号", note="未履行。")
    make.grow_council(world, 6)
    db.session.expire_all()
    assert [(seat.organisation_id, seat.name, seat.position) for seat in meeting.seats] == before


def test_the_rule_stays_though_the_charter_changes(world: World) -> None:
    meeting = make.noticed(world)
    asked = rules.asked_of(meeting.alliance_id, meeting.kind)
    changed = rules.Asked(
        notice_days=5,
        quorum=Share.MORE_THAN_HALF,
        passing=dict.fromkeys(ResolutionKind, Share.THREE_QUARTERS),
        base=asked.base,
        recusal_lowers=False,
        article="第二十三条",
    )
    rules.edit_rule(make.hydrogen(world), MeetingKind.COUNCIL, changed, by=world.actor("secretary"))
    assert meeting.quorum is Share.TWO_THIRDS
    assert rules.asked_of(meeting.alliance_id, meeting.kind) == changed
    with pytest.raises(Denied):
        rules.edit_rule(make.hydrogen(world), MeetingKind.COUNCIL, changed, by=world.actor("chair"))


@both_engines
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE seat SET name = 'x'",
        "UPDATE seat SET position = 9",
        "DELETE FROM seat",
        "UPDATE meeting SET rules = '{}'",
    ],
)
def test_the_database_itself_keeps_roll_and_rule(change: str, world: World) -> None:
    make.noticed(world)

    @operation
    def tamper() -> None:
        db.session.execute(text(change))

    with pytest.raises((IntegrityError, DatabaseError)):
        tamper()


def test_only_chair_and_secretariat_call_and_the_chair_is_the_one_of_the_instant(
    world: World,
) -> None:
    for who in ("delegate", "manager", "supplier", "other_secretary", "outsider", "admin"):
        with pytest.raises(Denied):
            operations.call_meeting(make.hydrogen(world), make.content(), by=world.actor(who))
    assert operations.call_meeting(make.hydrogen(world), make.content(), by=world.actor("chair"))
    later = clock.now() + timedelta(days=120)
    with clock.standing_still(later):
        said = make.content()
        with pytest.raises(Denied):
            operations.call_meeting(make.hydrogen(world), said, by=world.actor("chair"))
        assert operations.call_meeting(make.hydrogen(world), said, by=world.actor("manager"))


def test_everybody_on_the_roll_is_written_to_with_a_link_of_their_own(world: World) -> None:
    before = len(mails())
    make.grow_council(world, 8)
    meeting = make.noticed(world)
    sent = mails()[before:]
    # Nobody acts for quiet in this world but the person who lost a phone.
    assert len(sent) == 8
    found = {texts.seat_address(seat, seat.contact) for seat in meeting.seats}
    assert all(any(address in mail.body for address in found) for mail in sent)
    assert len(found) == 8


def test_twelve_of_eighteen_answer_without_an_account_and_that_is_a_quorum(world: World) -> None:
    make.grow_council(world, 18)
    meeting = make.noticed(world)
    make.answers(meeting, 10, ANONYMOUS)
    count = queries.live_count(meeting, meeting.seats)
    assert count is not None
    assert (count.answered, count.seats, count.missing) == (10, 18, 2)
    assert "河北理事12有限公司" in texts.chase_text(meeting, meeting.seats)
    make.answers(meeting, 12, ANONYMOUS)
    count = queries.live_count(meeting, meeting.seats)
    assert count is not None
    assert (count.answered, count.missing) == (12, 0)


def test_a_token_opens_its_own_seat_alone(world: World) -> None:
    meeting = make.noticed(world)
    one, other = meeting.seats[0], meeting.seats[1]
    assert replying.seat_of(replying.seat_token(one, one.contact_id)) is one
    assert replying.seat_of(replying.group_token(meeting)) is None
    assert replying.meeting_of(replying.group_token(meeting)) is meeting
    number, _dot, signature = replying.seat_token(other, other.contact_id).partition(".")
    assert replying.seat_of(f"{number}.{signature[1:]}{signature[0]}") is None
    assert replying.seat_of("1") is None


def test_the_group_link_answers_for_who_was_silent_and_never_twice(world: World) -> None:
    meeting = make.noticed(world)
    seat = meeting.seats[0]
    comes = Reply(Answer.COMES, attendee="张三")
    reply(seat, comes, by=ANONYMOUS, is_by_group=True)
    with pytest.raises(Refused):
        reply(seat, Reply(Answer.CANNOT), by=ANONYMOUS, is_by_group=True)
    assert seat.answer is Answer.COMES
    reply(seat, Reply(Answer.CANNOT), by=ANONYMOUS)
    assert seat.answer is Answer.CANNOT
    assert seat.attendee is None


def test_the_group_link_gives_no_vote_away(world: World) -> None:
    meeting = make.noticed(world)
    one, two, _three = meeting.seats
    proxy = Reply(Answer.PROXY, proxy_to_id=one.id)
    with pytest.raises(Refused) as refused:
        reply(two, proxy, by=ANONYMOUS, is_by_group=True)
    assert (refused.value.field, two.answer) == ("proxy_to_id", None)
    reply(two, proxy, by=ANONYMOUS)
    assert two.proxy_to_id == one.id


def test_who_comes_says_who(world: World) -> None:
    meeting = make.noticed(world)
    with pytest.raises(Refused):
        reply(meeting.seats[0], Reply(Answer.COMES), by=ANONYMOUS)


def test_nobody_speaks_for_two(world: World) -> None:
    make.grow_council(world, 5)
    meeting = make.noticed(world)
    one, two, three, *_rest = meeting.seats
    reply(two, Reply(Answer.PROXY, proxy_to_id=one.id), by=ANONYMOUS)
    for holder in (one.id, two.id, three.id, None, 99_999):
        with pytest.raises(Refused):
            reply(three, Reply(Answer.PROXY, proxy_to_id=holder), by=ANONYMOUS)
    # Who speaks for another gives its own voice to nobody.
    with pytest.raises(Refused):
        reply(one, Reply(Answer.PROXY, proxy_to_id=three.id), by=ANONYMOUS)


def test_what_was_not_asked_is_not_kept(world: World) -> None:
    meeting = make.noticed(world, asks_meal=True)
    seat = meeting.seats[0]
    said = Reply(Answer.COMES, attendee="张三", wants_meal=True, wants_hotel=True, plate="津A00000")
    reply(seat, said, by=ANONYMOUS)
    assert (seat.wants_meal, seat.wants_hotel, seat.plate) == (True, None, None)


def test_nothing_is_answered_once_it_has_begun_or_is_cancelled(world: World) -> None:
    meeting = make.noticed(world)
    with clock.standing_still(meeting.starts_at), pytest.raises(Refused):
        reply(meeting.seats[0], Reply(Answer.CANNOT), by=ANONYMOUS)
    operations.cancel_meeting(meeting, by=world.actor("chair"), note="场地取消。")
    with pytest.raises(Refused):
        reply(meeting.seats[0], Reply(Answer.CANNOT), by=ANONYMOUS)


def test_calendars_get_changes_and_the_cancellation_under_one_name(world: World) -> None:
    meeting = make.noticed(world)

    def event() -> tuple[str, int, str]:
        written = Calendar.from_ical(texts.calendar(meeting, "https://x/"))
        (found,) = written.walk("VEVENT")
        return str(found["UID"]), int(found["SEQUENCE"]), str(found.get("STATUS", ""))

    first = event()
    changed = make.content(starts_at=meeting.starts_at + timedelta(hours=1),
                           ends_at=meeting.ends_at + timedelta(hours=1))  # fmt: skip
    before = len(mails())
    operations.edit_meeting(meeting, changed, by=world.actor("secretary"))
    assert len(mails()) > before
    second = event()
    operations.cancel_meeting(meeting, by=world.actor("secretary"), note="改期。")
    third = event()
    assert first == (first[0], 0, "CONFIRMED")
    assert second == (first[0], 1, "CONFIRMED")
    assert third == (first[0], 2, "CANCELLED")


def test_a_noticed_meeting_keeps_its_body(world: World) -> None:
    meeting = make.noticed(world)
    with pytest.raises(Refused):
        operations.edit_meeting(
            meeting, make.content(kind=MeetingKind.ASSEMBLY), by=world.actor("secretary")
        )


def test_a_noticed_meeting_comes_no_nearer_than_its_notice_allows(world: World) -> None:
    meeting, by = make.noticed(world), world.actor("secretary")
    soon = clock.now() + timedelta(days=2)
    nearer = make.content(starts_at=soon, ends_at=soon + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        operations.edit_meeting(meeting, nearer, by=by)
    assert refused.value.field == "starts_at"
    enough = soon + timedelta(days=2)
    allowed = make.content(starts_at=enough, ends_at=enough + timedelta(hours=1))
    operations.edit_meeting(meeting, allowed, by=by)
    written = make.noticed(world, is_written=True, place="")
    voting.open_vote(make.tabled(world, written), by=world.actor("chair"))
    with pytest.raises(Refused):
        operations.edit_meeting(written, make.content(is_written=True, place=""), by=by)


def test_members_propose_and_chair_and_secretariat_set_the_order(world: World) -> None:
    said = agenda.ItemContent("检测平台选址", minutes=20)
    proposal = agenda.propose_item(make.hydrogen(world), said, by=world.actor("supplier"))
    with pytest.raises(Denied):
        agenda.propose_item(make.hydrogen(world), said, by=world.actor("outsider"))
    meeting, by = make.called(world), world.actor("chair")
    # What came back from earlier meetings is none of this.
    for returned in agenda.items_of(meeting):
        agenda.take_off(meeting, returned, by=by)
    first = agenda.add_item(meeting, agenda.ItemContent("开场"), by=by)
    agenda.place_item(meeting, proposal, by=by)
    third = agenda.add_item(meeting, agenda.ItemContent("其他"), by=by)
    with pytest.raises(Denied):
        agenda.order_items(meeting, [third.id], by=world.actor("supplier"))
    agenda.order_items(meeting, [third.id, 99_999, third.id], by=by)
    own = [item for item in agenda.items_of(meeting) if item.action_id is None]
    assert [item.title for item in own] == ["其他", "开场", "检测平台选址"]
    agenda.shift_item(meeting, proposal, -1, by=by)
    assert [item.title for item in agenda.items_of(meeting)] == ["其他", "检测平台选址", "开场"]
    agenda.take_off(meeting, first, by=by)
    assert [item.position for item in agenda.items_of(meeting)] == [1, 2]
    times = [time for time, _item in queries.timed(meeting, agenda.items_of(meeting))]
    start = meeting.starts_at.astimezone(clock.LOCAL_ZONE)
    assert times == [f"{start:%H:%M}", f"{start + timedelta(minutes=10):%H:%M}"]


def test_a_proposal_is_dealt_with_once(world: World) -> None:
    by = world.actor("secretary")
    proposal = agenda.propose_item(
        make.hydrogen(world), agenda.ItemContent("议题"), by=world.actor("supplier")
    )
    meeting = make.called(world)
    with pytest.raises(Refused):
        agenda.decline_item(meeting, proposal, " ", by=by)
    agenda.decline_item(meeting, proposal, "上次已议。", by=by)
    with pytest.raises(Refused):
        agenda.place_item(meeting, proposal, by=by)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://portal.example/listings/12?x=1", "/listings/12"),
        ("/organisations/3", "/organisations/3"),
        ("javascript:alert(1)", None),
        ("//evil.example/x", "/x"),
        ("https://portal.example//evil.example/x", None),
        ("听说", None),
        (None, None),
    ],
)
def test_an_agenda_leads_to_pages_of_the_portal_only(written: str | None, kept: str | None) -> None:
    assert agenda.portal_path(written) == kept


def test_what_members_proposed_waits_again_where_the_meeting_is_cancelled(world: World) -> None:
    meeting = make.called(world)
    agenda.add_item(meeting, agenda.ItemContent("议题"), by=world.actor("secretary"))
    operations.cancel_meeting(meeting, by=world.actor("secretary"), note="改期。")
    (item,) = db.session.scalars(select(AgendaItem).where(AgendaItem.title == "议题"))
    assert item.meeting_id is None
    asked = page_queries.ask(meeting.id, meeting.alliance_id, with_seats=False, with_proposals=True)
    assert item.id in {each.id for each in page_queries.proposal_rows(asked)}


def test_a_draft_is_seen_by_chair_and_secretariat_alone(world: World) -> None:
    meeting = make.called(world)
    assert not db.session.get_one(Meeting, meeting.id).is_announced
    assert can(standing_of(world.actor("chair")), "meeting.view", meeting)
    assert not can(standing_of(world.actor("supplier")), "meeting.view", meeting)
    operations.notice_meeting(meeting, by=world.actor("chair"))
    assert can(standing_of(world.actor("supplier")), "meeting.view", meeting)
    assert not can(standing_of(world.actor("outsider")), "meeting.view", meeting)


def test_what_a_draft_is_to_decide_is_seen_by_chair_and_secretariat_alone(world: World) -> None:
    meeting = make.called(world)
    said = resolutions.ResolutionContent(ResolutionKind.GENERAL, "决议", "同意。")
    made = resolutions.propose_resolution(meeting, said, by=world.actor("secretary"))

    def sees(who: str) -> bool:
        standing = standing_of(world.actor(who))
        rows = resolution_queries.registry_of(standing, meeting.alliance_id, "all")
        assert can(standing, "resolution.view", made) is (made in rows)
        return made in rows

    assert [sees(who) for who in ("chair", "secretary", "supplier")] == [True, True, False]
    operations.notice_meeting(meeting, by=world.actor("chair"))
    assert [sees(who) for who in ("chair", "supplier", "outsider")] == [True, True, False]


def test_who_misses_three_meetings_of_a_body_running_is_shown(world: World) -> None:
    make.grow_council(world, 4)
    fourth = "河北理事04有限公司"

    def hold(*absent: str) -> None:
        meeting = make.noticed(world)
        operations.open_meeting(meeting, by=world.actor("chair"))
        ids = {seat.id for seat in meeting.seats if seat.name not in absent}
        operations.arrive(meeting, ids, by=world.actor("secretary"))
        operations.adjourn_meeting(meeting, by=world.actor("chair"))

    hydrogen = make.hydrogen(world).id
    hold(fourth)
    hold(fourth)
    assert queries.often_absent(hydrogen) == []
    hold(fourth)
    assert queries.often_absent(hydrogen) == [(fourth, 3)]
    hold()
    assert queries.often_absent(hydrogen) == []


def test_signing_in_by_code_makes_nobody_present(world: World) -> None:
    meeting = make.noticed(world)
    seat = meeting.seats[0]
    with pytest.raises(Refused):
        replying.sign_in_seat(seat, by=ANONYMOUS)
    operations.open_meeting(meeting, by=world.actor("chair"))
    replying.sign_in_seat(seat, by=ANONYMOUS)
    assert seat.signed_in_at is not None
    assert not seat.is_here
