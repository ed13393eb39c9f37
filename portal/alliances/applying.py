"""Verbs on applications: an organisation asks to become a member, the secretariat answers."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.alliances.decisions import written_basis
from portal.alliances.models import Alliance, Membership, Tier
from portal.alliances.queries import held_membership, people_of
from portal.alliances.workflow import MEMBERSHIP, MembershipState
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import earlier_result, keep_receipt, operation
from portal.roles import Role
from portal.workflow import check_version, move

#: Only in these states may the applicant change what it wrote.
EDITABLE = (MembershipState.DRAFT, MembershipState.RETURNED)


@dataclass(frozen=True)
class Application:
    """What an organisation applies with."""

    tier: Tier
    #: What it brings and what it seeks, in its own words.
    statement: str
    #: Whom the alliance speaks to: one of the organisation's people.
    contact_id: int | None


def refuse_where_held(alliance_id: int, organisation_id: int) -> None:
    """Raise `Refused` where the organisation is a member or has applied already (DOMAIN D1)."""
    held = held_membership(alliance_id, organisation_id)
    if held is None:
        return
    if held.since is not None:
        raise Refused(_l("This organisation is a member already."))
    raise Refused(_l("An application of this organisation is under way already."))


@operation
def apply_for_membership(
    alliance: Alliance,
    application: Application,
    *,
    by: Actor,
    submit: bool = False,
    consents: bool = False,
    receipt: str | None = None,
) -> Membership:
    """Apply for the actor's organisation: keep a draft, or submit it at once with `consents`.

    Raises `Refused` where the organisation is a member or has applied already, where the contact
    is none of its people, and, when submitting, for what is missing.
    """
    standing = require(by, "membership.apply", alliance)
    if by.organisation_id is None or by.organisation_id not in standing[Role.DELEGATE]:
        raise Denied("membership.apply for an organisation one does not act for")
    earlier = earlier_result(Membership, receipt)
    if earlier is not None:
        return earlier
    refuse_where_held(alliance.id, by.organisation_id)
    membership = Membership(
        alliance_id=alliance.id,
        organisation_id=by.organisation_id,
        state=MEMBERSHIP.start,
        applied_by_id=by.person_id,
        applied_for_id=by.on_behalf_of_id,
        created_at=clock.now(),
    )
    _write(membership, application)
    db.session.add(membership)
    db.session.flush()
    journal.note("membership.apply", membership, by=by, to_state=membership.state)
    keep_receipt(receipt, membership)
    if submit:
        _refuse_without_consent(consents)
        submit_application(membership, by=by)
    return membership


@operation
def edit_application(
    membership: Membership,
    application: Application,
    *,
    by: Actor,
    expected: int | None = None,
    submit: bool = False,
    consents: bool = False,
) -> None:
    """Change a draft or returned application, and submit it at once if asked.

    Raises `Stale` for an old version, `Refused` in any other state or for what is wrong in it.
    """
    require(by, "membership.edit", membership)
    check_version(membership, expected)
    if membership.state not in EDITABLE:
        raise Refused(_l("It was submitted: what the secretariat reviews does not change."))
    before = {"tier": membership.tier.value, "statement": membership.statement}
    _write(membership, application)
    db.session.flush()
    journal.note("membership.edit", membership, by=by, detail={"before": before})
    if submit:
        _refuse_without_consent(consents)
        submit_application(membership, by=by)


def _write(membership: Membership, application: Application) -> None:
    """Check the contact and copy what was written into the application."""
    if application.contact_id is not None and application.contact_id not in {
        person.id for person in people_of(membership.organisation_id)
    }:
        raise Refused(_l("Choose one of your organisation's people."), field="contact_id")
    membership.tier = application.tier
    membership.statement = application.statement or None
    membership.contact_id = application.contact_id


def _refuse_without_consent(consents: bool) -> None:
    if not consents:
        raise Refused(
            _l("The member list is public: without this consent there is no membership."),
            field="consent",
        )


@operation
def submit_application(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Hand an application to the secretariat, and agree to stand in the public member list.

    The button says so; the journal keeps that it was agreed. Raises `Refused` naming all that
    is missing.
    """
    require(by, "membership.submit", membership)
    missing = _missing_from(membership) if membership.state in EDITABLE else ()
    if missing:
        fields = _(", ").join(missing)
        raise Refused(_("Still missing: %(fields)s. Change it, then submit it.", fields=fields))
    name = "resubmit" if membership.state is MembershipState.RETURNED else "submit"
    also = {
        "applied_by_id": by.person_id,
        "applied_for_id": by.on_behalf_of_id,
        "submitted_at": membership.submitted_at or clock.now(),
    }
    journal.note("membership.consent", membership, by=by, detail={"to": "public member list"})
    move(membership, name, by=by, expected=expected, note=note, also=also)


def _missing_from(membership: Membership) -> list[str]:
    missing = []
    if not membership.statement:
        missing.append(_("What you bring and seek"))
    # Also where somebody was named who has left the organisation since.
    if membership.contact_id not in {each.id for each in people_of(membership.organisation_id)}:
        missing.append(_("Contact person"))
    return missing


@operation
def review_application(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Take up the review of a submitted application, so that the applicant sees it begun."""
    require(by, "membership.review", membership)
    move(membership, "review", by=by, expected=expected, note=note)


@operation
def approve_application(
    membership: Membership,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
    tier: Tier | None = None,
    basis: str | None = None,
) -> None:
    """Admit the applicant at a tier (the one applied for, unless another is given).

    Never the one who submitted it (two pairs of eyes). Raises `Refused` without the council's
    resolution as `basis` where the charter lets only the council admit (DOMAIN D1).
    """
    require(by, "membership.approve", membership)
    basis = written_basis(
        basis,
        missing=_l("In this alliance the council admits: name its resolution.")
        if membership.alliance.council_admits
        else None,
    )
    tier = tier or membership.tier
    if tier is not membership.tier:
        detail = {"from": membership.tier.value, "to": tier.value}
        journal.note("membership.tier", membership, by=by, detail=detail)
    also = {"tier": tier, "since": clock.now(), "basis": basis}
    move(membership, "approve", by=by, expected=expected, note=note, basis=basis, also=also)


@operation
def return_application(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Send an application back with what should be changed."""
    require(by, "membership.return", membership)
    move(membership, "return", by=by, expected=expected, note=note)


@operation
def reject_application(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Turn an application down with the reason; a new one may follow."""
    require(by, "membership.reject", membership)
    also = {"ended_at": clock.now()}
    move(membership, "reject", by=by, expected=expected, note=note, also=also)


@operation
def retract_application(
    membership: Membership, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Take an application back before it was decided; a new one may follow."""
    require(by, "membership.retract", membership)
    also = {"ended_at": clock.now()}
    move(membership, "retract", by=by, expected=expected, note=note, also=also)
