"""With a thumb on a phone: in by a code, into an alliance, out of a role."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import db
from portal.outbox import OutboxMessage
from portal.roles import Role
from portal.sign_in import inviting, sso
from tests.browser.conftest import PHONE
from tests.browser.test_passkeys import give_device
from tests.browser.visitor import Visitor
from tests.client import inside
from tests.world import World

pytestmark = pytest.mark.browser

Enter = Callable[..., Visitor]
PASSWORD = "seven-copper-bridges-2026"
STATEMENT = "可提供冷链运输与检测能力，寻求储氢瓶回收合作。"


@pytest.fixture
def site(app: Flask, site: str) -> str:
    """The same portal by a name: no browser makes passkeys for a bare address."""
    named = site.replace("127.0.0.1", "localhost")
    app.config["PUBLIC_BASE_URL"] = named
    return named


@pytest.fixture
def code(app: Flask, world: World) -> str:
    """The eight digits of an invitation to be a delegate of maker."""

    def invite() -> str:
        maker = world.organisation["maker"]
        return inviting.invite(
            Role.DELEGATE, maker, name="王新", mobile="13800000000", by=world.actor("manager")
        ).code

    made: str = inside(app, invite)
    return made


def type_code(visitor: Visitor, code: str) -> None:
    """From the front page to the invitation that eight digits stand for."""
    visitor.open("/")
    visitor.follow("Sign in", visitor.header())
    visitor.follow("I have an invitation code")
    visitor.type("Eight digits", f"{code[:4]} {code[4:]}")
    visitor.press("Go on")
    assert "北京甲氢能有限公司" in visitor.text()


def test_in_by_a_code_and_a_password_and_later_by_a_passkey(enter: Enter, code: str) -> None:
    newcomer = enter("zh", PHONE)
    give_device(newcomer)
    type_code(newcomer, code)
    newcomer.count_afresh()
    assert newcomer.field("Your name").input_value() == "王新"
    newcomer.type("Password", PASSWORD)
    newcomer.press("Accept and go in")
    assert newcomer.page.url == f"{newcomer.site}/desk"
    assert (newcomer.taps, newcomer.fields) == (1, 1)
    assert "王新 · 北京甲氢能有限公司" in newcomer.text()

    newcomer.open("/account/passkeys")
    newcomer.type("Name of the device", "我的手机")
    newcomer.press("Register a passkey")
    newcomer.sign_out()
    newcomer.open("/sign-in")
    newcomer.press("With a passkey")
    assert newcomer.page.url == f"{newcomer.site}/desk"

    late = enter("zh", PHONE)
    late.open("/invitations")
    late.type("Eight digits", code)
    late.press("Go on")
    sentence = "These digits open nothing. Check them, or ask for a new invitation."
    assert late.say(sentence) in late.text()


def test_in_by_a_code_with_the_passkey_of_an_account(enter: Enter, code: str, world: World) -> None:
    expert = enter("zh", PHONE)
    give_device(expert)
    expert.come_in("expert")
    expert.open("/account/passkeys")
    expert.type("Name of the device", "我的手机")
    expert.press("Register a passkey")
    expert.sign_out()

    type_code(expert, code)
    expert.count_afresh()
    expert.follow("I have an account already: sign in and accept")
    expert.press("With a passkey")
    assert expert.page.url == f"{expert.site}/invitations/mine", "the digits are typed once"
    button = expert.say("Accept as %(name)s", name="测试expert")
    expert.tap(expert.page.get_by_role("button", name=button))
    assert expert.page.url == f"{expert.site}/desk"
    assert (expert.taps, expert.fields) == (3, 0)
    assert "北京甲氢能有限公司" in expert.text()


def test_an_application_is_sent_back_changed_and_approved(enter: Enter, world: World) -> None:
    applicant, keeper = enter("zh", PHONE), enter("zh", PHONE)
    applicant.come_in("supplier")
    applicant.open("/alliances/biomedicine")
    applicant.follow("Apply to join")
    applicant.type("What you bring and seek", "检测。")
    applicant.field("Contact person").select_option(label="测试supplier")
    applicant.page.get_by_role("checkbox").check()
    applicant.press("Submit the application")
    assert applicant.say("Applied") in applicant.page.locator(".page-above").inner_text()
    address = applicant.page.url.removeprefix(applicant.site)

    keeper.come_in("other_secretary")
    waiting = keeper.section("Waiting for me")
    keeper.tap(waiting.get_by_role("link", name="河北乙材料有限公司").first)
    keeper.press("Take up the review")
    folded = keeper.unfold("Send back")
    keeper.type("What should be changed", "请写明可提供的能力。")
    keeper.press("Send back", folded)

    applicant.open("/desk")
    waiting = applicant.section("Waiting for me")
    applicant.tap(waiting.get_by_role("link", name="河北乙材料有限公司").first)
    assert "请写明可提供的能力。" in applicant.page.locator(".record-notice").inner_text()
    applicant.follow("Change it")
    assert applicant.field("What you bring and seek").input_value() == "检测。"
    applicant.type("What you bring and seek", STATEMENT)
    applicant.page.get_by_role("checkbox").check()
    applicant.press("Submit the application")

    keeper.open(address)
    assert STATEMENT in keeper.text()
    keeper.press("Take up the review")
    keeper.follow("Admit")
    keeper.press("Admit")
    applicant.open("/alliances/biomedicine/members")
    assert "河北乙材料有限公司" in applicant.text()
    applicant.open(address)
    assert "请写明可提供的能力。" in applicant.section("Record of steps").inner_text()


def test_the_manager_leaves_and_the_successor_is_there_first(enter: Enter, world: World) -> None:
    manager, successor = enter("zh", PHONE), enter("zh", PHONE)
    successor.come_in("delegate")
    people = f"/organisations/{world.organisation['maker']}/people"
    assert successor.open(f"{people}/invite") == 403

    manager.come_in("manager")
    manager.open("/account/close")
    manager.page.get_by_label(
        manager.say("I want to close my account. It cannot be opened again.")
    ).check()
    manager.press("Close your account")
    sentence = "Nobody else manages this organisation. Pass the role on to a colleague first."
    assert manager.say(sentence) in manager.text()

    manager.open(people)
    sentence = (
        "Nobody else manages this organisation: whoever does leaves only after a successor is "
        "there."
    )
    assert manager.say(sentence) in manager.text()
    manager.follow("Pass the role on")
    manager.choose("Who manages from now on", "测试delegate")
    manager.choose("And you", "I leave the organisation here")
    manager.press("Pass the role on")
    assert manager.open(f"{people}/invite") == 403

    assert successor.open(f"{people}/invite") == 200, "at the next request, without signing in"
    manager.open("/account/close")
    manager.page.get_by_label(
        manager.say("I want to close my account. It cannot be opened again.")
    ).check()
    manager.press("Close your account")
    sentence = "Your account is closed. You are signed out everywhere."
    assert manager.say(sentence) in manager.text()


def test_in_by_single_sign_on(app: Flask, enter: Enter, world: World) -> None:
    app.config["SSO_ADAPTER"], app.extensions["sso"] = "outbox", sso.read_ticket
    visitor = enter("zh", PHONE)
    visitor.open("/sign-in?next=/alliances")
    visitor.press("With the account of my organisation")
    visitor.type("Mobile number or e-mail", "delegate@test.example")
    visitor.press("Send me an address")

    def last() -> str:
        newest = select(OutboxMessage.body).order_by(OutboxMessage.id.desc()).limit(1)
        return db.session.scalars(newest).one()

    found = re.search(r"http\S+", inside(app, last))
    assert found
    visitor.open(found[0].removeprefix(visitor.site))
    visitor.press("Sign in", visitor.page.locator("main"))
    assert visitor.page.url == f"{visitor.site}/alliances"
