"""What is handed on of a public listing: a text, a poster, a QR code; of no other one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal.exchange import sharing
from portal.exchange.models import Listing
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]


@pytest.mark.parametrize(("language", "said"), [("zh", "【需求】"), ("en", "[Demand]")])
def test_the_text_says_what_where_until_when_and_the_address(
    world: World, visit: Visit, language: str, said: str
) -> None:
    page = visit(language=language).soup(f"/listings/{world.listing['public']}")
    field = page.select_one("#share-text")
    assert field is not None and field.has_attr("readonly")
    text = field.get_text()
    assert text.strip().startswith(said) and "public 碳纤维缠绕" in text
    assert ("北京市" if language == "zh" else "Beijing") in text
    # The plain address: nothing tells who passed it on.
    assert text.rstrip().endswith(f"/listings/{world.listing['public']}")
    copy = page.select_one('button[data-copy="#share-text"]')
    assert copy is not None and copy.has_attr("hidden"), "shown only where the browser can copy"


@pytest.mark.parametrize("name", ["members", "confidential", "paused", "closed", "draft"])
def test_nothing_that_not_everyone_may_see_is_handed_on(
    world: World, visit: Visit, name: str
) -> None:
    client, listing = visit("delegate"), world.listing[name]
    assert not client.soup(f"/listings/{listing}").select_one("#share-text")
    assert client.get(f"/listings/{listing}/poster").status_code == 403
    assert client.get(f"/listings/{listing}/poster.png").status_code == 403


def test_the_poster_leads_to_the_public_address(app: Flask, world: World, context: None) -> None:
    listing = world.get(Listing, "public")
    address = sharing.address_of(listing)
    assert address == f"{app.config['PUBLIC_BASE_URL'].rstrip('/')}/listings/{listing.id}"
    poster = sharing.poster_of(listing)
    assert poster.address == address
    assert listing.title == poster.title


def test_the_poster_is_a_picture_that_can_be_sent(world: World, visit: Visit) -> None:
    listing = world.listing["public"]
    page = visit().soup(f"/listings/{listing}/poster")
    picture = page.select_one("img.poster")
    assert picture is not None and "碳纤维缠绕" in str(picture["alt"])
    answer = visit().get(str(picture["src"]))
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(b"\x89PNG")
