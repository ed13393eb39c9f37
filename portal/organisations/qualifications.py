"""Verbs on qualifications (资质): kept as words; the original is seen, no copy is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Organisation
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.operations import earlier_result, keep_receipt, operation
from portal.organisations.models import Qualification
from portal.workflow import check_version


@dataclass(frozen=True)
class Certificate:
    """What a certificate says; `valid_until` is its last day, in Shanghai."""

    name: str
    issuer: str
    number: str | None = None
    valid_until: date | None = None


@operation
def add_qualification(
    organisation: Organisation, certificate: Certificate, *, by: Actor, receipt: str | None = None
) -> Qualification:
    """Add a certificate of an organisation. Raises `Refused` where it is listed already."""
    require(by, "organisation.edit", organisation)
    earlier = earlier_result(Qualification, receipt)
    if earlier is not None:
        return earlier
    qualification = Qualification(organisation=organisation)
    _write(qualification, certificate)
    db.session.add(qualification)
    db.session.flush()
    journal.note("qualification.add", qualification, by=by)
    keep_receipt(receipt, qualification)
    return qualification


@operation
def edit_qualification(
    qualification: Qualification,
    certificate: Certificate,
    *,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Change what a certificate says; whoever saw the original saw another one, so that goes.

    Raises `Stale` for an old version.
    """
    require(by, "qualification.edit", qualification)
    check_version(qualification, expected)
    _write(qualification, certificate)
    if db.session.is_modified(qualification):
        qualification.seen_at = qualification.seen_by_id = None
        journal.note("qualification.edit", qualification, by=by)


def _write(qualification: Qualification, certificate: Certificate) -> None:
    """Copy what a certificate says, unless the organisation lists the same one already."""
    with db.session.no_autoflush:
        twin = db.session.scalar(
            select(Qualification.id).where(
                Qualification.organisation_id == qualification.organisation.id,
                Qualification.name == certificate.name,
                Qualification.number == certificate.number,
                Qualification.id != (qualification.id or 0),
            )
        )
    if twin is not None and certificate.number:
        raise Refused(_l("This certificate is listed already."), field="number")
    for field in ("name", "issuer", "number", "valid_until"):
        setattr(qualification, field, getattr(certificate, field))


@operation
def remove_qualification(qualification: Qualification, *, by: Actor) -> None:
    """Take a certificate off the list."""
    require(by, "qualification.edit", qualification)
    journal.note("qualification.remove", qualification, by=by)
    db.session.delete(qualification)


@operation
def confirm_qualification(
    qualification: Qualification, *, by: Actor, expected: int | None = None
) -> None:
    """Record that a secretary saw the original, when and who; no copy is kept.

    Raises `Stale` where the certificate says something else by now than what was compared.
    """
    require(by, "qualification.confirm", qualification)
    check_version(qualification, expected)
    if qualification.seen_at is not None:
        raise Refused(_l("The original was seen already."))
    qualification.seen_at, qualification.seen_by_id = clock.now(), by.person_id
    journal.note("qualification.confirm", qualification, by=by)
