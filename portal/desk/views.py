"""The public front page, the desk, and the two addresses that watch the server."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask_login import current_user

from portal.access import current_standing, public, requires
from portal.accounts.queries import agencies_for, organisations_of, scope_name
from portal.alliances import member_queries
from portal.alliances.queries import all_alliances, member_counts
from portal.desk import health
from portal.desk.context import waiting_now
from portal.desk.queries import regions_of
from portal.exchange import figures, interest_queries, queries
from portal.kept import kept
from portal.matters.queries import waiting_matters
from portal.outcomes.queries import waiting_outcomes
from portal.research.queries import waiting_projects
from portal.roles import Role

bp = Blueprint("desk", __name__)

#: Rows of each part of the desk.
SHOWN = 8


@bp.get("/")
@public
def front_page() -> str:
    """Tell in ten seconds what this place does for each of its three kinds of user."""
    return render_template(
        "desk/front_page.html",
        # They count every listing (some 100 ms at 100,000), and anybody may ask for them.
        figures=kept("figures", figures.figures),
        alliances=all_alliances(),
        counts=member_counts(),
        newest=queries.newest_for(current_standing(), 5),
    )


@bp.get("/desk")
@requires("portal.desk")
def view_desk() -> str:
    """Show what waits for me, what is new that concerns me, what I have started."""
    standing = current_standing()
    own_id = standing.actor.organisation_id
    waiting = waiting_now()
    return render_template(
        "desk/view_desk.html",
        # The badge has counted already: what waits for nobody is not asked for again.
        listings=queries.waiting_listings(standing, SHOWN) if waiting.get("listing") else (),
        interests=interest_queries.waiting_interests(standing, SHOWN)
        if waiting.get("interest")
        else (),
        memberships=member_queries.waiting_memberships(standing, SHOWN)
        if waiting.get("membership")
        else (),
        matters=waiting_matters(standing, SHOWN) if waiting.get("matter") else (),
        outcomes=waiting_outcomes(standing, SHOWN) if waiting.get("outcome") else (),
        projects=waiting_projects(standing, SHOWN)
        if waiting.get("project") or waiting.get("project_partner")
        else (),
        newest=queries.newest_for(standing, SHOWN),
        started=queries.listings_of(standing, own_id, SHOWN, open_only=False) if own_id else [],
        sent=interest_queries.sent_interests(standing, SHOWN) if own_id else [],
        applications=member_queries.own_applications(standing, SHOWN) if own_id else [],
        region_figures=figures.figures(standing[Role.LIAISON]) if standing[Role.LIAISON] else None,
        regions=regions_of(standing),
        organisations=organisations_of(current_user.person_id),
        agencies=[
            (agency, scope_name(agency.role, agency.scope_id))
            for agency in agencies_for(current_user.person_id)
        ],
    )


@bp.get("/healthz")
@public
def live() -> dict[str, str]:
    """Answer that this process is alive, without asking anything else."""
    return {"status": "live"}


@bp.get("/readyz")
@public
def ready() -> tuple[dict[str, object], int]:
    """Answer whether the portal can do its work: write, schema, assets.

    Whether a worker lives is told beside it: without one, pages answer and jobs wait.
    """
    checks = health.checks(current_app.config["ASSETS"])
    is_ready = all(checks.values())
    answer: dict[str, object] = {"ready": is_ready, **checks, "worker": health.has_worker()}
    return answer, 200 if is_ready else 503
