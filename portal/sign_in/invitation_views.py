"""Taking up an invitation: by its address, its QR code, or eight digits."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import current_actor, public
from portal.accounts.queries import scope_name
from portal.database import db
from portal.forms import refusals
from portal.roles import ROLES
from portal.sign_in import entering, inviting, operations, passwords, policy
from portal.sign_in.forms import CodeForm, InvitationForm
from portal.sign_in.models import Invitation

bp = Blueprint("invitations", __name__)

KEPT = "invitation"


@bp.route("/invitations", methods=["GET", "POST"])
@public
def enter_code() -> tuple[str, int] | Response:
    """Ask for the eight digits of an invitation."""
    form = CodeForm()
    if form.validate_on_submit():
        key = entering.throttle_digits()
        found = inviting.invitation_by_code(form.code.data or "")
        if found is not None:
            operations.give_attempts_back(key, entering.CODES)
            session[KEPT] = found.id
            return redirect(url_for("invitations.take_up_code"))
        form.refusal = _("These digits open nothing. Check them, or ask for a new invitation.")
        form.status = 422
    return render_template("sign_in/enter_code.html", form=form), form.status


@bp.route("/invitations/mine", methods=["GET", "POST"])
@public
def take_up_code() -> tuple[str, int] | Response:
    """Show the invitation whose digits were typed in this browser; accept it."""
    kept = session.get(KEPT)
    found = db.session.get(Invitation, kept) if isinstance(kept, int) else None
    if found is None:
        return redirect(url_for("invitations.enter_code"))
    return _take_up(found)


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
def take_up(token: str) -> tuple[str, int] | Response:
    """Show who invites to what; accept it. A link that was cut short leads to the digits."""
    found = inviting.invitation_of(token)
    if found is None:
        flash(_("This link is not complete. Open it whole, or type the eight digits."), "error")
        return redirect(url_for("invitations.enter_code"))
    return _take_up(found)


def _take_up(invitation: Invitation) -> tuple[str, int] | Response:
    """GET shows what will happen, POST does it: the preview of a chat must accept nothing."""
    form = InvitationForm(data={"name": invitation.name, "account": _address(invitation)})
    if current_user.is_authenticated:
        del form.name, form.account, form.password, form.is_own_device
    if invitation.link.refusal is None and form.validate_on_submit():
        about = [] if current_user.is_authenticated else [form.name.data, form.account.data]
        sentence = None
        if not current_user.is_authenticated:
            # It tells whether an account name is taken, and hashes: neither without an end.
            entering.throttle(entering.address_charge())
            sentence = policy.password_refusal(form.password.data or "", about=about)
        if sentence is not None:
            form.password.errors = [sentence]
            form.status = 422
        else:
            with refusals(form):
                return _accept(invitation, form)
    return _invitation_page(invitation, form)


def _accept(invitation: Invitation, form: InvitationForm) -> Response:
    sentence = _("Welcome. You can begin right away.")
    if current_user.is_authenticated:
        inviting.accept_invitation(invitation, by=current_actor())
        if invitation.is_at_organisation and current_user.organisation_id is not None:
            sentence = _("Welcome. At the desk you choose for which organisation you act.")
    else:
        who = inviting.accept_invitation(
            invitation,
            by=current_actor(),
            name=form.name.data,
            account=form.account.data,
            password_hash=passwords.hash_password(form.password.data or ""),
        )
        entering.enter(who, is_own_device=bool(form.is_own_device.data), means="invitation")
    session.pop(KEPT, None)
    flash(sentence, "success")
    return redirect(url_for("desk.view_desk"))


def _invitation_page(invitation: Invitation, form: InvitationForm) -> tuple[str, int]:
    return render_template(
        "sign_in/take_up_invitation.html",
        invitation=invitation,
        form=form,
        role=ROLES[invitation.role].name,
        scope=scope_name(invitation.role, invitation.scope_id),
        refusal=invitation.link.refusal,
    ), form.status


def _address(invitation: Invitation) -> str:
    return invitation.mobile or invitation.email or ""
