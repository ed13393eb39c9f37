"""Checks of the database: its engine and settings, schema, triggers, references, journal, files,
workers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import select, text

from portal import clock, journal
from portal.commands.findings import Finding, fault, fine, warning
from portal.database import TRIGGERS, db, is_sqlite
from portal.desk.health import is_at_head, try_to_write
from portal.files import SWEEP_AFTER, Attachment
from portal.store import store
from portal.worker import is_worker_alive

#: The first version of SQLite without the bug that resets a write-ahead log too early.
SOUND_SQLITE = (3, 51, 3)
#: How far the newest journal line may lie ahead: machines that share a database differ a little.
SKEW = timedelta(seconds=10)


def check_engine() -> Iterator[Finding]:
    """See whether the engine and the settings of its connections keep what is written."""
    try_to_write()
    yield from _sqlite() if is_sqlite() else _postgresql()


def _sqlite() -> Iterator[Finding]:
    if sqlite3.sqlite_version_info < SOUND_SQLITE:
        yield warning(
            "engine",
            f"SQLite {sqlite3.sqlite_version} can damage a file when two programs write at once. "
            "The portal's write lock keeps its own apart: let no other program write to the file, "
            f"and update to {'.'.join(map(str, SOUND_SQLITE))}.",
        )
    else:
        yield fine("engine", f"SQLite {sqlite3.sqlite_version}.")
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    wrong = [
        f"{name} is {found}, not {value}"
        for name, value in wanted.items()
        if (found := db.session.scalar(text(f"PRAGMA {name}"))) != value
    ]
    if wrong:
        yield fault("settings", f"{'; '.join(wrong)}: another program changed the file.")
    else:
        yield fine("settings", "write-ahead log, full synchronisation, foreign keys.")


def _postgresql() -> Iterator[Finding]:
    version = db.session.scalar(text("SHOW server_version"))
    wanted = {"fsync": ("on",), "full_page_writes": ("on",), "server_encoding": ("UTF8",),
              "synchronous_commit": ("on", "remote_write", "remote_apply")}  # fmt: skip
    wrong = [
        f"{name} is {found}"
        for name, values in wanted.items()
        if (found := db.session.scalar(text(f"SHOW {name}"))) not in values
    ]
    yield fine("engine", f"PostgreSQL {version}.")
    if wrong:
        yield fault("settings", f"{'; '.join(wrong)}: what was answered can be lost at a crash.")
    else:
        yield fine("settings", "synchronous commits to a disk that is waited for.")


def check_schema() -> Iterator[Finding]:
    """See whether tables and triggers are those of this code."""
    if is_at_head():
        yield fine("schema", "the newest.")
    else:
        yield fault("schema", "not that of this code: back up, then flask db upgrade.")
    differing = sorted(_differing_triggers())
    if differing:
        names = ", ".join(differing)
        yield fault("triggers", f"{names} missing, off or foreign: run flask db upgrade.")
    else:
        yield fine("triggers", "all there.")


def _differing_triggers() -> set[str]:
    """Return the names of triggers that are not as the list says, or not on it."""
    if is_sqlite():
        stored = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = {row.name: row.sql for row in db.session.execute(stored)}
        wanted = {each.name: each.sqlite[-1] for each in TRIGGERS if each.sqlite}
        return {name for name in found.keys() | wanted if found.get(name) != wanted.get(name)}
    enabled = text(
        "SELECT tgname, tgenabled::text AS mode FROM pg_trigger t JOIN pg_class c "
        "ON c.oid = t.tgrelid WHERE NOT tgisinternal "
        "AND c.relnamespace = 'public'::regnamespace"
    )
    modes = {row.tgname: row.mode for row in db.session.execute(enabled)}
    named = {each.name for each in TRIGGERS if each.postgresql}
    return {name for name in modes.keys() | named if modes.get(name) != "O" or name not in named}


def check_references() -> Iterator[Finding]:
    """See whether every row finds the rows it names, and the file is whole."""
    if is_sqlite():
        broken = {str(row[0]) for row in db.session.execute(text("PRAGMA foreign_key_check"))}
        damage = [str(row[0]) for row in db.session.execute(text("PRAGMA quick_check(3)"))]
        if damage != ["ok"]:
            yield fault("file", f"{damage[0]}: stop the portal and restore a backup.")
    else:
        broken = set(
            db.session.scalars(
                text("SELECT conrelid::regclass::text FROM pg_constraint WHERE NOT convalidated")
            )
        )
    if broken:
        yield fault("references", f"dangling in {', '.join(sorted(broken))}: restore a backup.")
    else:
        yield fine("references", "every row finds what it names.")


def check_journal() -> Iterator[Finding]:
    """See whether the chain is whole, and whether this machine's clock is behind it."""
    verdict = journal.verify()
    if verdict.faults:
        more = f" and {len(verdict.faults) - 1} more" if len(verdict.faults) > 1 else ""
        yield fault("journal", f"{verdict.faults[0]}{more}: find out who wrote past the portal.")
    else:
        yield fine("journal", f"{verdict.lines} lines, the chain is whole.")
    newest = db.session.scalar(
        select(journal.JournalLine.at).order_by(journal.JournalLine.number.desc()).limit(1)
    )
    ahead = newest - clock.now() if newest else timedelta()
    if ahead > SKEW:
        yield fault(
            "clock",
            f"the newest journal line lies {ahead.total_seconds():.0f} seconds ahead: this "
            "machine's clock is behind, or another's was ahead. Set it by NTP.",
        )
    else:
        yield fine("clock", "not behind the journal.")


def check_files() -> Iterator[Finding]:
    """See whether every attachment finds its file, and every file its attachment."""
    stored = dict(store().everything())
    named = {
        row.digest: row.id for row in db.session.execute(select(Attachment.digest, Attachment.id))
    }
    missing = sorted(named[digest] for digest in named.keys() - stored.keys())
    swept_at = (clock.now() - 2 * SWEEP_AFTER).timestamp()
    orphans = [digest for digest in stored.keys() - named if stored[digest] < swept_at]
    if missing:
        yield fault(
            "files",
            f"{len(missing)} attachments without their file, the first is number {missing[0]}: "
            "bring FILES_FOLDER back from a backup.",
        )
    elif orphans:
        yield warning(
            "files", f"{len(orphans)} belong to nothing: run flask files sweep every night."
        )
    else:
        yield fine("files", f"{len(named)}, each with its attachment.")


def check_worker() -> Iterator[Finding]:
    """See whether anybody works on jobs."""
    if is_worker_alive():
        yield fine("worker", "works on jobs.")
    else:
        yield warning("worker", "none runs, jobs wait: script/server starts one, or flask worker.")


#: In the order in which they are said; the first that gets no answer ends them.
DATABASE_CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_engine,
    check_schema,
    check_references,
    check_journal,
    check_files,
    check_worker,
)
