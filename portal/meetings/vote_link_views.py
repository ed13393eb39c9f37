"""Votes by link: the page whoever holds a link votes on, and who is handed one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import actors, links
from portal.access import current_actor, public, requires
from portal.alliances.queries import chair_of
from portal.database import db
from portal.errors import DeadLink, Refused
from portal.forms import Form, refusals
from portal.links import ActionLink
from portal.meetings import vote_links, voting
from portal.meetings.counting import Choice
from portal.meetings.forms import BASES, SHARES
from portal.meetings.models import Seat
from portal.meetings.resolution_forms import CHOICES, HandLinkForm
from portal.meetings.resolution_models import Resolution
from portal.meetings.views import bp

__all__ = ["bp"]


@bp.get("/resolutions/<int:resolution_id>/links")
@requires("resolution.record", Resolution)
def view_links(resolution: Resolution) -> str:
    """Show who has not voted, what mails them their link, and what hands one to a person."""
    return links_page(resolution, HandLinkForm())


def links_page(resolution: Resolution, form: HandLinkForm, address: str | None = None) -> str:
    """Render that page; `address` is a link that was just made, shown this once."""
    meeting = resolution.meeting
    is_taken = resolution.is_voting and meeting.takes_votes and not resolution.is_secret
    may_send = is_taken and vote_links.takes_links(meeting)
    waiting = vote_links.seats_to_vote(resolution, meeting) if may_send else []
    form.offer(waiting)
    return render_template(
        "meetings/view_links.html",
        resolution=resolution,
        meeting=meeting,
        form=form,
        waiting=waiting,
        may_send=may_send,
        address=address,
    )


@bp.post("/resolutions/<int:resolution_id>/links")
@requires("resolution.record", Resolution)
def send_links(resolution: Resolution) -> Response | tuple[str, int]:
    """Mail every seat that has not voted its link, or ask the chair to open the vote by one."""
    form, by = HandLinkForm(), current_actor()
    with refusals(form):
        if request.form.get("act") == "open":
            vote_links.ask_chair_to_open(resolution, by=by)
            flash(_("The chair is sent a link that opens the vote."), "success")
        else:
            count = vote_links.send_vote_links(resolution, by=by)
            flash(_("Links written: %(count)d.", count=count), "success")
        return redirect(url_for("meetings.view_links", resolution_id=resolution.id))
    return links_page(resolution, form), form.status


@bp.post("/resolutions/<int:resolution_id>/links/hand")
@requires("resolution.record", Resolution)
def hand_link(resolution: Resolution) -> str | tuple[str, int]:
    """Make the link of one seat for one person, and show it this once."""
    form, by = HandLinkForm(), current_actor()
    if form.validate_on_submit():
        with refusals(form):
            address = vote_links.hand_vote_link(
                resolution, form.seat_id.data or 0, form.handed_to.data or "", by=by
            )
            return links_page(resolution, HandLinkForm(), address)
    return links_page(resolution, form), form.status


@bp.route("/votes/<token>", methods=["GET", "POST"])
@public
def vote_by_link(token: str) -> tuple[str, int] | Response:
    """Show what is voted on (GET), and file the vote of the link's seat, once (POST)."""
    link = _found(vote_links.VOTE, token)
    asked, form = vote_links.vote_of(link), Form()
    if asked is None:
        raise DeadLink(f"link at {request.path}")
    said = request.form.get("said", "")
    if form.validate_on_submit():
        with refusals(form):
            if said not in list(Choice):
                raise Refused(_("Please choose one."))
            vote_links.vote_by_link(link, Choice(said), by=actors.ANONYMOUS)
            return redirect(url_for("meetings.vote_by_link", token=token))
    return _page("meetings/vote_by_link.html", link, form, asked.seat)


@bp.route("/votes/open/<token>", methods=["GET", "POST"])
@public
def open_by_link(token: str) -> tuple[str, int] | Response:
    """Show what the chair is asked to open (GET), and open the vote as the chair (POST)."""
    link, form = _found(vote_links.OPEN, token), Form()
    if form.validate_on_submit():
        with refusals(form):
            voting.open_by_link(link, by=_chair_of(link))
            return redirect(url_for("meetings.open_by_link", token=token))
    return _page("meetings/open_by_link.html", link, form, None)


def _found(purpose: str, token: str) -> ActionLink:
    link = links.find(purpose, token)
    if link is None:
        raise DeadLink(f"link at {request.path}")
    return link


def _chair_of(link: ActionLink) -> actors.Actor:
    """Return the person a link of the chair is for, acting for whom the chair is held by now."""
    resolution = db.session.get_one(Resolution, link.record_id)
    chair = chair_of(resolution.alliance_id)
    return actors.person(link.person_id or 0, chair.term.organisation_id if chair else None)


def _page(template: str, link: ActionLink, form: Form, seat: Seat | None) -> tuple[str, int]:
    resolution = db.session.get_one(Resolution, link.record_id)
    more = {"link": link, "seat": seat, "form": form, "choices": CHOICES}
    words = {"shares": SHARES, "bases": BASES}
    return render_template(template, resolution=resolution, **more, **words), form.status
