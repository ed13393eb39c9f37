"""Verbs on alliances: founding, what their pages say, members, the chair's succession."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation, Person
from portal.accounts.operations import note_new_rights
from portal.actors import SYSTEM, Actor, Standing
from portal.alliances.applying import refuse_where_held
from portal.alliances.decisions import written_basis
from portal.alliances.models import Alliance, AllianceKind, ChairTerm, Membership, Tier
from portal.alliances.workflow import MembershipState
from portal.chain.models import ChainMap
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.registry import follow_up
from portal.roles import Role
from portal.workflow import check_version, move


@operation
def load_alliances(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> int:
    """Create or update the alliances of a starter file; return how many it holds."""
    require(by, "portal.load")
    for row in rows:
        alliance = db.session.scalar(select(Alliance).where(Alliance.slug == row["slug"]))
        fields = ["name", "name_en", "chair_title", "chair_title_en"]
        if alliance is None:
            kind = AllianceKind(row.get("kind", "alliance"))
            alliance = Alliance(slug=row["slug"], kind=kind)
            # Afterwards these are the secretariat's: a second load must not undo its words.
            fields += ["summary", "summary_en", "contact"]
        for field in fields:
            setattr(alliance, field, row[field])
        alliance.founded_on = date.fromisoformat(row["founded_on"])
        alliance.chain_map = db.session.execute(
            select(ChainMap).where(ChainMap.code == row["chain"])
        ).scalar_one()
        db.session.add(alliance)
        db.session.flush()
        journal.note("alliance.load", alliance, by=by)
    return len(rows)


@dataclass(frozen=True)
class AllianceContent:
    """What the secretariat says of its alliance."""

    summary: str
    summary_en: str
    charter: str | None
    #: Where to ask in person about what may not be typed here.
    contact: str
    council_admits: bool
    #: What the body is; without one it stays what it was.
    kind: AllianceKind | None = None


@operation
def edit_alliance(
    alliance: Alliance, content: AllianceContent, *, by: Actor, expected: int | None = None
) -> None:
    """Change what an alliance's pages say. Raises `Stale` for an old version."""
    require(by, "alliance.edit", alliance)
    check_version(alliance, expected)
    written = {**asdict(content), "kind": content.kind or alliance.kind}
    before = {
        name: getattr(alliance, name)
        for name, value in written.items()
        if getattr(alliance, name) != value
    }
    for name in before:
        setattr(alliance, name, written[name])
    if before:
        journal.note("alliance.edit", alliance, by=by, detail={"before": before})


@operation
def admit_organisation(
    alliance: Alliance,
    organisation: Organisation,
    tier: Tier,
    *,
    by: Actor,
    since_on: date | None = None,
    basis: str | None = None,
) -> Membership:
    """Make an organisation a member from paper, without an application (DOMAIN D1).

    `since_on` is the day in Shanghai from which the paper counts it, `basis` names the paper.
    Raises `Refused` where it is a member, or has applied, already, and for a day to come.
    """
    require(by, "membership.admit", alliance)
    if since_on is not None and since_on > clock.today():
        raise Refused(_l("This day has not come yet."), field="since_on")
    basis = written_basis(basis, missing=None)
    refuse_where_held(alliance.id, organisation.id)
    membership = Membership(
        alliance=alliance,
        organisation=organisation,
        tier=tier,
        state=MembershipState.ACTIVE,
        since=clock.start_of(since_on) if since_on else clock.now(),
        created_at=clock.now(),
        submitted_at=clock.now(),
        basis=basis,
    )
    db.session.add(membership)
    db.session.flush()
    journal.note(
        "membership.admit",
        membership,
        by=by,
        to_state=MembershipState.ACTIVE,
        detail={"note": basis} if basis else None,
    )
    follow_up(membership, "admit", by=by)
    return membership


