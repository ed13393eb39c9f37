"""The command line: `flask --app wsgi demo`, `load`, `audit`, `backup` and the others."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal.commands import (
    admin,
    audit,
    backup,
    daily,
    demo,
    doctor,
    files,
    importing,
    importing_listings,
    indicators,
    load,
    rotation,
    worker,
)


def init_app(app: Flask, build: Callable[..., Flask]) -> None:
    """Give the application its commands, and to them what builds a portal on another database."""
    app.extensions["build"] = build
    app.cli.add_command(admin.admin)
    app.cli.add_command(load.load)
    app.cli.add_command(demo.demo)
    app.cli.add_command(audit.audit)
    app.cli.add_command(worker.worker)
    app.cli.add_command(backup.backup)
    app.cli.add_command(doctor.doctor)
    app.cli.add_command(files.files)
    app.cli.add_command(daily.daily)
    importing.importing.add_command(importing_listings.listings)
    app.cli.add_command(importing.importing)
    app.cli.add_command(indicators.indicators)
    app.cli.add_command(rotation.rotation)
