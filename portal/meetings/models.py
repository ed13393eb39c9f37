"""Meetings, the rules of the charter they follow, their frozen rolls and their agendas."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation, Person
from portal.alliances.models import Alliance, Tier
from portal.database import TRIGGERS, Model, Trigger, Versioned, choice, constraints
from portal.meetings.counting import Share
from portal.meetings.facts import MeetingFacts
from portal.meetings.resolution_models import Action, Resolution
from portal.meetings.workflow import MeetingState


class MeetingKind(StrEnum):
    """Which body meets."""

    COUNCIL = "council"
    ASSEMBLY = "assembly"
    WORKING_GROUP = "working_group"


class Answer(StrEnum):
    """What a seat answered to the notice."""

    COMES = "comes"
    CANNOT = "cannot"
    PROXY = "proxy"


class CharterRule(Versioned, Model):
    """What the charter of an alliance asks of the meetings of one of its bodies."""

    __tablename__ = "charter_rule"
    __table_args__ = constraints(
        UniqueConstraint("alliance_id", "kind"),
        CheckConstraint("notice_days BETWEEN 0 AND 90", name="notice_days_within"),
    )
    noun = "charter_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind))
    notice_days: Mapped[int]
    quorum: Mapped[Share] = mapped_column(choice(Share))
    #: Kind of resolution -> [passing share, base, whether recusal lowers the base].
    passing: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Where the charter says so, in its words.
    article: Mapped[str] = mapped_column(String(200))


class Meeting(MeetingFacts, Versioned, Model):
    """A meeting, from its draft to its archived minutes."""

    __tablename__ = "meeting"
    __table_args__ = constraints(
        Index(None, "alliance_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(noticed_at IS NULL) = (rules IS NULL)", name="rules_with_notice"),
    )
    noun = "meeting"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind))
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    text: Mapped[str | None] = mapped_column(Text)
    #: Held in writing (通讯表决): there is a deadline (`ends_at`) and no place to go to.
    is_written: Mapped[bool]
    #: What whoever comes is asked besides.
    asks_meal: Mapped[bool]
    asks_hotel: Mapped[bool]
    asks_plate: Mapped[bool]
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState))
    called_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    called_at: Mapped[datetime]
    noticed_at: Mapped[datetime | None]
    #: The charter's rule as it stood when notice was given: frozen with the roll.
    rules: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: Why the notice was shorter than the charter asks, where it was.
    short_reason: Mapped[str | None] = mapped_column(String(200))
    #: Grows with each change that was told, for calendars.
    revision: Mapped[int]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: Who opened the minutes to comments: somebody else declares them final.
    minutes_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    minutes_due_at: Mapped[datetime | None]
    minutes_final_at: Mapped[datetime | None]

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    seats: Mapped[list[Seat]] = relationship(order_by="Seat.position", viewonly=True)

    @hybrid_property
    def is_announced(self) -> Any:
        """Whether members may know of it."""
        return self.noticed_at != None  # noqa: E711 - the same expression in SQL


class Seat(Model):
    """One seat of a meeting's roll: frozen at notice, with what it answered and when it came."""

    __tablename__ = "seat"
    __table_args__ = constraints(
        UniqueConstraint("meeting_id", "organisation_id"),
        # A person holds one proxy at most.
        UniqueConstraint("proxy_to_id"),
        CheckConstraint("proxy_to_id <> id", name="proxy_is_another"),
        CheckConstraint("joined_to_id <> id", name="joined_to_another"),
        Index(None, "organisation_id"),
        Index(None, "held_by_id"),
    )
    noun = "seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: Who holds it now: the same, or the organisation with which that became one.
    held_by_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The seat that speaks in its place, where both belong to what is one organisation by now.
    joined_to_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    #: As it was called and ranked when notice was given.
    name: Mapped[str] = mapped_column(String(120))
    tier: Mapped[Tier] = mapped_column(choice(Tier))
    position: Mapped[int]
    #: Whom the notice went to.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[Answer | None] = mapped_column(choice(Answer))
    attendee: Mapped[str | None] = mapped_column(String(40))
    post: Mapped[str | None] = mapped_column(String(60))
    wants_meal: Mapped[bool | None]
    wants_hotel: Mapped[bool | None]
    plate: Mapped[str | None] = mapped_column(String(20))
    proxy_to_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    answered_at: Mapped[datetime | None]
    #: When it said by its link that it is here; who holds the meeting records who is present.
    signed_in_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(viewonly=True)
    contact: Mapped[Person | None] = relationship()

    @property
    def is_here(self) -> bool:
        """Whether somebody of it is in the room."""
        return self.arrived_at is not None and self.left_at is None


