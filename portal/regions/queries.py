"""Questions about regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from portal.database import db
from portal.regions.models import Region, RegionLevel


class RegionName(NamedTuple):
    """What a chip shows of a region."""

    code: str
    short: str
    name: str
    name_en: str


def region_by_code(code: str) -> Region | None:
    """Return the region of a code such as `HE` or `BJ-HAIDIAN`, or None."""
    return db.session.scalar(select(Region).where(Region.code == code))


def provinces() -> Sequence[Region]:
    """Return the provinces in their official order."""
    return db.session.scalars(
        select(Region).where(Region.level == RegionLevel.PROVINCE).order_by(Region.position)
    ).all()


def region_tree() -> Sequence[Region]:
    """Return the tree of regions: each province in its order, then what lies in it."""
    regions = db.session.scalars(select(Region).order_by(Region.position, Region.id)).all()
    below: dict[int | None, list[Region]] = {}
    for region in regions:
        below.setdefault(region.parent_id, []).append(region)
    found: list[Region] = []

    def walk(parent_id: int | None) -> None:
        for region in below.get(parent_id, ()):
            found.append(region)
            walk(region.id)

    walk(None)
    return found
