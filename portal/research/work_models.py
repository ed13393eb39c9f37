"""What a project plans, spends and delivers, and the quarterly reports on it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.database import TODAY, TRIGGERS, Model, Trigger, Versioned, choice, constraints
from portal.files import Attachment
from portal.research.models import Participant, Project
from portal.research.workflow import PartnerState

#: Money in fen, and figures in thousandths.
_LARGE = BigInteger().with_variant(Integer, "sqlite")


class FundSource(StrEnum):
    """Where money comes from."""

    FISCAL = "fiscal"
    OWN = "own"
    FUND = "fund"
    OTHER = "other"


class DeliverableKind(StrEnum):
    """What comes out of a project."""

    PATENT = "patent"
    STANDARD = "standard"
    PROTOTYPE = "prototype"
    PAPER = "paper"
    SOFTWARE = "software"


class WorkPackage(Versioned, Model):
    """A part of the work (任务包) with the organisation that answers for it."""

    __tablename__ = "work_package"
    __table_args__ = constraints(Index(None, "project_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(80))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class Kpi(Versioned, Model):
    """An indicator (考核指标) with its target and what is reached; figures in thousandths."""

    __tablename__ = "project_kpi"
    __table_args__ = constraints(Index(None, "project_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(20))
    target_milli: Mapped[int] = mapped_column(_LARGE)
    actual_milli: Mapped[int | None] = mapped_column(_LARGE)


class Fund(Model):
    """Money of one source for one organisation: planned, received, spent, in fen."""

    __tablename__ = "project_fund"
    __table_args__ = constraints(
        UniqueConstraint("project_id", "organisation_id", "source"),
        CheckConstraint(
            "planned_fen >= 0 AND received_fen >= 0 AND spent_fen >= 0", name="not_negative"
        ),
        CheckConstraint("spent_fen <= received_fen", name="spent_what_came"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    source: Mapped[FundSource] = mapped_column(choice(FundSource))
    planned_fen: Mapped[int] = mapped_column(_LARGE)
    received_fen: Mapped[int] = mapped_column(_LARGE)
    spent_fen: Mapped[int] = mapped_column(_LARGE)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class Milestone(Versioned, Model):
    """A day by which something must be reached."""

    __tablename__ = "project_milestone"
    __table_args__ = constraints(Index(None, "project_id", "due_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(80))
    due_on: Mapped[date]
    met_on: Mapped[date | None]
    #: Grows with each change, so that a calendar that subscribed replaces what it held.
    revision: Mapped[int] = mapped_column(default=0)

    @hybrid_property
    def is_overdue(self) -> Any:
        """Whether its day has passed and it is not reached."""
        return self.met_on is None and self.due_on < clock.today()

    @is_overdue.inplace.expression
    @classmethod
    def _is_overdue(cls) -> Any:
        return and_(cls.met_on.is_(None), cls.due_on < TODAY)


class Deliverable(Versioned, Model):
    """What comes out of a project: who owns it, in which version it was accepted."""

    __tablename__ = "deliverable"
    __table_args__ = constraints(Index(None, "project_id"))
    noun = "deliverable"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[DeliverableKind] = mapped_column(choice(DeliverableKind))
    title: Mapped[str] = mapped_column(String(80))
    #: Whose it is by the terms of the project.
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The number of the version that was accepted, and when.
    accepted_number: Mapped[int | None]
    accepted_at: Mapped[datetime | None]
    #: Who accepted it for the lead.
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    project: Mapped[Project] = relationship()
    owner: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    accepted_by: Mapped[Person | None] = relationship(lazy="joined")
    versions: Mapped[list[DeliverableVersion]] = relationship(order_by="DeliverableVersion.number")
    participants: Mapped[list[Participant]] = relationship(
        primaryjoin=lambda: and_(
            foreign(Participant.project_id) == Deliverable.project_id,
            Participant.state == PartnerState.CONFIRMED,
        ),
        viewonly=True,
        uselist=True,
    )

    @hybrid_property
    def is_accepted(self) -> Any:
        """Whether a version of it was accepted."""
        return self.accepted_number != None  # noqa: E711 - the same expression in SQL


class DeliverableVersion(Model):
    """One version that was handed in."""

    __tablename__ = "deliverable_version"
    __table_args__ = constraints(UniqueConstraint("deliverable_id", "number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverable.id"))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    #: The file it came with, which hangs on the deliverable.
    file_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))

    file: Mapped[Attachment | None] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class ProgressReport(Versioned, Model):
    """A quarterly report: drawn up from the board, edited, sealed by the lead, countersigned."""

    __tablename__ = "progress_report"
    __table_args__ = constraints(
        UniqueConstraint("project_id", "year", "quarter"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_of_a_year"),
    )
    noun = "progress_report"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    quarter: Mapped[int]
    #: What the board said when it was drawn up: done, late, next, indicators, funds.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: What the lead writes about it.
    text: Mapped[str] = mapped_column(Text)
    drawn_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    sealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The digest (SHA-256) of what was sealed, which each partner countersigns.
    seal: Mapped[str | None] = mapped_column(String(64))

    project: Mapped[Project] = relationship()
    signatures: Mapped[list[Countersignature]] = relationship(
        order_by="Countersignature.id", lazy="selectin"
    )
    participants: Mapped[list[Participant]] = relationship(
        primaryjoin=lambda: and_(
            foreign(Participant.project_id) == ProgressReport.project_id,
            Participant.state == PartnerState.CONFIRMED,
        ),
        viewonly=True,
        uselist=True,
    )

    @property
    def is_sealed(self) -> bool:
        """Whether it was sealed, and changes no more."""
        return self.sealed_at is not None


class Countersignature(Model):
    """That a partner countersigned a sealed report."""

    __tablename__ = "progress_countersignature"
    __table_args__ = constraints(UniqueConstraint("report_id", "organisation_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("progress_report.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


#: What was sealed stays; the countersignatures are rows of their own.
_SEALED = "year, quarter, facts, text, sealed_at, sealed_by_id, seal"

TRIGGERS.append(
    Trigger(
        name="progress_report_sealed_stays",
        table="progress_report",
        sqlite=(
            f"CREATE TRIGGER progress_report_sealed_stays BEFORE UPDATE OF {_SEALED} "
            "ON progress_report WHEN OLD.sealed_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'a sealed report changes no more'); END",
        ),
        postgresql=(
            f"CREATE TRIGGER progress_report_sealed_stays BEFORE UPDATE OF {_SEALED} "
            "ON progress_report FOR EACH ROW WHEN (OLD.sealed_at IS NOT NULL) "
            "EXECUTE FUNCTION refuse_change()",
        ),
    )
)
