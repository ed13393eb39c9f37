"""Passkeys: one's own, and signing in by one. The script's three addresses answer in JSON."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import public, requires
from portal.accounts.models import Person
from portal.database import db
from portal.errors import Refused
from portal.forms import refusals
from portal.sign_in import entering, factors, passkeys
from portal.sign_in.factor_forms import PasskeyForm
from portal.sign_in.factor_views import prove_strongly, waiting_for_second

bp = Blueprint("passkeys", __name__)

#: Where the cookie keeps the challenge: it is good only in the browser that asked for it.
COOKIE_ENTRY = "challenge"
#: Asking writes a row each time, and is done once for each attempt.
CHALLENGES_PER_ATTEMPT = 10


@bp.post("/passkeys/options")
@public
def options() -> Response:
    """Answer what the browser needs to sign in by a passkey (JSON)."""
    key, limit = entering.address_charge("challenge")
    entering.throttle((key, limit * CHALLENGES_PER_ATTEMPT))
    return _ask(passkeys.options_to_sign_in(_new_challenge()))


@bp.post("/passkeys/sign-in")
@public
def sign_in() -> Response:
    """Let in whoever's device answered; whoever is signed in proved again who they are (JSON)."""
    entering.throttle(entering.address_charge())
    sent = _sent()
    person = passkeys.recognise(sent["answer"], session.pop(COOKIE_ENTRY, ""))
    target = entering.inside(str(sent.get("next") or ""))
    if current_user.is_authenticated:
        if current_user.person_id != person.id:
            raise Refused(_l("This passkey belongs to another account. Sign out first."))
        prove_strongly()
        return jsonify({"next": target})
    waiting = waiting_for_second()
    is_own = bool(sent.get("is_own_device"))
    if waiting and waiting["person"] == person.id:
        target, is_own = entering.inside(waiting["target"]), waiting["own"]
    entering.enter(
        person,
        is_own_device=is_own,
        is_strong=True,
        means="passkey",
        attempts_key=entering.account_charge(person, "")[0],
    )
    return jsonify({"next": target})


@bp.post("/passkeys/registration-options")
@requires("portal.desk", fresh=True)
def registration_options() -> Response:
    """Answer what the browser needs to make a passkey (JSON)."""
    me = db.session.get_one(Person, current_user.person_id)
    factors.require_strong(entering.own_session())
    challenge = _new_challenge()
    return _ask(passkeys.options_to_register(challenge, me))


@bp.route("/account/passkeys", methods=["GET", "POST"])
@requires("portal.desk", fresh=True)
def list_passkeys() -> tuple[str, int] | Response:
    """Show the passkeys of this person; keep a new one that the browser made."""
    if not factors.may_change_factors(current_user.person_id, is_strong=current_user.is_strong):
        return redirect(url_for("factors.second_factor", next=url_for("passkeys.list_passkeys")))
    me, form = db.session.get_one(Person, current_user.person_id), PasskeyForm()
    if form.validate_on_submit():
        key = entering.new_key()
        with refusals(form):
            passkeys.register(
                form.answer.data or "",
                session.pop(COOKIE_ENTRY, ""),
                me,
                name=form.name.data or "",
                session=entering.own_session(),
                key=key,
                by=current_user.actor,
            )
            entering.hand_out(key)
            flash(_("The passkey is registered. From now on it signs you in."), "success")
            return redirect(url_for("passkeys.list_passkeys"))
    page = render_template(
        "sign_in/passkeys.html",
        form=form,
        passkeys=passkeys.passkeys_of(me.id),
        are_possible=passkeys.are_possible(),
    )
    return page, form.status


@bp.post("/account/passkeys/remove")
@requires("portal.desk", fresh=True)
def remove_passkey() -> Response:
    """Forget a passkey, named by its number in the form."""
    number = request.form.get("passkey_id", "")
    passkeys.remove_passkey(
        db.session.get_one(Person, current_user.person_id),
        int(number) if number.isdecimal() and number.isascii() and len(number) < 10 else 0,
        session=entering.own_session(),
        by=current_user.actor,
    )
    flash(_("The passkey is removed."), "success")
    return redirect(url_for("passkeys.list_passkeys"))


def _new_challenge() -> str:
    challenge = session[COOKIE_ENTRY] = passkeys.make_challenge()
    return challenge


def _ask(options: dict[str, Any]) -> Response:
    """Answer options, with the sentence for a person whose browser gives up."""
    sentence = _("Nothing happened: the passkey was not used. You can try again.")
    return jsonify({"publicKey": options, "given_up": sentence})


def _sent() -> dict[str, Any]:
    """Return the JSON that was sent, if it has the form it must have."""
    try:
        sent = request.get_json(force=True, silent=True)
    except RecursionError:
        sent = None
    if not isinstance(sent, dict) or not isinstance(sent.get("answer"), dict):
        raise Refused(_l("This passkey was not recognised."))
    return sent
