"""The papers of a meeting: what the fields of their templates are filled with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.documents.models import Document, DocumentKind
from portal.documents.operations import PAPER_LANGUAGE, issue_document, write_document
from portal.documents.wording import day_words
from portal.errors import Refused
from portal.meetings import queries
from portal.meetings.counting import Verdict
from portal.meetings.models import Meeting, Seat
from portal.meetings.observers import observers_of
from portal.meetings.page_queries import MeetingRow
from portal.meetings.resolution_models import Action, Resolution
from portal.meetings.resolution_queries import resolutions_at
from portal.meetings.workflow import MeetingState

#: The papers that a meeting has, and those of a resolution.
OF_MEETING = (
    DocumentKind.NOTICE,
    DocumentKind.MINUTES,
    DocumentKind.BALLOT,
    DocumentKind.PROXY,
)
#: What makes no sense any more once a meeting was held.
BEFOREHAND = (DocumentKind.NOTICE, DocumentKind.PROXY)


def papers_open(meeting: Meeting | MeetingRow) -> list[DocumentKind]:
    """Return the papers that are offered of a meeting as it stands; of a cancelled one none."""
    if not meeting.is_announced or meeting.state is MeetingState.CANCELLED:
        return []
    unfit = (DocumentKind.MINUTES,) if meeting.is_prepared else BEFOREHAND
    return [kind for kind in OF_MEETING if kind not in unfit]


def _when(at: datetime) -> str:
    here = at.astimezone(clock.LOCAL_ZONE)
    return str(
        _(
            "%(month)s/%(day)s/%(year)s %(time)s",
            year=here.year,
            month=here.month,
            day=here.day,
            time=f"{here:%H:%M}",
        )
    )


def _people(seats: Sequence[Seat]) -> list[dict[str, str]]:
    return [
        {"name": seat.name, "who": " ".join(filter(None, (seat.attendee, seat.post)))}
        for seat in seats
    ]


def _figures(resolution: Resolution | None) -> dict[str, Any] | None:
    if resolution is None or not resolution.is_closed:
        return None
    names = ("yes", "no", "abstain", "recused", "silent", "present", "seats")
    found = {name: getattr(resolution, name) for name in names}
    return {**found, "passed": resolution.verdict is Verdict.PASSED}


def meeting_fields(meeting: Meeting) -> dict[str, Any]:
    """Return everything a template of a meeting's papers may ask for."""
    there = queries.attendance(meeting)
    actions = db.session.scalars(
        select(Action).where(Action.meeting_id == meeting.id).order_by(Action.id)
    ).all()
    return {
        "meeting": meeting.title,
        "when": _when(meeting.starts_at),
        "opened": _when(meeting.opened_at) if meeting.opened_at else "",
        "closed": _when(meeting.closed_at) if meeting.closed_at else "",
        "place": meeting.place,
        "text": meeting.text or "",
        "short_reason": meeting.short_reason or "",
        "seats": len(meeting.seats),
        "present": _people(there.present),
        "spoken_for": _people(there.spoken_for),
        "excused": _people(there.excused),
        "absent": _people(there.absent),
        "observers": [
            {"name": " ".join(filter(None, (each.organisation, each.name))), "who": each.post or ""}
            for each in observers_of(meeting)
        ],
        "items": [
            {
                "number": number,
                "title": item.title,
                "presenter": item.presenter or "",
                "text": item.minutes_text or "",
                "result": _figures(item.resolution),
            }
            for number, item in enumerate(queries.agenda_of(meeting), 1)
        ],
        "actions": [
            {"title": each.title, "owner": each.owner.name, "due": day_words(each.due_on)}
            for each in actions
        ],
    }


def resolution_fields(resolution: Resolution) -> dict[str, Any]:
    """Return everything a template of a resolution may ask for."""
    figures = _figures(resolution)
    if figures is None:
        raise Refused(_("It has not been voted on yet."))
    meeting = resolution.meeting
    return {
        "meeting": meeting.title,
        # Not the announced time: the vote is no earlier than the meeting was opened.
        "when": _when(meeting.opened_at or meeting.starts_at),
        "text": resolution.text,
        **figures,
    }


def ballot_fields(meeting: Meeting) -> dict[str, Any]:
    """Return the fields of the ballot papers: what is tabled or being voted on."""
    asked = [each for each in resolutions_at(meeting) if each.quorum and not each.is_closed]
    if not asked:
        raise Refused(_("Nothing is tabled for a vote."))
    items = [
        {"number": number, "title": each.title, "text": each.text}
        for number, each in enumerate(asked, 1)
    ]
    return {**meeting_fields(meeting), "items": items}


def issue_paper(meeting: Meeting, kind: DocumentKind, *, by: Actor, receipt: str) -> Document:
    """Issue one of a meeting's papers as a numbered Word file.

    Raises `Refused` before notice, of a cancelled meeting, for minutes of one that was not held,
    and for notice and proxy of one that was.
    """
    require(by, "document.issue", meeting.alliance)
    is_late = kind in BEFOREHAND and meeting.is_announced and not meeting.is_prepared
    if is_late or meeting.state is MeetingState.CANCELLED:
        raise Refused(_("This paper cannot be made any more."))
    if not meeting.is_announced or (kind is DocumentKind.MINUTES and meeting.closed_at is None):
        raise Refused(_("This paper cannot be made yet."))
    is_ballot = kind is DocumentKind.BALLOT
    with force_locale(PAPER_LANGUAGE):
        fields = ballot_fields(meeting) if is_ballot else meeting_fields(meeting)
        titles = {
            DocumentKind.NOTICE: _("Notice: %(title)s", title=meeting.title),
            DocumentKind.MINUTES: _("Minutes: %(title)s", title=meeting.title),
            DocumentKind.BALLOT: _("Ballot paper: %(title)s", title=meeting.title),
            DocumentKind.PROXY: _("Proxy: %(title)s", title=meeting.title),
        }
    made = issue_document(
        meeting.alliance, kind, titles[kind], about=meeting, by=by, receipt=receipt
    )
    if made.digest is None:
        write_document(made, fields, by=by)
    return made


def issue_resolution(resolution: Resolution, *, by: Actor, receipt: str) -> Document:
    """Issue a resolution that was voted on as a numbered Word file."""
    require(by, "document.issue", resolution.alliance)
    with force_locale(PAPER_LANGUAGE):
        fields = resolution_fields(resolution)
    kind = DocumentKind.RESOLUTION
    made = issue_document(
        resolution.alliance, kind, resolution.title, about=resolution, by=by, receipt=receipt
    )
    if made.digest is None:
        write_document(made, fields, by=by)
    return made
