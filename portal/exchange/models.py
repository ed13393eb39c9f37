"""Listings, who is named on a confidential one, and interests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    join,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.alliances.models import Alliance, Membership
from portal.chain.models import ChainNode
from portal.database import NOW, TODAY, Model, Versioned, among, choice, constraints
from portal.exchange.vocabulary import ClosedAs as ClosedAs
from portal.exchange.vocabulary import Direction as Direction
from portal.exchange.vocabulary import ListingKind as ListingKind
from portal.exchange.vocabulary import ListingVisibility as ListingVisibility
from portal.exchange.workflow import InterestState, ListingState, holding_in_sql
from portal.regions.models import Region

#: So many days before its last one a listing may be renewed, and so many days that adds.
RENEWABLE_DAYS, RENEWED_DAYS = 30, 90
RENEWABLE_UNTIL = bindparam(
    "renewable_until",
    callable_=lambda: clock.today() + timedelta(days=RENEWABLE_DAYS),
    type_=Date,
    unique=True,
)
#: The largest amount of a listing, in 10,000 yuan.
LARGEST_AMOUNT = 10_000_000

AFTER_REVIEW = (ListingState.PUBLISHED, ListingState.PAUSED, ListingState.CLOSED)


class Listing(Versioned, Model):
    """A supply or a demand of one organisation within one alliance."""

    __tablename__ = "listing"
    __table_args__ = constraints(
        CheckConstraint("(state = 'closed') = (closed_as IS NOT NULL)", name="closed_says_how"),
        CheckConstraint("amount_fen IS NULL OR amount_fen >= 0", name="amount_not_negative"),
        Index(None, "state", "listed_at", "id"),
        Index(None, "alliance_id", "state", "listed_at", "id"),
        Index(None, "organisation_id", "listed_at", "id"),
        Index(None, "alliance_id", "created_at"),
    )
    noun = "listing"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The province of the organisation when it posted: flows are counted by it.
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    direction: Mapped[Direction] = mapped_column(choice(Direction))
    title: Mapped[str] = mapped_column(String(80))
    specification: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[date]
    visibility: Mapped[ListingVisibility] = mapped_column(choice(ListingVisibility))
    #: Whose it is stays between the owner and the secretariat until an answer is accepted.
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[ListingKind | None] = mapped_column(choice(ListingKind))
    chain_node_id: Mapped[int | None] = mapped_column(ForeignKey("chain_node.id"))
    wanted_region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    amount_fen: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    cooperation: Mapped[str | None] = mapped_column(String(40))
    #: The fields its kind has of its own (`kinds.py`): name -> value, as text.
    particulars: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[ListingState] = mapped_column(choice(ListingState))
    closed_as: Mapped[ClosedAs | None] = mapped_column(choice(ClosedAs))
    #: Who the other side speaks to once an answer is accepted.
    contact_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The named person, where an agent (经办人) submitted it.
    submitted_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The secretary who filled it in for the member (代填报).
    filled_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    #: The order of every list: raised when it is changed, submitted or published.
    listed_at: Mapped[datetime]

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    region: Mapped[Region] = relationship(foreign_keys=[region_id])
    chain_node: Mapped[ChainNode | None] = relationship(lazy="joined")
    wanted_region: Mapped[Region | None] = relationship(
        foreign_keys=[wanted_region_id], lazy="joined"
    )
    contact: Mapped[Person] = relationship(foreign_keys=[contact_id])
    namings: Mapped[list[Naming]] = relationship(
        back_populates="listing", cascade="all, delete-orphan"
    )
    interests: Mapped[list[Interest]] = relationship(back_populates="listing")
    #: Answers that hold their organisation's place: neither declined, withdrawn nor replaced.
    held_interests: Mapped[list[Interest]] = relationship(
        viewonly=True,
        primaryjoin="and_(Listing.id == Interest.listing_id, Interest.released_at.is_(None))",
    )

    #: Answers that were accepted: those organisations have been introduced.
    accepted_interests: Mapped[list[Interest]] = relationship(
        viewonly=True,
        primaryjoin="and_(Listing.id == Interest.listing_id, Interest.state == 'accepted')",
    )

    #: The organisations named on it, and those with an answer that holds, that are members of its
    #: alliance now.
    named_members: Mapped[list[Organisation]] = relationship(
        viewonly=True,
        secondary=lambda: _of_members(Naming),
        primaryjoin=lambda: _at_its_alliance(Naming),
        secondaryjoin=lambda: Organisation.id == Membership.organisation_id,
    )
    answering_members: Mapped[list[Organisation]] = relationship(
        viewonly=True,
        secondary=lambda: _of_members(Interest, Interest.released_at.is_(None)),
        primaryjoin=lambda: _at_its_alliance(Interest),
        secondaryjoin=lambda: Organisation.id == Membership.organisation_id,
    )

    @hybrid_property
    def is_published(self) -> Any:
        """Whether it has passed review and is neither paused nor closed."""
        return self.state == ListingState.PUBLISHED

    @hybrid_property
    def is_named(self) -> Any:
        """Whether everybody who may see it sees whose it is."""
        return self.is_anonymous == False  # noqa: E712 - the same expression in SQL

    @hybrid_property
    def is_public(self) -> Any:
        """Whether everyone may see it."""
        return self.visibility == ListingVisibility.PUBLIC

    @hybrid_property
    def is_members_only(self) -> Any:
        """Whether only the alliance's members may see it."""
        return self.visibility == ListingVisibility.MEMBERS

    @hybrid_property
    def was_published(self) -> bool:
        """Whether its present content has passed review: published, paused or closed since.

        A listing that was closed as a draft or in review was never seen by others, and nobody
        holds an answer to it.
        """
        return self.state in AFTER_REVIEW

    @was_published.inplace.expression
    @classmethod
    def _was_published(cls) -> Any:
        return among(cls.state, AFTER_REVIEW)

    @hybrid_property
    def is_filled_in(self) -> Any:
        """Whether the secretariat filled it in and the member has not answered for it yet."""
        by = self.filled_in_by_id  # `is not None` is asked of a record alone; SQL needs no more
        return by is not None and by == self.submitted_by_id

    @hybrid_property
    def is_within_validity(self) -> Any:
        """Whether its last day, in Shanghai, has not passed."""
        return self.valid_until >= clock.today()

    @is_within_validity.inplace.expression
    @classmethod
    def _is_within_validity(cls) -> Any:
        return cls.valid_until >= TODAY

    @hybrid_property
    def is_due_for_renewal(self) -> bool:
        """Whether its last day is near or has passed."""
        return self.valid_until <= clock.today() + timedelta(days=RENEWABLE_DAYS)

    @is_due_for_renewal.inplace.expression
    @classmethod
    def _is_due_for_renewal(cls) -> Any:
        return cls.valid_until <= RENEWABLE_UNTIL

    @hybrid_property
    def is_answerable(self) -> bool:
        """Whether it may be answered now: published and not expired."""
        return self.state == ListingState.PUBLISHED and self.valid_until >= clock.today()

    @is_answerable.inplace.expression
    @classmethod
    def _is_answerable(cls) -> Any:
        return and_(cls.state == ListingState.PUBLISHED, cls.valid_until >= TODAY)

    @property
    def is_expired(self) -> bool:
        """Whether it is published but its last day has passed."""
        return self.state == ListingState.PUBLISHED and not self.is_within_validity

    @property
    def state_now(self) -> str:
        """The state as people read it: `expired` where the last day of a published one passed."""
        return "expired" if self.is_expired else self.state.value


