"""Mails through a server that fails at random, by a worker that is killed: none lost, none new.

A mail that arrives twice must be the same mail: only then does a mailbox know it again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import journal
from portal.access import require
from portal.actors import SYSTEM, Actor
from portal.database import db
from portal.operations import operation
from portal.outbox import OutboxMessage, send_mail
from tests.conftest import both_engines, make_app
from tests.faults import repeated, report
from tests.faults.server import ROOT
from tests.mail_server import MailServer, Taken, at_random

pytestmark = pytest.mark.faults

WORKER = [str(Path(sys.executable).parent / "flask"), "--app", "wsgi", "worker"]
MAILS = repeated("SOAK_MAILS", 60)
KILLS = repeated("SOAK_MAIL_KILLS", 2)
PATIENCE_SECONDS = 60.0 + MAILS
FAILING = 0.3


def settings(server: MailServer) -> dict[str, str]:
    return {
        "MAIL_ADAPTER": "smtp",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(server.port),
        "SMTP_STARTTLS": "0",
        "MAIL_FROM": "portal@portal.example",
        "DELIVERY_RETRY_SECONDS": "0.05",
        "DELIVERY_LEASE_SECONDS": "1",
    }


def start(url: str, folder: Path, server: MailServer) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        **settings(server),
        "DATABASE_URL": url,
        "PORTAL_ENV": "development",
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "",
    }
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            WORKER, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )


def until(holds: Callable[[], bool], folder: Path) -> None:
    """Wait for something that the worker does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, (folder / "log").read_text()[-3000:]
        time.sleep(0.02)


@operation
def write_all(*, by: Actor) -> None:
    require(by, "delivery.run")
    for number in range(MAILS):
        send_mail(f"n{number}@new.example", f"通知 {number}", f"第{number}封。", by=by)


def left() -> int:
    db.session.rollback()
    waiting = OutboxMessage.next_attempt_at.is_not(None)
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(waiting)) or 0


def faults_of(taken: list[Taken]) -> list[str]:
    """Return what is wrong once nothing waits any more, a sentence each."""
    found = list(journal.verify().faults)
    names: dict[str, set[str]] = {f"n{number}@new.example": set() for number in range(MAILS)}
    for each in taken:
        names[each.recipient].add(each.message_id)
    found += [f"{who} got nothing" for who, ids in names.items() if not ids]
    found += [f"{who} got {len(ids)} mails" for who, ids in names.items() if len(ids) > 1]
    if len(set().union(*names.values())) < sum(len(ids) > 0 for ids in names.values()):
        found.append("two messages share one Message-ID")
    by_name: dict[str, set[bytes]] = {}
    for each in taken:
        by_name.setdefault(each.message_id, set()).add(each.mail.as_bytes())
    found += [f"{name} reads differently" for name, texts in by_name.items() if len(texts) > 1]
    ended = select(OutboxMessage).where(OutboxMessage.recipient.in_(names))
    for message in db.session.scalars(ended):
        if message.sent_at is None or message.body or message.undeliverable_at:
            found.append(f"message {message.id} has not ended as sent")
    return found


@both_engines
def test_no_mail_is_lost_and_one_that_comes_twice_is_the_same(
    url: str, engine: str, tmp_path: Path
) -> None:
    with MailServer(at_random(2026, failing=FAILING)) as server:
        app: Flask = make_app(url, MAIL_ADAPTER="smtp", SMTP_HOST="-", MAIL_FROM="a@b.example")
        with app.app_context():
            write_all(by=SYSTEM)
            for kill in range(KILLS):
                worker = start(url, tmp_path, server)
                try:
                    enough = MAILS * (kill + 1) // (KILLS + 1)
                    until(lambda: len(server.taken) >= enough, tmp_path)  # noqa: B023
                finally:
                    os.killpg(worker.pid, signal.SIGKILL)
                    worker.wait()
            assert left() > 0, "the kills came too late to prove anything"
            worker = start(url, tmp_path, server)
            try:
                until(lambda: left() == 0, tmp_path)
            finally:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
            faults = faults_of(server.taken)
            db.session.remove()
            db.engine.dispose()
    twice = sum(count > 1 for count in Counter(e.message_id for e in server.taken).values())
    report(f"mails, {engine}: {MAILS} through {KILLS} kills, none lost, {twice} came twice")
    assert faults == []
    assert twice > 0, "the server hung up after taking some: these must have come twice"
