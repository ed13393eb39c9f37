"""Verbs on alliances: founding from a starter file, admitting, ending, the chair's succession."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation, Person
from portal.actors import Actor
from portal.alliances.models import Alliance, ChairTerm, Membership, Tier
from portal.alliances.workflow import MembershipState
from portal.chain.models import ChainMap
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.workflow import move


@operation
def load_alliances(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> int:
    """Create or update the alliances of a starter file; return how many it holds."""
    require(by, "portal.load")
    for row in rows:
        alliance = db.session.scalar(select(Alliance).where(Alliance.slug == row["slug"]))
        if alliance is None:
            alliance = Alliance(slug=row["slug"])
        for field in ("name", "name_en", "summary", "summary_en", "chair_title", "contact"):
            setattr(alliance, field, row[field])
        alliance.founded_on = date.fromisoformat(row["founded_on"])
        alliance.chain_map = db.session.execute(
            select(ChainMap).where(ChainMap.code == row["chain"])
        ).scalar_one()
        db.session.add(alliance)
        db.session.flush()
        journal.note("alliance.load", alliance, by=by)
    return len(rows)


@operation
def admit_organisation(
    alliance: Alliance, organisation: Organisation, tier: Tier, *, by: Actor
) -> Membership:
    """Make an organisation a member. Raises `Refused` where it is one already (DOMAIN D1)."""
    require(by, "membership.admit", alliance)
    if db.session.scalar(
        select(Membership.id).where(
            Membership.alliance_id == alliance.id,
            Membership.organisation_id == organisation.id,
            Membership.is_active,
        )
    ):
        raise Refused(_l("This organisation is a member already."))
    membership = Membership(
        alliance=alliance,
        organisation=organisation,
        tier=tier,
        state=MembershipState.ACTIVE,
        since=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(membership)
    db.session.flush()
    journal.note("membership.admit", membership, by=by, to_state=MembershipState.ACTIVE)
    return membership


@operation
def withdraw_membership(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Record that a member left, with the basis; its open listings close with it."""
    require(by, "membership.withdraw", membership)
    move(membership, "withdraw", by=by, expected=expected, note=note)


@operation
def expel_membership(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Expel a member by a resolution; history stays, open listings close."""
    require(by, "membership.expel", membership)
    move(membership, "expel", by=by, expected=expected, note=note)


@operation
def appoint_chair(
    alliance: Alliance,
    organisation: Organisation,
    holder: Person,
    *,
    from_at: datetime,
    by: Actor,
    is_acting: bool = False,
) -> ChairTerm:
    """Add a step to the succession: who holds the chair from an instant (aware, UTC) on.

    Raises `Refused` where the organisation is no member or a term begins at that instant.
    """
    require(by, "succession.appoint", alliance)
    is_member = db.session.scalar(
        select(Membership.id).where(
            Membership.alliance_id == alliance.id,
            Membership.organisation_id == organisation.id,
            Membership.is_active,
        )
    )
    if not is_member:
        raise Refused(_l("Only a member can hold the chair."))
    taken = select(ChairTerm.id).where(
        ChairTerm.alliance_id == alliance.id, ChairTerm.from_at == from_at
    )
    if db.session.scalar(taken):
        raise Refused(_l("Another term begins at that moment."))
    term = ChairTerm(
        alliance_id=alliance.id,
        organisation=organisation,
        person=holder,
        from_at=from_at,
        is_acting=is_acting,
    )
    db.session.add(term)
    db.session.flush()
    journal.note("succession.appoint", term, by=by)
    return term
