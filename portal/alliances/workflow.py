"""The lifecycle of a membership (DOMAIN D1), as far as it goes yet: a member until it ends."""

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
        ended = ", ".join(f"'{state.value}'" for state in (cls.REJECTED, cls.WITHDRAWN, cls.EXPELLED))
        return text(f"state NOT IN ({ended})")


MEMBERSHIP = Workflow(
    noun="membership",
    labels={
        MembershipState.ACTIVE: _l("Member"),
        MembershipState.WITHDRAWN: _l("Left the alliance"),
        MembershipState.EXPELLED: _l("Expelled"),
    },
    verbs={"admit": _l("Admitted")},
    start=MembershipState.ACTIVE,
    finals=(MembershipState.WITHDRAWN, MembershipState.EXPELLED),
    moves=(
        #    move        button                from                        to
        Move(
            "withdraw",
            _l("Record a withdrawal"),
            (MembershipState.ACTIVE,),
            MembershipState.WITHDRAWN,
            "membership.withdraw",
            note=NoteRule.REQUIRED,
            note_label=_l("Basis of the withdrawal (letter, date)"),
        ),
        Move(
            "expel",
            _l("Expel"),
            (MembershipState.ACTIVE,),
            MembershipState.EXPELLED,
            "membership.expel",
            note=NoteRule.REQUIRED,
            note_label=_l("Resolution and reason"),
        ),
    ),
)
