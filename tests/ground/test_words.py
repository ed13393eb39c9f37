"""Words that read alike in English and are not the same thing in Chinese."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.matters.workflow import MATTER, MatterState
from tests.client import Client
from tests.world import World

Visit = Callable[..., Client]


def test_a_meeting_of_an_alliance_is_no_appointment_of_two_sides(
    world: World, visit: Visit
) -> None:
    noticed = visit("secretary").soup(f"/meetings/{world.meeting['noticed']}").get_text()
    assert "取消会议" in noticed and "会面" not in noticed
    draft = visit("secretary").soup(f"/meetings/{world.meeting['draft']}/edit").get_text()
    assert "修改会议" in draft and "会面" not in draft


def test_what_has_ended_is_not_the_time_of_its_end(visit: Visit) -> None:
    tabs = visit("manager").soup("/projects").get_text()
    assert "已结束" in tabs and "结束时间" not in tabs


@pytest.mark.usefixtures("context")
def test_an_ended_matter_says_that_it_ended(visit: Visit) -> None:
    assert str(MATTER.labels[MatterState.ENDED]) == "已结束"
