"""How the rooms above write into the succession of the chair: a step added, or one taken back.

Plain functions, called inside an operation that has asked for its permission. What has begun is
never touched: a holder is told from now on by a new step, and only a step that is still to come
can be taken back. So there is exactly one holder at every instant, whoever writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.accounts.operations import note_new_rights
from portal.actors import Actor
from portal.alliances.models import ChairTerm
from portal.database import db
from portal.errors import Refused


def seat(
    alliance_id: int,
    organisation_id: int,
    person_id: int,
    *,
    from_at: datetime,
    by: Actor,
    is_acting: bool = False,
) -> ChairTerm:
    """Let an organisation hold the chair from an instant (aware, UTC) on, now or later.

    A step of the same organisation at that instant is taken over. Raises `Refused` for an
    instant that has passed, and where another organisation's step begins at it.
    """
    there = db.session.scalars(
        select(ChairTerm).where(ChairTerm.alliance_id == alliance_id, ChairTerm.from_at == from_at)
    ).all()
    term = taken_over(there, organisation_id, from_at=from_at)
    if term is None:
        term = ChairTerm(alliance_id=alliance_id, organisation_id=organisation_id, from_at=from_at)
        db.session.add(term)
    term.person_id, term.is_acting, term.vacated_at = person_id, is_acting, None
    db.session.flush()
    db.session.expire(term, ["organisation", "person"])
    journal.note("succession.appoint", term, by=by)
    note_new_rights(person_id)
    return term


def taken_over(
    steps: Sequence[ChairTerm], organisation_id: int, *, from_at: datetime
) -> ChairTerm | None:
    """Return which of some steps an organisation takes over that is seated from an instant on.

    Asks no database. Raises `Refused` as `seat` does.
    """
    if from_at < clock.now():
        raise Refused(_l("This day has passed, and what was is not rewritten."))
    term = next((each for each in steps if each.from_at == from_at), None)
    if term is not None and term.organisation_id != organisation_id:
        raise Refused(_l("Another term begins at that moment."))
    return term


def refuse_begun(term: ChairTerm) -> None:
    """Raise `Refused` for a step of the succession that has begun. Asks no database."""
    if term.from_at <= clock.now():
        raise Refused(_l("The term has begun, and what was is not rewritten."))


def take_back(term: ChairTerm, *, by: Actor) -> None:
    """Take a step out of the succession that has not begun; whoever sits goes on.

    Raises `Refused` for one that has.
    """
    refuse_begun(term)
    journal.note("succession.take_back", term, by=by)
    db.session.delete(term)
    db.session.flush()


def vacate(term: ChairTerm, *, by: Actor) -> None:
    """End a step with nobody after it: the chair stands empty until somebody is entered."""
    term.vacated_at = clock.now()
    db.session.flush()
    journal.note("succession.vacate", term, by=by)


def steps_of(alliance_id: int) -> list[ChairTerm]:
    """Return every step of an alliance's succession in the order of time."""
    return list(
        db.session.scalars(
            select(ChairTerm)
            .where(ChairTerm.alliance_id == alliance_id)
            .order_by(ChairTerm.from_at)
        )
    )
