"""The lifecycle of an outcome: one side claims it, the other confirms or declines.

A confirmed one never changes. Whoever finds it wrong claims a correction; when that is
confirmed, a reversing row takes the old one out of every figure.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import TextClause, text

from portal.workflow import Move, NoteRule, Workflow


class OutcomeState(StrEnum):
    """What people have done with an outcome."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    RETRACTED = "retracted"


_S = OutcomeState

OUTCOME = Workflow(
    noun="outcome",
    labels={
        _S.CLAIMED: _l("Claimed by one side, to be confirmed by the other"),
        _S.CONFIRMED: _l("Confirmed by both sides"),
        _S.DISPUTED: _l("Not confirmed"),
        _S.RETRACTED: _l("Claim taken back"),
    },
    verbs={
        "claim": _l("Claimed it"),
        "reverse": _l("Reversed it by a correction"),
        "attach": _l("Added a file"),
        "mention": _l("Linked another record to it"),
        "publish": _l("Agreed to show it"),
        "conceal": _l("No longer agrees to show it"),
    },
    start=_S.CLAIMED,
    finals=(_S.CONFIRMED, _S.DISPUTED, _S.RETRACTED),
    moves=(
        Move(
            "confirm",
            _l("Confirm it"),
            (_S.CLAIMED,),
            _S.CONFIRMED,
            "outcome.confirm",
            awaited_in=(_S.CLAIMED,),
            done=_l("Confirmed it"),
        ),
        Move(
            "decline",
            _l("It is not so"),
            (_S.CLAIMED,),
            _S.DISPUTED,
            "outcome.confirm",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the other side reads it)"),
            warning=_l("This claim ends here and counts nowhere; a right one may be made anew."),
            done=_l("Did not confirm it"),
        ),
        Move(
            "retract",
            _l("Take the claim back"),
            (_S.CLAIMED,),
            _S.RETRACTED,
            "outcome.retract",
            warning=_l("This claim ends here; a right one may be made anew."),
            done=_l("Took the claim back"),
        ),
    ),
)


def claimed_in_sql() -> TextClause:
    """Return the condition of the partial unique index: one open claim for each record."""
    return text("state = 'claimed'")


def counted_in_sql() -> TextClause:
    """Return the condition of the partial unique index: what counts for a record, once."""
    return text("state = 'confirmed' AND released_at IS NULL AND reverses_id IS NULL")
