"""Sign-in, sign-out, and the choice for whom one acts."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from portal import clock
from portal.access import public, requires
from portal.accounts.models import Person
from portal.accounts.queries import account_name, person_named
from portal.database import Busy, db
from portal.errors import Refused, TooMany
from portal.sign_in import operations, passwords, queries
from portal.sign_in.forms import SignInForm
from portal.sign_in.models import Session, SignedIn

bp = Blueprint("sign_in", __name__)
login_manager = LoginManager()
# Our own session rows decide; the library's check by address and browser would only add noise.
login_manager.session_protection = None

OWN_DEVICE = timedelta(days=30)
SHARED_DEVICE = timedelta(hours=12)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_session(key: str) -> SignedIn | None:
    """Return who a cookie belongs to: asked of the database on every request."""
    found = queries.live_session(key)
    if found is None:
        return None
    if clock.now() - found.seen_at >= operations.SEEN_INTERVAL:
        with suppress(Busy):  # who merely reads never waits for a writer
            operations.touch_session(_own_session(found), by=found.actor)
    return found


def _own_session(signed_in: SignedIn) -> Session:
    return db.session.get_one(Session, signed_in.session_id)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> tuple[str, int] | Response:
    """Show the form; let in whoever knows the password, with one answer for all who do not."""
    if current_user.is_authenticated:
        return redirect(_inside(request.args.get("next")))
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("sign_in/sign_in.html", form=form), 422 if form.errors else 200
    account = account_name(form.account.data or "")
    account_key = f"account:{hashlib.sha256(account.encode()).hexdigest()[:32]}"
    _throttle(account_key)
    person = person_named(account)
    # Outside any lock and for unknown accounts too: the time tells nothing.
    known_hash = person.password_hash if person else None
    if not passwords.matches(known_hash, form.password.data or "") or person is None:
        form.refusal = _("The account or the password is not right.")
        return render_template("sign_in/sign_in.html", form=form), 422
    _enter(person, is_own_device=bool(form.is_own_device.data), attempts_key=account_key)
    return redirect(_inside(request.args.get("next")))


def _enter(person: Person, *, is_own_device: bool, attempts_key: str) -> None:
    """Open a session for whoever proved who they are, and hand out its cookie."""
    key = secrets.token_urlsafe(32)
    operations.start_session(
        person,
        key=key,
        device=request.user_agent.string,
        lifetime=OWN_DEVICE if is_own_device else SHARED_DEVICE,
        attempts_key=attempts_key,
    )
    session.clear()  # a cookie planted before sign-in is worth nothing after it
    login_user(queries.live_session(key))
    # On a shared device the cookie ends with the browser, at the latest with the session row.
    session.permanent = is_own_device


@bp.post("/sign-out")
@requires("portal.desk")
def sign_out() -> Response:
    """End the session at the server, then forget the cookie."""
    operations.end_session(_own_session(current_user), by=current_user.actor)
    logout_user()
    session.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("desk.front_page"))


@bp.post("/acting-for")
@requires("portal.desk")
def choose_organisation() -> Response:
    """Act for another of one's organisations from now on."""
    chosen = request.form.get("organisation_id", "")
    if not chosen.isdecimal():
        raise Refused(_("Please choose one."))
    mine = _own_session(current_user)
    operations.choose_organisation(mine, int(chosen), by=current_user.actor)
    return redirect(url_for("desk.view_desk"))


def _throttle(account_key: str) -> None:
    limits = (
        (account_key, current_app.config["SIGN_INS_PER_ACCOUNT"]),
        (f"address:{_network(request.remote_addr)}", current_app.config["SIGN_INS_PER_ADDRESS"]),
    )
    for key, limit in limits:
        wait = operations.charge_attempt(key, limit)
        if wait:
            raise TooMany(
                _l("Too many attempts. Please wait a quarter of an hour."), retry_after=wait
            )


def _network(address: str | None) -> str:
    """Return the network an address belongs to: a neighbour shares its fate (/24, /64)."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:  # a socket, or what a careless proxy wrote: all of these share one count
        return "unknown"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 64}", strict=False))


def _inside(target: str | None) -> str:
    """Return the address to go on to, if it lies within this portal."""
    parts = urlsplit(target or "")
    inside = bool(target) and not parts.netloc and not parts.scheme
    if inside and target and target.startswith("/") and not target.startswith(("//", "/\\")):
        return target
    return url_for("desk.view_desk")
