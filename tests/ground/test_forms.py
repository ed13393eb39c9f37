"""Receipts, keys and versions of forms; what no person would type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.actors import person
from portal.forms import Form, version_in
from tests.client import Client
from tests.pages.people import POSTING
from tests.world import World

MANY_DIGITS = "9" * 5000


def receipt(app: Flask, path: str, organisation_id: int = 1, **data: str) -> str:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(path, method="POST", data={"key": "k", **data}):
        return Form().receipt(person(1, organisation_id))


def test_the_same_request_has_the_same_receipt_and_any_other_has_another(app: Flask) -> None:
    first = receipt(app, "/listings/new", save="1")
    assert receipt(app, "/listings/new", save="1") == first
    others = {
        receipt(app, "/listings/new", submit="1"),
        receipt(app, "/listings/7/interests", save="1"),
        receipt(app, "/listings/new", 2, save="1"),
        receipt(app, "/listings/new", save="1", title="x"),
    }
    assert len(others) == 4
    assert first not in others


def test_a_receipt_fits_its_column_whatever_was_sent(app: Flask) -> None:
    assert len(receipt(app, "/listings/new", key="k" * 5000, title="x" * 5000)) <= 128


def test_a_form_shown_after_another_form_was_sent_has_a_key_of_its_own(app: Flask) -> None:
    with app.test_request_context("/listings/1/moves/pause", method="POST", data={"note": "x"}):
        first, second = Form(formdata=None), Form(formdata=None)
        assert first.key.data
        assert first.key.data != second.key.data


def test_a_form_without_a_key_is_never_taken_for_an_earlier_one(app: Flask) -> None:
    assert receipt(app, "/listings/new", key="") != receipt(app, "/listings/new", key="")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("", None), ("7", 7), (MANY_DIGITS, 0), ("-1", 0), ("x", 0), ("²", 0), ("٧", 0)],
)
def test_a_version_that_is_none_counts_as_an_old_one(written: str, expected: int | None) -> None:
    assert version_in(written) == expected


@pytest.mark.parametrize("version", [MANY_DIGITS, "x", "²"])
def test_a_mad_version_is_answered_as_a_stale_one(
    visit: Callable[..., Client], world: World, version: str
) -> None:
    listing = f"/listings/{world.listing['draft']}"
    client = visit("delegate")
    assert client.post(f"{listing}/moves/submit", {"version": version}).status_code == 409
    sent = {**POSTING, "version": version}
    assert client.post(f"{listing}/edit", sent).status_code == 409


@pytest.mark.parametrize("amount", ["sNaN", "NaN", "Infinity", "-Infinity", "1e999999", "x"])
def test_an_amount_that_is_no_number_is_refused_with_a_sentence(
    visit: Callable[..., Client], amount: str
) -> None:
    answer = visit("delegate").post("/listings/new", {**POSTING, "amount": amount})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("#amount-error")


@pytest.mark.parametrize("number", [MANY_DIGITS, "agency-" + MANY_DIGITS, "", "²"])
def test_a_mad_organisation_is_refused(visit: Callable[..., Client], number: str) -> None:
    answer = visit("delegate").post("/acting-for", {"organisation_id": number})
    assert answer.status_code == 422
