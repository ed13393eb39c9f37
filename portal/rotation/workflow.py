"""The lifecycles of a turn, of an exchange of two turns, and of a hand-over (DOMAIN D2).

States say what people did. That a turn has begun, goes on or is over follows from its days and
from the succession (`alliances`), and is never stored. A turn that somebody else takes keeps its
row and ends; the new one is a row of its own, so that history tells who was to chair.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import TextClause, text

from portal.workflow import Move, NoteRule, Workflow


class TurnState(StrEnum):
    """What people have done with a turn."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    ACTING = "acting"
    HANDED_OVER = "handed_over"
    DEFERRED = "deferred"
    SWAPPED = "swapped"
    VACATED = "vacated"
    REPLACED = "replaced"

    @classmethod
    def is_live_in_sql(cls) -> TextClause:
        """Return the condition of the partial unique index: whose turn it is, or was."""
        live = ", ".join(f"'{state.value}'" for state in LIVE)
        return text(f"state IN ({live})")


_T = TurnState

#: The turns that count: the others were taken by somebody else.
LIVE = (_T.PLANNED, _T.CONFIRMED, _T.ACTING, _T.HANDED_OVER)
#: Not yet handed over.
OPEN = (_T.PLANNED, _T.CONFIRMED, _T.ACTING)

TURN = Workflow(
    noun="turn",
    labels={
        _T.PLANNED: _l("To be confirmed"),
        _T.CONFIRMED: _l("Confirmed by the member"),
        _T.ACTING: _l("Acting chair"),
        _T.HANDED_OVER: _l("Handed over"),
        _T.DEFERRED: _l("Deferred"),
        _T.SWAPPED: _l("Exchanged"),
        _T.VACATED: _l("Ended early"),
        _T.REPLACED: _l("Planned anew"),
    },
    verbs={
        "plan": _l("Planned the term"),
        "act": _l("Took over as acting chair"),
        "ask": _l("Asked for confirmation"),
        "tell": _l("Told the secretariat that nobody confirmed it"),
        "programme": _l("Wrote the programme of the term"),
        "approve_programme": _l("Approved the programme of the term"),
    },
    start=_T.PLANNED,
    finals=(_T.DEFERRED, _T.SWAPPED, _T.VACATED, _T.REPLACED),
    moves=(
        Move(
            "confirm",
            _l("Confirm the term"),
            (_T.PLANNED,),
            _T.CONFIRMED,
            "turn.confirm",
            awaited_in=(_T.PLANNED,),
            when="is_to_be_confirmed",
            refusal=_l("A term is confirmed from 30 days before it begins until it ends."),
            done=_l("Confirmed the term"),
        ),
        Move(
            "defer",
            _l("Ask for a later term"),
            (_T.PLANNED, _T.CONFIRMED),
            _T.DEFERRED,
            "turn.defer",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the secretariat reads it)"),
            when="is_ahead",
            refusal=_l("The term has begun: it can only be ended early."),
            warning=_l(
                "Whoever is next in line takes this term. Your own comes when everybody else of "
                "the round has had theirs."
            ),
            done=_l("Was given a later term"),
        ),
        Move(
            "vacate",
            _l("End the term early"),
            # Handed over ahead of its last day, it still is the one by which the chair is held.
            (_T.CONFIRMED, _T.ACTING, _T.HANDED_OVER),
            _T.VACATED,
            "turn.vacate",
            note=NoteRule.REQUIRED,
            note_label=_l("Why"),
            when="is_running",
            refusal=_l("Only a term that goes on can be ended early."),
            done=_l("Ended the term early"),
        ),
        # What follows from an exchange, a new plan, a vacancy or a hand-over; nobody's buttons.
        Move("take_over", _l("Take over as acting chair"), (_T.PLANNED,), _T.ACTING, "turn.keep"),
        Move(
            "exchange",
            _l("Exchange the turn"),
            (_T.PLANNED, _T.CONFIRMED),
            _T.SWAPPED,
            "turn.keep",
            done=_l("Exchanged the turn"),
        ),
        Move(
            "replace",
            _l("Plan it anew"),
            (_T.PLANNED, _T.CONFIRMED),
            _T.REPLACED,
            "turn.keep",
            done=_l("Planned it anew"),
        ),
        Move(
            "hand_over",
            _l("Hand over"),
            (_T.CONFIRMED, _T.ACTING),
            _T.HANDED_OVER,
            "turn.keep",
            done=_l("Handed over"),
        ),
    ),
)


