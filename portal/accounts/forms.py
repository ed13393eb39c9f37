"""The words of people and organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.accounts.models import OrganisationKind

ORGANISATION_KINDS = {
    OrganisationKind.ENTERPRISE: _l("Enterprise"),
    OrganisationKind.UNIVERSITY: _l("University"),
    OrganisationKind.INSTITUTE: _l("Research institute"),
    OrganisationKind.FINANCE: _l("Financial institution"),
    OrganisationKind.ASSOCIATION: _l("Industry association"),
    OrganisationKind.PARK: _l("Park"),
    OrganisationKind.GOVERNMENT: _l("Government body"),
}
