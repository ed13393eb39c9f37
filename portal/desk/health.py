"""Whether the portal can do its work."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import DBAPIError

from portal.access import require
from portal.actors import SYSTEM
from portal.database import db
from portal.engines import Busy
from portal.operations import operation
from portal.worker import is_worker_alive


@operation(even_when_reading=True)
def try_to_write() -> None:
    """Take the write lock and commit nothing; raises `Busy` or a database error."""
    require(SYSTEM, "portal.load")


def is_at_head() -> bool:
    """Tell whether the database's schema is the newest that this code knows."""
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    current = MigrationContext.configure(db.session.connection()).get_current_heads()
    return set(current) == set(script.get_heads())


def has_worker() -> bool:
    """Tell whether a worker runs jobs; False also where the database does not answer."""
    try:
        return is_worker_alive()
    except (Busy, DBAPIError):
        return False


def checks(assets: Iterable[Path]) -> dict[str, bool]:
    """Return each check's name and whether it holds."""
    found = {"assets": all(path.exists() for path in assets)}
    try:
        try_to_write()
        found["write"] = True
        found["migrations"] = is_at_head()
    except (Busy, DBAPIError):
        found.setdefault("write", False)
        found["migrations"] = False
    return found
