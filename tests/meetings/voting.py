"""A vote from its opening to its count."""

from __future__ import annotations

from portal.meetings import (
    resolution_queries,
    voting,
)
from portal.meetings.counting import Choice
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Resolution
from tests.meetings import make
from tests.meetings.test_counting import recounting
from tests.world import World


def opened(world: World, meeting: Meeting, **changed: object) -> Resolution:
    resolution = make.tabled(world, meeting, **changed)
    voting.open_vote(resolution, by=world.actor("chair"))
    return resolution


def close(world: World, resolution: Resolution) -> None:
    voting.close_vote(resolution, by=world.actor("secretary"))


def said_by(meeting: Meeting, *said: Choice) -> dict[int, Choice]:
    return {seat.id: each for seat, each in zip(meeting.seats, said, strict=False)}


def recounted(resolution: Resolution) -> str:
    rows = voting.export(resolution, resolution_queries.votes_on(resolution))
    assert rows["verdict"] == resolution.verdict
    return str(recounting.recount(rows))
