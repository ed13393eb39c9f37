"""The charter's rules of rotation, turns, blackouts, exchanges of turns, and hand-overs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
)
from sqlalchemy import Date as Day
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.alliances.models import Alliance, ChairTerm, Tier
from portal.database import TODAY, Instant, Model, Versioned, choice, constraints
from portal.meetings.resolution_models import Resolution
from portal.rotation.cases import Order
from portal.rotation.workflow import OPEN, HandoverState, SwapState, TurnState

#: From so long before its first day a term is confirmed.
CONFIRMED_AHEAD = timedelta(days=30)
#: Months of a term.
SHORTEST, LONGEST = 1, 36
#: Days after which an exchange that nobody answered is the secretariat's too.
PATIENCE = 7

#: The last day on which a term that begins is to be confirmed: asked when a statement runs.
SOON = bindparam(
    "rotation_soon", callable_=lambda: clock.today() + CONFIRMED_AHEAD, type_=Day, unique=True
)

LONG_AGO = bindparam(
    "rotation_patience",
    callable_=lambda: clock.now() - timedelta(days=PATIENCE),
    type_=Instant,
    unique=True,
)


class ActingRule(StrEnum):
    """Who takes a chair that becomes vacant (代行职责)."""

    #: Whoever is next by the plan.
    INCOMING = "incoming"
    #: A vice-chair organisation, in protocol order.
    VICE_CHAIR = "vice_chair"


class Charter(Model):
    """One version of an alliance's rules of rotation; versions are added, never changed."""

    __tablename__ = "charter"
    __table_args__ = constraints(
        UniqueConstraint("alliance_id", "number"),
        CheckConstraint(f"term_months BETWEEN {SHORTEST} AND {LONGEST}", name="months_in_range"),
        CheckConstraint("max_region_run IS NULL OR max_region_run > 0", name="run_positive"),
        CheckConstraint("cooling_off_terms >= 0", name="cooling_not_negative"),
        CheckConstraint("max_at_once > 0", name="at_once_positive"),
    )
    noun = "charter"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    #: 1 for the first version.
    number: Mapped[int]
    term_months: Mapped[int]
    #: Whom the founding papers name as the first chair, if anybody.
    first_chair_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    order: Mapped[Order] = mapped_column("order_rule", choice(Order))
    #: Values of `Tier` and `OrganisationKind`; an empty list leaves out nobody.
    tiers: Mapped[list[str]] = mapped_column(JSON)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    cooling_off_terms: Mapped[int]
    max_region_run: Mapped[int | None]
    everyone_before_anyone_twice: Mapped[bool]
    #: At how many alliances one organisation may sit in the chair at once.
    max_at_once: Mapped[int]
    acting: Mapped[ActingRule] = mapped_column(choice(ActingRule))
    #: The resolution it rests on.
    basis: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    alliance: Mapped[Alliance] = relationship()
    first_chair: Mapped[Organisation | None] = relationship()

    def admits(self, tier: Tier, kind: OrganisationKind) -> bool:
        """Tell whether a member of a tier and kind may take the chair."""
        return (not self.tiers or tier.value in self.tiers) and (
            not self.kinds or kind.value in self.kinds
        )


class Blackout(Model):
    """A stretch of days, half-open, in which a member cannot take the chair (不便承担)."""

    __tablename__ = "blackout"
    __table_args__ = constraints(
        CheckConstraint("from_on < until_on", name="days_in_order"),
        Index(None, "alliance_id", "organisation_id"),
    )
    noun = "blackout"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(200))

    organisation: Mapped[Organisation] = relationship()


class Turn(Versioned, Model):
    """A term in the chair as it was planned for a member: days in Shanghai, half-open."""

    __tablename__ = "turn"
    __table_args__ = constraints(
        CheckConstraint("starts_on < ends_on", name="days_in_order"),
        CheckConstraint("state <> 'acting' OR is_acting", name="acting_is_marked"),
        # One turn for a day on which a term begins, the second wall behind the write lock.
        Index(
            "uq_turn_live",
            "alliance_id",
            "starts_on",
            unique=True,
            sqlite_where=TurnState.is_live_in_sql(),
            postgresql_where=TurnState.is_live_in_sql(),
        ),
        Index(None, "organisation_id", "state"),
        Index(None, "resolution_id"),
    )
    noun = "turn"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: Who sits in the chair for it; named when the term is confirmed.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[TurnState] = mapped_column(choice(TurnState))
    is_acting: Mapped[bool] = mapped_column(default=False)
    #: Whether it counts as a turn of the member: a short remainder does not.
    is_counted: Mapped[bool] = mapped_column(default=True)
    #: Why the plan gave it to this member, in a sentence.
    why: Mapped[str | None] = mapped_column(String(500))
    #: The resolution that it rests on.
    basis: Mapped[str | None] = mapped_column(String(200))
    #: That resolution, where the basis quotes one of the registry (`meetings.quoting`).
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))
    charter_id: Mapped[int | None] = mapped_column(ForeignKey("charter.id"))
    #: Its step in the succession, from the moment it is confirmed.
    chair_term_id: Mapped[int | None] = mapped_column(ForeignKey("chair_term.id"))
    #: The turn it took the place of.
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("turn.id"))
    #: When its member was asked to confirm it.
    asked_at: Mapped[datetime | None]
    #: With how many days left the secretariat was told last that nobody confirmed it.
    told_days: Mapped[int | None]
    #: What the term is to bring: drafted by the chair's people, standing once the chair agrees.
    programme: Mapped[str | None] = mapped_column(Text)
    programme_approved_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person | None] = relationship(lazy="joined")
    chair_term: Mapped[ChairTerm | None] = relationship()
    resolution: Mapped[Resolution | None] = relationship()

    @hybrid_property
    def is_to_be_confirmed(self) -> bool:
        """Whether the time has come to confirm it, and it is not over."""
        return self.starts_on <= clock.today() + CONFIRMED_AHEAD and self.ends_on > clock.today()

    @is_to_be_confirmed.inplace.expression
    @classmethod
    def _is_to_be_confirmed(cls) -> Any:
        return and_(cls.starts_on <= SOON, cls.ends_on > TODAY)

    @hybrid_property
    def is_ahead(self) -> bool:
        """Whether its first day is still to come."""
        return self.starts_on > clock.today()

    @is_ahead.inplace.expression
    @classmethod
    def _is_ahead(cls) -> Any:
        return cls.starts_on > TODAY

    @hybrid_property
    def is_running(self) -> bool:
        """Whether today is one of its days."""
        return self.starts_on <= clock.today() < self.ends_on

    @is_running.inplace.expression
    @classmethod
    def _is_running(cls) -> Any:
        return and_(cls.starts_on <= TODAY, cls.ends_on > TODAY)

    @property
    def is_open(self) -> bool:
        """Whether it still has something to do: neither handed over nor given to another."""
        return self.state in OPEN

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_on - self.starts_on).days

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.ends_on - timedelta(days=1)


