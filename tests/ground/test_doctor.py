"""`flask doctor` names each thing that is wrong, and its exit code is that of the worst."""

from __future__ import annotations

import contextvars
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock, create_app
from portal.actors import SYSTEM
from portal.commands import doctor_machine
from portal.database import TRIGGERS, db
from portal.exchange.attaching import attach_to_listing
from portal.exchange.models import Listing
from portal.files import receive, sweep
from portal.store import FolderStore
from portal.worker import beat
from tests.backup.place import changing
from tests.conftest import FILES, both_engines
from tests.files.make import PDF
from tests.world import World

#: The journal of the cast ends tomorrow: the doctor comes after that.
LATER = timedelta(days=2)


@pytest.fixture
def patient(url: str, world: World, tmp_path: Path) -> Iterator[Flask]:
    """A portal with nothing wrong but what the machine of the tests has."""
    shutil.copytree(FILES.name, tmp_path / "files")  # what the cast attached
    (tmp_path / "files").chmod(0o700)
    (tmp_path / "backups").mkdir(mode=0o700)
    tmp_path.chmod(0o700)
    backed_up(tmp_path, timedelta(hours=3))
    app = create_app(
        "testing",
        {
            "SQLALCHEMY_DATABASE_URI": url,
            "FILES_FOLDER": str(tmp_path / "files"),
            "BACKUP_FOLDER": str(tmp_path / "backups"),
        },
    )
    app.instance_path = str(tmp_path)
    # Whether this checkout's catalogue is compiled is no matter of these tests.
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path / "nowhere")
    with clock.standing_still(clock.now() + LATER), app.app_context():
        beat("a worker that runs", by=SYSTEM)
        sweep(by=SYSTEM)  # what casts of other databases attached lies in the same folder
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


def backed_up(folder: Path, age: timedelta) -> None:
    for path in (folder / "backups").glob("portal-*"):
        path.unlink()
    name = (clock.now() + LATER - age).strftime("portal-%Y%m%dT%H%M%S.%fZ.tar.gz")
    (folder / "backups" / name).touch()


def examined(app: Flask, after: timedelta = LATER) -> tuple[int, dict[str, str]]:
    """Return the exit code, and what is said about each thing that is not fine."""
    with clock.standing_still(clock.now() + after):
        done = app.test_cli_runner().invoke(args=["doctor"])
    assert isinstance(done.exception, SystemExit), (done.output, done.exception)
    found = {}
    for line in done.output.splitlines():
        level, rest = line[:7].strip(), line[9:]
        about, _colon, sentence = rest.partition(": ")
        if level != "ok":
            found[about] = f"{level} {sentence}"
    # The SQLite of the machine that runs the tests, and its throw-away cluster without fsync.
    found.pop("engine", None)
    if "fsync is off" in found.get("settings", ""):
        assert found.pop("settings").startswith("FAULT")
    return done.exit_code, found


def told(app: Flask, about: str) -> str:
    """Return what is said about one thing, where nothing else is wrong."""
    code, found = examined(app)
    assert found.keys() == {about}, found
    level = found[about].split()[0]
    assert code == 2 if level == "FAULT" else code >= 1
    return found[about]


@both_engines
def test_a_portal_in_order_has_no_fault(patient: Flask) -> None:
    assert examined(patient)[1] == {}


@both_engines
def test_a_missing_trigger_is_named(patient: Flask, url: str) -> None:
    with changing(url) as connection:
        on = " ON journal_line" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER journal_line_no_update{on}"))
    assert "FAULT journal_line_no_update" in told(patient, "triggers")


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_trigger_that_was_switched_off_is_named(patient: Flask, url: str) -> None:
    with changing(url) as connection:
        connection.execute(text("ALTER TABLE journal_line DISABLE TRIGGER journal_line_no_delete"))
    assert "journal_line_no_delete" in told(patient, "triggers")


def test_a_trigger_that_does_something_else_is_named(patient: Flask, url: str) -> None:
    (trigger,) = (each for each in TRIGGERS if each.name == "journal_line_no_update")
    with changing(url) as connection:
        connection.execute(text("DROP TRIGGER journal_line_no_update"))
        connection.exec_driver_sql(trigger.sqlite[0].replace("RAISE(ABORT", "min(1"))
    assert "journal_line_no_update" in told(patient, "triggers")


