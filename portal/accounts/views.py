"""Pages of one's own account: profile, addresses, a copy of one's data, closing it."""

from __future__ import annotations

import json

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from portal import clock
from portal.access import current_actor, requires
from portal.accounts import person_operations, person_queries
from portal.accounts.models import Person
from portal.accounts.person_forms import AddressesForm, CloseForm, EraseForm, profile_form
from portal.database import db
from portal.forms import refusals
from portal.language import chosen_language, remember

bp = Blueprint("accounts", __name__)

#: Pages of other rooms that belong to an account: shown where they exist.
ELSEWHERE = (
    ("factors.view_security", _l("Security: password, second factor, passkeys")),
    ("devices.list_devices", _l("My devices")),
    ("organisations.list_agents", _l("Agents: who acts for you, and for whom you act")),
    ("inbox.edit_preferences", _l("Digest and mail")),
    ("accounts.view_outbox", _l("Messages to be sent")),
)


def me() -> Person:
    """Return the record of the person who is asking."""
    return db.session.get_one(Person, current_user.person_id)


def keep_language(language: str) -> None:
    """Keep the language chosen on any page with the account of whoever is signed in."""
    if current_user.language != language:
        person_operations.set_preferences(me(), by=current_actor(), language=language)


def keep_type(is_large: bool) -> None:
    """Keep the type size chosen on any page with the account of whoever is signed in."""
    if current_user.is_large_type is not is_large:
        person_operations.set_preferences(me(), by=current_actor(), is_large_type=is_large)


@bp.get("/account")
@requires("portal.desk")
def view_account() -> str:
    """Show who I am here, and where each thing about it is changed."""
    pages = [
        (label, url_for(endpoint))
        for endpoint, label in ELSEWHERE
        if endpoint in current_app.view_functions
    ]
    return render_template("accounts/view_account.html", who=me(), pages=pages)


@bp.route("/account/profile", methods=["GET", "POST"])
@requires("portal.desk")
def edit_profile() -> tuple[str, int] | Response:
    """Change my name, language and type size."""
    who, by = me(), current_actor()
    form = profile_form(who, chosen_language())
    if form.validate_on_submit():
        with refusals(form):
            person_operations.edit_profile(
                who,
                name=form.name.data or "",
                language=form.language.data,
                is_large_type=bool(form.is_large_type.data),
                by=by,
                expected=form.expected,
            )
            with force_locale(form.language.data):  # the next page speaks it already
                flash(_("Saved."), "success")
            response = redirect(url_for("accounts.view_account"))
            remember(response, form.language.data)  # or signing out would bring the old one back
            return response
    return render_template("accounts/edit_profile.html", form=form), form.status


@bp.route("/account/addresses", methods=["GET", "POST"])
@requires("portal.desk", fresh=True)
def edit_addresses() -> tuple[str, int] | Response:
    """Change the e-mail address and mobile number I sign in with; risky, so proved afresh."""
    who = me()
    form = AddressesForm(thing=who)
    if form.validate_on_submit():
        with refusals(form):
            person_operations.change_addresses(
                who,
                email=form.email.data or None,
                mobile=form.mobile.data or None,
                by=current_actor(),
                expected=form.expected,
            )
            flash(_("Saved. From now on you sign in with these."), "success")
            return redirect(url_for("accounts.view_account"))
    return render_template("accounts/edit_addresses.html", form=form), form.status


@bp.get("/account/export")
@requires("portal.desk", fresh=True)
def export_data() -> Response:
    """Hand out a copy of everything the portal holds of me, as a file a machine can read."""
    copy = {
        "portal": current_app.config["PUBLIC_BASE_URL"],
        "made_at": clock.now().isoformat(),
        **person_queries.data_of(current_user.person_id),
    }
    text = json.dumps(copy, ensure_ascii=False, indent=2, default=str)
    response = current_app.response_class(text, mimetype="application/json")
    response.headers["Content-Disposition"] = "attachment; filename=my-data.json"
    return response


@bp.route("/account/close", methods=["GET", "POST"])
@requires("portal.desk", fresh=True)
def close_account() -> tuple[str, int] | Response:
    """Say what closing the account does, and close it."""
    form = CloseForm()
    if form.validate_on_submit():
        with refusals(form):
            person_operations.close_account(
                me(), by=current_actor(), is_to_erase=bool(form.is_to_erase.data)
            )
            logout_user()
            session.clear()
            flash(_("Your account is closed. You are signed out everywhere."), "success")
            return redirect(url_for("desk.front_page"))
    appointments = person_queries.running_appointments(current_user.person_id)
    page = render_template("accounts/close_account.html", form=form, appointments=appointments)
    return page, form.status


@bp.get("/closed-accounts")
@requires("person.erase_closed")
def list_closed() -> str:
    """Show the closed accounts that still hold a name, to erase them when their owner asks."""
    return render_template("accounts/list_closed.html", people=person_queries.closed_people())


@bp.post("/closed-accounts/erase")
@requires("person.erase_closed", fresh=True)
def erase_closed() -> Response | tuple[str, int]:
    """Erase a closed account at its owner's request."""
    form = EraseForm()
    who = db.session.get(Person, int(form.person_id.data or 0)) if form.validate() else None
    if who is not None:
        person_operations.erase_person(who, by=current_actor())
        flash(_("Erased. What was done stays in the journal, without the name."), "success")
    return redirect(url_for("accounts.list_closed"))
