"""Sign-in, proving again, sign-out, and the choice for whom one acts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from portal.access import public, requires
from portal.accounts.models import Person
from portal.accounts.queries import account_name, person_named
from portal.database import db
from portal.errors import Refused
from portal.sign_in import entering, factor_views, operations, passwords
from portal.sign_in.forms import ProveForm, SignInForm

bp = Blueprint("sign_in", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> tuple[str, int] | Response:
    """Show the form; let in whoever knows the password, with one answer for all who do not."""
    target = entering.inside(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    if not form.validate_on_submit():
        # A key that opens nothing any more: whoever comes here did not mean to sign out.
        was_ended = "_user_id" in session and not form.is_submitted()
        page = render_template("sign_in/sign_in.html", form=form, was_ended=was_ended)
        return page, 422 if form.errors else 200
    account = account_name(form.account.data or "")
    person = person_named(account)
    charge = entering.account_charge(person, account)
    entering.throttle(entering.address_charge(), charge)
    # Outside any lock and for unknown accounts too: the time tells nothing.
    known_hash = person.password_hash if person and person.is_open else None
    if not passwords.matches(known_hash, form.password.data or "") or person is None:
        form.refusal = _("The account or the password is not right.")
        return render_template("sign_in/sign_in.html", form=form), 422
    is_own = bool(form.is_own_device.data)
    if factor_views.needs_second(person.id):
        return factor_views.ask_second(person, is_own_device=is_own, target=target)
    entering.enter(person, is_own_device=is_own, attempts_key=charge[0])
    return redirect(target)


@bp.route("/sign-in/again", methods=["GET", "POST"])
@requires("portal.desk")
def prove_again() -> tuple[str, int] | Response:
    """Ask for the password again before a risky act; the session gets a new key."""
    target = entering.inside(request.args.get("next"))
    form = ProveForm()
    person = db.session.get_one(Person, current_user.person_id)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("sign_in/prove_again.html", form=form, target=target), status
    entering.throttle(entering.account_charge(person, ""))
    if not passwords.matches(person.password_hash, form.password.data or ""):
        form.refusal = _("The password is not right.")
        return render_template("sign_in/prove_again.html", form=form, target=target), 422
    key = entering.new_key()
    operations.prove_session(entering.own_session(), key=key, by=current_user.actor)
    entering.hand_out(key)
    return redirect(target)


@bp.post("/sign-out")
@requires("portal.desk")
def sign_out() -> Response:
    """End the session at the server, then forget the cookie; go on where somebody else comes in."""
    target = request.args.get("next")
    kept = {name: session[name] for name in entering.CARRIED if target and name in session}
    operations.end_session(entering.own_session(), by=current_user.actor)
    logout_user()
    session.clear()
    session.update(kept)
    flash(_("You are signed out."), "success")
    return redirect(entering.inside(target or "/"))


@bp.post("/acting-for")
@requires("portal.desk")
def choose_organisation() -> Response:
    """Act for another of one's organisations, or as somebody's agent, from now on."""
    kind, _dash, number = request.form.get("organisation_id", "").rpartition("-")
    if not (number.isdecimal() and number.isascii() and len(number) < 10):
        raise Refused(_("Please choose one."))
    key = entering.new_key()
    operations.choose_organisation(
        entering.own_session(),
        int(number) if kind != "agency" else None,
        agency_id=int(number) if kind == "agency" else None,
        by=current_user.actor,
        key=key,
    )
    entering.hand_out(key)
    return redirect(entering.inside(None))
