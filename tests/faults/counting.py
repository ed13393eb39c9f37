"""One more kind of job, which counts; `counting_app.py` is the portal that knows it.

Each unit leaves a row whose key is unique, so that a unit done twice would fail, and one lost
would be missing. Where the payload names a file, the first worker that comes to the middle of a
chunk makes it and waits there, holding the write lock, until it is killed.
"""

from __future__ import annotations

import threading
from pathlib import Path

from flask import Flask

from portal import clock
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.alliances.models import Alliance
from portal.database import db
from portal.jobs import Job, advance, between_chunks, enqueue
from portal.operations import Receipt, operation

CHUNK = 10


@operation
def count_some(job: Job, first: int, last: int, *, by: Actor) -> None:
    """Do some units of work as one chunk."""
    require(by, "job.run")
    for unit in range(first, last):
        db.session.add(Receipt(key=f"{job.id}:{unit}", noun="unit", at=clock.now()))
    db.session.flush()
    if stop_in := job.payload.get("stop_in"):
        mark = Path(stop_in) / str(first)
        if not mark.exists():
            mark.touch()
            threading.Event().wait()
    advance(job, done=last)


def count(job: Job) -> None:
    """Count to the job's total, chunk by chunk."""
    while job.done < job.total:
        between_chunks()
        count_some(job, job.done, min(job.done + CHUNK, job.total), by=SYSTEM)


@operation
def ask_to_count(number: int, total: int, *, by: Actor, stop_in: Path | None = None) -> list[int]:
    """Enqueue some counting jobs; return their ids."""
    require(by, "job.run")
    about = db.session.get_one(Alliance, 1)
    payload = {"stop_in": str(stop_in)} if stop_in else {}
    return [
        enqueue("count", about=about, by=by, payload=payload, total=total).id for _ in range(number)
    ]


def teach(portal: Flask) -> None:
    """Let a portal know how to count."""
    portal.extensions["registry"].jobs["count"] = count
