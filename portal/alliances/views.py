"""Pages of alliances: the list, the front page of one, its members, a membership."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.access import current_standing, may_see, public, requires
from portal.accounts.queries import holders, timeline_of
from portal.alliances import operations, queries
from portal.alliances.models import Alliance, Membership
from portal.moves import attempt
from portal.navigation import ALLIANCE_TABS, entries
from portal.roles import Role
from portal.workflow import open_to

bp = Blueprint("alliances", __name__)

#: The operation of each move of the lifecycle; a test compares it with the table.
MOVES = {
    "withdraw": operations.withdraw_membership,
    "expel": operations.expel_membership,
}


def tabs_of(alliance: Alliance) -> list[dict[str, Any]]:
    """Return the tabs of an alliance, with the current one marked."""
    return [
        {
            "label": entry.label,
            "href": entry.address(alliance),
            "is_current": entry.endpoint == request.endpoint,
        }
        for entry in entries(ALLIANCE_TABS, current_standing())
    ]


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
    """Show what an alliance is, who chairs it, who keeps it."""
    return render_template(
        "alliances/view_alliance.html",
        alliance=alliance,
        chair=queries.chair_of(alliance.id),
        secretaries=holders(Role.SECRETARY, alliance.id),
        tabs=tabs_of(alliance),
    )


@bp.get("/alliances/<alliance_slug>/members")
@requires("alliance.view", Alliance)
def list_members(alliance: Alliance) -> str:
    """Show the members in protocol order, optionally those of one region."""
    everyone = queries.members_of(alliance.id)
    region_code = request.args.get("region", "")
    regions = {each.organisation.region for each in everyone}
    members = [each for each in everyone if region_code in ("", each.organisation.region.code)]
    return render_template(
        "alliances/list_members.html",
        alliance=alliance,
        chair=queries.chair_of(alliance.id),
        members=members,
        regions=sorted(regions, key=lambda region: region.position),
        region_code=region_code,
        keeps=alliance.id in current_standing()[Role.SECRETARY],
        tabs=tabs_of(alliance),
    )


@bp.get("/memberships/<int:membership_id>")
@requires("membership.view", Membership)
def view_membership(membership: Membership) -> str:
    """Show one organisation's place in an alliance."""
    return membership_page(membership)


def membership_page(membership: Membership, **more: Any) -> str:
    """Render a membership's page; `more` carries a failed move."""
    standing = current_standing()
    sees_history = may_see(standing, membership, "history")
    values: dict[str, Any] = {
        "membership": membership,
        "moves": open_to(standing, membership),
        "timeline": timeline_of(membership) if sees_history else [],
    }
    return render_template("alliances/view_membership.html", **{**values, **more})


@bp.post("/memberships/<int:membership_id>/moves/<move>")
@requires("membership.view", Membership)
def move_membership(membership: Membership, move: str) -> Response | tuple[str, int]:
    """Make a move of the lifecycle; who may is decided by the move's own permission."""
    failed = attempt(MOVES, move, membership)
    if failed:
        return membership_page(membership, failed=failed), failed.status
    return redirect(url_for("alliances.view_membership", membership_id=membership.id))
