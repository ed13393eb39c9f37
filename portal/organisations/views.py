"""Pages that keep an organisation itself: new, basics, chain nodes, code, name, protocol order."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, current_standing, requires
from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.operations import create_organisation
from portal.database import db
from portal.errors import Refused
from portal.forms import Form, refusals
from portal.navigation import ORGANISATION_TABS, entries
from portal.organisations import operations, queries
from portal.organisations.facts import profile_facts
from portal.organisations.forms import (
    CodeForm,
    NewOrganisationForm,
    NodesForm,
    PositionForm,
    ProfileForm,
    RenameForm,
)
from portal.regions.models import Region

bp = Blueprint("organisations", __name__)


def kept_page(
    template: str,
    organisation: Organisation,
    form: Form | None = None,
    *,
    thing: Any = None,
    **more: Any,
) -> tuple[str, int]:
    """Render one of the pages that keep an organisation, with their tabs.

    A form that was stale keeps what was typed and takes the present version of what it edits
    (`thing`, or the organisation): sent again, it replaces what is stored, which stands above it.
    """
    thing = thing or organisation
    status = form.status if form else 200
    if form is not None and status == 409:
        db.session.refresh(thing)
        form.version.data = str(thing.version)
    page = render_template(
        f"organisations/{template}.html",
        organisation=organisation,
        form=form,
        is_stale=status == 409,
        tabs=entries(ORGANISATION_TABS, current_standing(), organisation),
        **more,
    )
    return page, status


def to_organisation(organisation: Organisation) -> Response:
    """Say that it was saved, and go to the organisation's page."""
    flash(_("Saved."), "success")
    return redirect(url_for("directory.view_organisation", organisation_id=organisation.id))


@bp.route("/organisations/new", methods=["GET", "POST"])
@requires("organisation.create")
def new_organisation() -> tuple[str, int] | Response:
    """Enter an organisation into the registry, then invite its first manager."""
    form, by = NewOrganisationForm(), current_actor()
    form.offer(queries.all_regions())
    if form.validate_on_submit():
        with refusals(form):
            region = db.session.get_one(Region, form.region_id.data)
            made = create_organisation(
                name=form.name.data or "",
                kind=OrganisationKind(form.kind.data),
                region=region,
                district=db.session.get(Region, form.chosen_district_id or 0),
                uscc=form.uscc.data or None,
                summary=form.summary.data or None,
                by=by,
                receipt=form.receipt(by),
            )
            flash(_("Entered. Now invite whoever will manage it."), "success")
            return redirect(url_for("organisations.invite", organisation_id=made.id))
    return render_template("organisations/new_organisation.html", form=form), form.status


@bp.route("/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
@requires("organisation.edit", Organisation)
def edit_organisation(organisation: Organisation) -> tuple[str, int] | Response:
    """Change what the organisation says of itself."""
    form = ProfileForm(organisation=organisation)
    form.offer(queries.all_regions())
    if form.validate_on_submit():
        with refusals(form):
            operations.edit_organisation(
                organisation, form.profile(), by=current_actor(), expected=form.expected
            )
            return to_organisation(organisation)
    return kept_page("edit_organisation", organisation, form, facts_of=profile_facts(organisation))


@bp.route("/organisations/<int:organisation_id>/chain-nodes", methods=["GET", "POST"])
@requires("organisation.edit", Organisation)
def choose_nodes(organisation: Organisation) -> tuple[str, int] | Response:
    """Tick the nodes of the chains at which the organisation works."""
    chains = queries.chains_with_nodes()
    held = queries.nodes_of(organisation.id)
    form = NodesForm(organisation=organisation, chains=chains, held=[node.id for node in held])
    if form.validate_on_submit():
        with refusals(form):
            operations.choose_nodes(
                organisation,
                form.node_ids.data or [],
                by=current_actor(),
                expected=form.expected,
            )
            return to_organisation(organisation)
    return kept_page("choose_nodes", organisation, form, chains=chains, held=held)


@bp.route("/organisations/<int:organisation_id>/code", methods=["GET", "POST"])
@requires("organisation.complete", Organisation)
def complete_code(organisation: Organisation) -> tuple[str, int] | Response:
    """Enter the unified social credit code."""
    form = CodeForm(thing=organisation)
    if form.validate_on_submit():
        with refusals(form):
            operations.complete_code(
                organisation, form.uscc.data or "", by=current_actor(), expected=form.expected
            )
            return to_organisation(organisation)
    return kept_page("complete_code", organisation, form)


@bp.route("/organisations/<int:organisation_id>/name", methods=["GET", "POST"])
@requires("organisation.rename", Organisation)
def rename_organisation(organisation: Organisation) -> tuple[str, int] | Response:
    """Give the organisation its new name; the old one is kept."""
    form = RenameForm(thing=organisation)
    if form.validate_on_submit():
        with refusals(form):
            operations.rename_organisation(
                organisation,
                form.name.data or "",
                reason=form.reason.data or "",
                by=current_actor(),
                expected=form.expected,
            )
            return to_organisation(organisation)
    return kept_page("rename_organisation", organisation, form)


@bp.route("/organisations/<int:organisation_id>/position", methods=["GET", "POST"])
@requires("organisation.keep", Organisation)
def place_organisation(organisation: Organisation) -> tuple[str, int] | Response:
    """Set the place in protocol order."""
    form = PositionForm(thing=organisation)
    if form.validate_on_submit():
        with refusals(form):
            operations.place_organisation(
                organisation,
                form.position.data or 0,
                by=current_actor(),
                expected=form.expected,
            )
            return to_organisation(organisation)
    return kept_page("place_organisation", organisation, form)


def sentence_of(refused: Refused) -> None:
    """Show why a button did nothing."""
    flash(str(refused.sentence), "error")
