"""Passwords: hashing and checking them, and setting a new one.

Hashing is slow on purpose: never call `hash_password` or `matches` while a lock is held.
"""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import clock, journal, links, outbox
from portal.access import require
from portal.accounts.addresses import PASSWORD_LINK
from portal.accounts.models import Person
from portal.actors import SYSTEM, Actor
from portal.language import moment
from portal.operations import operation
from portal.sign_in.models import Session
from portal.sign_in.operations import end_sessions_of, prove_session
from portal.sign_in.telling import tell

_hasher = PasswordHasher()
#: What an unknown account is checked against, so that it takes as long as a known one.
_decoy = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password (64 MB and about 50 ms each)."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the right one; takes the same time where there is no hash."""
    try:
        return _hasher.verify(password_hash or _decoy, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@operation
def set_password(
    who: Person,
    password_hash: str,
    *,
    by: Actor,
    session: Session | None = None,
    key: str | None = None,
) -> None:
    """Give a person a new password (hashed before) and end all their other sessions.

    Links that were to set one end with it, and the person is told. `session` is the one that goes
    on. With a `key` it goes on under that, so that a copy of its older cookie is worth nothing
    either.
    """
    require(by, "person.secure", who)
    who.password_hash = password_hash
    journal.note("person.set_password", who, by=by)
    links.revoke_for(who.id, PASSWORD_LINK, by=by)
    end_sessions_of(who.id, by=by, but=session.id if session else None)
    if session is not None and key is not None:
        prove_session(session, key=key, by=by)
    # In one's own account one sees it happen: nobody has to carry a message about that by hand.
    if session is None or (who.email and outbox.sends_mail()):
        _tell_of_change(who)


def _tell_of_change(who: Person) -> None:
    with force_locale(who.language or "zh"):
        subject = _("Your password was changed")
        body = _(
            "%(name)s, your password for the alliance portal was changed on %(at)s, and your other "
            "devices are signed out. If it was not you, ask for a new one at %(address)s and tell "
            "your alliance's secretariat at once.",
            name=who.name,
            at=moment(clock.now()),
            address=links.address("passwords.ask_for_link"),
        )
    tell(who, subject, body, by=SYSTEM)
