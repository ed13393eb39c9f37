"""The second factor: codes of an authenticator app (TOTP), and recovery codes in its place.

The secret lies in the database sealed with a key drawn from SECRET_KEY; of recovery codes only
keyed digests are kept. Each code opens once. Whoever checks a code counts the attempt first, by
`entering.throttle(code_charge(...))`: counted inside the refused check it would be rolled back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from dataclasses import dataclass

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, literal, select, update

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Person
from portal.actors import ANONYMOUS, Actor, person
from portal.database import db, plain
from portal.errors import Refused
from portal.operations import operation
from portal.sign_in.models import Attempts, Authenticator, Passkey, RecoveryCode, Session
from portal.sign_in.operations import prove_session

#: RFC 6238: a code is for 30 seconds. The one before and the one after count too, because phones
#: and people are slow.
STEP_SECONDS, DIGITS = 30, 6
STEPS = (0, -1, 1)
RECOVERY_CODES = 10
#: Without letters and digits that look alike: 31 signs, ten of them are 49 bits.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


@dataclass(frozen=True)
class Factors:
    """What proves who somebody is, as their page shows it."""

    has_password: bool
    has_authenticator: bool
    codes_left: int
    passkeys: int

    @property
    def has_second(self) -> bool:
        """Whether there is anything beside the password."""
        return self.has_authenticator or self.passkeys > 0


def factors_of(person_id: int) -> Factors:
    """Return what proves who a person is, in one query."""
    is_theirs = Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None)
    codes = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    (row,) = plain(
        select(
            select(func.count(Person.id))
            .where(Person.id == person_id, Person.password_hash.is_not(None))
            .scalar_subquery(),
            select(func.count(Authenticator.id)).where(*is_theirs).scalar_subquery(),
            select(func.count(RecoveryCode.id)).where(*codes).scalar_subquery(),
            select(func.count(Passkey.id)).where(Passkey.person_id == person_id).scalar_subquery(),
        ).select_from(select(literal(1)).subquery())
    )
    return Factors(bool(row[0]), bool(row[1]), row[2], row[3])


def authenticator_of(person_id: int) -> Authenticator | None:
    """Return the authenticator of a person, confirmed or not yet, or None."""
    return db.session.scalar(select(Authenticator).where(Authenticator.person_id == person_id))


def needs_second(person_id: int) -> bool:
    """Tell whether a password alone does not let this person in."""
    found = authenticator_of(person_id)
    return found is not None and found.confirmed_at is not None


def may_change_factors(person_id: int, *, is_strong: bool) -> bool:
    """Tell whether a session may change the factors of its person.

    Where there is a second factor, only a session that was opened with one: otherwise whoever
    learned the password would simply add a factor of their own.
    """
    return is_strong or not factors_of(person_id).has_second


def require_strong(session: Session) -> None:
    """Raise `Refused` where a session may not change the factors of its person."""
    if not may_change_factors(session.person_id, is_strong=session.is_strong):
        raise Refused(_l("Prove who you are with your second factor first."))


def code_charge(person_id: int) -> tuple[str, int]:
    """Return the charge for an attempt at a person's second factor: a count of its own."""
    return f"second:{person_id}", int(current_app.config["SIGN_INS_PER_ACCOUNT"])


def secret_of(authenticator: Authenticator) -> str | None:
    """Return the secret of an authenticator in base32, or None where SECRET_KEY was changed."""
    try:
        return _fernet().decrypt(authenticator.sealed.encode()).decode()
    except InvalidToken:
        return None


