"""How a browser gets its session: the cookie, the device, the network it comes from.

What the views of this room share. Who somebody is was proved before; whether they may is not
asked here.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import secrets
from contextlib import suppress
from urllib.parse import urlsplit

from flask import current_app, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user, login_user

from portal import clock
from portal.accounts.models import Person
from portal.accounts.queries import account_name
from portal.database import db
from portal.engines import Busy
from portal.errors import TooMany
from portal.sign_in import operations, queries
from portal.sign_in.models import Session, SignedIn

#: What goes on across a sign-in: the invitation whose digits were typed before. It shows what
#: somebody is invited to and does nothing by itself.
CARRIED = ("invitation",)
#: Wrong digits within a quarter of an hour, of invitations and new passwords alike: from one
#: network, and everybody's together (under this key). Eight digits stand for a role or an
#: account, so the odds are kept small; right ones are not counted.
CODES_PER_ADDRESS, CODES_TOGETHER = 10, 60
CODES = "codes"

login_manager = LoginManager()
# Our own session rows decide; the library's check by address and browser would only add noise.
login_manager.session_protection = None


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_session(key: str) -> SignedIn | None:
    """Return who a cookie belongs to: asked of the database on every request."""
    found = queries.live_session(key)
    if found is None:
        return queries.session_before_its_new_key(key)
    if found.needs_new_key:
        found = _with_new_key(found)
    if clock.now() - found.seen_at >= operations.SEEN_INTERVAL:
        with suppress(Busy):  # who merely reads never waits for a writer
            operations.touch_session(own_session(found), by=found.actor)
    return found


def _with_new_key(found: SignedIn) -> SignedIn:
    """Give the session of somebody who was given a right a new key, and the cookie with it."""
    key = new_key()
    with suppress(Busy):  # who merely reads never waits for a writer: the next request does it
        if operations.renew_key(own_session(found), key, by=found.actor):
            session["_user_id"] = key
            return queries.live_session(key) or found
    return found


def own_session(signed_in: SignedIn | None = None) -> Session:
    """Return the row of the session that is asking (or of another one's values)."""
    return db.session.get_one(Session, (signed_in or current_user).session_id)


def enter(
    person: Person,
    *,
    is_own_device: bool,
    is_strong: bool = False,
    is_fresh: bool = True,
    attempts_key: str | None = None,
    charged: str = "address",
    means: str = "password",
) -> None:
    """Open a session for whoever proved who they are, and hand out its cookie.

    Whoever was signed in in this browser is signed out at the server first. `charged` names the
    act for which an attempt was counted: that one is given back, and never another. `means` is
    what proved who it is, for the journal.
    """
    if current_user.is_authenticated:
        operations.end_session(own_session(), by=current_user.actor)
    key = new_key()
    operations.start_session(
        person,
        key=key,
        device=request.user_agent.string,
        lifetime=operations.OWN_DEVICE if is_own_device else operations.SHARED_DEVICE,
        attempts_key=attempts_key,
        address_key=address_key(charged),
        network=network_of(request.remote_addr),
        is_strong=is_strong,
        is_fresh=is_fresh,
        means=means,
    )
    carried = {name: session[name] for name in CARRIED if name in session}
    session.clear()  # a cookie planted before sign-in is worth nothing after it
    session.update(carried)
    hand_out(key)
    # On a shared device the cookie ends with the browser, at the latest with the session row.
    session.permanent = is_own_device


def new_key() -> str:
    """Return a fresh random key for a session's cookie."""
    return secrets.token_urlsafe(32)


def hand_out(key: str) -> None:
    """Put a session's key into the cookie: at sign-in, and whenever the key changed."""
    login_user(queries.live_session(key))


def throttle(*charges: tuple[str, int]) -> None:
    """Count one attempt under each key; stop at the first that is used up.

    Raises `TooMany`. The widest key comes first: an address that is out of attempts must not go
    on using up those of the accounts it names.
    """
    for key, limit in charges:
        wait = operations.charge_attempt(key, limit)
        if wait:
            minutes = max(2, math.ceil(wait / 60))
            raise TooMany(
                _l("Too many attempts. Please wait about %(minutes)d minutes.", minutes=minutes),
                retry_after=wait,
            )


def address_charge(act: str = "address") -> tuple[str, int]:
    """Return the charge for the visitor's network address."""
    return address_key(act), int(current_app.config["SIGN_INS_PER_ADDRESS"])


def throttle_digits() -> str:
    """Count one try at eight digits, whatever they would open; return the visitor's own key."""
    key, limit = address_charge("code")
    throttle((key, min(limit, CODES_PER_ADDRESS)), (CODES, CODES_TOGETHER))
    return key


def account_charge(person: Person | None, account: str) -> tuple[str, int]:
    """Return the charge for an account: one count for all the names it goes by."""
    named = f"person:{person.id}" if person else f"name:{account}"
    digest = hashlib.sha256(named.encode()).hexdigest()[:32]
    return f"account:{digest}", int(current_app.config["SIGN_INS_PER_ACCOUNT"])


def named_charge(act: str, account: str, limit: int) -> tuple[str, int]:
    """Return the charge for an act at an account name, whether somebody goes by it or not."""
    digest = hashlib.sha256(account_name(account).encode()).hexdigest()[:32]
    return f"{act}:{digest}", limit


def address_key(act: str) -> str:
    """Return the key under which attempts from the visitor's network are counted."""
    return f"{act}:{network_of(request.remote_addr)}"


def network_of(address: str | None) -> str:
    """Return the network an address belongs to: a neighbour shares its fate (/24, /64)."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:  # a socket, or what a careless proxy wrote: all of these share one count
        return "unknown"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 64}", strict=False))


def inside(target: str | None) -> str:
    """Return the address to go on to, if it lies within this portal; else the desk."""
    desk = url_for("desk.view_desk")
    try:
        parts = urlsplit(target or "")
    except ValueError:
        return desk
    if not target or parts.netloc or parts.scheme:
        return desk
    # Browsers read a backslash as a slash, and drop what lies below a blank.
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    is_plain = all(c.isprintable() and c != " " for c in target)
    return target if is_path and is_plain else desk
