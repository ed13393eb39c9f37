"""Questions about sessions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import Organisation, Person
from portal.database import Instant, plain
from portal.prepared import Prepared, Raw
from portal.sign_in.devices import device_name
from portal.sign_in.models import Session, SignedIn


def digest(key: str) -> str:
    """Return what the database holds of a session key: its SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()


_principal = aliased(Person)
#: Built once: it runs on every request of whoever is signed in.
_LIVE_SESSION = (
    select(
        Session.id,
        Session.person_id,
        Session.organisation_id,
        Session.seen_at,
        Session.proved_at,
        Session.is_strong,
        Session.is_own_device,
        Session.on_behalf_of_id,
        Person.name,
        Person.language,
        Person.is_large_type,
        Organisation.name,
        _principal.name,
        func.coalesce(Session.keyed_at, Session.started_at),
        Person.rights_at,
        Session.expires_at,
    )
    .join(Person, Person.id == Session.person_id)
    .outerjoin(_principal, _principal.id == Session.on_behalf_of_id)
    .outerjoin(Organisation, Organisation.id == Session.organisation_id)
    .where(
        Session.ended_at.is_(None),
        Person.closed_at.is_(None),
    )
)
#: Asked without the instant, so that it need not be asked again until anything was written.
_OF_KEY = Prepared(_LIVE_SESSION.where(Session.digest == bindparam("digest")), keeps_rows=True)
_OF_PREVIOUS_KEY = Prepared(
    _LIVE_SESSION.where(
        Session.previous_digest == bindparam("digest"),
        Session.keyed_at > bindparam("since", type_=Instant),
    )
)
#: How long the key before opens a session whose key changed by itself: as long as requests that
#: were sent with it may be under way.
OVERLAP = timedelta(minutes=1)


def live_session(key: str) -> SignedIn | None:
    """Return whom a cookie's key lets in, if its session was not ended and has not run out."""
    return _signed_in(key, _OF_KEY.raw({"digest": digest(key)}))


def session_before_its_new_key(key: str) -> SignedIn | None:
    """Return whom a key lets in that was replaced within the last minute by itself."""
    since = clock.now() - OVERLAP
    return _signed_in(key, _OF_PREVIOUS_KEY.raw({"digest": digest(key), "since": since}))


def _signed_in(key: str, found: Raw) -> SignedIn | None:
    if not found:
        return None
    *row, expires_at = _read(found[0])
    return SignedIn(key, *row) if expires_at > clock.now() else None


@lru_cache(maxsize=4096)
def _read(raw: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the row that a driver's row says; most say what they said a page ago."""
    return _OF_KEY.read(raw)


@dataclass(frozen=True)
class Device:
    """One live session, as "my devices" shows it."""

    id: int
    name: str
    network: str | None
    started_at: datetime
    seen_at: datetime
    is_own_device: bool


def live_sessions_of(person_id: int) -> list[Device]:
    """Return where a person is signed in, the last used first."""
    rows = plain(
        select(
            Session.id,
            Session.device,
            Session.network,
            Session.started_at,
            Session.seen_at,
            Session.is_own_device,
        )
        .where(
            Session.person_id == person_id,
            Session.ended_at.is_(None),
            Session.expires_at > clock.now(),
        )
        .order_by(Session.seen_at.desc(), Session.id.desc())
        .limit(50)
    )
    return [Device(row[0], device_name(row[1]), *row[2:]) for row in rows]
