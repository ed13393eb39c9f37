"""Kills of the worker: an import that dies in every chunk neither loses nor doubles a row.

The worker is ended by SIGKILL as soon as it has stored a chunk and begun the next, and started
again, until the import is done. Afterwards everything is there exactly once.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, select

from portal import journal
from portal.accounts.models import Organisation
from portal.alliances.models import Membership
from portal.database import db
from portal.imports.models import Fate, MemberImport, MemberImportRow
from portal.imports.operations import start_import
from portal.imports.taking_over import CHUNK
from portal.jobs import Job
from portal.journal import JournalLine
from portal.search import SearchDocument
from tests.conftest import both_engines
from tests.faults import repeated, report
from tests.faults.server import ROOT
from tests.imports.make import brought, plan, row
from tests.world import World

pytestmark = pytest.mark.faults

ROWS = repeated("SOAK_IMPORT_ROWS", 4 * CHUNK + 7)
#: Some rows that are refused, and some that stand twice, lie in between.
REFUSED_EVERY, DOUBLE_EVERY = 17, 23
#: A worker that stores nothing for so long hangs.
PATIENCE_SECONDS = 60.0
NAME = "河北断电第%d号有限公司"


def is_double(number: int) -> bool:
    """Tell whether a row stands there for the second time: the one before it is no refused one."""
    return number % DOUBLE_EVERY == 1 and (number - 1) % REFUSED_EVERY != 0


def rows() -> list[tuple[str, ...]]:
    made = []
    for number in range(ROWS):
        if is_double(number):
            made.append(row(NAME % (number - 1)))
        elif number % REFUSED_EVERY == 0:
            made.append(row(NAME % number, 省份="山东"))
        else:
            made.append(row(NAME % number, 环节="制氢", 城市="保定"))
    return made


def wanted() -> set[str]:
    return {
        NAME % number for number in range(ROWS) if number % REFUSED_EVERY and not is_double(number)
    }


@contextmanager
def worker(url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of its own process group, which is gone afterwards."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "PORTAL_ENV": "development",
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "",
        # What a killed worker held is free again soon.
        "JOB_LEASE_SECONDS": "0.5",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ended(process: subprocess.Popen[bytes], within: float) -> bool:
    """Tell whether a worker ends by itself within some seconds."""
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def progress(connection: Connection, import_id: int) -> tuple[int, bool]:
    """Return how many rows are stored, and whether the import is finished."""
    columns = select(MemberImport.done, MemberImport.finished_at).where(
        MemberImport.id == import_id
    )
    done, finished_at = connection.execute(columns).one()
    connection.rollback()
    return done, finished_at is not None


def faults_in(app: Flask, world: World, import_id: int) -> list[str]:
    """Return what is lost, doubled or half there, a sentence each."""
    with app.app_context():
        names = Counter(
            db.session.scalars(select(Organisation.name).where(Organisation.name.like("河北断电%")))
        )
        members = Counter(
            db.session.scalars(
                select(Organisation.name)
                .join(Membership, Membership.organisation_id == Organisation.id)
                .where(
                    Organisation.name.like("河北断电%"),
                    Membership.alliance_id == world.alliance["hydrogen"],
                    Membership.is_active,
                )
            )
        )
        stored = Counter(
            db.session.scalars(
                select(MemberImportRow.row).where(MemberImportRow.member_import_id == import_id)
            )
        )
        of_organisations = (JournalLine.noun == "organisation", Organisation.name.like("河北断电%"))
        told = Counter(
            db.session.scalars(
                select(Organisation.name)
                .join(JournalLine, JournalLine.record_id == Organisation.id)
                .where(*of_organisations, JournalLine.verb == "organisation.create")
            )
        )
        indexed = Counter(
            db.session.scalars(
                select(Organisation.name)
                .join(SearchDocument, SearchDocument.record_id == Organisation.id)
                .where(SearchDocument.noun == "organisation", Organisation.name.like("河北断电%"))
            )
        )
        chain = list(journal.verify().faults)
        db.session.remove()
    exactly_once = Counter(dict.fromkeys(wanted(), 1))
    found = [
        f"{what}: {dict(counted - exactly_once)} too often, {dict(exactly_once - counted)} missing"
        for what, counted in (
            ("organisations", names),
            ("members", members),
            ("journal", told),
            ("index", indexed),
        )
        if counted != exactly_once
    ]
    if stored != Counter(range(2, ROWS + 2)):
        found.append(f"rows: {stored - Counter(range(2, ROWS + 2))}")
    return found + chain


@both_engines
def test_an_import_whose_worker_dies_in_every_chunk_takes_each_row_over_once(
    app: Flask, world: World, url: str, engine: str, tmp_path: Path
) -> None:
    with app.app_context():
        made = brought(world, *rows())
        import_id = made.id
        by = world.actor("secretary")
        start_import(made, plan(made, by), by=by)
        db.session.remove()
    chance, kills = random.Random(ROWS), 0
    looking = create_engine(url)
    with looking.connect() as connection:
        stored, is_over = progress(connection, import_id)
        while not is_over:
            with worker(url, tmp_path) as process:
                deadline = time.monotonic() + PATIENCE_SECONDS
                now = stored
                while now == stored and not is_over:
                    assert not ended(process, 0.005), (tmp_path / "worker.log").read_text()
                    assert time.monotonic() < deadline, (tmp_path / "worker.log").read_text()
                    now, is_over = progress(connection, import_id)
                # Somewhere in the next chunk, which takes some tenths of a second.
                ended(process, chance.uniform(0, 0.2))
            kills += 1
            stored, is_over = progress(connection, import_id)
    looking.dispose()
    assert kills >= 3, "it was over before it could be killed"
    assert faults_in(app, world, import_id) == []
    with app.app_context():
        refused = db.session.scalars(
            select(MemberImportRow.row).where(
                MemberImportRow.member_import_id == import_id,
                MemberImportRow.fate == Fate.REFUSED,
            )
        ).all()
        assert len(refused) == ROWS - len(wanted())
        job = db.session.execute(
            select(Job).where(Job.about_noun == "member_import", Job.about_id == import_id)
        ).scalar_one()
        assert job.done == ROWS and not job.error
        db.session.remove()
    report(f"{engine}: {ROWS} rows imported through {kills} kills; none lost, none doubled")


def test_the_checker_notices_a_lost_and_a_doubled_row(app: Flask, world: World) -> None:
    with app.app_context():
        made = brought(world, *rows())
        db.session.remove()
    assert len(faults_in(app, world, made.id)) == 5
