"""Passkeys in a real browser, with Chromium's own virtual device behind it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

screens = pytest.mark.parametrize(
    ("language", "screen"), [("zh", PHONE), ("en", DESKTOP)], ids=["phone-zh", "desk-en"]
)


@pytest.fixture
def site(app: Flask, site: str) -> str:
    """The same portal by a name: no browser makes passkeys for a bare address."""
    named = site.replace("127.0.0.1", "localhost")
    app.config["PUBLIC_BASE_URL"] = named
    return named


def give_device(visitor: Visitor) -> Callable[[bool], None]:
    """Put a device with passkeys into a visitor's hand; return what makes it know its user."""
    control = visitor.context.new_cdp_session(visitor.page)
    control.send("WebAuthn.enable")
    made = control.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    number = made["authenticatorId"]

    def knows_its_user(is_verified: bool) -> None:
        said = {"authenticatorId": number, "isUserVerified": is_verified}
        control.send("WebAuthn.setUserVerified", said)

    return knows_its_user


@screens
def test_register_sign_out_and_sign_in_by_passkey(
    enter: Callable[..., Visitor], world: World, language: str, screen: tuple[int, int]
) -> None:
    visitor = enter(language, screen)
    knows_its_user = give_device(visitor)
    visitor.come_in("delegate")
    visitor.open("/account/passkeys")
    visitor.type("Name of the device", "我的手机")
    visitor.press("Register a passkey")
    assert visitor.say("The passkey is registered. From now on it signs you in.") in visitor.text()
    assert "我的手机" in visitor.section("Registered").inner_text()
    visitor.sign_out()

    visitor.open("/sign-in")
    knows_its_user(False)
    visitor.page.get_by_role("button", name=visitor.say("With a passkey")).click()
    status = visitor.page.locator("[data-passkey-status]")
    status.get_by_text(
        visitor.say("Nothing happened: the passkey was not used. You can try again.")
    ).wait_for()
    assert visitor.page.url == f"{visitor.site}/sign-in"

    knows_its_user(True)
    visitor.count_afresh()
    visitor.press("With a passkey")
    assert visitor.page.url == f"{visitor.site}/desk"
    assert (visitor.taps, visitor.fields) == (1, 0)


def test_an_unknown_passkey_is_refused_with_a_sentence(
    enter: Callable[..., Visitor], world: World
) -> None:
    visitor = enter()
    give_device(visitor)
    visitor.come_in("delegate")
    visitor.open("/account/passkeys")
    visitor.type("Name of the device", "我的手机")
    visitor.press("Register a passkey")
    visitor.press("Remove我的手机".replace("Remove", visitor.say("Remove") + " "))
    visitor.sign_out()
    visitor.open("/sign-in")
    visitor.refused.add(f"{visitor.site}/passkeys/sign-in")
    visitor.page.get_by_role("button", name=visitor.say("With a passkey")).click()
    sentence = visitor.say("This passkey was not recognised.")
    visitor.page.locator("[data-passkey-status]").get_by_text(sentence).wait_for()


def test_without_a_script_the_buttons_of_passkeys_are_not_shown(
    enter: Callable[..., Visitor], world: World
) -> None:
    visitor = enter(has_script=False)
    visitor.come_in("delegate")
    visitor.open("/account/passkeys")
    assert visitor.page.locator("form[data-passkey-register]").is_hidden()
    assert visitor.page.locator("[data-passkey-missing]").is_visible()
    visitor.sign_out()
    visitor.open("/sign-in")
    assert visitor.page.locator("[data-passkey-sign-in]").is_hidden()
