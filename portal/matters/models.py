"""Matters and the steps that were recorded of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    column,
    exists,
    table,
)
from sqlalchemy import or_ as any_of
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.alliances.models import Alliance
from portal.database import Instant, Model, Versioned, choice, constraints
from portal.exchange.models import Direction, ListingKind
from portal.matters.steps import STEPS, Step
from portal.matters.workflow import MatterState

#: After so long without a step a matter is asked about.
SILENCE = timedelta(days=30)

#: The end of the silence inside SQL, asked when a statement runs.
SILENT_SINCE = bindparam(
    "silent_since", callable_=lambda: clock.now() - SILENCE, type_=Instant, unique=True
)


#: Named by hand: the class stands further down.
_MEETINGS = table("matter_meeting", column("matter_id"))


class Matter(Versioned, Model):
    """What two organisations do with an accepted answer."""

    __tablename__ = "matter"
    __table_args__ = constraints(
        CheckConstraint("told_at IS NULL OR asked_at IS NOT NULL", name="asked_before_told"),
        Index(None, "owner_id", "state"),
        Index(None, "partner_id", "state"),
        Index(None, "alliance_id", "state"),
    )
    noun = "matter"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The accepted answer it came from: one matter each, the second wall behind the write lock.
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id"), unique=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    #: Whose listing it was, and who answered it.
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: Who handles it on each side; a colleague may take it over.
    owner_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    partner_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: What was listed, as it read then.
    title: Mapped[str] = mapped_column(String(80))
    direction: Mapped[Direction] = mapped_column(choice(Direction))
    kind: Mapped[ListingKind | None] = mapped_column(choice(ListingKind))
    state: Mapped[MatterState] = mapped_column(choice(MatterState))
    #: The furthest step recorded.
    step: Mapped[Step | None] = mapped_column(choice(Step))
    created_at: Mapped[datetime]
    #: When somebody last did something with it: the silence is counted from here.
    moved_at: Mapped[datetime]
    #: When both sides were asked about the silence, and when the secretariat was told of it.
    asked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    #: Whether a meeting was ever noted, read along with the record.
    has_meetings: Mapped[bool] = column_property(exists().where(_MEETINGS.c.matter_id == id))

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[Organisation] = relationship(
        foreign_keys=[owner_id], lazy="joined", innerjoin=True
    )
    partner: Mapped[Organisation] = relationship(
        foreign_keys=[partner_id], lazy="joined", innerjoin=True
    )
    owner_person: Mapped[Person] = relationship(
        foreign_keys=[owner_person_id], lazy="joined", innerjoin=True
    )
    partner_person: Mapped[Person] = relationship(
        foreign_keys=[partner_person_id], lazy="joined", innerjoin=True
    )
    taken: Mapped[list[MatterStep]] = relationship(
        back_populates="matter", order_by="MatterStep.id"
    )

    @hybrid_property
    def is_open(self) -> Any:
        """Whether it goes on: neither on hold nor ended."""
        return self.state == MatterState.OPEN

    @hybrid_property
    def is_due(self) -> bool:
        """Whether it waits for its sides: no step yet, or none for thirty days, and not done."""
        return bool(
            self.state == MatterState.OPEN
            and (
                self.step is None
                or (self.step is not Step.DELIVERED and self.moved_at <= clock.now() - SILENCE)
            )
        )

    @is_due.inplace.expression
    @classmethod
    def _is_due(cls) -> Any:
        return and_(
            cls.state == MatterState.OPEN,
            any_of(
                cls.step.is_(None),
                and_(cls.step != Step.DELIVERED, cls.moved_at <= SILENT_SINCE),
            ),
        )

    @property
    def is_signed(self) -> bool:
        """Whether a signature was recorded: now the outcome can be."""
        return any(each.step in (Step.SIGNED, Step.DELIVERED) for each in self.taken)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that make sense for its kind, in their order."""
        return STEPS[self.kind]

    @property
    def steps_left(self) -> list[Step]:
        """The steps not recorded yet, in their order."""
        taken = {each.step for each in self.taken}
        return [step for step in self.steps if step not in taken]

    @property
    def next_step(self) -> Step | None:
        """The first step after the furthest one recorded, or None."""
        left = self.steps_left
        if self.step is None:
            return left[0]
        order = self.steps.index(self.step)
        return next((step for step in left if self.steps.index(step) > order), None)

    def other_than(self, organisation_id: int | None) -> Organisation:
        """Return the side across from an organisation; for an onlooker the one who answered."""
        return self.owner if organisation_id == self.partner_id else self.partner


class MatterStep(Model):
    """A step that one side recorded: on which day it happened, with a line where they like."""

    __tablename__ = "matter_step"
    __table_args__ = constraints(UniqueConstraint("matter_id", "step"))

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"))
    step: Mapped[Step] = mapped_column(choice(Step))
    #: The day in Shanghai on which it happened, today or earlier.
    taken_on: Mapped[date]
    line: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    #: The file it came with: an offer, a protocol of a test. It hangs on the matter as well.
    file_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    #: Which side recorded it, and who.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    matter: Mapped[Matter] = relationship(back_populates="taken")
    organisation: Mapped[Organisation] = relationship()


class MatterMeeting(Versioned, Model):
    """A meeting of the two sides that one of them noted: where, from when until when."""

    __tablename__ = "matter_meeting"
    __table_args__ = constraints(
        CheckConstraint("ends_at > begins_at", name="time_runs_forward"),
        Index(None, "matter_id", "begins_at"),
    )
    noun = "matter_meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"))
    #: What calendars know it by, whatever changes.
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    #: How often it was changed: calendars keep the highest.
    sequence: Mapped[int] = mapped_column(default=0)
    place: Mapped[str] = mapped_column(String(200))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    #: Which side noted it.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))

    matter: Mapped[Matter] = relationship()
    organisation: Mapped[Organisation] = relationship()
