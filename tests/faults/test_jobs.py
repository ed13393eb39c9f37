"""Workers of jobs, as real processes: none does what another does, none loses what it did."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import journal
from portal.actors import SYSTEM
from portal.database import db
from portal.jobs import Job, JobState
from portal.journal import JournalLine
from portal.operations import Receipt
from portal.worker import Worker
from tests.bench.processes import tree
from tests.conftest import both_engines
from tests.faults import repeated, report
from tests.faults.counting import ask_to_count, teach
from tests.faults.server import ROOT, Visitor

pytestmark = pytest.mark.faults

FLASK = str(Path(sys.executable).parent / "flask")
WORKER = [FLASK, "--app", "tests.faults.counting_app", "worker"]
JOBS = repeated("SOAK_JOBS", 30)
UNITS = 40
PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.05


def environment(url: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "PORTAL_ENV": "development",
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "",
        "JOB_LEASE_SECONDS": "2",
    }


@contextmanager
def started(command: list[str], url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(url, folder),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(holds: Callable[[], bool], folder: Path) -> None:
    """Wait for something that other processes do."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(LOOK_SECONDS)


def ended(job_ids: list[int]) -> bool:
    db.session.rollback()
    left = select(func.count()).select_from(Job).where(Job.id.in_(job_ids), Job.ended_at.is_(None))
    return db.session.scalar(left) == 0


def beating() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Worker)) or 0


def faults_of(job_ids: list[int], units: int) -> list[str]:
    """Return what is wrong with counting jobs that have ended, a sentence each."""
    db.session.rollback()
    db.session.expire_all()
    found = list(journal.verify().faults)
    for job_id in job_ids:
        job = db.session.get_one(Job, job_id)
        keys = set(
            db.session.scalars(select(Receipt.key).where(Receipt.key.startswith(f"{job_id}:")))
        )
        if keys != {f"{job_id}:{unit}" for unit in range(units)}:
            found.append(f"job {job_id} did {len(keys)} of {units} units")
        if (job.state, job.done) != (JobState.DONE, units):
            found.append(f"job {job_id} is {job.state} at {job.done}: {job.error}")
        told = select(JournalLine.verb).where(
            JournalLine.noun == "job", JournalLine.record_id == job_id
        )
        if sorted(db.session.scalars(told)) != ["job.enqueue", "job.finish"]:
            found.append(f"the journal tells otherwise of job {job_id}")
    return found


@both_engines
def test_four_workers_run_each_job_exactly_once(
    app: Flask, url: str, engine: str, tmp_path: Path, context: None
) -> None:
    teach(app)
    with (
        started(WORKER, url, tmp_path),
        started(WORKER, url, tmp_path),
        started(WORKER, url, tmp_path),
        started(WORKER, url, tmp_path),
    ):
        until(lambda: beating() == 4, tmp_path)
        job_ids = ask_to_count(JOBS, UNITS, by=SYSTEM)
        until(lambda: ended(job_ids), tmp_path)
    assert faults_of(job_ids, UNITS) == []
    report(f"{engine}: {JOBS} jobs by four workers, each done exactly once")


@both_engines
def test_a_worker_killed_in_the_middle_of_every_chunk_loses_and_doubles_nothing(
    app: Flask, url: str, tmp_path: Path, context: None
) -> None:
    teach(app)
    stops = tmp_path / "stops"
    stops.mkdir()
    job_ids = ask_to_count(1, UNITS, by=SYSTEM, stop_in=stops)
    for chunk in range(0, UNITS, 10):
        with started(WORKER, url, tmp_path) as worker:
            until((stops / str(chunk)).exists, tmp_path)
            assert worker.poll() is None
            # Leaving the block kills it, with the chunk written and not committed.
        db.session.rollback()
        done = db.session.get_one(Job, job_ids[0], populate_existing=True).done
        assert done == chunk, "what the killed worker had not committed is gone"
    with started(WORKER, url, tmp_path) as worker:
        until(lambda: ended(job_ids), tmp_path)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_SECONDS) == 0
    assert faults_of(job_ids, UNITS) == []


def test_the_supervisor_starts_a_killed_worker_again_and_ends_everything(
    app: Flask, url: str, tmp_path: Path, context: None
) -> None:
    teach(app)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "script/supervise", "--", *server, "--", *WORKER]

    def is_ready() -> bool:
        answer = Visitor(port).ask("GET", "/readyz")
        return answer is not None and answer.status == 200 and json.loads(answer.text)["worker"]

    with started(command, url, tmp_path) as supervisor:
        until(is_ready, tmp_path)
        (first,) = workers(supervisor.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: bool(workers(supervisor.pid) - {first}), tmp_path)
        job_ids = ask_to_count(1, UNITS, by=SYSTEM)
        until(lambda: ended(job_ids), tmp_path)
        assert faults_of(job_ids, UNITS) == []
        everybody = tree(supervisor.pid)
        assert len(everybody) == 4, "the supervisor, a master with its process, a worker"
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(PATIENCE_SECONDS) == 0
    assert not [pid for pid in everybody if Path(f"/proc/{pid}").exists()]


def workers(supervisor: int) -> set[int]:
    """Return the processes of a supervisor that run jobs."""
    found = set()
    for pid in tree(supervisor):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"worker" in words and b"script/supervise" not in words:
            found.add(pid)
    return found


def test_a_supervisor_that_is_killed_takes_its_children_along(
    app: Flask, url: str, tmp_path: Path
) -> None:
    with started([sys.executable, "script/supervise", "--", *WORKER], url, tmp_path) as supervisor:
        until(lambda: bool(workers(supervisor.pid)), tmp_path)
        (child,) = workers(supervisor.pid)
        os.kill(supervisor.pid, signal.SIGKILL)
        supervisor.wait()
        until(lambda: not Path(f"/proc/{child}").exists(), tmp_path)


def test_a_server_that_cannot_start_ends_everything_with_its_code(tmp_path: Path) -> None:
    command = [sys.executable, "script/supervise", "--", "sh", "-c", "exit 3", "--", *WORKER]
    ran = subprocess.run(command, cwd=ROOT, check=False, env=environment("sqlite:///x", tmp_path))
    assert ran.returncode == 3


#: The supervisor, with tenths of a second for its seconds.
HASTY = """
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
loader = SourceFileLoader("supervise", "script/supervise")
supervise = module_from_spec(spec_from_loader("supervise", loader))
sys.modules["supervise"] = supervise
loader.exec_module(supervise)
supervise.EARLY_SECONDS, supervise.PAUSES = 1.0, (0.05, 3.0)
sys.exit(supervise.main(sys.argv[1:]))
"""


def test_a_server_that_dies_early_again_is_started_again(tmp_path: Path) -> None:
    """Only what cannot begin ends everything: a server that ran before gets another chance."""
    runs = tmp_path / "runs"
    server = f"echo run >> {runs}; test $(wc -l < {runs}) -gt 1 && exit 7; sleep 1.2; exit 5"
    command = [sys.executable, "-c", HASTY, "--", "sh", "-c", server]
    with started(command, "sqlite:///x", tmp_path) as supervisor:
        until(lambda: runs.exists() and len(runs.read_text().split()) >= 3, tmp_path)
        assert supervisor.poll() is None
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(PATIENCE_SECONDS) == 0
