"""Questions about regions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.database import db
from portal.regions.models import Region, RegionLevel


def region_by_code(code: str) -> Region | None:
    """Return the region of a code such as `HE` or `BJ-HAIDIAN`, or None."""
    return db.session.scalar(select(Region).where(Region.code == code))


def provinces() -> Sequence[Region]:
    """Return the provinces in their official order."""
    return db.session.scalars(
        select(Region).where(Region.level == RegionLevel.PROVINCE).order_by(Region.position)
    ).all()
