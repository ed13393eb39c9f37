"""The outbox: messages that a person hands over, and how far those are that the portal sends."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import outbox
from portal.access import can, current_actor, current_standing, requires
from portal.accounts.views import bp
from portal.outbox import OutboxMessage


@bp.get("/outbox")
@requires("portal.desk")
def view_outbox() -> str:
    """Show what waits to be sent, to be copied, and what was sent, without what it said."""
    standing = current_standing()
    return render_template(
        "accounts/view_outbox.html",
        waiting=outbox.messages_to_send(standing),
        on_the_way=outbox.messages_on_the_way(standing),
        given_up=outbox.messages_given_up() if can(standing, "delivery.watch") else [],
        sends_mail=outbox.sends_mail(),
        masked=outbox.masked,
        sent=outbox.messages_sent(standing),
        withdrawn=outbox.messages_withdrawn(standing),
    )


@bp.post("/outbox/<int:outbox_message_id>/sent")
@requires("outbox_message.send", OutboxMessage)
def mark_sent(outbox_message: OutboxMessage) -> Response:
    """Record that a message was handed over."""
    outbox.mark_sent(outbox_message, by=current_actor())
    flash(_("Noted as sent. What it said is forgotten."), "success")
    return redirect(url_for("accounts.view_outbox"))


@bp.post("/outbox/<int:outbox_message_id>/withdraw")
@requires("outbox_message.send", OutboxMessage)
def withdraw_message(outbox_message: OutboxMessage) -> Response:
    """Record that a message is no longer needed."""
    outbox.withdraw_message(outbox_message, by=current_actor())
    flash(_("Noted as no longer needed. What it said is forgotten."), "success")
    return redirect(url_for("accounts.view_outbox"))
