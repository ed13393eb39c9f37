"""The lifecycles of a joint project (DOMAIN D8) and of an organisation's part in one."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.workflow import Move, NoteRule, Workflow


class ProjectState(StrEnum):
    """What people have done with a project."""

    IDEA = "idea"
    CALLING = "calling"
    FORMING = "forming"
    APPROVED = "approved"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    TRANSFERRED = "transferred"
    ARCHIVED = "archived"


class PartnerState(StrEnum):
    """What was answered about an organisation's part in a project."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LEFT = "left"


_S = ProjectState
_P = PartnerState

#: The states in which partners may still be asked for, and the paper may be changed.
GATHERING = (_S.IDEA, _S.CALLING, _S.FORMING)
#: The states in which the board may be worked on.
WORKABLE = (_S.FORMING, _S.APPROVED, _S.ACTIVE)
#: The states from which it is put on hold: the work has begun or is about to.
HOLDABLE = (_S.APPROVED, _S.ACTIVE)
#: The states in which something may still come of it.
UNFINISHED = (*GATHERING, _S.APPROVED, _S.ACTIVE, _S.ON_HOLD)

PROJECT = Workflow(
    noun="project",
    labels={
        _S.IDEA: _l("Idea"),
        _S.CALLING: _l("Calling for partners"),
        _S.FORMING: _l("Forming"),
        _S.APPROVED: _l("Project approved"),
        _S.ACTIVE: _l("Under way"),
        _S.ON_HOLD: _l("Work suspended"),
        _S.COMPLETED: _l("Completed"),
        _S.TRANSFERRED: _l("Transferred"),
        _S.ARCHIVED: _l("Archived"),
    },
    verbs={
        "create": _l("Wrote down the idea"),
        "edit": _l("Changed what it says"),
        "ask": _l("Asked an organisation to take part"),
        "offer": _l("Offered to take part"),
        "confirm": _l("Confirmed its part"),
        "decline": _l("Declined a part"),
        "leave": _l("Left the project"),
        "staff": _l("Gave somebody a role"),
        "unstaff": _l("Ended somebody's role"),
        "need": _l("Said who is still missing"),
        "board": _l("Changed the columns of the board"),
        "import": _l("Took tasks over from a table"),
        "rest": _l("Named the resolution"),
        "plan": _l("Changed the plan"),
        "fund": _l("Changed the funds"),
        "deliver": _l("Recorded a deliverable"),
        "accept": _l("Accepted a deliverable"),
        "report": _l("Sealed a quarterly report"),
    },
    start=_S.IDEA,
    finals=(_S.TRANSFERRED, _S.ARCHIVED),
    moves=(
        Move(
            "call",
            _l("Call for partners"),
            (_S.IDEA,),
            _S.CALLING,
            "project.lead",
            done=_l("Called for partners"),
        ),
        Move(
            "form",
            _l("Form the project"),
            (_S.IDEA, _S.CALLING),
            _S.FORMING,
            "project.lead",
            warning=_l("The call ends; the board opens for whoever takes part."),
            done=_l("Ended the call and began to form it"),
        ),
        Move(
            "approve",
            _l("Approve it"),
            (_S.FORMING,),
            _S.APPROVED,
            "project.approve",
            note=NoteRule.REQUIRED,
            note_label=_l("Number of the resolution or other basis"),
            awaited_in=(_S.FORMING,),
            when="is_ready",
            refusal=_l(
                "It is not ready: everybody asked must have answered, partners from enough regions "
                "must take part, and the rules on what is invented must be written down."
            ),
            done=_l("Approved it"),
        ),
        Move(
            "start",
            _l("Start the work"),
            (_S.APPROVED,),
            _S.ACTIVE,
            "project.lead",
            done=_l("Started the work"),
        ),
        Move(
            "hold",
            _l("Suspend the work"),
            HOLDABLE,
            _S.ON_HOLD,
            "project.hold",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the partners read it)"),
            done=_l("Suspended the work"),
        ),
        Move(
            "resume",
            _l("Resume the work"),
            (_S.ON_HOLD,),
            _S.ACTIVE,
            "project.lead",
            done=_l("Resumed the work"),
        ),
        Move(
            "complete",
            _l("Complete it"),
            (_S.ACTIVE,),
            _S.COMPLETED,
            "project.lead",
            warning=_l("The board can then be read but no longer changed."),
            done=_l("Completed it"),
        ),
        Move(
            "transfer",
            _l("Record the transfer"),
            (_S.COMPLETED,),
            _S.TRANSFERRED,
            "project.lead",
            note=NoteRule.REQUIRED,
            note_label=_l("What went where"),
            done=_l("Recorded that its result was transferred"),
        ),
        Move(
            "archive",
            _l("Archive it"),
            (_S.COMPLETED,),
            _S.ARCHIVED,
            "project.lead",
            done=_l("Archived it"),
        ),
        Move(
            "drop",
            _l("Give it up"),
            (*GATHERING, _S.ON_HOLD),
            _S.ARCHIVED,
            "project.lead",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the partners read it)"),
            warning=_l("It ends for everybody. Its history stays."),
            done=_l("Gave it up"),
        ),
    ),
)

PARTNER = Workflow(
    noun="project_partner",
    labels={
        _P.ASKED: _l("Not answered yet"),
        _P.CONFIRMED: _l("Takes part"),
        _P.DECLINED: _l("Does not take part"),
        _P.LEFT: _l("Has left"),
    },
    verbs={"ask": _l("Asked an organisation to take part")},
    start=_P.ASKED,
    finals=(_P.DECLINED, _P.LEFT),
    moves=(
        Move(
            "confirm",
            _l("Confirm this part"),
            (_P.ASKED,),
            _P.CONFIRMED,
            "project_partner.confirm",
            awaited_in=(_P.ASKED,),
            done=_l("Confirmed the part"),
        ),
        Move(
            "decline",
            _l("Not this part"),
            (_P.ASKED,),
            _P.DECLINED,
            "project_partner.decline",
            note=NoteRule.OPTIONAL,
            note_label=_l("Why (the other side reads it)"),
            done=_l("Declined the part"),
        ),
        Move(
            "leave",
            _l("Leave the project"),
            (_P.CONFIRMED,),
            _P.LEFT,
            "project_partner.leave",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the partners read it)"),
            warning=_l(
                "Its people lose access at once; their open tasks go to the lead. What they did "
                "stays in the history."
            ),
            done=_l("Ended its part"),
        ),
    ),
)
