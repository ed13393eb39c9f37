"""What is so by now of a resolution or of minutes whose paper somebody proves by its code.

Whoever holds the paper reads it, without an account: no title of another record, no reason.
"""

from __future__ import annotations

from flask_babel import gettext as _

from portal.database import db
from portal.documents.models import Document, DocumentKind
from portal.documents.queries import Said
from portal.language import day, moment
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Resolution
from portal.meetings.resolution_queries import number_of
from portal.meetings.resolution_workflow import ResolutionState


def said_of_resolution(document: Document) -> Said | None:
    """Say that a resolution was repealed or superseded, on which day and by which number."""
    resolution = db.session.get(Resolution, document.about_id)
    if resolution is None or resolution.ended_at is None:
        return None
    on, by = day(resolution.ended_at), resolution.ended_by
    if resolution.state is ResolutionState.REPEALED:
        heading = _("Issued here, but the resolution was repealed")
        if by is not None:
            return Said(
                heading,
                _(
                    "It was repealed on %(day)s by resolution %(number)s.",
                    day=on,
                    number=number_of(by),
                ),
            )
        return Said(heading, _("It was repealed on %(day)s.", day=on))
    heading = _("Issued here, but a later resolution took its place")
    if by is not None:
        return Said(
            heading,
            _("Resolution %(number)s took its place on %(day)s.", day=on, number=number_of(by)),
        )
    return Said(heading, _("A later resolution took its place on %(day)s.", day=on))


def said_of_meeting(document: Document) -> Said | None:
    """Say that minutes are not final yet, or that their paper was made before they were."""
    meeting = db.session.get(Meeting, document.about_id)
    if document.kind is not DocumentKind.MINUTES or meeting is None:
        return None
    final_at, made_at = meeting.minutes_final_at, document.written_at or document.issued_at
    if final_at is not None:
        if made_at >= final_at:
            return None
        return Said(
            _("Issued here, but before the minutes were final"),
            _(
                "The minutes were declared final on %(day)s, after this paper was made: they may "
                "read otherwise by now. Ask the secretariat for the final ones.",
                day=day(final_at),
            ),
        )
    if meeting.takes_comments and meeting.minutes_due_at is not None:
        return Said(
            _("Issued here, but the minutes are still under comment"),
            _(
                "Comments are taken until %(moment)s: what these minutes say may still change.",
                moment=moment(meeting.minutes_due_at),
            ),
        )
    return Said(
        _("Issued here, but the minutes are not final yet"),
        _("What these minutes say may still change until they are declared final."),
    )
