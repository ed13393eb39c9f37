"""Alliances, memberships and the succession of the chair."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation, Person
from portal.alliances.workflow import ENDED, MembershipState
from portal.chain.models import ChainMap
from portal.database import Model, Versioned, choice, constraints


class AllianceKind(StrEnum):
    """What a body of member organisations is: the rules of both are the same."""

    ALLIANCE = "alliance"
    #: A government working group whose chair rotates (DOMAIN D2).
    WORKING_GROUP = "working_group"


class Alliance(Versioned, Model):
    """An industry alliance: a body of member organisations around one chain."""

    __tablename__ = "alliance"
    noun = "alliance"
    address = "slug"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[AllianceKind] = mapped_column(choice(AllianceKind), default=AllianceKind.ALLIANCE)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    summary_en: Mapped[str] = mapped_column(Text)
    #: What this body calls its chair is data (轮值理事长, 轮值主席, 轮值链长).
    chair_title: Mapped[str] = mapped_column(String(20))
    chair_title_en: Mapped[str] = mapped_column(String(60), default="Rotating chair")
    #: Where to ask in person about what may not be typed here (保密自查).
    contact: Mapped[str] = mapped_column(String(200))
    founded_on: Mapped[date | None]
    chain_map_id: Mapped[int] = mapped_column(ForeignKey("chain_map.id"))

    #: Charter basics (章程要点), as the secretariat words them.
    charter: Mapped[str | None] = mapped_column(Text)
    #: Whether the charter lets only the council admit: an approval then names its resolution.
    council_admits: Mapped[bool] = mapped_column(default=False)

    chain_map: Mapped[ChainMap] = relationship(lazy="joined", innerjoin=True)


class Tier(StrEnum):
    """The tiers of membership, in protocol order."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    COUNCIL = "council"
    MEMBER = "member"


class Membership(Versioned, Model):
    """An organisation's place in an alliance; ended ones stay as history."""

    __tablename__ = "membership"
    __table_args__ = constraints(
        Index(
            "uq_membership_held",
            "alliance_id",
            "organisation_id",
            unique=True,
            sqlite_where=MembershipState.is_held_in_sql(),
            postgresql_where=MembershipState.is_held_in_sql(),
        ),
        Index(None, "organisation_id", "state"),
    )
    noun = "membership"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    tier: Mapped[Tier] = mapped_column(choice(Tier))
    state: Mapped[MembershipState] = mapped_column(choice(MembershipState))
    #: When it became a member; nothing while it applies.
    since: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    #: When an application was first handed in, or the organisation admitted: from then on the
    #: secretariat sees it, a draft never.
    submitted_at: Mapped[datetime | None]
    #: What the applicant brings and seeks, in their words.
    statement: Mapped[str | None] = mapped_column(Text)
    #: Whom the alliance speaks to at the organisation.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The named person, where an agent (经办人) applied.
    applied_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The resolution, or the letter, that the last decision rests on.
    basis: Mapped[str | None] = mapped_column(String(200))

    alliance: Mapped[Alliance] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship()
    contact: Mapped[Person | None] = relationship(foreign_keys=[contact_id])

    @hybrid_property
    def is_active(self) -> Any:
        """Whether the organisation is a member now."""
        return self.state == MembershipState.ACTIVE

    @hybrid_property
    def was_submitted(self) -> Any:
        """Whether it was ever handed in, and is no draft of the organisation alone."""
        return self.submitted_at != None  # noqa: E711 - the same expression in SQL

    @property
    def is_ended(self) -> bool:
        """Whether it is over, so that the organisation may apply anew."""
        return self.state in ENDED

    @property
    def state_now(self) -> str:
        """The state as people read it: `retracted` for an application that was taken back."""
        return state_now(self.state, self.since)


#: Shown in place of `withdrawn`, which people read as "left the alliance".
RETRACTED = "retracted"


def state_now(state: MembershipState, since: datetime | None) -> str:
    """Return a membership's state as people read it, from what a row of a list holds."""
    is_retracted = state is MembershipState.WITHDRAWN and since is None
    return RETRACTED if is_retracted else state.value


class ChairTerm(Model):
    """One step of the succession: from this instant on, this organisation holds the chair.

    The holder at an instant is the row with the latest `from_at` not after it; a term ends
    where the next begins, so the succession has neither overlap nor gap by construction.
    """

    __tablename__ = "chair_term"
    __table_args__ = constraints(UniqueConstraint("alliance_id", "from_at"))
    noun = "chair_term"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The named person of the organisation who sits in the chair.
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_at: Mapped[datetime]
    is_acting: Mapped[bool] = mapped_column(default=False)
    #: When the person closed their account: from then on nobody sits in the chair.
    vacated_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship()


#: So many characters of a piece of news stand in lists.
BEGINNING = 90
#: The break of a line after a Chinese mark: where lines are joined, it needs no blank.
AFTER_A_MARK = re.compile(r"(?<=[\u3001-\u303f\uff01-\uff1f\u201d])\s*\n\s*")


class News(Versioned, Model):
    """A piece of news that the secretariat tells on the alliance's page."""

    __tablename__ = "news"
    __table_args__ = constraints(Index(None, "alliance_id", "published_at"))
    noun = "news"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliance.id"))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    alliance: Mapped[Alliance] = relationship()
    author: Mapped[Person] = relationship()

    @property
    def beginning(self) -> str:
        """How it begins, as lists show it."""
        whole = " ".join(AFTER_A_MARK.sub("", self.body).split())
        return whole if len(whole) <= BEGINNING else f"{whole[: BEGINNING - 1]}…"

    @hybrid_property
    def is_standing(self) -> Any:
        """Whether it is shown: not taken back."""
        return self.withdrawn_at == None  # noqa: E711 - the same expression in SQL
