"""The lifecycle of a document: to be sealed, sent back as a scan, checked by somebody else."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.workflow import Move, NoteRule, Workflow


class DocumentState(StrEnum):
    """What people have done with a document."""

    FOR_SEAL = "for_seal"
    SCANNED = "scanned"
    CHECKED = "checked"
    REVOKED = "revoked"


_S = DocumentState

DOCUMENT = Workflow(
    noun="document",
    labels={
        _S.FOR_SEAL: _l("To be sealed"),
        _S.SCANNED: _l("Sealed, scan to be checked"),
        _S.CHECKED: _l("Sealed and checked"),
        _S.REVOKED: _l("Revoked"),
    },
    verbs={"issue": _l("Issued it"), "write": _l("Made its file"), "attach": _l("Added a file")},
    start=_S.FOR_SEAL,
    finals=(_S.REVOKED,),
    moves=(
        Move(
            "scan",
            _l("Send the sealed scan in"),
            (_S.FOR_SEAL,),
            _S.SCANNED,
            "document.keep",
            when="has_scan",
            refusal=_l("Add the scan or photograph of the sealed paper first."),
            done=_l("Sent the sealed scan in"),
        ),
        Move(
            "check",
            _l("The scan is in order"),
            (_S.SCANNED,),
            _S.CHECKED,
            "document.check",
            awaited_in=(_S.SCANNED,),
            done=_l("Checked the scan"),
        ),
        Move(
            "send_back",
            _l("Seal it again"),
            (_S.SCANNED,),
            _S.FOR_SEAL,
            "document.check",
            note=NoteRule.REQUIRED,
            note_label=_l("What is wrong with the scan"),
            done=_l("Sent it back to be sealed again"),
        ),
        Move(
            "revoke",
            _l("Revoke it"),
            (_S.FOR_SEAL, _S.SCANNED, _S.CHECKED),
            _S.REVOKED,
            "document.keep",
            note=NoteRule.REQUIRED,
            note_label=_l("Why (whoever scans its code reads that it is revoked)"),
            warning=_l("Its number is not given again."),
            done=_l("Revoked it"),
        ),
    ),
)
