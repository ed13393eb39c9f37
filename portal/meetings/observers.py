"""Who attends a meeting without a seat (列席): named by those who prepare it, in protocol order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused
from portal.meetings.models import Meeting, Observer
from portal.operations import operation

#: No meeting names more.
MOST_OBSERVERS = 60


@dataclass(frozen=True)
class Attending:
    """Somebody who attends without a seat."""

    name: str
    organisation: str | None = None
    post: str | None = None


def observers_of(meeting: Meeting) -> Sequence[Observer]:
    """Return who attends a meeting without a seat, in protocol order."""
    return db.session.scalars(
        select(Observer)
        .where(Observer.meeting_id == meeting.id)
        .order_by(Observer.position, Observer.id)
    ).all()


def observer_of(meeting: Meeting, observer_id: int) -> Observer | None:
    """Return one of them by its number, or None."""
    found = db.session.get(Observer, observer_id)
    return found if found is not None and found.meeting_id == meeting.id else None


@operation
def add_observer(meeting: Meeting, said: Attending, *, by: Actor) -> Observer:
    """Name somebody who attends without a seat, as the last in protocol order."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    there = observers_of(meeting)
    if len(there) >= MOST_OBSERVERS:
        raise Refused(_l("No list is longer than this."))
    observer = Observer(meeting_id=meeting.id, position=len(there) + 1, **vars(said))
    db.session.add(observer)
    db.session.flush()
    journal.note("meeting.observers", meeting, by=by)
    return observer


@operation
def remove_observer(meeting: Meeting, observer: Observer, *, by: Actor) -> None:
    """Take somebody off the list of those who attend without a seat."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    db.session.delete(observer)
    db.session.flush()
    _number(observers_of(meeting))
    journal.note("meeting.observers", meeting, by=by)


@operation
def shift_observer(meeting: Meeting, observer: Observer, steps: int, *, by: Actor) -> None:
    """Move somebody up (negative) or down in protocol order."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    there = list(observers_of(meeting))
    here = there.index(observer)
    there.insert(max(0, here + steps), there.pop(here))
    _number(there)
    journal.note("meeting.observers", meeting, by=by)


@operation
def order_observers(meeting: Meeting, observer_ids: Sequence[int], *, by: Actor) -> None:
    """Put them in this order; who is not named follows in the order they had."""
    require(by, "meeting.edit", meeting)
    _refuse_closed(meeting)
    there = {each.id: each for each in observers_of(meeting)}
    wanted = [there[each] for each in dict.fromkeys(observer_ids) if each in there]
    _number([*wanted, *(each for each in there.values() if each not in wanted)])
    journal.note("meeting.observers", meeting, by=by)


def _number(observers: Sequence[Observer]) -> None:
    for position, observer in enumerate(observers, 1):
        observer.position = position


def _refuse_closed(meeting: Meeting) -> None:
    if not meeting.names_observers:
        raise Refused(_l("The minutes are open to comments or final: this list stays as it is."))
