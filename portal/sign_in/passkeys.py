"""Passkeys (WebAuthn): a device proves who somebody is, and that it is they who hold it.

Site and origin come from PUBLIC_BASE_URL alone, whatever host a visitor claims. The device must
verify its user (finger, face, PIN), so a passkey is strong by itself. A challenge is good for one
ceremony: of two minutes, in the browser that asked for it, once.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Person
from portal.actors import ANONYMOUS, Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.sign_in.factors import require_strong
from portal.sign_in.models import Challenge, Passkey, Session
from portal.sign_in.operations import prove_session

Verified = TypeVar("Verified")

CHALLENGE_LIFETIME = timedelta(minutes=2)
#: More devices than anybody owns; without an end, a page could be filled for ever.
MOST_PASSKEYS = 20
#: What the columns hold. A credential may be longer by the standard, though none seen so far is.
LONGEST_CREDENTIAL, LONGEST_KEY = 400, 1000


def site() -> tuple[str, str]:
    """Return site (RP id) and origin that passkeys are bound to, of PUBLIC_BASE_URL."""
    parts = urlsplit(current_app.config["PUBLIC_BASE_URL"])
    return parts.hostname or "", f"{parts.scheme}://{parts.netloc}"


def are_possible() -> bool:
    """Tell whether this portal can have passkeys: no browser makes any for a bare address."""
    with suppress(ValueError):
        ipaddress.ip_address(site()[0])
        return False
    return True


def passkeys_of(person_id: int) -> Sequence[Passkey]:
    """Return the passkeys of a person, oldest first."""
    return db.session.scalars(
        select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    ).all()


@operation
def make_challenge(*, lifetime: timedelta = CHALLENGE_LIFETIME) -> str:
    """Make the challenge of one ceremony (base64url); what was never answered is swept out."""
    require(ANONYMOUS, "session.start")
    over = select(Challenge.digest).where(Challenge.expires_at <= clock.now()).limit(20)
    db.session.execute(delete(Challenge).where(Challenge.digest.in_(over)))
    challenge = secrets.token_urlsafe(32)
    expires_at = clock.now() + lifetime
    db.session.add(Challenge(digest=_digest(challenge), expires_at=expires_at))
    return challenge


@operation
def spend_challenge(challenge: str) -> bool:
    """Use a challenge up; tell whether it was still good.

    An operation of its own, so that a ceremony that fails has used up its challenge too.
    """
    require(ANONYMOUS, "session.start")
    spent = db.session.execute(
        delete(Challenge).where(
            Challenge.digest == _digest(challenge), Challenge.expires_at > clock.now()
        )
    )
    return bool(spent.rowcount == 1)  # type: ignore[attr-defined]


def options_to_sign_in(challenge: str) -> dict[str, Any]:
    """Return what the browser needs to sign in; it names nobody, the device knows who it is."""
    return options_to_json_dict(
        generate_authentication_options(
            rp_id=site()[0],
            challenge=base64url_to_bytes(challenge),
            timeout=_milliseconds(),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def options_to_register(challenge: str, who: Person) -> dict[str, Any]:
    """Return what the browser needs to make a passkey for a person, on a device without one."""
    return options_to_json_dict(
        generate_registration_options(
            rp_id=site()[0],
            rp_name=_("Alliance portal"),
            user_id=_handle(who.id),
            user_name=who.email or who.mobile or who.name,
            user_display_name=who.name,
            challenge=base64url_to_bytes(challenge),
            timeout=_milliseconds(),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential))
                for each in passkeys_of(who.id)
            ],
        )
    )


def register(
    answer: str, challenge: str, who: Person, *, name: str, session: Session, key: str, by: Actor
) -> Passkey:
    """Keep the passkey that a device made in answer to a challenge.

    `answer` is the browser's JSON. Raises `Refused` where it does not hold.
    """
    verified = _verified(
        challenge,
        lambda: verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site()[0],
            expected_origin=site()[1],
            require_user_verification=True,
        ),
    )
    return add_passkey(
        who,
        credential=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        name=name,
        session=session,
        key=key,
        by=by,
    )


def recognise(answer: dict[str, Any], challenge: str) -> Person:
    """Return whose passkey answered a challenge, and count its use.

    `answer` is the browser's JSON, read. Raises one and the same `Refused` for a passkey that is
    unknown, was copied, or did not answer this challenge.
    """
    name = str(answer.get("id", ""))[:LONGEST_CREDENTIAL]
    # JSON can name characters that no database takes.
    is_name = name.isascii() and name.isprintable()
    found = (
        db.session.scalar(select(Passkey).where(Passkey.credential == name)) if is_name else None
    )
    public_key, sign_count = (found.public_key, found.sign_count) if found else ("", 0)
    verified = _verified(
        challenge,
        lambda: verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site()[0],
            expected_origin=site()[1],
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        ),
    )
    said = (answer.get("response") or {}).get("userHandle")
    if found is None or (said and said != bytes_to_base64url(_handle(found.person_id))):
        raise _not_recognised()
    return use_passkey(found, verified.new_sign_count)


@operation
def add_passkey(
    who: Person,
    *,
    credential: str,
    public_key: str,
    sign_count: int,
    name: str,
    session: Session,
    key: str,
    by: Actor,
) -> Passkey:
    """Keep the public half of a passkey, verified before; the session becomes a strong one.

    Credential and key in base64url. Raises `Refused` where the session may not change factors,
    where the passkey is kept already, or where there are too many.
    """
    require(by, "person.secure", who)
    require_strong(session)
    if len(credential) > LONGEST_CREDENTIAL or len(public_key) > LONGEST_KEY:
        raise Refused(_l("This device makes passkeys that the portal cannot keep. Take another."))
    if db.session.scalar(select(Passkey.id).where(Passkey.credential == credential)):
        raise Refused(_l("This passkey is registered already."))
    if len(passkeys_of(who.id)) >= MOST_PASSKEYS:
        raise Refused(_l("Remove a passkey that you no longer use first."))
    made = Passkey(
        person_id=who.id,
        credential=credential,
        public_key=public_key,
        sign_count=sign_count,
        name=name,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    journal.note("passkey.add", made, by=by)
    prove_session(session, key=key, by=by, is_strong=True)
    return made


@operation
def use_passkey(passkey: Passkey, sign_count: int) -> Person:
    """Count the use of a passkey; return its owner.

    Raises `Refused` where the count did not grow: then there are two of it. Devices that do not
    count always say 0 (WebAuthn §6.1.1).
    """
    require(ANONYMOUS, "session.start")
    is_new = Passkey.sign_count < sign_count
    if sign_count == 0:
        is_new = Passkey.sign_count == 0
    counted = db.session.execute(
        update(Passkey)
        .where(Passkey.id == passkey.id, is_new)
        .values(sign_count=sign_count, used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        raise _not_recognised()
    db.session.refresh(passkey)
    return db.session.get_one(Person, passkey.person_id)


@operation
def remove_passkey(who: Person, passkey_id: int, *, session: Session, by: Actor) -> None:
    """Forget a passkey of a person: its device opens nothing any more."""
    require(by, "person.secure", who)
    require_strong(session)
    found = db.session.get(Passkey, passkey_id)
    if found is None or found.person_id != who.id:
        raise Refused(_l("There is no such passkey any more."))
    journal.note("passkey.remove", found, by=by)
    db.session.delete(found)


def _verified(challenge: str, verify: Callable[[], Verified]) -> Verified:
    """Spend the challenge, then verify; whatever is wrong is told in one sentence."""
    if not challenge or not spend_challenge(challenge):
        raise Refused(_l("That took too long. Please try again."))
    try:
        return verify()
    # The library reads JSON, CBOR and keys that strangers wrote, and fails in many ways.
    except (
        WebAuthnException,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
    ) as error:
        current_app.logger.info("a passkey was refused: %s", error)
        raise _not_recognised() from error


def _not_recognised() -> Refused:
    return Refused(_l("This passkey was not recognised."))


def _handle(person_id: int) -> bytes:
    """Return what a device stores as the name of its user: it must not tell who that is."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"passkey-user:{person_id}".encode(), hashlib.sha256).digest()


def _milliseconds() -> int:
    return int(CHALLENGE_LIFETIME.total_seconds() * 1000)


def _digest(challenge: str) -> str:
    return hashlib.sha256(challenge.encode()).hexdigest()
