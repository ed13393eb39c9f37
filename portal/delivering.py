"""What leaves the portal by itself: delivered after the transaction, tried again until it is out.

A row waits while its `next_attempt_at` is set. A worker takes it (which moves that instant on, so
that no other worker takes it meanwhile, and so that a killed one is followed by another), sends
it outside any transaction, and stores how that ended. Killed between sending and storing it is
sent twice; whoever sends gives it the same name both times.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, journal
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.operations import operation

#: The longest pause between two attempts, and when a row is given up that fails for its own sake.
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE = timedelta(days=3)
#: Characters kept of what a server said.
LONGEST_ERROR = 300


class Later(Exception):
    """The other side does not take this one now: it is tried again."""


class Never(Exception):
    """The other side will never take this one."""


class Away(Exception):
    """The other side does not answer at all: nothing is tried for a while, nothing given up."""


class Deliverable:
    """The columns by which a row is delivered; beside them it has `sent_at`, `body`, `noun`."""

    #: How often it was tried, when it may be tried next (None: not by the portal itself), and
    #: what the last attempt said.
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(LONGEST_ERROR))
    #: When it was given up.
    undeliverable_at: Mapped[datetime | None]

    @property
    def is_for_server_alone(self) -> bool:
        """Whether nobody may hand it over, so that given up it is withdrawn (`withdrawn_at`)."""
        return False


@dataclass
class Courier:
    """One way out: its rows, what is taken of a row, and how that is sent."""

    model: Any
    #: Makes plain values of a row, inside the transaction that takes it.
    pack: Callable[[Any], Any]
    #: Sends them, outside any transaction. Raises `Later`, `Never` or `Away`.
    send: Callable[[Any], None]
    #: Nothing is tried before this moment of the machine's steady clock.
    _silent_until: float = field(default=0.0)
    _silences: int = field(default=0)

    def deliver_next(self) -> bool:
        """Send the row that waits longest; tell whether one was tried.

        Looks before it takes the write lock, so that an idle worker never holds anybody up.
        """
        if time.monotonic() < self._silent_until:
            return False
        row_id = db.session.scalar(self.due().limit(1))
        db.session.rollback()
        if row_id is None:
            return False
        packed = take(self, row_id, by=SYSTEM)
        if packed is None:
            return False
        try:
            self.send(packed)
        except Never as never:
            give_up(self, row_id, error=str(never), by=SYSTEM)
        except Later as later:
            put_off(self, row_id, error=str(later), by=SYSTEM)
        except Away as away:
            self._silences += 1
            pause = pause_after(self._silences)
            self._silent_until = time.monotonic() + pause.total_seconds()
            put_off(self, row_id, error=str(away), by=SYSTEM, is_away=True)
        except Exception as fault:
            # A fault of ours about one row keeps neither the others nor the worker from going on.
            current_app.logger.exception("%s %d could not be sent", self.model.noun, row_id)
            put_off(self, row_id, error=type(fault).__name__, by=SYSTEM)
        else:
            self._silences = 0
            note_sent(self, row_id, by=SYSTEM)
        finally:
            db.session.remove()
        return True

    def due(self) -> Any:
        """Return the select of the ids of rows that may be tried now, the longest waiting first."""
        waits = self.model.next_attempt_at
        return select(self.model.id).where(waits <= clock.now()).order_by(waits, self.model.id)

    def held(self, row_id: int) -> Any:
        """Return a row as it stands under the write lock, or None where it waits no more."""
        row = db.session.get(self.model, row_id, populate_existing=True)
        return row if row is not None and row.next_attempt_at is not None else None


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures: twice as long each time, up to an hour."""
    first: float = current_app.config["DELIVERY_RETRY_SECONDS"]
    return min(timedelta(seconds=first * 2 ** min(failures - 1, 16)), LONGEST_PAUSE)


@operation
def take(courier: Courier, row_id: int, *, by: Actor) -> Any:
    """Take a row for the time of an attempt; None where another worker was quicker."""
    require(by, "delivery.run")
    row = courier.held(row_id)
    if row is None or row.next_attempt_at > clock.now():
        return None
    row.attempts += 1
    # So long it belongs to this worker; an attempt ends sooner by its own timeouts.
    lease: float = current_app.config["DELIVERY_LEASE_SECONDS"]
    row.next_attempt_at = clock.now() + timedelta(seconds=lease)
    return courier.pack(row)


@operation
def note_sent(courier: Courier, row_id: int, *, by: Actor) -> None:
    """Store that a row is out; what it said is forgotten, for it may open something."""
    require(by, "delivery.run")
    row = courier.held(row_id)
    if row is not None:  # withdrawn while it was under way: that stands
        row.sent_at, row.body = clock.now(), ""
        row.next_attempt_at = row.last_error = None
        journal.note(f"{row.noun}.send", row, by=by)


@operation
def put_off(courier: Courier, row_id: int, *, error: str, by: Actor, is_away: bool = False) -> None:
    """Store that an attempt failed and when the next is due; after days it is given up.

    Not where the other side is away: that is nothing of this row's.
    """
    require(by, "delivery.run")
    row = courier.held(row_id)
    if row is None:
        return
    if not is_away and row.created_at < clock.now() - PATIENCE:
        _give_up(row, error, by=by)
        return
    row.last_error = _storable(error)
    row.next_attempt_at = clock.now() + pause_after(row.attempts)


@operation
def give_up(courier: Courier, row_id: int, *, error: str, by: Actor) -> None:
    """Store that a row can never be delivered."""
    require(by, "delivery.run")
    row = courier.held(row_id)
    if row is not None:
        _give_up(row, error, by=by)


def _storable(error: str) -> str:
    """Return what another server said as every database takes it."""
    return error.encode("utf-8", "backslashreplace").decode().replace("\0", "")[:LONGEST_ERROR]


def _give_up(row: Any, error: str, *, by: Actor) -> None:
    row.last_error, row.undeliverable_at = _storable(error), clock.now()
    row.next_attempt_at = None
    journal.note(f"{row.noun}.give_up", row, by=by)
    if row.is_for_server_alone:
        row.withdrawn_at, row.body = clock.now(), ""
        journal.note(f"{row.noun}.withdraw", row, by=by)
