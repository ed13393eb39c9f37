"""The page of a meeting: as long as its agenda, no dearer for it, and never an old one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal.database import db
from portal.meetings import agenda
from portal.meetings.models import AgendaItem, Meeting
from tests.client import Client
from tests.meetings import make
from tests.world import World

Visit = Callable[..., Client]


def _meeting(app: Flask, world: World, items: int) -> int:
    """Return a noticed meeting whose agenda has at least so many items."""
    with app.app_context():
        by = world.actor("secretary")
        meeting = make.noticed(world)
        for number in range(items):
            agenda.add_item(meeting, agenda.ItemContent(f"议题{number}", presenter="王主任"), by=by)
        found = meeting.id
        db.session.remove()
    return found


def _times(client: Client, address: str) -> list[tuple[str, str]]:
    rows = client.soup(address).select(".agenda-item")
    return [
        (row.select(".agenda-time")[0].text, row.select(".agenda-title")[0].text) for row in rows
    ]


def test_forty_five_items_ask_no_more_than_two(app: Flask, world: World, visit: Visit) -> None:
    address = f"/meetings/{_meeting(app, world, 2)}"
    few = {who: visit(who).queries(address) for who in ("secretary", "delegate")}
    with app.app_context():
        meeting = db.session.get_one(Meeting, int(address.rpartition("/")[2]))
        for number in range(43):
            content = agenda.ItemContent(f"再议{number}", text="说明")
            agenda.add_item(meeting, content, by=world.actor("secretary"))
        db.session.remove()
    assert len(visit("delegate").soup(address).select(".agenda-item")) >= 45
    assert {who: visit(who).queries(address) for who in few} == few
    assert few["delegate"] <= 8


def test_what_is_kept_of_an_agenda_is_shown_to_nobody_else_and_never_late(
    app: Flask, world: World, visit: Visit
) -> None:
    address = f"/meetings/{_meeting(app, world, 3)}"
    keeper, member = visit("secretary"), visit("delegate")
    before = _times(member, address)
    assert keeper.soup(address).select(".agenda-buttons")
    assert not member.soup(address).select(".agenda-buttons")
    with app.app_context():
        meeting = db.session.get_one(Meeting, int(address.rpartition("/")[2]))
        first, *_rest = agenda.items_of(meeting)
        agenda.shift_item(meeting, first, 1, by=world.actor("secretary"))
        db.session.remove()
    after = _times(member, address)
    assert after == _times(keeper, address)
    assert [title for _time, title in after[:2]] == [before[1][1], before[0][1]]
    assert after[0][0] == before[0][0]
    assert "10 minutes" in visit("delegate", language="en").soup(address).text
    assert "10 minutes" not in member.soup(address).text


def test_a_field_that_was_refused_keeps_what_was_typed_for_whoever_typed_it(
    app: Flask, world: World, visit: Visit
) -> None:
    address = f"/meetings/{_meeting(app, world, 1)}"
    keeper = visit("secretary")
    assert keeper.soup(address).select_one("input[name=title]")["value"] == ""  # type: ignore[index]
    answer = keeper.post(f"{address}/items", {"title": "半句", "minutes": "9999"})
    assert answer.status_code == 422
    assert 'value="半句"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "半句" not in keeper.get(address).text
    with app.app_context():
        assert db.session.query(AgendaItem).filter_by(title="半句").count() == 0


def test_an_agenda_longer_than_its_meeting_says_so_to_whoever_keeps_it(
    app: Flask, world: World, visit: Visit
) -> None:
    with app.app_context():
        meeting, by = make.noticed(world), world.actor("secretary")
        before = sum(item.minutes for item in agenda.items_of(meeting))
        agenda.add_item(meeting, agenda.ItemContent("长题", minutes=180 - before), by=by)
        address = f"/meetings/{meeting.id}"
        db.session.remove()
    keeper = visit("secretary", language="en")
    assert "The items ask for" not in keeper.soup(address).text, "it just fits"
    with app.app_context():
        meeting = db.session.get_one(Meeting, int(address.rpartition("/")[2]))
        agenda.add_item(meeting, agenda.ItemContent("再一题", minutes=1), by=by)
        db.session.remove()
    said = "The items ask for 181 minutes; the meeting is planned for 180."
    assert said in keeper.soup(address).text
    assert said not in visit("delegate", language="en").soup(address).text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "listings/3", "http://[", "/" + "a" * 250])
def test_an_item_about_no_page_of_the_portal_is_shown_again(
    link: str, app: Flask, world: World, visit: Visit
) -> None:
    address = f"/meetings/{_meeting(app, world, 0)}"
    keeper, sent = visit("secretary", language="en"), {"title": "带链接的议题", "link": link}
    for page in (f"{address}/items", "/alliances/hydrogen/agenda/new"):
        answer = keeper.post(page, sent)
        assert answer.status_code == 422
        assert "This is no address of a page here" in answer.text
        assert f'value="{link}"' in answer.text
    sent["link"] = "/listings/3"
    assert keeper.post(f"{address}/items", sent).status_code == 302
    assert keeper.soup(address).select('.agenda-title a[href="/listings/3"]')
