"""Signing in on a computer by scanning with the phone: the two sides of it."""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import links
from portal.access import public, requires
from portal.errors import Missing, Refused
from portal.sign_in import entering, scanning
from portal.sign_in.devices import device_name

bp = Blueprint("scan", __name__)

#: What the waiting computer keeps in its cookie: the key to fetch with, the token it shows.
KEPT = "doorbell"


@bp.post("/sign-in/scan")
@public
def ring() -> Response:
    """Begin to wait, for three minutes."""
    entering.throttle(entering.address_charge("scan"))
    key = entering.new_key()
    rung = scanning.ring(
        key=key,
        device=request.user_agent.string,
        network=entering.network_of(request.remote_addr),
    )
    session[KEPT] = [key, rung.token]
    return redirect(url_for("scan.wait"))


@bp.get("/sign-in/scan")
@public
def wait() -> Response:
    """Show the code and the number; once a phone let this computer in, the button to go on."""
    key, token = session.get(KEPT) or ("", "")
    doorbell = scanning.waiting(key) if key else None
    if doorbell is None:
        session.pop(KEPT, None)
        return redirect(url_for("sign_in.sign_in"))
    is_open = doorbell.person_id is not None
    is_refused = not is_open and not doorbell.link.is_live
    page = make_response(
        render_template(
            "sign_in/wait_for_scan.html",
            number=doorbell.number,
            is_open=is_open,
            is_refused=is_refused,
            address=links.address("scan.answer", token=token),
        )
    )
    if not is_open and not is_refused:
        # Looks again by itself, without a script: the phone answers within seconds.
        page.headers["Refresh"] = "3"
    return page


@bp.post("/sign-in/scan/enter")
@public
def enter() -> Response:
    """Fetch the session of a computer that was let in."""
    key, _token = session.get(KEPT) or ("", "")
    try:
        who, is_strong = scanning.go_in(key)
    except Refused as refused:
        flash(str(refused.sentence), "error")
        return redirect(url_for("sign_in.sign_in"))
    # Who has a stolen session must not come by a fresh proof through a second computer.
    entering.enter(
        who, is_own_device=False, is_strong=is_strong, is_fresh=False, charged="scan", means="scan"
    )
    return redirect(url_for("desk.view_desk"))


@bp.route("/let-in/<token>", methods=["GET", "POST"])
@requires("portal.desk")
def answer(token: str) -> tuple[str, int] | Response:
    """On the phone: show which computer asks; let it in by choosing its number."""
    doorbell = scanning.doorbell_of(token)
    if doorbell is None:
        raise Missing("doorbell")
    refusal, status = doorbell.link.refusal, 200
    chosen = request.form.get("number", "")
    if request.method == "POST" and refusal is None:
        number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 3 else 0
        strong = current_user.is_strong
        if scanning.open_door(doorbell, number, by=current_user.actor, is_strong=strong):
            flash(_("The computer is signed in. You can put the phone away."), "success")
            return redirect(url_for("desk.view_desk"))
        current_app.logger.info("wrong number at a doorbell")
        refusal = _("That was not the number on the computer. Begin again there.")
        status = 422
    return render_template(
        "sign_in/let_in.html",
        doorbell=doorbell,
        device=device_name(doorbell.device),
        numbers=scanning.numbers_for(doorbell),
        refusal=refusal,
    ), status
