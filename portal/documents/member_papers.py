"""The papers of a membership: its application and its certificate (会员证书)."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access import require
from portal.accounts.forms import ORGANISATION_KINDS
from portal.actors import Actor
from portal.alliances.forms import TIERS
from portal.alliances.models import Membership
from portal.documents.models import Document, DocumentKind
from portal.documents.operations import PAPER_LANGUAGE, issue_document, write_document
from portal.documents.wording import day_words, lines_of
from portal.errors import Refused

#: The papers that a membership has.
OF_MEMBERSHIP = (DocumentKind.APPLICATION, DocumentKind.CERTIFICATE)


def membership_fields(membership: Membership) -> dict[str, Any]:
    """Return everything a template of a membership's papers may ask for."""
    organisation, contact = membership.organisation, membership.contact
    return {
        "organisation": organisation.name,
        "organisation_kind": str(ORGANISATION_KINDS[organisation.kind]),
        "uscc": organisation.uscc or "",
        "region": organisation.region.name,
        "tier": str(TIERS[membership.tier]),
        "statement": lines_of(membership.statement),
        "contact": contact.name if contact else "",
        "since": day_words(clock.day_of(membership.since)) if membership.since else "",
        "basis": membership.basis or "",
    }


def issue_member_paper(
    membership: Membership, kind: DocumentKind, *, by: Actor, receipt: str | None = None
) -> Document:
    """Issue the application or the certificate of a member as a numbered Word file.

    Raises `Refused` for a certificate of whoever is no member now, and for an application that
    was never handed in.
    """
    require(by, "document.issue", membership.alliance)
    is_certificate = kind is DocumentKind.CERTIFICATE
    if is_certificate and not membership.is_active:
        raise Refused(_l("Only a member of today is given a certificate."))
    if not membership.was_submitted:
        raise Refused(_l("This paper cannot be made yet."))
    with force_locale(PAPER_LANGUAGE):
        fields, name = membership_fields(membership), membership.organisation.name
        title = (
            _("Membership certificate: %(organisation)s", organisation=name)
            if is_certificate
            else _("Membership application: %(organisation)s", organisation=name)
        )
    made = issue_document(
        membership.alliance,
        kind,
        title,
        about=membership,
        by=by,
        receipt=receipt,
        readers=(membership.organisation_id,),
    )
    if made.digest is None:
        write_document(made, fields, by=by)
    return made