@operation
def change_tier(
    membership: Membership,
    tier: Tier,
    *,
    by: Actor,
    basis: str | None,
    expected: int | None = None,
) -> None:
    """Give a member another tier, by a resolution, which `basis` names (DOMAIN D1).

    Raises `Stale` for an old version; `Refused` for who is no member, for the tier it has, and
    without a basis.
    """
    require(by, "membership.change_tier", membership)
    check_version(membership, expected)
    if not membership.is_active:
        raise Refused(_l("Only a member has a tier that can change."))
    if tier is membership.tier:
        raise Refused(_l("It has this tier already."), field="tier")
    basis = written_basis(basis, missing=_l("Name the resolution and its date."))
    detail = {"from": membership.tier.value, "to": tier.value, "note": basis}
    membership.tier, membership.basis = tier, basis
    db.session.flush()
    journal.note("membership.change_tier", membership, by=by, detail=detail)


@operation
def suspend_membership(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Suspend a member with the reason: from now on it has no rights of a member."""
    require(by, "membership.suspend", membership)
    move(membership, "suspend", by=by, expected=expected, note=note)


@operation
def resume_membership(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Make a suspended organisation a member again; its listings it resumes itself."""
    require(by, "membership.resume", membership)
    move(membership, "resume", by=by, expected=expected, note=note)


def declares_itself(standing: Standing, membership: Membership) -> bool:
    """Tell whether a withdrawal comes from the organisation's own manager, not a delegate."""
    return membership.organisation_id in standing[Role.MANAGER]


@operation
def withdraw_membership(
    membership: Membership,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
    basis: str | None = None,
) -> None:
    """Record that a member left; its open listings close with it.

    Raises `Refused` where the secretariat records it without the letter it rests on. What the
    organisation's own manager sends is itself the declaration.
    """
    standing = require(by, "membership.withdraw", membership)
    is_own = declares_itself(standing, membership)
    basis = written_basis(
        basis, missing=None if is_own else _l("Name the letter of the organisation and its date.")
    )
    also = {"ended_at": clock.now(), "basis": basis}
    move(membership, "withdraw", by=by, expected=expected, note=note, basis=basis, also=also)


@operation
def expel_membership(
    membership: Membership,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
    basis: str | None = None,
) -> None:
    """Expel a member by a resolution, with the reason; history stays, open listings close.

    Raises `Refused` without the resolution as `basis` and without a reason.
    """
    require(by, "membership.expel", membership)
    basis = written_basis(basis, missing=_l("Name the resolution and its date."))
    if not (note or "").strip():
        raise Refused(_l("Please say why in a sentence."), field="note")
    also = {"ended_at": clock.now(), "basis": basis}
    move(membership, "expel", by=by, expected=expected, note=note, basis=basis, also=also)


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

    Raises `Refused` where the organisation is no member, a term begins at that instant, one that
    has begun would be pushed aside backwards, or the day has passed, unless it is the alliance's
    first entry (the last two bind people, not the system).
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
    if by != SYSTEM and from_at < clock.start_of(clock.today()) and _has_succession(alliance):
        raise Refused(
            _l("This day has passed, and what was is not rewritten. Take today or later."),
            field="from_on",
        )
    begun = select(ChairTerm.id).where(
        ChairTerm.alliance_id == alliance.id,
        ChairTerm.from_at > from_at,
        ChairTerm.from_at <= clock.now(),
    )
    if by != SYSTEM and db.session.scalar(begun.limit(1)):
        raise Refused(
            _l("A later term has begun already: what was is not rewritten."), field="from_on"
        )
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
    note_new_rights(holder.id)
    return term


def _has_succession(alliance: Alliance) -> bool:
    found = select(ChairTerm.id).where(ChairTerm.alliance_id == alliance.id).limit(1)
    return db.session.scalar(found) is not None


def leave_chairs(who: Person, *, by: Actor) -> None:
    """End, as an account closes, the terms in which its person sits or would sit in a chair.

    The succession keeps its steps: the organisation holds the chair, with nobody in it, until
    the secretariat enters somebody else. What was stays as it was.
    """
    for term in db.session.scalars(
        select(ChairTerm).where(ChairTerm.person_id == who.id, ChairTerm.vacated_at.is_(None))
    ).all():
        later = select(ChairTerm.id).where(
            ChairTerm.alliance_id == term.alliance_id,
            ChairTerm.from_at > term.from_at,
            ChairTerm.from_at <= clock.now(),
        )
        if db.session.scalar(later.limit(1)) is None:
            term.vacated_at = clock.now()
            journal.note("succession.vacate", term, by=by)
