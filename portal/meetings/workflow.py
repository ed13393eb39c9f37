"""The lifecycle of meetings; that of resolutions and actions stands in `resolution_workflow.py`.

What time does (a reply that comes too late) is a clause on the instant.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.workflow import Move, NoteRule, Workflow


class MeetingState(StrEnum):
    """What people have done with a meeting, up to its archived minutes."""

    DRAFT = "draft"
    NOTICED = "noticed"
    IN_SESSION = "in_session"
    ADJOURNED = "adjourned"
    NO_QUORUM = "no_quorum"
    MINUTES_DRAFT = "minutes_draft"
    MINUTES_REVIEW = "minutes_review"
    MINUTES_FINAL = "minutes_final"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


_M = MeetingState

MEETING = Workflow(
    noun="meeting",
    labels={
        _M.DRAFT: _l("Being prepared"),
        _M.NOTICED: _l("Notice given"),
        _M.IN_SESSION: _l("In session"),
        _M.ADJOURNED: _l("Held, minutes to be written"),
        _M.NO_QUORUM: _l("No quorum"),
        _M.MINUTES_DRAFT: _l("Minutes being written"),
        _M.MINUTES_REVIEW: _l("Minutes open to comments"),
        _M.MINUTES_FINAL: _l("Minutes final"),
        _M.ARCHIVED: _l("Archived"),
        _M.CANCELLED: _l("Cancelled"),
    },
    verbs={
        "call": _l("Called it"),
        "edit": _l("Changed it"),
        "order": _l("Ordered the agenda"),
        "update": _l("Told everybody of a change"),
        "arrive": _l("Recorded who is present"),
        "observers": _l("Changed who attends without a seat"),
        "write_minutes": _l("Wrote minutes"),
        "comment": _l("Commented on the minutes"),
    },
    start=_M.DRAFT,
    finals=(_M.ARCHIVED, _M.CANCELLED),
    moves=(
        Move(
            "notice",
            _l("Give notice"),
            (_M.DRAFT,),
            _M.NOTICED,
            "meeting.notice",
            awaited_in=(_M.DRAFT,),
            done=_l("Gave notice"),
        ),
        Move(
            "open",
            _l("Open the meeting"),
            (_M.NOTICED,),
            _M.IN_SESSION,
            "meeting.hold",
            when="is_met",
            refusal=_l("It is held in writing: votes are taken until its deadline."),
            done=_l("Opened the meeting"),
        ),
        Move(
            "conclude",
            _l("End the written ballot"),
            (_M.NOTICED,),
            _M.ADJOURNED,
            "meeting.conclude",
            when="is_written",
            refusal=_l("It is not held in writing: open it, then close it."),
            warning=_l("Open votes are counted. Before the deadline every seat must have voted."),
            done=_l("Ended the written ballot"),
        ),
        Move(
            "adjourn",
            _l("Close the meeting"),
            (_M.IN_SESSION,),
            _M.ADJOURNED,
            "meeting.hold",
            done=_l("Closed the meeting"),
        ),
        Move(
            "give_up",
            _l("End it without a quorum"),
            (_M.IN_SESSION,),
            _M.NO_QUORUM,
            "meeting.hold",
            warning=_l("Nothing can be decided at this meeting any more."),
            done=_l("Ended it without a quorum"),
        ),
        Move(
            "begin_minutes",
            _l("Write the minutes"),
            (_M.ADJOURNED, _M.NO_QUORUM),
            _M.MINUTES_DRAFT,
            "meeting.take_minutes",
            awaited_in=(_M.ADJOURNED,),
            done=_l("Began the minutes"),
        ),
        Move(
            "review_minutes",
            _l("Open the minutes to comments"),
            (_M.MINUTES_DRAFT,),
            _M.MINUTES_REVIEW,
            "meeting.take_minutes",
            done=_l("Opened the minutes to comments"),
        ),
        Move(
            "rework_minutes",
            _l("Work the comments in"),
            (_M.MINUTES_REVIEW,),
            _M.MINUTES_DRAFT,
            "meeting.take_minutes",
            done=_l("Took the minutes up again"),
        ),
        Move(
            "finish_minutes",
            _l("Declare the minutes final"),
            (_M.MINUTES_REVIEW,),
            _M.MINUTES_FINAL,
            "meeting.finish_minutes",
            awaited_in=(_M.MINUTES_REVIEW,),
            warning=_l("Final minutes do not change any more."),
            done=_l("Declared the minutes final"),
        ),
        Move(
            "archive",
            _l("Archive it"),
            (_M.MINUTES_FINAL,),
            _M.ARCHIVED,
            "meeting.take_minutes",
            done=_l("Archived it"),
        ),
        Move(
            "cancel",
            _l("Cancel the meeting"),
            (_M.DRAFT, _M.NOTICED),
            _M.CANCELLED,
            "meeting.notice",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (everybody who was invited reads it)"),
            warning=_l("Whoever was invited is told."),
            done=_l("Cancelled the meeting"),
        ),
    ),
)
