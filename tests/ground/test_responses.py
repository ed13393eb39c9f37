"""What answers carry to caches and to the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests.client import Client
from tests.world import World

PUBLIC_PAGES = ["/regions.css", "/", "/listings", "/alliances", "/organisations/1"]


@pytest.mark.parametrize("who", ["anonymous", "delegate"])
def test_what_a_shared_cache_may_keep_carries_nobody_s_cookie(
    app: Flask, visit: Callable[..., Client], who: str
) -> None:
    assert app.permanent_session_lifetime > timedelta(days=1)
    client = visit(who)
    with client._client.session_transaction() as cookie:
        cookie.permanent = True
    kept = 0
    for address in PUBLIC_PAGES:
        answer = client.open(address, method="GET")
        assert answer.status_code == 200
        if "public" in answer.headers["Cache-Control"]:
            assert "Set-Cookie" not in answer.headers, address
            kept += 1
    assert kept, "no answer may be kept any more: this test looks at nothing"


def test_a_forged_line_does_not_reach_the_log(
    app: Flask, visit: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, app.logger.name):
        answer = visit("delegate").open("/alliances/x%0Aforged%1b[2J", method="GET")
    assert answer.status_code == 404
    written = [record.getMessage() for record in caplog.records]
    assert any("forged" in each for each in written)
    assert not [each for each in written if "\n" in each or "\x1b" in each]


@pytest.mark.parametrize("asked", ["q=x&q=%00", "q%00=x", "a=1&q=%00", "q=%00"])
def test_a_nul_anywhere_in_what_is_sent_is_turned_away(
    visit: Callable[..., Client], asked: str
) -> None:
    assert visit("delegate").open(f"/listings?{asked}", method="GET").status_code == 400


@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648", "9" * 5000])
def test_a_number_that_no_row_has_is_missing(
    world: World, visit: Callable[..., Client], number: str
) -> None:
    client = visit("delegate")
    assert client.open(f"/listings/{number}", method="GET").status_code == 404
    card = world.card["first"]
    assert client.post(f"/cards/{card}/blockers/{number}/remove").status_code == 404
