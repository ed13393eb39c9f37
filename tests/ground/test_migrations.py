"""A database that serves already is brought to the newest state, one release after the other."""

from __future__ import annotations

from pathlib import Path

import flask_migrate
from alembic.config import Config
from alembic.script import ScriptDirectory

from portal.commands.doctor_database import check_schema
from portal.commands.findings import Level
from portal.database import db
from tests.conftest import make_app


def test_each_migration_runs_where_the_one_before_left_its_triggers(quick_path: Path) -> None:
    # In one run from nothing the triggers come last: none is there while a table is rebuilt.
    app = make_app(f"sqlite:///{quick_path}/old.sqlite3")
    settings = Config()
    settings.set_main_option("script_location", app.extensions["migrate"].directory)
    revisions = [each.revision for each in ScriptDirectory.from_config(settings).walk_revisions()]
    with app.app_context():
        for revision in reversed(revisions):
            flask_migrate.upgrade(revision=revision)
        assert [each for each in check_schema() if each.level is not Level.OK] == []
        db.session.remove()
        db.engine.dispose()
