"""What the tiers of an alliance pay in a year, and the line of each member. Money is in fen."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation
from portal.alliances.models import Alliance, Tier
from portal.database import Model, Versioned, choice, constraints
from portal.dues.workflow import DueState

_LARGE = BigInteger().with_variant(Integer, "sqlite")


class PaymentMethod(StrEnum):
    """How dues come in."""

    TRANSFER = "transfer"
    CHEQUE = "cheque"
    CASH = "cash"
    OTHER = "other"


class DuesYear(Versioned, Model):
    """A year for which an alliance asks dues, and the day by which they are to be paid."""

    __tablename__ = "dues_year"
    __table_args__ = constraints(UniqueConstraint("alliance_id", "year"))
    noun = "dues_year"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    year: Mapped[int]
    due_on: Mapped[date]

    rates: Mapped[list[DuesRate]] = relationship(cascade="all, delete-orphan")


class DuesRate(Model):
    """What members of a tier pay in a year; a tier without a rate pays nothing."""

    __tablename__ = "dues_rate"
    __table_args__ = constraints(CheckConstraint("amount_fen > 0", name="amount_positive"))

    dues_year_id: Mapped[int] = mapped_column(
        ForeignKey("dues_year.id"), primary_key=True, autoincrement=False
    )
    tier: Mapped[Tier] = mapped_column(choice(Tier, "dues_rate_tier"), primary_key=True)
    amount_fen: Mapped[int] = mapped_column(_LARGE)


class Due(Versioned, Model):
    """What one member owes for one year, and what came in of it."""

    __tablename__ = "due"
    __table_args__ = constraints(
        UniqueConstraint("dues_year_id", "organisation_id"),
        Index(None, "organisation_id"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("paid_fen >= 0 AND paid_fen <= amount_fen", name="paid_within_amount"),
        CheckConstraint("(paid_fen > 0) = (paid_on IS NOT NULL)", name="paid_on_a_day"),
        CheckConstraint("(paid_on IS NULL) = (method IS NULL)", name="paid_by_a_method"),
        CheckConstraint("(state = 'paid') = (paid_fen = amount_fen)", name="paid_in_full"),
    )
    noun = "due"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    dues_year_id: Mapped[int] = mapped_column(ForeignKey("dues_year.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The tier as it was when the amount was set.
    tier: Mapped[Tier] = mapped_column(choice(Tier, "due_tier"))
    amount_fen: Mapped[int] = mapped_column(_LARGE)
    #: Why it is another amount than the tier's; nothing where it is the tier's.
    reason: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[DueState] = mapped_column(choice(DueState))
    paid_fen: Mapped[int] = mapped_column(_LARGE, default=0)
    #: The day and way of the last payment; each stands in the record of steps.
    paid_on: Mapped[date | None]
    method: Mapped[PaymentMethod | None] = mapped_column(choice(PaymentMethod))
    invoice: Mapped[str | None] = mapped_column(String(40))

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    dues_year: Mapped[DuesYear] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_overdue(self) -> bool:
        """Whether it should be paid by now and is not."""
        return self.state is DueState.OPEN and self.dues_year.due_on < clock.today()

    @property
    def left_fen(self) -> int:
        """What has not come in of it, whether it is still asked for or waived."""
        return self.amount_fen - self.paid_fen
