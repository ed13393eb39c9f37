"""Telling somebody what was done to their account, at the address that reaches them."""

from __future__ import annotations

from portal import outbox
from portal.accounts.models import Person
from portal.actors import Actor


def tell(who: Person, subject: str, body: str, *, by: Actor) -> None:
    """Write to a person by mail, else by short message, inside the operation that did it."""
    if who.email:
        outbox.send_mail(who.email, subject, body, by=by)
    elif who.mobile:
        outbox.send_sms(who.mobile, body, by=by)