def setup_address(secret: str, account: str, issuer: str) -> str:
    """Return the otpauth address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


@operation
def start_authenticator(who: Person, *, session: Session, by: Actor) -> Authenticator:
    """Make a secret for a person; it counts only once a code of it was given.

    Raises `Refused` where one is confirmed already, or the session may not change factors.
    """
    require(by, "person.secure", who)
    require_strong(session)
    found = authenticator_of(who.id)
    if found is not None and found.confirmed_at is not None:
        raise Refused(_l("An authenticator is set up already. Turn it off first."))
    sealed = _fernet().encrypt(pyotp.random_base32().encode()).decode()
    if found is None:
        found = Authenticator(person_id=who.id, sealed=sealed, last_step=0)
        db.session.add(found)
    else:
        found.sealed = sealed
    db.session.flush()
    journal.note("authenticator.start", found, by=by)
    return found


@operation
def confirm_authenticator(
    who: Person, code: str, *, session: Session, key: str, by: Actor
) -> list[str]:
    """Turn the authenticator on by its first code; return ten recovery codes, shown only now.

    The session becomes a strong one, under a new `key`. Raises `Refused` for a wrong code.
    """
    require(by, "person.secure", who)
    require_strong(session)
    found = authenticator_of(who.id)
    if found is None or found.confirmed_at is not None:
        raise Refused(_l("There is no set-up to confirm. Start it again."))
    step = _step_of(found, code)
    if step is None:
        raise _wrong_code()
    found.confirmed_at, found.last_step = clock.now(), step
    journal.note("authenticator.confirm", found, by=by)
    prove_session(session, key=key, by=by, is_strong=True)
    return _new_codes(who.id)


@operation
def remove_authenticator(who: Person, *, session: Session, by: Actor) -> None:
    """Turn the authenticator off; its recovery codes go with it."""
    require(by, "person.secure", who)
    require_strong(session)
    found = authenticator_of(who.id)
    if found is None:
        raise Refused(_l("No authenticator is set up."))
    journal.note("authenticator.remove", found, by=by)
    forget_authenticator(who.id)


@operation
def renew_recovery_codes(who: Person, *, session: Session, by: Actor) -> list[str]:
    """Make ten new recovery codes, shown only now; the old ones open nothing any more."""
    require(by, "person.secure", who)
    require_strong(session)
    found = authenticator_of(who.id)
    if found is None or found.confirmed_at is None:
        raise Refused(_l("No authenticator is set up."))
    journal.note("authenticator.renew_codes", found, by=by)
    return _new_codes(who.id)


def check_code(who: Person, code: str) -> None:
    """Use up a code of the authenticator, or a recovery code; whoever calls this throttles.

    Raises `Refused` where it opens nothing, or opened something already.
    """
    # Chinese input methods write full-width digits.
    plain_code = "".join(c for c in unicodedata.normalize("NFKC", code) if c.isalnum())
    if len(plain_code) == DIGITS:
        check_totp(who, plain_code)
    else:
        use_recovery_code(who, plain_code)


@operation
def check_totp(who: Person, code: str) -> None:
    """Use up a code of a person's authenticator; each step of 30 seconds opens once.

    Raises `Refused` for a code that is wrong, used, or older than one that was used. The count
    of failed attempts starts anew.
    """
    require(ANONYMOUS, "session.start")
    found = authenticator_of(who.id)
    if found is None or found.confirmed_at is None:
        raise _wrong_code()
    step = _step_of(found, code)
    if step is None:
        raise _wrong_code()
    # The second wall behind the write lock: of two updates only one finds an earlier step.
    taken = db.session.execute(
        update(Authenticator)
        .where(Authenticator.id == found.id, Authenticator.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise _wrong_code()
    db.session.refresh(found)
    _forget_attempts(who.id)


@operation
def use_recovery_code(who: Person, code: str) -> None:
    """Use up a recovery code; journaled. Raises `Refused` where it is wrong or was used."""
    require(ANONYMOUS, "session.start")
    found = authenticator_of(who.id)
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == who.id,
            RecoveryCode.digest == _digest(who.id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if found is None or used.rowcount != 1:  # type: ignore[attr-defined]
        raise _wrong_code()
    journal.note("authenticator.recover", found, by=person(who.id))
    _forget_attempts(who.id)


def forget_authenticator(person_id: int) -> None:
    """Delete authenticator and recovery codes, inside an operation that has the right to."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    db.session.execute(delete(Authenticator).where(Authenticator.person_id == person_id))


def _new_codes(person_id: int) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    made = []
    for _each in range(RECOVERY_CODES):
        code = "".join(secrets.choice(ALPHABET) for _sign in range(CODE_LENGTH))
        db.session.add(RecoveryCode(person_id=person_id, digest=_digest(person_id, code)))
        made.append(f"{code[:5]}-{code[5:]}")
    db.session.flush()
    return made


def _step_of(authenticator: Authenticator, code: str) -> int | None:
    """Return the number of the step that a code is of, if it is one that counts now."""
    secret = secret_of(authenticator)
    if secret is None or not code.isascii():
        return None
    totp, now = pyotp.TOTP(secret), int(clock.now().timestamp()) // STEP_SECONDS
    for step in (now + distance for distance in STEPS):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def _wrong_code() -> Refused:
    return Refused(
        _l("This code is not right, or it was used already. Wait for the next one."), field="code"
    )


def _forget_attempts(person_id: int) -> None:
    db.session.execute(delete(Attempts).where(Attempts.key == code_charge(person_id)[0]))


def _fernet() -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=b"portal: authenticator secrets")
    drawn = key.derive(current_app.config["SECRET_KEY"].encode())
    return Fernet(urlsafe_b64encode(drawn))


def _digest(person_id: int, code: str) -> str:
    """Return what is stored of a recovery code: keyed, so that a stolen table tells nothing."""
    key = current_app.config["SECRET_KEY"].encode()
    written = "".join(c for c in code.upper() if c.isalnum())
    return hmac.new(key, f"recovery:{person_id}:{written}".encode(), hashlib.sha256).hexdigest()
