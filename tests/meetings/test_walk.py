"""The walk of a meeting through its pages: noticed, answered from phones, decided, followed up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal import clock
from portal.database import db
from portal.meetings import queries, voting
from portal.meetings.models import Meeting
from portal.meetings.replying import group_token, seat_token
from portal.meetings.resolution_models import Resolution
from portal.operations import operation
from tests.client import Client
from tests.meetings import make
from tests.meetings.test_counting import recounting
from tests.meetings.voting import opened
from tests.world import World

Visit = Callable[..., Client]


def test_twelve_of_eighteen_answer_by_link_in_two_taps(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        make.grow_council(world, 18)
        meeting = make.noticed(world)
        meeting_id = meeting.id
        tokens = [seat_token(seat, seat.contact_id) for seat in meeting.seats[:11]]
        last, group = meeting.seats[11].id, group_token(meeting)
        db.session.remove()
    phone = visit()
    for number, token in enumerate(tokens):
        page = phone.soup(f"/replies/{token}")
        # The first tap opened the link, the second is a button of the page.
        button = page.select_one('button[name="answer"][value="comes"]')
        assert button is not None
        named = page.select_one('input[name="attendee"]')
        said = str((named or {}).get("value") or f"参会{number}")
        answer = phone.post(f"/replies/{token}", {"answer": "comes", "attendee": said})
        assert answer.status_code == 302
    shown = visit("secretary").get(f"/meetings/{meeting_id}").text
    assert "已回执 11/18" in shown
    assert "还差 1 家" in shown
    refused = phone.post(f"/replies/{group}", {"answer": "comes", "attendee": "某某"})
    assert refused.status_code == 422
    assert phone.soup(f"/replies/{tokens[0]}").select_one('button[value="proxy"]')
    assert phone.soup(f"/replies/{group}").select_one('button[value="proxy"]') is None
    sent = {"answer": "comes", "attendee": "某某", "seat_id": str(last)}
    assert phone.post(f"/replies/{group}", sent).status_code == 302
    assert phone.post(f"/replies/{group}", sent).status_code == 422
    assert "已达法定人数" in visit("secretary").get(f"/meetings/{meeting_id}").text
    assert phone.get(f"/replies/{tokens[0]}/meeting.ics").data.startswith(b"BEGIN:VCALENDAR")


def test_a_resolution_passes_and_its_rows_are_counted_once_more(
    app: Flask, world: World, visit: Visit
) -> None:
    chair, keeper = visit("chair"), visit("secretary")
    with app.app_context():
        meeting = make.in_session(world, 3)
        meeting_id, seats = meeting.id, [seat.id for seat in meeting.seats]
        db.session.remove()
    said = {"kind": "general", "title": "关于联合采购的决议", "text": "同意。"}
    made = keeper.post(f"/meetings/{meeting_id}/resolutions/new", said)
    address = made.location
    for move in ("table", "open"):
        assert chair.post(f"{address}/moves/{move}").status_code == 302
    member = visit("delegate")
    assert "同意" in member.get(address).text
    cast = {"seat_id": str(seats[1]), "said": "yes"}
    assert member.post(f"{address}/vote", cast).status_code == 302
    assert member.post(f"{address}/vote", cast).status_code == 422
    rest = {f"seat-{seats[0]}": "yes", f"seat-{seats[2]}": "no"}
    assert keeper.post(f"{address}/votes", rest).status_code == 302
    assert keeper.post(f"{address}/moves/pass").status_code == 302
    assert "通过" in visit("supplier").get(address).text
    rows = json.loads(visit("supplier").get(f"{address}/rows.json").data)
    assert recounting.recount(rows) == rows["verdict"] == "passed"
    assert keeper.post(f"{address}/moves/enact").status_code == 302
    owner = world.organisation["supplier"]
    asked = {"title": "汇总需求", "owner_id": str(owner), "due_on": "2199-01-01"}
    number = re.sub(r"\D", "", address)
    action = keeper.post(f"/meetings/{meeting_id}/actions/new?resolution={number}", asked).location
    owner_client = visit("supplier")
    assert owner_client.post(f"{action}/moves/report", {"note": "已汇总。"}).status_code == 302
    assert keeper.post(f"{action}/moves/close_out").status_code == 302
    assert keeper.post(f"{address}/moves/implement").status_code == 302
    with app.app_context():
        found = db.session.get_one(Resolution, int(number))
        assert found.state == "implemented"


def test_a_written_ballot_is_closed_on_its_page_after_the_deadline(
    app: Flask, world: World, visit: Visit
) -> None:
    @operation
    def let_the_deadline_pass(meeting: Meeting) -> None:
        meeting.starts_at, meeting.ends_at = clock.now() - timedelta(hours=1), clock.now()

    with app.app_context():
        meeting = make.noticed(world, is_written=True, place="")
        resolution = make.tabled(world, meeting)
        voting.open_vote(resolution, by=world.actor("chair"))
        let_the_deadline_pass(meeting)
        address = f"/resolutions/{resolution.id}"
        db.session.remove()
    keeper, closing = visit("secretary"), f'form[action="{address}/moves/pass"]'
    assert keeper.soup(address).select_one(closing) is not None
    assert visit("supplier").soup(address).select_one(closing) is None
    assert keeper.post(f"{address}/moves/pass").status_code == 302


def test_the_text_stands_before_the_vote_and_no_button_is_refused(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting = make.in_session(world, 3)
        meeting_id, seats = meeting.id, [seat.id for seat in meeting.seats]
        hand = opened(world, meeting).id
        secret = opened(world, meeting, is_secret=True).id
        written = opened(world, make.noticed(world, is_written=True, place="")).id
        db.session.remove()
    member = visit("delegate")
    text = member.get(f"/resolutions/{written}").text
    order = [text.index(each) for each in ("同意共建", "只能表决一次", 'name="said"')]
    assert order == sorted(order)
    assert "表决截止：" in text
    assert 'name="said"' in member.get(f"/resolutions/{hand}").text
    there = {"seat": [str(seats[0]), str(seats[2])]}
    assert visit("secretary").post(f"/meetings/{meeting_id}/present", there).status_code == 302
    for number, why in ((hand, "尚未登记到会"), (secret, "无记名投票以纸质选票进行")):
        page = member.get(f"/resolutions/{number}").text
        assert 'name="said"' not in page
        assert why in page


def test_papers_without_their_scan_keep_what_was_chosen(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting = make.in_session(world, 3)
        opened(world, meeting)
        secret = opened(world, meeting, is_secret=True)
        hand, first, last = secret.id - 1, meeting.seats[0].id, meeting.seats[2].id
        db.session.remove()
    keeper = visit("secretary")
    answer = keeper.post(f"/resolutions/{hand}/votes", {f"seat-{first}": "no", "is_paper": "y"})
    assert answer.status_code == 422
    kept = BeautifulSoup(answer.text, "html.parser").select("select option[selected]")
    assert [each["value"] for each in kept] == ["no", "silent", "silent"]
    figures = {"seat": [str(last)], "yes": "1", "no": "0", "abstain": "0"}
    answer = keeper.post(f"/resolutions/{secret.id}/votes", figures)
    assert answer.status_code == 422
    ticked = BeautifulSoup(answer.text, "html.parser").select('input[name="seat"][checked]')
    assert [each["value"] for each in ticked] == [str(last)]


def test_a_notice_that_comes_late_asks_why(app: Flask, world: World, visit: Visit) -> None:
    keeper = visit("secretary")
    page = keeper.soup(f"/meetings/{world.meeting['draft']}")
    assert page.select_one('form[action$="/moves/notice"] textarea') is None
    answer = keeper.post(f"/meetings/{world.meeting['draft']}/moves/notice")
    assert answer.status_code == 302
    with app.app_context():
        meeting = db.session.get_one(Meeting, world.meeting["draft"])
        assert meeting.is_announced
        assert meeting.short_reason is None
        soon = clock.now() + timedelta(days=1)
        late = make.called(world, starts_at=soon, ends_at=soon + timedelta(hours=1)).id
        db.session.remove()
    page = keeper.soup(f"/meetings/{late}")
    assert page.select_one('form[action$="/moves/notice"] textarea') is not None
    assert keeper.post(f"/meetings/{late}/moves/notice").status_code == 422
    answer = keeper.post(f"/meetings/{late}/moves/notice", {"note": "紧急事项。"})
    assert answer.status_code == 302
    assert "紧急事项。" in visit("supplier").get(f"/meetings/{late}").text


def test_an_agenda_is_ordered_by_buttons_and_by_a_whole_order(
    app: Flask, world: World, visit: Visit
) -> None:
    keeper, address = visit("secretary"), f"/meetings/{world.meeting['draft']}"

    def titles() -> list[str]:
        return [each.get_text(strip=True) for each in keeper.soup(address).select(".agenda-title")]

    for title in ("甲议题", "乙议题"):
        keeper.post(f"{address}/items", {"title": title, "minutes": "15"})
    before = [each for each in titles() if each.endswith("议题")]
    assert before == ["甲议题", "乙议题"]
    with app.app_context():
        meeting = db.session.get_one(Meeting, world.meeting["draft"])
        ids = {item.title: item.id for item in queries.agenda_of(meeting)}
        db.session.remove()
    keeper.post(f"{address}/agenda", {"act": f"up:{ids['乙议题']}"})
    assert titles().index("乙议题") < titles().index("甲议题")
    keeper.post(f"{address}/agenda", {"act": "order", "order": f"{ids['甲议题']},x,{10**12}"})
    assert titles()[0] == "甲议题"
    assert keeper.post(f"{address}/agenda", {"act": "up:99999"}).status_code == 404
    assert keeper.post(f"{address}/agenda", {"act": f"burn:{ids['甲议题']}"}).status_code == 404


def test_who_arrives_signs_in_by_the_code_at_the_door(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting = db.session.get_one(Meeting, world.meeting["running"])
        token, seat_id = group_token(meeting), meeting.seats[1].id
        db.session.remove()
    phone = visit()
    assert phone.get(f"/replies/{token}").status_code == 200
    assert phone.post(f"/replies/{token}", {"seat_id": "x"}).status_code == 422
    assert phone.post(f"/replies/{token}", {"seat_id": str(seat_id)}).status_code == 302
    assert "已扫码签到" in visit("secretary").get(f"/meetings/{world.meeting['running']}").text


def test_what_waits_for_the_chair_and_for_the_owner_stands_at_the_desk(
    world: World, visit: Visit
) -> None:
    for who, titles in (
        ("chair", {"proposed 决议", "reported 事项", "draft 理事会会议", "held 理事会会议"}),
        ("supplier", {"open 事项"}),
        ("outsider", set()),
    ):
        page = visit(who).soup("/meetings/waiting")
        shown = {each.get_text(strip=True) for each in page.select(".task a")}
        assert titles <= shown, who
        assert bool(shown) == bool(titles), who
        assert ("/meetings/waiting" in visit(who).get("/desk").text) == bool(titles)


def test_an_unanswered_notice_and_an_open_vote_lead_a_member_to_them(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting_id = make.noticed(world, title="待答复的会议").id
        ballot = make.noticed(world, is_written=True, place="")
        number, seat = opened(world, ballot).id, ballot.seats[1].id
        db.session.remove()
    member = visit("delegate")

    def badge() -> int:
        shown = member.soup("/desk").select_one(".section-title .count")
        return int(shown.text) if shown else 0

    assert "/meetings/waiting" in member.get("/desk").text
    waits = badge()
    link = 'a[href^="/replies/"]'
    waiting = member.soup("/meetings/waiting")
    assert "待答复的会议" in {each.text for each in waiting.select(link)}
    assert waiting.select_one(f'a[href="/resolutions/{number}"]')
    way = member.soup(f"/meetings/{meeting_id}").select_one(link)
    assert way is not None
    assert visit("secretary").soup(f"/meetings/{meeting_id}").select_one(link) is None
    said = {"answer": "comes", "attendee": "王主任"}
    assert member.post(str(way["href"]), said).status_code == 302
    assert badge() == waits - 1, "a notice that is answered waits no more"
    cast = {"seat_id": str(seat), "said": "yes"}
    assert member.post(f"/resolutions/{number}/vote", cast).status_code == 302
    assert badge() == waits - 2, "nor does a vote that is filed"
    waiting = member.soup("/meetings/waiting")
    assert "待答复的会议" not in {each.text for each in waiting.select(link)}
    assert waiting.select_one(f'a[href="/resolutions/{number}"]') is None
    assert member.soup(f"/meetings/{meeting_id}").select_one(link) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_link_that_was_cut_short_says_so_to_whoever_followed_it(
    language: str, app: Flask, world: World, visit: Visit
) -> None:
    said = {
        "zh": ("这个链接打不开内容", "请联系联盟秘书处"),
        "en": ("This link opens nothing", "ask the secretariat of the alliance"),
    }[language]
    cut = [
        f"/replies/{world.token['seat'][:-3]}",
        f"/votes/{world.token['vote'][:-3]}",
        f"/votes/open/{world.token['open'][:-3]}",
    ]
    texts = set()
    for address in (*cut, "/replies/x", "/votes/x"):
        for who in ("anonymous", "delegate"):
            answer = visit(who, language=language).get(address)
            assert answer.status_code == 404
            assert all(each in answer.text for each in said)
            shown = answer.text.partition("<main")[2].partition("</main>")[0]
            texts.add((who, shown))
    assert len(texts) == 2, "nothing tells a link that never was from one that is damaged"
    answer = visit(language=language).post(cut[1], {"said": "yes"})
    assert answer.status_code == 404
