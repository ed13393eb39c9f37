"""Reads what the planner and the operations decide on: rules, turns, members, who sits where.

Who chaired is read from the succession, so the first chairs that the secretariat entered by hand
count like those that were planned here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import Organisation
from portal.alliances.models import ChairTerm, Membership, Tier
from portal.alliances.succession import steps_of
from portal.database import among, db
from portal.rotation.cases import Span
from portal.rotation.deciding import holder
from portal.rotation.ledger import Ledger, spans_elsewhere
from portal.rotation.models import Blackout, Charter, Turn
from portal.rotation.workflow import LIVE, TurnState


def charter_of(alliance_id: int) -> Charter | None:
    """Return the rules of rotation in force, or None where none were entered."""
    return db.session.scalar(
        select(Charter)
        .where(Charter.alliance_id == alliance_id)
        .order_by(Charter.number.desc())
        .limit(1)
    )


def turns_of(alliance_id: int) -> Sequence[Turn]:
    """Return the live turns of an alliance in the order of their days."""
    return db.session.scalars(
        select(Turn)
        .where(Turn.alliance_id == alliance_id, among(Turn.state, LIVE))
        .order_by(Turn.starts_on, Turn.id)
    ).all()


def load(charter: Charter) -> Ledger:
    """Read all of it, each kind of row once."""
    memberships = eligible(charter)
    ids = {each.organisation_id for each in memberships}
    steps = _every_step()
    elsewhere = spans_elsewhere(
        [
            (each.alliance_id, each.organisation_id, each.from_at)
            for each in steps
            if each.alliance_id != charter.alliance_id
        ],
        ids,
    )
    for organisation_id, days in _planned_elsewhere(charter.alliance_id, ids):
        elsewhere.setdefault(organisation_id, []).append(days)
    return Ledger(
        charter=charter,
        turns=_all_turns(charter.alliance_id),
        steps=[each for each in steps if each.alliance_id == charter.alliance_id],
        memberships=memberships,
        blackouts=blackouts_of(charter.alliance_id),
        elsewhere=elsewhere,
        today=clock.today(),
    )


def eligible(charter: Charter) -> list[Membership]:
    """Return the members that the rules let take the chair, in protocol order."""
    rows = db.session.scalars(
        select(Membership)
        .options(joinedload(Membership.organisation).joinedload(Organisation.region))
        .where(Membership.alliance_id == charter.alliance_id, Membership.is_active)
    ).all()
    protocol = list(Tier)
    may = [each for each in rows if charter.admits(each.tier, each.organisation.kind)]
    return sorted(may, key=lambda each: (protocol.index(each.tier), each.organisation.sort_key))


def _all_turns(alliance_id: int) -> Sequence[Turn]:
    return db.session.scalars(
        select(Turn)
        .options(joinedload(Turn.organisation).joinedload(Organisation.region))
        .where(Turn.alliance_id == alliance_id)
        .order_by(Turn.starts_on, Turn.id)
    ).all()


def _every_step() -> Sequence[ChairTerm]:
    """Return the successions of all alliances in one question: some tens of rows."""
    return db.session.scalars(
        select(ChairTerm)
        .options(joinedload(ChairTerm.organisation).joinedload(Organisation.region))
        .order_by(ChairTerm.alliance_id, ChairTerm.from_at)
    ).all()


def blackouts_of(alliance_id: int) -> Sequence[Blackout]:
    """Return when members of an alliance said that they cannot take the chair."""
    return db.session.scalars(
        select(Blackout)
        .options(joinedload(Blackout.organisation))
        .where(Blackout.alliance_id == alliance_id)
        .order_by(Blackout.from_on, Blackout.id)
    ).all()


def _planned_elsewhere(alliance_id: int, ids: set[int]) -> list[tuple[int, Span]]:
    """Return the terms that some organisations are planned for in other alliances."""
    rows = db.session.execute(
        select(Turn.organisation_id, Turn.starts_on, Turn.ends_on).where(
            Turn.alliance_id != alliance_id,
            Turn.state == TurnState.PLANNED,
            among(Turn.organisation_id, sorted(ids)),
        )
    )
    return [(organisation_id, Span(start, until)) for organisation_id, start, until in rows]


def seats_elsewhere(alliance_id: int, ids: set[int]) -> dict[int, list[Span]]:
    """Return when some organisations sit in the chair of other alliances, by the succession."""
    rows = db.session.execute(
        select(ChairTerm.alliance_id, ChairTerm.organisation_id, ChairTerm.from_at)
        .where(ChairTerm.alliance_id != alliance_id)
        .order_by(ChairTerm.alliance_id, ChairTerm.from_at)
    ).all()
    return spans_elsewhere([(row[0], row[1], row[2]) for row in rows], ids)


def holder_at(alliance_id: int) -> ChairTerm | None:
    """Return the step of the succession that holds at this instant."""
    return holder(steps_of(alliance_id), clock.now())


_NEXT_PLANNED = (
    select(Turn)
    .where(
        Turn.alliance_id == bindparam("alliance", type_=Integer),
        Turn.state == TurnState.PLANNED,
        Turn.is_ahead,
    )
    .order_by(Turn.starts_on)
    .limit(1)
)


def next_planned(alliance_id: int) -> tuple[Organisation, date] | None:
    """Return who takes the chair next by the plan, though not confirmed, and from when on."""
    turn = db.session.scalar(_NEXT_PLANNED, {"alliance": alliance_id})
    return (turn.organisation, turn.starts_on) if turn else None