@both_engines
def test_an_old_schema_is_named(patient: Flask, url: str) -> None:
    with changing(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    assert "flask db upgrade" in told(patient, "schema")


@both_engines
def test_an_altered_journal_is_named(patient: Flask, url: str) -> None:
    with changing(url) as connection:
        connection.execute(text("UPDATE journal_head SET length = length - 1"))
    assert "the chain ends at line" in told(patient, "journal")


def test_a_dangling_reference_is_named(patient: Flask, url: str) -> None:
    with changing(url) as connection:
        connection.execute(text("UPDATE appointment SET person_id = 99999 WHERE id = 1"))
    assert "dangling in appointment" in told(patient, "references")


@both_engines
def test_a_clock_behind_the_journal_is_named(patient: Flask) -> None:
    code, found = examined(patient, after=timedelta())
    assert "seconds ahead" in found["clock"] and code == 2


def test_a_weak_key_is_named(patient: Flask) -> None:
    patient.config["SECRET_KEY"] = "a" * 40
    said = told(patient, "secret key")
    assert "token_hex" in said and "aaa" not in said


def test_missing_assets_are_named(patient: Flask) -> None:
    patient.config["ASSETS"] = [Path("/nowhere/bootstrap.css")]
    assert "script/bootstrap" in told(patient, "assets")


@pytest.mark.parametrize("compiled", [False, True])
def test_translations_that_are_not_compiled_are_named(
    patient: Flask, tmp_path: Path, compiled: bool
) -> None:
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").touch()
    if compiled:
        (folder / "messages.mo").touch()
        os.utime(folder / "messages.mo", (1, 1))
    patient.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    assert "(zh)" in told(patient, "translations")


@pytest.mark.parametrize(
    ("mode", "said"), [(0o755, "warning every user"), (0o703, "FAULT everybody may write")]
)
def test_an_open_folder_is_named(patient: Flask, tmp_path: Path, mode: int, said: str) -> None:
    (tmp_path / "backups").chmod(mode)
    assert told(patient, "folders").startswith(said)


@pytest.mark.parametrize(
    ("age", "said"), [(30, "warning"), (24 * 8, "FAULT"), (None, "warning none in")]
)
def test_the_age_of_the_last_backup_is_told(
    patient: Flask, tmp_path: Path, age: int | None, said: str
) -> None:
    if age is None:
        for path in (tmp_path / "backups").iterdir():
            path.unlink()
    else:
        backed_up(tmp_path, timedelta(hours=age))
    assert told(patient, "backup").startswith(said)


@pytest.mark.parametrize(("limit", "said"), [("LOW_BYTES", "warning"), ("EMPTY_BYTES", "FAULT")])
def test_a_full_disk_is_named(
    patient: Flask, monkeypatch: pytest.MonkeyPatch, limit: str, said: str
) -> None:
    monkeypatch.setattr(doctor_machine, limit, 2**62)
    assert told(patient, "disk").startswith(said)


@both_engines
def test_a_missing_file_is_named(patient: Flask, tmp_path: Path) -> None:
    for path in (tmp_path / "files").glob("??/*"):
        path.unlink()
    assert "attachments without their file" in told(patient, "files")


def test_a_file_that_is_attached_meanwhile_is_not_missed(
    patient: Flask, tmp_path: Path, world: World
) -> None:
    class Busy(FolderStore):
        """One into which somebody puts a file, and names it, right after it was walked through."""

        def everything(self) -> Iterator[tuple[str, float]]:
            yield from super().everything()
            contextvars.Context().run(self.attached)

        def attached(self) -> None:
            with patient.app_context():
                listing, by = world.get(Listing, "returned"), world.actor("delegate")
                attach_to_listing(listing, receive(BytesIO(PDF + b"%new"), "刚刚.pdf"), by=by)
                db.session.remove()

    patient.extensions["store"] = Busy(tmp_path / "files")
    assert "files" not in examined(patient)[1]


def test_a_file_that_belongs_to_nothing_is_named_once_it_should_be_swept(
    patient: Flask, tmp_path: Path
) -> None:
    orphan = tmp_path / "files" / "aa" / ("a" * 64)
    orphan.parent.mkdir(exist_ok=True)
    orphan.touch()
    fresh = (clock.now() + LATER).timestamp()
    os.utime(orphan, (fresh, fresh))
    assert examined(patient)[1] == {}
    os.utime(orphan, (1, 1))
    assert told(patient, "files").startswith("warning 1 belong to nothing")


def test_a_missing_worker_is_named(patient: Flask, url: str) -> None:
    with changing(url) as connection:
        connection.execute(text("DELETE FROM worker"))
    assert told(patient, "worker").startswith("warning none runs")


def test_what_a_killed_backup_left_is_named(patient: Flask, tmp_path: Path) -> None:
    left = tmp_path / "backups" / ".unfinished-abc"
    left.mkdir()
    os.utime(left, (1, 1))
    assert str(left) in told(patient, "leftovers")


def test_a_database_that_is_away_is_one_sentence_without_its_password(patient: Flask) -> None:
    address = "postgresql://portal:do-not-say@127.0.0.1:1/portal"
    away = create_app("testing", {"SQLALCHEMY_DATABASE_URI": address})
    done = away.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 2
    assert "FAULT    database: it does not answer" in done.output
    assert "do-not-say" not in done.output
    with away.app_context():
        db.engine.dispose()
