"""Questions about alliances, members and the chair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.accounts.models import Agency, Appointment, Organisation, Person
from portal.accounts.queries import OF_ORGANISATION, normal_name, principal_holds_it
from portal.alliances.models import Alliance, ChairTerm, Membership
from portal.alliances.workflow import ENDED
from portal.database import Rows, among, db
from portal.registry import ACTING_FOR, INSTANT, PERSON, PRINCIPAL, registry
from portal.roles import Role


def members_standing() -> Rows:
    """Return (role member, alliance id) for the organisation the actor acts for now.

    Only somebody who holds an appointment at the organisation, or is agent of such a person,
    carries its membership.
    """
    is_appointed = (
        select(Appointment.id)
        .where(
            Appointment.person_id == PERSON,
            PRINCIPAL == 0,
            Appointment.scope_id == ACTING_FOR,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.from_at <= INSTANT,
            or_(Appointment.until_at.is_(None), Appointment.until_at > INSTANT),
        )
        .exists()
    )
    is_agent = (
        select(Agency.id)
        .where(
            Agency.agent_id == PERSON,
            Agency.principal_id == PRINCIPAL,
            Agency.scope_id == ACTING_FOR,
            among(Agency.role, OF_ORGANISATION),
            Agency.from_at <= INSTANT,
            Agency.until_at > INSTANT,
            principal_holds_it(),
        )
        .exists()
    )
    return select(literal(Role.MEMBER.value), Membership.alliance_id).where(
        Membership.organisation_id == ACTING_FOR, Membership.is_active, or_(is_appointed, is_agent)
    )


def belonging() -> Rows:
    """Return (organisation id, alliance id) of every active membership."""
    return select(Membership.organisation_id, Membership.alliance_id).where(Membership.is_active)


def seen_by_secretariat() -> Rows:
    """Return (organisation id, alliance id) of every membership, suspended too, and application."""
    return select(Membership.organisation_id, Membership.alliance_id).where(
        Membership.was_submitted, ~among(Membership.state, ENDED)
    )


def chairs_standing() -> Rows:
    """Return (role chair, alliance id) where the actor sits in the chair at the instant.

    A chair ends with the membership of its organisation, and for a person with their last
    appointment there.
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
    return select(literal(Role.CHAIR.value), ChairTerm.alliance_id).where(
        ChairTerm.person_id == PERSON,
        ChairTerm.from_at <= INSTANT,
        ~superseded,
        PRINCIPAL == 0,
        ChairTerm.vacated_at.is_(None),
        _is_member_in_chair(),
        _holder_is_still_there(INSTANT),
    )


def _holder_is_still_there(at: Any) -> ColumnElement[bool]:
    """Return the condition that the person of a term holds a role at its organisation then."""
    return (
        select(Appointment.id)
        .where(
            Appointment.person_id == ChairTerm.person_id,
            Appointment.scope_id == ChairTerm.organisation_id,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.from_at <= at,
            or_(Appointment.until_at.is_(None), Appointment.until_at > at),
        )
        .exists()
    )


