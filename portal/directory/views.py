"""The directory, the page of an organisation, and merging two records of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, public, requires
from portal.accounts.models import Organisation
from portal.alliances.frame import alliance_page
from portal.alliances.merging import refuse_two_places
from portal.alliances.models import Alliance
from portal.alliances.queries import places_of
from portal.directory import asked, facets, list_queries, queries, rows
from portal.directory.forms import MOVED, WHEN, MergeForm
from portal.exchange.queries import listings_of
from portal.forms import refusals
from portal.language import localised
from portal.navigation import ORGANISATION_TABS, entries
from portal.organisations.facts import profile_facts
from portal.organisations.forms import CONTACT_KINDS
from portal.organisations.merging import merge_organisations, refuse_merging
from portal.organisations.queries import contacts_of, qualifications_of
from portal.organisations.rules import organisation_meant
from portal.outcomes.queries import outcomes_shown
from portal.sheets.exporting import MOST_ROWS, exported

bp = Blueprint("directory", __name__)

#: How many listings an organisation's page shows before it links to the list.
SHOWN = 10


@bp.get("/organisations")
@public
def list_organisations() -> str:
    """Show the organisations of all alliances, narrowed by facets, a distance and a search."""
    shown = asked.read(request.path, request.args, current_standing())
    return render_template("directory/list_organisations.html", **_list(shown))


@bp.get("/organisations.xlsx")
@public
def export_organisations() -> Response:
    """Take along the organisations that the list shows."""
    path = url_for("directory.list_organisations")
    shown = asked.read(path, request.args, current_standing())
    return _export(shown, _("Directory"))


@bp.get("/alliances/<alliance_slug>/members")
@requires("alliance.view", Alliance)
def list_members(alliance: Alliance) -> str:
    """Show the members of an alliance in protocol order, or in that of pinyin."""
    shown = asked.read(request.path, request.args, current_standing(), alliance.slug)
    keeps = can(current_standing(), "membership.list", alliance)
    return alliance_page("directory/list_members.html", alliance, **_list(shown, keeps=keeps))


@bp.get("/alliances/<alliance_slug>/members.xlsx")
@requires("alliance.view", Alliance)
def export_members(alliance: Alliance) -> Response:
    """Take along the members that the list shows."""
    path = url_for("directory.list_members", alliance_slug=alliance.slug)
    shown = asked.read(path, request.args, current_standing(), alliance.slug)
    return _export(shown, _("Members of %(alliance)s", alliance=localised(alliance)))


def _list(shown: asked.Shown, *, keeps: bool = False) -> dict[str, Any]:
    """Return what a page of the directory shows; `keeps` is for who keeps the members."""
    after = request.args.get("after")
    page = list_queries.directory_page(current_standing(), shown.filter, after)
    return {
        "shown": shown,
        "rows": rows.kept_rows(page.rows, shown, keeps=keeps),
        "origins": rows.origins(shown),
        "count": facets.count_of(shown, page.counted),
        "narrowing": facets.narrowing_of(shown, page.counted),
        "next_key": page.next_key,
        "is_first": not after,
        "distances": asked.DISTANCES,
    }


def _export(shown: asked.Shown, title: str) -> Response:
    """Answer with all pages of a list of the directory as a workbook."""
    found = list_queries.directory_page(current_standing(), shown.filter, size=MOST_ROWS)
    return exported(
        title,
        rows.fields(shown),
        rows.shown_rows(found.rows, shown),
        has_more=found.next_key is not None,
        narrowed=facets.in_words(shown),
    )


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
    around, (memberships, besides) = queries.around(organisation.id), places_of(organisation.id)
    return render_template(
        "directory/view_organisation.html",
        organisation=organisation,
        facts_of=profile_facts(organisation),
        around=around,
        terms=queries.terms_held(around.terms, {each.alliance.slug for each in memberships}),
        when=WHEN,
        memberships=memberships,
        places=[each for each in besides if can(standing, "membership.view", each)],
        listings=listings_of(standing, organisation.id, SHOWN),
        outcomes=outcomes_shown(standing, organisation, SHOWN),
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
