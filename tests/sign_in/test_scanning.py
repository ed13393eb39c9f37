"""Signing in on a computer by scanning with the phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal import clock
from portal.errors import Refused
from portal.sign_in import scanning
from tests.client import Client
from tests.conftest import both_engines
from tests.world import World

Visit = Callable[..., Client]


def rung(key: str = "key") -> scanning.Rung:
    return scanning.ring(key=key, device="Mozilla Chrome Windows", network="10.0.0.0/24")


@both_engines
def test_the_computer_goes_in_as_who_let_it_in_and_once(world: World, context: None) -> None:
    bell = rung().doorbell
    delegate = world.actor("delegate")
    assert scanning.open_door(bell, bell.number, by=delegate, is_strong=True)
    who, is_strong = scanning.go_in("key")
    assert (who.id, is_strong) == (delegate.person_id, True)
    with pytest.raises(Refused):
        scanning.go_in("key")


def test_without_the_key_nobody_goes_in(world: World, context: None) -> None:
    bell = rung().doorbell
    with pytest.raises(Refused):
        scanning.go_in("key")  # nobody opened yet
    scanning.open_door(bell, bell.number, by=world.actor("delegate"), is_strong=False)
    with pytest.raises(Refused):
        scanning.go_in("another key")


def test_a_wrong_number_ends_it(world: World, context: None) -> None:
    bell = rung().doorbell
    assert not scanning.open_door(bell, 1, by=world.actor("delegate"), is_strong=False)
    with pytest.raises(Refused):
        scanning.open_door(bell, bell.number, by=world.actor("delegate"), is_strong=False)
    with pytest.raises(Refused):
        scanning.go_in("key")


def test_after_three_minutes_it_is_over(world: World, context: None) -> None:
    bell = rung().doorbell
    with (
        clock.standing_still(clock.now() + timedelta(minutes=3)),
        pytest.raises(Refused),
    ):
        scanning.open_door(bell, bell.number, by=world.actor("delegate"), is_strong=False)


def test_an_opened_door_closes_after_three_minutes(world: World, context: None) -> None:
    bell = rung().doorbell
    scanning.open_door(bell, bell.number, by=world.actor("delegate"), is_strong=False)
    with clock.standing_still(clock.now() + timedelta(minutes=3)), pytest.raises(Refused):
        scanning.go_in("key")


def test_the_right_number_is_among_those_offered(world: World, context: None) -> None:
    bell = rung().doorbell
    offered = scanning.numbers_for(bell)
    assert bell.number in offered and len(set(offered)) == 3
    assert offered == scanning.numbers_for(bell)


def test_both_sides_in_the_browser(visit: Visit) -> None:
    computer, phone = visit(), visit("delegate")
    assert computer.post("/sign-in/scan").location == "/sign-in/scan"
    page = computer.get("/sign-in/scan").text
    shown = BeautifulSoup(page, "html.parser").find("strong", class_="scan-number")
    assert shown is not None
    with computer._client.session_transaction() as cookie:
        token = cookie["doorbell"][1]
    looked = phone.get(f"/let-in/{token}").text  # looking lets nobody in
    assert shown.text in re.findall(r'value="(\d\d)"', looked)
    assert computer.post("/sign-in/scan/enter").location == "/sign-in"
    assert phone.post(f"/let-in/{token}", {"number": shown.text}).location == "/desk"
    computer.get("/sign-in/scan")
    assert computer.post("/sign-in/scan/enter").location == "/desk"
    assert "测试delegate" in computer.get("/desk").text


def test_who_is_not_signed_in_lets_nobody_in(visit: Visit) -> None:
    computer = visit()
    computer.post("/sign-in/scan")
    with computer._client.session_transaction() as cookie:
        token = cookie["doorbell"][1]
    answer = visit().post(f"/let-in/{token}", {"number": "10"})
    assert answer.status_code == 302 and "/sign-in" in answer.location
