"""Archives that are not what they should be: each is refused by name, and nothing is written."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.backup.place import (
    ATTACHED,
    STORED,
    Member,
    Place,
    changing,
    manifest_of,
    members_of,
    place,
    rebuilt,
    with_manifest,
)
from tests.conftest import both_engines
from tests.world import World

MORE = f"files/{'0' * 2}/{'0' * 64}"


@pytest.fixture
def source(url: str, world: World, tmp_path: Path) -> Place:
    """A portal with a stored file."""
    made = place(url, tmp_path)
    stored = made.files / STORED
    stored.parent.mkdir(parents=True)
    stored.write_bytes(ATTACHED)
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Place:
    """A SQLite place with nothing in it."""
    folder = tmp_path / "drill"
    return place(f"sqlite:///{folder}/portal.sqlite3", folder)


def is_untouched(empty: Place) -> bool:
    folder = empty.files.parent
    left = [path.name for path in folder.rglob("*")] if folder.exists() else []
    return set(left) <= {"portal.sqlite3.lock"}


def refused_everywhere(archive: Path, empty: Place) -> str:
    """Verify and restore an archive; both must refuse it, and write nothing."""
    said = empty.refuses("verify", archive)
    empty.refuses("restore", archive)
    assert is_untouched(empty)
    assert not list(archive.parent.glob(".examined-*"))
    return said


def test_an_altered_byte_is_noticed_wherever_it_is(source: Place, empty: Place) -> None:
    archive = source.create()
    whole = archive.read_bytes()
    for position in [*range(12), *range(12, len(whole), len(whole) // 20), len(whole) - 1]:
        altered = bytearray(whole)
        altered[position] ^= 0x10
        archive.write_bytes(altered)
        refused_everywhere(archive, empty)


def test_an_archive_cut_off_anywhere_is_noticed(source: Place, empty: Place) -> None:
    archive = source.create()
    whole = archive.read_bytes()
    for length in (0, 5, 400, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        archive.write_bytes(whole[:length])
        refused_everywhere(archive, empty)


def without(name: str) -> Callable[[list[Member]], list[Member]]:
    return lambda members: [each for each in members if each[0].name != name]


@pytest.mark.parametrize("name", ["database.sqlite3", f"files/{STORED}", "manifest.json"])
def test_a_missing_member_is_named(source: Place, empty: Place, name: str) -> None:
    archive = rebuilt(source.create(), without(name))
    assert name.removesuffix(".json") in refused_everywhere(archive, empty)


@pytest.mark.parametrize("name", ["database.sqlite3", f"files/{STORED}"])
def test_a_member_with_another_content_is_named(source: Place, empty: Place, name: str) -> None:
    def change(members: list[Member]) -> list[Member]:
        return [(i, bytes([b[0] ^ 1]) + b[1:] if i.name == name else b) for i, b in members]

    said = refused_everywhere(rebuilt(source.create(), change), empty)
    assert f"{name} was altered" in said


def test_a_file_that_the_manifest_does_not_name_is_named(source: Place, empty: Place) -> None:
    def change(members: list[Member]) -> list[Member]:
        return [(tarfile.TarInfo(MORE), b"x"), *members]

    assert f"{MORE} is not in the manifest" in refused_everywhere(
        rebuilt(source.create(), change), empty
    )


def special(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "foreign",
    [
        special("../evil"),
        special("/evil"),
        special("files/../../evil"),
        special("files/./evil"),
        special("files/.hidden"),
        special("files/a\n/evil"),
        special("portal.sqlite3"),
        special("files/ab/" + "a" * 64, tarfile.SYMTYPE, "/etc/passwd"),
        special("files/ab/" + "b" * 64, tarfile.LNKTYPE, "database.sqlite3"),
        special("database.sqlite3", tarfile.SYMTYPE, "/etc/passwd"),
        special("files/ab/" + "c" * 64, tarfile.FIFOTYPE),
        special("files/ab/" + "d" * 64, tarfile.CHRTYPE),
        special("files", tarfile.DIRTYPE),
    ],
    ids=lambda info: repr(info.name),
)
def test_a_member_that_leads_elsewhere_is_refused(
    source: Place, empty: Place, tmp_path: Path, foreign: tarfile.TarInfo
) -> None:
    def change(members: list[Member]) -> list[Member]:
        if foreign.name == "/evil":  # an absolute path, but within what this test may litter
            return [(special(f"{tmp_path}/evil"), b"evil"), *members]
        return [(foreign, b"evil"), *members]

    archive = rebuilt(source.create(), change)
    assert "has no place in an archive" in refused_everywhere(archive, empty)
    assert not list(tmp_path.rglob("*evil*"))


def test_a_member_twice_is_refused(source: Place, empty: Place) -> None:
    archive = rebuilt(source.create(), lambda members: [members[0], *members])
    assert "has no place" in refused_everywhere(archive, empty)


def test_what_follows_the_manifest_is_refused(source: Place, empty: Place) -> None:
    def change(members: list[Member]) -> list[Member]:
        return [*members, (tarfile.TarInfo(MORE), b"x")]

    assert "has no place" in refused_everywhere(rebuilt(source.create(), change), empty)


@pytest.mark.parametrize(
    "changed",
    [{"format": 2}, {"engine": "oracle"}, {"tables": 7}, {"journal": None}, {"more": 1}],
    ids=str,
)
def test_a_manifest_of_another_form_is_refused(
    source: Place, empty: Place, changed: dict[str, object]
) -> None:
    refused_everywhere(rebuilt(source.create(), with_manifest(**changed)), empty)


@both_engines
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE person SET name = 'X' WHERE id = 1", "rows of table person were altered"),
        ("DELETE FROM receipt", "table receipt has 0 rows"),
        ("UPDATE journal_line SET person_id = 2 WHERE number = 3", "journal: line 3 was altered"),
        ("UPDATE journal_head SET length = length - 1", "the journal: the chain ends at line"),
    ],
)
def test_altered_rows_are_named_though_every_sum_is_right(
    source: Place, url: str, statement: str, named: str
) -> None:
    """Rows are compared with the manifest, and the chain is walked, whatever the sums say."""
    if "receipt" in statement:
        with changing(url) as connection:
            connection.execute(
                text("INSERT INTO receipt (key, noun, at) VALUES ('k', 'x', '2026-01-01')")
            )
    honest = manifest_of(source.create())
    with changing(url) as connection:
        for trigger in ("journal_line_no_update",):
            on = " ON journal_line" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
        connection.execute(text(statement))
    is_journal = "journal" in statement
    if is_journal:
        # It is found when a backup is made, too: nobody rotates good archives away for it.
        said = source.refuses("create", "--to", source.archives)
        assert named in said
        return
    altered = source.create()
    sums = manifest_of(altered)["members"]
    archive = rebuilt(altered, with_manifest(**{**honest, "members": sums}))
    assert named in source.refuses("verify", archive)


@both_engines
def test_a_head_that_the_manifest_does_not_name_is_noticed(source: Place) -> None:
    archive = source.create()
    lines, _hash = manifest_of(archive)["journal"]
    other = rebuilt(archive, with_manifest(journal=[lines, "0" * 64]))
    assert f"the journal ends at line {lines}" in source.refuses("verify", other)


def test_what_an_archive_is_made_of(source: Place) -> None:
    """Private, self-describing, with the database and every stored file; no key, no scraps."""
    (source.files / "new-half").write_bytes(b"unfinished")
    archive = source.create()
    assert archive.stat().st_mode & 0o777 == 0o600
    assert archive.parent.stat().st_mode & 0o777 == 0o700
    members = members_of(archive)
    assert [info.name for info, _body in members] == [
        "database.sqlite3",
        f"files/{STORED}",
        "manifest.json",
    ]
    secret = source.app.config["SECRET_KEY"].encode()
    assert not any(secret in body for _info, body in members)
    said = json.loads(members[-1][1])
    assert said["engine"] == "sqlite" and said["portal"] == "0.1.0"
    assert [path.name for path in source.archives.iterdir() if path != archive] == [".lock"]
    assert "The archive is whole." in source.run("verify", archive).output


def test_erased_words_do_not_travel_in_free_pages(source: Place, url: str) -> None:
    with changing(url) as connection:
        connection.execute(text("CREATE TABLE told (word TEXT)"))
        connection.execute(text("INSERT INTO told VALUES ('unforgettable')"))
    with changing(url) as connection:
        # How some builds of SQLite come, Debian's not among them.
        connection.execute(text("PRAGMA secure_delete=OFF"))
        connection.execute(text("DELETE FROM told"))
    bodies = [body for _info, body in members_of(source.create())]
    assert not any(b"unforgettable" in body for body in bodies)


def test_the_oldest_go_once_a_new_one_is_there(source: Place) -> None:
    made = [source.create() for _each in range(3)]
    (source.archives / "notes.txt").write_text("of the operator")
    newest = source.create("--keep", "2")
    left = sorted(path for path in source.archives.iterdir() if path.name != ".lock")
    assert left == sorted([source.archives / "notes.txt", made[2], newest])


def test_a_failed_backup_removes_nothing_and_leaves_nothing(
    source: Place, url: str, tmp_path: Path
) -> None:
    first = source.create()
    elsewhere = place(f"sqlite:///{tmp_path}/nothing-here.sqlite3", tmp_path)
    elsewhere.refuses("create", "--to", source.archives, "--keep", "1")
    assert [path for path in source.archives.iterdir() if path.name != ".lock"] == [first]


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_missing_tool_is_named(source: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = source.create()
    monkeypatch.setenv("PATH", "/nowhere")
    assert "pg_dump is not on this machine" in source.refuses("create", "--to", source.archives)
    assert "pg_restore is not on this machine" in source.refuses("verify", archive)
