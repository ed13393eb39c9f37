"""Verbs on sessions and on the count of attempts."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Person
from portal.accounts.queries import organisations_of
from portal.actors import ANONYMOUS, Actor, person
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.sign_in.models import Attempts, Session
from portal.sign_in.queries import digest

#: The window in which attempts to sign in are counted.
ATTEMPT_WINDOW = timedelta(minutes=15)
#: How often "last seen" is written at most.
SEEN_INTERVAL = timedelta(minutes=1)


@operation
def charge_attempt(key: str, limit: int) -> int:
    """Count one attempt under a key; return 0 if it is allowed, else the seconds to wait.

    An operation of its own, committed before the attempt is judged: charged inside the refused
    operation it would be rolled back with it, and every guess would pass.
    """
    require(ANONYMOUS, "session.start")
    row = db.session.get(Attempts, key)
    if row is None:
        row = Attempts(key=key, count=0, until_at=clock.now())
        db.session.add(row)
    if row.until_at <= clock.now():
        row.count, row.until_at = 0, clock.now() + ATTEMPT_WINDOW
    if row.count >= limit:
        return max(1, int((row.until_at - clock.now()).total_seconds()))
    row.count += 1
    return 0


@operation
def start_session(
    who: Person, *, key: str, device: str, lifetime: timedelta, attempts_key: str
) -> Session:
    """Open a session for a person who proved who they are, on one device.

    `key` is the random text the cookie will carry; only its digest is stored. The count of
    failed attempts under `attempts_key` starts anew.
    """
    require(ANONYMOUS, "session.start")
    mine = organisations_of(who.id)
    session = Session(
        digest=digest(key),
        person=who,
        organisation=mine[0] if mine else None,
        started_at=clock.now(),
        seen_at=clock.now(),
        expires_at=clock.now() + lifetime,
        device=device[:200],
        proved_at=clock.now(),
    )
    db.session.add(session)
    attempts = db.session.get(Attempts, attempts_key)
    if attempts is not None:
        db.session.delete(attempts)
    db.session.flush()
    journal.note("session.start", session, by=person(who.id))
    return session


@operation
def end_session(session: Session, *, by: Actor) -> None:
    """End a session: its cookie opens nothing any more, at no worker."""
    require(by, "session.own", session)
    session.ended_at = clock.now()
    journal.note("session.end", session, by=by)


@operation
def choose_organisation(session: Session, organisation_id: int, *, by: Actor) -> None:
    """Choose for which organisation the person acts from now on in this session.

    Raises `Refused` where the person does not represent it.
    """
    require(by, "session.own", session)
    if organisation_id not in {mine.id for mine in organisations_of(session.person_id)}:
        raise Refused(_l("You do not act for this organisation."), field="organisation_id")
    session.organisation_id = organisation_id
    journal.note("session.choose", session, by=by, detail={"organisation": organisation_id})


@operation(even_when_reading=True)
def touch_session(session: Session, *, by: Actor) -> None:
    """Note that a session is in use, at most once a minute; not worth a journal line."""
    require(by, "session.own", session)
    if clock.now() - session.seen_at >= SEEN_INTERVAL:
        session.seen_at = clock.now()
