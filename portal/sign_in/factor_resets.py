"""Taking away a lost second factor: one officer asks, a different one does it.

Whoever could do it alone could take over an account whose password they know. Officers over a
person are portal administrators, and secretaries of an alliance their organisation belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased

from portal import clock, journal
from portal.access import require, standing_of
from portal.accounts.models import Person
from portal.accounts.queries import account_name, organisations_of, person_named
from portal.actors import Actor, Standing, person
from portal.database import db
from portal.errors import Missing, Refused
from portal.operations import operation
from portal.roles import Role
from portal.sign_in.factors import factors_of, forget_authenticator
from portal.sign_in.models import FactorReset, Passkey
from portal.sign_in.operations import end_sessions_of
from portal.sign_in.telling import tell

#: How long a request waits for the second officer.
LIFETIME = timedelta(days=3)
#: The page shows no more at once; there are never that many.
MOST_WAITING = 50


@dataclass(frozen=True)
class Waiting:
    """A request that waits for a second officer."""

    id: int
    name: str
    account: str
    reason: str
    requested_by: str
    requested_by_id: int
    expires_at: object


def is_officer_over(standing: Standing, person_id: int) -> bool:
    """Tell whether somebody is an officer over a person now (one query per organisation)."""
    if standing[Role.ADMINISTRATOR]:
        return True
    own = standing[Role.SECRETARY]
    return bool(own) and any(
        standing_of(person(person_id, organisation.id))[Role.MEMBER] & own
        for organisation in organisations_of(person_id)
    )


def waiting_resets(standing: Standing) -> list[Waiting]:
    """Return the requests that wait, of the people a standing is officer over; oldest first."""
    officer = aliased(Person)
    rows = db.session.execute(
        select(FactorReset, Person, officer.name)
        .join(Person, Person.id == FactorReset.person_id)
        .join(officer, officer.id == FactorReset.requested_by_id)
        .where(FactorReset.confirmed_at.is_(None), FactorReset.expires_at > clock.now())
        .order_by(FactorReset.id)
        .limit(MOST_WAITING)
    ).all()
    return [
        Waiting(
            reset.id,
            who.name,
            who.email or who.mobile or "",
            reset.reason,
            requested_by,
            reset.requested_by_id,
            reset.expires_at,
        )
        for reset, who, requested_by in rows
        if is_officer_over(standing, who.id)
    ]


@operation
def request_reset(account: str, *, reason: str, by: Actor) -> FactorReset:
    """Ask that the second factor of whoever goes by an account name be taken away.

    Raises `Refused` where the officer knows nobody of that name, for oneself, where there is no
    second factor, or where a request waits already.
    """
    standing = require(by, "factor_reset.request")
    _refuse_agents(by)
    who = person_named(account_name(account))
    # One sentence for both, so that an officer learns nothing of other alliances' people.
    if who is None or not who.is_open or not is_officer_over(standing, who.id):
        raise Refused(_l("Nobody you are responsible for goes by this name."), field="account")
    if who.id == by.person_id:
        raise Refused(_l("Ask another officer to request it for you."), field="account")
    if not factors_of(who.id).has_second:
        raise Refused(_l("This person has no second factor."), field="account")
    if _waiting_for(who.id):
        raise Refused(_l("A request for this person waits already."), field="account")
    made = FactorReset(
        person_id=who.id,
        requested_by_id=by.person_id,
        requested_at=clock.now(),
        reason=reason,
        expires_at=clock.now() + LIFETIME,
    )
    db.session.add(made)
    db.session.flush()
    journal.note("factor_reset.request", made, by=by, detail={"note": reason})
    return made


@operation
def confirm_reset(reset: FactorReset, *, by: Actor) -> None:
    """Take the factors of a person away, as a second officer; all their sessions end.

    They are told by a message. Raises `Refused` where it was done, has run out, or concerns the
    officer, and `Missing` for an officer over others.
    """
    standing = require(by, "factor_reset.confirm", reset)
    _refuse_agents(by)
    if not is_officer_over(standing, reset.person_id):
        raise Missing("a reset of somebody this officer is not responsible for")
    if by.person_id == reset.person_id:
        raise Refused(_l("Nobody confirms this for themselves."))
    # The second wall behind the write lock: of two updates only one finds it waiting.
    confirmed = db.session.execute(
        update(FactorReset)
        .where(
            FactorReset.id == reset.id,
            FactorReset.confirmed_at.is_(None),
            FactorReset.expires_at > clock.now(),
        )
        .values(confirmed_by_id=by.person_id, confirmed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if confirmed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(_l("This was done already, or nobody confirmed it within three days."))
    db.session.refresh(reset)
    forget_authenticator(reset.person_id)
    db.session.execute(delete(Passkey).where(Passkey.person_id == reset.person_id))
    end_sessions_of(reset.person_id, by=by)
    _tell(reset, by=by)
    journal.note("factor_reset.confirm", reset, by=by)


def _waiting_for(person_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(FactorReset.id).where(
            FactorReset.person_id == person_id,
            FactorReset.confirmed_at.is_(None),
            FactorReset.expires_at > clock.now(),
        )
    ).all()


def _refuse_agents(by: Actor) -> None:
    """Two persons means two persons: an agent and whom they act for would be one."""
    if by.on_behalf_of_id is not None:
        raise Refused(_l("This cannot be done as somebody's agent."))


def _tell(reset: FactorReset, *, by: Actor) -> None:
    who = reset.person
    with force_locale(who.language or "zh"):
        subject = _("Your second factor was taken away")
        body = _(
            "%(name)s, two officers took away the second factor of your account. You are signed "
            "out everywhere. Sign in with your password and set up a new one. If you did not ask "
            "for this, tell your alliance's secretariat at once.",
            name=who.name,
        )
    tell(who, subject, body, by=by)
