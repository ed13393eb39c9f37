"""What lists show as time goes by: their statements are kept, the present is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal import clock
from portal.access import standing_of
from portal.desk.queries import waiting_counts
from portal.exchange.queries import ListingFilter, list_page
from tests.conftest import both_engines
from tests.world import DAY, World

pytestmark = [both_engines, pytest.mark.usefixtures("context")]


@pytest.mark.parametrize("query", ["", "碳纤维"])
def test_a_listing_leaves_the_open_list_when_its_last_day_has_passed(
    world: World, query: str
) -> None:
    standing, wanted = standing_of(world.actor("supplier")), ListingFilter(query=query)
    public = world.listing["public"]
    assert public in {row.id for row in list_page(standing, wanted).rows}
    with clock.standing_still(datetime.now(UTC) + 90 * DAY):
        later = list_page(standing, wanted)
        assert public not in {row.id for row in later.rows}
        assert later.count == 0
    assert public in {row.id for row in list_page(standing, wanted).rows}


def test_an_answer_that_lapsed_waits_for_nobody(world: World) -> None:
    standing = standing_of(world.actor("delegate"))
    now = waiting_counts(standing)["interest"]
    with clock.standing_still(datetime.now(UTC) + 30 * DAY):
        assert waiting_counts(standing)["interest"] == now - 1
