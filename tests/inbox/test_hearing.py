"""Before something is sent a page says who will be told: exactly those who then are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Organisation
from portal.database import db
from portal.inbox.models import Message
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]


def said_on(page: str, button: str | None = None) -> Counter[str]:
    """Return who a page says will be told, by name, of one move or of its only form."""
    start = rf"{button}[^：]*：将通知" if button else "将通知："
    found = re.search(rf">\s*(?:[^<：]*/ )?{start}([^<]+)<", page)
    assert found, f"no such line: {re.findall('将通知[^<]*', page)}"
    parts = re.findall(r"([^、（]+)（(\d+)人）", found[1])
    return Counter({name.strip(): int(count) for name, count in parts})


def told_since(app: Flask, last: int) -> Counter[str]:
    """Return who was told since a message, by the organisation for which they were."""
    with app.app_context():
        rows = db.session.execute(
            select(Organisation.name)
            .select_from(Message)
            .outerjoin(Organisation, Organisation.id == Message.organisation_id)
            .where(Message.id > last)
        )
        found = Counter(name or "秘书处" for (name,) in rows)
        db.session.remove()
    return found


def newest(app: Flask) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.max(Message.id))) or 0
        db.session.remove()
    return found


MAKER, SUPPLIER, CHAIRER = "北京甲氢能有限公司", "河北乙材料有限公司", "天津丙研究院"


@pytest.mark.parametrize(
    ("who", "noun", "name", "move", "button", "data", "expected"),
    [
        ("delegate", "listing", "draft", "submit", "提交审核", {}, {"秘书处": 1}),
        ("secretary", "listing", "submitted", "publish", "通过并发布", {}, {MAKER: 2}),
        ("delegate", "listing", "public", "pause", "暂停", {}, {MAKER: 1}),
        ("delegate", "interest", "sent", "accept", "接受", {}, {SUPPLIER: 1}),
        ("delegate", "matter", "accepted", "hold", None, {"note": "等预算。"}, {CHAIRER: 1}),
    ],
)
def test_the_line_before_a_move_names_those_who_are_told(
    who: str,
    noun: str,
    name: str,
    move: str,
    button: str | None,
    data: dict[str, str],
    expected: dict[str, int],
    app: Flask,
    world: World,
    visit: Visit,
) -> None:
    number = getattr(world, noun)[name]
    me, last = visit(who), newest(app)
    address = f"/{'memberships' if noun == 'membership' else noun + 's'}/{number}"
    said = said_on(me.get(address).text, button)
    assert said == Counter(expected)
    assert me.post(f"{address}/moves/{move}", data).status_code == 302
    assert told_since(app, last) == said


def test_the_form_of_an_answer_says_whom_it_reaches(app: Flask, world: World, visit: Visit) -> None:
    me, last, address = visit("chair"), newest(app), f"/listings/{world.listing['public']}"
    said = said_on(me.get(address).text)
    assert said == Counter({MAKER: 2})
    assert me.post(f"{address}/interests", {"message": "可供。"}).status_code == 302
    assert told_since(app, last) == said


def test_the_page_of_a_decision_says_whom_it_reaches(
    app: Flask, world: World, visit: Visit
) -> None:
    me = visit("secretary")
    address = f"/memberships/{world.membership['supplier']}"
    said = said_on(me.get(f"{address}/expel").text)
    assert said == Counter({SUPPLIER: 1})


def test_whoever_looks_on_is_shown_no_line(world: World, visit: Visit) -> None:
    for who in ("anonymous", "stranger", "secretary"):
        assert "将通知" not in visit(who).get(f"/matters/{world.matter['accepted']}").text
        assert "将通知" not in visit("anonymous").get(f"/listings/{world.listing['public']}").text
