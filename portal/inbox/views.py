"""Pages of the inbox: the list, opening a message, how one wants to hear of them."""

from __future__ import annotations

import contextlib

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import current_actor, current_standing, requires
from portal.engines import Busy
from portal.forms import refusals
from portal.inbox import operations, queries
from portal.inbox.forms import PreferenceForm
from portal.inbox.models import Message, Rhythm
from portal.outbox import sends_mail

bp = Blueprint("inbox", __name__)


@bp.get("/messages")
@requires("message.list")
def list_messages() -> str:
    """Show what happened that concerns me, the unread first."""
    after = queries.place_asked(request.args.get("after", ""))
    rows, next_place = queries.message_page(current_standing(), after=after)
    return render_template("inbox/list_messages.html", rows=rows, next_place=next_place)


@bp.get("/messages/<int:message_id>")
@requires("message.view", Message)
def open_message(message: Message) -> Response:
    """Note that a message was read, and lead to what it is about."""
    # Nobody waits for a writer only to look: it stays unread until the next time.
    with contextlib.suppress(Busy):
        operations.read_message(message, by=current_actor())
    noun, record_id = message.about_noun, message.about_id
    if not queries.titles(current_standing(), [(noun, record_id)]):
        flash(_("What this message was about is out of your sight now."), "info")
        return redirect(url_for("inbox.list_messages"))
    return redirect(queries.address_of(noun, record_id))


@bp.post("/messages/read")
@requires("message.list")
def read_all() -> Response:
    """Mark all my messages as read."""
    operations.read_all(by=current_actor())
    flash(_("All messages are marked as read."), "success")
    return redirect(url_for("inbox.list_messages"))


@bp.route("/messages/preferences", methods=["GET", "POST"])
@requires("message.list")
def edit_preferences() -> tuple[str, int] | Response:
    """Choose how often the digest comes, and whether what is urgent comes at once."""
    form = PreferenceForm(*queries.preference_of(current_user.person_id))
    if form.validate_on_submit():
        with refusals(form):
            operations.set_preference(
                digest=Rhythm(form.digest.data),
                mails_urgent=bool(form.mails_urgent.data),
                by=current_actor(),
            )
            flash(_("Saved."), "success")
            return redirect(url_for("inbox.list_messages"))
    page = render_template("inbox/edit_preferences.html", form=form, sends_mail=sends_mail())
    return page, form.status
