"""Looking into an archive: whether it is whole, and whether a portal could live on what it holds.

Nothing here changes anything but a folder for scraps, which is gone afterwards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

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
#: How the folder begins in which an archive is being examined, and the one where it is made.
EXAMINED, UNFINISHED = ".examined-", ".unfinished-"
#: The head of a journal: the number of lines, the hash of the last.
Head: TypeAlias = tuple[int, str]
START: Head = (0, journal.GENESIS)


@contextmanager
def scraps(beside: Path, prefix: str = EXAMINED) -> Iterator[Path]:
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
        wrong, head = examine_database(folder / database, folder, manifest.engine, manifest.tables)
        faults += wrong
        if not wrong and head != manifest.journal:
            faults.append(
                f"the journal ends at line {head[0]}, the manifest says {manifest.journal[0]}"
            )
        found = ENGINES[manifest.engine].revision_of(folder / database)
        if found != manifest.revision:
            faults.append(
                f"the database copy is of schema {found or 'none'}, "
                f"the manifest says {manifest.revision}"
            )
    return manifest, faults


def examine_database(
    copy: Path, folder: Path, engine: str, tables: dict[str, Rows]
) -> tuple[list[str], Head]:
    """Return what is wrong with a database copy, and where its journal's chain ends.

    Looks at its form, its rows, and the chain.
    """
    module = ENGINES[engine]
    faults: list[str] = module.look_into(copy, tables)
    if faults:
        return faults, START  # a walk through broken rows would say the same in many words
    owner = create_engine(module.journal_in(copy, folder))
    try:
        with Session(owner) as session:
            head = session.get(journal.JournalHead, 1)
            verdict = journal.verify_in(session)
            return (
                [f"the journal: {fault}" for fault in verdict.faults],
                (head.length, head.hash) if head else START,
            )
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
