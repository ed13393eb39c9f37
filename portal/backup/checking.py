"""Looking into an archive: whether it is whole, and whether a portal could live on what it holds.

Nothing here changes anything but a folder for scraps, which is gone afterwards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal import journal
from portal.backup import postgresql, sqlite
from portal.backup.archive import DATABASES, Manifest, Rows, unpack
from portal.errors import Refused

#: What differs between the engines, under the same names.
ENGINES: dict[str, ModuleType] = {module.NAME: module for module in (sqlite, postgresql)}


@contextmanager
def scraps(beside: Path, prefix: str = ".examined-") -> Iterator[Path]:
    """Yield an empty folder on the disk of another one, readable by its owner alone."""
    beside.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made with mode 0700, and removed with all it holds.
    with tempfile.TemporaryDirectory(prefix=prefix, dir=beside) as folder:
        yield Path(folder)


def verify(path: Path, folder: Path) -> tuple[Manifest, list[str]]:
    """Examine an archive, unpacked into an empty folder; return its manifest and every fault.

    Raises `Refused` where it cannot be read at all.
    """
    manifest, faults = unpack(path, folder)
    database = DATABASES[manifest.engine]
    if not any(fault.startswith(database) for fault in faults):
        faults += examine_database(
            folder / database, folder, manifest.engine, manifest.tables, manifest.journal
        )
        found = ENGINES[manifest.engine].revision_of(folder / database)
        if found != manifest.revision:
            faults.append(
                f"the database copy is of schema {found or 'none'}, "
                f"the manifest says {manifest.revision}"
            )
    return manifest, faults


def examine_database(
    copy: Path, folder: Path, engine: str, tables: dict[str, Rows], head: tuple[int, str] | None
) -> list[str]:
    """Return what is wrong with a database copy: its form, its rows, its journal's chain."""
    module = ENGINES[engine]
    faults: list[str] = module.look_into(copy, tables)
    if faults:
        return faults  # a walk through broken rows would say the same in many words
    verdict, found = read_chain(copy, folder, engine)
    faults = [f"the journal: {fault}" for fault in verdict.faults]
    if head is not None and found != head:
        faults.append(f"the journal ends at line {found[0]}, the manifest says {head[0]}")
    return faults


def read_chain(copy: Path, folder: Path, engine: str) -> tuple[journal.Verdict, tuple[int, str]]:
    """Walk the journal of a copy; return what was found, and the chain's head."""
    owner = create_engine(ENGINES[engine].journal_in(copy, folder))
    try:
        with Session(owner) as session:
            head = session.get(journal.JournalHead, 1)
            stands = (head.length, head.hash) if head else (0, journal.GENESIS)
            return journal.verify_in(session), stands
    except SQLAlchemyError as error:
        raise Refused(f"The journal of the copy cannot be read: {type(error).__name__}.") from None
    finally:
        owner.dispose()


def is_older(revision: str) -> bool:
    """Tell whether a schema must be migrated; raises `Refused` where this code knows it not."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    try:
        known = script.get_revision(revision) if revision else None
    except CommandError:
        known = None
    if known is None:
        raise Refused(
            f"The archive's schema is {revision or 'nameless'}, newer than this portal "
            f"({', '.join(script.get_heads())}) or not its own: put the code of its version in "
            "place first."
        )
    return revision not in script.get_heads()
