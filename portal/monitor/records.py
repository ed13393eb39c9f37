"""The rows behind an indicator: only those of one's own part, each as far as one may see it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true, tuple_

from portal import clock
from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.database import among, db
from portal.exchange.anonymity import owner_shown
from portal.exchange.models import Listing
from portal.monitor.counting import Measure, was_ever_published
from portal.monitor.cube import Side
from portal.monitor.figures import Figures
from portal.monitor.indicators import Indicator
from portal.monitor.part import Part
from portal.outcomes.models import Outcome, OutcomeKind

#: Rows on a page.
PAGE = 20


def outcomes_behind(
    figures: Figures,
    indicator: Indicator,
    *,
    giver: str = "",
    taker: str = "",
    only: OutcomeKind | None = None,
    after: int | None = None,
    size: int = PAGE,
) -> tuple[Sequence[Outcome], int | None]:
    """Return a page of the outcomes that an indicator counts, newest first, and the next key.

    Those that count now: one that was reversed and its reversal make nothing together.
    """
    predicate = indicator.rows
    if predicate is None:
        return [], None
    kinds = [
        and_(Outcome.kind == kind, tuple_(Outcome.from_region_id, Outcome.to_region_id).in_(pairs))
        for kind in OutcomeKind
        if only in (None, kind) and (pairs := _pairs(figures, indicator, kind, giver, taker))
    ]
    asked = select(Outcome).where(
        Outcome.is_standing,
        Outcome.signed_on >= figures.period.from_on,
        Outcome.signed_on < figures.period.until_on,
        or_(false(), *kinds),
        own_outcomes(figures.part),
    )
    if figures.alliance is not None:
        asked = asked.where(Outcome.alliance_id == figures.alliance.id)
    if after is not None:
        asked = asked.where(Outcome.id < after)
    rows = db.session.scalars(asked.order_by(Outcome.id.desc()).limit(size + 1)).all()
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def _pairs(
    figures: Figures, indicator: Indicator, kind: OutcomeKind, giver: str, taker: str
) -> list[tuple[int, int]]:
    """Return the flows of a kind that an indicator counts, by its own condition."""
    assert indicator.rows is not None
    found = []
    for one, other in product(figures.regions.provinces, repeat=2):
        if (giver and giver != one.code) or (taker and taker != other.code):
            continue
        side = Side(Measure.OUTCOME, 0, one.id, other.id, kind.value)
        if indicator.rows(figures.basis, side):
            found.append((one.id, other.id))
    return found


def own_outcomes(part: Part) -> ColumnElement[bool]:
    """Return the condition that an outcome belongs to a part: the same as that of its figures."""
    if part.is_everything:
        return true()
    regions, alliances = sorted(part.region_ids), sorted(part.alliance_ids)
    seated = select(Organisation.id).where(among(Organisation.district_id, sorted(part.place_ids)))
    return or_(
        among(Outcome.from_region_id, regions),
        among(Outcome.to_region_id, regions),
        among(Outcome.alliance_id, alliances),
        Outcome.from_id.in_(seated),
        Outcome.to_id.in_(seated),
    )


def listings_behind(
    figures: Figures, standing: Standing, *, after: int | None = None, size: int = PAGE
) -> tuple[Sequence[Listing], int | None]:
    """Return a page of the listings posted in a period that one may see, and the next key."""
    first, end = clock.start_of(figures.period.from_on), clock.start_of(figures.period.until_on)
    asked = select(Listing).where(
        was_ever_published(),
        Listing.created_at >= first,
        Listing.created_at < end,
        own_listings(figures.part, standing),
        visible_to(standing, "listing.view", Listing),
    )
    if figures.alliance is not None:
        asked = asked.where(Listing.alliance_id == figures.alliance.id)
    if after is not None:
        asked = asked.where(Listing.id < after)
    rows = db.session.scalars(asked.order_by(Listing.id.desc()).limit(size + 1)).all()
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def own_listings(part: Part, standing: Standing) -> Any:
    """Return the condition that a listing belongs to a part.

    An anonymous one is of a province: that it is of a district would tell whose it is.
    """
    if part.is_everything:
        return true()
    seated = select(Organisation.id).where(among(Organisation.district_id, sorted(part.place_ids)))
    return or_(
        among(Listing.region_id, sorted(part.region_ids)),
        among(Listing.alliance_id, sorted(part.alliance_ids)),
        and_(Listing.organisation_id.in_(seated), owner_shown(standing)),
    )
