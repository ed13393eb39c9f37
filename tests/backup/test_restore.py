"""The way back: into an empty place, over a portal that is kept, or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from sqlalchemy import create_engine, text

from portal import journal
from portal.database import db
from portal.desk.health import is_at_head
from tests.backup.place import (
    ATTACHED,
    STORED,
    Place,
    changing,
    everything,
    place,
    rebuilt,
    with_manifest,
)
from tests.client import Client
from tests.conftest import both_engines
from tests.postgresql import Cluster
from tests.world import World

Empty = Callable[[], Place]
_numbers = count(1)


@pytest.fixture
def source(url: str, world: World, tmp_path: Path) -> Place:
    """A portal with a stored file."""
    made = place(url, tmp_path / "source")
    stored = made.files / STORED
    stored.parent.mkdir(parents=True)
    stored.write_bytes(ATTACHED)
    return made


@pytest.fixture
def empty(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Empty:
    """Return a maker of places with nothing in them."""

    def make(of: str = engine) -> Place:
        number = next(_numbers)
        folder = tmp_path / f"drill-{number}"
        if of == "sqlite":
            return place(f"sqlite:///{folder}/portal.sqlite3", folder)
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.create(f"restored_{number}")
        return place(cluster.url(f"restored_{number}"), folder)

    return make


@contextmanager
def living_in(where: Place) -> Iterator[None]:
    with where.app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def names(url: str, schema: str = "") -> list[Any]:
    owner = create_engine(url)
    with owner.connect() as connection:
        found = connection.execute(text(f"SELECT name FROM {schema}person ORDER BY id")).all()
    owner.dispose()
    return [row[0] for row in found]


def rename_somebody(url: str, name: str) -> None:
    with changing(url) as connection:
        connection.execute(text("UPDATE person SET name = :name WHERE id = 1"), {"name": name})


@both_engines
def test_a_portal_comes_back_in_an_empty_place_and_works(
    source: Place, empty: Empty, world: World
) -> None:
    archive, drill = source.create(), empty()
    said = drill.restores(archive)
    assert "everybody signs in anew" in said
    assert (drill.files / STORED).read_bytes() == ATTACHED
    with living_in(drill):
        assert is_at_head()
        assert journal.verify().faults == ()
    visitor = Client(drill.app, world, "delegate")
    assert visitor.get("/desk").status_code == 200
    assert visitor.get("/listings?q=储氢").status_code == 200
    with living_in(drill):
        pass


@both_engines
def test_sessions_and_unused_links_do_not_come_back(
    source: Place, empty: Empty, world: World
) -> None:
    Client(source.app, world, "delegate").get("/desk")
    with living_in(source):
        pass
    archive, drill = source.create(), empty()
    drill.restores(archive)
    before, after = everything(source.url), everything(drill.url)
    owner = create_engine(drill.url)
    with owner.connect() as connection:
        open_ones = "SELECT count(*) FROM session WHERE ended_at IS NULL"
        unused = "SELECT count(*) FROM action_link WHERE used_at IS NULL AND revoked_at IS NULL"
        assert connection.scalar(text(open_ones)) == 0
        assert connection.scalar(text(unused)) == 0
        line = connection.execute(
            text("SELECT verb, noun, actor_kind FROM journal_line ORDER BY number DESC LIMIT 1")
        ).one()
    owner.dispose()
    assert len(after["session"]) == len(before["session"]) > 0
    assert len(after["action_link"]) == len(before["action_link"]) > 0
    assert tuple(line) == ("portal.restore", "portal", "system")


@both_engines
def test_a_portal_that_is_there_is_not_overwritten(source: Place) -> None:
    archive = source.create()
    rename_somebody(source.url, "later")
    before = everything(source.url)
    assert "--replace" in source.refuses("restore", archive)
    assert everything(source.url) == before


@both_engines
def test_with_replace_the_former_portal_is_kept_whole(source: Place, engine: str) -> None:
    archive = source.create()
    rename_somebody(source.url, "later")
    (source.files / "later").write_bytes(b"attached after the backup")
    (source.files / STORED).write_bytes(b"rotten")
    before = everything(source.url)
    said = source.restores(archive, "--replace")
    kept = said.partition("kept as ")[2].partition(".\n")[0]
    assert names(source.url)[0] != "later"
    if engine == "sqlite":
        aside = everything(f"sqlite:///{kept}")
    else:
        aside = everything(source.url, kept.removeprefix("schema "))
    assert aside == before
    assert (source.files / "later").exists(), "the portal that was kept has lost a file"
    assert (source.files / STORED).read_bytes() == ATTACHED
    # What was put aside is in nobody's way: neither of a backup nor of a second restore.
    again = source.create()
    source.restores(again, "--replace")
    with living_in(source):
        assert journal.verify().faults == ()


@both_engines
def test_a_portal_that_runs_is_not_replaced(source: Place) -> None:
    archive = source.create()
    before = everything(source.url)
    running = create_engine(source.url)
    with running.connect() as connection:
        connection.execute(text("SELECT count(*) FROM person"))
        said = source.refuses("restore", archive, "--replace")
    running.dispose()
    assert "stop the portal first" in said
    assert everything(source.url) == before


@both_engines
def test_a_migrated_database_without_rows_is_an_empty_place(source: Place, empty: Empty) -> None:
    archive, drill = source.create(), empty()
    with living_in(drill):
        drill.files.parent.mkdir(exist_ok=True)
        flask_migrate.upgrade()
    drill.restores(archive)
    assert names(drill.url) == names(source.url)


@both_engines
def test_an_archive_of_a_newer_portal_is_refused(source: Place, empty: Empty) -> None:
    with changing(source.url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    archive, drill = source.create(), empty()
    assert "schema is 9999, newer than this portal" in drill.refuses("restore", archive)
    assert everything_in(drill) == {}


def everything_in(drill: Place) -> dict[str, list[str]]:
    """Return the rows of a place that may have no database at all."""
    if drill.url.startswith("sqlite") and not Path(drill.url.removeprefix("sqlite:///")).exists():
        return {}
    return everything(drill.url)


@both_engines
def test_an_archive_of_an_older_portal_is_migrated(empty: Empty, tmp_path: Path) -> None:
    old, drill = empty(), empty()
    with living_in(old):
        old.files.parent.mkdir(exist_ok=True)
        flask_migrate.upgrade(revision="0003")
    with changing(old.url) as connection:
        connection.execute(
            text(
                "INSERT INTO attempts (key, count, until_at) VALUES ('k', 1, '2026-01-01 00:00:00')"
            )
        )
    said = drill.restores(old.create())
    assert "migrated to the newest schema" in said
    with living_in(drill):
        assert is_at_head()
        assert len(everything(drill.url)["attempts"]) == 1


@pytest.mark.parametrize(("engine", "other"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_an_archive_of_the_other_engine_is_refused(
    source: Place, empty: Empty, engine: str, other: str
) -> None:
    archive, drill = source.create(), empty(other)
    assert f"holds a {engine} database" in drill.refuses("restore", archive)
    assert everything_in(drill) == {}


@both_engines
def test_rows_that_are_not_those_of_the_manifest_are_not_loaded(
    source: Place, empty: Empty
) -> None:
    archive = source.create()
    honest = source.run("verify", archive).output
    assert "The archive is whole." in honest
    tables = {"person": {"rows": 1, "hash": "0" * 64}}
    altered = rebuilt(archive, with_manifest(tables=tables))
    drill = empty()
    drill.refuses("restore", altered)
    assert everything_in(drill) == {}


def test_the_demo_world_is_not_restored_in_production(source: Place, empty: Empty) -> None:
    archive = rebuilt(source.create(), with_manifest(is_demo=True))
    drill = empty()
    drill.app.config["NAME"] = "production"
    assert "demo world" in drill.refuses("restore", archive)
    assert everything_in(drill) == {}


def test_another_key_is_noticed(source: Place, empty: Empty) -> None:
    drill = empty()
    drill.app.config["SECRET_KEY"] = "another-key-another-key-another-key-another"
    assert "SECRET_KEY is not the one" in drill.restores(source.create())
    other = empty()
    assert "SECRET_KEY" not in other.restores(source.create())


def test_a_drill_needs_no_more_than_a_folder(source: Place, tmp_path: Path) -> None:
    archive = source.create()
    before = everything(source.url)
    source.restores(archive, "--into", str(tmp_path / "drill"))
    assert names(f"sqlite:///{tmp_path}/drill/portal.sqlite3") == names(source.url)
    assert (tmp_path / "drill" / "files" / STORED).exists()
    assert everything(source.url) == before


@both_engines
def test_no_password_of_an_address_is_said(source: Place, empty: Empty) -> None:
    """Neither by what succeeds nor by what fails."""
    secret = "pass-word-nobody-may-read"
    if "postgresql" in source.url:
        address = source.url.replace("postgres@", f"postgres:{secret}@")
        told = place(address, source.archives.parent)
        archive = told.create()
        output = (
            told.run("create", "--to", told.archives).output + told.run("verify", archive).output
        )
        output += told.refuses("restore", archive)
        away = place(address.replace("host=/", "host=/nowhere/"), source.archives.parent)
        output += away.refuses("create", "--to", away.archives)
        assert secret.encode() not in archive.read_bytes()
    else:
        output = source.run("create", "--to", source.archives).output
        secret = source.app.config["SECRET_KEY"]
    assert secret not in output


@pytest.mark.parametrize("engine", ["postgresql"])
def test_no_password_stands_among_the_arguments_of_a_tool(
    source: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every user of a machine sees the arguments of every process."""
    tool = tmp_path / "pg_dump"
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\nexit 1\n')
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    address = source.url.replace("postgres@", "postgres:pass-word-nobody-may-read@")
    told = place(address, tmp_path)
    assert "pg_dump failed" in told.refuses("create", "--to", told.archives)
    said = (tmp_path / "said").read_text()
    assert "--dbname=" in said and "nobody-may-read" not in said


