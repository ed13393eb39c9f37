"""The public front page, the desk, and the two addresses that watch the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_login import current_user

from portal.access import current_standing, public, requires
from portal.accounts.queries import agencies_for, organisations_of, scope_name
from portal.actors import Standing
from portal.alliances import member_queries
from portal.alliances.queries import all_alliances, member_counts
from portal.desk import health
from portal.desk.frame import waiting_now
from portal.desk.queries import COUNT_LIMIT, regions_of
from portal.exchange import figures, interest_queries, queries
from portal.guests.queries import waiting_guests
from portal.kept import kept
from portal.matters.queries import waiting_matters
from portal.meetings.waiting import NOUNS as MEETINGS
from portal.outcomes.queries import waiting_outcomes
from portal.research.queries import waiting_projects
from portal.roles import Role
from portal.rotation.queries import ROTATION

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
        **_shown(standing, waiting, request.args.get("all")),
        shown=SHOWN,
        most=COUNT_LIMIT,
        left_out=_left_out(waiting, request.args.get("all")),
        **_counted(waiting),
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


#: What the desk lists of what waits: nouns of the badge, and the question for their rows.
WAITING: dict[str, tuple[tuple[str, ...], Callable[[Standing, int], Sequence[Any]]]] = {
    "listings": (("listing",), queries.waiting_listings),
    "interests": (("interest",), interest_queries.waiting_interests),
    "memberships": (("membership",), member_queries.waiting_memberships),
    "guests": (("guest_answer",), waiting_guests),
    "matters": (("matter",), waiting_matters),
    "outcomes": (("outcome",), waiting_outcomes),
    "projects": (("project", "project_partner"), waiting_projects),
}
#: What it only counts: it is listed on pages of its own.
COUNTED = {"introductions": ("introduction",), "rotation": ROTATION, "meetings": MEETINGS}


def _shown(
    standing: Standing, waiting: dict[str, int], whole: str | None
) -> dict[str, Sequence[Any]]:
    """Return the rows of what waits, all of the part that is asked for whole.

    What the badge counted none of is not asked for again.
    """
    return {
        name: ask(standing, COUNT_LIMIT if name == whole else SHOWN)
        if any(waiting.get(noun) for noun in nouns)
        else ()
        for name, (nouns, ask) in WAITING.items()
    }


def _left_out(waiting: dict[str, int], whole: str | None) -> dict[str, int]:
    """Return how much waits in each part that shows not all of it."""
    counts = {
        name: sum(waiting.get(noun, 0) for noun in nouns) for name, (nouns, _ask) in WAITING.items()
    }
    return {name: n for name, n in counts.items() if n > SHOWN and name != whole}


def _counted(waiting: dict[str, int]) -> dict[str, int]:
    """Return how much waits of what the desk only counts."""
    return {name: sum(waiting.get(noun, 0) for noun in nouns) for name, nouns in COUNTED.items()}


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
