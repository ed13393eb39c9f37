"""What a guest left at a public listing, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.database import Model, Versioned, among, choice, constraints
from portal.exchange.models import Listing
from portal.guests.workflow import GuestAnswerState, waiting_in_sql

#: So long a guest's mobile number and line are kept, whatever became of the answer.
KEPT = timedelta(days=90)

AFTER_VERIFICATION = (GuestAnswerState.VERIFIED, GuestAnswerState.TAKEN_UP)


class GuestAnswer(Versioned, Model):
    """An answer of somebody without an account: an organisation's name and a mobile number."""

    __tablename__ = "guest_answer"
    __table_args__ = constraints(
        CheckConstraint("(mobile IS NULL) = (erased_at IS NOT NULL)", name="kept_or_erased"),
        CheckConstraint(
            "state <> 'taken_up' OR interest_id IS NOT NULL", name="taken_up_is_an_answer"
        ),
        # The second wall behind the write lock: the same number waits once at a listing.
        Index(
            "uq_guest_answer_waiting",
            "listing_id",
            "mobile",
            unique=True,
            sqlite_where=waiting_in_sql(),
            postgresql_where=waiting_in_sql(),
        ),
        Index(None, "alliance_id", "state"),
        Index(None, "owner_id", "state"),
        Index(None, "organisation_id", "state"),
    )
    noun = "guest_answer"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    #: Whose listing it is, and in which alliance: copied, because neither ever changes.
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    #: As the guest wrote it.
    name: Mapped[str] = mapped_column(String(120))
    #: Digits only; erased after `KEPT`.
    mobile: Mapped[str | None] = mapped_column(String(20))
    message: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[GuestAnswerState] = mapped_column(choice(GuestAnswerState))
    sent_at: Mapped[datetime]
    #: Which organisation it is, once the secretariat recorded it.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    #: The answer it became.
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(String(1000))
    erased_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])

    @hybrid_property
    def is_verified(self) -> bool:
        """Whether somebody answerable for the listing has verified it."""
        return self.state in AFTER_VERIFICATION

    @is_verified.inplace.expression
    @classmethod
    def _is_verified(cls) -> Any:
        return among(cls.state, AFTER_VERIFICATION)

    @hybrid_property
    def is_to_record(self) -> bool:
        """Whether it is verified, and the secretariat has not said which organisation it is."""
        return self.state == GuestAnswerState.VERIFIED and self.organisation_id is None

    @is_to_record.inplace.expression
    @classmethod
    def _is_to_record(cls) -> Any:
        return and_(cls.state == GuestAnswerState.VERIFIED, cls.organisation_id.is_(None))

    @hybrid_property
    def is_answerable(self) -> bool:
        """Whether its listing may be answered now."""
        return self.listing.is_answerable

    @is_answerable.inplace.expression
    @classmethod
    def _is_answerable(cls) -> Any:
        return cls.listing.has(Listing.is_answerable)

    @property
    def is_to_place(self) -> bool:
        """Whether the secretariat may say which organisation it is, or invite the guest again."""
        if self.state == GuestAnswerState.HELD:
            return self.is_answerable
        recorded = self.organisation
        return self.state == GuestAnswerState.VERIFIED and (
            recorded is None or recorded.is_without_manager
        )
