"""Verbs on one's own account: profile, preferences, consent, closing it, being forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal, links, outbox
from portal.access import require
from portal.accounts import person_queries
from portal.accounts.addresses import (
    NOWHERE,
    PASSWORD_LINK,
    refuse_bad_addresses,
    refuse_reserved_address,
)
from portal.accounts.models import Consent, Person
from portal.accounts.operations import end_appointment
from portal.accounts.queries import account_name
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import operation
from portal.registry import registry
from portal.workflow import check_version


@operation
def edit_profile(
    who: Person,
    *,
    name: str,
    language: str | None,
    is_large_type: bool,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Change one's own name, language and type size. Raises `Stale` for an old version."""
    require(by, "person.edit", who)
    check_version(who, expected)
    new = {"name": name, "language": language, "is_large_type": is_large_type}
    _change(who, new, by=by)


@operation
def change_addresses(
    who: Person,
    *,
    email: str | None,
    mobile: str | None,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Change the e-mail address and mobile number one signs in with.

    Whoever calls this asked for a fresh proof first. Raises `Stale` for an old version, `Refused`
    where both are left empty, or one is none, or belongs to somebody else or the portal itself.
    """
    require(by, "person.edit", who)
    check_version(who, expected)
    new = {
        "email": account_name(email) if email else None,
        "mobile": account_name(mobile) if mobile else None,
    }
    if not any(new.values()):
        raise Refused(_l("Keep at least one of the two: you sign in with it."), field="email")
    refuse_bad_addresses(new["email"], new["mobile"])
    refuse_reserved_address(new["email"])
    for field, value in new.items():
        column = getattr(Person, field)
        if value and db.session.scalar(
            select(Person.id).where(column == value, Person.id != who.id)
        ):
            raise Refused(_l("This address belongs to somebody already."), field=field)
    # Whoever reads the mailbox that is given up must not set a password from there.
    links.revoke_for(who.id, PASSWORD_LINK, by=by)
    if who.email and outbox.sends_mail() and new != {"email": who.email, "mobile": who.mobile}:
        _tell_of_change(who)
    _change(who, new, by=by)


def _tell_of_change(who: Person) -> None:
    """Write to the address that holds till now: whoever changed it may not be its owner."""
    with force_locale(who.language or "zh"):
        subject = _("The addresses of your account are changed")
        body = _(
            "%(name)s, what you sign in to the alliance portal with was changed. If it was not "
            "you, tell your alliance's secretariat or a portal administrator at once.",
            name=who.name,
        )
    outbox.send_mail(who.email or "", subject, body, by=SYSTEM)


@operation
def set_preferences(
    who: Person, *, by: Actor, language: str | None = None, is_large_type: bool | None = None
) -> None:
    """Keep a language and a type size with an account; None leaves one as it is."""
    require(by, "person.edit", who)
    wanted: dict[str, Any] = {"language": language, "is_large_type": is_large_type}
    _change(who, {name: value for name, value in wanted.items() if value is not None}, by=by)


def _change(who: Person, new: Mapping[str, Any], *, by: Actor) -> None:
    """Set what differs, and journal what it was before and is now."""
    changed = {name: [getattr(who, name), v] for name, v in new.items() if getattr(who, name) != v}
    for name, (_before, value) in changed.items():
        setattr(who, name, value)
    if changed:
        journal.note("person.edit", who, by=by, detail=changed)


@operation
def give_consent(who: Person, notice: str, *, by: Actor) -> Consent:
    """Record that a person consented to a version of the privacy notice; once for each."""
    require(by, "person.edit", who)
    found = db.session.scalar(
        select(Consent).where(Consent.person_id == who.id, Consent.notice == notice)
    )
    if found is None:
        found = Consent(person_id=who.id, notice=notice, at=clock.now())
        db.session.add(found)
        journal.note("person.consent", who, by=by, detail={"notice": notice})
    return found


@operation
def close_account(who: Person, *, by: Actor, is_to_erase: bool = False) -> None:
    """Close one's own account: its appointments, agencies, sessions and consents end now.

    With `is_to_erase` the name and addresses go as well. Raises `Refused` where an organisation
    would be left without a manager.
    """
    require(by, "person.close", who)
    if not who.is_open:
        raise Refused(_l("This account was closed already."))
    for appointment in person_queries.running_appointments(who.id):
        end_appointment(appointment, by=by)
    for agency in person_queries.running_agencies(who.id):
        if agency.from_at < clock.now():
            agency.until_at = clock.now()
        else:  # it never began, and no agency ends before it begins
            db.session.delete(agency)
        journal.note("agency.end", agency, by=by)
    for consent in db.session.scalars(
        select(Consent).where(Consent.person_id == who.id, Consent.withdrawn_at.is_(None))
    ):
        consent.withdrawn_at = clock.now()
    who.closed_at, who.password_hash = clock.now(), None
    journal.note("person.close", who, by=by)
    for take_leave in registry().at_closure:
        take_leave(who, by=by)
    if is_to_erase:
        erase_person(who, by=by)


@operation
def erase_person(who: Person, *, by: Actor) -> None:
    """Take the name and the addresses of a closed account out of the portal.

    What they did stays, without them: the journal's lines hold numbers and digests only, so the
    chain still verifies when the details about the person are erased. Raises `Refused` for an
    open account or one that was erased already.
    """
    require(by, "person.erase", who)
    if who.is_open or who.erased_at is not None:
        raise Refused(_l("Only a closed account can be erased, and once."))
    with force_locale("zh"):
        nobody = _("Closed account")
    for forget in registry().at_erasure:
        forget(who, nobody)
    outbox.forget_recipient(person_queries.addresses_of(who))
    who.name, who.email, who.mobile = nobody, f"{who.id}@{NOWHERE}", None
    who.language, who.is_large_type, who.password_hash = None, False, None
    who.erased_at = clock.now()
    db.session.flush()
    journal.erase_details("person", [who.id])
    journal.note("person.erase", who, by=by)
