"""The moves of a meeting as its page offers them: what is asked once more because of the day.

The lifecycle (`workflow.py`) knows no clock. What is short or early today is asked here in a
sentence; whether it is possible at all is decided by the operation.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.actors import Standing
from portal.language import moment
from portal.meetings import operations, rules
from portal.meetings.models import Meeting
from portal.meetings.page_queries import MeetingRow
from portal.workflow import Move, NoteRule, open_to


def offered_moves(standing: Standing, meeting: Meeting | MeetingRow) -> list[Move]:
    """Return the moves one may make on a meeting, each with what has to be asked of it today."""
    return [_asked_today(each, meeting) for each in open_to(standing, meeting)]


def _asked_today(step: Move, meeting: Meeting | MeetingRow) -> Move:
    """Return a move with its question: a short notice asks why, what comes early asks whether."""
    now, due = clock.now(), meeting.minutes_due_at
    if step.name == "notice" and _is_short(meeting):
        why = _l("Why at shorter notice than the charter asks (it stands in the notice)")
        return replace(step, note=NoteRule.REQUIRED, note_label=why)
    if step.name == "open" and now < meeting.starts_at:
        announced = moment(meeting.starts_at)
        sentence = _l("It is announced for %(moment)s. Open it now, before then?", moment=announced)
        return replace(step, warning=sentence)
    if step.name == "finish_minutes" and due is not None and now < due:
        sentence = _l(
            "Comments are taken until %(moment)s. Declared final now, the minutes take no more "
            "comments and do not change any more.",
            moment=moment(due),
        )
        return replace(step, warning=sentence)
    return step


def _is_short(meeting: Meeting | MeetingRow) -> bool:
    """Tell whether fewer days are left than the charter asks for the notice of a meeting."""
    asked = rules.asked_of(meeting.alliance_id, meeting.kind)
    return operations.notice_days_left(meeting) < asked.notice_days
