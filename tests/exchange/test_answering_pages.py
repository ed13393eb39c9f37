"""What becomes of an answer when the listing changes under it: nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.alliances.models import Membership
from portal.alliances.operations import expel_membership
from portal.database import db
from portal.exchange import operations
from portal.exchange.models import Interest, Listing
from portal.operations import operation
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
TEXT = "可供T700碳纤维缠绕，<月产150只>。"
GONE = "This listing takes no answers any more."


def opened(client: Client, listing_id: int) -> dict[str, str]:
    """Open a listing and return what its answer form carries along."""
    form = client.soup(f"/listings/{listing_id}").select_one(
        f'form[action="/listings/{listing_id}/interests"]'
    )
    assert form is not None
    return {
        str(field["name"]): str(field["value"])
        for field in form.select("input[name=seen], input[name=key]")
    }


def kept(text: str) -> list[str]:
    page = BeautifulSoup(text, "html.parser")
    return [field.get_text().removeprefix("\n") for field in page.select("textarea[readonly]")]


def interests(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count(Interest.id))).one()


def let_expire(app: Flask, listing_id: int) -> None:
    with app.app_context():

        @operation
        def past() -> None:
            listing = db.session.get_one(Listing, listing_id)
            listing.valid_until = clock.today() - timedelta(days=1)

        past()
        db.session.remove()


@pytest.mark.parametrize("end", ["pause", "recall", "close"])
def test_an_answer_to_what_left_the_list_meanwhile_is_kept_to_be_copied(
    app: Flask, world: World, visit: Visit, end: str
) -> None:
    chair, public = visit("chair", language="en"), world.listing["public"]
    form, before = opened(chair, public), interests(app)
    assert visit("delegate").post(f"/listings/{public}/moves/{end}").status_code == 302
    answer = chair.post(f"/listings/{public}/interests", {**form, "message": TEXT})
    assert answer.status_code == 409
    assert GONE in answer.text
    assert kept(answer.text) == [TEXT]
    assert "public 碳纤维" not in answer.text, "it is not shown to them any more"
    assert interests(app) == before


def test_an_answer_to_what_expired_meanwhile_stands_on_the_page_of_the_listing(
    app: Flask, world: World, visit: Visit
) -> None:
    chair, public = visit("chair", language="en"), world.listing["public"]
    form = opened(chair, public)
    let_expire(app, public)
    answer = chair.post(f"/listings/{public}/interests", {**form, "message": TEXT})
    assert answer.status_code == 409
    assert kept(answer.text) == [TEXT]
    assert GONE in answer.text
    assert "public 碳纤维缠绕" in answer.text


def test_whoever_never_saw_a_listing_learns_nothing_from_answering_it(
    world: World, visit: Visit
) -> None:
    chair, public = visit("chair"), world.listing["public"]
    mine = {**opened(chair, public), "message": TEXT}
    theirs = {**opened(visit("outsider"), public), "message": TEXT}
    for name in ("draft", "paused", "confidential", "closed"):
        answer = chair.post(f"/listings/{world.listing[name]}/interests", mine)
        assert answer.status_code == 404, name
        assert TEXT not in answer.text
    assert chair.post("/listings/99999/interests", mine).status_code == 404
    visit("delegate").post(f"/listings/{public}/moves/pause")
    for forged in (theirs, {**mine, "seen": ""}, {**mine, "seen": "x" * 5000}):
        assert chair.post(f"/listings/{public}/interests", forged).status_code == 404
    assert chair.post(f"/listings/{public}/interests", mine).status_code == 409


def test_a_form_whose_session_ended_offers_sign_in_and_gives_the_text_back(
    world: World, visit: Visit
) -> None:
    public = world.listing["public"]
    answer = visit("anonymous", language="en").open(
        f"/listings/{public}/interests", method="POST", data={"message": TEXT}
    )
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(f'main a[href="/sign-in?next={quote(f"/listings/{public}")}"]')
    assert kept(answer.text) == [TEXT]
    assert "<月产" not in answer.text, "escaped"


def test_the_page_of_an_ended_session_never_shows_a_password_and_cuts_what_is_long(
    visit: Visit,
) -> None:
    answer = visit("anonymous").open(
        "/listings/new?secrecy=none",
        method="POST",
        data={
            "title": "求购阀门",
            "specification": "阀" * 9000,
            "password": "geheim-geheim-geheim",
        },
    )
    assert answer.status_code == 400
    assert "geheim" not in answer.text
    assert kept(answer.text) == ["求购阀门", "阀" * 5000]
    again = visit("anonymous").open("/sign-in", method="POST", data={"password": "geheim-geheim"})
    assert again.status_code == 400
    assert "geheim" not in again.text


def test_a_signed_in_person_with_an_old_form_is_led_back_to_its_page(
    world: World, visit: Visit
) -> None:
    public = world.listing["public"]
    answer = visit("chair").open(
        f"/listings/{public}/interests", method="POST", data={"message": TEXT}
    )
    assert answer.status_code == 400
    assert BeautifulSoup(answer.text, "html.parser").select_one(
        f'main .problem a[href="/listings/{public}"]'
    )


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("match", "The listing was closed before it was answered."),
        ("close", "The listing was closed before it was answered."),
        ("recall", "The listing was taken back before it was answered."),
    ],
)
def test_a_lapsed_answer_says_why_it_ended_and_offers_no_withdrawal(
    world: World, visit: Visit, end: str, sentence: str
) -> None:
    sent, public = world.interest["sent"], world.listing["public"]
    assert visit("delegate").post(f"/listings/{public}/moves/{end}").status_code == 302
    supplier = visit("supplier", language="en")
    page = supplier.soup(f"/interests/{sent}")
    assert sentence in page.get_text()
    assert not page.select(f'form[action="/interests/{sent}/moves/withdraw"]')
    assert "public 碳纤维缠绕" in page.get_text(), "what was answered is still told"
    refused = supplier.post(f"/interests/{sent}/moves/withdraw")
    assert refused.status_code == 422


def test_an_answer_that_nobody_gave_in_time_says_just_that(world: World, visit: Visit) -> None:
    page = visit("supplier", language="en").soup(f"/interests/{world.interest['lapsed']}")
    assert "Nobody answered in time." in page.get_text()


def test_an_answer_of_who_left_the_alliance_says_so(app: Flask, world: World, visit: Visit) -> None:
    with app.app_context():
        supplier = db.session.get_one(Membership, world.membership["supplier"])
        expel_membership(supplier, by=world.actor("secretary"), basis="决议。", note="违反章程。")
        db.session.remove()
    page = visit("delegate", language="en").soup(f"/interests/{world.interest['sent']}")
    assert "One side left the alliance before it was answered." in page.get_text()


def test_the_page_of_an_answer_has_no_link_to_a_listing_its_reader_may_not_open(
    world: World, visit: Visit
) -> None:
    sent, public = world.interest["sent"], world.listing["public"]
    supplier, link = visit("supplier"), f'a[href="/listings/{public}"]'
    assert supplier.soup(f"/interests/{sent}").select(link)
    visit("delegate").post(f"/listings/{public}/moves/recall")
    assert not supplier.soup(f"/interests/{sent}").select(link)
    assert supplier.open(f"/listings/{public}").status_code == 404


def test_the_title_of_a_rewritten_draft_stays_unknown_to_who_answered_it(
    app: Flask, world: World, visit: Visit
) -> None:
    accepted, members = world.interest["accepted"], world.listing["members"]
    with app.app_context():
        listing = db.session.get_one(Listing, members)
        operations.recall_listing(listing, by=world.actor("delegate"))

        @operation
        def rewrite() -> None:
            listing.title = "尚未公开的新标题"

        rewrite()
        db.session.remove()
    assert "尚未公开" not in visit("chair").soup(f"/interests/{accepted}").get_text()
    visit("delegate").post(f"/listings/{members}/moves/discard")
    assert visit("chair").open(f"/listings/{members}").status_code == 404


def test_who_was_introduced_is_named_and_their_addresses_are_copied_with_a_tap(
    world: World, visit: Visit
) -> None:
    page = visit("chair").soup(f"/interests/{world.interest['accepted']}")
    labels = [label.get_text() for label in page.select(".panel .facts dt")]
    assert labels.count("联系人") == 2
    copied = {str(button["data-copy"]) for button in page.select(".panel button[data-copy]")}
    assert copied == {"delegate@test.example", "chair@test.example"}


def test_a_second_answer_from_an_old_tab_leads_to_the_first_and_gives_the_text_back(
    world: World, visit: Visit
) -> None:
    chair, public = visit("chair", language="en"), world.listing["public"]
    form = opened(chair, public)
    address = f"/listings/{public}/interests"
    first = chair.post(address, {**form, "message": "可供。"}).headers["Location"]
    refused = chair.post(address, {**form, "message": TEXT})
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    assert page.select_one(f'main a[href="{first}"]')
    assert not page.select(f'form[action="{address}"]'), "nothing is asked for a second time"
    assert TEXT in kept(refused.text)


def test_whoever_signs_in_to_answer_comes_back_to_the_form(world: World, visit: Visit) -> None:
    public = world.listing["public"]
    page = visit("anonymous").soup(f"/listings/{public}")
    target = quote(f"/listings/{public}#answer")
    assert page.select_one(f'main a[href="/sign-in?next={target}"]')
    assert visit("chair").soup(f"/listings/{public}").select_one("#answer form")


def test_the_address_of_a_refused_form_opens_the_page_above_it(world: World, visit: Visit) -> None:
    public = f"/listings/{world.listing['public']}"
    for address in (f"{public}/interests", f"{public}/moves/publish"):
        answer = visit("chair").get(address)
        assert (answer.status_code, answer.headers.get("Location")) == (302, public)
        problem = visit("chair").open(
            address, method="GET", headers={"Accept": "application/problem+json"}
        )
        assert (problem.status_code, "POST" in problem.headers["Allow"]) == (405, True)
    assert visit("chair").get("/sign-out").status_code == 405, "nothing stands above but the front"


def test_a_page_that_holds_what_was_written_offers_no_switch_that_would_lose_it(
    world: World, visit: Visit
) -> None:
    address = f"/listings/{world.listing['public']}/interests"
    chair = visit("chair")
    switch = "a[href*='language=en'], a[href*='large-type=']"
    for message, count in (("", 3), ("供" * 501, 0)):
        answer = chair.post(address, {"message": message})
        assert answer.status_code == 422
        assert len(BeautifulSoup(answer.text, "html.parser").select(switch)) == count


@pytest.mark.parametrize("end", ["recall", "match", "close"])
def test_whose_answer_lapses_with_a_move_is_named_before_it_is_made(
    world: World, visit: Visit, end: str
) -> None:
    page = visit("delegate").soup(f"/listings/{world.listing['public']}")
    form = page.select_one(f'form[action$="/moves/{end}"]')
    assert form is not None
    assert "河北乙材料有限公司（1人）" in form.get_text(), "their answer waits"
    assert "北京甲氢能有限公司（1人）" in form.get_text(), "and so do colleagues hear of it"
