"""Durable jobs: work too long for a request, done in chunks by a worker.

A job is a row, written by `enqueue` in the transaction of whoever asks for it. A worker claims
it for a while (its lease), runs its handler outside any transaction, and the handler does the
work in chunks: each chunk is one operation that also calls `advance`, so that what was done and
how far the work has come are stored together or not at all. Killed and started again it goes on
at `job.done`: nothing is lost, nothing done twice. Which handlers there are, the registry knows.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import JSON, CheckConstraint, Index, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, journal
from portal.access import require
from portal.actors import SYSTEM, Actor, person
from portal.database import Model, constraints, db
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.registry import registry

#: Attempts without any progress before a job is given up.
MOST_ATTEMPTS = 5
#: The longest pause, in seconds, before a job that failed unexpectedly is tried again.
LONGEST_PAUSE = 60


class LeaseLost(Exception):
    """The work took longer than its lease, and another worker has taken the job over."""


class Interrupted(Exception):
    """The worker was told to end; the job goes on with the next one."""


class JobState(StrEnum):
    """How a job stands, read from its row and the clock: a killed worker could not store it."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Model):
    """One piece of work: its kind, what it is about, how far it has come, how it ended."""

    __tablename__ = "job"
    __table_args__ = constraints(
        CheckConstraint("error IS NULL OR ended_at IS NOT NULL", name="failed_has_ended"),
        CheckConstraint("done >= 0 AND total >= 0", name="counts_not_negative"),
        Index(None, "ended_at", "id"),
        Index(None, "about_noun", "about_id"),
    )
    noun = "job"
    address = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    #: What the handler needs to know beside the record. Never anything about a person: it is
    #: kept as long as the row.
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    about_noun: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int]
    #: Units of work that are stored, of how many: the cursor and the progress bar in one.
    done: Mapped[int]
    total: Mapped[int]
    #: Claims since the last progress.
    attempts: Mapped[int]
    #: Who holds the lease; with nobody, `leased_until` is the end of a pause.
    leased_by: Mapped[str | None] = mapped_column(String(120))
    leased_until: Mapped[datetime | None]
    #: Why it failed, as a sentence for the person.
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # Plain numbers, no foreign keys: the ground knows no people.
    person_id: Mapped[int | None] = mapped_column(index=True)
    organisation_id: Mapped[int | None]
    on_behalf_of_id: Mapped[int | None]

    @property
    def by(self) -> Actor:
        """The actor who asked for it; its chunks are done in this actor's name and right."""
        if self.person_id is None:
            return SYSTEM
        return person(self.person_id, self.organisation_id, self.on_behalf_of_id)

    @property
    def state(self) -> JobState:
        """How it stands now."""
        if self.ended_at is not None:
            return JobState.FAILED if self.error else JobState.DONE
        is_held = self.leased_by and self.leased_until and self.leased_until > clock.now()
        return JobState.RUNNING if is_held else JobState.WAITING


#: Does the work of one job, from `job.done` on.
Handler = Callable[[Job], None]


@dataclass(frozen=True)
class JobPage:
    """What the page of a kind of job says: its title, and where the record with the result is."""

    title: LazyString
    address: Callable[[Job], str]


@dataclass(frozen=True)
class Lease:
    """What the running handler holds: its job, under which name, and whether it should end."""

    job_id: int
    holder: str
    stop: threading.Event


_lease: ContextVar[Lease | None] = ContextVar("job_lease", default=None)


def enqueue(
    kind: str, *, about: Any, by: Actor, payload: Mapping[str, Any] | None = None, total: int = 0
) -> Job:
    """Write a job about a record, inside the caller's operation, and return it.

    `payload` is JSON-ready. Raises ValueError for a kind that no handler is registered for.
    """
    if kind not in registry().jobs:
        raise ValueError(f"no handler for jobs of the kind {kind!r}")
    db.session.flush()
    job = Job(
        kind=kind,
        payload=dict(payload or {}),
        about_noun=about.noun,
        about_id=about.id,
        done=0,
        total=total,
        attempts=0,
        created_at=clock.now(),
        person_id=by.person_id,
        organisation_id=by.organisation_id,
        on_behalf_of_id=by.on_behalf_of_id,
    )
    db.session.add(job)
    db.session.flush()
    journal.note("job.enqueue", job, by=by, detail={"kind": kind})
    return job


def advance(job: Job, *, done: int, total: int | None = None) -> None:
    """Store how far a job has come, inside the operation of a chunk, and renew the lease.

    Raises `LeaseLost` where another worker holds the job by now, and `Interrupted` where this
    one was told to end: the chunk then leaves nothing behind, and is done by the next worker.
    """
    lease = _lease.get()
    if lease is None or lease.job_id != job.id:
        raise RuntimeError("only the handler of a running job advances it")
    if lease.stop.is_set():
        raise Interrupted
    held = _held(lease)
    if done > held.done:
        held.attempts = 0
    held.done = done
    held.total = held.total if total is None else total
    held.leased_until = _lease_end()


