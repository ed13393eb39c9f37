"""Verbs on resolutions: proposed, tabled by the chair, put into force; and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.meetings.agenda import MOST_ITEMS
from portal.meetings.models import AgendaItem, Meeting
from portal.meetings.quoting import resolution_named
from portal.meetings.resolution_models import Resolution, ResolutionKind
from portal.meetings.resolution_workflow import RESOLUTION
from portal.meetings.rules import rule_for, thawed
from portal.operations import earlier_result, keep_receipt, operation
from portal.workflow import move

#: What a resolution is given on the agenda, in minutes.
TABLED_MINUTES = 15


@dataclass(frozen=True)
class ResolutionContent:
    """What a body is asked to decide."""

    kind: ResolutionKind
    title: str
    text: str
    is_secret: bool = False


@operation
def propose_resolution(
    meeting: Meeting, content: ResolutionContent, *, by: Actor, receipt: str | None = None
) -> Resolution:
    """Propose a resolution for a meeting; the chair tables it."""
    require(by, "resolution.propose", meeting)
    earlier = earlier_result(Resolution, receipt)
    if earlier is not None:
        return earlier
    if not meeting.is_prepared:
        raise Refused(_l("The agenda of this meeting does not change any more."))
    if content.kind is ResolutionKind.ELECTION and not content.is_secret:
        raise Refused(_l("Elections are secret: choose the secret ballot."), field="is_secret")
    refuse_secret_in_writing(meeting, is_secret=content.is_secret)
    resolution = Resolution(
        alliance_id=meeting.alliance_id,
        meeting_id=meeting.id,
        organisation_id=by.organisation_id,
        proposed_by_id=by.person_id,
        proposed_at=clock.now(),
        state=RESOLUTION.start,
        **vars(content),
    )
    db.session.add(resolution)
    db.session.flush()
    journal.note("resolution.propose", resolution, by=by, to_state=resolution.state)
    keep_receipt(receipt, resolution)
    return resolution


def refuse_secret_in_writing(meeting: Meeting, *, is_secret: bool) -> None:
    """Refuse a secret ballot where nobody meets: whoever sends a vote in is seen to send it."""
    if is_secret and meeting.is_written:
        raise Refused(
            _l(
                "A secret ballot needs a box in the room: in writing everybody would see who "
                "voted what. Decide it at a meeting, elections too."
            ),
            field="is_secret",
        )


@operation
def table_resolution(
    resolution: Resolution, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Put a resolution on the agenda, with the rule and the roll that were frozen at notice."""
    require(by, "resolution.table", resolution)
    meeting = db.session.get_one(Meeting, resolution.meeting_id)
    if meeting.rules is None or not meeting.is_prepared:
        raise Refused(_l("Give notice of the meeting first: the roll and the rule freeze with it."))
    refuse_secret_in_writing(meeting, is_secret=resolution.is_secret)
    asked = thawed(meeting.rules)
    rule = rule_for(asked, resolution.kind)
    also = {
        "quorum": rule.quorum,
        "passing": rule.passing,
        "base": rule.base,
        "recusal_lowers": rule.recusal_lowers,
        "article": asked.article or None,
        "seats": len(meeting.seats),
    }
    move(resolution, "table", by=by, expected=expected, note=note, also=also)
    last = select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id)
    position = (db.session.scalar(last) or 0) + 1
    if position > MOST_ITEMS:
        raise Refused(_l("No agenda is longer than this."))
    db.session.add(
        AgendaItem(
            alliance_id=resolution.alliance_id,
            meeting_id=meeting.id,
            position=position,
            title=resolution.title,
            minutes=TABLED_MINUTES,
            organisation_id=resolution.organisation_id,
            proposed_by_id=resolution.proposed_by_id,
            proposed_at=resolution.proposed_at,
            resolution_id=resolution.id,
        )
    )


@operation
def void_resolution(
    resolution: Resolution, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Declare a resolution void, with a reason; votes that were filed stay filed."""
    require(by, "resolution.table", resolution)
    move(resolution, "void", by=by, expected=expected, note=note)


@operation
def enact_resolution(
    resolution: Resolution,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
    effective_on: date | None = None,
) -> None:
    """Put a passed resolution into force, from today where no day is given."""
    require(by, "resolution.count", resolution)
    also = {"effective_on": effective_on or clock.today()}
    move(resolution, "enact", by=by, expected=expected, note=note, also=also)


@operation
def implement_resolution(
    resolution: Resolution, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Record that a resolution is carried out: everything it asked for is closed out."""
    require(by, "resolution.count", resolution)
    move(resolution, "implement", by=by, expected=expected, note=note)


def _ended_by(resolution: Resolution, note: str | None) -> dict[str, Any]:
    """Return the columns of an end: when, and by which resolution, where a sentence quotes one.

    Raises `Refused` where it quotes one of another body, itself, or one that is older.
    """
    number = resolution_named(resolution.alliance_id, note)
    if number is not None and resolution.year is not None:
        later = db.session.get_one(Resolution, number)
        if later.meeting.kind is not resolution.meeting.kind:
            raise Refused(_l("That is a resolution of another body."), field="note")
        # The words quoted a number, so both have one.
        if (later.year or 0, later.sequence or 0) <= (resolution.year, resolution.sequence or 0):
            raise Refused(_l("That resolution is no later one."), field="note")
    return {"ended_at": clock.now(), "ended_by_id": number}


@operation
def supersede_resolution(
    resolution: Resolution, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Record which later resolution of its body took its place, by the number that is quoted."""
    require(by, "resolution.count", resolution)
    also = _ended_by(resolution, note)
    move(resolution, "supersede", by=by, expected=expected, note=note, also=also)


@operation
def repeal_resolution(
    resolution: Resolution, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Record by which later resolution of its body it was repealed, by the number quoted."""
    require(by, "resolution.count", resolution)
    also = _ended_by(resolution, note)
    move(resolution, "repeal", by=by, expected=expected, note=note, also=also)