def _of_members(model: Any, *also: Any) -> Any:
    """Return the join of what organisations have at a listing with their memberships of today."""
    return join(
        model.__table__,
        Membership.__table__,
        and_(
            Membership.organisation_id == model.organisation_id,
            Membership.is_active,
            *also,
        ),
    )


def _at_its_alliance(model: Any) -> Any:
    """Return the condition that such a row and such a membership are at one listing's own."""
    return and_(Listing.id == model.listing_id, Listing.alliance_id == Membership.alliance_id)


class Naming(Model):
    """An organisation that may see a confidential listing."""

    __tablename__ = "naming"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )

    listing: Mapped[Listing] = relationship(back_populates="namings")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class Interest(Versioned, Model):
    """Another organisation's answer to a listing: "I can supply this", "I need this"."""

    __tablename__ = "interest"
    __table_args__ = constraints(
        # The second wall behind the write lock: one open answer per organisation and listing.
        Index(
            "uq_interest_holding",
            "listing_id",
            "organisation_id",
            unique=True,
            sqlite_where=holding_in_sql(),
            postgresql_where=holding_in_sql(),
        ),
        CheckConstraint(
            "state NOT IN ('declined', 'withdrawn') OR released_at IS NOT NULL",
            name="ended_is_released",
        ),
        Index(None, "organisation_id", "state"),
        Index(None, "owner_id", "state"),
        Index(None, "alliance_id", "state"),
        Index(None, "listing_id"),
    )
    noun = "interest"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    #: Who answers.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: Whose listing it is, and in which alliance: copied, because neither ever changes.
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    #: The person who answered, and whom the owner speaks to after accepting.
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    message: Mapped[str] = mapped_column(Text)
    #: What was answered, as it read then: the listing may be rewritten, this answer was to that.
    listing_title: Mapped[str] = mapped_column(String(80))
    listing_direction: Mapped[Direction] = mapped_column(choice(Direction))
    state: Mapped[InterestState] = mapped_column(choice(InterestState))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    #: Set when it no longer holds its organisation's place: declined, withdrawn, or lapsed and
    #: followed by a new one.
    released_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(
        back_populates="interests", lazy="joined", innerjoin=True
    )
    organisation: Mapped[Organisation] = relationship(
        foreign_keys=[organisation_id], lazy="joined", innerjoin=True
    )
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    @hybrid_property
    def is_accepted(self) -> Any:
        """Whether the owner accepted it."""
        return self.state == InterestState.ACCEPTED

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
        """Whether it waited too long without an answer."""
        return self.state == InterestState.SENT and not self.is_live
