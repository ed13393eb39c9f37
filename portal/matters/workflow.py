"""The lifecycle of a matter (DOMAIN D4): whether it goes on. How far it has come is a step.

Thirty days of silence are no state: they are a clause on the instant (`Matter.is_due`).
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.matters.steps import STEP_NAMES
from portal.workflow import Move, NoteRule, Workflow


class MatterState(StrEnum):
    """What people have done with a matter."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    ENDED = "ended"


_S = MatterState

MATTER = Workflow(
    noun="matter",
    labels={
        _S.OPEN: _l("In progress"),
        _S.ON_HOLD: _l("On hold"),
        _S.ENDED: _l("Ended"),
    },
    verbs={
        **{step.value: label for step, label in STEP_NAMES.items()},
        "open": _l("Opened the matter"),
        "retract": _l("Took a step back"),
        "hand_over": _l("Handed it over to a colleague"),
        "attach": _l("Added a file"),
        "meet": _l("Noted a meeting"),
        "move_meeting": _l("Changed a meeting"),
        "cancel_meeting": _l("Cancelled a meeting"),
        "ask": _l("Asked both sides how far it has come"),
        "tell": _l("Told the secretariat of the silence"),
    },
    start=_S.OPEN,
    finals=(_S.ENDED,),
    moves=(
        Move(
            "hold",
            _l("Put on hold"),
            (_S.OPEN,),
            _S.ON_HOLD,
            "matter.move",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the other side reads it)"),
            done=_l("Put it on hold"),
        ),
        # What happens when a side leaves the alliance or becomes the other; nobody's button.
        Move(
            "halt",
            _l("Put on hold with the membership"),
            (_S.OPEN,),
            _S.ON_HOLD,
            "matter.halt",
            done=_l("Put it on hold: a side left the alliance or was merged"),
        ),
        Move(
            "resume",
            _l("Go on with it"),
            (_S.ON_HOLD,),
            _S.OPEN,
            "matter.move",
            done=_l("Went on with it"),
        ),
        Move(
            "end",
            _l("End it"),
            (_S.OPEN, _S.ON_HOLD),
            _S.ENDED,
            "matter.move",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the other side reads it)"),
            warning=_l("The matter ends for both sides. Its history stays."),
            done=_l("Ended it"),
        ),
    ),
)
