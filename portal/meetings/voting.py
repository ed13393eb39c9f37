"""Votes: opened by the chair, filed once for each seat, counted when the vote closes.

A filed vote never changes: whoever wrote one down wrongly has the vote declared void and taken
anew. The secretariat files what was voted on paper or by hand; it has no vote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import clock, files, journal, links
from portal.access import require
from portal.actors import Actor
from portal.alliances.models import ChairTerm
from portal.database import db
from portal.errors import Refused
from portal.files import Received
from portal.links import ActionLink
from portal.meetings.counting import Choice, Verdict, has_quorum, result_of
from portal.meetings.filing import file_vote, refuse_closed, voted_seats, votes_of
from portal.meetings.models import Meeting, Seat
from portal.meetings.presence import present_seats, seats_of_voter, speaking_seats
from portal.meetings.resolution_models import Resolution, Vote, Way
from portal.meetings.resolutions import refuse_secret_in_writing
from portal.meetings.vote_links import mail_vote_links
from portal.operations import operation
from portal.workflow import check_version, move

NOT_PRESENT = _l("Your organisation is not recorded as present.")
ON_PAPER = _l("A secret ballot is held on paper.")


@operation
def open_vote(
    resolution: Resolution, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Open the vote. Raises `Refused` without a quorum, and where the meeting is not on."""
    require(by, "resolution.table", resolution)
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    if not meeting.takes_votes:
        raise Refused(_l("Votes are taken while the meeting is in session."))
    refuse_secret_in_writing(meeting, is_secret=resolution.is_secret)
    rule, present = resolution.rule, len(present_seats(meeting))
    is_met = rule is None or has_quorum(rule, len(meeting.seats), present)
    if not meeting.is_written and not is_met:
        raise Refused(_l("Too few are present for a vote. Record who has arrived first."))
    move(resolution, "open", by=by, expected=expected, note=note, also={"opened_at": clock.now()})
    if meeting.is_written:
        mail_vote_links(resolution, meeting, by=by)


@operation
def open_by_link(link: ActionLink, *, by: Actor) -> None:
    """Open a vote by the link the chair was sent, as the chair of this instant.

    Raises `Refused` where the link opens nothing any more, `Denied` where somebody else sits in
    the chair by now.
    """
    resolution = db.session.get_one(Resolution, link.record_id)
    require(by, "resolution.table", resolution)
    links.use(link, by=by)
    open_vote(resolution, by=by)


@operation
def cast_vote(resolution: Resolution, seat_id: int, said: Choice, *, by: Actor) -> None:
    """File the vote of one's own seat, or of the one seat one is proxy of, once and for all.

    Raises `Refused` in a secret ballot, which is held on paper, where the seat voted, is not
    present, or is somebody else's.
    """
    require(by, "resolution.vote", resolution)
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    refuse_closed(resolution, meeting)
    if resolution.is_secret:
        raise Refused(ON_PAPER)
    seat = next(
        (each for each in seats_of_voter(meeting, by.organisation_id) if each.id == seat_id), None
    )
    if seat is None or said is Choice.SILENT:
        raise Refused(_l("This is not your vote to cast."))
    if not may_speak(meeting, seat):
        raise Refused(NOT_PRESENT)
    file_vote(resolution, seat, said, Way.OWN, by=by)


def may_speak(meeting: Meeting, seat: Seat) -> bool:
    """Tell whether a seat may vote itself: in writing, or because it is there."""
    return meeting.is_written or seat in present_seats(meeting)


@operation
def record_votes(
    resolution: Resolution,
    votes: Mapping[int, Choice],
    *,
    by: Actor,
    is_paper: bool = False,
    received: Received | None = None,
) -> None:
    """File what the seats voted by hand or on paper, as the secretary wrote it down.

    A seat that voted itself keeps its vote. Raises `Refused` for a seat that is not present, and
    for paper, which a ballot held in writing always is, without its scan.
    """
    require(by, "resolution.record", resolution)
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    refuse_closed(resolution, meeting)
    if resolution.is_secret:
        raise Refused(_l("Of a secret ballot only the counted figures are entered."))
    is_paper = is_paper or meeting.is_written
    _take_scan(resolution, received, is_needed=is_paper, by=by)
    filed = voted_seats(meeting, votes_of(resolution))
    allowed = speaking_seats(meeting) if meeting.is_written else present_seats(meeting)
    by_id = {each.id: each for each in allowed}
    for seat_id, said in votes.items():
        if seat_id not in by_id:
            raise Refused(_l("Only who is present votes. Record who has arrived first."))
        if seat_id not in filed and said is not Choice.SILENT:
            way = Way.PAPER if is_paper else Way.SESSION
            file_vote(resolution, by_id[seat_id], said, way, by=by)
    journal.note("resolution.record", resolution, by=by)


