"""The pages of rotation as they are sent: the calendar, a plan by hand, what a visitor sees."""

from __future__ import annotations

from collections.abc import Callable

from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
SCHEDULE = "/alliances/hydrogen/rotation"


def lines_of(client: Client) -> list[str]:
    answer = client.get(f"{SCHEDULE}.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    text: str = answer.data.decode()
    return text.replace("\r\n ", "").split("\r\n")


def test_the_calendar_holds_every_term_under_an_id_that_stays(visit: Visit, world: World) -> None:
    before = lines_of(visit())
    ids = [line for line in before if line.startswith("UID:")]
    assert len(ids) == len(set(ids)) == 5
    assert f"UID:hydrogen-turn-{world.turn['near']}@alliance-portal" in ids
    visit("supplier").post(f"/turns/{world.turn['near']}/confirm", {"person_id": "4"})
    after = lines_of(visit())
    assert [line for line in after if line.startswith("UID:")] == ids
    assert "SEQUENCE:1" in before
    assert any(line.startswith("SUMMARY:") and "河北乙材料" in line for line in after)


def rows(client: Client, **data: object) -> list[str]:
    answer = client.post(f"{SCHEDULE}/plan", data)
    assert answer.status_code == 200
    text: str = answer.text
    part = text.split("data-turns>")[1].split("</ol>")[0]
    return [
        choice.split(" selected")[0].rsplit('value="', 1)[1].strip('"')
        for choice in part.split("</select>")
        if " selected" in choice
    ]


def test_by_hand_a_row_moves_and_the_rules_that_break_are_named(visit: Visit, world: World) -> None:
    keeper = visit("secretary")
    supplier, quiet = world.organisation["supplier"], world.organisation["quiet"]
    sent = {"starts_on": "2030-01-31", "count": "2", "member": [str(supplier), str(quiet)]}
    assert rows(keeper, **sent, down="0") == [str(quiet), str(supplier)]
    assert rows(keeper, **sent, up="1") == [str(quiet), str(supplier)]
    assert rows(keeper, **sent, up="0") == [str(supplier), str(quiet)], "nothing stands above it"
    twice = {**sent, "member": [str(quiet), str(quiet)]}
    text = keeper.post(f"{SCHEDULE}/plan", {**twice, "preview": "1"}).text
    assert "尚有成员未轮值" in text
    assert "2030年1月31日" in text
    assert "2030年3月31日" in text


def test_what_is_no_member_no_day_and_no_number_is_refused_or_left_out(visit: Visit) -> None:
    keeper = visit("secretary")
    for sent in (
        {"starts_on": "gestern", "count": "3"},
        {"starts_on": "2030-01-31", "count": "31"},
        {"starts_on": "2030-01-31", "count": "0"},
        {"starts_on": "", "count": ""},
    ):
        assert keeper.post(f"{SCHEDULE}/plan", sent).status_code == 422
    sent = {"starts_on": "2030-01-31", "count": "2", "up": "99999", "member": ["x", "²", "9" * 50]}
    assert keeper.post(f"{SCHEDULE}/plan", sent).status_code == 200


def test_reasons_are_told_to_the_member_and_the_secretariat_alone(
    visit: Visit, world: World
) -> None:
    address = f"/turns/{world.turn['near']}"
    visit("supplier").post(f"{address}/moves/defer", {"note": "厂区搬迁，暂难承担。"})
    assert "厂区搬迁" in visit("secretary").get(address).text
    assert "厂区搬迁" in visit("supplier").get(address).text
    for who in ("anonymous", "delegate", "liaison", "admin", "other_secretary"):
        assert "厂区搬迁" not in visit(who).get(address).text


def test_a_draft_of_a_programme_is_shown_to_all_only_once_the_chair_agreed(
    visit: Visit, world: World
) -> None:
    address = f"/turns/{world.turn['running']}"
    assert "走访会员" in visit("chair").get(address).text
    assert "走访会员" not in visit("anonymous").get(address).text
    visit("chair").post(f"{address}/programme/approve")
    assert "走访会员" in visit("anonymous").get(address).text


def test_the_last_day_is_the_same_wherever_a_term_or_a_stretch_is_told(visit: Visit) -> None:
    client = visit()
    term = client.soup(SCHEDULE).select_one(".term-now .term-days")
    assert term is not None
    last = term.get_text(" ", strip=True).split("至")[1].strip()
    for address in ("/alliances/hydrogen", "/alliances/hydrogen/members", SCHEDULE):
        band = client.soup(address).select_one(".chair-term span")
        assert band is not None
        assert band.get_text(strip=True) == f"任期至{last}"


def test_a_stretch_is_shown_with_the_last_day_that_was_entered(visit: Visit, world: World) -> None:
    keeper = visit("secretary")
    member = str(world.organisation["quiet"])
    days = {"from_on": "2031-03-01", "last_on": "2031-03-09"}
    sent = keeper.post(f"{SCHEDULE}/blackouts/new", {"organisation_id": member, **days})
    assert sent.status_code == 302
    shown = keeper.soup(f"{SCHEDULE}/plan").select_one(".plan-blackouts")
    assert shown is not None
    assert "2031年3月9日" in shown.get_text() and "2031年3月10日" not in shown.get_text()
