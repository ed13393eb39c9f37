"""Messages that leave the portal: written in the transaction, delivered after it.

`send_mail` and `send_sms` are the only two ways out, one function per channel. Where a message
goes is chosen by configuration: into the outbox, from which a person hands it over (a portal
without mail), to a mail server, by the worker (`mailing.py`), or onto the server's console.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    and_,
    case,
    false,
    literal,
    select,
    update,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, journal
from portal.access import require, visible_to
from portal.actors import Actor, Standing
from portal.database import Instant, Model, choice, constraints, db
from portal.delivering import Deliverable
from portal.errors import Refused
from portal.operations import operation

#: The writer of what may reach its recipient by a server alone, because whoever reads it becomes
#: the recipient: nobody sees it in the outbox, and nobody hands it over.
NOBODY = 0
#: Messages of one page of the outbox.
SHOWN = 50


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"
    SMS = "sms"
    #: Handed over by a person: copied into a chat, shown as a QR code, read out.
    HAND = "hand"


class OutboxMessage(Deliverable, Model):
    """One message to one recipient."""

    __tablename__ = "outbox_message"
    __table_args__ = constraints(
        Index(None, "sent_at", "id"),
        Index(None, "next_attempt_at", "id"),
        CheckConstraint("sent_at IS NULL OR withdrawn_at IS NULL", name="one_fate"),
    )
    noun = "outbox_message"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    #: Emptied when it was sent or withdrawn: it may carry a link that opens something.
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    #: Who wrote it and may hand it over (plain number: the ground knows no people).
    written_by_id: Mapped[int | None] = mapped_column(index=True)
    #: The action link it carries (plain number: links stand above): it goes with the link.
    link_id: Mapped[int | None] = mapped_column(index=True)
    #: When it was no longer needed, before anybody sent it.
    withdrawn_at: Mapped[datetime | None]
    #: Its name among all mails of the world: sent twice, it is the same mail to whoever gets it.
    message_key: Mapped[str | None] = mapped_column(String(64))

    @hybrid_property
    def is_of_portal(self) -> Any:
        """Whether the portal wrote it itself, and no person."""
        return self.written_by_id == None  # noqa: E711 - the same expression in SQL

    @property
    def is_for_server_alone(self) -> bool:
        """Whether nobody may hand it over where a server does not."""
        return self.written_by_id == NOBODY


def send_mail(
    recipient: str,
    subject: str,
    body: str,
    *,
    by: Actor,
    link_id: int | None = None,
    adapter: str | None = None,
) -> OutboxMessage:
    """Send a mail, inside the operation that writes it, by the adapter of MAIL_ADAPTER.

    `link_id` names the action link it carries: while it waits it is withdrawn with the link.
    """
    message = _write(Channel.MAIL, recipient, subject, body, by=by, link_id=link_id)
    MAIL_ADAPTERS[adapter or current_app.config["MAIL_ADAPTER"]](message)
    return message


def send_sms(
    recipient: str,
    body: str,
    *,
    by: Actor,
    link_id: int | None = None,
    adapter: str | None = None,
) -> OutboxMessage:
    """Send a short message, as `send_mail` does a mail, by SMS_ADAPTER."""
    message = _write(Channel.SMS, recipient, "", body, by=by, link_id=link_id)
    ADAPTERS[adapter or current_app.config["SMS_ADAPTER"]](message)
    return message


def _write(
    channel: Channel, recipient: str, subject: str, body: str, *, by: Actor, link_id: int | None
) -> OutboxMessage:
    message = OutboxMessage(
        channel=channel,
        recipient=recipient,
        subject=subject,
        body=body,
        created_at=clock.now(),
        written_by_id=by.person_id,
        link_id=link_id,
    )
    db.session.add(message)
    db.session.flush()
    journal.note("outbox_message.write", message, by=by)
    return message


def _keep(_message: OutboxMessage) -> None:
    """Leave the message in the outbox: somebody copies it and says that it was sent."""


def _print(message: OutboxMessage) -> None:
    """Write the message to the server's log; in production never what it says, nor to whom."""
    body = "" if current_app.config["NAME"] == "production" else message.body
    current_app.logger.info(
        "%s to %s: %r %r", message.channel.value, masked(message.recipient), message.subject, body
    )
    message.sent_at, message.body = clock.now(), ""


def _queue(message: OutboxMessage) -> None:
    """Let the worker hand the message to the mail server, once this transaction is stored."""
    message.message_key = f"{message.id}.{secrets.token_hex(12)}"
    message.next_attempt_at = clock.now()


#: What MAIL_ADAPTER and SMS_ADAPTER may name.
ADAPTERS: dict[str, Callable[[OutboxMessage], None]] = {"outbox": _keep, "console": _print}
MAIL_ADAPTERS = {**ADAPTERS, "smtp": _queue}


def sends_mail() -> bool:
    """Tell whether mail leaves by itself, without a person who hands it over."""
    adapter: str = current_app.config["MAIL_ADAPTER"]
    return adapter != "outbox"


def masked(recipient: str) -> str:
    """Return an address of which only its owner recognises the rest: z***@example.cn, 138****78."""
    name, at, domain = recipient.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{name[:3]}****{name[-2:]}" if len(name) > 6 else "****"


