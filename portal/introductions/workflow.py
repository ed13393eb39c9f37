"""The lifecycle of an introduction: proposed, agreed to by one side, accepted by both, or ended.

Fourteen days without both answers are no state: they are a clause on the instant (`is_live`).
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import TextClause, text

from portal.workflow import Move, NoteRule, Workflow


class IntroductionState(StrEnum):
    """What people have done with an introduction."""

    ASKED = "asked"
    AGREED = "agreed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_S = IntroductionState
_OVER = _l("It waited too long and lapsed.")

INTRODUCTION = Workflow(
    noun="introduction",
    labels={
        _S.ASKED: _l("Both sides are asked"),
        _S.AGREED: _l("One side agreed"),
        _S.ACCEPTED: _l("Both agreed"),
        _S.DECLINED: _l("Declined"),
        _S.WITHDRAWN: _l("Withdrawn"),
    },
    verbs={"propose": _l("Proposed the introduction")},
    start=_S.ASKED,
    finals=(_S.ACCEPTED, _S.DECLINED, _S.WITHDRAWN),
    moves=(
        Move(
            "agree",
            _l("Yes, introduce us"),
            (_S.ASKED,),
            _S.AGREED,
            "introduction.answer",
            awaited_in=(_S.ASKED,),
            when="is_live",
            refusal=_OVER,
            done=_l("Agreed"),
        ),
        Move(
            "accept",
            _l("Yes, introduce us now"),
            (_S.AGREED,),
            _S.ACCEPTED,
            "introduction.complete",
            awaited_in=(_S.AGREED,),
            when="is_live",
            refusal=_OVER,
            done=_l("Agreed too: both are introduced"),
        ),
        Move(
            "decline",
            _l("No, thank you"),
            (_S.ASKED, _S.AGREED),
            _S.DECLINED,
            "introduction.answer",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the other side and who proposed it read it)"),
            warning=_l("The introduction ends here; the other side is told."),
            done=_l("Declined it"),
        ),
        Move(
            "withdraw",
            _l("Withdraw"),
            (_S.ASKED, _S.AGREED),
            _S.WITHDRAWN,
            "introduction.withdraw",
            warning=_l("The introduction ends here; its links open nothing any more."),
            done=_l("Withdrew it"),
        ),
    ),
)


def holding_in_sql() -> TextClause:
    """Return the condition of the partial unique index: one introduction that holds its pair."""
    return text("released_at IS NULL")
