"""Figures of the exchange: counts of everything, for the front page and for a region."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from portal.accounts.models import Organisation
from portal.database import db
from portal.exchange.models import Direction, Interest, Listing
from portal.exchange.workflow import InterestState, ListingState


@dataclass(frozen=True)
class ExchangeFigures:
    """The figures of the front page and of a liaison's region."""

    open_demands: int
    open_supplies: int
    introductions: int
    across_regions: int


def figures(region_ids: Collection[int] | None = None) -> ExchangeFigures:
    """Return how many listings are open and how many introductions were made.

    Counts only, over everything (confidential rows too), optionally for the organisations of
    some provinces; an introduction is an accepted interest, across regions where the two
    organisations sit in different provinces (indicator 9 of DOMAIN §4).
    """
    is_open = and_(Listing.state == ListingState.PUBLISHED, Listing.is_within_validity)
    answering = Organisation
    where = []
    if region_ids is not None:
        # A liaison of a city counts its organisations; one of a province also has its cities.
        ids = sorted(region_ids)
        mine = select(Organisation.id).where(
            or_(Organisation.region_id.in_(ids), Organisation.district_id.in_(ids))
        )
        where = [Listing.organisation_id.in_(mine)]
    demands, supplies = (
        select(func.count()).where(is_open, Listing.direction == direction, *where)
        for direction in (Direction.DEMAND, Direction.SUPPLY)
    )
    accepted = (
        select(func.count())
        .select_from(Interest)
        .join(Listing, Listing.id == Interest.listing_id)
        .join(answering, answering.id == Interest.organisation_id)
        .where(Interest.state == InterestState.ACCEPTED, *where)
    )
    row = db.session.execute(
        select(
            demands.scalar_subquery(),
            supplies.scalar_subquery(),
            accepted.scalar_subquery(),
            accepted.where(answering.region_id != Listing.region_id).scalar_subquery(),
        )
    ).one()
    return ExchangeFigures(*row)
