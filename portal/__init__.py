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
    files,
    jobs,
    language,
    links,
    outbox,
    responses,
    store,
    uploads,
)
from portal.accounts import models as accounts_models
from portal.accounts import outbox_views, person_queries, privacy_views
from portal.accounts import queries as accounts_queries
from portal.accounts import views as accounts_views
from portal.alliances import membership_views, news_views, paper_views
from portal.alliances import models as alliances_models
from portal.alliances import operations as alliances_operations
from portal.alliances import queries as alliances_queries
from portal.alliances import views as alliances_views
from portal.alliances import workflow as alliances_workflow
from portal.chain import models as chain_models
from portal.database import db
from portal.desk import context, job_views
from portal.desk import views as desk_views
from portal.directory import views as directory_views
from portal.exchange import file_views, interest_views, paste_views
from portal.exchange import models as exchange_models
from portal.exchange import views as exchange_views
from portal.exchange import workflow as exchange_workflow
from portal.imports import models as imports_models
from portal.imports import operations as imports_operations
from portal.imports import running as imports_running
from portal.imports import views as imports_views
from portal.matters import models as matters_models
from portal.matters import outcome_views
from portal.matters import views as matters_views
from portal.matters import workflow as matters_workflow
from portal.offices import views as offices_views
from portal.organisations import agent_views, contact_views, people_views, qualification_views
from portal.organisations import models as organisations_models
from portal.organisations import views as organisation_views
from portal.outcomes import models as outcomes_models
from portal.outcomes import views as outcomes_views
from portal.outcomes import workflow as outcomes_workflow
from portal.prepared import Prepared
from portal.regions import models as regions_models
from portal.regions import place_views
from portal.regions import views as regions_views
from portal.registry import Registry
from portal.research import board_models, work_models
from portal.research import models as research_models
from portal.research import pages as research_pages
from portal.research import personal as research_personal
from portal.research import workflow as research_workflow
from portal.sheets import exporting
from portal.sign_in import (
    device_views,
    entering,
    factor_reset_views,
    factor_views,
    invitation_views,
    passkey_views,
    password_views,
    scan_views,
    sso,
    sso_views,
)
from portal.sign_in import models as sign_in_models
from portal.sign_in import personal as sign_in_personal
from portal.sign_in import views as sign_in_views

#: The rooms of the house, floor by floor, with the views each opens.
AREAS = (
    # reference
    regions_views,
    place_views,
    # people
    accounts_views,
    privacy_views,
    outbox_views,
    sign_in_views,
    device_views,
    invitation_views,
    scan_views,
    sso_views,
    factor_views,
    factor_reset_views,
    passkey_views,
    password_views,
    organisation_views,
    qualification_views,
    contact_views,
    people_views,
    agent_views,
    alliances_views,
    membership_views,
    news_views,
    paper_views,
    # commons
    outcomes_views,
    # works
    exchange_views,
    interest_views,
    file_views,
    matters_views,
    outcome_views,
    paste_views,
    research_pages,
    # windows
    imports_views,
    offices_views,
    directory_views,
    desk_views,
    job_views,
)

#: Every noun that a permission, a journal line or a search document can speak of.
NOUNS = (
    regions_models.Region,
    chain_models.ChainMap,
    chain_models.ChainNode,
    accounts_models.Organisation,
    accounts_models.Person,
    accounts_models.Appointment,
    accounts_models.Agency,
    links.ActionLink,
    outbox.OutboxMessage,
    jobs.Job,
    files.Attachment,
    sign_in_models.Session,
    sign_in_models.Authenticator,
    sign_in_models.Passkey,
    sign_in_models.FactorReset,
    sign_in_models.Invitation,
    sign_in_models.Doorbell,
    organisations_models.Qualification,
    organisations_models.ContactPoint,
    alliances_models.Alliance,
    alliances_models.Membership,
    alliances_models.ChairTerm,
    alliances_models.News,
    outcomes_models.Outcome,
    exchange_models.Listing,
    exchange_models.Interest,
    matters_models.Matter,
    research_models.Project,
    research_models.Partner,
    board_models.Card,
    work_models.Deliverable,
    work_models.ProgressReport,
    imports_models.MemberImport,
)

