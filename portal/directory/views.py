"""The directory, the page of an organisation, and merging two records of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, public, requires
from portal.accounts.models import Organisation
from portal.alliances.merging import refuse_two_places
from portal.alliances.queries import memberships_of, places_besides
from portal.directory import queries
from portal.directory.forms import MOVED, MergeForm
from portal.exchange.queries import listings_of
from portal.forms import refusals
from portal.navigation import ORGANISATION_TABS, entries
from portal.organisations.facts import profile_facts
from portal.organisations.forms import CONTACT_KINDS
from portal.organisations.merging import merge_organisations, refuse_merging
from portal.organisations.queries import contacts_of, qualifications_of
from portal.organisations.rules import organisation_meant

bp = Blueprint("directory", __name__)

#: How many listings an organisation's page shows before it links to the list.
SHOWN = 10


@bp.get("/organisations")
@public
def list_organisations() -> str:
    """Show the organisations by name, or find one by name, former name or code."""
    query = request.args.get("q", "")[:120]
    page = queries.directory_page(current_standing(), query, request.args.get("after"))
    return render_template("directory/list_organisations.html", page=page, query=query)


@bp.get("/organisations/<int:organisation_id>")
@requires("organisation.view", Organisation)
def view_organisation(organisation: Organisation) -> str | Response:
    """Show who an organisation is, where it is a member, what it offers and seeks.

    The page of a double leads to the record it was merged into.
    """
    if organisation.merged_into_id is not None:
        address = url_for(
            "directory.view_organisation", organisation_id=organisation.merged_into_id
        )
        return redirect(address)
    standing = current_standing()
    return render_template(
        "directory/view_organisation.html",
        organisation=organisation,
        facts_of=profile_facts(organisation),
        around=queries.around(organisation.id),
        memberships=memberships_of(organisation.id),
        places=[
            each
            for each in places_besides(organisation.id)
            if can(standing, "membership.view", each)
        ],
        listings=listings_of(standing, organisation.id, SHOWN),
        qualifications=qualifications_of(organisation.id),
        contacts=contacts_of(standing, organisation.id),
        contact_kinds=CONTACT_KINDS,
        keeps=can(standing, "organisation.keep", organisation),
        tabs=entries(ORGANISATION_TABS, standing, organisation),
    )


@bp.get("/organisations/<int:organisation_id>/merge")
@requires("organisation.merge", Organisation)
def preview_merge(organisation: Organisation) -> tuple[str, int]:
    """Ask which organisation this double really is, and show what would move there."""
    form = MergeForm(formdata=None, thing=organisation)
    form.into.data = request.args.get("into", "")
    return _merge_page(organisation, form)


@bp.post("/organisations/<int:organisation_id>/merge")
@requires("organisation.merge", Organisation)
def merge(organisation: Organisation) -> tuple[str, int] | Response:
    """Merge the double into the organisation it really is."""
    form = MergeForm()
    if form.validate_on_submit():
        with refusals(form):
            into = organisation_meant(form.into.data or "", field="into")
            merge_organisations(organisation, into, by=current_actor(), expected=form.expected)
            flash(_("Merged. The other page leads here from now on."), "success")
            return redirect(url_for("directory.view_organisation", organisation_id=into.id))
    return _merge_page(organisation, form)


def _merge_page(organisation: Organisation, form: MergeForm) -> tuple[str, int]:
    """Render the preview; what stands in the way is said before anybody presses the button."""
    into: Organisation | None = None
    values: dict[str, Any] = {}
    if form.into.data and form.status == 200:
        with refusals(form):
            found = organisation_meant(form.into.data, field="into")
            refuse_merging(organisation, found)
            refuse_two_places(organisation.id, found.id)
            into = found
    if into is not None:
        counts = queries.moving(organisation)
        values["moving"] = [(label, counts[noun]) for noun, label in MOVED.items()]
    page = render_template(
        "directory/merge.html", organisation=organisation, into=into, form=form, **values
    )
    return page, form.status
