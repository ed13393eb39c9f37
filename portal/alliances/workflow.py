"""The lifecycle of a membership (DOMAIN D1): from an application to the end, which is kept.

An application that was taken back ends in the same state as a member that left; what tells them
apart is that it never began (`Membership.state_now`).
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import TextClause, text

from portal.workflow import Move, NoteRule, Workflow


class MembershipState(StrEnum):
    """Where a membership stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    REJECTED = "rejected"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPELLED = "expelled"

    @classmethod
    def is_held_in_sql(cls) -> TextClause:
        """Return the condition of the partial unique index: one application or membership."""
        ended = ", ".join(f"'{state.value}'" for state in ENDED)
        return text(f"state NOT IN ({ended})")


_S = MembershipState

#: What is over, so that a new application may follow. All else holds the organisation's place.
ENDED = (_S.REJECTED, _S.WITHDRAWN, _S.EXPELLED)

#: Whoever submits agrees on behalf of the organisation: said where it is done.
_CONSENT = _l(
    "By submitting, the organisation agrees to stand in the public member list once it is "
    "admitted: with its name, kind, region, tier and chain nodes."
)

MEMBERSHIP = Workflow(
    noun="membership",
    labels={
        _S.DRAFT: _l("Draft"),
        _S.SUBMITTED: _l("Applied"),
        _S.UNDER_REVIEW: _l("Under review"),
        _S.RETURNED: _l("Sent back"),
        _S.REJECTED: _l("Not admitted"),
        _S.ACTIVE: _l("Member"),
        _S.SUSPENDED: _l("Suspended"),
        _S.WITHDRAWN: _l("Left the alliance"),
        _S.EXPELLED: _l("Expelled"),
    },
    verbs={
        "admit": _l("Admitted"),
        "apply": _l("Began an application"),
        "edit": _l("Changed"),
        "consent": _l("Agreed to stand in the public member list"),
        "change_tier": _l("Gave it another tier"),
        "tier": _l("Set another tier than the one applied for"),
    },
    start=_S.DRAFT,
    finals=ENDED,
    moves=(
        Move(
            "submit",
            _l("Submit the application"),
            (_S.DRAFT,),
            _S.SUBMITTED,
            "membership.submit",
            warning=_CONSENT,
            done=_l("Submitted the application"),
        ),
        Move(
            "resubmit",
            _l("Submit again"),
            (_S.RETURNED,),
            _S.SUBMITTED,
            "membership.submit",
            awaited_in=(_S.RETURNED,),
            warning=_CONSENT,
            done=_l("Submitted it again"),
        ),
        Move(
            "review",
            _l("Take up the review"),
            (_S.SUBMITTED,),
            _S.UNDER_REVIEW,
            "membership.review",
            awaited_in=(_S.SUBMITTED,),
            done=_l("Took up the review"),
        ),
        Move(
            "approve",
            _l("Admit"),
            (_S.UNDER_REVIEW,),
            _S.ACTIVE,
            "membership.approve",
            note=NoteRule.OPTIONAL,
            note_label=_l("A word to the applicant"),
            awaited_in=(_S.UNDER_REVIEW,),
            done=_l("Admitted it"),
        ),
        Move(
            "return",
            _l("Send back"),
            (_S.UNDER_REVIEW,),
            _S.RETURNED,
            "membership.return",
            note=NoteRule.REQUIRED,
            note_label=_l("What should be changed"),
            done=_l("Sent it back"),
        ),
        Move(
            "reject",
            _l("Do not admit"),
            (_S.UNDER_REVIEW,),
            _S.REJECTED,
            "membership.reject",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the organisation reads it)"),
            warning=_l("This application ends here. The organisation may apply anew."),
            done=_l("Did not admit it"),
        ),
        Move(
            "retract",
            _l("Take the application back"),
            (_S.DRAFT, _S.SUBMITTED, _S.UNDER_REVIEW, _S.RETURNED),
            _S.WITHDRAWN,
            "membership.retract",
            warning=_l("This application ends here. The organisation may apply anew."),
            done=_l("Took the application back"),
        ),
        Move(
            "suspend",
            _l("Suspend"),
            (_S.ACTIVE,),
            _S.SUSPENDED,
            "membership.suspend",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the organisation reads it)"),
            warning=_l(
                "Until it is resumed, the organisation has no rights of a member, and its "
                "published listings in this alliance are paused."
            ),
            done=_l("Suspended the membership"),
        ),
        Move(
            "resume",
            _l("Resume the membership"),
            (_S.SUSPENDED,),
            _S.ACTIVE,
            "membership.resume",
            note=NoteRule.OPTIONAL,
            note_label=_l("Why (the organisation reads it)"),
            done=_l("Resumed the membership"),
        ),
        Move(
            "withdraw",
            _l("Record a withdrawal"),
            (_S.ACTIVE, _S.SUSPENDED),
            _S.WITHDRAWN,
            "membership.withdraw",
            note=NoteRule.OPTIONAL,
            note_label=_l("Why"),
            done=_l("Recorded the withdrawal"),
        ),
        Move(
            "expel",
            _l("Expel"),
            (_S.ACTIVE, _S.SUSPENDED),
            _S.EXPELLED,
            "membership.expel",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (the organisation reads it)"),
            done=_l("Expelled it"),
        ),
    ),
)
