"""Signing in through somebody else's identity provider: the way there and back."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
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

from portal.access import public
from portal.accounts.models import Person
from portal.errors import Refused
from portal.forms import refusals
from portal.sign_in import entering, factor_views, operations, sso
from portal.sign_in.factor_views import LONGEST_TARGET
from portal.sign_in.forms import TicketForm

bp = Blueprint("sso", __name__)

#: What the browser keeps of a sign-in that was begun: state, nonce, and where to go afterwards.
KEPT = "sso"
TICKETS_PER_ADDRESS = 5


@bp.post("/sign-in/sso")
@public
def begin() -> Response:
    """Begin: draw state and nonce, and lead to the provider."""
    if not sso.is_on():
        return redirect(url_for("sign_in.sign_in"))
    entering.throttle(entering.address_charge("sso"))
    expected, target = sso.begin(), entering.inside(request.args.get("next"))
    session[KEPT] = {
        "state": expected.state,
        "nonce": expected.nonce,
        "target": target if len(target) <= LONGEST_TARGET else entering.inside(None),
    }
    return redirect(url_for("sso.go"))


@bp.route("/sign-in/sso/go", methods=["GET", "POST"])
@public
def go() -> tuple[str, int] | Response:
    """Lead on to the provider; a stand-in asks here whom to send its ticket to."""
    expected = _expected(session.get(KEPT))
    if expected is None:
        return redirect(url_for("sign_in.sign_in"))
    if sso.is_stand_in():
        return _ask_for_ticket(expected)
    address = sso.address_of_provider(expected)
    page = make_response(render_template("sign_in/sso_go.html", address=address))
    # By itself, without a script. A form could not: it may be sent to this portal only.
    page.headers["Refresh"] = f"1; url={address}"
    return page


def _ask_for_ticket(expected: sso.Expected) -> tuple[str, int]:
    form, is_sent = TicketForm(), False
    if form.validate_on_submit():
        account = form.account.data or ""
        entering.throttle(
            entering.address_charge("ticket"),
            entering.named_charge("ticket", account, TICKETS_PER_ADDRESS),
        )
        with refusals(form):
            sso.send_ticket(account, expected)
            is_sent = True
    return render_template("sign_in/sso_ticket.html", form=form, is_sent=is_sent), form.status


@bp.route("/sign-in/sso/return", methods=["GET", "POST"])
@public
def come_back() -> str | Response:
    """GET says what will happen, POST does it: the preview of a message must use nothing up."""
    kept: dict[str, Any] = session.get(KEPT) or {}
    expected, returned = _expected(kept), request.args.to_dict()
    if request.method == "GET":
        if sso.answers(returned, expected):
            return render_template("sign_in/sso_return.html")
        return _turned_back(sso.NOT_RECOGNISED)
    entering.throttle(entering.address_charge())
    session.pop(KEPT, None)
    try:
        person = sso.recognise(returned, expected)
        return _enter(person, entering.inside(kept.get("target")))
    except Refused as refused:
        return _turned_back(refused.sentence)


def _turned_back(sentence: Any) -> Response:
    flash(str(sentence), "error")
    return redirect(url_for("sign_in.sign_in"))


def _enter(person: Person, target: str) -> Response:
    """Let in whom the provider proved; that is a first step, and never a second factor."""
    if current_user.is_authenticated:
        if current_user.person_id != person.id:
            raise Refused(_("This is another account. Sign out first."))
        key = entering.new_key()
        operations.prove_session(entering.own_session(), key=key, by=current_user.actor)
        entering.hand_out(key)
    elif factor_views.needs_second(person.id):
        return factor_views.ask_second(person, is_own_device=False, target=target)
    else:
        entering.enter(person, is_own_device=False, means="sso")
    return redirect(target)


def _expected(kept: Any) -> sso.Expected | None:
    return sso.Expected(kept["state"], kept["nonce"]) if kept and sso.is_on() else None
