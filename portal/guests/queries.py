"""Questions about guests' answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select

from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.accounts.naming import normal_name
from portal.actors import Standing
from portal.database import db
from portal.exchange.anonymity import title_shown
from portal.exchange.models import Direction, Listing
from portal.guests.models import GuestAnswer
from portal.guests.workflow import GuestAnswerState
from portal.organisations.queries import organisations_like
from portal.prepared import Prepared
from portal.regions.models import Region
from portal.regions.queries import provinces
from portal.regions.working_days import lateness
from portal.workflow import awaiting

#: Rows on a page of the list.
PAGE = 20


@dataclass(frozen=True)
class GuestRow:
    """One row of a list: plain values, no record behind it."""

    id: int
    name: str
    message: str | None
    state: GuestAnswerState
    sent_at: datetime
    direction: Direction
    title: str

    @property
    def lateness(self) -> str | None:
        """Whether the day by which it should be verified is `today`, or has passed (`late`)."""
        return lateness(self.sent_at) if self.state is GuestAnswerState.HELD else None


def _rows(standing: Standing) -> Select[Any]:
    return (
        select(
            GuestAnswer.id,
            GuestAnswer.name,
            GuestAnswer.message,
            GuestAnswer.state,
            GuestAnswer.sent_at,
            Listing.direction,
            title_shown(standing),
        )
        .select_from(GuestAnswer)
        .join(Listing, Listing.id == GuestAnswer.listing_id)
    )


def guest_page(
    standing: Standing, *, listing_id: int | None = None, after: int | None = None, size: int = PAGE
) -> tuple[Sequence[GuestRow], int | None]:
    """Return a page of the guests' answers one may see, newest first, and the next page's key."""
    query = _rows(standing).where(visible_to(standing, "guest_answer.view", GuestAnswer))
    if listing_id is not None:
        query = query.where(GuestAnswer.listing_id == listing_id)
    if after is not None:
        query = query.where(GuestAnswer.id < after)
    found = db.session.execute(query.order_by(GuestAnswer.id.desc()).limit(size + 1))
    rows = [GuestRow(*row) for row in found]
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def waiting_guests(standing: Standing, limit: int) -> Sequence[GuestRow]:
    """Return the guests' answers that wait for this person, the longest waiting first."""
    return [GuestRow(*row) for row in _waiting_statement(standing, limit).rows()]


@lru_cache(maxsize=512)
def _waiting_statement(standing: Standing, limit: int) -> Prepared:
    waiting = _rows(standing).where(awaiting(standing, GuestAnswer))
    return Prepared(waiting.order_by(GuestAnswer.id).limit(limit))


def organisations_meant(guest: GuestAnswer) -> Sequence[Organisation]:
    """Return the organisations a guest may have meant, the exact one first, never the poster."""
    return [each for each in organisations_like(guest.name) if each.id != guest.owner_id]


def is_exactly(organisation: Organisation, written: str) -> bool:
    """Tell whether an organisation is called exactly what somebody wrote."""
    return organisation.normal_name == normal_name(written)


def province_in(name: str, places: Sequence[Region] | None = None) -> Region | None:
    """Return the province that an organisation's name begins with or holds, or None."""
    return next((each for each in places or provinces() if each.name[:2] in name), None)
