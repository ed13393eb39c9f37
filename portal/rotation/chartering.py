"""Verbs on the rules of rotation: a new version, and when a member cannot take the chair."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation, OrganisationKind
from portal.actors import Actor
from portal.alliances.decisions import written_basis
from portal.alliances.models import Alliance, Membership, Tier
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.rotation.cases import Order
from portal.rotation.models import LONGEST, SHORTEST, ActingRule, Blackout, Charter


@dataclass(frozen=True)
class CharterContent:
    """What a version of the rules says."""

    term_months: int
    order: Order
    tiers: tuple[Tier, ...] = ()
    kinds: tuple[OrganisationKind, ...] = ()
    cooling_off_terms: int = 0
    max_region_run: int | None = None
    everyone_before_anyone_twice: bool = True
    max_at_once: int = 2
    acting: ActingRule = ActingRule.INCOMING
    first_chair_id: int | None = None


@operation
def enact_charter(
    alliance: Alliance, content: CharterContent, *, basis: str | None, by: Actor
) -> Charter:
    """Enter a new version of the rules; terms that are planned already stay as they are.

    Raises `Refused` without the resolution as `basis`, and for numbers out of their range.
    """
    require(by, "charter.write", alliance)
    basis = written_basis(basis, missing=_l("Name the resolution and its date."))
    if not SHORTEST <= content.term_months <= LONGEST:
        raise Refused(_l("A term lasts from one month to three years."), field="term_months")
    is_member = select(Membership.id).where(
        Membership.alliance_id == alliance.id,
        Membership.organisation_id == (content.first_chair_id or 0),
        Membership.is_active,
    )
    if content.first_chair_id and db.session.scalar(is_member) is None:
        raise Refused(_l("Only a member can hold the chair."), field="first_chair_id")
    last = db.session.scalar(
        select(func.max(Charter.number)).where(Charter.alliance_id == alliance.id)
    )
    said = asdict(content) | {
        "tiers": [each.value for each in content.tiers],
        "kinds": [each.value for each in content.kinds],
    }
    charter = Charter(
        alliance_id=alliance.id,
        number=(last or 0) + 1,
        basis=basis,
        made_at=clock.now(),
        made_by_id=by.person_id,
        **said,
    )
    db.session.add(charter)
    db.session.flush()
    journal.note("charter.enact", charter, by=by, detail={"note": basis})
    return charter


@operation
def add_blackout(
    alliance: Alliance,
    organisation: Organisation,
    *,
    days: tuple[date, date],
    note: str | None = None,
    by: Actor,
) -> Blackout:
    """Note that a member cannot take the chair from a first day up to and with a last one.

    Raises `Refused` for who is no member, and for days in the wrong order.
    """
    require(by, "rotation.plan", alliance)
    is_member = db.session.scalar(
        select(Membership.id).where(
            Membership.alliance_id == alliance.id,
            Membership.organisation_id == organisation.id,
            Membership.is_active,
        )
    )
    if is_member is None:
        raise Refused(_l("Only a member can hold the chair."), field="organisation_id")
    from_on, last_on = days
    if last_on < from_on:
        raise Refused(_l("The last day lies before the first."), field="last_on")
    blackout = Blackout(
        alliance_id=alliance.id,
        organisation=organisation,
        from_on=from_on,
        until_on=date.fromordinal(last_on.toordinal() + 1),
        note=(note or "").strip() or None,
    )
    db.session.add(blackout)
    db.session.flush()
    journal.note("blackout.add", blackout, by=by)
    return blackout


@operation
def remove_blackout(blackout: Blackout, *, by: Actor) -> None:
    """Let a member be planned again in a stretch that was kept free of it."""
    require(by, "blackout.remove", blackout)
    journal.note("blackout.remove", blackout, by=by)
    db.session.delete(blackout)
    db.session.flush()
