"""Verbs on contacts: each is shown only as far as the organisation consented."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import earlier_result, keep_receipt, operation
from portal.organisations.models import ContactAudience, ContactKind, ContactPoint
from portal.workflow import check_version

#: What each kind must look like, and the sentence where it does not.
SHAPES: dict[ContactKind, tuple[Callable[[str], Any], Any]] = {
    ContactKind.PHONE: (
        re.compile(r"(?=(?:\D*\d){5,20}\D*$)[\d\s()+\-/.,xX\u8f6c]+").fullmatch,
        _l("This is no phone number."),
    ),
    ContactKind.EMAIL: (
        re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+").fullmatch,
        _l("This is no e-mail address."),
    ),
    ContactKind.WECHAT: (
        re.compile(r"[A-Za-z0-9_\-]{2,40}").fullmatch,
        _l("A WeChat name has letters, digits, _ and - only."),
    ),
    ContactKind.ADDRESS: (re.compile(r".{4,}", re.DOTALL).fullmatch, _l("Write the full address.")),
}


@operation
def add_contact(
    organisation: Organisation,
    *,
    kind: ContactKind,
    value: str,
    label: str | None,
    shown_to: ContactAudience,
    by: Actor,
    receipt: str | None = None,
) -> ContactPoint:
    """Add a way to reach an organisation and say to whom it is shown.

    Raises `Refused` where the value is none of its kind.
    """
    require(by, "organisation.edit", organisation)
    earlier = earlier_result(ContactPoint, receipt)
    if earlier is not None:
        return earlier
    _check(kind, value)
    contact = ContactPoint(
        organisation=organisation,
        kind=kind,
        value=value,
        label=label,
        shown_to=shown_to,
        consented_by_id=by.person_id,
        consented_at=clock.now(),
    )
    db.session.add(contact)
    db.session.flush()
    journal.note("contact_point.add", contact, by=by, detail={"shown_to": shown_to.value})
    keep_receipt(receipt, contact)
    return contact


@operation
def edit_contact(
    contact: ContactPoint,
    *,
    value: str,
    label: str | None,
    shown_to: ContactAudience,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Change a contact or to whom it is shown; who consented, and when, is recorded anew.

    The journal holds the audiences and never the contact itself. Raises `Refused` as adding does,
    and `Stale` for an old version: an old form must not show again what was hidden since.
    """
    standing = require(by, "contact_point.edit", contact)
    check_version(contact, expected)
    _check(contact.kind, value)
    before = contact.shown_to
    contact.value, contact.label, contact.shown_to = value, label, shown_to
    if db.session.is_modified(contact):
        contact.consented_by_id = standing.actor.person_id or 0
        contact.consented_at = clock.now()
        detail = {"shown_to": [before.value, shown_to.value]}
        journal.note("contact_point.edit", contact, by=by, detail=detail)


@operation
def remove_contact(contact: ContactPoint, *, by: Actor) -> None:
    """Take a contact away; nothing of it stays but that it was there."""
    require(by, "contact_point.edit", contact)
    journal.note("contact_point.remove", contact, by=by)
    db.session.delete(contact)


def _check(kind: ContactKind, value: str) -> None:
    fits, sentence = SHAPES[kind]
    if not fits(value):
        raise Refused(sentence, field="value")
