"""What an applicant finds at the desk of what they have started: their applications."""

from __future__ import annotations

from collections.abc import Callable

from portal import clock
from portal.access import standing_of
from portal.alliances import applying
from portal.alliances.member_queries import own_applications
from tests.alliances.make import membership as membership_of
from tests.client import Client
from tests.conftest import both_engines
from tests.world import DAY, World


def own_states(visit: Callable[..., Client], who: str) -> list[tuple[str, str]]:
    """Return address and state of every application among what somebody has started."""
    rows = visit(who, language="en").soup("/desk").select(".rows[data-applications] .listing-row")
    found = []
    for row in rows:
        link, said = row.select_one("a"), row.select_one(".state")
        assert link is not None and said is not None
        found.append((str(link["href"]), said.get_text(strip=True)))
    return found


@both_engines
def test_the_applicant_finds_its_applications_at_the_desk(
    world: World, context: None, visit: Callable[..., Client]
) -> None:
    draft, asked_for = (f"/memberships/{world.membership[n]}" for n in ("drafting", "applying"))
    assert own_states(visit, "outsider") == [(draft, "Draft"), (asked_for, "Under review")]
    assert own_states(visit, "supplier") == [], "admitted on paper, without an application"
    made = membership_of(world, "applying")
    by = world.actor("secretary")
    applying.return_application(made, by=by, note="请补充。")
    assert (asked_for, "Sent back") in own_states(visit, "outsider")
    applying.submit_application(made, by=world.actor("outsider"))
    assert (asked_for, "Applied") in own_states(visit, "outsider")
    applying.review_application(made, by=by)
    with clock.standing_still(clock.now() - 10 * DAY):
        applying.approve_application(made, by=by, basis="理事会决议")
    assert (asked_for, "Member") in own_states(visit, "outsider")
    with clock.standing_still(clock.now() + 40 * DAY):
        standing = standing_of(world.actor("outsider"))
        assert [row.state for row in own_applications(standing, 8)] == ["draft"]
