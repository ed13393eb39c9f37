"""Verbs by which what a project planned is said anew, or taken off where nothing hangs on it."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select

from portal import journal
from portal.access import require
from portal.actors import Actor
from portal.database import db
from portal.errors import Refused, Stale
from portal.operations import operation
from portal.research.board_models import Card
from portal.research.models import Project
from portal.research.plan_queries import Line, figure
from portal.research.planning import refuse_ended
from portal.research.team import people_in
from portal.research.work_models import Kpi, Milestone, WorkPackage
from portal.workflow import check_version

Kind = TypeVar("Kind", bound=Line)


def _found(kind: type[Kind], project: Project, number: int) -> Kind | None:
    """Return a line of the plan of this very project, or None where it was taken off."""
    refuse_ended(project)
    line = db.session.get(kind, number)
    return line if line is not None and line.project_id == project.id else None


def _line(kind: type[Kind], project: Project, number: int, expected: int | None) -> Kind:
    """Return a line as the person saw it. Raises `Stale` where it is another by now, or gone."""
    line = _found(kind, project, number)
    if line is None:
        raise Stale(_l("Somebody took it off the plan meanwhile."))
    check_version(line, expected)
    return line


def _keep(project: Project, before: str, after: str, by: Actor) -> None:
    """Tell the partners what stood there and what stands there now."""
    db.session.flush()
    if after != before:
        journal.note("project.plan", project, by=by, detail={"note": f"{before} → {after}"})


@operation
def edit_package(
    project: Project,
    number: int,
    *,
    name: str,
    organisation_id: int,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Say anew what a work package is called and who answers for it."""
    require(by, "project.lead", project)
    package = _line(WorkPackage, project, number, expected)
    sides = people_in(project.id)
    if organisation_id not in sides:
        raise Refused(_l("Choose somebody who takes part."), field="organisation_id")
    before = f"{package.name} ({package.organisation.name})"
    package.name, package.organisation_id = name, organisation_id
    _keep(project, before, f"{name} ({sides[organisation_id].name})", by)


@operation
def edit_kpi(
    project: Project,
    number: int,
    *,
    name: str,
    unit: str,
    target_milli: int,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Say anew what an indicator is called, its unit and its target, in thousandths."""
    require(by, "project.lead", project)
    kpi = _line(Kpi, project, number, expected)
    before = f"{kpi.name} {figure(kpi.target_milli)} {kpi.unit}"
    kpi.name, kpi.unit, kpi.target_milli = name, unit, target_milli
    _keep(project, before, f"{name} {figure(target_milli)} {unit}", by)


@operation
def edit_milestone(
    project: Project,
    number: int,
    *,
    name: str,
    due_on: date,
    by: Actor,
    expected: int | None = None,
) -> None:
    """Say anew what must be reached, and by which day."""
    require(by, "project.lead", project)
    milestone = _line(Milestone, project, number, expected)
    before = f"{milestone.name} {milestone.due_on.isoformat()}"
    milestone.name, milestone.due_on = name, due_on
    if db.session.is_modified(milestone):
        milestone.revision += 1
    _keep(project, before, f"{name} {due_on.isoformat()}", by)


@operation
def remove_line(
    project: Project, kind: type[Line], number: int, *, by: Actor, expected: int | None = None
) -> None:
    """Take a line off the plan.

    Raises `Refused` for a package that tasks belong to, an indicator of which something was
    reported, and a milestone that is reached: what was done would lose what it was done for.
    """
    require(by, "project.lead", project)
    line = _found(kind, project, number)
    if line is None:
        raise Refused(_l("It was taken off already."))
    check_version(line, expected)
    if isinstance(line, WorkPackage):
        held = db.session.scalar(select(func.count(Card.id)).where(Card.package_id == line.id))
        if held:
            raise Refused(
                ngettext(
                    "%(num)d task belongs to this work package: move it to another one first.",
                    "%(num)d tasks belong to this work package: move them to another one first.",
                    held,
                )
            )
    if isinstance(line, Kpi) and line.actual_milli is not None:
        raise Refused(_l("Something is reported on this indicator: it can be changed, and stays."))
    if isinstance(line, Milestone) and line.met_on is not None:
        raise Refused(_l("This milestone is reached: say first that it is not."))
    name = line.name
    db.session.delete(line)
    db.session.flush()
    journal.note("project.plan", project, by=by, detail={"note": f"− {name}"})
