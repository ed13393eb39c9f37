"""Verbs on sessions and on the count of attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from portal import clock, journal
from portal.access import require, standing_of
from portal.accounts.models import Person
from portal.accounts.queries import agency_of, organisations_of
from portal.actors import ANONYMOUS, Actor, person
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.roles import Role
from portal.sign_in.models import FRESH, Attempts, Doorbell, Session
from portal.sign_in.queries import digest

#: The window in which attempts to sign in are counted.
ATTEMPT_WINDOW = timedelta(minutes=15)
#: How often "last seen" is written at most.
SEEN_INTERVAL = timedelta(minutes=1)
#: How long a session lasts on a device that is somebody's own, and on any other.
OWN_DEVICE = timedelta(days=30)
SHARED_DEVICE = timedelta(hours=12)
#: How long the session of a portal administrator may be idle.
ADMINISTRATOR_IDLE = timedelta(minutes=30)


@operation
def charge_attempt(key: str, limit: int) -> int:
    """Count one attempt under a key; return 0 if it is allowed, else the seconds to wait.

    An operation of its own, committed before the attempt is judged: charged inside the refused
    operation it would be rolled back with it, and every guess would pass. Counts whose window
    has passed are swept out, a few at a time.
    """
    require(ANONYMOUS, "session.start")
    row = db.session.get(Attempts, key)
    if row is None:
        over = select(Attempts.key).where(Attempts.until_at <= clock.now()).limit(20)
        db.session.execute(delete(Attempts).where(Attempts.key.in_(over)))
        row = Attempts(key=key, count=0, until_at=clock.now())
        db.session.add(row)
    if row.until_at <= clock.now():
        row.count, row.until_at = 0, clock.now() + ATTEMPT_WINDOW
    if row.count >= limit:
        return max(1, int((row.until_at - clock.now()).total_seconds()))
    row.count += 1
    return 0


@operation
def give_attempts_back(*keys: str) -> None:
    """Take back the attempts that were charged for what succeeded."""
    require(ANONYMOUS, "session.start")
    for key in keys:
        row = db.session.get(Attempts, key)
        if row is not None and row.count > 0:
            row.count -= 1


@operation
def start_session(
    who: Person,
    *,
    key: str,
    device: str,
    lifetime: timedelta = SHARED_DEVICE,
    attempts_key: str | None = None,
    address_key: str | None = None,
    network: str | None = None,
    is_strong: bool = False,
    is_fresh: bool = True,
    means: str | None = None,
) -> Session:
    """Open a session for a person who proved who they are, on one device.

    `key` is the random text the cookie will carry; only its digest is stored. The count of
    failed attempts under `attempts_key` starts anew, and the attempt is given back to
    `address_key`: an office behind one address may sign in as often as it likes. Who proved
    nothing just now, but was let in by another session, is not `is_fresh`. Raises `Refused`
    where the account was closed.
    """
    require(ANONYMOUS, "session.start")
    if not who.is_open:
        raise Refused(_l("The account or the password is not right."))
    mine = organisations_of(who.id)
    session = Session(
        digest=digest(key),
        person=who,
        organisation=mine[0] if mine else None,
        started_at=clock.now(),
        seen_at=clock.now(),
        expires_at=clock.now() + lifetime,
        device=device[:200],
        network=network,
        is_own_device=lifetime >= OWN_DEVICE,
        keyed_at=clock.now(),
        proved_at=clock.now() if is_fresh else clock.now() - FRESH,
        is_strong=is_strong,
    )
    session.expires_at = min(session.expires_at, _ends_at(session))
    db.session.add(session)
    attempts = db.session.get(Attempts, attempts_key) if attempts_key else None
    if attempts is not None:
        db.session.delete(attempts)
    if address_key:
        give_attempts_back(address_key)
    db.session.flush()
    detail = {"means": means} if means else None
    journal.note("session.start", session, by=person(who.id), detail=detail)
    return session


def _ends_at(session: Session) -> datetime:
    """Return when a session ends unless it is used: sooner for a portal administrator."""
    last = session.started_at + (OWN_DEVICE if session.is_own_device else SHARED_DEVICE)
    holder = session.person_id or session.person.id
    if standing_of(person(holder))[Role.ADMINISTRATOR]:
        return min(last, clock.now() + ADMINISTRATOR_IDLE)
    return last


@operation
def end_session(session: Session, *, by: Actor) -> None:
    """End a session: its cookie opens nothing any more, at no worker."""
    require(by, "session.own", session)
    if session.ended_at is None:
        session.ended_at = clock.now()
        journal.note("session.end", session, by=by)


@operation
def end_other_sessions(session: Session, *, by: Actor) -> int:
    """End every session of a person but this one; return how many were live."""
    require(by, "session.own", session)
    return end_sessions_of(session.person_id, by=by, but=session.id)


def end_sessions_of(person_id: int, *, by: Actor, but: int | None = None) -> int:
    """End the live sessions of a person inside an operation that has the right to; count them.

    Doors that one of them opened for a computer by scanning, and nobody went through yet, shut.
    """
    live: Sequence[Session] = db.session.scalars(
        select(Session).where(
            Session.person_id == person_id,
            Session.ended_at.is_(None),
            Session.expires_at > clock.now(),
            Session.id != (but or 0),
        )
    ).all()
    for each in live:
        each.ended_at = clock.now()
        journal.note("session.end", each, by=by)
    db.session.execute(
        update(Doorbell)
        .where(
            Doorbell.person_id == person_id,
            Doorbell.entered_at.is_(None),
            Doorbell.expires_at > clock.now(),
        )
        .values(expires_at=clock.now())
    )
    return len(live)


@operation
def prove_session(session: Session, *, key: str, by: Actor, is_strong: bool = False) -> None:
    """Note that who they are was proved again just now, and give the session a new key.

    The key changes with what the session may do, so that one read off an older cookie is worth
    nothing. Once strong, a session stays strong.
    """
    require(by, "session.own", session)
    session.proved_at = clock.now()
    session.is_strong = session.is_strong or is_strong
    _change_key(session, key)
    journal.note("session.prove", session, by=by)


@operation
def choose_organisation(
    session: Session,
    organisation_id: int | None,
    *,
    by: Actor,
    agency_id: int | None = None,
    key: str | None = None,
) -> None:
    """Choose for which organisation, or as whose agent, the person acts from now on here.

    What the session may do changes, so it gets the new `key`. Raises `Refused` where the person
    does not represent the organisation, or the agency does not run.
    """
    require(by, "session.own", session)
    principal_id = None
    if agency_id is not None:
        agency = agency_of(session.person_id, agency_id)
        if agency is None:
            raise Refused(_l("You are not this person's agent now."), field="organisation_id")
        principal_id = agency.principal_id
        organisation_id = agency.organisation_id
    elif organisation_id not in {mine.id for mine in organisations_of(session.person_id)}:
        raise Refused(_l("You do not act for this organisation."), field="organisation_id")
    session.organisation_id = organisation_id
    session.on_behalf_of_id = principal_id
    if key is not None:
        _change_key(session, key)
    chosen = {"organisation": organisation_id, "on_behalf_of": principal_id}
    journal.note("session.choose", session, by=by, detail=chosen)


def _change_key(session: Session, key: str) -> None:
    """Give a session another key; the one before opens nothing from now on."""
    session.digest, session.previous_digest = digest(key), None
    session.keyed_at = clock.now()


@operation(even_when_reading=True)
def renew_key(session: Session, key: str, *, by: Actor) -> bool:
    """Give a session a new key because its person was given a right; tell whether it took it.

    Not where another request was quicker. For a moment the key before opens it too: what the
    browser sent at the same time must not sign its owner out. Whoever acted for nobody and has
    one organisation now acts for it.
    """
    require(by, "session.own", session)
    made_at = session.keyed_at or session.started_at
    if session.person.rights_at is None or made_at >= session.person.rights_at:
        return False
    before = session.digest
    _change_key(session, key)
    session.previous_digest = before
    if session.organisation_id is None and session.on_behalf_of_id is None:
        mine = organisations_of(session.person_id)
        session.organisation_id = mine[0].id if len(mine) == 1 else None
    journal.note("session.renew_key", session, by=by)
    return True


@operation(even_when_reading=True)
def touch_session(session: Session, *, by: Actor) -> None:
    """Note that a session is in use, at most once a minute; not worth a journal line.

    For a portal administrator this is what keeps it alive: unused for half an hour it ends.
    """
    require(by, "session.own", session)
    if clock.now() - session.seen_at >= SEEN_INTERVAL:
        session.seen_at = clock.now()
        session.expires_at = _ends_at(session)
