"""Minutes in four steps: draft, open to comments, final, archived; written beside the agenda."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.meetings.agenda import items_of
from portal.meetings.models import Meeting, MinutesComment
from portal.meetings.operations import COMMENT_TIME
from portal.operations import operation
from portal.workflow import check_version, move


@operation
def write_minutes(
    meeting: Meeting, written: Mapping[int, str], *, by: Actor, expected: int | None = None
) -> None:
    """Keep what the minutes say of each agenda item; items that are not named stay as they are."""
    require(by, "meeting.take_minutes", meeting)
    check_version(meeting, expected)
    if not meeting.writes_minutes:
        raise Refused(_l("These minutes are not being written now."))
    for item in items_of(meeting):
        if item.id in written:
            item.minutes_text = written[item.id].strip()[:4000] or None
    journal.note("meeting.write_minutes", meeting, by=by)


@operation
def comment_minutes(meeting: Meeting, text: str, *, by: Actor) -> MinutesComment:
    """Say something of the minutes while they are open to comments."""
    require(by, "meeting.comment", meeting)
    if not meeting.takes_comments:
        raise Refused(_l("These minutes take no comments now."))
    comment = MinutesComment(
        meeting_id=meeting.id,
        organisation_id=by.organisation_id,
        person_id=by.person_id,
        text=text,
        written_at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    journal.note("meeting.comment", meeting, by=by)
    return comment


@operation
def begin_minutes(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Begin the minutes of a meeting that is over."""
    require(by, "meeting.take_minutes", meeting)
    move(meeting, "begin_minutes", by=by, expected=expected, note=note)


@operation
def review_minutes(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Open the minutes to the comments of whoever was invited, for a week."""
    require(by, "meeting.take_minutes", meeting)
    also = {"minutes_by_id": by.person_id, "minutes_due_at": clock.now() + COMMENT_TIME}
    move(meeting, "review_minutes", by=by, expected=expected, note=note, also=also)


@operation
def rework_minutes(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Take the minutes up again, to work comments in."""
    require(by, "meeting.take_minutes", meeting)
    move(meeting, "rework_minutes", by=by, expected=expected, note=note)


@operation
def finish_minutes(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Declare the minutes final: somebody else than who opened them to comments does."""
    require(by, "meeting.finish_minutes", meeting)
    also = {"minutes_final_at": clock.now()}
    move(meeting, "finish_minutes", by=by, expected=expected, note=note, also=also)


@operation
def archive_meeting(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Archive a meeting whose minutes are final."""
    require(by, "meeting.take_minutes", meeting)
    move(meeting, "archive", by=by, expected=expected, note=note)
