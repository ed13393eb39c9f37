"""What a matter's page says about it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from portal.exchange.forms import KINDS
from portal.language import localised, moment
from portal.matters.models import Matter

Fact = tuple[str, object, str | None]


def matter_facts(matter: Matter) -> list[Fact]:
    """Return (label, value, address) of a matter's facts; absent ones have no value."""
    return [
        (
            _("Listing of"),
            matter.owner.name,
            url_for("directory.view_organisation", organisation_id=matter.owner_id),
        ),
        (
            _("Answered by"),
            matter.partner.name,
            url_for("directory.view_organisation", organisation_id=matter.partner_id),
        ),
        (
            _("Alliance"),
            localised(matter.alliance),
            url_for("alliances.view_alliance", alliance_slug=matter.alliance.slug),
        ),
        (_("Kind"), KINDS[matter.kind] if matter.kind else None, None),
        (_("Introduced"), moment(matter.created_at), None),
        (
            _("The answer it came from"),
            _("Look at it"),
            url_for("exchange.view_interest", interest_id=matter.interest_id),
        ),
    ]
