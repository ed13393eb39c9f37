"""What an organisation says of itself: chain nodes, qualifications, contacts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.chain.models import ChainNode
from portal.database import TODAY, Model, Versioned, choice, constraints
from portal.organisations.telephone import dialled


class OrganisationNode(Model):
    """That an organisation works at a node of a chain."""

    __tablename__ = "organisation_node"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    chain_node_id: Mapped[int] = mapped_column(
        ForeignKey("chain_node.id"), primary_key=True, index=True
    )

    chain_node: Mapped[ChainNode] = relationship(lazy="joined", innerjoin=True)


class Qualification(Versioned, Model):
    """A certificate (资质): seen in the original by somebody, and no copy kept."""

    __tablename__ = "qualification"
    __table_args__ = constraints(Index(None, "organisation_id"))
    noun = "qualification"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    number: Mapped[str | None] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(120))
    valid_until: Mapped[date | None]
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    organisation: Mapped[Organisation] = relationship()
    seen_by: Mapped[Person | None] = relationship()

    @hybrid_property
    def is_valid(self) -> bool:
        """Whether its last day, in Shanghai, has not passed, where it has one."""
        return not self.is_expired

    @is_valid.inplace.expression
    @classmethod
    def _is_valid(cls) -> Any:
        return or_(cls.valid_until.is_(None), cls.valid_until >= TODAY)

    @property
    def is_expired(self) -> bool:
        """Whether its last day, in Shanghai, has passed: a clause on the date, never a state."""
        return self.valid_until is not None and self.valid_until < clock.today()


class ContactKind(StrEnum):
    """How somebody is reached."""

    PHONE = "phone"
    EMAIL = "email"
    WECHAT = "wechat"
    ADDRESS = "address"


class ContactAudience(StrEnum):
    """To whom the organisation consented to show one contact."""

    NOBODY = "nobody"
    MEMBERS = "members"
    PUBLIC = "public"


class ContactPoint(Versioned, Model):
    """One way to reach an organisation, shown only as far as it consented, field by field."""

    __tablename__ = "contact_point"
    __table_args__ = constraints(Index(None, "organisation_id"))
    noun = "contact_point"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[ContactKind] = mapped_column(choice(ContactKind))
    label: Mapped[str | None] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(200))
    shown_to: Mapped[ContactAudience] = mapped_column(choice(ContactAudience))
    #: Who consented, and when the consent was last given.
    consented_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    consented_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    consented_by: Mapped[Person] = relationship()

    @property
    def to_dial(self) -> str | None:
        """The number as a `tel:` address takes it, where it is a telephone's."""
        return dialled(self.value) if self.kind is ContactKind.PHONE else None

    @hybrid_property
    def is_public(self) -> Any:
        """Whether the organisation consented to show it to everyone."""
        return self.shown_to == ContactAudience.PUBLIC

    @hybrid_property
    def is_members_only(self) -> Any:
        """Whether it consented to show it to the members of its alliances, and no further."""
        return self.shown_to == ContactAudience.MEMBERS
