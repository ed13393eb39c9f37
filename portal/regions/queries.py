"""Questions about regions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.database import Rows, db
from portal.regions.models import Region, RegionLevel


def region_by_code(code: str) -> Region | None:
    """Return the region of a code such as `HE` or `BJ-HAIDIAN`, or None."""
    return db.session.scalar(select(Region).where(Region.code == code))


def provinces() -> Sequence[Region]:
    """Return the provinces in their official order."""
    return db.session.scalars(
        select(Region).where(Region.level == RegionLevel.PROVINCE).order_by(Region.position)
    ).all()


def ids_within(region_ids: Rows) -> Rows:
    """Return a select of the ids of the given regions and of everything below them."""
    above, below = aliased(Region), aliased(Region)
    return (
        select(below.id)
        .join(above, below.path.startswith(above.path))
        .where(above.id.in_(region_ids))
    )
