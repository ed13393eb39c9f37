"""What a term still has to do: what the chair's workspace lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from portal.alliances.models import Alliance
from portal.database import db
from portal.rotation.handing_over import handover_of
from portal.rotation.history import holder_at, turns_of
from portal.rotation.models import CONFIRMED_AHEAD, Turn
from portal.rotation.workflow import TurnState


@dataclass(frozen=True)
class Task:
    """One thing a term still has to do, by which day, and where."""

    name: str
    #: Endpoint and what it is about; nothing where there is no page for it.
    endpoint: str | None
    turn_id: int | None
    due_on: date | None
    is_done: bool


def turn_of_chair(alliance_id: int) -> Turn | None:
    """Return the turn of whoever sits in the chair now, or None where it was entered by hand."""
    holder = holder_at(alliance_id)
    if holder is None:
        return None
    return db.session.scalar(select(Turn).where(Turn.chair_term_id == holder.id))


def tasks_of(alliance: Alliance, turn: Turn | None) -> list[Task]:
    """Return what a term still has to do, and what it has done, in the order of their days."""
    if turn is None:
        return []
    following = next(
        (each for each in turns_of(alliance.id) if each.starts_on >= turn.ends_on), None
    )
    handover = handover_of(turn)
    found = [
        Task(
            _("Write the programme of the term"),
            "rotation.draft_programme",
            turn.id,
            turn.starts_on + timedelta(days=30),
            bool(turn.programme),
        ),
        Task(
            _("Approve the programme of the term"),
            "rotation.view_turn",
            turn.id,
            turn.starts_on + timedelta(days=30),
            turn.programme_approved_at is not None,
        ),
        Task(
            _("Write and sign the hand-over"),
            "rotation.view_turn",
            turn.id,
            turn.last_day,
            handover is not None and handover.signed_at is not None,
        ),
    ]
    if following is not None:
        found.append(
            Task(
                _("%(name)s confirms the next term", name=following.organisation.name),
                "rotation.view_turn",
                following.id,
                following.starts_on - CONFIRMED_AHEAD,
                following.state is not TurnState.PLANNED,
            )
        )
    return sorted(found, key=lambda task: (task.is_done, task.due_on or date.max))
