"""The command line: `flask --app wsgi demo`, `load`, `audit`, and what later areas add."""

from __future__ import annotations

from flask import Flask

from portal.commands import admin, audit, demo, importing, load, worker


def init_app(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(admin.admin)
    app.cli.add_command(load.load)
    app.cli.add_command(demo.demo)
    app.cli.add_command(audit.audit)
    app.cli.add_command(worker.worker)
    app.cli.add_command(importing.importing)