def _is_member_in_chair() -> ColumnElement[bool]:
    """Return the condition that the organisation of a term is a member of its alliance."""
    return (
        select(Membership.id)
        .where(
            Membership.alliance_id == ChairTerm.alliance_id,
            Membership.organisation_id == ChairTerm.organisation_id,
            Membership.is_active,
        )
        .exists()
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


def newest_membership(alliance_id: int, organisation_id: int) -> Membership | None:
    """Return an organisation's place in an alliance, or how its last one ended, or None."""
    return db.session.scalar(
        select(Membership)
        .where(Membership.alliance_id == alliance_id, Membership.organisation_id == organisation_id)
        .order_by(Membership.id.desc())
        .limit(1)
    )


def places_of(organisation_id: int) -> tuple[list[Membership], list[Membership]]:
    """Return an organisation's active memberships, and its newest place in every other alliance.

    The latter are applications, suspended memberships and how the last one ended. An active one
    is always the newest of its alliance: nobody applies where they hold a place.
    """
    newest = (
        select(func.max(Membership.id))
        .where(Membership.organisation_id == organisation_id)
        .group_by(Membership.alliance_id)
    )
    found = db.session.scalars(
        select(Membership)
        .options(joinedload(Membership.alliance))
        .where(Membership.id.in_(newest))
        .order_by(Membership.alliance_id)
    ).all()
    active = [each for each in found if each.is_active]
    return active, [each for each in found if not each.is_active]


def held_membership(alliance_id: int, organisation_id: int) -> Membership | None:
    """Return the membership or application that holds an organisation's place, or None."""
    return db.session.scalar(
        select(Membership).where(
            Membership.alliance_id == alliance_id,
            Membership.organisation_id == organisation_id,
            ~among(Membership.state, ENDED),
        )
    )


def earlier_memberships(membership: Membership) -> Sequence[Membership]:
    """Return the other memberships and applications of its organisation here, newest first."""
    return db.session.scalars(
        select(Membership)
        .where(
            Membership.alliance_id == membership.alliance_id,
            Membership.organisation_id == membership.organisation_id,
            Membership.id != membership.id,
        )
        .order_by(Membership.id.desc())
    ).all()


def people_of(organisation_id: int) -> Sequence[Person]:
    """Return the people who may act for an organisation now, by name."""
    return db.session.scalars(
        select(Person)
        .where(
            Person.id.in_(
                select(Appointment.person_id).where(
                    Appointment.scope_id == organisation_id,
                    among(Appointment.role, OF_ORGANISATION),
                    Appointment.is_running,
                )
            )
        )
        .order_by(Person.name, Person.id)
    ).all()


#: People offered for the chair at once; whoever seeks another searches.
OFFERED = 12


def people_of_members(
    alliance_id: int, written: str = "", *, chosen: tuple[int, int] | None = None
) -> list[tuple[Organisation, Person]]:
    """Return some who could take the chair: people of the members now, by organisation and name.

    Those whose name, or whose organisation's, holds what was `written`; or the one of the ids
    (organisation, person) that were `chosen`. One more than is offered, where there are more.
    """
    part = normal_name(written)
    wanted = or_(
        Organisation.normal_name.contains(part, autoescape=True),
        func.lower(Person.name).contains(written.strip().lower(), autoescape=True),
    )
    if chosen is not None:
        wanted = and_(Organisation.id == chosen[0], Person.id == chosen[1])
    acts = (
        select(Appointment.id)
        .where(
            Appointment.person_id == Person.id,
            Appointment.scope_id == Organisation.id,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.is_running,
        )
        .exists()
    )
    rows = db.session.execute(
        select(Organisation, Person)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, acts)  # once, however many roles somebody holds there
        .where(Membership.alliance_id == alliance_id, Membership.is_active, wanted)
        .order_by(Organisation.name, Organisation.id, Person.name, Person.id)
        .limit(OFFERED + 1)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Chair:
    """Who chairs now, until when, who is next: what the chair band shows.

    Nobody chairs where the organisation in the chair is no member any more; nobody is next
    where the next one is not.
    """

    #: The term that has begun, whoever sits in it.
    term: ChairTerm
    current: ChairTerm | None
    #: The person in the chair, while they belong to the organisation that holds it.
    holder: Person | None
    next_term: ChairTerm | None
    following: ChairTerm | None
    #: Who is to take the chair by the plan, where nobody has confirmed it yet, and from when on.
    planned: tuple[Organisation, date] | None = None

    @property
    def until(self) -> datetime | None:
        """The instant at which the next term begins, if one is planned."""
        if self.next_term is not None:
            return self.next_term.from_at
        return clock.start_of(self.planned[1]) if self.planned else None

    @property
    def next_organisation(self) -> Organisation | None:
        """Who takes the chair next: confirmed, or planned."""
        if self.following is not None:
            return self.following.organisation
        return self.planned[0] if self.planned else None

    @property
    def last_day(self) -> date | None:
        """The last day of the term, in Shanghai: the one before the next term begins."""
        return clock.day_of(self.until) - timedelta(days=1) if self.until else None

    @property
    def progress(self) -> int:
        """How much of the term has passed, in per cent (0 where its end is open)."""
        if self.until is None:
            return 0
        passed = (clock.now() - self.term.from_at) / (self.until - self.term.from_at)
        return min(100, max(0, round(passed * 100)))


@cache
def _terms() -> Rows:
    """Return the statement of the term that has begun and the next; building it costs most."""
    alliance = bindparam("alliance", type_=Integer)
    begun = (
        select(func.max(ChairTerm.from_at))
        .where(ChairTerm.alliance_id == alliance, ChairTerm.from_at <= INSTANT)
        .scalar_subquery()
    )
    return (
        select(ChairTerm, _is_member_in_chair(), _holder_is_still_there(INSTANT))
        .options(joinedload(ChairTerm.organisation), joinedload(ChairTerm.person))
        .where(ChairTerm.alliance_id == alliance, ChairTerm.from_at >= begun)
        .order_by(ChairTerm.from_at)
        .limit(2)
    )


def chair_of(alliance_id: int) -> Chair | None:
    """Return who holds the chair of an alliance now and who is next, or None."""
    values = {"alliance": alliance_id, INSTANT.key: clock.now()}
    terms = db.session.execute(_terms(), values).all()
    if not terms:
        return None
    term, is_member, is_there = terms[0]
    following, follows, _there = terms[1] if len(terms) > 1 else (None, False, False)
    ask = registry().next_chair
    return Chair(
        term=term,
        current=term if is_member else None,
        holder=term.person if is_member and is_there and term.vacated_at is None else None,
        next_term=following,
        following=following if follows else None,
        planned=ask(alliance_id) if ask is not None and following is None else None,
    )
