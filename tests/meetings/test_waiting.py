"""What waits for a seat of one's own is counted at the desk for as long as it can be done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.access import standing_of
from portal.desk.queries import waiting_counts
from portal.meetings import operations
from portal.meetings.counting import Choice
from portal.meetings.voting import cast_vote
from tests.conftest import both_engines
from tests.meetings import make
from tests.meetings.voting import opened
from tests.world import World


@both_engines
@pytest.mark.usefixtures("context")
def test_notices_and_votes_count_for_the_seat_alone_and_no_longer_than_they_can_be_answered(
    world: World,
) -> None:
    def counted(who: str) -> tuple[int, int]:
        found = waiting_counts(standing_of(world.actor(who)))
        return found["seat"], found["resolution"]

    people = ("delegate", "outsider", "secretary")
    before = {who: counted(who) for who in people}
    meeting = make.noticed(world)
    ballot = make.noticed(world, is_written=True, place="")
    resolution = opened(world, ballot)

    def more() -> dict[str, tuple[int, int]]:
        after = {who: counted(who) for who in people}
        return {
            who: (after[who][0] - old[0], after[who][1] - old[1]) for who, old in before.items()
        }

    nobody = dict.fromkeys(people, (0, 0))
    assert more() == {**nobody, "delegate": (1, 1)}
    with clock.standing_still(meeting.starts_at + timedelta(minutes=1)):
        seats, votes = counted("delegate")
    assert (seats, votes) == (before["delegate"][0], before["delegate"][1] + 1)
    with clock.standing_still(ballot.ends_at + timedelta(minutes=1)):
        assert counted("delegate")[1] == before["delegate"][1]
    cast_vote(resolution, ballot.seats[1].id, Choice.YES, by=world.actor("delegate"))
    operations.cancel_meeting(meeting, by=world.actor("secretary"), note="改期。")
    assert more() == nobody
