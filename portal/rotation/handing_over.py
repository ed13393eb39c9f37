"""The hand-over of a chair: written and signed by the outgoing, accepted by the incoming one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.rotation.history import holder_at, turns_of
from portal.rotation.models import Handover, Point, Turn
from portal.rotation.operations import hand_over_turn
from portal.rotation.workflow import HANDOVER, HandoverState, TurnState
from portal.workflow import check_version, move

#: Characters of each part.
LONGEST_PART = 4000


@dataclass(frozen=True)
class HandoverContent:
    """What the outgoing chair writes."""

    ticked: Sequence[Point] = ()
    open_actions: str | None = None
    unfinished_agenda: str | None = None
    key_contacts: str | None = None
    remarks: str | None = None


def handover_of(turn: Turn) -> Handover | None:
    """Return the hand-over of a turn, or None while nobody began it."""
    return db.session.scalar(select(Handover).where(Handover.turn_id == turn.id))


@operation
def begin_handover(turn: Turn, *, by: Actor) -> Handover:
    """Begin to write the hand-over of a term that has begun; a second time changes nothing.

    Raises `Refused` before the term's first day, and for a turn that nobody sat in.
    """
    require(by, "turn.hand_over", turn)
    found = handover_of(turn)
    if found is not None:
        return found
    if turn.state not in (TurnState.CONFIRMED, TurnState.ACTING, TurnState.VACATED):
        raise Refused(_l("Only a term that was confirmed is handed over."))
    if turn.is_ahead:
        raise Refused(_l("The term has not begun."))
    handover = Handover(
        alliance_id=turn.alliance_id,
        turn=turn,
        outgoing_id=turn.organisation_id,
        incoming_id=_incoming(turn),
        state=HANDOVER.start,
        ticked=[],
        created_at=clock.now(),
    )
    db.session.add(handover)
    db.session.flush()
    journal.note("handover.begin", handover, by=by, to_state=handover.state)
    return handover


def _incoming(turn: Turn) -> int | None:
    """Return who takes over from a turn: who sits now, or who is next by the plan."""
    holder = holder_at(turn.alliance_id)
    if holder is not None and holder.organisation_id != turn.organisation_id:
        return holder.organisation_id
    for each in turns_of(turn.alliance_id):
        if each.starts_on >= turn.ends_on and each.organisation_id != turn.organisation_id:
            return each.organisation_id
    return None


@operation
def write_handover(
    handover: Handover, content: HandoverContent, *, by: Actor, expected: int | None = None
) -> None:
    """Write, or write anew, what is left to the incoming chair. Raises `Refused` once signed."""
    require(by, "handover.write", handover)
    check_version(handover, expected)
    if handover.state is not HandoverState.DRAFT:
        raise Refused(_l("It is signed: what stands in it changes no more."))
    handover.ticked = [each.value for each in content.ticked]
    for part in ("open_actions", "unfinished_agenda", "key_contacts", "remarks"):
        written = (getattr(content, part) or "").strip() or None
        if written is not None and len(written) > LONGEST_PART:
            raise Refused(_l("At most %(max)d characters.", max=LONGEST_PART), field=part)
        setattr(handover, part, written)
    db.session.flush()
    journal.note("handover.write", handover, by=by)


@operation
def sign_handover(
    handover: Handover, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Sign a hand-over as the outgoing chair.

    Raises `Refused` while a point is not ticked and nothing said of it, or nobody takes over.
    """
    require(by, "handover.write", handover)
    if not handover.is_complete:
        raise Refused(_l("Tick every point of the checklist first, or say in the remarks why not."))
    incoming = _incoming(handover.turn)
    if incoming is None:
        raise Refused(_l("Nobody is planned to take over yet: ask the secretariat."))
    also = {
        "incoming_id": incoming,
        "signed_at": clock.now(),
        "signed_by_id": by.on_behalf_of_id or by.person_id,
    }
    move(handover, "sign", by=by, expected=expected, note=note, also=also)
    db.session.flush()
    db.session.expire(handover, ["incoming", "signed_by"])


@operation
def return_handover(
    handover: Handover, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Ask the outgoing chair for more before accepting; its signature is taken away."""
    require(by, "handover.accept", handover)
    also = {"signed_at": None, "signed_by_id": None}
    move(handover, "return", by=by, expected=expected, note=note, also=also)


@operation
def accept_handover(
    handover: Handover, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Accept a hand-over as the incoming chair; the turn is handed over."""
    require(by, "handover.accept", handover)
    also = {
        "accepted_at": clock.now(),
        "accepted_by_id": by.on_behalf_of_id or by.person_id,
    }
    move(handover, "accept", by=by, expected=expected, note=note, also=also)
    _hand_over(handover)


@operation
def close_handover(
    handover: Handover, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Close a hand-over as the secretariat, without the signatures that are missing."""
    require(by, "handover.close", handover)
    move(handover, "close", by=by, expected=expected, note=note)
    _hand_over(handover)


def _hand_over(handover: Handover) -> None:
    # A term that ended early keeps that as its end.
    if handover.turn.state is not TurnState.VACATED:
        hand_over_turn(handover.turn, by=SYSTEM)
    db.session.flush()
