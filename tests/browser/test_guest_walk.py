"""A stranger answers from the poster, and what came of it stands on both organisations' pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import PHONE
from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser

MESSAGE = (
    "各位老师好，我司急需70MPa IV型储氢瓶碳纤维缠绕代工产能，首年1800只，预算约500万元，"
    "两周内报价，天津企业优先。"
)
TITLE = "急需70MPa IV型储氢瓶碳纤维缠绕代工产能"
MAKER, PARTNER = "北京甲氢能有限公司", "天津丙研究院"
#: As people call themselves when they are in a hurry.
WRITTEN, NUMBER = "丙研究院", "13900001111"
CONTRACT = "碳纤维缠绕代工合同"


def above(visitor: Visitor) -> str:
    """Return what stands above the title: the state, among others."""
    return visitor.page.locator(".page-above").inner_text()


def here(visitor: Visitor) -> str:
    """Return the address of the page, as it may be opened by somebody else."""
    return visitor.page.url.removeprefix(visitor.site)


def post_from_a_text(owner: Visitor) -> None:
    """Let a member paste a message, choose who may see it, and submit it."""
    owner.come_in("delegate")
    owner.follow("Post a listing")
    owner.tap(owner.page.get_by_role("link", name=owner.say("No, neither")))
    owner.follow("Fill it in from a text you have")
    owner.type("Your text", MESSAGE)
    owner.press("Fill in the form")
    owner.choose("Who may see it", "Public")
    owner.press("Submit for review")
    assert owner.page.locator("h1").inner_text() == TITLE
    assert owner.say("Under review") in above(owner)


def publish(keeper: Visitor) -> None:
    """Let the secretary publish what waits on the desk."""
    keeper.come_in("secretary")
    keeper.follow_record(TITLE)
    keeper.press("Publish")
    assert keeper.say("Published") in above(keeper)


def address_on_the_poster(owner: Visitor) -> str:
    """Return the address that the code of the poster holds, as who cannot see it is told it."""
    owner.unfold("Share it")
    owner.follow("Poster with QR code")
    poster = owner.page.locator("img.poster")
    assert poster.evaluate("image => image.naturalWidth") == 1080
    told = poster.get_attribute("alt") or ""
    assert TITLE in told
    return urlsplit(told.split()[-1]).path


def answer_as_a_stranger(stranger: Visitor, address: str) -> None:
    """Let somebody without an account answer; two fields and three taps at most."""
    assert stranger.open(address) == 200
    assert stranger.page.locator("h1").inner_text() == TITLE
    assert MESSAGE in stranger.text() and MAKER in stranger.text()
    stranger.count_afresh()
    stranger.follow("Answer now")
    labels = stranger.page.locator("main .form-label").all_inner_texts()
    assert labels[:2] == ["单位", "手机"]
    stranger.type("Your organisation", WRITTEN)
    stranger.type("Your mobile number", NUMBER)
    stranger.press("Send the answer")
    assert stranger.say("Thank you, it has arrived") in stranger.text()
    assert stranger.fields == 2, "the organisation and the number"
    assert stranger.taps <= 3


def verify_and_tie(keeper: Visitor) -> str:
    """Let the secretary call the stranger and say which organisation it is."""
    keeper.open("/desk")
    keeper.follow_record(f"{WRITTEN}{keeper.say(': ')}{TITLE}")
    assert keeper.say("To be verified") in above(keeper)
    call = keeper.page.get_by_role("link", name=keeper.say("Call %(number)s", number=NUMBER))
    assert (call.get_attribute("href") or "").startswith("tel:")
    keeper.field("Which organisation it is").select_option(label=PARTNER)
    keeper.press("Verified: record it and invite")
    recorded = "Recorded. The people of the organisation find it on their desk."
    assert keeper.say(recorded) in keeper.text()
    assert keeper.say("Verified") in above(keeper)
    return here(keeper)


def take_up(partner: Visitor, guest: str) -> str:
    """Let the organisation's person send it as its answer; return the answer's address."""
    partner.come_in("chair")
    partner.follow_record(f"{WRITTEN}{partner.say(': ')}{TITLE}")
    assert here(partner) == guest
    read = partner.text()
    assert NUMBER not in read and partner.say("shown once it is verified") not in read
    partner.count_afresh()
    partner.press("Send it as our answer")
    assert partner.taps == 1
    assert partner.page.locator("h1").inner_text() == partner.say(
        "Answer of %(organisation)s", organisation=PARTNER
    )
    return here(partner)


def take_step(visitor: Visitor, step: str) -> None:
    """Record another step than the next one, as of today."""
    visitor.tap(
        visitor.page.get_by_text(visitor.say("Another step or day, with a line or a file")),
        goes=False,
    )
    visitor.page.get_by_label(visitor.say("Step"), exact=True).select_option(step)
    visitor.press("Record the step")


def claim(owner: Visitor) -> str:
    """Let the owner record what came of it, and agree to show it; return its address."""
    owner.follow("Record the outcome")
    owner.type("Title", CONTRACT)
    owner.type("Contract value (10,000 yuan)", "320")
    for word in (
        "The original was seen, no copy is kept",
        "It holds no state secret and no work secret",
        "We agree that everyone may see it",
    ):
        owner.page.get_by_label(owner.say(word)).check()
    owner.press("Record it and ask the other side")
    assert owner.say("Claimed by one side, to be confirmed by the other") in above(owner)
    assert owner.page.locator("h1").inner_text() == CONTRACT
    return here(owner)


def test_a_stranger_answers_from_the_poster_and_an_outcome_of_both_sides_comes_of_it(
    enter: Callable[..., Visitor], world: World
) -> None:
    owner, keeper, stranger, partner = (enter("zh", PHONE) for _each in range(4))

    post_from_a_text(owner)
    publish(keeper)
    owner.page.reload()
    listing = here(owner)
    assert owner.say("Published") in above(owner)
    address = address_on_the_poster(owner)
    assert address == listing, "the code leads to the listing's own page"

    answer_as_a_stranger(stranger, address)
    owner.open(listing)
    assert owner.say("No answer yet") in owner.text(), "a guest's answer is none yet"
    guest = verify_and_tie(keeper)
    owner.open(guest)
    assert NUMBER in owner.text(), "the owner may call who was verified"
    answer = take_up(partner, guest)
    keeper.open(guest)
    assert keeper.say("Became an answer") in above(keeper)

    owner.open("/desk")
    assert PARTNER in owner.section("Waiting for me").inner_text()
    owner.open(answer)
    assert owner.say("Answered by a guest of the listing's public page.") in owner.text()
    owner.press("Accept and exchange contacts")
    assert "chair@test.example" in owner.text(), "both have been introduced"
    owner.follow("Go on to the matter")
    matter = here(owner)
    owner.press(owner.say("Today: %(step)s", step=owner.say("First contact")))
    partner.open(matter)
    assert "delegate@test.example" in partner.text()
    partner.press(partner.say("Today: %(step)s", step=partner.say("Talks")))
    take_step(partner, "signed")
    taken = partner.page.locator(".step-taken .step-name").all_inner_texts()
    assert taken == [partner.say(step) for step in ("First contact", "Talks", "Signed")]

    owner.open(matter)
    outcome = claim(owner)

    def stands_on(name: str) -> bool:
        stranger.open(f"/organisations/{world.organisation[name]}")
        return stranger.page.locator("main").get_by_role("link", name=CONTRACT).count() == 1

    stranger.open(outcome)
    assert CONTRACT not in stranger.text(), "one side's claim is nobody else's"
    assert not stands_on("maker") and not stands_on("chairer")
    partner.open("/desk")
    partner.follow_record(CONTRACT)
    partner.count_afresh()
    partner.press("Confirm it")
    assert not stands_on("chairer"), "not before both agree"
    partner.press("Agree to show it")
    assert (partner.taps, partner.fields) == (2, 0)
    shown = "Both sides agreed: it stands on the pages of both organisations."
    assert partner.say(shown) in partner.text()
    assert stands_on("maker") and stands_on("chairer")
    stranger.follow_record(CONTRACT)
    assert here(stranger) == outcome
    read = stranger.text()
    assert MAKER in read and PARTNER in read
    assert "320" not in read and NUMBER not in read, "others read the band, and no number"
