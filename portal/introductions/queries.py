"""Questions about introductions, and which listing could be introduced to which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import case, select

from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.database import db
from portal.exchange.anonymity import owner_shown
from portal.exchange.models import Direction, Listing
from portal.introductions.models import Introduction
from portal.regions.models import Region
from portal.regions.queries import RegionName

#: Rows on a page of the list, and counterparts offered at once.
PAGE, OFFERED = 20, 12


class Counterpart(NamedTuple):
    """A listing that another one could be introduced to."""

    id: int
    title: str
    organisation: str
    valid_until: date
    region: RegionName


def counterparts(standing: Standing, listing: Listing, written: str = "") -> list[Counterpart]:
    """Return open listings of the other direction that one may see, the likeliest first.

    Those at the same chain node, then of the same alliance, then the newest; narrowed by a part
    of the title or of the organisation's name.
    """
    other = Direction.SUPPLY if listing.direction is Direction.DEMAND else Direction.DEMAND
    at_node = Listing.chain_node_id == listing.chain_node_id
    query = (
        select(
            Listing.id,
            Listing.title,
            Organisation.name,
            Listing.valid_until,
            Region.code,
            Region.short,
            Region.name,
            Region.name_en,
        )
        .join(Organisation, Organisation.id == Listing.organisation_id)
        .join(Region, Region.id == Organisation.region_id)
        .where(
            visible_to(standing, "listing.view", Listing),
            # Whoever may not know whose it is does not introduce it either.
            owner_shown(standing),
            Listing.is_answerable,
            Listing.direction == other,
            Listing.organisation_id != listing.organisation_id,
        )
        .order_by(
            case((at_node, 0), else_=1),
            case((Listing.alliance_id == listing.alliance_id, 0), else_=1),
            Listing.listed_at.desc(),
            Listing.id.desc(),
        )
        .limit(OFFERED)
    )
    if written:
        holds = Listing.title.contains(written, autoescape=True)
        query = query.where(holds | Organisation.name.contains(written, autoescape=True))
    return [Counterpart(*row[:4], RegionName(*row[4:])) for row in db.session.execute(query)]


def introduction_page(
    standing: Standing, *, after: int | None = None, size: int = PAGE
) -> tuple[Sequence[Introduction], int | None]:
    """Return a page of the introductions one may see, newest first, and the next page's key."""
    query = select(Introduction).where(visible_to(standing, "introduction.view", Introduction))
    if after is not None:
        query = query.where(Introduction.id < after)
    rows = db.session.scalars(query.order_by(Introduction.id.desc()).limit(size + 1)).all()
    return rows[:size], rows[size - 1].id if len(rows) > size else None
