"""Organisations, people, appointments, sessions and the throttle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, and_, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.actors import Actor, person
from portal.database import Model, Versioned, choice, constraints
from portal.regions.models import Region
from portal.roles import Role


class OrganisationKind(StrEnum):
    """The seven kinds of organisation (DOMAIN D1)."""

    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    INSTITUTE = "institute"
    FINANCE = "finance"
    ASSOCIATION = "association"
    PARK = "park"
    GOVERNMENT = "government"


class Organisation(Versioned, Model):
    """A legal person that people act for. One record per unified social credit code."""

    __tablename__ = "organisation"
    noun = "organisation"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(choice(OrganisationKind))
    #: The province, which carries the colour and counts in every flow.
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    #: The city or district within it, where known.
    district_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    summary: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    region: Mapped[Region] = relationship(foreign_keys=[region_id], lazy="joined")
    district: Mapped[Region | None] = relationship(foreign_keys=[district_id])


class Person(Versioned, Model):
    """Someone who can sign in, by e-mail or mobile number."""

    __tablename__ = "person"
    __table_args__ = constraints(
        CheckConstraint("email IS NOT NULL OR mobile IS NOT NULL", name="reachable"),
    )
    noun = "person"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    #: Lower case, so that the unique constraint means what people mean.
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    #: Digits only, without the country code.
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]


class Appointment(Model):
    """A role that a person holds at a scope for a time, with its basis.

    `scope_id` is the id of the region, alliance or organisation that the role's scope names
    (0 for the portal); no foreign key, because alliances stand on a floor above.
    """

    __tablename__ = "appointment"
    __table_args__ = constraints(
        CheckConstraint("until_at IS NULL OR until_at > from_at", name="time_runs_forward"),
        Index(None, "person_id", "role", "scope_id"),
        Index(None, "role", "scope_id"),
    )
    noun = "appointment"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    scope_id: Mapped[int]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    basis: Mapped[str | None] = mapped_column(String(200))

    person: Mapped[Person] = relationship()

    @hybrid_property
    def is_running(self) -> bool:
        """Whether the appointment holds now (half-open: it ends at `until_at`)."""
        at = clock.now()
        return self.from_at <= at and (self.until_at is None or at < self.until_at)

    @is_running.inplace.expression
    @classmethod
    def _is_running(cls) -> Any:
        at = clock.now()
        return and_(cls.from_at <= at, or_(cls.until_at.is_(None), cls.until_at > at))


class Session(Model):
    """One sign-in on one device; the cookie holds a random key, this row its digest."""

    __tablename__ = "session"
    noun = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(200))

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class Attempts(Model):
    """How often a throttled act was tried within a window, shared by all workers."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int]
    until_at: Mapped[datetime]


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, as Flask-Login holds them: plain values of a live session."""

    key: str
    session_id: int
    person_id: int
    organisation_id: int | None
    seen_at: datetime
    name: str
    organisation_name: str | None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the random key that the cookie carries."""
        return self.key

    @property
    def actor(self) -> Actor:
        """The acting party: this person, for the organisation chosen in this session."""
        return person(self.person_id, self.organisation_id)
