"""What the page of a meeting shows, as plain rows.

One statement for each kind of thing, however many there are. What does not live here:
what changes a meeting, which needs the records themselves (`queries.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import Integer, Text, bindparam, cast, select

from portal.accounts.models import Organisation
from portal.alliances.models import Alliance
from portal.meetings.facts import MeetingFacts
from portal.meetings.models import AgendaItem, Answer, Meeting, MeetingKind, Seat
from portal.meetings.resolution_models import Action, Resolution, ResolutionKind
from portal.meetings.resolution_workflow import ActionState, ResolutionState
from portal.meetings.workflow import MeetingState
from portal.prepared import Prepared, Raw

#: So many proposals of members stand on a page.
MOST_PROPOSALS = 100

_MEETING = bindparam("meeting", type_=Integer)


@dataclass(frozen=True)
class AllianceName:
    """An alliance as the way back to it names it."""

    slug: str
    name: str
    name_en: str | None


@dataclass(frozen=True)
class MeetingRow(MeetingFacts):
    """A meeting as its page shows it, of which permissions and moves can be asked too."""

    noun = Meeting.noun

    id: int
    version: int
    alliance_id: int
    alliance: AllianceName
    kind: MeetingKind
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    text: str | None
    is_written: bool
    state: MeetingState
    called_by_id: int
    noticed_at: datetime | None
    #: The frozen rules as they are written in the database: a dictionary is no key.
    written_rules: str | None
    short_reason: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    minutes_by_id: int | None
    minutes_due_at: datetime | None

    @property
    def is_announced(self) -> bool:
        """Whether members may know of it."""
        return self.noticed_at is not None

    @cached_property
    def rules(self) -> dict[str, Any] | None:
        """The charter's rule as it stood when notice was given."""
        return None if self.written_rules is None else json.loads(self.written_rules)


@dataclass(frozen=True)
class AgendaRow:
    """An item of an agenda: plain values, the same for whoever looks."""

    id: int
    title: str
    text: str | None
    presenter: str | None
    minutes: int
    link: str | None
    organisation: str | None
    resolution_id: int | None
    action_id: int | None
    action_state: ActionState | None


@dataclass(frozen=True)
class SeatRow:
    """A seat of the roll, as far as the count and the list of who is present need it."""

    id: int
    name: str
    answer: Answer | None
    proxy_to_id: int | None
    joined_to_id: int | None
    attendee: str | None
    post: str | None
    signed_in_at: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None
    held_by_id: int

    @property
    def is_here(self) -> bool:
        """Whether somebody of it is in the room."""
        return self.arrived_at is not None and self.left_at is None


@dataclass(frozen=True)
class ResolutionRow:
    """A resolution as the page of its meeting names it."""

    id: int
    title: str
    kind: ResolutionKind
    state: ResolutionState


@dataclass(frozen=True)
class ProposalRow:
    """What a member proposed and nobody placed yet."""

    id: int
    title: str
    text: str | None
    organisation: str | None
    proposed_at: datetime