class SwapState(StrEnum):
    """What people have done with an exchange of turns (轮值对调)."""

    ASKED = "asked"
    AGREED = "agreed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @classmethod
    def is_open_in_sql(cls) -> TextClause:
        """Return the condition of the partial unique index: one open exchange for a turn."""
        return text("state IN ('asked', 'agreed')")


_S = SwapState

SWAP = Workflow(
    noun="swap",
    labels={
        _S.ASKED: _l("Asked the other side"),
        _S.AGREED: _l("Both agree; waits for the council"),
        _S.APPROVED: _l("Exchanged"),
        _S.DECLINED: _l("Not exchanged"),
        _S.WITHDRAWN: _l("Taken back"),
    },
    verbs={
        "ask": _l("Asked for an exchange of turns"),
        "tell": _l("Told the secretariat that nobody answered"),
    },
    start=_S.ASKED,
    finals=(_S.APPROVED, _S.DECLINED, _S.WITHDRAWN),
    moves=(
        Move(
            "agree",
            _l("Agree to the exchange"),
            (_S.ASKED,),
            _S.AGREED,
            "swap.answer",
            awaited_in=(_S.ASKED,),
            done=_l("Agreed to the exchange"),
        ),
        Move(
            "decline",
            _l("Do not exchange"),
            (_S.ASKED, _S.AGREED),
            _S.DECLINED,
            "swap.answer",
            note=NoteRule.OPTIONAL,
            note_label=_l("Why (the other side reads it)"),
            done=_l("Did not agree to the exchange"),
        ),
        Move(
            "withdraw",
            _l("Take the request back"),
            (_S.ASKED, _S.AGREED),
            _S.WITHDRAWN,
            "swap.withdraw",
            done=_l("Took the request back"),
        ),
        Move(
            "approve",
            _l("Enter the approval"),
            (_S.AGREED,),
            _S.APPROVED,
            "swap.approve",
            note=NoteRule.REQUIRED,
            note_label=_l("The resolution: its number and date"),
            awaited_in=(_S.AGREED,),
            warning=_l("Only these two terms change hands; all others stay."),
            done=_l("Entered the approval"),
        ),
        Move(
            "refuse",
            _l("Enter a refusal"),
            (_S.AGREED,),
            _S.DECLINED,
            "swap.approve",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (both sides read it)"),
            done=_l("Entered a refusal"),
        ),
    ),
)


class HandoverState(StrEnum):
    """What people have done with a hand-over (交接)."""

    DRAFT = "draft"
    SIGNED = "signed"
    ACCEPTED = "accepted"
    CLOSED = "closed"


_H = HandoverState

HANDOVER = Workflow(
    noun="handover",
    labels={
        _H.DRAFT: _l("Being written"),
        _H.SIGNED: _l("Signed; waits for the incoming chair"),
        _H.ACCEPTED: _l("Accepted"),
        _H.CLOSED: _l("Closed by the secretariat"),
    },
    verbs={"begin": _l("Began the hand-over"), "write": _l("Wrote the hand-over")},
    start=_H.DRAFT,
    finals=(_H.ACCEPTED, _H.CLOSED),
    moves=(
        Move(
            "sign",
            _l("Sign the hand-over"),
            (_H.DRAFT,),
            _H.SIGNED,
            "handover.write",
            awaited_in=(_H.DRAFT,),
            warning=_l("The incoming chair then reads it and accepts it."),
            done=_l("Signed the hand-over"),
        ),
        Move(
            "return",
            _l("Ask for more"),
            (_H.SIGNED,),
            _H.DRAFT,
            "handover.accept",
            note=NoteRule.REQUIRED,
            note_label=_l("What is missing (the outgoing chair reads it)"),
            done=_l("Asked for more"),
        ),
        Move(
            "accept",
            _l("Accept the hand-over"),
            (_H.SIGNED,),
            _H.ACCEPTED,
            "handover.accept",
            awaited_in=(_H.SIGNED,),
            done=_l("Accepted the hand-over"),
        ),
        Move(
            "close",
            _l("Close the hand-over"),
            (_H.DRAFT, _H.SIGNED),
            _H.CLOSED,
            "handover.close",
            note=NoteRule.REQUIRED,
            note_label=_l("Why it is closed without both signatures"),
            warning=_l("It is closed as it stands, without the signatures that are missing."),
            done=_l("Closed the hand-over"),
        ),
    ),
)
