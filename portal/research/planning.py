"""Verbs on what a project plans and spends: packages, indicators, milestones, funds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import clock, journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Denied, Refused
from portal.operations import operation
from portal.research.models import Project
from portal.research.team import people_in
from portal.research.work_models import Fund, FundSource, Kpi, Milestone, WorkPackage

#: Rows of each kind that a project may have.
MOST = 60


def refuse_ended(project: Project) -> None:
    """Refuse a change of the plan of a project of which nothing more comes."""
    if not project.is_unfinished:
        raise Refused(_l("The project has ended: its plan changes no more."))


def _refuse_many(kind: type[WorkPackage | Kpi | Milestone], project: Project) -> None:
    held = select(func.count(kind.id)).where(kind.project_id == project.id)
    if (db.session.scalar(held) or 0) >= MOST:
        raise Refused(_l("At most %(number)d lines.", number=MOST))


@operation
def add_package(project: Project, *, name: str, organisation_id: int, by: Actor) -> WorkPackage:
    """Add a work package with the organisation that answers for it."""
    require(by, "project.lead", project)
    refuse_ended(project)
    _refuse_many(WorkPackage, project)
    if organisation_id not in people_in(project.id):
        raise Refused(_l("Choose somebody who takes part."), field="organisation_id")
    package = WorkPackage(project_id=project.id, name=name, organisation_id=organisation_id)
    db.session.add(package)
    db.session.flush()
    journal.note("project.plan", project, by=by, detail={"note": name})
    return package


@operation
def add_kpi(project: Project, *, name: str, unit: str, target_milli: int, by: Actor) -> Kpi:
    """Add an indicator with its target, in thousandths of its unit."""
    require(by, "project.lead", project)
    refuse_ended(project)
    _refuse_many(Kpi, project)
    kpi = Kpi(project_id=project.id, name=name, unit=unit, target_milli=target_milli)
    db.session.add(kpi)
    db.session.flush()
    journal.note("project.plan", project, by=by, detail={"note": name})
    return kpi


@operation
def reach_kpi(project: Project, kpi_id: int, *, actual_milli: int, by: Actor) -> None:
    """Say what is reached of an indicator, in thousandths of its unit."""
    require(by, "project.work", project)
    refuse_ended(project)
    kpi = db.session.get(Kpi, kpi_id)
    if kpi is None or kpi.project_id != project.id:
        raise Refused(_l("It was taken off already."))
    kpi.actual_milli = actual_milli
    db.session.flush()
    journal.note("project.plan", project, by=by, detail={"note": kpi.name})


@operation
def add_milestone(project: Project, *, name: str, due_on: date, by: Actor) -> Milestone:
    """Add a day by which something must be reached."""
    require(by, "project.lead", project)
    refuse_ended(project)
    _refuse_many(Milestone, project)
    milestone = Milestone(project_id=project.id, name=name, due_on=due_on)
    db.session.add(milestone)
    db.session.flush()
    journal.note("project.plan", project, by=by, detail={"note": name})
    return milestone


@operation
def meet_milestone(project: Project, milestone_id: int, *, is_met: bool, by: Actor) -> None:
    """Say that a milestone is reached today, or take that back."""
    require(by, "project.lead", project)
    refuse_ended(project)
    milestone = db.session.get(Milestone, milestone_id)
    if milestone is None or milestone.project_id != project.id:
        raise Refused(_l("It was taken off already."))
    milestone.met_on = clock.today() if is_met else None
    milestone.revision += 1
    db.session.flush()
    journal.note("project.plan", project, by=by, detail={"note": milestone.name})


@dataclass(frozen=True)
class FundContent:
    """Money of one source for one organisation, in fen."""

    organisation_id: int
    source: FundSource
    planned_fen: int
    received_fen: int
    spent_fen: int


@operation
def set_fund(project: Project, content: FundContent, *, by: Actor) -> Fund:
    """Say what one organisation gets of one source: planned, received, spent.

    Each organisation says its own, the lead everybody's. Raises `Refused` where more was spent
    than came, `Denied` for somebody else's money.
    """
    require(by, "project.work", project)
    refuse_ended(project)
    if by.organisation_id not in (content.organisation_id, project.lead_id):
        raise Denied("project.work on the money of another organisation")
    if content.organisation_id not in people_in(project.id):
        raise Refused(_l("Choose somebody who takes part."), field="organisation_id")
    if content.spent_fen > content.received_fen:
        raise Refused(_l("More is spent than was received."), field="spent")
    fund = db.session.scalar(
        select(Fund).where(
            Fund.project_id == project.id,
            Fund.organisation_id == content.organisation_id,
            Fund.source == content.source,
        )
    )
    if fund is None:
        fund = Fund(
            project_id=project.id,
            organisation_id=content.organisation_id,
            source=content.source,
        )
        db.session.add(fund)
    fund.planned_fen, fund.received_fen = content.planned_fen, content.received_fen
    fund.spent_fen = content.spent_fen
    db.session.flush()
    journal.note("project.fund", project, by=by, detail={"source": content.source.value})
    return fund
