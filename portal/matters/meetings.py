"""Verbs and questions about the meetings of a matter: noted, changed, cancelled by either side."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.matters.models import Matter, MatterMeeting
from portal.operations import earlier_result, keep_receipt, operation
from portal.workflow import check_version

#: A meeting is no project.
LONGEST = timedelta(days=3)


@dataclass(frozen=True)
class Meeting:
    """Where and when (aware, UTC; half-open)."""

    place: str
    begins_at: datetime
    ends_at: datetime


@operation
def note_meeting(
    matter: Matter, meeting: Meeting, *, by: Actor, receipt: str | None = None
) -> MatterMeeting:
    """Note a meeting of the two sides. Raises `Refused` for a time past, backwards or too long."""
    require(by, "matter.move", matter)
    earlier = earlier_result(MatterMeeting, receipt)
    if earlier is not None and earlier.matter_id == matter.id:
        return earlier
    _refuse_wrong(matter, meeting)
    made = MatterMeeting(
        matter=matter,
        uid=f"{secrets.token_hex(12)}@alliance-portal",
        place=meeting.place,
        begins_at=meeting.begins_at,
        ends_at=meeting.ends_at,
        changed_at=clock.now(),
        organisation_id=by.organisation_id,
    )
    db.session.add(made)
    db.session.flush()
    journal.note("matter.meet", matter, by=by)
    keep_receipt(receipt, made)
    return made


@operation
def change_meeting(
    matter: Matter,
    noted: MatterMeeting,
    meeting: Meeting,
    *,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Change where or when; calendars take it for the same meeting, changed."""
    require(by, "matter.move", matter)
    check_version(noted, expected)
    _refuse_wrong(matter, meeting)
    _refuse_cancelled(noted)
    noted.place = meeting.place
    noted.begins_at, noted.ends_at = meeting.begins_at, meeting.ends_at
    _raise_sequence(noted)
    journal.note("matter.move_meeting", matter, by=by)


@operation
def cancel_meeting(
    matter: Matter, noted: MatterMeeting, *, by: Actor, expected: int | None = None
) -> None:
    """Cancel a meeting; it stays to be seen, and calendars are told by its file."""
    require(by, "matter.move", matter)
    check_version(noted, expected)
    _refuse_cancelled(noted)
    noted.cancelled_at = clock.now()
    _raise_sequence(noted)
    journal.note("matter.cancel_meeting", matter, by=by)


def _raise_sequence(noted: MatterMeeting) -> None:
    noted.sequence += 1
    noted.changed_at = clock.now()
    db.session.flush()


def _refuse_wrong(matter: Matter, meeting: Meeting) -> None:
    if not matter.is_open:
        raise Refused(_l("It is on hold or ended: go on with it first."))
    if meeting.ends_at <= meeting.begins_at:
        raise Refused(_l("It must end after it begins."), field="ends")
    if meeting.ends_at - meeting.begins_at > LONGEST:
        raise Refused(_l("A meeting lasts at most three days."), field="ends")
    if meeting.begins_at <= clock.now():
        raise Refused(_l("Choose a time to come."), field="day")


def _refuse_cancelled(noted: MatterMeeting) -> None:
    if noted.cancelled_at is not None:
        raise Refused(_l("It was cancelled already."))


def meetings_of(matter: Matter) -> Sequence[tuple[MatterMeeting, str]]:
    """Return the meetings of a matter, each with who noted it, the latest first."""
    rows = db.session.execute(
        select(MatterMeeting, Organisation.name)
        .join(Organisation, Organisation.id == MatterMeeting.organisation_id)
        .where(MatterMeeting.matter_id == matter.id)
        .order_by(MatterMeeting.begins_at.desc(), MatterMeeting.id.desc())
        .limit(20)
    )
    return [(row[0], row[1]) for row in rows]


def meeting_of(matter: Matter, meeting_id: int) -> MatterMeeting | None:
    """Return a meeting if it is of this matter, else None."""
    found = db.session.get(MatterMeeting, meeting_id) if meeting_id < 2**31 else None
    return found if found is not None and found.matter_id == matter.id else None
