"""Votes by signed link: one seat, once, by who speaks for it; the chair opens by one too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select, update

from portal import clock, links
from portal.accounts.models import Appointment
from portal.actors import ANONYMOUS
from portal.alliances.queries import chair_of, people_of
from portal.database import db
from portal.errors import Denied, Refused
from portal.links import ActionLink
from portal.meetings import operations, rules, texts, vote_links, voting
from portal.meetings.contacts import chosen_for
from portal.meetings.counting import Choice
from portal.meetings.models import Answer, Meeting, MeetingKind, Seat
from portal.meetings.replying import Reply, reply
from portal.meetings.resolution_models import Resolution, ResolutionKind, Vote, VoteLink, Way
from portal.operations import operation
from portal.outbox import OutboxMessage
from tests.client import Client
from tests.conftest import both_engines
from tests.meetings import make
from tests.world import World

Visit = Callable[..., Client]


def written(world: World) -> tuple[Meeting, Resolution]:
    meeting = make.noticed(world, is_written=True, place="")
    return meeting, make.tabled(world, meeting)


def tokens(subject: str) -> list[str]:
    """Return the tokens in the waiting mails with a subject, the oldest first."""
    rows = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.subject.contains(subject), OutboxMessage.body != "")
        .order_by(OutboxMessage.id)
    )
    found = (re.search(r"/votes/(?:open/)?([\w-]+)", each.body) for each in rows)
    return [each[1] for each in found if each]


def opened(purpose: str, token: str) -> ActionLink:
    link = links.find(purpose, token)
    assert link is not None
    return link


def test_each_seat_votes_from_a_phone_by_the_link_in_its_mail_once(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        _meeting, resolution = written(world)
        voting.open_vote(resolution, by=world.actor("chair"))
        resolution_id, found = resolution.id, tokens("请表决")
        db.session.remove()
    phone = visit()
    assert len(found) == 3
    page = phone.soup(f"/votes/{found[1]}")
    assert "同意共建高压储氢检测平台。" in page.get_text()
    assert "过半" in page.get_text()
    assert len(page.select('button[name="said"]')) == 4
    assert phone.post(f"/votes/{found[1]}", {"said": "perhaps"}).status_code == 422
    assert phone.post(f"/votes/{found[1]}", {"said": "silent"}).status_code == 422
    assert phone.post(f"/votes/{found[1]}", {"said": "no"}).status_code == 302
    assert phone.post(f"/votes/{found[1]}", {"said": "yes"}).status_code == 422
    after = phone.soup(f"/votes/{found[1]}")
    assert after.select('button[name="said"]') == []
    assert phone.get("/votes/nobody-made-this").status_code in (302, 404)
    with app.app_context():
        vote = db.session.scalar(select(Vote).where(Vote.resolution_id == resolution_id))
        assert vote is not None
        assert (vote.said, vote.way, vote.filed_by_id) == (Choice.NO, Way.LINK, None)


@pytest.mark.usefixtures("context")
def test_a_link_votes_no_second_time_beside_a_vote_filed_otherwise_nor_after_the_close(
    world: World,
) -> None:
    meeting, resolution = written(world)
    voting.open_vote(resolution, by=world.actor("chair"))
    first, second, third = (opened(vote_links.VOTE, token) for token in tokens("请表决"))
    voting.cast_vote(resolution, meeting.seats[1].id, Choice.YES, by=world.actor("delegate"))
    with pytest.raises(Refused, match="已表决"):
        vote_links.vote_by_link(second, Choice.NO, by=ANONYMOUS)
    vote_links.vote_by_link(first, Choice.RECUSED, by=ANONYMOUS)
    assert vote_links.send_vote_links(resolution, by=world.actor("secretary")) == 1
    with pytest.raises(Refused):
        vote_links.vote_by_link(third, Choice.NO, by=ANONYMOUS)
    newest = opened(vote_links.VOTE, tokens("请表决")[-1])
    with clock.standing_still(meeting.ends_at):
        with pytest.raises(Refused):
            vote_links.vote_by_link(newest, Choice.NO, by=ANONYMOUS)
        voting.close_vote(resolution, by=world.actor("secretary"))
    assert (resolution.yes, resolution.recused, resolution.no) == (1, 1, 0)
    with pytest.raises(Denied):
        vote_links.send_vote_links(resolution, by=world.actor("chair"))


@pytest.mark.usefixtures("context")
def test_the_link_of_who_gave_a_proxy_goes_to_who_holds_it_while_they_do(world: World) -> None:
    meeting, resolution = written(world)
    one, two, three = meeting.seats
    reply(three, Reply(Answer.PROXY, proxy_to_id=two.id), by=ANONYMOUS)
    voting.open_vote(resolution, by=world.actor("chair"))
    mine = select(VoteLink).where(VoteLink.resolution_id == resolution.id)
    asked = {each.seat_id: each for each in db.session.scalars(mine)}
    assert {number: each.spoken_by_id for number, each in asked.items()} == {
        one.id: one.id,
        two.id: two.id,
        three.id: two.id,
    }
    reply(three, Reply(Answer.COMES, attendee="赵六"), by=ANONYMOUS)
    link = db.session.get_one(ActionLink, asked[three.id].link_id)
    with pytest.raises(Refused):
        vote_links.vote_by_link(link, Choice.YES, by=ANONYMOUS)
    assert link.used_at is None


@operation
def leave(person_id: int | None, organisation_id: int) -> None:
    """Let a person act for an organisation no more, whatever their role there."""
    held = (Appointment.person_id == person_id, Appointment.scope_id == organisation_id)
    db.session.execute(update(Appointment).where(*held).values(until_at=clock.now()))


@pytest.mark.usefixtures("context")
def test_whoever_left_the_organisation_votes_for_it_by_no_link(world: World) -> None:
    by = world.actor("secretary")
    meeting, resolution = written(world)
    seat = next(s for s in meeting.seats if s.held_by_id == world.organisation["maker"])
    voting.open_vote(resolution, by=world.actor("chair"))
    asked = select(VoteLink).where(VoteLink.resolution_id == resolution.id)
    mailed = next(each for each in db.session.scalars(asked) if each.seat_id == seat.id)
    link, left = db.session.get_one(ActionLink, mailed.link_id), seat.contact
    assert left is not None
    leave(left.id, seat.held_by_id)
    with pytest.raises(Refused, match="新的链接"):
        vote_links.vote_by_link(link, Choice.YES, by=ANONYMOUS)
    assert vote_links.send_vote_links(resolution, by=by) == 3, "another of its people has mail"
    vote_links.hand_vote_link(resolution, seat.id, "钱副院长", by=by)
    handed = select(OutboxMessage.recipient).where(OutboxMessage.subject.contains("转交"))
    told = db.session.scalars(handed.order_by(OutboxMessage.id.desc())).first()
    assert told not in (None, left.email), "somebody who is still there hears of it"
    vote_links.send_vote_links(resolution, by=by)
    mailed = [each for each in db.session.scalars(asked) if each.seat_id == seat.id][-1]
    theirs = db.session.get_one(ActionLink, mailed.link_id)
    assert theirs.person_id in {who.id for who in people_of(seat.held_by_id)}
    vote_links.vote_by_link(theirs, Choice.YES, by=ANONYMOUS)


def test_whoever_left_the_organisation_answers_for_it_by_no_link(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting = make.noticed(world)
        notice = f"/meetings/{meeting.id}/notice"
        seat = next(s for s in meeting.seats if s.held_by_id == world.organisation["maker"])
        left = seat.contact
        assert left is not None
        others = [who for who in people_of(seat.held_by_id) if who.id != left.id]
        named = Seat(contact_id=others[-1].id)
        assert chosen_for(named, [left, *others]) is others[-1], "who is named goes first"
        staying = {texts.seat_address(seat, who): who.email for who in others}
        # A link of a notice that was given before links named a person.
        bare = URLSafeSerializer(app.config["SECRET_KEY"], salt="meeting-reply-seat").dumps(seat.id)
        theirs = [urlsplit(texts.seat_address(seat, left)).path, f"/replies/{bare}"]
        for_nobody = urlsplit(texts.seat_address(seat, None)).path
        assert [visit().get(each).status_code for each in theirs] == [200, 200]
        leave(left.id, seat.held_by_id)
        before = db.session.scalar(select(func.max(OutboxMessage.id))) or 0
        said = make.content(starts_at=meeting.starts_at, ends_at=meeting.ends_at, place="北京")
        operations.edit_meeting(meeting, said, by=world.actor("secretary"))
        written_to = select(OutboxMessage.recipient).where(OutboxMessage.id > before)
        told = set(db.session.scalars(written_to))
        assert left.email not in told and told & set(staying.values())
        db.session.remove()
    for each in theirs:
        answer = visit().get(each)
        assert answer.status_code == 410 and "已不再代表" in answer.text
        assert visit().post(each, {"answer": "cannot"}).status_code == 410
        assert "/sign-in" in visit().get(f"{each}/meeting.ics").location
    answer = visit().get(for_nobody)
    assert answer.status_code == 410
    assert "已不再代表" not in answer.text and "已有代表" in answer.text
    page = visit("secretary").get(notice).text
    (shown,) = (each for each in staying if each in page)
    assert theirs[0] not in page
    assert visit().get(urlsplit(shown).path).status_code == 200


def test_the_secretariat_hands_one_person_a_link_and_the_seat_is_told(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting, resolution = written(world)
        voting.open_vote(resolution, by=world.actor("chair"))
        address, seat_id = f"/resolutions/{resolution.id}/links", meeting.seats[0].id
        before = tokens("请表决")[0]
        db.session.remove()
    keeper = visit("secretary")
    assert visit("chair").get(address).status_code == 403
    assert keeper.post(f"{address}/hand", {"seat_id": str(seat_id)}).status_code == 422
    assert keeper.post(f"{address}/hand", {"seat_id": "9999", "handed_to": "x"}).status_code == 422
    sent = {"seat_id": str(seat_id), "handed_to": "钱副院长"}
    shown = keeper.post(f"{address}/hand", sent)
    made = re.search(r'id="made-link">[^<]*/votes/([\w-]+)<', shown.text)
    assert made is not None
    assert made[1] not in keeper.get(address).text
    phone = visit()
    assert phone.post(f"/votes/{before}", {"said": "no"}).status_code == 422
    assert phone.post(f"/votes/{made[1]}", {"said": "yes"}).status_code == 302
    with app.app_context():
        told = db.session.scalars(
            select(OutboxMessage.body).where(OutboxMessage.subject.contains("转交"))
        ).all()
        assert "钱副院长" in told[-1]
        assert "关于共建检测平台的决议" in told[-1]
    for who, sees in (("secretary", True), ("chair", True), ("supplier", False)):
        page = visit(who).get(address.removesuffix("/links")).text
        assert ("钱副院长" in page and "已表决" in page) is sees, who


def test_a_link_handed_over_waits_no_longer_than_its_seat_may_vote(
    app: Flask, world: World, visit: Visit
) -> None:
    keeper, by = visit("secretary"), world.actor("secretary")
    with app.app_context():
        meeting, resolution = written(world)
        voting.open_vote(resolution, by=world.actor("chair"))
        address = f"/resolutions/{resolution.id}"

        def waiting() -> tuple[int, int]:
            page = keeper.get(address).text
            return page.count("尚未使用"), page.count("已失效")

        for seat in meeting.seats[:2]:
            vote_links.hand_vote_link(resolution, seat.id, "钱副院长", by=by)
        assert waiting() == (2, 0)
        voting.cast_vote(resolution, meeting.seats[1].id, Choice.YES, by=world.actor("delegate"))
        assert waiting() == (1, 1)
        for seat in meeting.seats[::2]:
            vote_links.hand_vote_link(resolution, seat.id, "钱副院长", by=by)
        assert waiting() == (2, 2)
        vote_links.send_vote_links(resolution, by=by)
        vote_links.hand_vote_link(resolution, meeting.seats[0].id, "钱副院长", by=by)
        assert waiting() == (1, 4)
        with clock.standing_still(meeting.ends_at):
            voting.close_vote(resolution, by=by)
        assert waiting() == (0, 5)


@pytest.mark.usefixtures("context")
def test_in_session_links_are_taken_where_the_rule_says_so_and_only_of_who_is_present(
    world: World,
) -> None:
    by = world.actor("secretary")
    plain = make.in_session(world, 3, kind=MeetingKind.WORKING_GROUP)
    resolution = make.tabled(world, plain)
    voting.open_vote(resolution, by=world.actor("chair"))
    with pytest.raises(Refused):
        vote_links.send_vote_links(resolution, by=by)
    asked = rules.asked_of(plain.alliance_id, MeetingKind.COUNCIL)
    allowed = rules.Asked(**{**vars(asked), "session_links": True})
    rules.edit_rule(make.hydrogen(world), MeetingKind.COUNCIL, allowed, by=by)
    meeting = make.in_session(world, 3)
    resolution = make.tabled(world, meeting)
    secret = make.tabled(world, meeting, kind=ResolutionKind.ELECTION, is_secret=True)
    for each in (resolution, secret):
        voting.open_vote(each, by=world.actor("chair"))
    with pytest.raises(Refused):
        vote_links.send_vote_links(secret, by=by)
    assert vote_links.send_vote_links(resolution, by=by) == 3
    last = opened(vote_links.VOTE, tokens("请表决")[-1])
    here = {seat.id for seat in meeting.seats[:2]}
    operations.arrive(meeting, here, by=by)
    with pytest.raises(Refused):
        vote_links.vote_by_link(last, Choice.YES, by=ANONYMOUS)
    make.arrive(world, meeting, 3)
    vote_links.vote_by_link(last, Choice.YES, by=ANONYMOUS)


@pytest.mark.usefixtures("context")
def test_nobody_is_asked_to_open_a_vote_where_nobody_sits_in_the_chair(world: World) -> None:
    (_meeting, resolution), before = written(world), tokens("请开启表决")
    chair = chair_of(resolution.alliance_id)
    assert chair is not None and chair.holder is not None
    leave(chair.holder.id, chair.term.organisation_id)
    with pytest.raises(Refused, match="空缺"):
        vote_links.ask_chair_to_open(resolution, by=world.actor("secretary"))
    assert tokens("请开启表决") == before


@both_engines
@pytest.mark.usefixtures("context")
def test_the_chair_opens_a_vote_by_link_while_in_the_chair(world: World) -> None:
    _meeting, resolution = written(world)
    by = world.actor("secretary")
    vote_links.ask_chair_to_open(resolution, by=by)
    link = opened(vote_links.OPEN, tokens("请开启表决")[-1])
    with pytest.raises(Denied):
        voting.open_by_link(link, by=by)
    with pytest.raises(Denied):
        voting.open_by_link(link, by=world.actor("delegate"))
    voting.open_by_link(link, by=world.actor("chair"))
    assert resolution.is_voting
    assert link.used_at is not None
    with pytest.raises(Refused):
        voting.open_by_link(link, by=world.actor("chair"))


def test_the_chair_needs_no_sign_in_for_it(app: Flask, world: World, visit: Visit) -> None:
    with app.app_context():
        _meeting, resolution = written(world)
        address, resolution_id = f"/resolutions/{resolution.id}/links", resolution.id
        db.session.remove()
    keeper = visit("secretary")
    assert keeper.post(address, {"act": "open"}).status_code == 302
    with app.app_context():
        token = tokens("请开启表决")[-1]
        db.session.remove()
    phone = visit()
    assert "同意共建" in phone.get(f"/votes/open/{token}").text
    assert phone.post(f"/votes/open/{token}").status_code == 302
    assert phone.soup(f"/votes/open/{token}").select_one("main form") is None
    assert phone.post(f"/votes/open/{token}").status_code in (403, 422)
    with app.app_context():
        assert db.session.get_one(Resolution, resolution_id).is_voting
        late = clock.now() + timedelta(days=200)
        with clock.standing_still(late):
            assert links.find(vote_links.OPEN, token) is not None
