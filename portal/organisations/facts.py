"""What an organisation says of itself, as rows of (label, value, address)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.accounts.forms import ORGANISATION_KINDS
from portal.accounts.models import Organisation
from portal.language import localised

Fact = tuple[Any, ...]


def profile_facts(organisation: Organisation) -> list[Fact]:
    """Return the basic facts of an organisation; what is missing is left out by the page."""
    above, district = organisation.headquarters, organisation.district
    return [
        (_("Kind of organisation"), ORGANISATION_KINDS[organisation.kind]),
        (_("Region"), localised(organisation.region)),
        (_("City or district"), localised(district) if district else None),
        (_("Unified social credit code"), organisation.uscc),
        (_("Website"), organisation.website, organisation.website),
        (
            _("Headquarters"),
            above.name if above else None,
            url_for("directory.view_organisation", organisation_id=above.id) if above else None,
        ),
    ]
