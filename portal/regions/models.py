"""The tree of regions."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Model, Versioned, choice, constraints


class RegionLevel(StrEnum):
    """The levels of the tree that matter here."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"


class Region(Versioned, Model):
    """A province, city or district. `path` holds the ids from the province down: `3/17/`."""

    __tablename__ = "region"
    __table_args__ = constraints(
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_on_earth"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_on_earth"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="centre_is_whole"),
    )
    noun = "region"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    path: Mapped[str] = mapped_column(String(60), index=True)
    level: Mapped[RegionLevel] = mapped_column(choice(RegionLevel))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80))
    short: Mapped[str] = mapped_column(String(8))
    colour: Mapped[str | None] = mapped_column(String(7))
    position: Mapped[int]
    #: The centre (WGS 84, degrees) that distances are measured from; unknown where it is too wide.
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)

    parent: Mapped[Region | None] = relationship(remote_side=[id])
