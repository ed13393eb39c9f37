"""What happened in an alliance in a year, read from the records of every area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access import visible_to
from portal.actors import Standing
from portal.alliances.models import Alliance, ChairTerm, Membership
from portal.alliances.succession import steps_of
from portal.database import db
from portal.matters.models import Matter
from portal.meetings.models import Meeting
from portal.meetings.resolution_models import Resolution
from portal.periods import Period
from portal.research.models import Project


@dataclass(frozen=True)
class Membered:
    """Who belonged: how many at the beginning and the end, who joined, who left."""

    at_beginning: int
    at_end: int
    joined: Sequence[Membership]
    left: Sequence[Membership]


@dataclass(frozen=True)
class Chaired:
    """A stretch of the period in which one organisation held the chair."""

    term: ChairTerm
    from_at: datetime
    until_at: datetime


def _instants(period: Period) -> tuple[datetime, datetime]:
    return clock.start_of(period.from_on), clock.start_of(period.until_on)


def members_in(alliance: Alliance, period: Period) -> Membered:
    """Return who belonged to an alliance in a period."""
    start, end = _instants(period)
    asked = (
        select(Membership)
        .options(joinedload(Membership.organisation))
        .where(Membership.alliance_id == alliance.id, Membership.since < end)
        .where(or_(Membership.ended_at.is_(None), Membership.ended_at >= start))
        .order_by(Membership.since, Membership.id)
    )
    found = db.session.scalars(asked).all()
    joined = [each for each in found if each.since and each.since >= start]
    left = [each for each in found if each.ended_at and each.ended_at < end]
    return Membered(len(found) - len(joined), len(found) - len(left), joined, left)


def chairs_in(alliance: Alliance, period: Period) -> list[Chaired]:
    """Return who held the chair in a period, from when until when of it; nobody: nothing."""
    start, end = _instants(period)
    steps = steps_of(alliance.id)
    ends = [*(each.from_at for each in steps), end][1:]
    return [
        Chaired(step, max(step.from_at, start), min(until, end))
        for step, until in zip(steps, ends, strict=True)
        if step.from_at < end and until > start
    ]


def meetings_in(alliance: Alliance, period: Period) -> Sequence[Meeting]:
    """Return the meetings of an alliance that were opened in a period, or ended in writing."""
    start, end = _instants(period)
    # One held in writing is never opened: its end is the day on which something was decided.
    held_at = func.coalesce(Meeting.opened_at, Meeting.closed_at)
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.alliance_id == alliance.id, held_at >= start, held_at < end)
        .order_by(held_at, Meeting.id)
    ).all()


def resolutions_in(alliance: Alliance, period: Period) -> Sequence[Resolution]:
    """Return what an alliance voted on in a period, passed or not."""
    start, end = _instants(period)
    return db.session.scalars(
        select(Resolution)
        .where(
            Resolution.alliance_id == alliance.id,
            Resolution.closed_at >= start,
            Resolution.closed_at < end,
        )
        .order_by(Resolution.closed_at, Resolution.id)
    ).all()


def matters_in(alliance: Alliance, period: Period) -> int:
    """Return how many matters of an alliance began in a period."""
    start, end = _instants(period)
    counted = select(func.count(Matter.id)).where(
        Matter.alliance_id == alliance.id, Matter.created_at >= start, Matter.created_at < end
    )
    return db.session.scalar(counted) or 0


def projects_in(standing: Standing, alliance: Alliance, period: Period) -> Sequence[Project]:
    """Return the approved projects that ran in a period, as far as somebody may see them.

    An idea is known to those who gather for it and to the secretariat: no report tells of it.
    """
    return db.session.scalars(
        select(Project)
        .where(
            Project.alliance_id == alliance.id,
            Project.basis.is_not(None),
            Project.begins_on < period.until_on,
            or_(Project.ends_on.is_(None), Project.ends_on >= period.from_on),
            visible_to(standing, "project.view", Project),
        )
        .order_by(Project.begins_on, Project.id)
    ).all()
