"""Resolutions are tabled by the chair, voted on once for each seat, and counted from their rows."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from portal import clock, files
from portal.actors import ANONYMOUS
from portal.database import db
from portal.errors import Denied, Refused
from portal.meetings import (
    operations,
    presence,
    resolution_queries,
    resolutions,
    voting,
)
from portal.meetings.counting import Choice, Share, Verdict
from portal.meetings.models import Answer
from portal.meetings.replying import Reply, reply
from portal.meetings.resolution_models import ResolutionKind, Vote, Way
from portal.meetings.resolution_workflow import ResolutionState
from portal.meetings.workflow import MeetingState
from portal.operations import operation
from tests.conftest import both_engines
from tests.meetings import make
from tests.meetings.voting import close, opened, recounted, said_by
from tests.world import World

pytestmark = pytest.mark.usefixtures("context")


def test_the_chair_tables_and_opens_and_nobody_else(world: World) -> None:
    meeting = make.in_session(world, 3)
    content = resolutions.ResolutionContent(ResolutionKind.GENERAL, "决议", "同意。")
    proposed = resolutions.propose_resolution(meeting, content, by=world.actor("supplier"))
    for who in ("secretary", "manager", "supplier", "outsider", "admin"):
        with pytest.raises(Denied):
            resolutions.table_resolution(proposed, by=world.actor(who))
    resolutions.table_resolution(proposed, by=world.actor("chair"))
    for who in ("secretary", "manager"):
        with pytest.raises(Denied):
            voting.open_vote(proposed, by=world.actor(who))
    with pytest.raises(Denied):
        resolutions.propose_resolution(meeting, content, by=world.actor("outsider"))


def test_a_resolution_is_counted_by_the_rule_of_its_meetings_notice(world: World) -> None:
    meeting = make.in_session(world, 3)
    general = make.tabled(world, meeting)
    charter = make.tabled(world, meeting, kind=ResolutionKind.CHARTER)
    assert (general.quorum, general.passing) == (Share.TWO_THIRDS, Share.MORE_THAN_HALF)
    assert (charter.passing, charter.seats) == (Share.TWO_THIRDS, 3)


def test_five_of_eight_pass_and_four_do_not(world: World) -> None:
    make.grow_council(world, 8)
    meeting = make.in_session(world, 8)
    yes, no = Choice.YES, Choice.NO
    passed, tied = opened(world, meeting), opened(world, meeting)
    by = world.actor("secretary")
    voting.record_votes(passed, said_by(meeting, *[yes] * 5, *[no] * 3), by=by)
    voting.record_votes(tied, said_by(meeting, *[yes] * 4, *[no] * 4), by=by)
    close(world, passed)
    close(world, tied)
    assert (passed.state, passed.verdict) == (ResolutionState.PASSED, Verdict.PASSED)
    assert (tied.state, tied.verdict) == (ResolutionState.NOT_PASSED, Verdict.FAILED)
    # The world has passed one before.
    assert (passed.year, passed.sequence, tied.sequence) == (clock.today().year, 2, None)
    assert recounted(passed) == "passed"
    assert recounted(tied) == "failed"


def test_no_vote_is_opened_without_a_quorum_nor_decides_where_it_is_lost(world: World) -> None:
    make.grow_council(world, 7)
    meeting = make.in_session(world, 4)
    resolution = make.tabled(world, meeting)
    with pytest.raises(Refused):
        voting.open_vote(resolution, by=world.actor("chair"))
    make.arrive(world, meeting, 5)
    voting.open_vote(resolution, by=world.actor("chair"))
    voting.record_votes(resolution, said_by(meeting, Choice.YES), by=world.actor("secretary"))
    make.arrive(world, meeting, 4)
    close(world, resolution)
    assert resolution.verdict is Verdict.NO_QUORUM
    assert resolution.state is ResolutionState.NOT_PASSED
    assert recounted(resolution) == "no_quorum"


def test_whoever_is_present_and_says_nothing_counts_among_those_present(world: World) -> None:
    make.grow_council(world, 6)
    meeting = make.in_session(world, 6)
    resolution = opened(world, meeting)
    three = said_by(meeting, *[Choice.YES] * 3)
    voting.record_votes(resolution, three, by=world.actor("secretary"))
    close(world, resolution)
    assert (resolution.silent, resolution.verdict) == (3, Verdict.FAILED)


def test_a_member_votes_for_its_seat_once_and_for_who_gave_it_a_proxy(world: World) -> None:
    make.grow_council(world, 4)
    meeting = make.noticed(world)
    chairer, maker, quiet, fourth = meeting.seats
    reply(quiet, Reply(Answer.PROXY, proxy_to_id=maker.id), by=ANONYMOUS)
    operations.open_meeting(meeting, by=world.actor("chair"))
    seats = {chairer.id, maker.id}
    operations.arrive(meeting, seats, by=world.actor("secretary"))
    resolution = opened(world, meeting)
    by = world.actor("delegate")
    voting.cast_vote(resolution, maker.id, Choice.YES, by=by)
    voting.cast_vote(resolution, quiet.id, Choice.NO, by=by)
    with pytest.raises(Refused):
        voting.cast_vote(resolution, maker.id, Choice.NO, by=world.actor("manager"))
    with pytest.raises(Refused):
        voting.cast_vote(resolution, fourth.id, Choice.NO, by=by)
    for who in ("supplier", "secretary", "outsider", "stranger"):
        with pytest.raises(Denied):
            voting.cast_vote(resolution, maker.id, Choice.NO, by=world.actor(who))
    with pytest.raises(Refused):
        voting.cast_vote(resolution, fourth.id, Choice.YES, by=make.voter(fourth.organisation_id))
    close(world, resolution)
    assert (resolution.present, resolution.yes, resolution.no, resolution.silent) == (3, 1, 1, 1)


def test_a_proxy_lapses_while_who_gave_it_is_in_the_room(world: World) -> None:
    meeting = make.noticed(world)
    chairer, maker, quiet = meeting.seats
    reply(quiet, Reply(Answer.PROXY, proxy_to_id=maker.id), by=ANONYMOUS)
    operations.open_meeting(meeting, by=world.actor("chair"))
    make.arrive(world, meeting, 3)
    assert presence.seats_of_voter(meeting, maker.organisation_id) == [maker]
    assert presence.seats_of_voter(meeting, quiet.organisation_id) == [quiet]
    assert presence.present_seats(meeting) == [chairer, maker, quiet]
    make.arrive(world, meeting, 2)
    assert presence.seats_of_voter(meeting, maker.organisation_id) == [maker, quiet]
    assert presence.seats_of_voter(meeting, quiet.organisation_id) == []
    assert presence.present_seats(meeting) == [chairer, maker, quiet]


def test_the_secretary_alters_no_vote_that_is_filed(world: World) -> None:
    meeting = make.in_session(world, 3)
    resolution = opened(world, meeting)
    maker = meeting.seats[1]
    voting.cast_vote(resolution, maker.id, Choice.NO, by=world.actor("delegate"))
    everybody = dict.fromkeys((seat.id for seat in meeting.seats), Choice.YES)
    voting.record_votes(resolution, everybody, by=world.actor("secretary"))
    kept = db.session.scalar(select(Vote.said).where(Vote.seat_id == maker.id))
    assert kept is Choice.NO


def test_recusal_lowers_the_base_as_the_default_says(world: World) -> None:
    make.grow_council(world, 8)
    meeting = make.in_session(world, 8)
    resolution = opened(world, meeting, kind=ResolutionKind.EXPULSION)
    said = said_by(meeting, *[Choice.YES] * 4, *[Choice.NO] * 2, *[Choice.RECUSED] * 2)
    voting.record_votes(resolution, said, by=world.actor("secretary"))
    close(world, resolution)
    assert (resolution.present, resolution.recused) == (8, 2)
    assert resolution.verdict is Verdict.PASSED
    assert recounted(resolution) == "passed"


@both_engines
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE vote SET said = 'no'",
        "DELETE FROM vote",
        "UPDATE resolution SET yes = 3 WHERE closed_at IS NOT NULL",
        "UPDATE resolution SET text = 'x' WHERE closed_at IS NOT NULL",
        "INSERT INTO vote (resolution_id, seat_id, said, way, filed_at) "
        "SELECT id, (SELECT max(id) FROM seat), 'yes', 'own', closed_at FROM resolution",
    ],
)
def test_the_database_itself_keeps_what_was_voted(change: str, world: World) -> None:
    meeting = make.in_session(world, 2)
    resolution = opened(world, meeting)
    close(world, resolution)

    @operation
    def tamper() -> None:
        db.session.execute(text(change))

    with pytest.raises(DatabaseError):
        tamper()


def scan() -> files.Received:
    return files.receive(BytesIO(b"%PDF-1.4\n%ballots\n%%EOF\n"), "选票.pdf")


def test_of_a_secret_ballot_no_row_says_who_voted_what(world: World) -> None:
    make.grow_council(world, 6)
    meeting = make.in_session(world, 6)
    with pytest.raises(Refused):
        make.tabled(world, meeting, kind=ResolutionKind.ELECTION)
    resolution = opened(world, meeting, kind=ResolutionKind.ELECTION, is_secret=True)
    ids, by = [seat.id for seat in meeting.seats[:5]], world.actor("secretary")
    figures = {"yes": 4, "no": 1, "abstain": 0}
    with pytest.raises(Refused):
        voting.cast_vote(resolution, ids[1], Choice.YES, by=world.actor("delegate"))
    with pytest.raises(Refused):
        voting.record_secret(resolution, ids, **figures, by=by)
    with pytest.raises(Refused):
        voting.record_secret(resolution, ids[:4], **figures, by=by, received=scan())
    voting.record_secret(resolution, ids, **figures, by=by, received=scan())
    mine = Vote.resolution_id == resolution.id
    assert db.session.scalar(select(func.count(Vote.id)).where(mine, Vote.said.is_(None))) == 5
    # Only that a seat took no ballot is said of any.
    said = db.session.scalars(select(Vote.said).where(mine, Vote.said.is_not(None))).all()
    assert said == [Choice.SILENT]
    assert (resolution.verdict, resolution.yes, resolution.present) == (Verdict.PASSED, 4, 6)
    assert recounted(resolution) == "passed"


@pytest.mark.parametrize(
    ("seats", "present", "ballots", "verdict"),
    [(10, 8, 7, Verdict.FAILED), (9, 6, 5, Verdict.PASSED)],
)
def test_whoever_takes_no_secret_ballot_counts_among_those_present(
    seats: int, present: int, ballots: int, verdict: Verdict, world: World
) -> None:
    make.grow_council(world, seats)
    meeting = make.in_session(world, present)
    resolution = opened(world, meeting, kind=ResolutionKind.ELECTION, is_secret=True)
    voting.record_secret(
        resolution,
        [seat.id for seat in meeting.seats[:ballots]],
        yes=4,
        no=ballots - 4,
        abstain=0,
        by=world.actor("secretary"),
        received=scan(),
    )
    assert (resolution.present, resolution.silent) == (present, 1)
    assert resolution.verdict is verdict
    assert recounted(resolution) == verdict


def test_exported_rows_do_not_say_who_voted_what(world: World) -> None:
    meeting = make.in_session(world, 3)
    yes, no = Choice.YES, Choice.NO

    def rows(*said: Choice) -> object:
        resolution = opened(world, meeting)
        votes = said_by(meeting, *said)
        voting.record_votes(resolution, votes, by=world.actor("secretary"))
        close(world, resolution)
        assert recounted(resolution) == "passed"
        return voting.export(resolution, resolution_queries.votes_on(resolution))["rows"]

    assert rows(yes, no, yes) == rows(no, yes, yes)


def test_a_written_ballot_runs_to_its_deadline_or_until_all_have_voted(world: World) -> None:
    make.grow_council(world, 4)
    meeting = make.noticed(world, is_written=True, place="")
    resolution = opened(world, meeting)
    by = world.actor("secretary")
    for seat in meeting.seats[1:]:
        voting.cast_vote(resolution, seat.id, Choice.YES, by=make.voter(seat.organisation_id))
    with pytest.raises(Refused):
        close(world, resolution)
    with clock.standing_still(meeting.ends_at):
        with pytest.raises(Refused):
            voting.record_votes(resolution, said_by(meeting, Choice.NO), by=by)
        close(world, resolution)
    assert (resolution.present, resolution.verdict) == (3, Verdict.PASSED)


def test_papers_are_filed_in_a_batch_with_their_scan(world: World) -> None:
    meeting = make.noticed(world, is_written=True, place="")
    resolution = opened(world, meeting)
    votes, by = said_by(meeting, *[Choice.YES] * 3), world.actor("secretary")
    with pytest.raises(Refused):
        voting.record_votes(resolution, votes, by=by, is_paper=True)
    voting.record_votes(resolution, votes, by=by, is_paper=True, received=scan())
    close(world, resolution)
    assert resolution.verdict is Verdict.PASSED


def test_the_secretary_votes_for_nobody_who_is_silent_or_absent(world: World) -> None:
    by = world.actor("secretary")
    written = make.noticed(world, is_written=True, place="")
    asked = opened(world, written)
    with pytest.raises(Refused) as refused:
        voting.record_votes(asked, said_by(written, Choice.YES), by=by)
    assert refused.value.field == "file"
    voting.record_votes(asked, said_by(written, Choice.YES), by=by, received=scan())
    (vote,) = resolution_queries.votes_on(asked)
    assert vote.way is Way.PAPER
    meeting = make.in_session(world, 2)
    resolution = opened(world, meeting)
    absent = {meeting.seats[2].id: Choice.YES}
    with pytest.raises(Refused):
        voting.record_votes(resolution, absent, by=by, is_paper=True, received=scan())


def test_a_meeting_does_not_end_while_a_vote_is_open(world: World) -> None:
    meeting = make.in_session(world, 3)
    opened(world, meeting)
    with pytest.raises(Refused):
        operations.adjourn_meeting(meeting, by=world.actor("chair"))


def test_a_meeting_with_a_quorum_is_not_given_up(world: World) -> None:
    make.grow_council(world, 6)
    meeting = make.in_session(world, 4)
    with pytest.raises(Refused):
        operations.give_up_meeting(meeting, by=world.actor("chair"))
    make.arrive(world, meeting, 3)
    operations.give_up_meeting(meeting, by=world.actor("chair"))
    assert meeting.state is MeetingState.NO_QUORUM
