"""Pages of an alliance's rotation: the schedule, its calendar, the rules, the chair's powers."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from portal import calendars
from portal.access import can, current_actor, current_standing, requires
from portal.accounts.models import Organisation
from portal.alliances.frame import alliance_page
from portal.alliances.models import Alliance, Membership
from portal.database import db
from portal.forms import refusals
from portal.language import is_english
from portal.meetings.resolution_models import Resolution
from portal.rotation import chartering, schedule
from portal.rotation.drafting import broken_terms
from portal.rotation.forms import ACTING, ORDERS, CharterForm
from portal.rotation.history import charter_of
from portal.rotation.models import Charter, Swap
from portal.rotation.open_swaps import OPEN
from portal.rotation.resting import turns_resting_on
from portal.rotation.workflow import TURN

bp = Blueprint("rotation", __name__)

#: The tab of every page of rotation.
TAB = "rotation.view_schedule"


def chair_title(alliance: Alliance) -> str:
    """Return what an alliance calls its chair, in the language of the page."""
    return alliance.chair_title_en if is_english() else alliance.chair_title


@bp.get("/alliances/<alliance_slug>/rotation")
@requires("alliance.view", Alliance)
def view_schedule(alliance: Alliance) -> str:
    """Show who chaired, chairs and is to chair, and how fair that is."""
    rows = schedule.schedule_of(alliance.id)
    bars, today = schedule.strip_of(rows)
    return alliance_page(
        "rotation/view_schedule.html",
        alliance,
        rows=rows,
        bars=bars,
        today=today,
        shares=schedule.shares(rows),
        by_region=schedule.turns_by_region(rows),
        states=TURN.labels,
    )


@bp.get("/alliances/<alliance_slug>/rotation/check")
@requires("alliance.view", Alliance)
def check_terms(alliance: Alliance) -> str:
    """Show which rules the terms to come break, or would if an exchange took place."""
    written = request.args.get("swap", "")
    is_number = written.isascii() and written.isdecimal() and len(written) < 10
    swap = db.session.get(Swap, int(written)) if is_number else None
    if swap is not None and not _is_ours(swap, alliance):
        swap = None
    rows = broken_terms(alliance.id, (swap.turn, swap.other_turn) if swap else None)
    return alliance_page("rotation/check_terms.html", alliance, tab=TAB, rows=rows, swap=swap)


def _is_ours(swap: Swap, alliance: Alliance) -> bool:
    """Tell whether an exchange belongs to an alliance, waits, and may be seen by whoever asks."""
    is_open = swap.alliance_id == alliance.id and swap.state in OPEN
    return is_open and can(current_standing(), "swap.view", swap)


@bp.get("/alliances/<alliance_slug>/rotation.ics")
@requires("alliance.view", Alliance)
def calendar(alliance: Alliance) -> Response:
    """Hand out the terms as a calendar that other programs subscribe to."""
    name = alliance.name_en if is_english() else alliance.name
    title = chair_title(alliance)
    written = calendars.written(f"{name} · {title}", schedule.events_of(alliance, title))
    response = Response(written, mimetype=calendars.MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"inline; filename={alliance.slug}.ics"
    return response


@bp.get("/resolutions/<int:resolution_id>/terms")
@requires("resolution.view", Resolution)
def list_resting(resolution: Resolution) -> str:
    """Show the terms in the chair that rest on a resolution."""
    return alliance_page(
        "rotation/list_resting.html",
        resolution.alliance,
        tab=TAB,
        resolution=resolution,
        turns=turns_resting_on(resolution),
        states=TURN.labels,
    )


@bp.get("/alliances/<alliance_slug>/rotation/powers")
@requires("alliance.view", Alliance)
def view_powers(alliance: Alliance) -> str:
    """Show in words what a chair may and may not do."""
    return alliance_page(
        "rotation/view_powers.html", alliance, tab=TAB, title=chair_title(alliance)
    )


@bp.get("/alliances/<alliance_slug>/rotation/rules")
@requires("alliance.view", Alliance)
def view_rules(alliance: Alliance) -> str:
    """Show the rules in force and the versions before them."""
    versions = db.session.scalars(
        select(Charter).where(Charter.alliance_id == alliance.id).order_by(Charter.number.desc())
    ).all()
    return alliance_page(
        "rotation/view_rules.html",
        alliance,
        tab=TAB,
        versions=versions,
        orders=ORDERS,
        acting=ACTING,
    )


@bp.route("/alliances/<alliance_slug>/rotation/rules/new", methods=["GET", "POST"])
@requires("charter.write", Alliance)
def enact_charter(alliance: Alliance) -> tuple[str, int] | Answer:
    """Enter a new version of the rules."""
    form = CharterForm(charter_of(alliance.id), members_of(alliance.id))
    if form.validate_on_submit():
        with refusals(form):
            chartering.enact_charter(
                alliance, form.content(), basis=form.basis.data, by=current_actor()
            )
            flash(_("Saved."), "success")
            return redirect(url_for("rotation.view_rules", alliance_slug=alliance.slug))
    page = alliance_page("rotation/enact_charter.html", alliance, tab=TAB, form=form)
    return page, form.status


def members_of(alliance_id: int) -> list[Organisation]:
    """Return the members of an alliance in the order of their names."""
    return list(
        db.session.scalars(
            select(Organisation)
            .join(Membership, Membership.organisation_id == Organisation.id)
            .where(Membership.alliance_id == alliance_id, Membership.is_active)
            .order_by(Organisation.sort_key, Organisation.id)
        )
    )
