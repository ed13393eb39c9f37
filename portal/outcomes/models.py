"""Outcomes, and which further records mention one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.alliances.models import Alliance
from portal.database import TRIGGERS, Model, Trigger, Versioned, choice, constraints
from portal.outcomes.bands import Band, band_of
from portal.outcomes.workflow import OutcomeState, claimed_in_sql, counted_in_sql
from portal.regions.models import Region


class OutcomeKind(StrEnum):
    """What came of it."""

    CONTRACT = "contract"
    LANDING = "landing"
    SHARED_USE = "shared_use"
    INVESTMENT = "investment"


class Disclosure(StrEnum):
    """What others than the two sides see of its values; figures count it in any case."""

    EXACT = "exact"
    BAND = "band"
    CONFIDENTIAL = "confidential"


#: Money in fen.
_FEN = BigInteger().with_variant(Integer, "sqlite")


class Outcome(Versioned, Model):
    """What two organisations achieved together, as one of them says and the other confirms."""

    __tablename__ = "outcome"
    __table_args__ = constraints(
        # The second wall behind the write lock: one open claim, and one counted, for a record.
        Index(
            "uq_outcome_claimed",
            "source_noun",
            "source_id",
            unique=True,
            sqlite_where=claimed_in_sql(),
            postgresql_where=claimed_in_sql(),
        ),
        Index(
            "uq_outcome_counted",
            "source_noun",
            "source_id",
            unique=True,
            sqlite_where=counted_in_sql(),
            postgresql_where=counted_in_sql(),
        ),
        CheckConstraint("value_fen IS NULL OR value_fen >= 0", name="value_not_negative"),
        CheckConstraint("value_fen IS NULL OR value_band IS NULL", name="value_said_once"),
        CheckConstraint(
            "technology_fen IS NULL OR (technology_fen >= 0 AND technology_band IS NULL)",
            name="technology_said_once",
        ),
        CheckConstraint("technology_fen <= value_fen", name="technology_within_value"),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_says_when"
        ),
        CheckConstraint("claimant_id <> other_id OR state <> 'claimed'", name="two_sides"),
        Index(None, "from_id", "state"),
        Index(None, "to_id", "state"),
        Index(None, "alliance_id", "state"),
        Index(None, "other_id", "state"),
        Index(None, "alliance_id", "signed_on"),
    )
    noun = "outcome"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OutcomeKind] = mapped_column(choice(OutcomeKind))
    title: Mapped[str] = mapped_column(String(80))
    #: Who gave and who took (seller and buyer, investor and invested), and their provinces then.
    from_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    from_region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    to_region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    #: Which of the two claimed it, and which is to confirm it.
    claimant_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    signed_on: Mapped[date]
    #: Contract value (合同成交额), and how much of it is for technology (技术交易额).
    value_fen: Mapped[int | None] = mapped_column(_FEN)
    value_band: Mapped[Band | None] = mapped_column(choice(Band))
    technology_fen: Mapped[int | None] = mapped_column(_FEN)
    technology_band: Mapped[Band | None] = mapped_column(choice(Band, "technology_band"))
    disclosure: Mapped[Disclosure] = mapped_column(choice(Disclosure))
    contract_number: Mapped[str | None] = mapped_column(String(60))
    #: The original was seen and no copy kept, where no file hangs on it.
    original_seen: Mapped[bool]
    #: The record it came from, which no other outcome may count for.
    source_noun: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[int]
    state: Mapped[OutcomeState] = mapped_column(choice(OutcomeState))
    claimed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    #: Whether each side agrees that everyone may see it.
    from_publishes: Mapped[bool]
    to_publishes: Mapped[bool]
    #: The confirmed outcome it takes the place of, once it is confirmed itself.
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"))
    #: The confirmed outcome it takes out of the figures: the same row once more, counted less.
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"), unique=True)
    #: When it was reversed.
    released_at: Mapped[datetime | None]

    alliance: Mapped[Alliance] = relationship()
    from_organisation: Mapped[Organisation] = relationship(
        foreign_keys=[from_id], lazy="joined", innerjoin=True
    )
    to_organisation: Mapped[Organisation] = relationship(
        foreign_keys=[to_id], lazy="joined", innerjoin=True
    )
    from_region: Mapped[Region] = relationship(
        foreign_keys=[from_region_id], lazy="joined", innerjoin=True
    )
    to_region: Mapped[Region] = relationship(
        foreign_keys=[to_region_id], lazy="joined", innerjoin=True
    )

    @hybrid_property
    def is_standing(self) -> bool:
        """Whether it counts now: confirmed by both sides and not reversed."""
        return (
            self.state == OutcomeState.CONFIRMED
            and self.released_at is None
            and self.reverses_id is None
        )

    @is_standing.inplace.expression
    @classmethod
    def _is_standing(cls) -> Any:
        return and_(
            cls.state == OutcomeState.CONFIRMED,
            cls.released_at.is_(None),
            cls.reverses_id.is_(None),
        )

    @hybrid_property
    def is_published(self) -> bool:
        """Whether it counts now and both sides agree that everyone may see it."""
        return self.is_standing and self.from_publishes and self.to_publishes

    @is_published.inplace.expression
    @classmethod
    def _is_published(cls) -> Any:
        return and_(cls.is_standing, cls.from_publishes, cls.to_publishes)

    @hybrid_property
    def is_exact(self) -> Any:
        """Whether others see its values as they are."""
        return self.disclosure == Disclosure.EXACT

    @hybrid_property
    def is_banded(self) -> Any:
        """Whether others see the bands of its values."""
        return self.disclosure == Disclosure.BAND

    @property
    def is_alive(self) -> bool:
        """Whether it counts now or waits to be confirmed."""
        return self.is_standing or self.state is OutcomeState.CLAIMED

    @property
    def is_reversal(self) -> bool:
        """Whether it only takes another one out of the figures."""
        return self.reverses_id is not None

    @property
    def value_in_band(self) -> Band | None:
        """The band of the contract value, however it was given."""
        return self.value_band if self.value_fen is None else band_of(self.value_fen)

    @property
    def technology_in_band(self) -> Band | None:
        """The band of the technology value, however it was given."""
        return self.technology_band if self.technology_fen is None else band_of(self.technology_fen)

    def publishes(self, organisation_id: int | None) -> bool:
        """Tell whether one of its sides agrees that everyone may see it."""
        return self.from_publishes if organisation_id == self.from_id else self.to_publishes


class OutcomeMention(Model):
    """A further record that speaks of an outcome, so that it is not counted again there."""

    __tablename__ = "outcome_mention"

    noun: Mapped[str] = mapped_column(String(40), primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)


#: What was confirmed. The organisations are left out, for two records of one may be merged; so is
#: what each side agrees to show, and when it was reversed.
FROZEN = (
    "kind, title, from_region_id, to_region_id, alliance_id, signed_on, value_fen, value_band, "
    "technology_fen, technology_band, disclosure, contract_number, original_seen, source_noun, "
    "source_id, state, claimed_by_id, claimed_at, confirmed_by_id, confirmed_at, corrects_id, "
    "reverses_id"
)

TRIGGERS += [
    Trigger(
        name="outcome_confirmed_stays",
        table="outcome",
        sqlite=(
            f"CREATE TRIGGER outcome_confirmed_stays BEFORE UPDATE OF {FROZEN} ON outcome "
            "WHEN OLD.state = 'confirmed' "
            "BEGIN SELECT RAISE(ABORT, 'a confirmed outcome is corrected by reversal'); END",
        ),
        postgresql=(
            f"CREATE TRIGGER outcome_confirmed_stays BEFORE UPDATE OF {FROZEN} ON outcome "
            "FOR EACH ROW WHEN (OLD.state = 'confirmed') EXECUTE FUNCTION refuse_change()",
        ),
    ),
    Trigger(
        name="outcome_no_delete",
        table="outcome",
        sqlite=(
            "CREATE TRIGGER outcome_no_delete BEFORE DELETE ON outcome "
            "BEGIN SELECT RAISE(ABORT, 'outcome is append-only'); END",
        ),
        postgresql=(
            "CREATE TRIGGER outcome_no_delete BEFORE DELETE ON outcome "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        ),
    ),
]
