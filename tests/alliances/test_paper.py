"""What the secretariat enters from paper: a member, and who takes the chair."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.alliances.queries import chair_of, held_membership
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]
PAPER = {"tier": "member", "since_on": "2026-03-01", "basis": "理事会决议〔2026〕3号"}


def test_an_organisation_is_admitted_since_the_day_of_the_paper(
    app: Flask, world: World, visit: Visit
) -> None:
    answer = visit("other_secretary").post(
        "/alliances/biomedicine/admit", {**PAPER, "name": "河北戊制造有限公司"}
    )
    assert answer.status_code == 302
    with app.app_context():
        made = held_membership(world.alliance["biomedicine"], world.organisation["quiet"])
        assert made is not None
        assert made.is_active
        assert made.since is not None
        assert clock.day_of(made.since).isoformat() == "2026-03-01"
        assert made.basis == PAPER["basis"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "河北戊"}, "河北戊制造有限公司"),
        ({"name": "天津丙研究院"}, "已是联盟成员"),
        ({"since_on": (clock.today() + timedelta(days=2)).isoformat()}, "还没有到"),
    ],
)
def test_what_cannot_be_is_answered(
    world: World, visit: Visit, changed: dict[str, str], sentence: str
) -> None:
    typed = {**PAPER, "name": "河北乙材料有限公司", **changed}
    answer = visit("secretary").post("/alliances/hydrogen/admit", typed)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_chair_passes_on_its_day(app: Flask, world: World, visit: Visit) -> None:
    key = f"{world.organisation['supplier']}-{world.person['supplier']}"
    typed = {"holder": key, "from_on": clock.today().isoformat()}
    answer = visit("secretary").post("/alliances/hydrogen/chair", typed)
    assert answer.status_code == 302
    with app.app_context():
        chair = chair_of(world.alliance["hydrogen"])
        assert chair is not None
        assert chair.current is not None
        assert chair.current.person_id == world.person["supplier"]
    assert visit("secretary").post("/alliances/hydrogen/chair", typed).status_code == 422


def test_the_succession_is_not_rewritten_backwards(world: World, visit: Visit) -> None:
    key = f"{world.organisation['supplier']}-{world.person['supplier']}"
    typed = {"holder": key, "from_on": (clock.today() - timedelta(days=200)).isoformat()}
    answer = visit("secretary").post("/alliances/hydrogen/chair", typed)
    assert answer.status_code == 422
    assert "不能改写" in answer.text
