"""Verbs on meetings: called, changed, noticed, held, cancelled. The roll freezes at notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select

from portal import clock, journal
from portal.access import require
from portal.accounts.models import Appointment, Organisation
from portal.accounts.queries import OF_ORGANISATION
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Alliance, Membership, Tier
from portal.database import among, db
from portal.errors import Refused
from portal.meetings import agenda, contacts, texts
from portal.meetings.counting import missing_for_quorum
from portal.meetings.facts import MeetingFacts
from portal.meetings.models import Meeting, MeetingKind, Seat
from portal.meetings.presence import present_seats, speaking_seats
from portal.meetings.rules import asked_of
from portal.meetings.workflow import MEETING, MeetingState
from portal.operations import earlier_result, keep_receipt, operation
from portal.outbox import send_mail
from portal.workflow import check_version, move

#: Who has a seat in which body.
SEATED = {
    MeetingKind.COUNCIL: (Tier.CHAIR, Tier.VICE_CHAIR, Tier.COUNCIL),
    MeetingKind.ASSEMBLY: tuple(Tier),
    MeetingKind.WORKING_GROUP: tuple(Tier),
}


@dataclass(frozen=True)
class MeetingContent:
    """What is said of a meeting beforehand. Instants are aware."""

    kind: MeetingKind
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    text: str | None = None
    asks_meal: bool = False
    asks_hotel: bool = False
    asks_plate: bool = False
    is_written: bool = False


@operation
def call_meeting(
    alliance: Alliance, content: MeetingContent, *, by: Actor, receipt: str | None = None
) -> Meeting:
    """Call a meeting as a draft that only secretariat and chair see; open actions come with it."""
    require(by, "meeting.call", alliance)
    earlier = earlier_result(Meeting, receipt)
    if earlier is not None:
        return earlier
    _refuse_wrong_times(content)
    meeting = Meeting(
        alliance_id=alliance.id,
        state=MEETING.start,
        called_by_id=by.person_id,
        called_at=clock.now(),
        revision=0,
        **vars(content),
    )
    db.session.add(meeting)
    db.session.flush()
    journal.note("meeting.call", meeting, by=by, to_state=meeting.state)
    agenda.bring_back_actions(meeting, by=by)
    keep_receipt(receipt, meeting)
    return meeting


def _refuse_wrong_times(content: MeetingContent) -> None:
    if content.ends_at <= content.starts_at:
        raise Refused(_l("It has to end after it begins."), field="ends_at")
    if content.starts_at < clock.now():
        raise Refused(_l("Choose a time that is still to come."), field="starts_at")


def _refuse_shorter_notice(meeting: Meeting, content: MeetingContent) -> None:
    """Refuse to bring a noticed meeting nearer than the rule frozen at its notice allows."""
    if meeting.rules is None or content.starts_at >= meeting.starts_at:
        return
    left = (clock.day_of(content.starts_at) - clock.today()).days
    if left < meeting.rules["notice_days"]:
        raise Refused(
            _l("Notice was given for a later day: cancel it and call another one."),
            field="starts_at",
        )


@operation
def edit_meeting(
    meeting: Meeting, content: MeetingContent, *, by: Actor, expected: int | None = None
) -> None:
    """Change what is said of a meeting; once noticed, everybody on the roll is told.

    The body stays as it was noticed, since its roll is frozen. Calendars get the change under
    the same name with the next number.
    """
    require(by, "meeting.edit", meeting)
    check_version(meeting, expected)
    if meeting.state not in (MeetingState.DRAFT, MeetingState.NOTICED):
        raise Refused(_l("This meeting has begun or is over."))
    _refuse_wrong_times(content)
    agenda.refuse_open_votes(meeting)
    _refuse_shorter_notice(meeting, content)
    if meeting.is_announced and (content.kind, content.is_written) != (
        meeting.kind,
        meeting.is_written,
    ):
        raise Refused(_l("Its roll is frozen: cancel it and call another one."), field="kind")
    before = {name: str(getattr(meeting, name)) for name in vars(content)}
    for name, value in vars(content).items():
        setattr(meeting, name, value)
    changed = {name: was for name, was in before.items() if was != str(getattr(meeting, name))}
    journal.note("meeting.edit", meeting, by=by, detail={"before": changed})
    if meeting.is_announced and changed:
        meeting.revision += 1
        db.session.flush()
        _tell_all(meeting, _("Changed: %(title)s", title=meeting.title), by=by)
        journal.note("meeting.update", meeting, by=by)


def notice_days_left(meeting: MeetingFacts) -> int:
    """Return how many whole days lie between today and the day of the meeting, in Shanghai."""
    return (clock.day_of(meeting.starts_at) - clock.today()).days


@operation
def notice_meeting(
    meeting: Meeting,
    *,
    by: Actor,
    expected: int | None = None,
    note: str | None = None,
) -> None:
    """Give notice: freeze roll and rule, and write to everybody on the roll.

    Raises `Refused` where fewer days are left than the charter asks, unless the note says why it
    is urgent, which then stands in the notice; and where the body has no seats.
    """
    require(by, "meeting.notice", meeting)
    asked = asked_of(meeting.alliance_id, meeting.kind)
    is_short = notice_days_left(meeting) < asked.notice_days
    reason = (note or "").strip()[:200] or None if is_short else None
    if meeting.starts_at <= clock.now():
        raise Refused(_l("Choose a time that is still to come."), field="starts_at")
    if is_short and reason is None:
        raise Refused(
            _(
                "The charter asks for %(days)d days of notice; only %(left)d are left. Choose a "
                "later day, or say why it is urgent.",
                days=asked.notice_days,
                left=notice_days_left(meeting),
            ),
            field="note",
        )
    agenda.bring_back_actions(meeting, by=by)
    also = {"noticed_at": clock.now(), "rules": asked.frozen(), "short_reason": reason}
    move(meeting, "notice", by=by, expected=expected, note=note, also=also)
    db.session.flush()
    if not _freeze_roll(meeting):
        raise Refused(_l("No member has a seat in this body yet."))
    _tell_all(meeting, _("Meeting: %(title)s", title=meeting.title), by=by)


def _freeze_roll(meeting: Meeting) -> int:
    """Write the roll of a meeting, in protocol order; return how many seats it has."""
    tiers = list(Tier)
    rank = case({tier.value: number for number, tier in enumerate(tiers)}, value=Membership.tier)
    acting = (
        select(func.min(Appointment.person_id))
        .where(
            Appointment.scope_id == Membership.organisation_id,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.is_running,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Organisation, Membership.tier, Membership.contact_id, acting)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.alliance_id == meeting.alliance_id,
            Membership.is_active,
            among(Membership.tier, SEATED[meeting.kind]),
        )
        .order_by(rank, Organisation.position, Organisation.sort_key, Organisation.id)
    ).all()
    for position, (organisation, tier, contact_id, acting_id) in enumerate(rows, 1):
        db.session.add(
            Seat(
                meeting_id=meeting.id,
                organisation_id=organisation.id,
                held_by_id=organisation.id,
                name=organisation.name,
                tier=tier,
                position=position,
                contact_id=contact_id or acting_id,
            )
        )
    db.session.flush()
    db.session.expire(meeting, ["seats"])
    return len(rows)


def _tell_all(meeting: Meeting, subject: str, *, by: Actor) -> None:
    """Leave a mail with the notice for every seat: its contact, or who acts in their place.

    Who has no address for mail gets none.
    """
    for seat, people in contacts.seats_with_people(meeting):
        person = contacts.chosen_for(seat, [who for who in people if who.email])
        if person is not None and person.email:
            # The portal sends it, not the person: what it carries is the seat's own link.
            send_mail(person.email, subject, texts.mail_text(meeting, seat, person), by=SYSTEM)


@operation
def open_meeting(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Open the meeting; who is present is recorded from now on."""
    require(by, "meeting.hold", meeting)
    move(meeting, "open", by=by, expected=expected, note=note, also={"opened_at": clock.now()})


