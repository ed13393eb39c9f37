"""What this room holds of a person: for the copy they may ask for, and to be forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, or_, select, update

from portal import clock, journal, links
from portal.accounts.models import Person
from portal.accounts.person_queries import addresses_of, rows_of
from portal.actors import Actor
from portal.database import db
from portal.links import ActionLink
from portal.sign_in.models import (
    Authenticator,
    Doorbell,
    FactorReset,
    Invitation,
    Passkey,
    RecoveryCode,
    Session,
)
from portal.sign_in.operations import end_sessions_of

#: What opens something, or helps to: never in a copy of anybody's data.
SECRETS = {"digest", "code_digest", "sealed", "credential", "public_key", "last_step", "sign_count"}
#: The tables of this room by the columns that name a person.
NAMED: dict[Any, tuple[str, ...]] = {
    Session: ("person_id", "on_behalf_of_id"),
    Authenticator: ("person_id",),
    RecoveryCode: ("person_id",),
    Passkey: ("person_id",),
    FactorReset: ("person_id", "requested_by_id", "confirmed_by_id"),
    Invitation: ("person_id", "invited_by_id"),
    Doorbell: ("person_id",),
    ActionLink: ("person_id", "made_by_id"),
}


def sign_in_data(person_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return sessions, proofs and invitations of a person, without anything secret.

    Of what concerns somebody else (an invitation they made) only that it exists.
    """
    found = []
    for model, columns in NAMED.items():
        table = model.__table__
        own, *others = (table.c[column] for column in columns)
        shown = [each for each in table.columns if each.name not in SECRETS]
        for row in rows_of(select(*shown).where(own == person_id)):
            found.append({"what": table.name, **row})
        for other in others:
            brief = select(table.c.id, other).where(other == person_id)
            found.extend({"what": table.name, **row} for row in rows_of(brief))
    return "sign_in", found


def end_access(who: Person, *, by: Actor) -> None:
    """End the sessions of a closed account and take away whatever proved who it was."""
    end_sessions_of(who.id, by=by)
    for model in (Authenticator, RecoveryCode, Passkey):
        db.session.execute(delete(model).where(model.person_id == who.id))
    for link in db.session.scalars(
        select(ActionLink).where(
            or_(ActionLink.person_id == who.id, ActionLink.made_by_id == who.id),
            ActionLink.used_at.is_(None),
            ActionLink.revoked_at.is_(None),
            ActionLink.expires_at > clock.now(),
        )
    ):
        links.revoke(link, by=by)


def forget(who: Person, nobody: str) -> None:
    """Take the name, addresses and devices of an erased person out of this room's tables."""
    addresses = addresses_of(who)
    theirs = or_(
        Invitation.person_id == who.id,
        Invitation.email.in_(addresses),
        Invitation.mobile.in_(addresses),
    )
    invitations = db.session.scalars(select(Invitation.id).where(theirs)).all()
    doorbells = db.session.scalars(select(Doorbell.id).where(Doorbell.person_id == who.id)).all()
    resets = db.session.scalars(select(FactorReset.id).where(FactorReset.person_id == who.id)).all()
    for statement in (
        update(Session).where(Session.person_id == who.id).values(device="", network=None),
        update(Doorbell).where(Doorbell.id.in_(doorbells)).values(device="", network=None),
        update(FactorReset).where(FactorReset.id.in_(resets)).values(reason=""),
        update(Invitation)
        .where(Invitation.id.in_(invitations))
        .values(name=nobody, email=None, mobile=None),
    ):
        db.session.execute(statement)
    for noun, ids in (
        ("invitation", invitations),
        ("doorbell", doorbells),
        ("factor_reset", resets),
    ):
        journal.erase_details(noun, ids)
