"""What of rotation waits for somebody: terms to confirm, exchanges to answer, hand-overs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from portal.access import visible_to
from portal.actors import Standing
from portal.database import db
from portal.language import day, localised
from portal.rotation.models import Handover, Swap, Turn
from portal.rotation.workflow import SwapState, TurnState
from portal.workflow import awaiting


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: what it is, where it belongs, and its page."""

    title: str
    alliance: str
    endpoint: str
    #: The argument of the address, and its value.
    argument: dict[str, int]


def _title(thing: Any) -> str:
    if isinstance(thing, Turn):
        return str(
            _(
                "Confirm the term from %(day)s: %(name)s",
                day=day(thing.starts_on),
                name=thing.organisation.name,
            )
        )
    if isinstance(thing, Swap):
        return str(
            _(
                "Exchange of turns: %(one)s and %(other)s",
                one=thing.turn.organisation.name,
                other=thing.other_turn.organisation.name,
            )
        )
    return str(_("Hand-over of %(organisation)s", organisation=thing.outgoing.name))


#: Noun -> its page and the name of the argument.
_PAGES: dict[Any, tuple[str, str]] = {
    Turn: ("rotation.view_turn", "turn_id"),
    Swap: ("rotation.view_swap", "swap_id"),
    Handover: ("rotation.view_handover", "handover_id"),
}


#: The nouns of this area that wait for people.
ROTATION = tuple(model.noun for model in _PAGES)


def awaited(standing: Standing, model: Any) -> ColumnElement[bool]:
    """Return the condition "this waits for this person": by the lifecycle, or by its silence.

    A near term that nobody confirmed, and an exchange that nobody answered for long, wait for the
    secretariat too, which can speak to those concerned.
    """
    found = awaiting(standing, model)
    if model is Turn:
        is_late = and_(Turn.state == TurnState.PLANNED, Turn.is_to_be_confirmed)
        return or_(found, and_(is_late, visible_to(standing, "turn.follow", Turn)))
    if model is Swap:
        is_late = and_(Swap.state == SwapState.ASKED, Swap.is_silent)
        return or_(found, and_(is_late, visible_to(standing, "swap.approve", Swap)))
    return found


def waiting_rotation(standing: Standing, limit: int) -> list[Waiting]:
    """Return what of rotation waits for somebody."""
    found: list[Waiting] = []
    for model, (endpoint, argument) in _PAGES.items():
        rows = db.session.scalars(
            select(model).where(awaited(standing, model)).order_by(model.id).limit(limit)
        )
        found += [
            Waiting(_title(each), localised(each.alliance), endpoint, {argument: each.id})
            for each in rows
        ]
    return found
