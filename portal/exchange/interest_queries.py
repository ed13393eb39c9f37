"""Questions about interests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, case, select
from sqlalchemy.orm import aliased

from portal import clock, journal
from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.database import Rows, among, db
from portal.exchange.anonymity import name_shown
from portal.exchange.models import Direction, Interest, Listing
from portal.exchange.workflow import InterestState
from portal.prepared import NOTHING, Prepared
from portal.regions.models import Region
from portal.regions.queries import RegionName
from portal.roles import Role
from portal.workflow import awaiting

#: Rows on a page of a list.
PAGE = 20
#: A listing's own page shows no more answers than this.
ANSWERS = 100
#: An interest that waited too long without an answer, beside the stored states.
LAPSED = "lapsed"


@dataclass(frozen=True)
class InterestRow:
    """One row of a list: plain values, no record behind it."""

    id: int
    message: str
    state: InterestState
    sent_at: datetime
    expires_at: datetime
    direction: Direction
    title: str
    #: The other side: who answered, or whose listing was answered; None where it is hidden.
    organisation: str | None
    region: RegionName

    @property
    def state_now(self) -> str:
        """The state as people read it: `lapsed` where the time to answer has passed."""
        is_lapsed = self.state is InterestState.SENT and self.expires_at <= clock.now()
        return LAPSED if is_lapsed else self.state.value


def _select(
    *narrowed: ColumnElement[bool], received: bool, standing: Standing | None = None
) -> Rows:
    """Return the select of rows as one of the two sides sees them.

    Whose listing one answered may be hidden from `standing`; who answered is not.
    """
    other, region = aliased(Organisation), aliased(Region)
    side: Any = Interest.organisation_id if received else Interest.owner_id
    return (
        select(
            Interest.id,
            Interest.message,
            Interest.state,
            Interest.sent_at,
            Interest.expires_at,
            Interest.listing_direction,
            Interest.listing_title,
            other.name if standing is None else name_shown(standing, other),
            region.code,
            region.short,
            region.name,
            region.name_en,
        )
        .join(other, other.id == side)
        .join(region, region.id == other.region_id)
        .join(Listing, Listing.id == Interest.listing_id)
        .where(*narrowed)
    )


def _rows(asked: Prepared, values: Mapping[str, Any] = NOTHING) -> list[InterestRow]:
    return [
        InterestRow(*row[:8], RegionName(*row[8:]))  # type: ignore[call-arg]
        for row in asked.rows(values)
    ]


_ANSWERS = Prepared(
    _select(Interest.listing_id == bindparam("listing", type_=Integer), received=True)
    .order_by(Interest.id.desc())
    .limit(ANSWERS)
)
_OWN = (
    select(Interest)
    .where(
        Interest.listing_id == bindparam("listing", type_=Integer),
        Interest.organisation_id == bindparam("organisation", type_=Integer),
    )
    .order_by(Interest.id.desc())
    .limit(1)
)


def interests_in(listing_id: int) -> Sequence[InterestRow]:
    """Return the answers to a listing, newest first, at most `ANSWERS`."""
    return _rows(_ANSWERS, {"listing": listing_id})


def own_interest(listing_id: int, organisation_id: int | None) -> Interest | None:
    """Return the newest answer of an organisation to a listing, or None."""
    return db.session.scalar(_OWN, {"listing": listing_id, "organisation": organisation_id})


def why_lapsed(interest: Interest) -> str | None:
    """Return why the time of an answer ended early: closed, recalled, left; None if it did not."""
    if not interest.is_lapsed:
        return None
    reason = None
    for line, detail in journal.lines_about(Interest.noun, interest.id):
        if line.verb == "interest.lapse":
            # Lines from before reasons were kept were all written when a listing closed.
            reason = (detail or {}).get("because", "closed")
    return reason


def interest_page(
    standing: Standing, *, received: bool, after: int | None = None, size: int = PAGE
) -> tuple[Sequence[InterestRow], int | None]:
    """Return a page of the interests received or sent, newest first, and the next page's key."""
    rows = _rows(_page_statement(standing, received, after, size))
    return rows[:size], rows[size - 1].id if len(rows) > size else None


@lru_cache(maxsize=512)
def _page_statement(standing: Standing, received: bool, after: int | None, size: int) -> Prepared:
    side = Interest.owner_id if received else Interest.organisation_id
    narrowed = [
        visible_to(standing, "interest.view", Interest),
        among(side, sorted(standing[Role.DELEGATE])),
    ]
    if after is not None:
        narrowed.append(Interest.id < after)
    page = _select(*narrowed, received=received, standing=None if received else standing)
    return Prepared(page.order_by(Interest.id.desc()).limit(size + 1))


def waiting_interests(standing: Standing, limit: int) -> Sequence[InterestRow]:
    """Return the answers that wait for this person, the longest waiting first."""
    return _rows(_waiting_statement(standing, limit))


@lru_cache(maxsize=512)
def _waiting_statement(standing: Standing, limit: int) -> Prepared:
    waiting = _select(awaiting(standing, Interest), received=True)
    return Prepared(waiting.order_by(Interest.id).limit(limit))


def sent_interests(standing: Standing, limit: int) -> Sequence[InterestRow]:
    """Return the interests one's organisation sent: accepted ones first, then the newest."""
    return _rows(_sent_statement(standing, limit))


@lru_cache(maxsize=512)
def _sent_statement(standing: Standing, limit: int) -> Prepared:
    sent = _select(
        visible_to(standing, "interest.view", Interest),
        among(Interest.organisation_id, sorted(standing[Role.DELEGATE])),
        received=False,
        standing=standing,
    )
    is_accepted = case((Interest.state == InterestState.ACCEPTED, 0), else_=1)
    return Prepared(sent.order_by(is_accepted, Interest.id.desc()).limit(limit))
