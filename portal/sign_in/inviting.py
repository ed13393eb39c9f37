"""Invitations: somebody is asked to take a role, and takes it once.

The address, its QR code and eight digits lead to the same page. Whoever has an account accepts
with one tap; whoever has none makes one on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal, links
from portal.access import require
from portal.accounts.addresses import refuse_bad_addresses, refuse_reserved_address
from portal.accounts.granting import may_still_grant, require_to_grant
from portal.accounts.models import Person
from portal.accounts.operations import create_person, grant_appointment
from portal.accounts.person_queries import running_appointments
from portal.accounts.queries import account_name, person_named, scope_name
from portal.actors import SYSTEM, Actor, person
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.outbox import send_mail, send_sms
from portal.registry import follow_up
from portal.roles import ROLES, Role
from portal.sign_in.models import Invitation

PURPOSE = "invitation"
#: How long an invitation stands open.
LIFETIME = timedelta(days=14)


@dataclass(frozen=True)
class Made:
    """An invitation at its birth: the only moment at which its token and code are known."""

    invitation: Invitation
    token: str
    code: str


@operation
def invite(
    role: Role,
    scope_id: int,
    *,
    name: str,
    by: Actor,
    email: str | None = None,
    mobile: str | None = None,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    basis: str | None = None,
) -> Made:
    """Invite somebody to a role at a scope, for 14 days, and send it where an address is given.

    `from_at` and `until_at` (aware, UTC) bound the role itself. Raises `Denied` where the inviter
    may not grant the role there or it is derived, `Refused` for an address that is none, and where
    it would end before it begins.
    """
    require_to_grant(by, role, scope_id)
    email = account_name(email) if email else None
    mobile = account_name(mobile) if mobile else None
    refuse_bad_addresses(email, mobile)
    if until_at is not None and until_at <= max(clock.now(), from_at or clock.now()):
        raise Refused(_l("The last day lies before the first, or has passed."), field="until_on")
    invitation = Invitation(
        name=name,
        email=email,
        mobile=mobile,
        role=role,
        scope_id=scope_id,
        from_at=from_at,
        until_at=until_at,
        basis=basis,
        invited_by_id=by.person_id,
        created_at=clock.now(),
    )
    made = links.make(PURPOSE, invitation, by=by, lifetime=LIFETIME, with_code=True)
    invitation.link = made.link
    db.session.add(invitation)
    db.session.flush()
    made.link.record_id = invitation.id
    journal.note("invitation.make", invitation, by=by, detail={"role": role.value})
    born = Made(invitation, made.token, made.code or "")
    _send(born, by=by)
    return born


def text_of(made: Made) -> str:
    """Return what is said to whom one invites: the address, and the digits with their page."""
    invitation = made.invitation
    text: str = _(
        "%(name)s, you are invited to act as %(role)s of %(scope)s on the alliance portal. Open "
        "%(address)s (once, within 14 days), or type %(code)s at %(enter_at)s.",
        name=invitation.name,
        role=ROLES[invitation.role].name,
        scope=scope_name(invitation.role, invitation.scope_id) or _("the portal"),
        address=links.address("invitations.take_up", token=made.token),
        code=made.code,
        enter_at=links.address("invitations.enter_code"),
    )
    return text


def _send(made: Made, *, by: Actor) -> None:
    """Leave it to the outbox too, on every way that is known: it may be handed over as well."""
    email, mobile = made.invitation.email, made.invitation.mobile
    if email:
        subject = _("Invitation to the alliance portal")
        send_mail(email, subject, text_of(made), by=by, link_id=made.invitation.link_id)
    if mobile:
        send_sms(mobile, text_of(made), by=by, link_id=made.invitation.link_id)


@operation
def revoke_invitation(invitation: Invitation, *, by: Actor) -> None:
    """Take an invitation back; whoever may grant the role may do so."""
    require_to_grant(by, invitation.role, invitation.scope_id)
    if not invitation.link.is_live:
        raise Refused(invitation.link.refusal)
    links.revoke(invitation.link, by=by)
    journal.note("invitation.revoke", invitation, by=by)


@operation
def accept_invitation(
    invitation: Invitation,
    *,
    by: Actor,
    name: str | None = None,
    account: str | None = None,
    password_hash: str | None = None,
) -> Person:
    """Take the role one was invited to; whoever is not signed in gets an account first.

    The password arrives hashed. Raises `Refused` where the link is used, taken back or expired,
    where the account name belongs to somebody (who then signs in first), where the inviter may
    no longer grant the role, or where the person holds it already.
    """
    require(by, "session.start")
    links.use(invitation.link, by=by)
    if not may_still_grant(invitation.invited_by_id, invitation.role, invitation.scope_id):
        raise Refused(_l("Whoever invited you may no longer do so. Ask for a new invitation."))
    if by.person_id is not None:
        who = db.session.get_one(Person, by.person_id)
        if _has_already(who, invitation):  # mostly whoever only looked whether the link works
            raise Refused(
                _l("You hold this role already. The invitation stays open for whom it is for.")
            )
    else:
        who = _new_person(name or "", account or "", password_hash)
    grant_appointment(
        who,
        invitation.role,
        scope_id=invitation.scope_id,
        from_at=max(clock.now(), invitation.from_at) if invitation.from_at else None,
        until_at=invitation.until_at,
        basis=invitation.basis,
        by=SYSTEM,
    )
    invitation.accepted_at = clock.now()
    invitation.person_id = who.id
    journal.note("invitation.accept", invitation, by=person(who.id))
    db.session.flush()
    follow_up(invitation, "accept", by=person(who.id))
    return who


def _has_already(who: Person, invitation: Invitation) -> bool:
    """Tell whether somebody holds now, for as long, what an invitation would give them."""
    return any(
        each.is_running
        and (each.role, each.scope_id) == (invitation.role, invitation.scope_id)
        and (
            each.until_at is None
            or (invitation.until_at is not None and each.until_at >= invitation.until_at)
        )
        for each in running_appointments(who.id)
    )


def _new_person(name: str, account: str, password_hash: str | None) -> Person:
    stored = account_name(account)
    found = person_named(stored)
    if found is not None and not found.is_open:
        raise Refused(
            _l(
                "The account under this name was closed and opens no more. Take another address "
                "or number, or ask a portal administrator to erase the closed account first."
            ),
            field="account",
        )
    if found is not None:
        raise Refused(
            _l("Somebody has an account under this name. If it is you, sign in first."),
            field="account",
        )
    email, mobile = (stored, None) if "@" in stored else (None, stored)
    refuse_bad_addresses(email, mobile, field="account")
    refuse_reserved_address(email, field="account")
    return create_person(
        name=name, email=email, mobile=mobile, password_hash=password_hash, by=SYSTEM
    )


def open_invitations(role: Role, scope_id: int) -> Sequence[Invitation]:
    """Return the invitations to a role at a scope that nobody took up yet, newest first."""
    found = db.session.scalars(
        select(Invitation)
        .where(
            Invitation.role == role,
            Invitation.scope_id == scope_id,
            Invitation.accepted_at.is_(None),
        )
        .order_by(Invitation.id.desc())
        .limit(100)
    )
    return [each for each in found if each.link.is_live]


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation that an address leads to, live or not, or None."""
    link = links.find(PURPOSE, token)
    return db.session.get(Invitation, link.record_id) if link else None


def invitation_by_code(code: str) -> Invitation | None:
    """Return the open invitation that eight digits lead to, or None. Whoever calls throttles."""
    link = links.find_by_code(PURPOSE, code)
    return db.session.get(Invitation, link.record_id) if link else None
