"""The collaboration portal for cross-region industry alliances: its table of contents.

`create_app()` puts the floors together. Each floor imports only floors below it; the ground
knows no area and is handed here what it needs: providers of standing, nouns, lifecycles,
consequences.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy import union_all
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import config
from portal import (
    access,
    appearance,
    commands,
    consequences,
    database,
    errors,
    hooks,
    language,
    links,
    mailing,
    outbox,
    responses,
    store,
    templating,
    uploads,
)
from portal.accounts import queries as accounts_queries
from portal.accounts import views as accounts_views
from portal.alliances import operations as alliances_operations
from portal.alliances import queries as alliances_queries
from portal.areas import (
    AREAS,
    JOB_PAGES,
    JOBS,
    NOUNS,
    PERSONAL_DATA,
    SAID_OF_PAPERS,
    STANDING,
    WORKFLOWS,
)
from portal.cookies import SignedCookies
from portal.database import db
from portal.desk import context, frame
from portal.documents import sealing
from portal.guests import personal as guests_personal
from portal.imports import erasing as imports_erasing
from portal.inbox import personal as inbox_personal
from portal.inbox import telling
from portal.meetings import personal as meetings_personal
from portal.prepared import Prepared
from portal.registry import Registry
from portal.robots import operations as robots_operations
from portal.robots import posting
from portal.rotation import history as rotation_history
from portal.sheets import exporting
from portal.sign_in import (
    entering,
    factor_views,
    sso,
)
from portal.sign_in import personal as sign_in_personal

ROOT = Path(__file__).resolve().parent.parent
#: What `script/bootstrap` brings; pages work plainly without it, `/readyz` says so.
ASSETS = (
    "vendor/bootstrap/bootstrap.min.css",
    "vendor/noto-sans-sc/NotoSansSC_400Regular.ttf",
    "vendor/noto-sans-sc/NotoSansSC_700Bold.ttf",
)

migrate = Migrate(directory=str(ROOT / "migrations"), render_as_batch=True)
csrf = CSRFProtect()


def create_app(name: str = "development", settings: Mapping[str, Any] | None = None) -> Flask:
    """Build the application of an environment (`config.py`), with settings laid over it.

    Raises SystemExit with sentences where there is no such environment, or a production one is
    not in order; RuntimeError where a view has no door.
    """
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(config.INSTANCE),
    )
    app.config.from_object(config.configuration(name))
    app.config.from_mapping(settings or {})
    app.config["ASSETS"] = [ROOT / "static" / asset for asset in ASSETS]
    app.logger.setLevel(logging.INFO)
    app.session_interface = SignedCookies()
    templating.init_app(app)

    database.init_app(app)
    links.init_app(app)
    store.init_app(app)
    app.extensions["registry"] = Registry(
        nouns={noun.noun: noun for noun in NOUNS},
        standing=Prepared(union_all(*(provide() for provide in STANDING))),
        belonging=alliances_queries.belonging(),
        seen_by_secretariat=alliances_queries.seen_by_secretariat(),
        next_chair=rotation_history.next_planned,
        workflows={workflow.noun: workflow for workflow in WORKFLOWS},
        consequences=consequences.CONSEQUENCES,
        tellings=(telling.tell, robots_operations.post_what_is_public),
        couriers=(
            *((mailing.courier,) if app.config["MAIL_ADAPTER"] == "smtp" else ()),
            posting.courier,
        ),
        jobs=dict(JOBS),
        job_pages=dict(JOB_PAGES),
        said_of_papers=dict(SAID_OF_PAPERS),
        personal_data=PERSONAL_DATA,
        at_closure=(
            sign_in_personal.end_access,
            outbox.leave_to_portal,
            alliances_operations.leave_chairs,
        ),
        at_erasure=(
            sign_in_personal.forget,
            inbox_personal.forget,
            meetings_personal.forget,
            guests_personal.forget,
            imports_erasing.forget,
        ),
    )
    migrate.init_app(app, db)
    outbox.init_app(app)
    mailing.init_app(app)
    hooks.init_app(app)
    language.init_app(app, accounts_views.keep_language)
    appearance.init_app(app, accounts_views.keep_type)
    uploads.init_app(app)
    csrf.init_app(app)
    entering.login_manager.init_app(app, add_context_processor=False)
    errors.init_app(app)
    access.init_app(app)
    responses.init_app(app)
    factor_views.init_app(app)
    sso.init_app(app)
    sealing.init_app(app)
    for area in AREAS:
        if area.bp.name not in app.blueprints:
            app.register_blueprint(area.bp)
    context.init_app(app)
    frame.init_app(app)
    exporting.init_app(app)
    commands.init_app(app, create_app)
    access.check_doors(app)
    if name == "production":
        refuse_demo_world(app)

    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(ROOT / "static"),
        prefix="static/",
        max_age=31_536_000,
        autorefresh=app.debug or app.testing,
        allow_all_origins=False,
        add_headers_function=responses.secure_static,
    )
    return app


def refuse_demo_world(app: Flask) -> None:
    """Keep a production server from starting on a database with demo accounts."""
    with app.app_context():
        try:
            found = accounts_queries.has_demo_world()
        except DBAPIError:
            return  # no database yet, or none that answers: `/readyz` says which
        finally:
            db.session.remove()
    if found:
        raise SystemExit(
            "The portal does not start:\n- The database holds the demo world, whose password "
            "everybody knows: set DATABASE_URL to another one."
        )
