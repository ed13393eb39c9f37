"""Pages of alliances: the list, the front page of one, its members, its charter."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access import can, current_actor, current_standing, public, requires
from portal.accounts.queries import holders
from portal.alliances import facets, member_queries, news, operations, queries
from portal.alliances.forms import AllianceForm
from portal.alliances.models import Alliance
from portal.database import db
from portal.forms import refusals
from portal.navigation import ALLIANCE_TABS, entries
from portal.roles import Role

bp = Blueprint("alliances", __name__)

#: Pieces of news on an alliance's front page.
NEWS_SHOWN = 3


def tabs_of(alliance: Alliance, current: str | None = None) -> list[dict[str, Any]]:
    """Return the tabs of an alliance, with the one of this page (or `current`) marked."""
    return [
        {
            "label": entry.label,
            "href": entry.address(alliance),
            "is_current": entry.endpoint == (current or request.endpoint),
        }
        for entry in entries(ALLIANCE_TABS, current_standing())
    ]


def alliance_page(
    template: str, alliance: Alliance, *, tab: str | None = None, **values: Any
) -> str:
    """Render a page within the frame of an alliance: chair band and tabs."""
    return render_template(
        template,
        alliance=alliance,
        chair=queries.chair_of(alliance.id),
        tabs=tabs_of(alliance, tab),
        **values,
    )


@bp.get("/alliances")
@public
def list_alliances() -> str:
    """Show every alliance with the number of its members."""
    return render_template(
        "alliances/list_alliances.html",
        alliances=queries.all_alliances(),
        counts=queries.member_counts(),
    )


@bp.get("/alliances/<alliance_slug>")
@requires("alliance.view", Alliance)
def view_alliance(alliance: Alliance) -> str:
    """Show what an alliance is, who belongs, who keeps it, what is new, and how to join."""
    standing = current_standing()
    own_id = standing.actor.organisation_id if can(standing, "membership.apply", alliance) else None
    members = member_queries.members_of(alliance.id)
    return alliance_page(
        "alliances/view_alliance.html",
        alliance,
        members=members,
        overview=facets.member_overview(alliance, members),
        secretaries=holders(Role.SECRETARY, alliance.id),
        news=news.news_of(standing, alliance.id, NEWS_SHOWN),
        may_apply=own_id is not None,
        own=queries.newest_membership(alliance.id, own_id) if own_id is not None else None,
    )


@bp.get("/alliances/<alliance_slug>/members")
@requires("alliance.view", Alliance)
def list_members(alliance: Alliance) -> str:
    """Show the members in protocol order, narrowed by region, kind and tier."""
    everyone = member_queries.members_of(alliance.id)
    chosen = facets.chosen_in(request.args)
    members = member_queries.narrowed(everyone, chosen)
    first = _first_of_page(request.args.get("page", ""), len(members))
    number = first // member_queries.PAGE + 1
    has_more = len(members) > first + member_queries.PAGE
    return alliance_page(
        "alliances/list_members.html",
        alliance,
        members=members[first : first + member_queries.PAGE],
        count=len(members),
        groups=facets.member_facets(alliance, everyone, chosen) if everyone else [],
        is_narrowed=bool(chosen),
        everyone_href=facets.address(alliance, {}),
        first_href=facets.address(alliance, chosen) if first else None,
        next_href=facets.address(alliance, chosen, page=str(number + 1)) if has_more else None,
    )


def _first_of_page(written: str, count: int) -> int:
    """Return the position of the first row of a page; the first one for what is no page."""
    is_number = written.isascii() and written.isdecimal() and 0 < len(written) < 6
    first = max(0, int(written) - 1) * member_queries.PAGE if is_number else 0
    return first if first < count else 0


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
