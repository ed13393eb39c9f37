"""The second step of signing in, the authenticator and its recovery codes, and the overview.

Also the rule that leads whoever holds a weighty role to a second factor before anything else.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.access import current_standing, public, requires
from portal.accounts.models import Person
from portal.database import db
from portal.forms import refusals
from portal.roles import NEED_SECOND_FACTOR
from portal.sign_in import entering, factors, operations
from portal.sign_in.factor_forms import FactorCodeForm
from portal.sign_in.factors import needs_second

__all__ = ["ask_second", "bp", "init_app", "needs_second", "prove_strongly", "waiting_for_second"]

bp = Blueprint("factors", __name__)

#: How long the second step waits, in seconds, and its name in the cookie.
WAIT_SECONDS = 5 * 60
COOKIE_ENTRY = "second"
LONGEST_TARGET = 1000
#: What stays open to whoever must give or set up a second factor first.
OPEN_WITHOUT = frozenset(
    {
        "static",
        "regions.stylesheet",
        "desk.live",
        "desk.ready",
        "sign_in.sign_out",
        "sign_in.prove_again",
        "factors.second_factor",
        "factors.start_authenticator",
        "factors.authenticator",
        "passkeys.list_passkeys",
        "passkeys.options",
        "passkeys.sign_in",
        "passkeys.registration_options",
    }
)


def ask_second(who: Person, *, is_own_device: bool, target: str) -> Response:
    """Send somebody whose password was right on to the second step; no session exists yet.

    The signed cookie says for five minutes whose password it was, and which.
    """
    session[COOKIE_ENTRY] = {
        "person": who.id,
        "seal": _seal(who),
        "own": is_own_device,
        # A browser drops a cookie of more than four kilobytes.
        "target": target if len(target) <= LONGEST_TARGET else entering.inside(None),
        "at": int(clock.now().timestamp()),
    }
    return redirect(url_for("factors.give_second"))


def waiting_for_second() -> dict[str, Any] | None:
    """Return whom the second step waits for, and where they go afterwards.

    None after five minutes, and where the password that was right is so no more.
    """
    waiting: dict[str, Any] | None = session.get(COOKIE_ENTRY)
    if waiting is None or clock.now().timestamp() - waiting["at"] > WAIT_SECONDS:
        return None
    who = db.session.get_one(Person, waiting["person"])
    return waiting if hmac.compare_digest(waiting.get("seal", ""), _seal(who)) else None


def _seal(who: Person) -> str:
    """Return what tells one password of a person from the next, and nothing else."""
    key = current_app.config["SECRET_KEY"].encode()
    proved = f"first-step:{who.id}:{who.password_hash}"
    return hmac.new(key, proved.encode(), hashlib.sha256).hexdigest()[:32]


def prove_strongly() -> None:
    """Make the session that asks a strong one, and give it a new key."""
    key = entering.new_key()
    own, by = entering.own_session(), current_user.actor
    operations.prove_session(own, key=key, by=by, is_strong=True)
    entering.hand_out(key)


@bp.route("/sign-in/second", methods=["GET", "POST"])
@public
def give_second() -> tuple[str, int] | Response:
    """Ask for the second factor, after the password was right; then open the session."""
    waiting = waiting_for_second()
    if current_user.is_authenticated or waiting is None:
        return redirect(url_for("sign_in.sign_in"))
    person = db.session.get_one(Person, waiting["person"])
    form = FactorCodeForm()
    if form.validate_on_submit():
        entering.throttle(factors.code_charge(person.id))
        with refusals(form):
            factors.check_code(person, form.code.data or "")
            entering.enter(
                person,
                is_own_device=waiting["own"],
                is_strong=True,
                means="second factor",
                attempts_key=entering.account_charge(person, "")[0],
            )
            return redirect(entering.inside(waiting["target"]))
    return render_template("sign_in/factor_second.html", form=form), form.status


@bp.get("/account/security")
@requires("portal.desk")
def view_security() -> str:
    """Show what proves who this person is, and where to change it."""
    found = factors.factors_of(current_user.person_id)
    return render_template("sign_in/factor_overview.html", factors=found)


@bp.route("/account/second-factor", methods=["GET", "POST"])
@requires("portal.desk")
def second_factor() -> tuple[str, int] | Response:
    """Ask a session that has only the password for more: a code, a passkey, or to set one up."""
    target = entering.inside(request.args.get("next"))
    if current_user.is_strong:
        return redirect(target)
    me, form = _me(), FactorCodeForm()
    if form.validate_on_submit():
        entering.throttle(factors.code_charge(me.id))
        with refusals(form):
            factors.check_code(me, form.code.data or "")
            prove_strongly()
            return redirect(target)
    page = render_template(
        "sign_in/factor_needed.html",
        form=form,
        factors=factors.factors_of(me.id),
        is_required=_is_led(),
        target=target,
    )
    return page, form.status


@bp.post("/account/authenticator/start")
@requires("portal.desk", fresh=True)
def start_authenticator() -> Response:
    """Make a secret, then show it."""
    if not _may_change():
        return _prove_first()
    factors.start_authenticator(_me(), session=entering.own_session(), by=current_user.actor)
    return redirect(url_for("factors.authenticator"))


@bp.route("/account/authenticator", methods=["GET", "POST"])
@requires("portal.desk", fresh=True)
def authenticator() -> tuple[str, int] | Response:
    """Show the secret that waits to be confirmed; confirm it, and show the recovery codes once."""
    me, form = _me(), FactorCodeForm()
    if form.validate_on_submit():
        with refusals(form):
            key = entering.new_key()
            codes = factors.confirm_authenticator(
                me,
                form.code.data or "",
                session=entering.own_session(),
                key=key,
                by=current_user.actor,
            )
            entering.hand_out(key)
            return render_template("sign_in/recovery_codes.html", codes=codes), 200
    found = factors.authenticator_of(me.id)
    if found is None or found.confirmed_at is not None:
        return redirect(url_for("factors.view_security"))
    secret = factors.secret_of(found) or ""
    page = render_template(
        "sign_in/factor_authenticator.html",
        form=form,
        secret=secret,
        address=factors.setup_address(
            secret, me.email or me.mobile or me.name, _("Alliance portal")
        ),
    )
    return page, form.status


@bp.post("/account/authenticator/remove")
@requires("portal.desk", fresh=True)
def remove_authenticator() -> Response:
    """Turn the authenticator off."""
    if not _may_change():
        return _prove_first()
    factors.remove_authenticator(_me(), session=entering.own_session(), by=current_user.actor)
    flash(_("The authenticator is turned off."), "success")
    return redirect(url_for("factors.view_security"))


@bp.post("/account/recovery-codes")
@requires("portal.desk", fresh=True)
def renew_recovery_codes() -> str | Response:
    """Make new recovery codes and show them once."""
    if not _may_change():
        return _prove_first()
    codes = factors.renew_recovery_codes(
        _me(), session=entering.own_session(), by=current_user.actor
    )
    return render_template("sign_in/recovery_codes.html", codes=codes)


def _me() -> Person:
    return db.session.get_one(Person, current_user.person_id)


def _may_change() -> bool:
    return factors.may_change_factors(current_user.person_id, is_strong=current_user.is_strong)


def _prove_first() -> Response:
    return redirect(url_for("factors.second_factor", next=url_for("factors.view_security")))


def _is_led() -> bool:
    """Tell whether the person holds a role that needs a second factor, in a session without."""
    roles = current_standing().roles
    return not current_user.is_strong and any(roles.get(role) for role in NEED_SECOND_FACTOR)


def init_app(app: Flask) -> None:
    """Lead whoever must have a second factor to it before anything else, where that is required."""

    @app.before_request
    def lead() -> Response | None:
        if not app.config["SECOND_FACTOR_REQUIRED"] or request.endpoint in OPEN_WITHOUT:
            return None
        if not current_user.is_authenticated or not _is_led():
            return None
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("factors.second_factor", next=target))
