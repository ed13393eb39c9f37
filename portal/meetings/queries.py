"""Questions about meetings: which, what is proposed, what the live count says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload, lazyload, load_only

from portal import clock
from portal.access import visible_to
from portal.accounts.models import Organisation
from portal.actors import Standing
from portal.database import db
from portal.meetings.counting import missing_for_quorum
from portal.meetings.facts import MeetingFacts
from portal.meetings.models import (
    AgendaItem,
    Answer,
    Meeting,
    MeetingKind,
    MinutesComment,
    Seat,
)
from portal.meetings.page_queries import AgendaRow
from portal.meetings.presence import AnySeat, present_among
from portal.meetings.resolution_models import Resolution, Vote
from portal.meetings.texts import answered

#: Meetings of one list.
PAGE = 100


def meetings_of(standing: Standing, alliance_id: int) -> Sequence[Meeting]:
    """Return the meetings of an alliance that a person may see, the latest first."""
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.alliance_id == alliance_id, visible_to(standing, "meeting.view", Meeting))
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(PAGE)
    ).all()


#: An agenda item, or its row.
Item = TypeVar("Item", AgendaItem, AgendaRow)


def timed(meeting: Meeting, items: Sequence[Item]) -> list[tuple[str, Item]]:
    """Return each item with the time at which it is to begin, in Shanghai, as 14:05."""
    return timed_from(meeting.starts_at, items)


def timed_from(starts_at: datetime, items: Sequence[Item]) -> list[tuple[str, Item]]:
    """Return each item with the time at which it begins, the first at an instant."""
    found, at = [], starts_at.astimezone(clock.LOCAL_ZONE)
    for item in items:
        found.append((f"{at:%H:%M}", item))
        at += timedelta(minutes=item.minutes)
    return found


class Budget(NamedTuple):
    """How long an agenda takes by its items, and how long the meeting is planned, in minutes."""

    asked: int
    planned: int


def overrun(meeting: MeetingFacts, items: Sequence[Item]) -> Budget | None:
    """Return both where the items of an agenda ask for more time than the meeting has, or None.

    One held in writing takes no time of anybody's day.
    """
    if meeting.is_written:
        return None
    planned = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
    asked = sum(item.minutes for item in items)
    return Budget(asked, planned) if asked > planned else None


def agenda_of(meeting: Meeting) -> Sequence[AgendaItem]:
    """Return the agenda with what each item hangs on, and nothing that hangs on that."""
    return db.session.scalars(
        select(AgendaItem)
        .options(
            joinedload(AgendaItem.organisation).options(
                load_only(Organisation.name), lazyload("*")
            ),
            joinedload(AgendaItem.action).options(lazyload("*")),
            joinedload(AgendaItem.resolution).options(lazyload("*")),
        )
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    ).all()


def item_of(alliance_id: int, item_id: int) -> AgendaItem | None:
    """Return an agenda item of an alliance by its number, or None."""
    item = db.session.get(AgendaItem, item_id)
    return item if item is not None and item.alliance_id == alliance_id else None


@dataclass(frozen=True)
class LiveCount:
    """How the replies stand: 已回10/18, 差2家达法定人数."""

    seats: int
    answered: int
    coming: int
    spoken_for: int
    #: There now, with those that somebody in the room speaks for; and how many of the latter.
    present: int
    absent_spoken_for: int
    missing: int


def live_count(meeting: MeetingFacts, seats: Sequence[AnySeat]) -> LiveCount | None:
    """Return how the replies of a noticed meeting stand, or None before notice."""
    if meeting.quorum is None:
        return None
    replied, coming, spoken = answered(seats)
    present = len(present_among(seats))
    sure = present if meeting.is_open else coming + spoken
    return LiveCount(
        seats=len(seats),
        answered=replied,
        coming=coming,
        spoken_for=spoken,
        present=present,
        absent_spoken_for=present - sum(seat.is_here for seat in seats),
        missing=missing_for_quorum(meeting.quorum, len(seats), sure),
    )


@dataclass(frozen=True)
class Attendance:
    """Who was there, in protocol order: present (出席), spoken for, excused, absent."""

    present: list[Seat]
    spoken_for: list[Seat]
    excused: list[Seat]
    absent: list[Seat]


def _took_part(meeting: Meeting) -> set[int]:
    """Return the seats that came; of a meeting held in writing those that voted on anything."""
    if not meeting.is_written:
        return {seat.id for seat in meeting.seats if seat.arrived_at is not None}
    voted = select(Vote.seat_id).join(Resolution, Resolution.id == Vote.resolution_id)
    return set(db.session.scalars(voted.where(Resolution.meeting_id == meeting.id)))


def attendance(meeting: Meeting) -> Attendance:
    """Return who was at a meeting and who was not, each in protocol order."""
    came = _took_part(meeting)
    found = Attendance([], [], [], [])
    for seat in meeting.seats:
        if seat.id in came:
            found.present.append(seat)
        elif seat.answer is Answer.PROXY and seat.proxy_to_id in came:
            found.spoken_for.append(seat)
        elif seat.joined_to_id is not None:
            continue
        elif seat.answer is None or seat.answer is Answer.COMES:
            found.absent.append(seat)
        else:
            found.excused.append(seat)
    return found


def comments_on(meeting: Meeting) -> Sequence[MinutesComment]:
    """Return what was said of the minutes, in the order in which it was said."""
    return db.session.scalars(
        select(MinutesComment)
        .options(joinedload(MinutesComment.organisation), joinedload(MinutesComment.person))
        .where(MinutesComment.meeting_id == meeting.id)
        .order_by(MinutesComment.id)
    ).all()


#: So many meetings of a body missed in a row are shown to whoever keeps the alliance.
ABSENCES = 3


def often_absent(alliance_id: int) -> list[tuple[str, int]]:
    """Return the organisations that missed the last three meetings of a body or more in a row.

    With how many: nobody of them came and nobody spoke for them. Whoever excused themselves was
    absent too; what follows from it the charter says. Meetings in writing do not count.
    """
    came = aliased(Seat)
    spoken = (
        select(came.id)
        .where(
            came.id == Seat.proxy_to_id, Seat.answer == Answer.PROXY, came.arrived_at.is_not(None)
        )
        .exists()
    )
    rows = db.session.execute(
        select(
            Meeting.kind, Meeting.id, Seat.held_by_id, Organisation.name, Seat.arrived_at, spoken
        )
        .join(Seat, Seat.meeting_id == Meeting.id)
        .join(Organisation, Organisation.id == Seat.held_by_id)
        .where(
            Meeting.alliance_id == alliance_id,
            Meeting.closed_at.is_not(None),
            Meeting.is_written.is_(False),
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    )
    # Once for each meeting and organisation: two of its seats may stand on one roll.
    came_to: dict[tuple[MeetingKind, int], dict[int, bool]] = {}
    names: dict[tuple[MeetingKind, int], str] = {}
    for kind, meeting_id, organisation_id, name, arrived_at, is_spoken_for in rows:
        each = came_to.setdefault((kind, organisation_id), {})
        each[meeting_id] = each.get(meeting_id, False) or arrived_at is not None or is_spoken_for
        names[(kind, organisation_id)] = name
    missed = {
        key: len(list(takewhile(lambda came: not came, each.values())))
        for key, each in came_to.items()
    }
    found = [(names[key], count) for key, count in missed.items() if count >= ABSENCES]
    return sorted(found, key=lambda row: -row[1])
