"""Backups under writes: each is one state of the portal, whole, and comes back as it was."""

from __future__ import annotations

import contextvars
import shutil
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.backup.place import Place, everything, manifest_of, place
from tests.backup.writers import PREFIX, Writers
from tests.conftest import FILES, both_engines
from tests.faults import repeated, report
from tests.faults.aftermath import faults_of
from tests.postgresql import Cluster
from tests.world import World

pytestmark = pytest.mark.faults

ROUNDS = repeated("SOAK_BACKUP_ROUNDS", 2)
#: What waking up changes (decision 0033); every other table comes back row by row.
WOKEN = {"journal_line", "journal_detail", "journal_head", "session", "action_link", "challenge"}
_numbers = count(1)


def empty_place(request: pytest.FixtureRequest, engine: str, folder: Path) -> Place:
    """Return a place with nothing in it: no file, or a database without tables."""
    number = next(_numbers)
    folder = folder / f"drill-{number}"
    if engine == "sqlite":
        return place(f"sqlite:///{folder}/portal.sqlite3", folder)
    cluster: Cluster = request.getfixturevalue("cluster")
    cluster.create(f"drill_{number}")
    return place(cluster.url(f"drill_{number}"), folder)


def rows_known_at(url: str, line: int) -> dict[str, list[str]]:
    """Return the rows that the journal told of up to a line, in the tables the writers fill.

    Nobody changes a row of theirs afterwards, so this is the source as it stood at that line.
    """
    about = "SELECT record_id FROM journal_line WHERE noun = 'listing' AND number <= :line"
    statements = {
        "journal_line": "SELECT * FROM journal_line WHERE number <= :line",
        "journal_detail": "SELECT * FROM journal_detail WHERE number <= :line",
        "listing": f"SELECT * FROM listing WHERE id IN ({about})",
        "search_document": f"SELECT id, noun, record_id, grams, audience FROM search_document "
        f"WHERE noun = 'listing' AND record_id IN ({about})",
        # The cast's own, of papers, were there before anybody wrote.
        "receipt": f"SELECT * FROM receipt WHERE noun <> 'listing' OR record_id IN ({about})",
    }
    owner = create_engine(url)
    try:
        with owner.connect() as connection:
            return {
                name: sorted(
                    repr(tuple(row)) for row in connection.execute(text(statement), {"line": line})
                )
                for name, statement in statements.items()
            }
    finally:
        owner.dispose()


def digests_of(url: str) -> list[str]:
    """Return the digest of every attachment."""
    owner = create_engine(url)
    try:
        with owner.connect() as connection:
            return [row[0] for row in connection.execute(text("SELECT digest FROM attachment"))]
    finally:
        owner.dispose()


@both_engines
def test_each_backup_under_writes_comes_back_as_the_portal_stood(
    request: pytest.FixtureRequest, engine: str, url: str, world: World, tmp_path: Path
) -> None:
    source, meanwhile = place(url, tmp_path), 0
    shutil.copytree(FILES.name, source.files)  # what the cast attached
    with Writers(url, source.files, world, "delegate", "supplier") as writers:
        for _round in range(ROUNDS):
            writers.wait_for_more()
            writers.listen()
            known = dict(writers.acknowledged)
            archive = source.create("--keep", "2")
            meanwhile += writers.listen()
            said = manifest_of(archive)
            line = said["journal"][0]

            drill = empty_place(request, engine, tmp_path)
            drill.restores(archive)
            restored, stood = rows_known_at(drill.url, line), rows_known_at(url, line)
            assert restored == stood
            # What the archive counts is all of it: nothing of a later instant is in it.
            for name in ("journal_line", "journal_detail", "listing", "receipt"):
                assert said["tables"][name]["rows"] == len(stood[name]), name
            for digest in digests_of(drill.url):
                assert (drill.files / digest[:2] / digest).is_file(), "a row without its file"
            app = drill.app
            assert contextvars.Context().run(faults_of, app, known, PREFIX) == []
        posted = len(writers.acknowledged)
    assert meanwhile > 0, "nobody wrote while a backup was made"

    # At rest every row of every table is compared.
    drill = empty_place(request, engine, tmp_path)
    drill.restores(source.create())
    before, after = everything(url), everything(drill.url)
    assert before.keys() == after.keys()
    for name in before.keys() - WOKEN:
        assert after[name] == before[name], name
    assert len(before["attachment"]) > ROUNDS
    assert set(before["journal_line"]) <= set(after["journal_line"])
    assert len(after["journal_line"]) == len(before["journal_line"]) + 1
    report(
        f"{engine}: {ROUNDS} backups while {posted} listings were posted ({meanwhile} during a "
        "backup); each came back with the rows of its instant, journal and index whole"
    )
