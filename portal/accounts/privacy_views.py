"""The privacy notice, and the consent everybody gives once to each of its versions."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import current_actor, public, requires
from portal.accounts import person_operations
from portal.accounts.person_forms import ConsentForm
from portal.accounts.person_queries import has_consented
from portal.accounts.views import bp, me
from portal.forms import refusals

#: In the signed cookie: the version this session is known to have consented to, and the page
#: that was asked for before the consent was.
CONSENTED, TARGET = "notice", "after_consent"
#: Rooms and pages that stay open without consent: signing in and out, the notice itself, a copy
#: of one's data, and the way out.
OPEN_ROOMS = frozenset({"sign_in", "factors", "passkeys", "passwords", "regions", "sso"})
OPEN_PAGES = frozenset(
    {
        "static",
        "desk.live",
        "desk.ready",
        "accounts.privacy",
        "accounts.consent",
        "accounts.export_data",
        "accounts.close_account",
    }
)


@bp.before_app_request
def ask_consent() -> Response | None:
    """Lead whoever is signed in to the notice before the first page after a new version.

    Only before pages: a form that is being sent is never lost. The cookie remembers the answer,
    so the database is asked once in a session.
    """
    notice = current_app.config["PRIVACY_NOTICE"]
    if not notice or request.method != "GET" or request.endpoint in OPEN_PAGES:
        return None
    if request.blueprint in OPEN_ROOMS or session.get(CONSENTED) == notice:
        return None
    if not current_user.is_authenticated:
        return None
    if has_consented(current_user.person_id, notice):
        session[CONSENTED] = notice
        return None
    session[TARGET] = "/" + request.full_path.rstrip("?").lstrip("/\\")[:500]
    return redirect(url_for("accounts.consent"))


@bp.get("/privacy")
@public
def privacy() -> str:
    """Show the privacy notice in force."""
    notice = current_app.config["PRIVACY_NOTICE"] or current_app.config["NOTICE_DATE"]
    return render_template("accounts/privacy.html", notice=notice)


@bp.route("/consent", methods=["GET", "POST"])
@requires("portal.desk")
def consent() -> tuple[str, int] | Response:
    """Ask for consent to the notice in force, and go on to the page that was asked for."""
    notice = current_app.config["PRIVACY_NOTICE"] or current_app.config["NOTICE_DATE"]
    form = ConsentForm()
    if form.validate_on_submit():
        with refusals(form):
            person_operations.give_consent(me(), notice, by=current_actor())
            session[CONSENTED] = notice
            return redirect(session.pop(TARGET, None) or url_for("desk.view_desk"))
    return render_template("accounts/consent.html", form=form, notice=notice), form.status