@operation
def record_secret(
    resolution: Resolution,
    seat_ids: Sequence[int],
    *,
    yes: int,
    no: int,
    abstain: int,
    by: Actor,
    received: Received | None = None,
) -> None:
    """File who took part in a secret ballot and its counted figures, with the scan; then count.

    No row links a seat to what it voted; who is present and took no ballot is silent. Raises
    `Refused` where the figures are not as many as those who took part.
    """
    require(by, "resolution.record", resolution)
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    refuse_closed(resolution, meeting)
    if not resolution.is_secret:
        raise Refused(_l("This ballot is not secret."))
    if min(yes, no, abstain) < 0 or yes + no + abstain != len(set(seat_ids)):
        raise Refused(_l("The figures must be as many as those who took part."), field="yes")
    _take_scan(resolution, received, is_needed=True, by=by)
    by_id = {each.id: each for each in present_seats(meeting)}
    for seat_id in sorted(set(seat_ids)):
        if seat_id not in by_id:
            raise Refused(_l("Only who is present votes. Record who has arrived first."))
        file_vote(resolution, by_id[seat_id], None, Way.PAPER, by=by)
    counted = [Choice.YES] * yes + [Choice.NO] * no + [Choice.ABSTAIN] * abstain
    for seat in by_id.values():
        if seat.id not in seat_ids:
            file_vote(resolution, seat, Choice.SILENT, Way.SESSION, by=by)
            counted.append(Choice.SILENT)
    journal.note("resolution.record", resolution, by=by)
    _conclude(resolution, counted, by=by)


def _take_scan(
    resolution: Resolution, received: Received | None, *, is_needed: bool, by: Actor
) -> None:
    if received is None:
        if is_needed:
            raise Refused(_l("Add the scan of the ballot papers."), field="file")
        return
    # It counts against the organisation in the chair: the secretariat is of none.
    chair = db.session.scalar(
        select(ChairTerm.organisation_id)
        .where(ChairTerm.alliance_id == resolution.alliance_id, ChairTerm.from_at <= clock.now())
        .order_by(ChairTerm.from_at.desc())
        .limit(1)
    )
    files.attach(resolution, received, organisation_id=chair or 0, by=by)


@operation
def close_vote(
    resolution: Resolution, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Close the vote and count it; whoever is present and said nothing is counted as silent.

    The result follows from the rows alone (`counting.result_of`), which can be exported and
    counted once more by `docs/recount.py`.
    """
    require(by, "resolution.count", resolution)
    check_version(resolution, expected)
    if not resolution.is_voting:
        raise Refused(_l("No vote is taken on this now."))
    if resolution.is_secret:
        raise Refused(_l("Enter who took part and the counted figures: that closes it."))
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    if meeting.is_written and clock.now() < meeting.ends_at:
        filed = voted_seats(meeting, votes_of(resolution))
        if any(seat.id not in filed for seat in speaking_seats(meeting)):
            raise Refused(_l("Votes are taken until the deadline, or until every seat has voted."))
    if not meeting.is_written:
        filed_ids = voted_seats(meeting, votes_of(resolution))
        for seat in present_seats(meeting):
            if seat.id not in filed_ids:
                file_vote(resolution, seat, Choice.SILENT, Way.SESSION, by=by)
    said = [each.said for each in votes_of(resolution)]
    _conclude(resolution, [each for each in said if each is not None], by=by, note=note)


def _conclude(
    resolution: Resolution, said: Sequence[Choice], *, by: Actor, note: str | None = None
) -> None:
    """Count, freeze the figures, and move where they lead; a passed one gets its number."""
    if resolution.rule is None or resolution.seats is None:
        raise Refused(_l("No vote is taken on this now."))
    result = result_of(resolution.rule, resolution.seats, said)
    figures: dict[str, Any] = {
        name: getattr(result, name)
        for name in ("present", "recused", "yes", "no", "abstain", "silent", "verdict")
    }
    passed = result.verdict is Verdict.PASSED
    if passed:
        year = clock.today().year
        last = select(func.max(Resolution.sequence)).where(
            Resolution.alliance_id == resolution.alliance_id, Resolution.year == year
        )
        figures |= {"year": year, "sequence": (db.session.scalar(last) or 0) + 1}
    for name, value in {**figures, "closed_at": clock.now()}.items():
        setattr(resolution, name, value)
    move(resolution, "pass" if passed else "fail", by=by, note=note)


def export(resolution: Resolution, votes: Sequence[Vote]) -> dict[str, Any]:
    """Return everything the result follows from, as `docs/recount.py` reads it.

    Rows stand by choice and are numbered anew, so that they do not say which seat voted what.
    """
    if resolution.rule is None:
        return {}
    said = sorted(vote.said.value if vote.said else "" for vote in votes)

    def share(which: Any) -> list[Any]:
        numerator, denominator, is_strict = which.parts
        return [numerator, denominator, "more than" if is_strict else "at least"]

    found: dict[str, Any] = {
        "resolution": resolution.id,
        "seats": resolution.seats,
        "rule": {
            "quorum": share(resolution.rule.quorum),
            "passing": share(resolution.rule.passing),
            "base": resolution.rule.base.value,
            "recusal_lowers": resolution.rule.recusal_lowers,
        },
        "rows": [
            {"seat": number, "choice": choice or None} for number, choice in enumerate(said, 1)
        ],
        "verdict": resolution.verdict.value if resolution.verdict else None,
    }
    if resolution.is_secret:
        found["figures"] = {
            "yes": resolution.yes,
            "no": resolution.no,
            "abstain": resolution.abstain,
        }
    return found
