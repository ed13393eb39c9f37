"""An introduction between a demand and a supply."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.database import NOW, Model, Versioned, choice, constraints
from portal.exchange.models import Listing
from portal.introductions.workflow import IntroductionState, holding_in_sql

OPEN = (IntroductionState.ASKED, IntroductionState.AGREED)


class Introduction(Versioned, Model):
    """The proposal that the owners of two listings speak to each other."""

    __tablename__ = "introduction"
    __table_args__ = constraints(
        # The second wall behind the write lock: one open introduction for a pair.
        Index(
            "uq_introduction_holding",
            "demand_id",
            "supply_id",
            unique=True,
            sqlite_where=holding_in_sql(),
            postgresql_where=holding_in_sql(),
        ),
        CheckConstraint(
            "state NOT IN ('accepted', 'declined', 'withdrawn') OR released_at IS NOT NULL",
            name="ended_is_released",
        ),
        CheckConstraint(
            "(state = 'accepted') = (interest_id IS NOT NULL)", name="accepted_is_an_answer"
        ),
        Index(None, "demand_owner_id", "state"),
        Index(None, "supply_owner_id", "state"),
        Index(None, "alliance_id", "state"),
        Index(None, "proposed_by_id"),
    )
    noun = "introduction"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    supply_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    #: Whose listings they are: copied, because neither ever changes.
    demand_owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    supply_owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: Whose secretariat sees it.
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Why they belong together.
    line: Mapped[str] = mapped_column(String(300))
    state: Mapped[IntroductionState] = mapped_column(choice(IntroductionState))
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: Which side is still to answer, once the other agreed; and who agreed for it.
    waiting_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The accepted answer it became.
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(String(1000))
    #: Set when it no longer holds its pair: it ended, or lapsed and another followed.
    released_at: Mapped[datetime | None]

    demand: Mapped[Listing] = relationship(foreign_keys=[demand_id], lazy="joined", innerjoin=True)
    supply: Mapped[Listing] = relationship(foreign_keys=[supply_id], lazy="joined", innerjoin=True)
    demand_owner: Mapped[Organisation] = relationship(foreign_keys=[demand_owner_id])
    supply_owner: Mapped[Organisation] = relationship(foreign_keys=[supply_owner_id])
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])

    @hybrid_property
    def is_live(self) -> Any:
        """Whether it still waits within its time."""
        return self.expires_at > clock.now()

    @is_live.inplace.expression
    @classmethod
    def _is_live(cls) -> Any:
        return cls.expires_at > NOW

    @property
    def is_lapsed(self) -> bool:
        """Whether it waited too long for both answers."""
        return self.state in OPEN and not self.is_live

    @property
    def state_now(self) -> str:
        """The state as people read it: `lapsed` where the time to answer has passed."""
        return "lapsed" if self.is_lapsed else self.state.value
