"""Pages of a forgotten password: asking for a link, the link's page, an officer's hand-out."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from portal import links, outbox
from portal.access import current_actor, public, requires
from portal.accounts.models import Person
from portal.accounts.queries import account_name, person_named
from portal.database import db
from portal.forms import refusals
from portal.links import ActionLink
from portal.sign_in import entering, forgotten, operations, passwords
from portal.sign_in.factor_forms import PasswordForm, PasswordLinkForm
from portal.sign_in.forms import CodeForm, ForgottenForm
from portal.sign_in.password_views import bp
from portal.sign_in.policy import password_refusal

__all__ = ["bp"]

#: Links asked for within a quarter of an hour: at one name, so that nobody's mailbox is filled,
#: and everybody's together, for each leaves rows behind.
ASKED_PER_NAME, ASKED_TOGETHER = 3, 300
#: The link whose digits were typed in this browser.
KEPT = "password_link"


@bp.route("/forgotten-password", methods=["GET", "POST"])
@public
def ask_for_link() -> tuple[str, int] | Response:
    """Ask whose password was forgotten; one answer, in the same time, whether there is anybody."""
    form, sends_mail = ForgottenForm(), outbox.sends_mail()
    if sends_mail and form.validate_on_submit():
        account = account_name(form.account.data or "")
        entering.throttle(
            entering.address_charge("forgotten"),
            entering.named_charge("forgotten", account, ASKED_PER_NAME),
            ("forgotten", ASKED_TOGETHER),
        )
        who = person_named(account)
        forgotten.ask_for_link(who.id if who else None)
        return redirect(url_for("passwords.link_asked"))
    status = 422 if form.is_submitted() else 200
    return render_template("sign_in/forgotten.html", form=form, sends_mail=sends_mail), status


@bp.get("/forgotten-password/asked")
@public
def link_asked() -> str:
    """Say that a mail is on its way where there is an account, and what else helps."""
    return render_template("sign_in/forgotten_asked.html")


@bp.route("/forgotten-password/code", methods=["GET", "POST"])
@public
def enter_code() -> tuple[str, int] | Response:
    """Ask for the eight digits that an officer handed over."""
    form = CodeForm()
    if form.validate_on_submit():
        key = entering.throttle_digits()
        found = forgotten.link_by_code(form.code.data or "")
        if found is not None:
            operations.give_attempts_back(key, entering.CODES)
            session[KEPT] = found.id
            return redirect(url_for("passwords.set_by_code"))
        form.refusal = _("These digits open nothing. Check them, or ask for new ones.")
        form.status = 422
    return render_template("sign_in/forgotten_code.html", form=form), form.status


@bp.route("/new-password", methods=["GET", "POST"])
@public
def set_by_code() -> tuple[str, int] | Response:
    """Set a new password by the link whose digits were typed in this browser."""
    kept = session.get(KEPT)
    found = db.session.get(ActionLink, kept) if isinstance(kept, int) else None
    if found is None:
        return redirect(url_for("passwords.enter_code"))
    return _set(found)


@bp.route("/new-password/<token>", methods=["GET", "POST"])
@public
def set_by_link(token: str) -> tuple[str, int] | Response:
    """Set a new password by a link; one that was cut short leads to asking anew."""
    found = forgotten.link_of(token)
    if found is None:
        flash(_("This link is not complete. Open it whole, or ask for a new one."), "error")
        return redirect(url_for("passwords.ask_for_link"))
    return _set(found)


def _set(link: ActionLink) -> tuple[str, int] | Response:
    """GET shows whose password it is, POST sets it: the preview of a chat must set nothing."""
    who, form = db.session.get_one(Person, link.person_id), PasswordForm()
    del form.current
    if link.refusal is None and form.validate_on_submit():
        entering.throttle(entering.address_charge("forgotten"))
        refusal = password_refusal(
            form.password.data or "", about=(who.name, who.email, who.mobile)
        )
        if refusal is not None:
            form.password.errors, form.status = [str(refusal)], 422
        else:
            with refusals(form):
                return _set_now(link, who, form.password.data or "")
    return render_template(
        "sign_in/new_password.html",
        form=form,
        account=outbox.masked(who.email or who.mobile or ""),
        refusal=_refusal_of(link),
    ), 422 if form.is_submitted() else 200


def _set_now(link: ActionLink, who: Person, password: str) -> Response:
    # Hashed here, outside the lock.
    forgotten.set_by_link(
        link,
        passwords.hash_password(password),
        attempts_key=entering.account_charge(who, "")[0],
    )
    if current_user.is_authenticated:  # whoever it is: what comes next is to sign in
        operations.end_session(entering.own_session(), by=current_user.actor)
        logout_user()
    session.clear()
    flash(_("The new password is set. Sign in with it now."), "success")
    return redirect(url_for("sign_in.sign_in"))


def _refusal_of(link: ActionLink) -> str | None:
    if link.used_at is None and link.revoked_at is not None:
        return str(_l("A newer link was made, or the password was changed since."))
    return str(link.refusal) if link.refusal else None


@bp.route("/password-links", methods=["GET", "POST"])
@requires("password_link.make", fresh=True)
def hand_out_link() -> tuple[str, int]:
    """Make a link for somebody one is responsible for; it is shown once, right here."""
    form, made = PasswordLinkForm(), None
    if form.validate_on_submit():
        with refusals(form):
            made = forgotten.hand_out_link(
                form.account.data or "", reason=form.reason.data or "", by=current_actor()
            )
    if made is None:
        return render_template("sign_in/password_links.html", form=form), form.status
    who = db.session.get_one(Person, made.link.person_id)
    return render_template(
        "sign_in/password_link_made.html",
        who=who,
        made=made,
        address=links.address("passwords.set_by_link", token=made.token),
        text=forgotten.text_of(who, made),
    ), 200
