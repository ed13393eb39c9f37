"""The poster of a notice: a picture for the group, with the code that answers it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.language import localised, moment
from portal.meetings.models import Meeting
from portal.meetings.texts import group_address
from portal.posters import Poster

#: Agenda items that a poster has room for.
ITEMS = 6


def poster_of(meeting: Meeting, items: Sequence[str]) -> Poster:
    """Return what the poster of a notice says: when, where, the agenda, how to answer."""
    shown = [f"{number}. {title}" for number, title in enumerate(items[:ITEMS], 1)]
    if len(items) > ITEMS:
        shown.append(_("and %(count)d more", count=len(items) - ITEMS))
    facts: tuple[str, ...]
    if meeting.is_written:
        facts = (_("Votes until: %(moment)s", moment=moment(meeting.ends_at)),)
    else:
        when = _("Time: %(moment)s", moment=moment(meeting.starts_at))
        facts = (when, _("Place: %(place)s", place=meeting.place))
    return Poster(
        alliance=localised(meeting.alliance),
        heading=_("Meeting notice"),
        title=meeting.title,
        text="\n".join(shown) or meeting.text or "",
        facts=facts,
        call=_("Please answer"),
        hint=_("Scan to answer, without signing in."),
        address=group_address(meeting),
    )
