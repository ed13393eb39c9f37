"""The lifecycle of a membership (DOMAIN D1), as far as it goes yet: a member until it ends."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import TextClause, text

from portal.workflow import Move, NoteRule, Workflow


class MembershipState(StrEnum):
    """Where a membership stands."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    EXPELLED = "expelled"

    @classmethod
    def is_active_in_sql(cls) -> TextClause:
        """Return the condition of the partial unique index: one active membership at a time."""
        return text(f"state = '{cls.ACTIVE.value}'")


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
