"""Every page, for everyone it concerns, in both languages and both colour schemes.

At 1280, 390 and 360 wide, folded and with everything unfolded, nothing scrolls sideways, axe
finds nothing and the console stays silent. Chinese is looked at in the light, English in the
dark.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser

HYDROGEN = "/alliances/hydrogen"
LISTING, INTEREST = "/listings/{listing[%s]}", "/interests/{interest[%s]}"
MEMBERSHIP = "/memberships/{membership[supplier]}"
MAKER, QUIET = "/organisations/{organisation[maker]}", "/organisations/{organisation[quiet]}"

#: Who looks at what; the status is 200 unless it is written before the address.
PAGES: dict[str, tuple[str, ...]] = {
    "anonymous": (
        "/",
        "/sign-in",
        "/listings",
        "/listings?q=碳纤&direction=demand&alliance=hydrogen",
        "/listings?q=没有这样的东西",
        LISTING % "public",
        "/alliances",
        HYDROGEN,
        f"{HYDROGEN}/members",
        f"{HYDROGEN}/members?region=HE&sort=pinyin",
        f"{HYDROGEN}/members?tier=chair&region=HE",
        "/organisations",
        "/organisations?near=BJ-HAIDIAN&within=200&kind=enterprise",
        "/organisations?q=cqca",
        MAKER,
        "/organisations/{organisation[supplier]}",
        "404 /nowhere",
    ),
    "delegate": (
        "/",
        "/desk",
        "/messages",
        "/messages/preferences",
        "/listings/new",
        "/listings/new?secrecy=unsure",
        "/listings/new?secrecy=none",
        "/listings/{listing[returned]}/edit",
        "/listings?mine=1",
        LISTING % "public",
        LISTING % "returned",
        LISTING % "confidential",
        "/interests",
        "/interests?side=sent",
        INTEREST % "sent",
        INTEREST % "accepted",
        INTEREST % "declined",
    ),
    "secretary": (
        "/desk",
        LISTING % "submitted",
        LISTING % "public",
        f"{HYDROGEN}/members",
        f"{HYDROGEN}/imports",
        "/imports/{member_import[open]}/columns",
        "/imports/{member_import[open]}",
        "/imports/{member_import[done]}",
        f"{HYDROGEN}/applications",
        f"{HYDROGEN}/robot",
        MEMBERSHIP,
        INTEREST % "lapsed",
        MAKER,
        f"{MAKER}/name",
        f"{MAKER}/position",
        f"{MAKER}/qualifications",
        f"{QUIET}/people/invite",
        "/organisations/new",
    ),
    "supplier": (
        "/organisations?near=mine",
        f"{HYDROGEN}/members?q=bjjqn",
        MAKER,
        "/desk",
        LISTING % "members",
        LISTING % "confidential",
        INTEREST % "declined",
    ),
    "chair": ("/desk", LISTING % "public"),
    "manager": (
        "/desk",
        "/memberships/{membership[maker]}",
        MAKER,
        f"{MAKER}/edit",
        f"{MAKER}/code",
        f"{MAKER}/chain-nodes",
        f"{MAKER}/qualifications",
        f"{MAKER}/contacts",
        f"{MAKER}/people",
        f"{MAKER}/people/invite",
        "/qualifications/{qualification[certificate]}/edit",
        "/contacts/{contact_point[public]}/edit",
        "/appointments/{appointment[manager]}/pass-on",
        "/agents",
        "/agents/new",
    ),
    "liaison": (
        "/desk",
        "/organisations/{organisation[maker]}",
        "/monitor",
        "/monitor?from=2026-05-02&to=2026-05-01",
        "/monitor/outcomes?period=2026",
        "/monitor/activity",
    ),
    "admin": (
        "/desk",
        "/alliances",
        "/organisations?q=氢能",
        f"{QUIET}/merge",
        "/regions",
        "/regions/4/edit",
    ),
    "stranger": ("/desk", "403 /interests", "403 /listings/new", "404 " + LISTING % "draft"),
}

languages = pytest.mark.parametrize("language", ["zh", "en"])


def look_closely(visitor: Visitor) -> None:
    """Look at the page that is open on a desk, a phone and a small phone, folded and unfolded."""
    page = visitor.page
    visitor.look(with_axe=False)
    for width, height in ((390, 844), (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        visitor.assert_no_sideways_scrolling()
    page.locator("details:not([open])").evaluate_all("(all) => all.forEach((e) => e.open = true)")
    visitor.assert_no_sideways_scrolling()
    if visitor.language == "en":
        visitor.assert_axe_finds_nothing()
    page.set_viewport_size({"width": 1280, "height": 900})
    if visitor.language == "zh":
        visitor.assert_axe_finds_nothing()
        assert_nothing_is_left_in_english(visitor)


def assert_nothing_is_left_in_english(visitor: Visitor) -> None:
    """Check that a Chinese page shows no sentence that nobody has translated."""
    left = re.findall(r"[A-Za-z']{2,} [a-z]{2,} [a-z]{2,}.*", visitor.text())
    assert not left, f"not translated on {visitor.page.url}: {left}"


@languages
@pytest.mark.parametrize("who", PAGES)
def test_every_page_looks_right_to_everyone_it_concerns(
    enter: Callable[..., Visitor], world: World, who: str, language: str
) -> None:
    visitor = enter(language, is_dark=language == "en")
    if who != "anonymous":
        visitor.come_in(who)
    for entry in PAGES[who]:
        status, _blank, address = entry.rpartition(" ")
        address = address.format(**vars(world))
        assert visitor.open(address, looks=False) == int(status or 200), address
        look_closely(visitor)


@languages
def test_forms_with_mistakes_look_right_too(
    enter: Callable[..., Visitor], world: World, language: str
) -> None:
    visitor = enter(language, is_dark=language == "en")
    visitor.open("/sign-in")
    visitor.press("Sign in", visitor.page.locator("main"))
    look_closely(visitor)
    visitor.come_in("delegate")
    visitor.open("/listings/new?secrecy=none")
    visitor.press("Submit for review")
    assert visitor.page.get_by_role("alert").get_by_role("link").count() == 4
    look_closely(visitor)
    visitor.open(f"/interests/{world.interest['sent']}")
    note = visitor.say("Why (the other side reads it)")
    folded = visitor.unfold("Decline")
    folded.get_by_label(note).fill(" ")
    visitor.press("Decline", folded)
    look_closely(visitor)


def box_of(visitor: Visitor, selector: str) -> dict[str, float]:
    """Return where the first of what a selector means stands: x, y, width, height."""
    found = visitor.page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return dict(found)


def test_what_stands_beside_the_moves_is_in_their_row_and_a_refusal_above_it(
    enter: Callable[..., Visitor], world: World
) -> None:
    visitor = enter("zh")
    page = visitor.page
    visitor.come_in("delegate")
    page.set_viewport_size({"width": 390, "height": 900})
    visitor.open(f"/listings/{world.listing['draft']}", looks=False)
    change, submit = box_of(visitor, ".moves-beside > a"), box_of(visitor, ".moves-beside .move")
    assert change["y"] == submit["y"]
    page.set_viewport_size({"width": 1280, "height": 900})
    visitor.open(f"/listings/{world.listing['public']}", looks=False)
    folded = visitor.unfold("Close without a partner")
    folded.locator("textarea").fill("长" * 1001)
    visitor.press("Close without a partner", folded)
    whole, refusal = box_of(visitor, ".moves-beside"), box_of(visitor, ".error-summary")
    assert refusal["width"] == whole["width"]
    assert refusal["y"] + refusal["height"] <= box_of(visitor, ".move button")["y"]
    visitor.open(f"/listings/{world.listing['returned']}/edit", looks=False)
    page.locator("form.form [name=version]").evaluate("(field) => field.value = '0'")
    visitor.press("Save as a draft")
    stored, label = box_of(visitor, ".panel"), box_of(visitor, "form.form .form-section")
    assert label["y"] - stored["y"] - stored["height"] >= 24
