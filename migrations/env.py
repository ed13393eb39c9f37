"""How migrations run: on an engine of their own, through the same list of triggers.

Through the portal's engine they would be read-only. On SQLite foreign keys are off while tables
are rebuilt (with them on, a batch change silently deletes child rows) and checked afterwards.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, event

from portal.database import Base, Instant, apply_triggers

context.config.set_main_option("script_location", current_app.extensions["migrate"].directory)


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what the search index keeps beside its table: no model describes it."""
    return not (kind in ("table", "index") and (name or "").startswith("search_index"))


def is_described(_object: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Leave out the generated column of the index on PostgreSQL."""
    return not (kind == "column" and name == "words" and reflected)


def plain_type(kind: str, item: Any, _context: Any) -> Any:
    """Write our moments as plain columns, so that old revisions do not import today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run() -> None:
    """Upgrade in one transaction; a failed revision leaves nothing behind."""
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    is_sqlite = url.startswith("sqlite")
    engine = create_engine(url, connect_args={"isolation_level": None} if is_sqlite else {})
    if is_sqlite:

        @event.listens_for(engine, "connect")
        def loosen(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA foreign_keys=OFF")
            # Else a table that is rebuilt cannot take its name while a trigger speaks of it.
            connection.execute("PRAGMA legacy_alter_table=ON")
            connection.execute("PRAGMA journal_mode=WAL")

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    # One transaction around everything, ours: Alembic believes that SQLite cannot roll back DDL
    # and would leave what follows the last revision uncommitted.
    with engine.begin() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            include_name=is_ours,
            include_object=is_described,
            render_item=plain_type,
            compare_type=True,
        )
        context.run_migrations()
        _finish(connection, is_sqlite)
    engine.dispose()


def _finish(connection: Any, is_sqlite: bool) -> None:
    apply_triggers(connection)
    if is_sqlite:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration left dangling references: {broken[:5]}")


run()