@operation
def mark_sent(message: OutboxMessage, *, by: Actor) -> None:
    """Record that a message was handed over; what it said is forgotten, for it may open something.

    Raises `Refused` where it was sent or withdrawn already.
    """
    require(by, "outbox_message.send", message)
    _refuse_unless_waiting(message)
    message.sent_at, message.body, message.next_attempt_at = clock.now(), "", None
    journal.note("outbox_message.send", message, by=by)


@operation
def withdraw_message(message: OutboxMessage, *, by: Actor) -> None:
    """Record that a waiting message is no longer needed; what it said is forgotten.

    Raises `Refused` where it was sent or withdrawn already.
    """
    require(by, "outbox_message.send", message)
    _refuse_unless_waiting(message)
    _withdraw(message, by=by)


def withdraw_with_link(link_id: int, *, by: Actor) -> None:
    """Withdraw what waits to carry a link, inside the operation after which it opens nothing."""
    for message in db.session.scalars(select(OutboxMessage).where(_waiting(link_id=link_id))):
        _withdraw(message, by=by)


def leave_to_portal(who: Any, *, by: Actor) -> None:
    """Hand what a person left unsent to the portal's administrators, as their account closes.

    Whatever carries a link is withdrawn, for a link is a key: the administrators see that it
    waited and can make a new one.
    """
    for message in db.session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.written_by_id == who.id, OutboxMessage.sent_at.is_(None)
        )
    ):
        if message.link_id is not None and message.withdrawn_at is None:
            _withdraw(message, by=by)
        message.written_by_id = None
        journal.note("outbox_message.leave", message, by=by)


def _waiting(**columns: Any) -> ColumnElement[bool]:
    """Return the condition that a message waits to be handed over."""
    return and_(
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.withdrawn_at.is_(None),
        *(getattr(OutboxMessage, name) == value for name, value in columns.items()),
    )


def _refuse_unless_waiting(message: OutboxMessage) -> None:
    if message.sent_at is not None:
        raise Refused(_l("This message was sent already."))
    if message.withdrawn_at is not None:
        raise Refused(_l("This message is no longer needed."))


def _withdraw(message: OutboxMessage, *, by: Actor) -> None:
    message.withdrawn_at, message.body, message.next_attempt_at = clock.now(), "", None
    journal.note("outbox_message.withdraw", message, by=by)


def messages_to_send(standing: Standing) -> Sequence[OutboxMessage]:
    """Return the oldest messages that wait to be handed over, of those the person may see.

    Those that a mail server refused for good are among them, if a person wrote them.
    """
    refused = and_(OutboxMessage.undeliverable_at.is_not(None), OutboxMessage.is_of_portal)
    by_hand = and_(_waiting(), ~_is_on_the_way(), ~refused)
    return _messages(standing, by_hand, OutboxMessage.id)


def messages_on_the_way(standing: Standing) -> Sequence[OutboxMessage]:
    """Return the oldest messages that the worker sends, of those the person may see."""
    return _messages(standing, _is_on_the_way(), OutboxMessage.id)


def _is_on_the_way() -> ColumnElement[bool]:
    """Return the condition that the worker sends a message: never where no server is named now."""
    has_server = current_app.config["MAIL_ADAPTER"] == "smtp"
    return OutboxMessage.next_attempt_at.is_not(None) if has_server else false()


def messages_given_up() -> Sequence[OutboxMessage]:
    """Return the newest mails that a server refused for good and nobody has dealt with."""
    given_up = OutboxMessage.undeliverable_at
    return db.session.scalars(
        select(OutboxMessage)
        .where(_waiting(), given_up.is_not(None))
        .order_by(given_up.desc(), OutboxMessage.id)
        .limit(SHOWN)
    ).all()


def messages_sent(standing: Standing) -> Sequence[OutboxMessage]:
    """Return the newest messages that were sent, of those the person may see."""
    sent_at = OutboxMessage.sent_at
    return _messages(standing, sent_at.is_not(None), sent_at.desc())


def messages_withdrawn(standing: Standing) -> Sequence[OutboxMessage]:
    """Return the newest messages that were no longer needed, of those the person may see."""
    withdrawn_at = OutboxMessage.withdrawn_at
    return _messages(standing, withdrawn_at.is_not(None), withdrawn_at.desc())


def _messages(standing: Standing, which: Any, order: Any) -> Sequence[OutboxMessage]:
    return db.session.scalars(
        select(OutboxMessage)
        .where(which, visible_to(standing, "outbox_message.view", OutboxMessage))
        .order_by(order, OutboxMessage.id)
        .limit(SHOWN)
    ).all()


def forget_recipient(recipients: Collection[str]) -> None:
    """Empty every message to some addresses, inside an operation that erases a person.

    What was sent stays sent when it was; what waits is no longer needed.
    """
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.recipient.in_(list(recipients)))
        .values(
            recipient="",
            subject="",
            body="",
            next_attempt_at=None,
            withdrawn_at=case(
                (_waiting(), literal(clock.now(), Instant)), else_=OutboxMessage.withdrawn_at
            ),
        )
    )


def init_app(app: Flask) -> None:
    """Keep the portal from starting with an adapter that does not exist."""
    for name, known in (("MAIL_ADAPTER", MAIL_ADAPTERS), ("SMS_ADAPTER", ADAPTERS)):
        if app.config[name] not in known:
            raise SystemExit(f"{name} is {app.config[name]!r}: choose one of {', '.join(known)}.")
