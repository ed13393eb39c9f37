"""TABLE: who is told of what happens to meetings, resolutions, actions and papers.

These rows belong to the table in `notices.py`. Whoever has a seat gets a mail of their own with
its link when notice is given, when a meeting is moved and when it is cancelled: so these are not
urgent here.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, literal, select

from portal import clock
from portal.accounts.models import Appointment
from portal.accounts.queries import OF_ORGANISATION
from portal.alliances.models import ChairTerm, Membership
from portal.database import among
from portal.documents.models import Document
from portal.meetings.models import Meeting, Seat
from portal.meetings.operations import SEATED
from portal.meetings.resolution_models import Action, Resolution
from portal.noticing import (
    Notice,
    Subject,
    Who,
    name_of,
    notice,
    people_at,
    secretariat,
    themselves,
)

MEETING_SUBJECTS: dict[str, Subject] = {
    "meeting": Subject(Meeting, Meeting.title, literal(""), "meetings.view_meeting"),
    "resolution": Subject(Resolution, Resolution.title, literal(""), "meetings.view_resolution"),
    "action": Subject(Action, Action.title, name_of(Action.owner_id), "meetings.view_action"),
    "document": Subject(Document, Document.title, literal(""), "documents.view_document"),
}


def _acting_for(organisations: Any) -> ColumnElement[bool]:
    return and_(among(Appointment.role, OF_ORGANISATION), Appointment.scope_id.in_(organisations))


def _has_a_seat(thing: Any) -> ColumnElement[bool]:
    """Return who acts for an organisation on the frozen roll of a meeting, or of its resolution."""
    meeting_id = thing.id if thing.noun == "meeting" else thing.meeting_id
    return _acting_for(select(Seat.held_by_id).where(Seat.meeting_id == meeting_id))


def _will_have_a_seat(meeting: Meeting) -> ColumnElement[bool]:
    """Return who has a seat in the body that meets: the roll freezes with the notice."""
    members = select(Membership.organisation_id).where(
        Membership.alliance_id == meeting.alliance_id,
        Membership.is_active,
        among(Membership.tier, SEATED.get(meeting.kind, ())),
    )
    return _acting_for(members)


def _chairs(thing: Any) -> ColumnElement[bool]:
    """Return who acts for the organisation that chairs the alliance now."""
    sitting = (
        select(ChairTerm.organisation_id)
        .where(ChairTerm.alliance_id == thing.alliance_id, ChairTerm.from_at <= clock.now())
        .order_by(ChairTerm.from_at.desc())
        .limit(1)
    )
    return _acting_for(sitting)


_SEATS, _TO_INVITE, _CHAIR = Who(_has_a_seat), Who(_will_have_a_seat), Who(_chairs)
_PROPOSER, _OWNER = themselves("proposed_by_id"), people_at("owner_id")

MEETING_NOTICES: tuple[Notice, ...] = (
    notice("meeting.notice", (_TO_INVITE,), _l("You are invited to “%(title)s”: please answer")),
    notice("meeting.update", (_SEATS,), _l("“%(title)s” was changed: see when and where")),
    notice("meeting.cancel", (_SEATS,), _l("“%(title)s” was cancelled: see why")),
    notice("meeting.give_up", (_SEATS,), _l("“%(title)s” ended without a quorum")),
    notice("meeting.conclude", (_SEATS, secretariat), _l("The written ballot “%(title)s” ended")),
    notice(
        "meeting.review_minutes", (_SEATS,), _l("The minutes of “%(title)s” are open to comments")
    ),
    notice("meeting.finish_minutes", (_SEATS,), _l("The minutes of “%(title)s” are final")),
    # resolutions: tabled and opened by the chair, decided by those with a seat
    notice("resolution.propose", (_CHAIR,), _l("“%(title)s” is proposed: table it or not")),
    notice("resolution.table", (_PROPOSER,), _l("“%(title)s” was put on the agenda")),
    notice("resolution.open", (_SEATS,), _l("“%(title)s” is being voted on"), urgent=True),
    notice("resolution.pass", (_SEATS, _PROPOSER), _l("“%(title)s” was passed")),
    notice("resolution.fail", (_SEATS, _PROPOSER), _l("“%(title)s” was not passed")),
    notice("resolution.void", (_SEATS, _PROPOSER), _l("“%(title)s” was declared void: see why")),
    notice("resolution.enact", (_SEATS,), _l("“%(title)s” is in force")),
    notice(
        "resolution.supersede", (_SEATS,), _l("A later resolution took the place of “%(title)s”")
    ),
    notice("resolution.repeal", (_SEATS,), _l("“%(title)s” was repealed")),
    # actions
    notice("action.assign", (_OWNER,), _l("You are asked to do “%(title)s”"), urgent=True),
    notice("action.due", (_OWNER,), _l("“%(title)s” is due soon"), urgent=True),
    notice("action.overdue", (_OWNER, secretariat), _l("“%(title)s” is overdue"), urgent=True),
    notice("action.report", (secretariat, _CHAIR), _l("%(side)s reports “%(title)s” done: check")),
    notice("action.close_out", (_OWNER,), _l("“%(title)s” was closed out")),
    notice("action.send_back", (_OWNER,), _l("“%(title)s” is not done yet: see why"), urgent=True),
    notice("action.drop", (_OWNER,), _l("“%(title)s” was dropped: nothing is asked any more")),
    # papers: two people of those who prepare meetings look at each
    notice("document.scan", (secretariat, _CHAIR), _l("The sealed “%(title)s” is to be checked")),
    notice(
        "document.check",
        (themselves("scanned_by_id"), themselves("issued_by_id")),
        _l("The sealed “%(title)s” is in order"),
    ),
    notice("document.send_back", (secretariat,), _l("“%(title)s” is to be sealed again: see why")),
    notice("document.revoke", (secretariat, _CHAIR), _l("“%(title)s” was revoked")),
)
