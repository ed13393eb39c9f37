"""Pages of alliances: the list, the front page of one, its charter."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, public, requires
from portal.accounts.queries import holders
from portal.alliances import facets, member_queries, news, operations, queries
from portal.alliances.columns import ALLIANCES
from portal.alliances.forms import AllianceForm
from portal.alliances.frame import alliance_page as alliance_page
from portal.alliances.models import Alliance
from portal.database import db
from portal.forms import refusals
from portal.roles import Role
from portal.sheets.exporting import exported

bp = Blueprint("alliances", __name__)

#: Pieces of news on an alliance's front page.
NEWS_SHOWN = 3


@bp.get("/alliances")
@public
def list_alliances() -> str:
    """Show every alliance with the number of its members."""
    return render_template(
        "alliances/list_alliances.html",
        alliances=queries.all_alliances(),
        counts=queries.member_counts(),
    )


@bp.get("/alliances.xlsx")
@public
def export_alliances() -> Response:
    """Take along the alliances with the numbers of their members."""
    counts = queries.member_counts()
    rows = [(each, counts.get(each.id, 0)) for each in queries.all_alliances()]
    return exported(_("Alliances"), ALLIANCES, rows)


@bp.get("/alliances/<alliance_slug>")
@requires("alliance.view", Alliance)
def view_alliance(alliance: Alliance) -> str:
    """Show what an alliance is, who belongs, who keeps it, what is new, and how to join."""
    standing = current_standing()
    own_id = standing.actor.organisation_id if can(standing, "membership.apply", alliance) else None
    counted = member_queries.counted_members(alliance.id)
    return alliance_page(
        "alliances/view_alliance.html",
        alliance,
        member_count=sum(each.count for each in counted),
        overview=facets.member_overview(alliance, counted),
        secretaries=holders(Role.SECRETARY, alliance.id),
        news=news.news_of(standing, alliance.id, NEWS_SHOWN),
        may_apply=own_id is not None,
        own=queries.newest_membership(alliance.id, own_id) if own_id is not None else None,
    )


@bp.get("/alliances/<alliance_slug>/charter")
@requires("alliance.view", Alliance)
def view_charter(alliance: Alliance) -> str:
    """Show the basics of the charter, as the secretariat words them."""
    return alliance_page("alliances/view_charter.html", alliance)


@bp.route("/alliances/<alliance_slug>/edit", methods=["GET", "POST"])
@requires("alliance.edit", Alliance)
def edit_alliance(alliance: Alliance) -> tuple[str, int] | Response:
    """Change what the pages of an alliance say."""
    form = AllianceForm(alliance=alliance)
    if form.validate_on_submit():
        with refusals(form):
            operations.edit_alliance(
                alliance, form.content(), by=current_actor(), expected=form.expected
            )
            flash(_("Saved."), "success")
            return redirect(url_for("alliances.view_alliance", alliance_slug=alliance.slug))
    is_stale = form.status == 409
    if is_stale:
        # What they typed stays; sending it again replaces the version now shown beside it.
        db.session.refresh(alliance)
        form.version.data = str(alliance.version)
    page = render_template(
        "alliances/edit_alliance.html", alliance=alliance, form=form, is_stale=is_stale
    )
    return page, form.status
