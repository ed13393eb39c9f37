"""The lifecycle of a guest's answer: held, verified, taken up by an organisation, or rejected."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import TextClause, text

from portal.workflow import Move, NoteRule, Workflow


class GuestAnswerState(StrEnum):
    """What people have done with a guest's answer."""

    HELD = "held"
    VERIFIED = "verified"
    TAKEN_UP = "taken_up"
    REJECTED = "rejected"


_S = GuestAnswerState
_GONE = _l("The listing takes no answers any more.")

GUEST_ANSWER = Workflow(
    noun="guest_answer",
    labels={
        _S.HELD: _l("To be verified"),
        _S.VERIFIED: _l("Verified"),
        _S.TAKEN_UP: _l("Became an answer"),
        _S.REJECTED: _l("Rejected"),
    },
    verbs={
        "give": _l("Answered as a guest"),
        "invite": _l("Invited the guest"),
        "erase": _l("Erased the mobile number"),
    },
    start=_S.HELD,
    finals=(_S.TAKEN_UP, _S.REJECTED),
    moves=(
        Move(
            "verify",
            _l("Verified: go on"),
            (_S.HELD,),
            _S.VERIFIED,
            "guest_answer.verify",
            awaited_in=(_S.HELD,),
            when="is_answerable",
            refusal=_GONE,
            done=_l("Verified it"),
        ),
        # Goes with a form of its own: which organisation it is.
        Move(
            "record",
            _l("Record the organisation"),
            (_S.VERIFIED,),
            _S.VERIFIED,
            "guest_answer.record",
            awaited_in=(_S.VERIFIED,),
            when="is_to_record",
            refusal=_l("Its organisation is recorded already."),
            done=_l("Recorded the organisation"),
        ),
        Move(
            "take_up",
            _l("Send it as our answer"),
            (_S.VERIFIED,),
            _S.TAKEN_UP,
            "guest_answer.take_up",
            awaited_in=(_S.VERIFIED,),
            when="is_answerable",
            refusal=_GONE,
            done=_l("Sent it as the organisation's answer"),
        ),
        Move(
            "disown",
            _l("It is not ours"),
            (_S.VERIFIED,),
            _S.REJECTED,
            "guest_answer.take_up",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the secretariat and the poster read it)"),
            done=_l("Said it is not theirs"),
        ),
        Move(
            "reject",
            _l("Reject"),
            (_S.HELD, _S.VERIFIED),
            _S.REJECTED,
            "guest_answer.verify",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (kept in the record)"),
            warning=_l("It ends here; nobody is told."),
            done=_l("Rejected it"),
        ),
    ),
)


def waiting_in_sql() -> TextClause:
    """Return the condition of the partial unique index: one that waits for a decision."""
    return text("state IN ('held', 'verified')")
