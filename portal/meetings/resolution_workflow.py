"""The lifecycles of resolutions and of the actions that follow from them.

What time does (an action that is overdue) is a clause on the instant. The chair's moves ask for
the chair at that instant, from the succession.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.workflow import Move, NoteRule, Workflow


class ResolutionState(StrEnum):
    """What people have done with a resolution."""

    PROPOSED = "proposed"
    TABLED = "tabled"
    VOTING = "voting"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    VOID = "void"
    IN_FORCE = "in_force"
    IMPLEMENTED = "implemented"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"


_R = ResolutionState

RESOLUTION = Workflow(
    noun="resolution",
    labels={
        _R.PROPOSED: _l("Proposed"),
        _R.TABLED: _l("Tabled"),
        _R.VOTING: _l("Being voted on"),
        _R.PASSED: _l("Passed"),
        _R.NOT_PASSED: _l("Not passed"),
        _R.VOID: _l("Void"),
        _R.IN_FORCE: _l("In force"),
        _R.IMPLEMENTED: _l("Carried out"),
        _R.SUPERSEDED: _l("Superseded"),
        _R.REPEALED: _l("Repealed"),
    },
    verbs={
        "propose": _l("Proposed it"),
        "vote": _l("Voted"),
        "record": _l("Entered votes"),
        "attach": _l("Added a file"),
    },
    start=_R.PROPOSED,
    finals=(_R.NOT_PASSED, _R.VOID, _R.SUPERSEDED, _R.REPEALED),
    moves=(
        Move(
            "table",
            _l("Table it"),
            (_R.PROPOSED,),
            _R.TABLED,
            "resolution.table",
            awaited_in=(_R.PROPOSED,),
            done=_l("Tabled it"),
        ),
        Move(
            "open",
            _l("Open the vote"),
            (_R.TABLED,),
            _R.VOTING,
            "resolution.table",
            done=_l("Opened the vote"),
        ),
        Move(
            "pass",
            _l("Close the vote: passed"),
            (_R.VOTING,),
            _R.PASSED,
            "resolution.count",
            when="is_counted_passed",
            refusal=_l("The count says otherwise."),
            done=_l("Closed the vote: passed"),
        ),
        Move(
            "fail",
            _l("Close the vote: not passed"),
            (_R.VOTING,),
            _R.NOT_PASSED,
            "resolution.count",
            when="is_counted_failed",
            refusal=_l("The count says otherwise."),
            done=_l("Closed the vote: not passed"),
        ),
        Move(
            "void",
            _l("Declare it void"),
            (_R.PROPOSED, _R.TABLED, _R.VOTING),
            _R.VOID,
            "resolution.table",
            note=NoteRule.REQUIRED,
            note_label=_l("Why"),
            warning=_l("It ends here; it may be proposed anew."),
            done=_l("Declared it void"),
        ),
        Move(
            "enact",
            _l("Put it into force"),
            (_R.PASSED,),
            _R.IN_FORCE,
            "resolution.count",
            awaited_in=(_R.PASSED,),
            done=_l("Put it into force"),
        ),
        Move(
            "implement",
            _l("It is carried out"),
            (_R.IN_FORCE,),
            _R.IMPLEMENTED,
            "resolution.count",
            when="has_no_open_action",
            refusal=_l("Close out its actions first."),
            done=_l("Recorded that it is carried out"),
        ),
        Move(
            "supersede",
            _l("A later resolution took its place"),
            (_R.IN_FORCE, _R.IMPLEMENTED),
            _R.SUPERSEDED,
            "resolution.count",
            note=NoteRule.REQUIRED,
            note_label=_l("Which one"),
            done=_l("Recorded that a later one took its place"),
        ),
        Move(
            "repeal",
            _l("Record its repeal"),
            (_R.IN_FORCE,),
            _R.REPEALED,
            "resolution.count",
            note=NoteRule.REQUIRED,
            note_label=_l("By which resolution"),
            done=_l("Recorded its repeal"),
        ),
    ),
)


class ActionState(StrEnum):
    """What people have done with an action."""

    OPEN = "open"
    REPORTED = "reported"
    CLOSED_OUT = "closed_out"
    DROPPED = "dropped"


_A = ActionState

ACTION = Workflow(
    noun="action",
    labels={
        _A.OPEN: _l("Still to be done"),
        _A.REPORTED: _l("Reported done, to be checked"),
        _A.CLOSED_OUT: _l("Closed out"),
        _A.DROPPED: _l("Dropped"),
    },
    verbs={
        "assign": _l("Assigned it"),
        "return_to_agenda": _l("Put on the next agenda"),
        "due": _l("Reminded of its day"),
        "overdue": _l("Said that its day is past"),
    },
    start=_A.OPEN,
    finals=(_A.CLOSED_OUT, _A.DROPPED),
    moves=(
        Move(
            "report",
            _l("Report it done"),
            (_A.OPEN,),
            _A.REPORTED,
            "action.report",
            note=NoteRule.REQUIRED,
            note_label=_l("What was done"),
            awaited_in=(_A.OPEN,),
            done=_l("Reported it done"),
        ),
        Move(
            "close_out",
            _l("Close it out"),
            (_A.REPORTED,),
            _A.CLOSED_OUT,
            "action.check",
            awaited_in=(_A.REPORTED,),
            done=_l("Closed it out"),
        ),
        Move(
            "send_back",
            _l("Not done yet"),
            (_A.REPORTED,),
            _A.OPEN,
            "action.check",
            note=NoteRule.REQUIRED,
            note_label=_l("What is missing"),
            done=_l("Sent it back"),
        ),
        Move(
            "drop",
            _l("Drop it"),
            (_A.OPEN,),
            _A.DROPPED,
            "action.check",
            note=NoteRule.REQUIRED,
            note_label=_l("Why"),
            done=_l("Dropped it"),
        ),
    ),
)
#: Not finished: these return on the next agenda.
UNFINISHED = (_A.OPEN, _A.REPORTED)
