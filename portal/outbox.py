"""Messages that leave the portal: written in the transaction, delivered after it.

A row is the message; whoever delivers (the worker, or a person in a portal without mail) marks
it sent. `deliver` is one function per channel, chosen by configuration.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Model, choice, constraints


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"
    SMS = "sms"
    #: Handed over by a person: copied into a chat, shown as a QR code, read out.
    HAND = "hand"


class OutboxMessage(Model):
    """One message to one recipient."""

    __tablename__ = "outbox_message"
    __table_args__ = constraints(Index(None, "sent_at", "id"))
    noun = "outbox_message"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    #: Emptied when it was sent: it may carry a link that opens something.
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    #: Who wrote it and may hand it over (plain number: the ground knows no people).
    written_by_id: Mapped[int | None] = mapped_column(index=True)
