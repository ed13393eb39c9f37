"""Resolutions, the votes on them, and the actions that follow from them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    exists,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation
from portal.alliances.models import Alliance
from portal.database import (
    TRIGGERS,
    Model,
    Trigger,
    Versioned,
    among,
    choice,
    constraints,
    immutable,
)
from portal.meetings.counting import Base, Choice, Rule, Share, Verdict
from portal.meetings.resolution_workflow import UNFINISHED, ActionState, ResolutionState


class ResolutionKind(StrEnum):
    """The kinds for which charters have rules of their own."""

    GENERAL = "general"
    CHARTER = "charter"
    ELECTION = "election"
    EXPULSION = "expulsion"
    FINANCE = "finance"


class Way(StrEnum):
    """How a vote came to be filed."""

    OWN = "own"
    LINK = "link"
    SESSION = "session"
    PAPER = "paper"


class Resolution(Versioned, Model):
    """What a body is asked to decide, how it voted, and what became of it."""

    __tablename__ = "resolution"
    __table_args__ = constraints(
        Index(None, "alliance_id", "state"),
        Index(None, "meeting_id"),
        UniqueConstraint("alliance_id", "year", "sequence"),
        CheckConstraint("(closed_at IS NULL) = (verdict IS NULL)", name="closed_with_verdict"),
        CheckConstraint("(year IS NULL) = (sequence IS NULL)", name="numbered_whole"),
        CheckConstraint(
            "ended_by_id IS NULL OR (ended_by_id <> id AND ended_at IS NOT NULL)",
            name="ended_by_another",
        ),
        Index(None, "ended_by_id"),
    )
    noun = "resolution"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[ResolutionKind] = mapped_column(choice(ResolutionKind))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    #: Held on paper; only who took part and the counted figures are entered.
    is_secret: Mapped[bool]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[ResolutionState] = mapped_column(choice(ResolutionState))
    #: The rule, from those that the meeting froze at notice; set when it is tabled.
    quorum: Mapped[Share | None] = mapped_column(choice(Share, "quorum"))
    passing: Mapped[Share | None] = mapped_column(choice(Share, "passing"))
    base: Mapped[Base | None] = mapped_column(choice(Base))
    recusal_lowers: Mapped[bool | None]
    article: Mapped[str | None] = mapped_column(String(200))
    seats: Mapped[int | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    present: Mapped[int | None]
    recused: Mapped[int | None]
    yes: Mapped[int | None]
    no: Mapped[int | None]
    abstain: Mapped[int | None]
    silent: Mapped[int | None]
    verdict: Mapped[Verdict | None] = mapped_column(choice(Verdict))
    #: Its number, given when it passes.
    year: Mapped[int | None]
    sequence: Mapped[int | None]
    effective_on: Mapped[date | None]
    #: When it was superseded or repealed, and by which resolution, where that was named by number.
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    meeting: Mapped[Any] = relationship("Meeting", lazy="joined", innerjoin=True, viewonly=True)
    ended_by: Mapped[Resolution | None] = relationship(
        remote_side="Resolution.id", foreign_keys=[ended_by_id], viewonly=True
    )
    votes: Mapped[list[Vote]] = relationship(order_by="Vote.seat_id", viewonly=True)
    #: The seats that may vote on it: the roll of its meeting.
    roll: Mapped[list[Any]] = relationship(
        "Seat", primaryjoin="foreign(Seat.meeting_id) == Resolution.meeting_id", viewonly=True
    )

    @property
    def rule(self) -> Rule | None:
        """The rule it is counted by, or None before it is tabled."""
        if self.quorum is None or self.passing is None or self.base is None:
            return None
        return Rule(self.quorum, self.passing, self.base, bool(self.recusal_lowers))

    @hybrid_property
    def is_announced(self) -> Any:
        """Whether members may know of the meeting that decides it."""
        return self.meeting.is_announced

    @is_announced.inplace.expression
    @classmethod
    def _is_announced(cls) -> Any:
        meeting = cls.meeting.property.mapper.class_
        return exists(select(meeting.id).where(meeting.id == cls.meeting_id, meeting.is_announced))

    @property
    def is_voting(self) -> bool:
        """Whether votes are taken now."""
        return self.state is ResolutionState.VOTING

    @property
    def is_tabled(self) -> bool:
        """Whether it waits for its vote to be opened."""
        return self.state is ResolutionState.TABLED

    @property
    def is_closed(self) -> bool:
        """Whether its votes were counted."""
        return self.closed_at is not None

    @hybrid_property
    def is_counted_passed(self) -> Any:
        """Whether its count, which the closing operation writes, says that it passed."""
        return self.verdict == Verdict.PASSED

    @hybrid_property
    def is_counted_failed(self) -> Any:
        """Whether its count says that it did not pass, or that too few were there."""
        return (self.verdict != None) & (self.verdict != Verdict.PASSED)  # noqa: E711

    @hybrid_property
    def has_no_open_action(self) -> bool:
        """Whether everything it asked for is closed out."""
        return not any(action.state in UNFINISHED for action in self.actions)

    @has_no_open_action.inplace.expression
    @classmethod
    def _has_no_open_action(cls) -> Any:
        return ~exists(
            select(Action.id).where(Action.resolution_id == cls.id, among(Action.state, UNFINISHED))
        )

    actions: Mapped[list[Action]] = relationship(order_by="Action.id", viewonly=True)
    if TYPE_CHECKING:
        #: Whether it superseded or repealed an earlier one.
        has_ended: bool


_EARLIER = Resolution.__table__.alias("earlier")
# Read with the record, so that the page of the many that ended nothing asks for no list.
Resolution.has_ended = column_property(  # type: ignore[assignment]
    exists().where(_EARLIER.c.ended_by_id == Resolution.__table__.c.id)
)


class Vote(Model):
    """What one seat did in one vote, filed once and never changed; in a secret one only that."""

    __tablename__ = "vote"
    __table_args__ = constraints(UniqueConstraint("resolution_id", "seat_id"))
    noun = "vote"

    id: Mapped[int] = mapped_column(primary_key=True)
    resolution_id: Mapped[int] = mapped_column(ForeignKey("resolution.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    #: Nothing in a secret ballot: that it took part is all the portal knows.
    said: Mapped[Choice | None] = mapped_column(choice(Choice))
    way: Mapped[Way] = mapped_column(choice(Way))
    filed_at: Mapped[datetime]
    #: Who filed it: the delegate, or the secretary who wrote down what was voted.
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class VoteLink(Model):
    """A signed link that votes for one seat on one resolution, once."""

    __tablename__ = "vote_link"
    __table_args__ = constraints(
        Index(None, "resolution_id", "seat_id"),
        UniqueConstraint("link_id"),
    )
    noun = "vote_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    resolution_id: Mapped[int] = mapped_column(ForeignKey("resolution.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    #: Whose people it went to: the seat itself, or who held its proxy then.
    spoken_by_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    link_id: Mapped[int] = mapped_column(ForeignKey("action_link.id"))
    #: The person it was handed to, where it was not mailed.
    handed_to: Mapped[str | None] = mapped_column(String(40))

    seat: Mapped[Any] = relationship("Seat", foreign_keys=[seat_id], lazy="joined", innerjoin=True)


class Action(Versioned, Model):
    """Something a meeting asked somebody to do, followed up (督办) until closed out (销号)."""

    __tablename__ = "action"
    __table_args__ = constraints(
        Index(None, "alliance_id", "state"),
        Index(None, "owner_id", "state"),
        Index(None, "resolution_id"),
    )
    noun = "action"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))
    title: Mapped[str] = mapped_column(String(120))
    #: The organisation that does it.
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    due_on: Mapped[date]
    state: Mapped[ActionState] = mapped_column(choice(ActionState))
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime]
    report: Mapped[str | None] = mapped_column(Text)
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_unfinished(self) -> bool:
        """Whether it is still followed up."""
        return self.state in UNFINISHED

    @property
    def is_overdue(self) -> bool:
        """Whether it should be done by now and is not."""
        return self.is_unfinished and self.due_on < clock.today()


TRIGGERS += [
    *immutable("vote"),
    Trigger(
        name="vote_not_after_close",
        table="vote",
        sqlite=(
            "CREATE TRIGGER vote_not_after_close BEFORE INSERT ON vote "
            "WHEN (SELECT closed_at FROM resolution WHERE id = NEW.resolution_id) IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'the vote is closed'); END",
        ),
        postgresql=(
            "CREATE OR REPLACE FUNCTION refuse_late_vote() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF (SELECT closed_at FROM resolution WHERE id = NEW.resolution_id) "
            "IS NOT NULL THEN RAISE EXCEPTION 'the vote is closed'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER vote_not_after_close BEFORE INSERT ON vote "
            "FOR EACH ROW EXECUTE FUNCTION refuse_late_vote()",
        ),
    ),
]
