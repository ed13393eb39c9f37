"""Kept cells: sums of a day or a month, and up to which line of the journal they are counted."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model, choice, constraints
from portal.monitor.counting import Measure

_LARGE = BigInteger().with_variant(Integer, "sqlite")


class Grain(StrEnum):
    """How long a time a cell sums up: a year of days would be as many rows as outcomes."""

    DAY = "day"
    MONTH = "month"


class IndicatorCell(Model):
    """A sum of one day, or of the month that begins on it. Made from rows, never typed."""

    __tablename__ = "indicator_cell"
    __table_args__ = constraints(
        # In the order in which a page reads: a grain, its days, then all that is of them.
        UniqueConstraint(
            "grain",
            "day",
            "measure",
            "alliance_id",
            "from_region_id",
            "to_region_id",
            "kind",
            name="uq_indicator_cell_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grain: Mapped[Grain] = mapped_column(choice(Grain))
    day: Mapped[date]
    measure: Mapped[Measure] = mapped_column(choice(Measure))
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    #: The same region twice where a measure is no flow.
    from_region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    to_region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    #: What the measure says it is (`counting.Measure`).
    kind: Mapped[str] = mapped_column(String(24))
    count: Mapped[int]
    valued: Mapped[int]
    value_fen: Mapped[int] = mapped_column(_LARGE)
    technical: Mapped[int]
    technology_fen: Mapped[int] = mapped_column(_LARGE)


class IndicatorState(Model):
    """Up to which line of the journal the cells are counted: one row."""

    __tablename__ = "indicator_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    journal_number: Mapped[int] = mapped_column(_LARGE)
    computed_at: Mapped[datetime]