_RECORD = Prepared(
    select(
        Alliance.slug,
        Alliance.name,
        Alliance.name_en,
        Meeting.id,
        Meeting.version,
        Meeting.alliance_id,
        Meeting.kind,
        Meeting.title,
        Meeting.starts_at,
        Meeting.ends_at,
        Meeting.place,
        Meeting.text,
        Meeting.is_written,
        Meeting.state,
        Meeting.called_by_id,
        Meeting.noticed_at,
        cast(Meeting.rules, Text),
        Meeting.short_reason,
        Meeting.opened_at,
        Meeting.closed_at,
        Meeting.minutes_by_id,
        Meeting.minutes_due_at,
    )
    .join(Alliance, Alliance.id == Meeting.alliance_id)
    .where(Meeting.id == _MEETING),
    keeps_rows=True,
)
_AGENDA = Prepared(
    select(
        AgendaItem.id,
        AgendaItem.title,
        AgendaItem.text,
        AgendaItem.presenter,
        AgendaItem.minutes,
        AgendaItem.link,
        Organisation.name,
        AgendaItem.resolution_id,
        AgendaItem.action_id,
        Action.state,
    )
    .outerjoin(Organisation, Organisation.id == AgendaItem.organisation_id)
    .outerjoin(Action, Action.id == AgendaItem.action_id)
    .where(AgendaItem.meeting_id == _MEETING)
    .order_by(AgendaItem.position, AgendaItem.id),
    keeps_rows=True,
)
_SEATS = Prepared(
    select(
        Seat.id,
        Seat.name,
        Seat.answer,
        Seat.proxy_to_id,
        Seat.joined_to_id,
        Seat.attendee,
        Seat.post,
        Seat.signed_in_at,
        Seat.arrived_at,
        Seat.left_at,
        Seat.held_by_id,
    )
    .where(Seat.meeting_id == _MEETING)
    .order_by(Seat.position),
    keeps_rows=True,
)
_RESOLUTIONS = Prepared(
    select(Resolution.id, Resolution.title, Resolution.kind, Resolution.state)
    .where(Resolution.meeting_id == _MEETING)
    .order_by(Resolution.id),
    keeps_rows=True,
)

_PROPOSALS = Prepared(
    select(
        AgendaItem.id,
        AgendaItem.title,
        AgendaItem.text,
        Organisation.name,
        AgendaItem.proposed_at,
    )
    .outerjoin(Organisation, Organisation.id == AgendaItem.organisation_id)
    .where(
        AgendaItem.alliance_id == bindparam("alliance", type_=Integer),
        AgendaItem.meeting_id.is_(None),
        AgendaItem.declined_at.is_(None),
    )
    .order_by(AgendaItem.id)
    .limit(MOST_PROPOSALS),
    keeps_rows=True,
)


def meeting_row(meeting_id: int) -> MeetingRow | None:
    """Return a meeting by its id, or None."""
    found = _RECORD.raw({"meeting": meeting_id})
    return _meeting_row(found[0]) if found else None


@lru_cache(maxsize=512)
def _meeting_row(raw: tuple[Any, ...]) -> MeetingRow:
    row = _RECORD.read(raw)
    return MeetingRow(*row[3:6], AllianceName(*row[:3]), *row[6:])  # type: ignore[call-arg]


@dataclass(frozen=True)
class Asked:
    """What the database says for a meeting's page, as its driver gave it: a page is kept by it."""

    agenda: Raw
    seats: Raw
    resolutions: Raw
    proposals: Raw


def ask(meeting_id: int, alliance_id: int, *, with_seats: bool, with_proposals: bool) -> Asked:
    """Ask for everything that stands on the page of a meeting."""
    values = {"meeting": meeting_id}
    return Asked(
        agenda=_AGENDA.raw(values),
        seats=_SEATS.raw(values) if with_seats else (),
        resolutions=_RESOLUTIONS.raw(values),
        proposals=_PROPOSALS.raw({"alliance": alliance_id}) if with_proposals else (),
    )


def agenda_rows(asked: Asked) -> tuple[AgendaRow, ...]:
    """Return the agenda of a meeting, in its order."""
    return tuple(AgendaRow(*_AGENDA.read(raw)) for raw in asked.agenda)


def seat_rows(asked: Asked) -> list[SeatRow]:
    """Return the roll of a meeting, in protocol order."""
    return [_seat(raw) for raw in asked.seats]


@lru_cache(maxsize=1024)
def _seat(raw: tuple[Any, ...]) -> SeatRow:
    """Return the seat that a driver's row says: each visit of a member looks for their own."""
    return SeatRow(*_SEATS.read(raw))


def resolution_rows(asked: Asked) -> list[ResolutionRow]:
    """Return what is to be decided, or was, at a meeting."""
    return [ResolutionRow(*_RESOLUTIONS.read(raw)) for raw in asked.resolutions]


def proposal_rows(asked: Asked) -> list[ProposalRow]:
    """Return what waits to be placed on an agenda, the oldest first."""
    return [ProposalRow(*_PROPOSALS.read(raw)) for raw in asked.proposals]