@operation
def adjourn_meeting(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Close the meeting; minutes are to be written."""
    require(by, "meeting.hold", meeting)
    agenda.refuse_open_votes(meeting)
    move(meeting, "adjourn", by=by, expected=expected, note=note, also={"closed_at": clock.now()})


@operation
def give_up_meeting(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """End a meeting at which too few are present. Raises `Refused` where enough are."""
    require(by, "meeting.hold", meeting)
    agenda.refuse_open_votes(meeting)
    seats, present = len(meeting.seats), len(present_seats(meeting))
    if meeting.quorum and not missing_for_quorum(meeting.quorum, seats, present):
        raise Refused(_l("Enough are present: close the meeting instead."))
    move(meeting, "give_up", by=by, expected=expected, note=note, also={"closed_at": clock.now()})


@operation
def cancel_meeting(
    meeting: Meeting, *, by: Actor, expected: int | None = None, note: str | None = None
) -> None:
    """Cancel a meeting with a reason that everybody who was invited reads."""
    require(by, "meeting.notice", meeting)
    agenda.refuse_open_votes(meeting)
    was_announced = meeting.is_announced
    move(
        meeting,
        "cancel",
        by=by,
        expected=expected,
        note=note,
        also={"revision": meeting.revision + 1},
    )
    agenda.release_items(meeting)
    if was_announced:
        _tell_all(meeting, _("Cancelled: %(title)s", title=meeting.title), by=by)


#: So long whoever attended may comment on the minutes.
COMMENT_TIME = timedelta(days=7)


@operation
def arrive(meeting: Meeting, seat_ids: set[int], *, by: Actor) -> None:
    """Record who is in the room now: these seats and no others."""
    require(by, "meeting.hold", meeting)
    if not meeting.is_open:
        raise Refused(_l("Open the meeting first."))
    now = clock.now()
    for seat in speaking_seats(meeting):
        is_here = seat.id in seat_ids
        if is_here and not seat.is_here:
            seat.arrived_at, seat.left_at = seat.arrived_at or now, None
            journal.note("seat.arrive", seat, by=by)
        elif not is_here and seat.is_here:
            seat.left_at = now
            journal.note("seat.leave", seat, by=by)
    journal.note("meeting.arrive", meeting, by=by)
