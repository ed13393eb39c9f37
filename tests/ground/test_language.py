"""Money in two languages, and where the language switch leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask_babel import force_locale

from portal.language import day, moment, money
from tests.client import Client
from tests.world import World

WAN = 1_000_000


@pytest.mark.parametrize(
    ("wan", "english", "chinese"),
    [
        (58, "¥580,000", "58万元"),
        (0.25, "¥2,500", "0.25万元"),
        (580, "¥5.8 million", "580万元"),
        (580.55, "¥5,805,500", "580.55万元"),
        (58_000, "¥580 million", "5.8亿元"),
        (123_456.5, "¥1,234,565,000", "123,456.5万元"),
        (1_000_000, "¥10 billion", "100亿元"),
    ],
)
def test_an_amount_reads_as_people_say_it_and_loses_nothing(
    app: Flask, wan: float, english: str, chinese: str
) -> None:
    for language, expected in (("en", english), ("zh", chinese)):
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            assert money(round(wan * WAN)).replace(" 万", "万").replace(" 亿", "亿") == expected


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/listings/{public}/interests", "/listings/{public}?language=en"),
        ("/listings/{public}/moves/pause", "/listings/{public}?language=en"),
        ("/interests/{sent}/moves/accept", "/interests/{sent}?language=en"),
        ("/listings/new?secrecy=none", "/listings/new?secrecy=none&language=en"),
    ],
)
def test_the_switch_on_a_page_answered_to_a_form_leads_to_a_page_that_exists(
    world: World, visit: Callable[..., Client], address: str, leads_to: str
) -> None:
    names = {"public": world.listing["public"], "sent": world.interest["sent"]}
    client = visit("chair" if "interests" in address[-9:] or "new" in address else "delegate")
    data = {"secrecy": "none", "version": "99"}
    answer = client.post(address.format(**names), data)
    assert answer.status_code in (409, 422)
    page = BeautifulSoup(answer.text, "html.parser")
    link = page.select_one(".account a[lang=en]")
    assert link is not None
    assert link["href"] == leads_to.format(**names)
    assert client.open(str(link["href"]), method="GET", follow_redirects=True).status_code == 200


def test_a_moment_that_was_written_for_a_mail_does_not_stand_on_a_page(app: Flask) -> None:
    """A mail is in the language of who gets it, whatever page asked for it."""
    at = datetime(2026, 3, 1, 6, 5, tzinfo=UTC)
    with app.test_request_context(headers={"Cookie": "language=en"}):
        with force_locale("zh"):
            mailed = moment(at), day(at.date())
        assert moment(at) == "1 Mar 2026 14:05"
        assert day(at.date()) == "1 Mar 2026 (Sun)"
        assert mailed != (moment(at), day(at.date()))
    with app.test_request_context(headers={"Cookie": "language=zh"}):
        assert moment(at) == "2026年3月1日 14:05"