STANDING = (
    accounts_queries.appointments_standing,
    accounts_queries.agencies_standing,
    alliances_queries.members_standing,
    alliances_queries.chairs_standing,
)

WORKFLOWS = (
    alliances_workflow.MEMBERSHIP,
    exchange_workflow.LISTING,
    exchange_workflow.INTEREST,
    matters_workflow.MATTER,
    outcomes_workflow.OUTCOME,
    research_workflow.PROJECT,
    research_workflow.PARTNER,
)

#: What runs the jobs of each kind, and what the page of such a job says.
JOBS: dict[str, jobs.Handler] = {imports_operations.JOB: imports_running.run_import}
JOB_PAGES: dict[str, jobs.JobPage] = {imports_operations.JOB: imports_views.JOB_PAGE}

#: Everything the portal holds of a person: the copy they may ask for (`accounts/views.py`).
PERSONAL_DATA = (
    person_queries.person_data,
    person_queries.appointments_data,
    person_queries.agencies_data,
    person_queries.consents_data,
    person_queries.messages_data,
    sign_in_personal.sign_in_data,
    person_queries.mentions(organisations_models.Qualification, "seen_by_id"),
    person_queries.mentions(organisations_models.ContactPoint, "consented_by_id"),
    person_queries.mentions(alliances_models.ChairTerm, "person_id"),
    person_queries.mentions(
        alliances_models.Membership, "contact_id", "applied_by_id", "applied_for_id"
    ),
    person_queries.mentions(alliances_models.News, "author_id"),
    person_queries.mentions(
        exchange_models.Listing, "contact_id", "submitted_by_id", "submitted_for_id"
    ),
    person_queries.mentions(exchange_models.Interest, "person_id"),
    person_queries.mentions(matters_models.Matter, "owner_person_id", "partner_person_id"),
    person_queries.mentions(matters_models.MatterStep, "person_id"),
    *research_personal.PERSONAL_DATA,
    person_queries.mentions(outcomes_models.Outcome, "claimed_by_id", "confirmed_by_id"),
    person_queries.mentions(files.Attachment, "added_by_id"),
    person_queries.mentions(jobs.Job, "person_id", "on_behalf_of_id"),
    person_queries.mentions(imports_models.MemberImport, "brought_by_id"),
    person_queries.journal_data,
)

ROOT = Path(__file__).resolve().parent.parent
#: What `script/bootstrap` brings; pages work plainly without it, `/readyz` says so.
ASSETS = ("vendor/bootstrap/bootstrap.min.css",)

migrate = Migrate(directory=str(ROOT / "migrations"), render_as_batch=True)
csrf = CSRFProtect()


def create_app(name: str = "development", settings: Mapping[str, Any] | None = None) -> Flask:
    """Build the application of an environment (`config.py`), with settings laid over it.

    Raises SystemExit with sentences where a production environment is not in order, and
    RuntimeError where a view has no door.
    """
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(config.INSTANCE),
    )
    app.config.from_object(config.CONFIGURATIONS[name]())
    app.config.from_mapping(settings or {})
    app.config["ASSETS"] = [ROOT / "static" / asset for asset in ASSETS]
    app.logger.setLevel(logging.INFO)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    database.init_app(app)
    links.init_app(app)
    store.init_app(app)
    app.extensions["registry"] = Registry(
        nouns={noun.noun: noun for noun in NOUNS},
        standing=Prepared(union_all(*(provide() for provide in STANDING))),
        belonging=alliances_queries.belonging(),
        seen_by_secretariat=alliances_queries.seen_by_secretariat(),
        workflows={workflow.noun: workflow for workflow in WORKFLOWS},
        consequences=consequences.CONSEQUENCES,
        jobs=dict(JOBS),
        job_pages=dict(JOB_PAGES),
        personal_data=PERSONAL_DATA,
        at_closure=(
            sign_in_personal.end_access,
            outbox.leave_to_portal,
            alliances_operations.leave_chairs,
        ),
        at_erasure=(sign_in_personal.forget,),
    )
    migrate.init_app(app, db)
    outbox.init_app(app)
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
    for area in AREAS:
        if area.bp.name not in app.blueprints:
            app.register_blueprint(area.bp)
    context.init_app(app)
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
