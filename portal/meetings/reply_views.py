"""The notice as it is handed on, and the page by which whoever holds its link answers."""

from __future__ import annotations

from typing import Any

from flask import Response as Sent
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import links, posters
from portal.access import current_actor, public, requires
from portal.calendars import MEDIA_TYPE
from portal.errors import DeadLink, Missing, Refused
from portal.forms import Form, refusals
from portal.meetings import contacts, presence, queries, replying, sharing, texts
from portal.meetings.forms import ANSWERS, ReplyForm
from portal.meetings.models import Meeting, Seat
from portal.meetings.views import WORDS, bp

__all__ = ["bp"]


@bp.get("/meetings/<int:meeting_id>/notice")
@requires("meeting.edit", Meeting)
def view_notice(meeting: Meeting) -> str:
    """Show what is pasted into the group, who has not answered, and each seat's own link."""
    if not meeting.is_announced:
        raise Missing(f"notice at {request.path}")
    titles = [item.title for item in queries.agenda_of(meeting)]
    seats = _with_links(meeting)
    return render_template(
        "meetings/view_notice.html",
        meeting=meeting,
        words=WORDS,
        answers=ANSWERS,
        count=queries.live_count(meeting, meeting.seats),
        text=texts.group_text(meeting, titles),
        address=texts.group_address(meeting),
        chase=texts.chase_text(meeting, meeting.seats),
        seats=seats,
    )


def _with_links(meeting: Meeting) -> list[tuple[Seat, str]]:
    """Return the seats of a meeting, each with its own link for who acts for it now."""
    return [
        (seat, texts.seat_address(seat, contacts.chosen_for(seat, people)))
        for seat, people in contacts.seats_with_people(meeting)
    ]


@bp.get("/meetings/<int:meeting_id>/poster")
@requires("meeting.view", Meeting)
def view_poster(meeting: Meeting) -> str:
    """Show the poster of the notice, and the text to be sent with it."""
    titles = _announced_titles(meeting)
    return render_template(
        "meetings/view_poster.html",
        meeting=meeting,
        poster=sharing.poster_of(meeting, titles),
        text=texts.group_text(meeting, titles),
    )


@bp.get("/meetings/<int:meeting_id>/poster.png")
@requires("meeting.view", Meeting)
def fetch_poster(meeting: Meeting) -> Response:
    """Hand out the poster as a picture of 1080 by 1440 pixels."""
    picture = posters.draw(sharing.poster_of(meeting, _announced_titles(meeting)))
    return posters.answer_with(picture, f"meeting-{meeting.id}")


def _announced_titles(meeting: Meeting) -> list[str]:
    """Return the agenda of a meeting that was announced; before, there is no poster."""
    if not meeting.is_announced:
        raise Missing(f"poster at {request.path}")
    return [item.title for item in queries.agenda_of(meeting)]


@bp.route("/replies/<token>", methods=["GET", "POST"])
@public
def answer_notice(token: str) -> tuple[str, int] | Response:
    """Answer a notice by its link, without signing in; the link of a group asks for whom."""
    seat = replying.seat_of(token)
    meeting = seat.meeting if seat else replying.meeting_of(token)
    if meeting is None and replying.is_given_up(token):
        is_for_nobody = replying.is_for_nobody(token)
        return render_template("meetings/given_up.html", is_for_nobody=is_for_nobody), 410
    if meeting is None:
        raise DeadLink("a reply by an unknown link")
    if meeting.takes_sign_in:
        return _sign_in(meeting, seat, token)
    form = ReplyForm(presence.speaking_seats(meeting), seat)
    if form.validate_on_submit():
        with refusals(form):
            _answer(meeting, seat, form)
            flash(_("Thank you, your answer is recorded."), "success")
            return redirect(url_for("meetings.answer_notice", token=token))
    return reply_page(meeting, seat, form, token), form.status


def _sign_in(meeting: Meeting, seat: Seat | None, token: str) -> tuple[str, int] | Response:
    """Let whoever arrives say so; a code at the door asks for which organisation."""
    form, written = Form(), request.form.get("seat_id", "")
    if request.method == "POST":
        number = int(written) if written.isdecimal() and len(written) < 10 else 0
        arriving = seat or next(
            (each for each in presence.speaking_seats(meeting) if each.id == number), None
        )
        with refusals(form):
            if arriving is None:
                raise Refused(_("Please choose one."))
            replying.sign_in_seat(arriving, by=current_actor())
            flash(_("Welcome. %(organisation)s has signed in.", organisation=arriving.name))
            return redirect(url_for("meetings.answer_notice", token=token))
    page = render_template(
        "meetings/sign_in_seat.html", meeting=meeting, seat=seat, form=form, words=WORDS
    )
    return page, form.status


def _answer(meeting: Meeting, seat: Seat | None, form: ReplyForm) -> None:
    """Answer for the seat of the link, or for the one that was chosen from the group's."""
    chosen = seat or next(
        (each for each in presence.speaking_seats(meeting) if each.id == form.seat_id.data), None
    )
    if chosen is None:
        raise Refused(_("Please choose one."), field="seat_id")
    replying.reply(chosen, form.reply(), by=current_actor(), is_by_group=seat is None)


def reply_page(meeting: Meeting, seat: Seat | None, form: ReplyForm, token: str) -> str:
    """Render the page of a reply: what it is about, and the answer or how it stands."""
    more: dict[str, Any] = {"agenda": queries.timed(meeting, queries.agenda_of(meeting))}
    return render_template(
        "meetings/answer_notice.html",
        meeting=meeting,
        seat=seat,
        form=form,
        token=token,
        words=WORDS,
        answers=ANSWERS,
        count=queries.live_count(meeting, meeting.seats),
        **more,
    )


@bp.get("/replies/<token>/meeting.ics")
@public
def calendar_file(token: str) -> Response:
    """Hand out the meeting for a calendar; the same name always, so that it is replaced."""
    meeting = replying.meeting_of(token)
    if meeting is None:
        raise Missing("a calendar by an unknown link")
    address = links.address("meetings.answer_notice", token=token)
    sent = Sent(texts.calendar(meeting, address), mimetype=MEDIA_TYPE)
    sent.headers["Content-Disposition"] = f"attachment; filename=meeting-{meeting.id}.ics"
    sent.headers["Cache-Control"] = "no-store"
    return sent