def between_chunks() -> None:
    """Let the worker end here if it was told to; a handler calls it before each chunk.

    Raises `Interrupted`, which the handler lets pass.
    """
    lease = _lease.get()
    if lease is not None and lease.stop.is_set():
        raise Interrupted


def newest_job_about(thing: Any) -> Job | None:
    """Return the job that was asked for last about a record, or None."""
    return db.session.scalar(
        select(Job)
        .where(Job.about_noun == thing.noun, Job.about_id == thing.id)
        .order_by(Job.id.desc())
        .limit(1)
    )


def record_of(job: Job) -> Any:
    """Return the record that a job is about, or None where it is gone."""
    return db.session.get(registry().nouns[job.about_noun], job.about_id)


def _held(lease: Lease) -> Job:
    """Return the job of a lease as it stands under the write lock; raise `LeaseLost`."""
    job = db.session.get(Job, lease.job_id, populate_existing=True)
    if job is None or job.leased_by != lease.holder or job.ended_at is not None:
        raise LeaseLost(f"job {lease.job_id} is not held by {lease.holder}")
    return job


def _lease_end() -> datetime:
    return clock.now() + timedelta(seconds=current_app.config["JOB_LEASE_SECONDS"])


def _claimable() -> Any:
    """Return the select of the ids of jobs that may be claimed now, the oldest first."""
    return (
        select(Job.id)
        .where(
            Job.ended_at.is_(None),
            or_(Job.leased_until.is_(None), Job.leased_until <= clock.now()),
            Job.kind.in_(sorted(registry().jobs)),
        )
        .order_by(Job.id)
        .limit(1)
    )


@operation
def claim(worker: str, stop: threading.Event, *, by: Actor) -> Lease | None:
    """Take the oldest job that nobody holds for a while, or None where there is none.

    One that has been tried too often without any progress is given up instead, with a reason.
    """
    require(by, "job.run")
    while (job_id := db.session.scalar(_claimable())) is not None:
        job = db.session.get_one(Job, job_id, populate_existing=True)
        if job.attempts < MOST_ATTEMPTS:
            job.attempts += 1
            job.leased_by = f"{worker}:{secrets.token_hex(4)}"
            job.leased_until = _lease_end()
            return Lease(job.id, job.leased_by, stop)
        _end(job, _("It was interrupted too often and was given up."), by=by)
    return None


@operation
def finish(lease: Lease, *, by: Actor, error: str | None = None) -> None:
    """End a job: done, or failed with a sentence for the person. Raises `LeaseLost`."""
    require(by, "job.run")
    _end(_held(lease), error, by=by)


def _end(job: Job, error: str | None, *, by: Actor) -> None:
    job.ended_at, job.error = clock.now(), error
    job.leased_by = job.leased_until = None
    journal.note("job.fail" if error else "job.finish", job, by=by, detail={"kind": job.kind})
    # The next one given up in the same search must not find this one again.
    db.session.flush()


@operation
def put_back(lease: Lease, *, by: Actor, has_failed: bool) -> None:
    """Let go of a job that has not ended: at once, or with a pause where it failed.

    Raises `LeaseLost` where another worker holds it by now.
    """
    require(by, "job.run")
    job = _held(lease)
    pause = min(2**job.attempts, LONGEST_PAUSE) if has_failed else 0
    job.leased_by, job.leased_until = None, clock.now() + timedelta(seconds=pause)
    if not has_failed:
        job.attempts = max(0, job.attempts - 1)


@contextmanager
def _holding(lease: Lease) -> Iterator[None]:
    token = _lease.set(lease)
    try:
        yield
    finally:
        _lease.reset(token)


def run(lease: Lease) -> None:
    """Run the handler of a claimed job, and store how that ended."""
    try:
        with _holding(lease):
            job = db.session.get_one(Job, lease.job_id)
            registry().jobs[job.kind](job)
        finish(lease, by=SYSTEM)
    except LeaseLost as lost:
        current_app.logger.warning("%s", lost)
    except Interrupted:
        _let_go(lease, put_back, has_failed=False)
    except Refused as refused:
        _let_go(lease, finish, error=str(refused.sentence))
    except Denied:
        _let_go(lease, finish, error=_("Whoever asked for it may not do this any more."))
    except Exception:
        current_app.logger.exception("job %d failed", lease.job_id)
        _let_go(lease, put_back, has_failed=True)
    finally:
        db.session.remove()


def _let_go(lease: Lease, how: Callable[..., None], **with_what: Any) -> None:
    # What the handler left unfinished in the session is not to be stored with it.
    db.session.remove()
    try:
        how(lease, by=SYSTEM, **with_what)
    except LeaseLost as lost:
        current_app.logger.warning("%s", lost)


def run_next(worker: str, stop: threading.Event) -> bool:
    """Claim one job and run it; tell whether there was one.

    Looks before it takes the write lock, so that an idle worker never holds anybody up.
    """
    is_any = db.session.scalar(_claimable()) is not None
    # The read must end: an open one would keep old states of the database alive.
    db.session.rollback()
    lease = claim(worker, stop, by=SYSTEM) if is_any else None
    if lease is None:
        return False
    run(lease)
    return True