class Observer(Model):
    """Somebody who attends a meeting without a seat (列席), in protocol order."""

    __tablename__ = "observer"
    __table_args__ = constraints(Index(None, "meeting_id", "position"))
    noun = "observer"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int]
    #: Where they come from, as it is written in the minutes; they need not be known to the portal.
    organisation: Mapped[str | None] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(40))
    post: Mapped[str | None] = mapped_column(String(60))


class AgendaItem(Model):
    """A thing to deal with: proposed to an alliance, then placed on the agenda of a meeting."""

    __tablename__ = "agenda_item"
    __table_args__ = constraints(
        Index(None, "meeting_id", "position"),
        Index(None, "alliance_id"),
        # An open action returns once on each agenda, a resolution stands once on one.
        UniqueConstraint("meeting_id", "action_id"),
        UniqueConstraint("resolution_id"),
        CheckConstraint("minutes BETWEEN 0 AND 480", name="minutes_within"),
        CheckConstraint("(meeting_id IS NULL) = (position IS NULL)", name="placed_somewhere"),
        CheckConstraint("declined_at IS NULL OR meeting_id IS NULL", name="placed_or_declined"),
    )
    noun = "agenda_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str | None] = mapped_column(Text)
    presenter: Mapped[str | None] = mapped_column(String(60))
    #: How long it may take, in minutes.
    minutes: Mapped[int]
    #: A page of the portal it speaks of, as a path.
    link: Mapped[str | None] = mapped_column(String(200))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    declined_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"))
    #: What the minutes say of it.
    minutes_text: Mapped[str | None] = mapped_column(Text)

    organisation: Mapped[Organisation | None] = relationship()
    action: Mapped[Action | None] = relationship()
    resolution: Mapped[Resolution | None] = relationship()


class MinutesComment(Model):
    """What somebody who was invited says of the minutes while they are open to comments."""

    __tablename__ = "minutes_comment"
    __table_args__ = constraints(Index(None, "meeting_id"))
    noun = "minutes_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]

    organisation: Mapped[Organisation | None] = relationship()
    person: Mapped[Person] = relationship()


def _kept(name: str, table: str, columns: str, condition: str) -> Trigger:
    """Return the trigger that refuses a change of some columns while a condition holds."""
    when = f"WHEN {condition} " if condition else ""
    bracketed = f"WHEN ({condition}) " if condition else ""
    return Trigger(
        name=name,
        table=table,
        sqlite=(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, 'frozen'); END",
        ),
        postgresql=(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} "
            f"FOR EACH ROW {bracketed}EXECUTE FUNCTION refuse_change()",
        ),
    )


TRIGGERS += [
    # The roll does not change though members join, leave or merge.
    _kept("seat_roll_stays", "seat", "meeting_id, organisation_id, name, tier, position", ""),
    Trigger(
        name="seat_no_delete",
        table="seat",
        sqlite=(
            "CREATE TRIGGER seat_no_delete BEFORE DELETE ON seat "
            "BEGIN SELECT RAISE(ABORT, 'the roll is frozen'); END",
        ),
        postgresql=(
            "CREATE TRIGGER seat_no_delete BEFORE DELETE ON seat "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        ),
    ),
    _kept("meeting_rules_stay", "meeting", "rules, noticed_at", "OLD.noticed_at IS NOT NULL"),
    _kept(
        "resolution_result_stays",
        "resolution",
        "meeting_id, kind, is_secret, quorum, passing, base, recusal_lowers, seats, present, "
        "recused, yes, no, abstain, silent, verdict, opened_at, closed_at, title, text",
        "OLD.closed_at IS NOT NULL",
    ),
]
