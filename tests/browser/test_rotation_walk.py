"""A chair passes from hand to hand: planned, deferred, exchanged, confirmed, ended, handed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator
from sqlalchemy import select

from portal import clock
from portal.actors import SYSTEM
from portal.database import db
from portal.outbox import OutboxMessage
from portal.rotation.asking import ask_for_confirmations
from portal.rotation.models import Turn
from tests.browser.conftest import PHONE
from tests.browser.visitor import Visitor
from tests.rotation.make import planned, who
from tests.world import World

pytestmark = pytest.mark.browser

SCHEDULE = "/alliances/hydrogen/rotation"


class Hands:
    """The hands of the portal's clock, which this test moves: each request finds them there."""

    def __init__(self, app: Flask) -> None:
        self.at: datetime | None = None
        self._answer: Any = app.wsgi_app
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: Any, start: Any) -> Iterable[bytes]:
        if self.at is None:
            return self._answer(environ, start)  # type: ignore[no-any-return]
        with clock.standing_still(self.at):
            return self._answer(environ, start)  # type: ignore[no-any-return]


def choose_member(visitor: Visitor, place: int, name: str) -> None:
    """Choose who takes a term of the plan; the page judges it at once."""
    with visitor.page.expect_navigation():
        visitor.page.locator("select[name=member]").nth(place).select_option(label=name)
    visitor.look()


def write_note(within: Locator, text: str) -> None:
    within.locator("textarea").fill(text)


def test_the_chair_passes_on_from_plan_to_hand_over(
    enter: Callable[..., Visitor], world: World, app: Flask
) -> None:
    hands = Hands(app)
    keeper, manager = enter("en"), enter("zh")
    supplier, chair, guest = (enter("zh", PHONE) for _each in range(3))

    # The secretary plans: by the planner first, then by hand, and adopts it.
    keeper.come_in("secretary")
    keeper.open(SCHEDULE)
    keeper.follow("Plan terms")
    keeper.press("Plan automatically")
    assert keeper.say("No better plan exists by these rules.") in keeper.text()
    names = ("河北乙材料有限公司", "北京甲氢能有限公司", "河北戊制造有限公司")
    for place, name in enumerate(names):
        choose_member(keeper, place, name)
    keeper.tap(keeper.page.get_by_role("button", name="Move down: term 2"))
    keeper.tap(keeper.page.get_by_role("button", name="Move up: term 3"))
    keeper.type("Basis", "决议第30号")
    keeper.press("Adopt the plan")

    def order() -> list[str]:
        with app.app_context():
            found = who(world, planned(world))
            db.session.remove()
        return found

    def term(place: int) -> str:
        with app.app_context():
            found = planned(world)[place].id
            db.session.remove()
        return f"/turns/{found}"

    assert order() == ["supplier", "maker", "quiet"]

    # The first one defers on the phone; the next in line moves up.
    supplier.come_in("supplier")
    supplier.open(term(0))
    folded = supplier.unfold("Ask for a later term")
    write_note(folded, "搬迁厂区。")
    supplier.press("Ask for a later term", folded)
    assert order() == ["maker", "quiet", "supplier"]

    # Two exchange: one asks, the other agrees, the council's approval is entered.
    manager.come_in("manager")
    manager.open(term(0))
    manager.follow("Exchange it with another member")
    manager.field("Exchange it with").select_option(index=1)
    manager.type("Why", "年度检修。")
    manager.press("Ask the other side")
    swap = manager.page.url.removeprefix(manager.site)
    supplier.open(swap)
    supplier.press("Agree to the exchange")
    keeper.open(swap)
    folded = keeper.unfold("Enter the approval")
    write_note(folded, "决议第31号")
    keeper.press("Enter the approval", folded)
    assert order() == ["supplier", "quiet", "maker"]

    # The named person confirms by the link, without signing in: one tap.
    with app.app_context():
        assert ask_for_confirmations(by=SYSTEM) == 1
        newest = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert newest is not None
        found = re.search(r"/turns/answer/[\w-]+", newest.body)
        turn_id = planned(world)[0].id
        begins = clock.start_of(planned(world)[0].starts_on)
        db.session.remove()
    assert found is not None
    guest.open(found[0])
    guest.count_afresh()
    guest.press("Confirm the term")
    assert (guest.taps, guest.fields) == (1, 0)

    # The outgoing chair writes and signs the hand-over while it still sits.
    chair.come_in("chair")
    chair.open(SCHEDULE)
    chair.follow("The chair's workspace")
    assert chair.say("What the term still has to do") in chair.text()
    handover = f"/handovers/{world.handover['begun']}"
    chair.open(handover)
    chair.follow("Write it")
    for label in chair.page.locator(".choice-label").all():
        chair.tap(label, goes=False)
    chair.type("Open actions", "催报回执：秘书处，月底前。")
    chair.press("Save")
    folded = chair.unfold("Sign the hand-over")
    chair.press("Sign the hand-over", folded)

    # The term ends by itself; the incoming chair accepts.
    hands.at = begins + timedelta(hours=1)
    supplier.come_in("supplier")
    supplier.open(handover)
    supplier.press("Accept the hand-over")
    assert supplier.say("Handed over") in _state_of(supplier, world.turn["running"])
    supplier.open(f"/turns/{turn_id}")
    supplier.open(SCHEDULE)
    supplier.follow("The chair's workspace")

    # The former chair sees the chair's buttons no more, and its door is closed.
    chair.come_in("chair")
    chair.open(SCHEDULE)
    assert chair.page.get_by_text(chair.say("The chair's workspace")).count() == 0
    assert chair.open(f"{SCHEDULE}/chair") == 403
    with app.app_context():
        assert db.session.get_one(Turn, turn_id).chair_term_id is not None
        db.session.remove()


def _state_of(visitor: Visitor, turn_id: int) -> str:
    visitor.open(f"/turns/{turn_id}")
    return visitor.page.locator(".page-above").inner_text()
