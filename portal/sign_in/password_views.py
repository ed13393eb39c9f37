"""Changing one's password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import requires
from portal.accounts.models import Person
from portal.database import db
from portal.sign_in import entering, passwords
from portal.sign_in.factor_forms import PasswordForm
from portal.sign_in.policy import password_refusal

bp = Blueprint("passwords", __name__)


@bp.route("/account/password", methods=["GET", "POST"])
@requires("portal.desk", fresh=True)
def change_password() -> tuple[str, int] | Response:
    """Change the password; every other session of the person ends."""
    me, form = db.session.get_one(Person, current_user.person_id), PasswordForm()
    if me.password_hash is None:
        del form.current
    if form.validate_on_submit() and _is_accepted(form, me):
        # Hashed here, outside the lock.
        new_hash, key = passwords.hash_password(form.password.data or ""), entering.new_key()
        own, by = entering.own_session(), current_user.actor
        passwords.set_password(me, new_hash, by=by, session=own, key=key)
        entering.hand_out(key)
        flash(_("The password is changed. Your other devices are signed out."), "success")
        return redirect(url_for("factors.view_security"))
    return render_template("sign_in/password.html", form=form), 422 if form.errors else 200


def _is_accepted(form: PasswordForm, me: Person) -> bool:
    """Check the current password and the strength of the new one; both are slow."""
    if form.current is not None:
        entering.throttle(entering.account_charge(me, ""))
        if not passwords.matches(me.password_hash, form.current.data or ""):
            form.current.errors = [_("The password is not right.")]
            return False
    refusal = password_refusal(form.password.data or "", about=(me.name, me.email, me.mobile))
    if refusal is not None:
        form.password.errors = [str(refusal)]
    return refusal is None
