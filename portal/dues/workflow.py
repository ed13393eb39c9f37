"""The lifecycle of a line of the dues ledger: open, paid or waived."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.workflow import Move, NoteRule, Workflow


class DueState(StrEnum):
    """What people have done about what a member owes."""

    OPEN = "open"
    PAID = "paid"
    WAIVED = "waived"


_S = DueState

DUE = Workflow(
    noun="due",
    labels={_S.OPEN: _l("Unpaid"), _S.PAID: _l("Paid"), _S.WAIVED: _l("Waived")},
    verbs={
        "demand": _l("Entered what is due"),
        "adjust": _l("Adjusted what is due"),
        "receive": _l("Noted a part of it as paid"),
        "credit": _l("Credited what came in to the other record's line"),
        "overdue": _l("Told that it is overdue"),
        "invoice": _l("Noted the invoice"),
    },
    start=_S.OPEN,
    finals=(),
    moves=(
        Move(
            "pay",
            _l("Note a payment"),
            (_S.OPEN,),
            _S.PAID,
            "due.keep",
            done=_l("Noted it as paid"),
        ),
        Move(
            "waive",
            _l("Waive what is open"),
            (_S.OPEN,),
            _S.WAIVED,
            "due.keep",
            note=NoteRule.REQUIRED,
            note_label=_l("Why it is waived (the member reads it)"),
            done=_l("Waived what was open"),
        ),
        Move(
            "reopen",
            _l("Open it again"),
            (_S.PAID, _S.WAIVED),
            _S.OPEN,
            "due.keep",
            note=NoteRule.REQUIRED,
            note_label=_l("What was wrong"),
            warning=_l("What was noted as paid is taken away; the record of steps keeps it."),
            done=_l("Opened it again"),
        ),
    ),
)
