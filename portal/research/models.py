"""Joint projects, who takes part in them, and whom they still look for."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    distinct,
    func,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.alliances.models import Alliance
from portal.chain.models import ChainNode
from portal.database import Model, Versioned, choice, constraints
from portal.regions.models import Region
from portal.research.workflow import GATHERING, UNFINISHED, WORKABLE, PartnerState, ProjectState


def least_regions() -> int:
    """Return from how many regions the partners of a project must come at least."""
    least: int = current_app.config["PROJECT_LEAST_REGIONS"]
    return least


_LEAST_REGIONS = bindparam("least_regions", callable_=least_regions, type_=Integer, unique=True)


class Project(Versioned, Model):
    """A joint project of several organisations, kept by an alliance."""

    __tablename__ = "project"
    __table_args__ = constraints(
        CheckConstraint("ends_on IS NULL OR ends_on >= begins_on", name="time_runs_forward"),
        Index(None, "alliance_id", "state"),
        Index(None, "lead_id", "state"),
    )
    noun = "project"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    title: Mapped[str] = mapped_column(String(80))
    #: What is to be found out or built, and what for.
    aim: Mapped[str] = mapped_column(Text)
    #: Who leads it (牵头单位), and who there answers for it.
    lead_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    lead_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    state: Mapped[ProjectState] = mapped_column(choice(ProjectState))
    #: What is agreed about who owns and uses what is invented (知识产权约定).
    ip_terms: Mapped[str | None] = mapped_column(Text)
    #: The resolution, or another paper, on which it was approved.
    basis: Mapped[str | None] = mapped_column(String(200))
    #: The day of that paper, where it is no resolution of the alliance.
    basis_on: Mapped[date | None]
    #: That resolution where its number is one of the alliance's (`meetings.quoting`).
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("resolution.id"), index=True)
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    lead: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    lead_person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    node: Mapped[ChainNode | None] = relationship()
    partners: Mapped[list[Partner]] = relationship(back_populates="project", order_by="Partner.id")
    #: Those who take part now: only they see what is inside.
    participants: Mapped[list[Participant]] = relationship(
        primaryjoin=lambda: and_(
            Project.id == Participant.project_id, Participant.state == PartnerState.CONFIRMED
        ),
        viewonly=True,
    )
    #: Those who were asked, or offered themselves, and wait for an answer.
    asked: Mapped[list[Participant]] = relationship(
        primaryjoin=lambda: and_(
            Project.id == Participant.project_id, Participant.state == PartnerState.ASKED
        ),
        viewonly=True,
    )

    @hybrid_property
    def is_called(self) -> Any:
        """Whether partners are called for: then the members of its alliance see it."""
        return self.state == ProjectState.CALLING

    @property
    def is_gathering(self) -> bool:
        """Whether partners may still be asked and what it says may be changed."""
        return self.state in GATHERING

    @property
    def is_workable(self) -> bool:
        """Whether its board may be worked on."""
        return self.state in WORKABLE

    @property
    def is_unfinished(self) -> bool:
        """Whether something may still come of it."""
        return self.state in UNFINISHED

    @property
    def is_archived(self) -> bool:
        """Whether it is put away for good: nothing is delivered any more."""
        return self.state is ProjectState.ARCHIVED

    @property
    def began_on(self) -> date:
        """The day on which it begins by what it says, else the day it was written down."""
        return self.begins_on or clock.day_of(self.created_at)

    @property
    def regions(self) -> list[Region]:
        """The provinces its participants come from, the lead's first."""
        found = {self.lead.region_id: self.lead.region}
        for each in self.partners:
            if each.state is PartnerState.CONFIRMED:
                found.setdefault(each.organisation.region_id, each.organisation.region)
        return list(found.values())

    @property
    def unanswered(self) -> list[Partner]:
        """The parts that nobody has answered yet."""
        return [each for each in self.partners if each.state is PartnerState.ASKED]

    @property
    def lacks_regions(self) -> bool:
        """Whether those who take part come from too few regions."""
        return len(self.regions) < least_regions()

    @hybrid_property
    def is_ready(self) -> bool:
        """Whether it may be approved: all answered, enough regions, terms written down."""
        return bool(self.ip_terms) and not self.unanswered and not self.lacks_regions

    @is_ready.inplace.expression
    @classmethod
    def _is_ready(cls) -> Any:
        regions = (
            select(func.count(distinct(Organisation.region_id)))
            .join(Partner, Partner.organisation_id == Organisation.id)
            .where(Partner.project_id == cls.id, Partner.state == PartnerState.CONFIRMED)
            .correlate(cls)
            .scalar_subquery()
        )
        waiting = (
            select(Partner.id)
            .where(Partner.project_id == cls.id, Partner.state == PartnerState.ASKED)
            .correlate(cls)
            .exists()
        )
        return and_(cls.ip_terms.is_not(None), ~waiting, regions >= _LEAST_REGIONS)


class Partner(Versioned, Model):
    """An organisation's part in a project: asked or offered, then confirmed; it may leave."""

    __tablename__ = "project_partner"
    __table_args__ = constraints(
        # The second wall behind the write lock: one part of an organisation at a time.
        Index(
            "uq_project_partner_part",
            "project_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'confirmed')"),
            postgresql_where=text("state IN ('asked', 'confirmed')"),
        ),
        Index(None, "organisation_id", "state"),
    )
    noun = "project_partner"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The project's lead, so that a part says by itself who may answer an offer.
    lead_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: Who of the organisation was asked, or offered it.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: What it does in the project.
    part: Mapped[str] = mapped_column(String(120))
    state: Mapped[PartnerState] = mapped_column(choice(PartnerState))
    #: Offered by the organisation itself, so that the lead answers.
    is_offer: Mapped[bool]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(back_populates="partners")
    organisation: Mapped[Organisation] = relationship(
        foreign_keys=[organisation_id], lazy="joined", innerjoin=True
    )
    person: Mapped[Person | None] = relationship()

    @property
    def is_offered(self) -> bool:
        """Whether it waits for the lead's answer."""
        return self.is_offer and self.state is PartnerState.ASKED

    @hybrid_property
    def is_request(self) -> Any:
        """Whether the lead asked, so that the organisation answers."""
        return self.is_offer == False  # noqa: E712 - the same expression in SQL

    @hybrid_property
    def is_partner(self) -> Any:
        """Whether it is not the lead itself, which cannot leave its own project."""
        return self.organisation_id != self.lead_id

    @hybrid_property
    def takes_part(self) -> Any:
        """Whether it takes part now."""
        return self.state == PartnerState.CONFIRMED


class Participant(Model):
    """A part as the doors ask of it: whose it is and how it stands, the same row read lightly."""

    __table__ = Partner.__table__
    __mapper_args__ = {
        "include_properties": ["id", "project_id", "organisation_id", "state"],
        "primary_key": [Partner.__table__.c.id],
    }

    if TYPE_CHECKING:
        id: Mapped[int]
        project_id: Mapped[int]
        organisation_id: Mapped[int]
        state: Mapped[PartnerState]


class Need(Model):
    """Whom a project still looks for: a part, from which region, at which node of the chain."""

    __tablename__ = "project_need"
    __table_args__ = constraints(Index(None, "project_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    part: Mapped[str] = mapped_column(String(120))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))

    region: Mapped[Region | None] = relationship(lazy="joined")
    node: Mapped[ChainNode | None] = relationship(lazy="joined")
