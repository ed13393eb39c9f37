"""Questions about matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.database import Rows, db
from portal.exchange.models import Direction
from portal.matters.models import Matter
from portal.matters.steps import Step
from portal.matters.workflow import MatterState
from portal.prepared import Prepared
from portal.regions.models import Region
from portal.regions.queries import RegionName

#: Rows on a page of the list.
PAGE = 20


@dataclass(frozen=True)
class MatterRow:
    """One row of a list: plain values, no record behind it."""

    id: int
    title: str
    direction: Direction
    state: MatterState
    step: Step | None
    moved_at: datetime
    owner: str
    partner: str
    owner_region: RegionName
    partner_region: RegionName


def _select(*narrowed: ColumnElement[bool]) -> Rows:
    owner, partner = aliased(Organisation), aliased(Organisation)
    here, there = aliased(Region), aliased(Region)
    return (
        select(
            Matter.id,
            Matter.title,
            Matter.direction,
            Matter.state,
            Matter.step,
            Matter.moved_at,
            owner.name,
            partner.name,
            here.code,
            here.short,
            here.name,
            here.name_en,
            there.code,
            there.short,
            there.name,
            there.name_en,
        )
        .join(owner, owner.id == Matter.owner_id)
        .join(partner, partner.id == Matter.partner_id)
        .join(here, here.id == owner.region_id)
        .join(there, there.id == partner.region_id)
        .where(*narrowed)
    )


def _rows(asked: Prepared) -> list[MatterRow]:
    return [
        MatterRow(*row[:8], RegionName(*row[8:12]), RegionName(*row[12:]))  # type: ignore[call-arg]
        for row in asked.rows()
    ]


def state_asked(written: str | None) -> MatterState:
    """Return the state that a word in an address means, or the one of matters in progress."""
    return next((state for state in MatterState if state == written), MatterState.OPEN)


def matter_page(
    standing: Standing, state: MatterState, *, after: int | None = None, size: int = PAGE
) -> tuple[Sequence[MatterRow], int | None]:
    """Return a page of the matters one may see in a state, newest first, and the next key."""
    rows = _rows(_page_statement(standing, state, after, size))
    return rows[:size], rows[size - 1].id if len(rows) > size else None


@lru_cache(maxsize=512)
def _page_statement(
    standing: Standing, state: MatterState, after: int | None, size: int
) -> Prepared:
    narrowed = [visible_to(standing, "matter.view", Matter), Matter.state == state]
    if after is not None:
        narrowed.append(Matter.id < after)
    return Prepared(_select(*narrowed).order_by(Matter.id.desc()).limit(size + 1))


def waiting(standing: Standing) -> ColumnElement[bool]:
    """Return the condition "this matter waits for this person": no step, or none for long."""
    return and_(Matter.is_due, visible_to(standing, "matter.move", Matter))


def waiting_matters(standing: Standing, limit: int) -> Sequence[MatterRow]:
    """Return the matters that wait for this person, the longest silent first."""
    return _rows(_waiting_statement(standing, limit))


@lru_cache(maxsize=512)
def _waiting_statement(standing: Standing, limit: int) -> Prepared:
    asked = _select(waiting(standing)).order_by(Matter.moved_at, Matter.id)
    return Prepared(asked.limit(limit))


def matter_of(interest_id: int) -> Matter | None:
    """Return the matter that an answer became, or None."""
    return db.session.scalar(select(Matter).where(Matter.interest_id == interest_id))
