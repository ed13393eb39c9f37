"""Pages of the table of centres: every region with where it lies, and correcting one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import current_actor, requires
from portal.database import db
from portal.forms import refusals
from portal.kept import forget
from portal.regions import queries
from portal.regions.columns import REGIONS
from portal.regions.forms import CentreForm
from portal.regions.models import Region
from portal.regions.operations import place_region
from portal.regions.places import PLACES
from portal.regions.views import bp
from portal.sheets.exporting import exported


@bp.get("/regions")
@requires("region.list")
def list_regions() -> str:
    """Show every region and the centre that distances are measured from."""
    return render_template("regions/list_regions.html", regions=queries.region_tree())


@bp.get("/regions.xlsx")
@requires("region.list")
def export_regions() -> Response:
    """Take along the table of centres."""
    return exported(_("Centres of regions"), REGIONS, queries.region_tree())


@bp.route("/regions/<int:region_id>/edit", methods=["GET", "POST"])
@requires("region.place", Region)
def edit_region(region: Region) -> tuple[str, int] | Response:
    """Correct where the centre of a region lies."""
    form = CentreForm(thing=region)
    if form.validate_on_submit():
        with refusals(form):
            place_region(region, *form.centre, by=current_actor(), expected=form.expected)
            forget(PLACES)
            flash(_("Saved."), "success")
            return redirect(url_for("regions.list_regions"))
    if form.status == 409:
        # What they typed stays; sending it again replaces what is now shown beside it.
        db.session.refresh(region)
        form.version.data = str(region.version)
    page = render_template(
        "regions/edit_region.html", form=form, region=region, is_stale=form.status == 409
    )
    return page, form.status
