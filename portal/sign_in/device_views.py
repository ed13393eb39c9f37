"""My devices: where I am signed in, and signing out there."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import requires
from portal.sign_in import entering, operations, queries
from portal.sign_in.models import Session

bp = Blueprint("devices", __name__)


@bp.get("/account/devices")
@requires("portal.desk")
def list_devices() -> str:
    """Show where this person is signed in."""
    sessions = queries.live_sessions_of(current_user.person_id)
    return render_template(
        "sign_in/list_devices.html", sessions=sessions, current_id=current_user.session_id
    )


@bp.post("/account/devices/<int:session_id>/sign-out")
@requires("session.own", Session)
def end_device(session: Session) -> Response:
    """Sign out on one device."""
    operations.end_session(session, by=current_user.actor)
    flash(_("That device is signed out."), "success")
    return redirect(url_for("devices.list_devices"))


@bp.post("/account/devices/sign-out-others")
@requires("portal.desk")
def end_other_devices() -> Response:
    """Sign out everywhere but here."""
    ended = operations.end_other_sessions(entering.own_session(), by=current_user.actor)
    flash(ngettext("%(num)d device signed out.", "%(num)d devices signed out.", ended), "success")
    return redirect(url_for("devices.list_devices"))