def restore_in_a_process(archive: Path, url: str, folder: Path) -> subprocess.Popen[bytes]:
    """Begin a restore that can be killed."""
    program = (
        "import sys; from portal import create_app; "
        "app = create_app('testing', {'SQLALCHEMY_DATABASE_URI': sys.argv[1], "
        "'FILES_FOLDER': sys.argv[2]}); "
        "app.test_cli_runner(catch_exceptions=False).invoke("
        "args=['backup', 'restore', sys.argv[3], '--replace'])"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, url, str(folder / "files"), str(archive)],
        cwd=Path(__file__).parent.parent.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@both_engines
def test_a_restore_that_is_killed_leaves_one_portal_or_the_other(source: Place) -> None:
    """Killed ever later until one is through: each time all rows are of before or of the backup."""
    archive = source.create()
    rename_somebody(source.url, "later")
    of_before = everything(source.url)
    backed_up = names(source.url)
    backed_up[0] = "manager"
    outcomes = set()
    wait = 0.5
    while "restored" not in outcomes:
        process = restore_in_a_process(archive, source.url, source.files.parent)
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        found = everything(source.url)
        if found == of_before:
            outcomes.add("as before")
        else:
            assert all("later" not in row for row in found["person"])
            assert found.keys() == of_before.keys()
            assert len(found["person"]) == len(of_before["person"])
            outcomes.add("restored")
        with living_in(source):
            assert journal.verify().faults == ()
        wait *= 1.4
    assert outcomes == {"as before", "restored"}
