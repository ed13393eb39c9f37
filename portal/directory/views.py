"""The page of an organisation."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.access import current_standing, requires
from portal.accounts.models import Organisation
from portal.alliances.queries import memberships_of
from portal.exchange.queries import listings_of

bp = Blueprint("directory", __name__)

#: How many listings an organisation's page shows before it links to the list.
SHOWN = 10


@bp.get("/organisations/<int:organisation_id>")
@requires("organisation.view", Organisation)
def view_organisation(organisation: Organisation) -> str:
    """Show who an organisation is, where it is a member, what it offers and seeks."""
    return render_template(
        "directory/view_organisation.html",
        organisation=organisation,
        memberships=memberships_of(organisation.id),
        listings=listings_of(current_standing(), organisation.id, SHOWN),
    )
