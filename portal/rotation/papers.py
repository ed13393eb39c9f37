"""The papers of the rotation: an application for an exchange, the booklet of a hand-over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access import require
from portal.actors import Actor
from portal.documents.models import Document, DocumentKind
from portal.documents.operations import PAPER_LANGUAGE, issue_document, write_document
from portal.documents.wording import day_words, lines_of
from portal.errors import Refused
from portal.rotation.forms import POINT_NAMES
from portal.rotation.models import Handover, Swap, Turn


def _term(turn: Turn) -> str:
    return str(
        _(
            "%(first)s to %(last)s",
            first=day_words(turn.starts_on),
            last=day_words(turn.last_day),
        )
    )


def swap_fields(swap: Swap) -> dict[str, Any]:
    """Return everything a template of an exchange may ask for."""
    return {
        "chair_title": swap.alliance.chair_title,
        "asking": swap.turn.organisation.name,
        "asking_term": _term(swap.turn),
        "asked": swap.other_turn.organisation.name,
        "asked_term": _term(swap.other_turn),
        "reason": swap.reason,
        "basis": swap.basis or "",
    }


def issue_swap_paper(swap: Swap, *, by: Actor, receipt: str | None = None) -> Document:
    """Issue the application for an exchange of turns, for both sides to seal.

    Raises `Refused` once it was carried out: the two terms then stand the other way round.
    """
    require(by, "document.issue", swap.alliance)
    if swap.turn.organisation_id != swap.asking_id:
        raise Refused(_l("This paper cannot be made any more."))
    with force_locale(PAPER_LANGUAGE):
        fields = swap_fields(swap)
        title = _(
            "Application for an exchange of turns: %(asking)s and %(asked)s",
            asking=fields["asking"],
            asked=fields["asked"],
        )
    made = issue_document(
        swap.alliance,
        DocumentKind.SWAP,
        title,
        about=swap,
        by=by,
        receipt=receipt,
        readers=(swap.asking_id, swap.asked_id),
    )
    if made.digest is None:
        write_document(made, fields, by=by)
    return made


def handover_fields(handover: Handover) -> dict[str, Any]:
    """Return everything a template of a hand-over may ask for."""
    parts = (
        (_("Open actions"), handover.open_actions),
        (_("Unfinished agenda"), handover.unfinished_agenda),
        (_("Key contacts"), handover.key_contacts),
        (_("Remarks"), handover.remarks),
    )
    signed, accepted = handover.signed_by, handover.accepted_by
    return {
        "chair_title": handover.alliance.chair_title,
        "outgoing": handover.outgoing.name,
        "incoming": handover.incoming.name if handover.incoming else "",
        "term": _term(handover.turn),
        "points": [
            {"name": str(label), "done": point.value in handover.ticked}
            for point, label in POINT_NAMES.items()
        ],
        "parts": [
            {"heading": str(heading), "lines": lines_of(text) or [str(_("Nothing"))]}
            for heading, text in parts
        ],
        "signed_by": signed.name if signed else "",
        "signed_at": _day(handover.signed_at),
        "accepted_by": accepted.name if accepted else "",
        "accepted_at": _day(handover.accepted_at),
    }


def _day(at: datetime | None) -> str:
    return day_words(clock.day_of(at)) if at else ""


def issue_handover_booklet(
    handover: Handover, *, by: Actor, receipt: str | None = None
) -> Document:
    """Issue the booklet of a hand-over as a numbered Word file, for both chairs.

    Raises `Refused` before the outgoing chair signed it.
    """
    require(by, "document.issue", handover.alliance)
    if handover.signed_at is None:
        raise Refused(_l("The outgoing chair has not signed it yet."))
    with force_locale(PAPER_LANGUAGE):
        fields = handover_fields(handover)
        title = _("Hand-over booklet: %(outgoing)s", outgoing=fields["outgoing"])
    both = (handover.outgoing_id, handover.incoming_id)
    made = issue_document(
        handover.alliance,
        DocumentKind.HANDOVER,
        title,
        about=handover,
        by=by,
        receipt=receipt,
        readers=[each for each in both if each is not None],
    )
    if made.digest is None:
        write_document(made, fields, by=by)
    return made
