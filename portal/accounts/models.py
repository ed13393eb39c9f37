"""Organisations, people, appointments, sessions and the throttle."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    or_,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.accounts import naming
from portal.database import NOW, Model, Versioned, among, choice, constraints, db
from portal.regions.models import Region
from portal.roles import ROLES, Role, Scope


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
    __table_args__ = constraints(
        # A double keeps its name, and the organisation it became may bear it again.
        Index(
            "uq_organisation_name",
            "name",
            unique=True,
            sqlite_where=text("merged_into_id IS NULL"),
            postgresql_where=text("merged_into_id IS NULL"),
        ),
        Index(None, "sort_key", "id"),
    )
    noun = "organisation"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(choice(OrganisationKind))
    #: The province, which carries the colour and counts in every flow.
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    #: The city or district within it, where known.
    district_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    summary: Mapped[str | None] = mapped_column(Text)
    #: The name as it is compared (NFKC, no blanks and brackets): finds who came without a code.
    normal_name: Mapped[str] = mapped_column(String(120), index=True)
    #: The name in the order of pinyin, and its first and all letters: `cqca` finds 重庆长安.
    sort_key: Mapped[str] = mapped_column(String(240))
    initials: Mapped[str] = mapped_column(String(120))
    pinyin: Mapped[str] = mapped_column(String(720))
    website: Mapped[str | None] = mapped_column(String(200))
    #: Protocol order (排序) within a tier: smaller comes first.
    position: Mapped[int] = mapped_column(default=0)
    #: The organisation whose branch or base this is (北京总部+津冀基地).
    headquarters_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    #: Where the record was found to be another one's double: everything moved there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime]

    region: Mapped[Region] = relationship(foreign_keys=[region_id], lazy="joined")
    district: Mapped[Region | None] = relationship(foreign_keys=[district_id])
    headquarters: Mapped[Organisation | None] = relationship(
        foreign_keys=[headquarters_id], remote_side=[id]
    )

    @validates("name")
    def _name(self, _key: str, name: str) -> str:
        """Whoever gives a name gives all that is compared, sorted and found by it."""
        self.normal_name = naming.normal_name(name)
        self.sort_key, self.initials, self.pinyin = naming.spelling_of(name)
        return name

    @hybrid_property
    def is_current(self) -> Any:
        """Whether the record stands for itself, not merged into another."""
        return self.merged_into_id == None  # noqa: E711 - the same expression in SQL

    @hybrid_property
    def is_without_manager(self) -> bool:
        """Whether nobody manages it now: only then may somebody from outside invite one."""
        return not db.session.scalar(select(exists(_managers_of(self.id))))

    @is_without_manager.inplace.expression
    @classmethod
    def _is_without_manager(cls) -> Any:
        return ~_managers_of(cls.id).exists()

    @property
    def is_to_complete(self) -> bool:
        """Whether its unified social credit code is still missing (待补)."""
        return self.uscc is None


class FormerName(Model):
    """A name an organisation had (曾用名), or the name of a double that was merged into it."""

    __tablename__ = "former_name"
    __table_args__ = constraints(Index(None, "organisation_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    normal_name: Mapped[str] = mapped_column(String(120), index=True)
    until_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()


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
    #: The language of the pages and of messages to them; without one, the cookie decides.
    language: Mapped[str | None] = mapped_column(String(5))
    is_large_type: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    #: When somebody last gave them a right: their sessions get new keys at their next request.
    rights_at: Mapped[datetime | None]
    #: Closed by themselves: signs in no more.
    closed_at: Mapped[datetime | None]
    #: Name and addresses were erased; what they did stays, without them.
    erased_at: Mapped[datetime | None]

    @hybrid_property
    def is_open(self) -> Any:
        """Whether the account was not closed."""
        return self.closed_at == None  # noqa: E711 - the same expression in SQL


_AT_ORGANISATION = tuple(r for r, facts in ROLES.items() if facts.scope is Scope.ORGANISATION)
_OFFICES = (Role.ADMINISTRATOR, Role.LIAISON, Role.SECRETARY)


class OfRole:
    """Which kind of role a record speaks of: an appointment, or an invitation to one."""

    role: Any

    @hybrid_property
    def is_at_organisation(self) -> bool:
        """Whether the role is held at an organisation: its managers decide."""
        return self.role in _AT_ORGANISATION

    @is_at_organisation.inplace.expression
    @classmethod
    def _is_at_organisation(cls) -> Any:
        return among(cls.role, _AT_ORGANISATION)

    @hybrid_property
    def is_of_expert(self) -> Any:
        """Whether it is an expert's: the secretaries of the alliance decide."""
        return self.role == Role.EXPERT

    @hybrid_property
    def is_office(self) -> bool:
        """Whether it is one of the portal's offices: its administrators decide."""
        return self.role in _OFFICES

    @is_office.inplace.expression
    @classmethod
    def _is_office(cls) -> Any:
        return among(cls.role, _OFFICES)


class Appointment(OfRole, Model):
    """A role that a person holds at a scope for a time, with its basis.

    `scope_id` is the id of the region, alliance or organisation that the role's scope names
    (0 for the portal); no foreign key, because alliances stand on a floor above.
    """

    __tablename__ = "appointment"
    __table_args__ = constraints(
        # As long as no time at all, where it ended before it began.
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="time_runs_forward"),
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
        return and_(cls.from_at <= NOW, or_(cls.until_at.is_(None), cls.until_at > NOW))

    @property
    def first_on(self) -> date:
        """The first day, in Shanghai, on which it holds."""
        return clock.day_of(self.from_at)

    @property
    def last_on(self) -> date | None:
        """The last day, in Shanghai, on which it holds, where its end is set."""
        return clock.last_day_before(self.until_at) if self.until_at else None


def _managers_of(organisation_id: Any) -> Any:
    """Return the select of the appointments by which an organisation is managed now."""
    return select(Appointment.id).where(
        Appointment.role == Role.MANAGER,
        Appointment.scope_id == organisation_id,
        Appointment.is_running,
    )


class Agency(Model):
    """An agent (经办人) acts for a named person: in one of that person's roles, for a time.

    It holds only while the named person holds the role; shown and journaled as 代×××.
    """

    __tablename__ = "agency"
    __table_args__ = constraints(
        CheckConstraint("until_at > from_at", name="time_runs_forward"),
        CheckConstraint("agent_id <> principal_id", name="two_people"),
        Index(None, "agent_id", "principal_id"),
        Index(None, "principal_id"),
    )
    noun = "agency"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    principal_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    scope_id: Mapped[int]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    basis: Mapped[str | None] = mapped_column(String(200))

    @property
    def organisation_id(self) -> int | None:
        """The organisation the agent acts for, where the role is held at one."""
        return self.scope_id if ROLES[self.role].scope is Scope.ORGANISATION else None

    @property
    def first_on(self) -> date:
        """The first day, in Shanghai, on which it holds."""
        return clock.day_of(self.from_at)

    @property
    def last_on(self) -> date:
        """The last day, in Shanghai, on which it holds."""
        return clock.last_day_before(self.until_at)

    agent: Mapped[Person] = relationship(foreign_keys=[agent_id])
    principal: Mapped[Person] = relationship(foreign_keys=[principal_id])


class Consent(Model):
    """That a person agreed to one version of the privacy notice, and when."""

    __tablename__ = "consent"
    __table_args__ = constraints(UniqueConstraint("person_id", "notice"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: The version agreed to, as its date: 2026-11-24.
    notice: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
