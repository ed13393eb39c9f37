"""Questions about outcomes. Every figure reads `confirmed` or `totals`: both sides said so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, case, func, or_, select

from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.database import Rows, db
from portal.outcomes.models import Outcome, OutcomeMention
from portal.outcomes.workflow import OutcomeState
from portal.workflow import awaiting

#: Rows on a page of the list.
PAGE = 20


@dataclass(frozen=True)
class Totals:
    """How many outcomes both sides confirmed, and what is known of their value in fen."""

    count: int
    across_regions: int
    value_fen: int
    technology_fen: int


def _sign() -> object:
    """Return what a row counts: one, or one less where it reverses another."""
    return case((Outcome.reverses_id.is_(None), 1), else_=-1)


def confirmed() -> Rows:
    """Return the select of what both sides confirmed, for every figure to build upon.

    Rows are (sign, outcome's columns): a reversed outcome stands there twice, once with a sign of
    -1, so that sums and counts over any of its columns come out right.
    """
    return select(_sign().label("sign"), *Outcome.__table__.columns).where(  # type: ignore[attr-defined]
        Outcome.state == OutcomeState.CONFIRMED
    )


def totals(region_ids: Collection[int] | None = None) -> Totals:
    """Return the figures of the confirmed outcomes, optionally of the provinces given.

    Confidential values count too, values given as a band alone do not; an outcome is of a
    province where either side sat in it, and across regions where they sat in different ones.
    """
    rows = confirmed().subquery()
    crosses = case((rows.c.from_region_id != rows.c.to_region_id, rows.c.sign), else_=0)
    asked: Select[tuple[int, int, int, int]] = select(
        func.coalesce(func.sum(rows.c.sign), 0),
        func.coalesce(func.sum(crosses), 0),
        func.coalesce(func.sum(rows.c.sign * func.coalesce(rows.c.value_fen, 0)), 0),
        func.coalesce(func.sum(rows.c.sign * func.coalesce(rows.c.technology_fen, 0)), 0),
    )
    if region_ids is not None:
        ids = sorted(region_ids)
        asked = asked.where(or_(rows.c.from_region_id.in_(ids), rows.c.to_region_id.in_(ids)))
    row = db.session.execute(asked).one()
    return Totals(*(int(value) for value in row))


def open_claim_for(noun: str, record_id: int) -> Outcome | None:
    """Return the claim for a record that waits for the other side, or None."""
    return db.session.scalar(
        select(Outcome).where(
            Outcome.source_noun == noun,
            Outcome.source_id == record_id,
            Outcome.state == OutcomeState.CLAIMED,
        )
    )


def counted_for(noun: str, record_id: int) -> Outcome | None:
    """Return the outcome that counts for a record: its own, or one it mentions; or None."""
    return db.session.scalar(
        select(Outcome).where(
            Outcome.is_standing,
            or_(
                (Outcome.source_noun == noun) & (Outcome.source_id == record_id),
                Outcome.id.in_(_mentioned(noun, record_id)),
            ),
        )
    )


def _mentioned(noun: str, record_id: int) -> Rows:
    """Return the select of the outcome that a record mentions, and of its corrections."""
    mention = select(OutcomeMention.outcome_id).where(
        OutcomeMention.noun == noun, OutcomeMention.record_id == record_id
    )
    named = select(Outcome.source_noun, Outcome.source_id).where(Outcome.id.in_(mention)).subquery()
    return select(Outcome.id).join(
        named,
        (named.c.source_noun == Outcome.source_noun) & (named.c.source_id == Outcome.source_id),
    )


def outcomes_for(noun: str, record_id: int) -> Sequence[Outcome]:
    """Return every outcome ever claimed for a record or mentioned by it, the newest first."""
    return db.session.scalars(
        select(Outcome)
        .where(
            Outcome.reverses_id.is_(None),
            or_(
                (Outcome.source_noun == noun) & (Outcome.source_id == record_id),
                Outcome.id.in_(_mentioned(noun, record_id)),
            ),
        )
        .order_by(Outcome.id.desc())
    ).all()


def between(one_id: int, other_id: int) -> Sequence[Outcome]:
    """Return what counts now between two organisations, the newest first."""
    return db.session.scalars(
        select(Outcome)
        .where(
            Outcome.is_standing,
            Outcome.from_id.in_((one_id, other_id)),
            Outcome.to_id.in_((one_id, other_id)),
        )
        .order_by(Outcome.id.desc())
        .limit(PAGE)
    ).all()


def outcome_page(
    standing: Standing, *, after: int | None = None, size: int = PAGE
) -> tuple[Sequence[Outcome], int | None]:
    """Return a page of the outcomes one has part in, newest first, and the next page's key."""
    asked = select(Outcome).where(
        visible_to(standing, "outcome.follow", Outcome), Outcome.reverses_id.is_(None)
    )
    if after is not None:
        asked = asked.where(Outcome.id < after)
    rows = db.session.scalars(asked.order_by(Outcome.id.desc()).limit(size + 1)).all()
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def waiting_outcomes(standing: Standing, limit: int) -> Sequence[Outcome]:
    """Return the claims that wait for this person, the longest waiting first."""
    asked = select(Outcome).where(awaiting(standing, Outcome)).order_by(Outcome.id)
    return db.session.scalars(asked.limit(limit)).all()


def outcomes_shown(standing: Standing, organisation: Organisation, limit: int) -> Sequence[Outcome]:
    """Return the outcomes of an organisation that count now and that one may see, newest first."""
    asked = select(Outcome).where(
        Outcome.is_standing,
        or_(Outcome.from_id == organisation.id, Outcome.to_id == organisation.id),
        visible_to(standing, "outcome.view", Outcome),
    )
    return db.session.scalars(
        asked.order_by(Outcome.signed_on.desc(), Outcome.id.desc()).limit(limit)
    ).all()


def correction_of(outcome: Outcome) -> Outcome | None:
    """Return the correction that is claimed or confirmed of an outcome, or None."""
    return db.session.scalar(
        select(Outcome).where(
            Outcome.corrects_id == outcome.id,
            Outcome.state.in_((OutcomeState.CLAIMED, OutcomeState.CONFIRMED)),
        )
    )
