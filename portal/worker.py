"""The worker: a process that runs jobs, one at a time, sends what waits, and says that it lives.

Any number of workers may run, on any number of machines that share the database. What a job
is, and that no two workers ever run the same one, stands in `jobs.py`.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import String, delete, exists, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.database import Model, db
from portal.engines import Busy
from portal.jobs import Job, run_next
from portal.operations import operation
from portal.registry import registry

#: Seconds between two looks for a job, and between two signs of life.
LOOK_SECONDS = 0.5
BEAT_SECONDS = 10.0
#: A worker that was silent so long, beyond one lease, is taken for dead.
SILENCE_SECONDS = 30.0


class Worker(Model):
    """A worker that runs, and when it last said so. The row goes when the worker ends."""

    __tablename__ = "worker"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


def name_of_worker() -> str:
    """Return a name that no other worker has: machine, process and chance."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def is_worker_alive() -> bool:
    """Tell whether any worker gave a sign of life lately, or holds a job.

    While it runs a job it gives none but the lease, which each chunk renews.
    """
    was_seen = exists().where(Worker.seen_at > _silent_since())
    is_held = exists().where(Job.leased_by.isnot(None), Job.leased_until > clock.now())
    return bool(db.session.scalar(select(or_(was_seen, is_held))))


def _silent_since() -> datetime:
    patience = current_app.config["JOB_LEASE_SECONDS"] + SILENCE_SECONDS
    return clock.now() - timedelta(seconds=patience)


@operation
def beat(name: str, *, by: Actor) -> None:
    """Record that a worker lives, and forget those that have been silent too long."""
    require(by, "job.run")
    row = db.session.scalar(select(Worker).where(Worker.name == name))
    if row is None:
        db.session.add(Worker(name=name, started_at=clock.now(), seen_at=clock.now()))
    else:
        row.seen_at = clock.now()
    db.session.execute(delete(Worker).where(Worker.seen_at <= _silent_since()))


@operation
def take_leave(name: str, *, by: Actor) -> None:
    """Record that a worker ended."""
    require(by, "job.run")
    db.session.execute(delete(Worker).where(Worker.name == name))


def work(*, once: bool = False, stop: threading.Event | None = None) -> int:
    """Run jobs until `stop` is set, or until none waits (`once`); return how many were run.

    Between them it delivers what waits to leave the portal.
    A database that is away or busy is waited for.
    """
    stop = stop or threading.Event()
    name, ran, beaten_at = name_of_worker(), 0, float("-inf")
    couriers = [courier() for courier in registry().couriers]
    while not stop.is_set():
        try:
            if not once and time.monotonic() - beaten_at >= BEAT_SECONDS:
                beat(name, by=SYSTEM)
                beaten_at = time.monotonic()
            is_busy = run_next(name, stop)
            ran += is_busy
            # One of each in turn: neither a long list of mails nor of jobs holds up the other.
            for courier in couriers:
                is_busy |= courier.deliver_next()
            if is_busy:
                continue
        except (Busy, DBAPIError) as error:
            db.session.remove()
            current_app.logger.warning("the database does not answer: %s", type(error).__name__)
            if once:
                raise
        if once:
            break
        stop.wait(LOOK_SECONDS)
    if not once:
        take_leave(name, by=SYSTEM)
    return ran
