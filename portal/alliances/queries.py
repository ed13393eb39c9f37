"""Questions about alliances, members and the chair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.accounts.models import Agency, Appointment, Organisation
from portal.accounts.queries import OF_ORGANISATION
from portal.alliances.models import Alliance, ChairTerm, Membership, Tier
from portal.database import Rows, among, db
from portal.registry import ACTING_FOR, INSTANT, PERSON, PRINCIPAL
from portal.roles import Role

#: Protocol order (排序): the chair organisation first.
TIER_ORDER = {tier: position for position, tier in enumerate(Tier)}


def members_standing() -> Rows:
    """Return (role member, alliance id) for the organisation the actor acts for now.

    Only somebody who holds an appointment at the organisation, or is agent of such a person,
    carries its membership.
    """
    is_agent_of = Appointment.person_id.in_(
        select(Agency.principal_id).where(
            Agency.agent_id == PERSON,
            Agency.principal_id == PRINCIPAL,
            Agency.scope_id == ACTING_FOR,
            among(Agency.role, OF_ORGANISATION),
            Agency.from_at <= INSTANT,
            Agency.until_at > INSTANT,
        )
    )
    is_appointed = (
        select(Appointment.id)
        .where(
            or_(Appointment.person_id == PERSON, is_agent_of),
            Appointment.scope_id == ACTING_FOR,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.from_at <= INSTANT,
            or_(Appointment.until_at.is_(None), Appointment.until_at > INSTANT),
        )
        .exists()
    )
    return select(literal(Role.MEMBER.value), Membership.alliance_id).where(
        Membership.organisation_id == ACTING_FOR, Membership.is_active, is_appointed
    )


def chairs_standing() -> Rows:
    """Return (role chair, alliance id) where the actor sits in the chair at the instant.

    A chair ends with the membership of its organisation.
    """
    later = aliased(ChairTerm)
    superseded = (
        select(later.id)
        .where(
            later.alliance_id == ChairTerm.alliance_id,
            later.from_at > ChairTerm.from_at,
            later.from_at <= INSTANT,
        )
        .exists()
    )
    is_member = (
        select(Membership.id)
        .where(
            Membership.alliance_id == ChairTerm.alliance_id,
            Membership.organisation_id == ChairTerm.organisation_id,
            Membership.is_active,
        )
        .exists()
    )
    return select(literal(Role.CHAIR.value), ChairTerm.alliance_id).where(
        ChairTerm.person_id == PERSON, ChairTerm.from_at <= INSTANT, ~superseded, is_member
    )


def all_alliances() -> Sequence[Alliance]:
    """Return every alliance, by id (the order in which they were founded here)."""
    return db.session.scalars(select(Alliance).order_by(Alliance.id)).all()


def alliances_of(organisation_id: int) -> Sequence[Alliance]:
    """Return the alliances an organisation is an active member of."""
    return db.session.scalars(
        select(Alliance)
        .join(Membership, Membership.alliance_id == Alliance.id)
        .where(Membership.organisation_id == organisation_id, Membership.is_active)
        .order_by(Alliance.id)
    ).all()


def member_counts() -> dict[int, int]:
    """Return how many active members each alliance has, by its id."""
    rows = db.session.execute(
        select(Membership.alliance_id, func.count())
        .where(Membership.is_active)
        .group_by(Membership.alliance_id)
    )
    return {row[0]: row[1] for row in rows}


def memberships_of(organisation_id: int) -> Sequence[Membership]:
    """Return the active memberships of an organisation, with their alliances."""
    return db.session.scalars(
        select(Membership)
        .options(joinedload(Membership.alliance))
        .where(Membership.organisation_id == organisation_id, Membership.is_active)
        .order_by(Membership.alliance_id)
    ).all()


def members_of(alliance_id: int) -> Sequence[Membership]:
    """Return the active memberships of an alliance in protocol order, then by name."""
    order = case(TIER_ORDER, value=Membership.tier)
    query = (
        select(Membership)
        .join(Membership.organisation)
        .options(joinedload(Membership.organisation).joinedload(Organisation.district))
        .where(Membership.alliance_id == alliance_id, Membership.is_active)
        .order_by(order, Organisation.name)
    )
    return db.session.scalars(query).all()


@dataclass(frozen=True)
class Chair:
    """Who chairs now, until when, who is next: what the chair band shows."""

    current: ChairTerm
    following: ChairTerm | None

    @property
    def until(self) -> datetime | None:
        """The instant at which the next term begins, if one is planned."""
        return self.following.from_at if self.following else None

    @property
    def until_day(self) -> date | None:
        """The day, in Shanghai, on which the next term begins."""
        return self.until.astimezone(clock.LOCAL_ZONE).date() if self.until else None

    @property
    def progress(self) -> int:
        """How much of the term has passed, in per cent (0 where its end is open)."""
        if self.until is None:
            return 0
        passed = (clock.now() - self.current.from_at) / (self.until - self.current.from_at)
        return min(100, max(0, round(passed * 100)))


def chair_of(alliance_id: int) -> Chair | None:
    """Return who holds the chair of an alliance now and who is next, or None."""
    at = clock.now()
    begun = (
        select(func.max(ChairTerm.from_at))
        .where(ChairTerm.alliance_id == alliance_id, ChairTerm.from_at <= at)
        .scalar_subquery()
    )
    terms = db.session.scalars(
        select(ChairTerm)
        .options(joinedload(ChairTerm.organisation), joinedload(ChairTerm.person))
        .where(ChairTerm.alliance_id == alliance_id, ChairTerm.from_at >= begun)
        .order_by(ChairTerm.from_at)
        .limit(2)
    ).all()
    if not terms:
        return None
    return Chair(terms[0], terms[1] if len(terms) > 1 else None)