class Swap(Versioned, Model):
    """Two members who exchange a turn each (轮值对调)."""

    __tablename__ = "swap"
    __table_args__ = constraints(
        CheckConstraint("turn_id <> other_turn_id", name="two_turns"),
        Index(None, "resolution_id"),
        *(
            Index(
                f"uq_swap_open_{column}",
                column,
                unique=True,
                sqlite_where=SwapState.is_open_in_sql(),
                postgresql_where=SwapState.is_open_in_sql(),
            )
            for column in ("turn_id", "other_turn_id")
        ),
    )
    noun = "swap"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id"))
    other_turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id"))
    #: Who asked, and who is asked: the members of the two turns then.
    asking_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    asked_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[SwapState] = mapped_column(choice(SwapState))
    reason: Mapped[str] = mapped_column(String(1000))
    basis: Mapped[str | None] = mapped_column(String(200))
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))
    created_at: Mapped[datetime]
    #: When the secretariat was told that nobody answered.
    told_at: Mapped[datetime | None]

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    resolution: Mapped[Resolution | None] = relationship()
    turn: Mapped[Turn] = relationship(foreign_keys=[turn_id], lazy="joined", innerjoin=True)
    other_turn: Mapped[Turn] = relationship(
        foreign_keys=[other_turn_id], lazy="joined", innerjoin=True
    )

    @hybrid_property
    def is_silent(self) -> Any:
        """Whether the other side was asked long ago."""
        return self.created_at <= clock.now() - timedelta(days=PATIENCE)

    @is_silent.inplace.expression
    @classmethod
    def _is_silent(cls) -> Any:
        return cls.created_at <= LONG_AGO


class Handover(Versioned, Model):
    """What the outgoing chair leaves to the incoming one (交接)."""

    __tablename__ = "handover"
    __table_args__ = constraints(UniqueConstraint("turn_id"))
    noun = "handover"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id"))
    outgoing_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: Who takes over; nobody while no one is confirmed.
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[HandoverState] = mapped_column(choice(HandoverState))
    #: The points of the checklist that are ticked (`checklist.py`).
    ticked: Mapped[list[str]] = mapped_column(JSON)
    open_actions: Mapped[str | None] = mapped_column(Text)
    unfinished_agenda: Mapped[str | None] = mapped_column(Text)
    key_contacts: Mapped[str | None] = mapped_column(Text)
    remarks: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    turn: Mapped[Turn] = relationship(lazy="joined", innerjoin=True)
    outgoing: Mapped[Organisation] = relationship(
        foreign_keys=[outgoing_id], lazy="joined", innerjoin=True
    )
    incoming: Mapped[Organisation | None] = relationship(foreign_keys=[incoming_id], lazy="joined")
    signed_by: Mapped[Person | None] = relationship(foreign_keys=[signed_by_id], lazy="joined")
    accepted_by: Mapped[Person | None] = relationship(foreign_keys=[accepted_by_id], lazy="joined")

    @property
    def is_complete(self) -> bool:
        """Whether every point is ticked, or the remarks say why not."""
        return bool(self.remarks) or len(set(self.ticked)) == POINTS

    @property
    def is_ended(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state in (HandoverState.ACCEPTED, HandoverState.CLOSED)


class Point(StrEnum):
    """The points of the checklist of every hand-over."""

    DOCUMENTS = "documents"
    RESOLUTIONS = "resolutions"
    SEALS = "seals"
    ACCOUNTS = "accounts"
    FINANCE = "finance"
    PARTNERS = "partners"
    CALENDAR = "calendar"


#: How many points there are.
POINTS = len(Point)
