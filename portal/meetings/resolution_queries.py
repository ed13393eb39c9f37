"""Questions about resolutions and actions: the registry, the votes, what is followed up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.access import visible_to
from portal.accounts.models import Appointment, Organisation
from portal.accounts.queries import OF_ORGANISATION
from portal.actors import Standing
from portal.alliances.models import Membership
from portal.database import among, db, plain
from portal.links import ActionLink
from portal.meetings.models import Meeting, Seat
from portal.meetings.resolution_models import Action, Resolution, Vote, VoteLink
from portal.meetings.resolution_workflow import UNFINISHED, ResolutionState

#: Resolutions or actions of one list.
PAGE = 200

#: What the registry may be narrowed to: the states behind each word.
REGISTERS = {
    "in_force": (ResolutionState.PASSED, ResolutionState.IN_FORCE, ResolutionState.IMPLEMENTED),
    "superseded": (ResolutionState.SUPERSEDED, ResolutionState.REPEALED),
    "all": tuple(ResolutionState),
}


def number_of(resolution: Resolution) -> str:
    """Return the number of a passed resolution as it is quoted, or nothing."""
    if resolution.year is None:
        return ""
    return str(
        _("[%(year)d] No. %(number)d", year=resolution.year, number=resolution.sequence or 0)
    )


def resolutions_at(meeting: Meeting) -> Sequence[Resolution]:
    """Return what is to be decided, or was, at a meeting."""
    return db.session.scalars(
        select(Resolution)
        .options(joinedload(Resolution.organisation))
        .where(Resolution.meeting_id == meeting.id)
        .order_by(Resolution.id)
    ).all()


def register_asked(written: str | None) -> str:
    """Return which part of the registry an address names; what is in force by default."""
    return written if written in REGISTERS else "in_force"


def registry_of(
    standing: Standing, alliance_id: int, register: str, query: str = ""
) -> Sequence[Resolution]:
    """Return the resolutions of an alliance in a part of the registry, the newest first.

    `query` is looked for in titles and texts.
    """
    found = select(Resolution).where(
        Resolution.alliance_id == alliance_id,
        among(Resolution.state, REGISTERS[register]),
        visible_to(standing, "resolution.view", Resolution),
    )
    words = query.strip().lower()
    if words:
        found = found.where(
            or_(
                func.lower(Resolution.title).contains(words, autoescape=True),
                func.lower(Resolution.text).contains(words, autoescape=True),
            )
        )
    order = (Resolution.year.desc(), Resolution.sequence.desc(), Resolution.id.desc())
    return db.session.scalars(found.order_by(*order).limit(PAGE)).all()


def later_ones(resolution: Resolution) -> list[str]:
    """Return the later resolutions of its body that hold, as a sentence quotes them."""
    if resolution.year is None:
        return []
    meeting = resolution.meeting
    found = db.session.scalars(
        select(Resolution)
        .join(Meeting, Meeting.id == Resolution.meeting_id)
        .where(
            Resolution.alliance_id == resolution.alliance_id,
            Meeting.kind == meeting.kind,
            among(Resolution.state, REGISTERS["in_force"]),
            tuple_(Resolution.year, Resolution.sequence)
            > tuple_(resolution.year, resolution.sequence),
        )
        .order_by(Resolution.year.desc(), Resolution.sequence.desc())
        .limit(PAGE)
    )
    return [f"{number_of(each)} {each.title}" for each in found]


def ended_by(resolution: Resolution) -> Sequence[Resolution]:
    """Return the earlier resolutions whose place it took, or that it repealed."""
    if not resolution.has_ended:
        return ()
    return db.session.scalars(
        select(Resolution).where(Resolution.ended_by_id == resolution.id).order_by(Resolution.id)
    ).all()


def votes_on(resolution: Resolution) -> Sequence[Vote]:
    """Return the filed votes, by seat."""
    return db.session.scalars(
        select(Vote).where(Vote.resolution_id == resolution.id).order_by(Vote.seat_id)
    ).all()


class Handed(NamedTuple):
    """A link to vote that was handed to a person for a seat, and what became of it."""

    seat: str
    to: str
    made_at: datetime
    used_at: datetime | None
    is_live: bool


def links_handed(resolution: Resolution, *, is_voting: bool) -> list[Handed]:
    """Return the links to vote that the secretariat handed to somebody, the oldest first.

    None lives whose seat has voted, whichever way, is one with another by now, or whose vote is
    over.
    """
    voter = aliased(Seat)
    voted = exists().where(
        Vote.resolution_id == resolution.id,
        Vote.seat_id == voter.id,
        or_(voter.id == Seat.id, voter.joined_to_id == Seat.id),
    )
    rows = plain(
        select(
            Seat.name,
            VoteLink.handed_to,
            ActionLink.made_at,
            ActionLink.used_at,
            and_(
                ActionLink.revoked_at.is_(None),
                ActionLink.expires_at > clock.now(),
                Seat.joined_to_id.is_(None),
                ~voted,
            ),
        )
        .join(Seat, Seat.id == VoteLink.seat_id)
        .join(ActionLink, ActionLink.id == VoteLink.link_id)
        .where(VoteLink.resolution_id == resolution.id, VoteLink.handed_to.is_not(None))
        .order_by(VoteLink.id)
    )
    return [Handed(row[0], row[1], row[2], row[3], is_voting and bool(row[4])) for row in rows]


def votes_by_seat(resolution: Resolution, meeting: Meeting) -> dict[int, Vote]:
    """Return the filed votes by seat; the roll of its meeting is read by the same statement."""
    filed = and_(Vote.seat_id == Seat.id, Vote.resolution_id == resolution.id)
    rows = db.session.execute(
        select(Seat, Vote)
        .outerjoin(Vote, filed)
        .where(Seat.meeting_id == meeting.id)
        .order_by(Seat.position)
    ).all()
    set_committed_value(meeting, "seats", [seat for seat, _vote in rows])
    return {seat.id: vote for seat, vote in rows if vote is not None}


def roll_of(resolution: Resolution) -> Sequence[Seat]:
    """Return the frozen roll that a resolution is voted on by."""
    return db.session.scalars(
        select(Seat).where(Seat.meeting_id == resolution.meeting_id).order_by(Seat.position)
    ).all()


def actions_of(
    standing: Standing, alliance_id: int, *, is_finished: bool = False
) -> Sequence[Action]:
    """Return the actions that are followed up, the most urgent first; or the finished ones."""
    unfinished = among(Action.state, UNFINISHED)
    return db.session.scalars(
        select(Action)
        .where(
            Action.alliance_id == alliance_id,
            ~unfinished if is_finished else unfinished,
            visible_to(standing, "action.view", Action),
        )
        .order_by(Action.due_on, Action.id)
        .limit(PAGE)
    ).all()


class Asked(NamedTuple):
    """A member that may be asked to do something, and how many of its people would be told."""

    id: int
    name: str
    people: int


def members_to_ask(alliance_id: int) -> list[Asked]:
    """Return the active members of an alliance, by name: who may be asked to do something."""
    acting = (
        select(func.count(Appointment.person_id.distinct()))
        .where(
            Appointment.scope_id == Organisation.id,
            among(Appointment.role, OF_ORGANISATION),
            Appointment.is_running,
        )
        .correlate(Organisation)
        .scalar_subquery()
    )
    rows = plain(
        select(Organisation.id, Organisation.name, acting)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.alliance_id == alliance_id, Membership.is_active)
        .order_by(Organisation.sort_key, Organisation.id)
    )
    return [Asked(*row) for row in rows]
